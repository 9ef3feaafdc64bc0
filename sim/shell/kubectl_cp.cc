// `kubectl cp`: a tar in the container at one end of a pipe, kubectl at the other. Here the files
// go across without an archive, but only where the image has a tar to make or read one. k8s 1.32
// kubectl/pkg/cmd/cp
#include <algorithm>

#include "sim/base/format.h"
#include "sim/shell/kubectl_exec.h"
#include "sim/shell/kubectl_pods.h"
#include "sim/shell/kubectl_work.h"
#include "sim/world/container_system.h"
#include "sim/world/file_view.h"

namespace sim::kubectl {
namespace {

constexpr std::size_t kMostFiles = 100'000;

/// "[[namespace/]pod:]path".
struct FileSpec {
  std::string ns;
  std::string pod;
  std::string path;
};

std::optional<FileSpec> parse_spec(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == 0) return std::nullopt;
  FileSpec spec;
  if (colon == std::string::npos) {
    spec.path = text;
    if (spec.path.size() > 1 && spec.path.back() == '/') spec.path.pop_back();
    return spec;
  }
  spec.path = text.substr(colon + 1);
  const std::string pod = text.substr(0, colon);
  const std::size_t slash = pod.find('/');
  if (slash == std::string::npos) {
    spec.pod = pod;
    return spec;
  }
  if (pod.find('/', slash + 1) != std::string::npos) return std::nullopt;
  spec.ns = pod.substr(0, slash);
  spec.pod = pod.substr(slash + 1);
  return spec;
}

std::string go_errno(Errno error) {
  std::string text(to_string(error));
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + 32);
  return text;
}

/// One copy, from one file system to the other.
class Copy {
 public:
  Copy(const FileSystem& from, FileSystem& to, Time now) : from_(from), to_(to), now_(now) {}

  Errno error() const { return error_; }
  const Path& failed_at() const { return failed_at_; }
  /// What the archive names but kubectl does not write: paths with what they point to.
  const std::vector<std::pair<Path, Str>>& links() const { return links_; }
  void keep_links() { keeps_links_ = true; }

  void add(const Path& source, const Path& target) {
    if (error_ != Errno::Ok || ++files_ > kMostFiles) return;
    const Io<Stat> found = from_.stat(source, false);
    if (!found) return fail(found.error, source);
    switch (found.value.type) {
      case FileType::Directory: {
        const Io<Landing> made = to_.make_directory(target, found.value.mode, now_);
        if (!made && made.error != Errno::Exists) return fail(made.error, target);
        for (const Str& name : from_.list(source).value) {
          Path below = source;
          Path at = target;
          below.push_back(name);
          at.push_back(name);
          add(below, at);
        }
        break;
      }
      case FileType::Symlink:
        if (!keeps_links_) {
          links_.emplace_back(target, found.value.target);
        } else {
          note(to_.make_symlink(found.value.target, target, now_), target);
        }
        break;
      default: {
        const Io<std::string> bytes = from_.read(source);
        if (!bytes) return fail(bytes.error, source);
        note(to_.write(target, bytes.value, false, now_), target);
        if (error_ == Errno::Ok) to_.change_mode(target, found.value.mode, now_);
      }
    }
  }

 private:
  void note(const Io<Landing>& landing, const Path& at) {
    if (!landing) fail(landing.error, at);
  }
  void fail(Errno error, const Path& at) {
    error_ = error;
    failed_at_ = at;
  }

  const FileSystem& from_;
  FileSystem& to_;
  Time now_;
  bool keeps_links_ = false;
  std::size_t files_ = 0;
  Errno error_ = Errno::Ok;
  Path failed_at_;
  std::vector<std::pair<Path, Str>> links_;
};

bool is_directory(const FileSystem& files, const Path& path) {
  const Io<Stat> found = files.stat(path);
  return found && found.value.type == FileType::Directory;
}

/// Whether the image has a tar: one with a whole user land does.
bool has_tar(const World& world, const ContainerInstance& instance, const ContainerSystem& system) {
  const Image* image = world.settings().images.find(instance.image);
  return system.has_program("tar") || (image && image->programs.empty());
}

Step tar_failed(Step step, int exit) {
  warn(step, fmt::format("command terminated with exit code {}\n", exit));
  step.exit = exit;
  return step;
}

Step copy_in(Call& call, Id instance_id, const FileSpec& source, const FileSpec& target) {
  Step step;
  ContainerSystem system(call.world, instance_id);
  const Path from = parse_path(source.path, call.process.cwd);
  const Path cwd = parse_path(call.world.get<ContainerInstance>(instance_id)->working_dir);
  Path to = parse_path(target.path, cwd);
  if (is_directory(system.files(), to) && !from.empty()) to.push_back(from.back());
  Path parent = to;
  if (!parent.empty()) parent.pop_back();
  if (!is_directory(system.files(), parent)) {
    warn(step, fmt::format("tar: {}: Cannot open: No such file or directory\n"
                           "tar: Error is not recoverable: exiting now\n",
                           to_string(parent)));
    return tar_failed(std::move(step), 2);
  }
  Copy copy(call.session.files, system.files(), call.world.now());
  copy.keep_links();
  copy.add(from, to);
  call.plan.append(system.take_plan("kubectl cp"));
  if (copy.error() == Errno::Ok) return step;
  std::string name = to_string(copy.failed_at());
  const std::string below = parent.empty() ? "/" : to_string(parent) + "/";
  if (name.compare(0, below.size(), below) == 0) name.erase(0, below.size());
  warn(step, fmt::format("tar: {}: Cannot open: {}\n"
                         "tar: Exiting with failure status due to previous errors\n",
                         name, to_string(copy.error())));
  return tar_failed(std::move(step), 2);
}

Step copy_out(Call& call, Id instance_id, const Pod& pod, const FileSpec& source,
              const FileSpec& target) {
  Step step;
  const FileSystem files = file_system_of(call.world, instance_id);
  const Path cwd = parse_path(call.world.get<ContainerInstance>(instance_id)->working_dir);
  const Path from = parse_path(source.path, cwd);
  if (!source.path.empty() && source.path.front() == '/') {
    say(step, "tar: Removing leading `/' from member names\n");
  }
  if (const Io<Stat> found = files.stat(from, false); !found) {
    say(step, fmt::format("tar: {}: Cannot stat: {}\n"
                          "tar: Exiting with failure status due to previous errors\n",
                          source.path, to_string(found.error)));
    return tar_failed(std::move(step), 2);
  }
  FileSystem& mine = call.session.files;
  const Path to = parse_path(target.path, call.process.cwd);
  if (!is_directory(files, from) && is_directory(mine, to)) {
    return followed_by(std::move(step), fail(fmt::format("open {}: is a directory", target.path)));
  }
  // kubectl makes the directories above what it writes.
  for (std::size_t depth = 1; depth < to.size(); ++depth) {
    const Path above(to.begin(), to.begin() + static_cast<std::ptrdiff_t>(depth));
    if (!is_directory(mine, above)) mine.make_directory(above, 0755, call.world.now());
  }
  Copy copy(files, mine, call.world.now());
  copy.add(from, to);
  bool first = true;
  for (const auto& [path, link] : copy.links()) {
    warn(step, fmt::format("warning: skipping symlink: \"{}\" -> \"{}\"", to_string(path), link));
    if (first) {
      warn(step, fmt::format(" (consider using \"kubectl exec -n \\\"{}\\\" \\\"{}\\\" -- tar cf - "
                             "\\\"{}\\\" | tar xf -\")",
                             pod.meta.ns, pod.meta.name, source.path));
    }
    warn(step, "\n");
    first = false;
  }
  if (copy.error() == Errno::Ok) return step;
  return followed_by(std::move(step), fail(fmt::format("open {}: {}", to_string(copy.failed_at()),
                                                       go_errno(copy.error()))));
}

}  // namespace

Step cp(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"container,c=", "no-preserve", "retries="};
  set.numbers = {"retries"};
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("cp", flags.error);
  if (flags.args.size() != 2) return fail("source and destination are required");
  const std::optional<FileSpec> source = parse_spec(flags.args[0]);
  const std::optional<FileSpec> target = parse_spec(flags.args[1]);
  if (!source || !target) {
    return fail("filespec must match the canonical format: [[namespace/]pod:]file/path");
  }
  if (!source->pod.empty() && !target->pod.empty()) {
    return fail("one of src or dest must be a local file specification");
  }
  if (source->path.empty() || target->path.empty()) return fail("filepath can not be empty");
  if (source->pod.empty() && target->pod.empty()) {
    return fail("one of src or dest must be a remote file specification");
  }
  const bool in = source->pod.empty();
  if (in && !call.session.files.stat(parse_path(source->path, call.process.cwd))) {
    return fail(fmt::format("{} doesn't exist in local filesystem", source->path));
  }
  const FileSpec& remote = in ? *target : *source;
  const std::string ns = remote.ns.empty() ? namespace_of(call, flags) : remote.ns;
  const Id pod_id = call.world.store().find(Kind::Pod, ns, remote.pod);
  if (pod_id == 0) return fail(not_found(Kind::Pod, remote.pod));
  Wanted wanted;
  wanted.command = in ? std::vector<std::string>{"tar", "-xmf", "-", "-C", "/"}
                      : std::vector<std::string>{"tar", "cf", "-", source->path};
  wanted.container = flags.get("container");
  wanted.input = in;
  Step said;
  Step refused;
  const Id instance = reach_container(call, pod_id, wanted, said, refused);
  if (instance == 0) return followed_by(std::move(said), std::move(refused));
  const ContainerInstance& row = *call.world.get<ContainerInstance>(instance);
  ContainerSystem system(call.world, instance);
  if (!has_tar(call.world, row, system)) {
    const std::string why = system.start_error("tar", parse_path(row.working_dir));
    return followed_by(std::move(said), cannot_start(call, instance, why));
  }
  const Pod& pod = *call.world.get<Pod>(pod_id);
  return followed_by(std::move(said), in ? copy_in(call, instance, *source, *target)
                                         : copy_out(call, instance, pod, *source, *target));
}

}  // namespace sim::kubectl
