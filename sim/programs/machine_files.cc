// What a shell reads and writes: the inputs that pipes and files give, and where descriptors lead.
#include <algorithm>
#include <utility>

#include "sim/base/format.h"
#include "sim/programs/machine.h"

namespace sim::shell {
namespace {

constexpr std::size_t kMostInputs = 64;
constexpr int kMostDescriptors = 256;

}  // namespace

std::optional<int> descriptor_of(std::string_view name) {
  constexpr std::string_view kDirectory = "/dev/fd/";
  if (name == "/dev/stdin") return 0;
  if (name.substr(0, kDirectory.size()) != kDirectory || name.size() > kDirectory.size() + 3) {
    return std::nullopt;
  }
  int number = 0;
  for (const char c : name.substr(kDirectory.size())) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

bool is_process_substitution(const Redirection& redirection) {
  return redirection.op == Redirection::Op::In && redirection.target->parts.size() == 1 &&
         redirection.target->parts[0].kind == Part::Kind::File;
}

// ---- Output ----

void Machine::write(int descriptor, std::string_view text) {
  if (text.empty()) return;
  const auto found = in_.shell.descriptors.find(descriptor);
  if (found == in_.shell.descriptors.end()) return;
  const Descriptor to = found->second;
  write_to(to, descriptor, text);
}

void Machine::write_to(const Descriptor& to, int descriptor, std::string_view text) {
  charge(text.size());
  switch (to.kind) {
    case Descriptor::Kind::Output:
    case Descriptor::Kind::Error: {
      const std::size_t room = kMostOutput - std::min(kMostOutput, written_);
      const bool cut = text.size() > room;
      append(output_, to.kind == Descriptor::Kind::Error, text.substr(0, room));
      if (cut && room > 0) append(output_, true, "\n(output cut off)\n");
      written_ += text.size();
      return;
    }
    case Descriptor::Kind::Buffer: {
      if (to.id < 0 || static_cast<std::size_t>(to.id) >= in_.buffers.size()) return;
      std::string& buffer = in_.buffers[static_cast<std::size_t>(to.id)];
      buffer.append(text.substr(0, kMostOutput - std::min(kMostOutput, buffer.size())));
      return;
    }
    case Descriptor::Kind::File: {
      if (const auto upload = in_.uploads.find(to.path); upload != in_.uploads.end()) {
        std::string& object = upload->second;
        object.append(text.substr(0, kMostOutput - std::min(kMostOutput, object.size())));
        return;
      }
      const auto stat = system_.files().stat(to.path);
      if (stat && stat.value.type == FileType::File) charge(stat.value.size);
      const auto device = in_.device_offsets.find(to.path);
      const auto written =
          device == in_.device_offsets.end()
              ? system_.files().write_open(to.path, text, system_.now())
              : system_.files().write_span(to.path, {device->second, text}, system_.now());
      if (device != in_.device_offsets.end()) device->second += text.size();
      if (!written && descriptor == 1) {
        const std::string who = in_.stack.empty() || top().words.empty() ? "write" : top().words[0];
        complain(fmt::format("{}: write error: {}", who, to_string(written.error)));
        in_.status = 1;
      }
      return;
    }
    case Descriptor::Kind::Null:
    case Descriptor::Kind::Input:
      return;
  }
}

// ---- Input ----

int Machine::add_input(std::string text) {
  if (in_.inputs.size() >= kMostInputs) collect_inputs();
  const int id = ++in_.last_input;
  in_.inputs[id] = {std::make_shared<const std::string>(std::move(text)), 0};
  return id;
}

/// Forgets the inputs that no descriptor leads to any more.
void Machine::collect_inputs() {
  std::map<int, Input> kept;
  const auto keep = [&](const Descriptors& descriptors) {
    for (const auto& [number, descriptor] : descriptors) {
      if (descriptor.kind != Descriptor::Kind::Input) continue;
      const auto found = in_.inputs.find(descriptor.id);
      if (found != in_.inputs.end()) kept.insert(*found);
    }
  };
  keep(in_.shell.descriptors);
  for (const Frame& frame : in_.stack) {
    if (frame.saved_descriptors) keep(*frame.saved_descriptors);
    if (frame.saved_shell) keep(frame.saved_shell->descriptors);
  }
  in_.inputs = std::move(kept);
}

Input* Machine::input_of(int number) {
  const auto descriptor = in_.shell.descriptors.find(number);
  if (descriptor == in_.shell.descriptors.end() ||
      descriptor->second.kind != Descriptor::Kind::Input) {
    return nullptr;
  }
  const auto found = in_.inputs.find(descriptor->second.id);
  return found == in_.inputs.end() || !found->second.text ? nullptr : &found->second;
}

std::string Machine::input_text(bool consume) {
  Input* input = input_of(0);
  if (!input) return {};
  std::string rest = input->text->substr(std::min(input->at, input->text->size()));
  charge(rest.size());
  if (consume) input->at = input->text->size();
  return rest;
}

// ---- Redirections ----

/// Writes the objects that no descriptor leads to any more.
void Machine::close_uploads() {
  const auto leads_to = [&](const Descriptors& descriptors, const Path& path) {
    return std::any_of(descriptors.begin(), descriptors.end(), [&](const auto& row) {
      return row.second.kind == Descriptor::Kind::File && row.second.path == path;
    });
  };
  const auto is_open = [&](const Path& path) {
    if (in_.stack.empty()) return false;
    if (leads_to(in_.shell.descriptors, path)) return true;
    return std::any_of(in_.stack.begin(), in_.stack.end(), [&](const Frame& frame) {
      return (frame.saved_descriptors && leads_to(*frame.saved_descriptors, path)) ||
             (frame.saved_shell && leads_to(frame.saved_shell->descriptors, path));
    });
  };
  for (auto upload = in_.uploads.begin(); upload != in_.uploads.end();) {
    if (is_open(upload->first)) {
      ++upload;
      continue;
    }
    system_.files().write(upload->first, upload->second, false, system_.now());
    upload = in_.uploads.erase(upload);
  }
}

bool Machine::open_output(Descriptor& descriptor, const std::string& name, bool append_to,
                          bool overwrites) {
  if (name == "/dev/null") {
    descriptor = {Descriptor::Kind::Null, 0, {}};
    return true;
  }
  if (name == "/dev/stdout" || name == "/dev/stderr" || name == "/dev/fd/1" ||
      name == "/dev/fd/2" || name == "/dev/tty") {
    const int number = name == "/dev/stderr" || name == "/dev/fd/2" ? 2 : 1;
    const auto found = in_.shell.descriptors.find(number);
    descriptor = found == in_.shell.descriptors.end() ? Descriptor() : found->second;
    return true;
  }
  constexpr int kUsualMask = 022;
  const Path path = parse_path(name, in_.shell.cwd);
  Errno error = Errno::Ok;
  const auto stat = system_.files().stat(path);
  if (name.empty()) {
    error = Errno::NotFound;
  } else if (stat && stat.value.type == FileType::Directory) {
    error = Errno::IsDirectory;
  } else if (stat && in_.shell.no_clobber && !append_to && !overwrites) {
    complain(fmt::format("{}: cannot overwrite existing file", name));
    return false;
  } else {
    const FileSystem& files = system_.files();
    const int mount = files.mount_of(files.real_path(path));
    if (mount >= 0 && files.mounts[static_cast<std::size_t>(mount)].rules.whole_objects) {
      FileSystem as_if = files;
      error = as_if.write(path, "", append_to, system_.now()).error;
      if (error == Errno::Ok) in_.uploads[path].clear();
    } else {
      error = system_.files().write(path, "", append_to, system_.now()).error;
    }
    if (error == Errno::Ok && !stat && in_.shell.umask != kUsualMask) {
      const int mode = 0666 & ~in_.shell.umask;
      system_.files().change_mode(path, static_cast<std::uint16_t>(mode), system_.now());
    }
  }
  if (error != Errno::Ok) {
    if (in_.shell.ash) {
      const std::string reason = error == Errno::NotFound || error == Errno::NotDirectory
                                     ? "nonexistent directory"
                                     : std::string(to_string(error));
      complain(fmt::format("can't create {}: {}", name, reason));
    } else {
      complain(fmt::format("{}: {}", name, to_string(error)));
    }
    return false;
  }
  if (stat && stat.value.type == FileType::BlockDevice) in_.device_offsets[path] = 0;
  descriptor = {Descriptor::Kind::File, 0, path};
  return true;
}

bool Machine::open_input(Descriptor& descriptor, const std::string& name) {
  if (name == "/dev/null") {
    descriptor = {Descriptor::Kind::Null, 0, {}};
    return true;
  }
  if (name == "/dev/stdin" || name == "/dev/fd/0") return true;
  if (const auto number = descriptor_of(name)) {
    const auto found = in_.shell.descriptors.find(*number);
    if (found != in_.shell.descriptors.end()) {
      descriptor = found->second;
      return true;
    }
  }
  Io<std::string> read;
  read.error = Errno::NotFound;
  if (!name.empty()) {
    const Path path = parse_path(name, in_.shell.cwd);
    const auto stat = system_.files().stat(path);
    if (stat && stat.value.type == FileType::Directory) {
      // Opening works; what reads it gets the error.
      read = {};
    } else {
      read = system_.files().read(path);
    }
  }
  if (!read) {
    if (in_.shell.ash) {
      const std::string reason =
          read.error == Errno::NotFound ? "no such file" : std::string(to_string(read.error));
      complain(fmt::format("can't open {}: {}", name, reason));
    } else {
      complain(fmt::format("{}: {}", name, to_string(read.error)));
    }
    return false;
  }
  charge(read.value.size());
  descriptor = {Descriptor::Kind::Input, add_input(std::move(read.value)), {}};
  return true;
}

bool Machine::redirect(const std::vector<Redirection>& redirections,
                       const std::vector<std::string>& targets) {
  Descriptors& descriptors = in_.shell.descriptors;
  for (std::size_t i = 0; i < redirections.size(); ++i) {
    const Redirection& redirection = redirections[i];
    const std::string& target = targets[i];
    using Op = Redirection::Op;
    if (redirection.fd >= kMostDescriptors) {
      complain(fmt::format("{}: Bad file descriptor", redirection.fd));
      return false;
    }
    switch (redirection.op) {
      case Op::In:
      case Op::ReadWrite: {
        if (is_process_substitution(redirection)) {
          descriptors[redirection.fd < 0 ? 0 : redirection.fd] = {
              Descriptor::Kind::Input, add_input(target), {}};
          break;
        }
        Descriptor opened = descriptors[0];
        if (!open_input(opened, target)) return false;
        descriptors[redirection.fd < 0 ? 0 : redirection.fd] = opened;
        break;
      }
      case Op::HereText: {
        const std::string text = redirection.add_line ? target + "\n" : target;
        descriptors[redirection.fd < 0 ? 0 : redirection.fd] = {
            Descriptor::Kind::Input, add_input(text), {}};
        break;
      }
      case Op::Out:
      case Op::Append: {
        Descriptor opened;
        if (!open_output(opened, target, redirection.op == Op::Append, redirection.overwrites))
          return false;
        descriptors[redirection.fd < 0 ? 1 : redirection.fd] = opened;
        break;
      }
      case Op::Both:
      case Op::BothAppend: {
        Descriptor opened;
        if (!open_output(opened, target, redirection.op == Op::BothAppend)) return false;
        descriptors[1] = opened;
        descriptors[2] = opened;
        break;
      }
      case Op::Duplicate: {
        if (target == "-") {
          descriptors.erase(redirection.fd);
          break;
        }
        const bool number = !target.empty() && target.size() < 5 &&
                            target.find_first_not_of("0123456789") == std::string::npos;
        if (!number) {
          complain(fmt::format("{}: ambiguous redirect", target));
          return false;
        }
        const auto from = descriptors.find(std::stoi(target));
        if (from == descriptors.end()) {
          complain(fmt::format("{}: Bad file descriptor", target));
          return false;
        }
        const Descriptor copied = from->second;
        descriptors[redirection.fd] = copied;
        break;
      }
    }
  }
  return true;
}

}  // namespace sim::shell
