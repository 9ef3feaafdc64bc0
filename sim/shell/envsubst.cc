// envsubst: $NAME and ${NAME} become the variables' values. GNU gettext 0.21
#include "sim/base/format.h"
#include "sim/shell/host_call.h"

namespace sim {
namespace {

bool is_name(char c, bool first) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (!first && c >= '0' && c <= '9');
}

/// Calls f(text before, name, the reference itself) for each reference, and f(rest, "", "") last.
template <class F>
void each_reference(std::string_view text, F&& f) {
  std::size_t done = 0;
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at)) {
    std::size_t begin = at + 1;
    const bool braced = begin < text.size() && text[begin] == '{';
    if (braced) ++begin;
    std::size_t end = begin;
    while (end < text.size() && is_name(text[end], end == begin)) ++end;
    const bool closed = !braced || (end < text.size() && text[end] == '}');
    if (end == begin || !closed) {
      ++at;
      continue;
    }
    const std::size_t after = braced ? end + 1 : end;
    f(text.substr(done, at - done), text.substr(begin, end - begin), text.substr(at, after - at));
    done = at = after;
  }
  f(text.substr(done), std::string_view(), std::string_view());
}

}  // namespace

void run_envsubst(HostCall& call) {
  std::vector<std::string> formats;
  bool lists = false;
  for (std::size_t i = 1; i < call.argv.size(); ++i) {
    const std::string& word = call.argv[i];
    if (word == "-v" || word == "--variables") {
      lists = true;
    } else if (word.size() > 1 && word[0] == '-') {
      call.fail(fmt::format("envsubst: unrecognized option '{}'\nTry 'envsubst --help' for more "
                            "information.\n",
                            word),
                1);
      return;
    } else {
      formats.push_back(word);
    }
  }
  if (formats.size() > 1) return call.fail("envsubst: too many arguments\n", 1);
  if (lists) {
    if (formats.empty()) return call.fail("envsubst: missing arguments\n", 1);
    each_reference(formats.front(), [&](std::string_view, std::string_view name, std::string_view) {
      if (!name.empty()) call.out(fmt::format("{}\n", name));
    });
    return;
  }
  // With a SHELL-FORMAT only the variables that it names.
  std::vector<std::string> wanted;
  if (!formats.empty()) {
    each_reference(formats.front(), [&](std::string_view, std::string_view name, std::string_view) {
      if (!name.empty()) wanted.emplace_back(name);
    });
  }
  std::string text;
  each_reference(call.input,
                 [&](std::string_view before, std::string_view name, std::string_view reference) {
                   text += before;
                   if (name.empty()) return;
                   bool named = formats.empty();
                   for (const std::string& one : wanted) named = named || one == name;
                   if (named) {
                     text += call.variable(std::string(name));
                   } else {
                     text += reference;
                   }
                 });
  call.out(text);
}

}  // namespace sim
