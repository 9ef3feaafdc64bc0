#include "sim/shell/session.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "sim/base/format.h"
#include "sim/shell/host_call.h"
#include "sim/shell/kubectl.h"
#include "sim/shell/sim_command.h"

namespace sim {
namespace {

namespace fs = std::filesystem;

// What is taken over from a person's directory: enough for any lesson, and bounded, so that the
// person's own files leave room for those that a script writes.
constexpr int kMostFiles = 1000;
constexpr std::uintmax_t kLargestFile = 4u << 20;
constexpr std::uintmax_t kMostBytes = 16u << 20;
constexpr int kDepth = 8;

struct Room {
  int files = kMostFiles;
  int directories = 2 * kMostFiles;
  std::uintmax_t bytes = kMostBytes;
};

void copy_file(const fs::path& from, const Path& to, Room* room, Tree* tree) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(from, error);
  if (error || size > kLargestFile || size > room->bytes || room->files <= 0) return;
  std::string bytes(static_cast<std::size_t>(size), '\0');
  std::ifstream stream(from, std::ios::binary);
  stream.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  tree->put(to, make_file(bytes, Time{}));
  --room->files;
  room->bytes -= bytes.size();
}

/// The files of a directory come before those of the directories in it.
void copy_directory(const fs::path& from, const Path& to, int depth, Room* room, Tree* tree) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (fs::directory_iterator at(from, fs::directory_options::skip_permission_denied, error), end;
       !error && at != end && static_cast<int>(entries.size()) < 10 * kMostFiles;
       at.increment(error)) {
    entries.push_back(at->path());
  }
  // The order of a directory is the machine's affair; ours is by name.
  std::sort(entries.begin(), entries.end());
  std::vector<std::pair<fs::path, Path>> below;
  for (const fs::path& entry : entries) {
    const std::string name = entry.filename().string();
    if (name.empty() || name.front() == '.') continue;
    Path path = to;
    path.emplace_back(name);
    const fs::file_status status = fs::status(entry, error);
    if (error) continue;
    if (fs::is_directory(status)) {
      if (depth > 0) below.emplace_back(entry, std::move(path));
    } else if (fs::is_regular_file(status)) {
      copy_file(entry, path, room, tree);
    }
  }
  for (const auto& [entry, path] : below) {
    if (room->files <= 0 || --room->directories < 0) return;
    tree->put(path, make_directory(Time{}));
    copy_directory(entry, path, depth - 1, room, tree);
  }
}

// What the person's own terminal has beside kubectl and sim; the rest of the user land is for
// containers.
constexpr std::string_view kHostPrograms[] = {
    "[",     "basename", "bash",     "cat", "cp",     "cut",   "date",  "dirname",  "env",
    "grep",  "head",     "hostname", "ls",  "md5sum", "mkdir", "mv",    "printenv", "rm",
    "rmdir", "sed",      "seq",      "sh",  "sleep",  "sort",  "stat",  "tail",     "tee",
    "test",  "timeout",  "touch",    "tr",  "uniq",   "wc",    "which", "xargs"};

bool is_host_program(std::string_view name) {
  return std::find(std::begin(kHostPrograms), std::end(kHostPrograms), name) !=
         std::end(kHostPrograms);
}

}  // namespace

Session::Session(std::string from) : directory(std::move(from)) {
  Tree tree;
  const Path work = parse_path("/work");
  tree.put(work, make_directory(Time{}));
  tree.put(parse_path("/tmp"), make_directory(Time{}, 0777));
  Room room;
  if (!directory.empty()) copy_directory(directory, work, kDepth, &room, &tree);
  files.root.image = std::make_shared<const std::vector<Tree>>();
  files.root.writable = tree;
}

Step HostSystem::run(const std::vector<std::string>& argv, const std::string& input,
                     const Process& process, const CommandState& state) {
  const std::string& name = argv.front();
  if (name == "kubectl") {
    last_command_ = fmt::format("{}", fmt::join(argv, " "));
    kubectl::Call call{world_, session_, plan_, input, process, state};
    Step step = kubectl::run(argv, call);
    if (!step.done) step.state = std::move(call.state);
    if (step.done && step.took.ns == 0) step.took = world_.timing().kubectl;
    return step;
  }
  if (name == "sim") {
    last_command_ = fmt::format("{}", fmt::join(argv, " "));
    const std::size_t before = plan_.writes.size();
    Step step = run_sim(argv, world_, session_, plan_, state);
    // A fault is there at once, but what follows in the script must find it carried out.
    if (step.done && plan_.writes.size() != before) step.took = milliseconds(1);
    return step;
  }
  if (const HostProgram program = find_host_program(name)) {
    last_command_ = fmt::format("{}", fmt::join(argv, " "));
    HostCall call{argv, input, process, world_, session_, plan_, {}};
    program(call);
    if (call.step.took.ns == 0) call.step.took = milliseconds(10);
    return std::move(call.step);
  }
  if (is_host_program(name)) {
    Surroundings around;
    around.hostname = "podsight";
    around.seed = seed();
    around.gnu = true;
    return run_userland(argv, input, process, state, *this, around);
  }
  Step step;
  append(step.output, true, fmt::format("{}: {}: command not found\n", shell_name(), name));
  step.exit = 127;
  return step;
}

bool HostSystem::has_program(std::string_view name) const {
  return name == "kubectl" || name == "sim" || find_host_program(name) || is_host_program(name);
}

Plan HostSystem::take_plan() { return std::exchange(plan_, Plan()); }

}  // namespace sim
