#include "sim/shell/kubectl_flags.h"

#include <charconv>

#include "sim/base/format.h"
#include "sim/shell/kubectl_help.h"

namespace sim::kubectl {
namespace {

struct Flag {
  std::string name;
  char shorthand = '\0';
  bool takes_value = false;
  std::optional<std::string> without_value;  // what it is when given bare
};

Flag read_spec(std::string_view spec) {
  Flag flag;
  const std::size_t equals = spec.find('=');
  flag.takes_value = equals != std::string_view::npos;
  if (flag.takes_value && equals + 1 < spec.size() && spec[equals + 1] == '?') {
    flag.without_value = std::string(spec.substr(equals + 2));
  }
  spec = spec.substr(0, equals);
  const std::size_t comma = spec.find(',');
  flag.name = std::string(spec.substr(0, comma));
  if (comma != std::string_view::npos) flag.shorthand = spec[comma + 1];
  return flag;
}

/// Go 1.22 strconv: ParseBool
std::optional<bool> truth(std::string_view text) {
  for (const std::string_view word : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == word) return true;
  }
  for (const std::string_view word : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == word) return false;
  }
  return std::nullopt;
}

class Reader {
 public:
  Reader(const std::vector<std::string>& words, const FlagSpecs& specs) : words_(words) {
    for (const std::string_view spec : specs) flags_.push_back(read_spec(spec));
    for (const std::string_view spec : global_flag_specs()) flags_.push_back(read_spec(spec));
  }

  Flags read() {
    for (; at_ < words_.size() && result_.error.empty(); ++at_) {
      const std::string& word = words_[at_];
      if (word == "--") {
        result_.has_dashes = true;
        result_.after_dashes.assign(words_.begin() + static_cast<std::ptrdiff_t>(at_) + 1,
                                    words_.end());
        break;
      }
      if (word.size() > 2 && word[0] == '-' && word[1] == '-') {
        read_long(word.substr(2));
      } else if (word.size() > 1 && word[0] == '-') {
        read_short(word);
      } else {
        result_.args.push_back(word);
      }
    }
    return std::move(result_);
  }

 private:
  void read_long(const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    for (const Flag& flag : flags_) {
      if (flag.name != name) continue;
      if (equals != std::string::npos) {
        set(flag, text.substr(equals + 1));
      } else if (!flag.takes_value) {
        set(flag, "true");
      } else if (flag.without_value) {
        set(flag, *flag.without_value);
      } else if (at_ + 1 < words_.size()) {
        set(flag, words_[++at_]);
      } else {
        result_.error = "flag needs an argument: --" + name;
      }
      return;
    }
    result_.error = "unknown flag: --" + name;
  }

  void read_short(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const Flag* found = nullptr;
      for (const Flag& flag : flags_) {
        if (!found && flag.shorthand == word[i]) found = &flag;
      }
      if (!found) {
        result_.error = fmt::format("unknown shorthand flag: '{}' in -{}", word[i], word.substr(i));
        return;
      }
      if (!found->takes_value) {
        if (i + 1 < word.size() && word[i + 1] == '=') {
          set(*found, word.substr(i + 2));
          return;
        }
        set(*found, "true");
        continue;
      }
      std::string value = word.substr(i + 1);
      if (!value.empty() && value[0] == '=') value.erase(0, 1);
      if (value.empty()) {
        if (at_ + 1 >= words_.size()) {
          result_.error =
              fmt::format("flag needs an argument: '{}' in -{}", word[i], word.substr(i));
          return;
        }
        value = words_[++at_];
      }
      set(*found, std::move(value));
      return;
    }
  }

  void set(const Flag& flag, std::string value) {
    if (!flag.takes_value && !truth(value)) {
      const std::string shown = flag.shorthand == '\0'
                                    ? fmt::format("--{}", flag.name)
                                    : fmt::format("-{}, --{}", flag.shorthand, flag.name);
      result_.error = fmt::format(
          "invalid argument \"{}\" for \"{}\" flag: strconv.ParseBool: parsing \"{}\": "
          "invalid syntax",
          value, shown, value);
      return;
    }
    result_.values[flag.name].push_back(std::move(value));
  }

  const std::vector<std::string>& words_;
  std::vector<Flag> flags_;
  std::size_t at_ = 0;
  Flags result_;
};

}  // namespace

std::string Flags::get(std::string_view name, std::string_view fallback) const {
  const auto at = values.find(std::string(name));
  return at == values.end() ? std::string(fallback) : at->second.back();
}

const std::vector<std::string>& Flags::all(std::string_view name) const {
  static const std::vector<std::string> none;
  const auto at = values.find(std::string(name));
  return at == values.end() ? none : at->second;
}

bool Flags::is_on(std::string_view name, bool fallback) const {
  if (!has(name)) return fallback;
  return truth(get(name)).value_or(fallback);
}

std::optional<long long> Flags::number(std::string_view name) const {
  const std::string text = get(name);
  long long value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

Flags parse_flags(const std::vector<std::string>& words, const FlagSpecs& specs) {
  return Reader(words, specs).read();
}

bool takes_next_word(std::string_view word, const FlagSpecs& specs) {
  const bool is_long = word.substr(0, 2) == "--";
  if (word.find('=') != std::string_view::npos || word.size() < 2) return false;
  for (const FlagSpecs* some : {&specs, &global_flag_specs()}) {
    for (const std::string_view spec : *some) {
      const Flag flag = read_spec(spec);
      if (!flag.takes_value || flag.without_value) continue;
      if (is_long ? flag.name == word.substr(2) : flag.shorthand == word.back()) {
        // Of "-nassets" the value is in the word itself.
        return is_long || word.size() == 2;
      }
    }
  }
  return false;
}

}  // namespace sim::kubectl
