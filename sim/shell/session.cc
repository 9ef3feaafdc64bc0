#include "sim/shell/session.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "sim/base/format.h"
#include "sim/shell/kubectl.h"
#include "sim/shell/sim_command.h"

namespace sim {
namespace {

namespace fs = std::filesystem;

// What is taken over from a person's directory: enough for any lesson, and bounded.
constexpr int kMostFiles = 1000;
constexpr std::uintmax_t kLargestFile = 16u << 20;
constexpr int kDepth = 3;

void copy_directory(const fs::path& from, const Path& to, int depth, int* left, Tree* tree) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (fs::directory_iterator at(from, fs::directory_options::skip_permission_denied, error), end;
       !error && at != end && static_cast<int>(entries.size()) < 10 * kMostFiles;
       at.increment(error)) {
    entries.push_back(at->path());
  }
  // The order of a directory is the machine's affair; ours is by name.
  std::sort(entries.begin(), entries.end());
  for (const fs::path& entry : entries) {
    if (*left <= 0) return;
    const std::string name = entry.filename().string();
    if (name.empty() || name.front() == '.') continue;
    Path path = to;
    path.emplace_back(name);
    const fs::file_status status = fs::status(entry, error);
    if (error) continue;
    if (fs::is_directory(status)) {
      if (depth == 0) continue;
      tree->put(path, make_directory(Time{}));
      copy_directory(entry, path, depth - 1, left, tree);
    } else if (fs::is_regular_file(status)) {
      const std::uintmax_t size = fs::file_size(entry, error);
      if (error || size > kLargestFile) continue;
      std::ifstream stream(entry, std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
      tree->put(path, make_file(bytes, Time{}));
      --*left;
    }
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
  int left = kMostFiles;
  if (!directory.empty()) copy_directory(directory, work, kDepth, &left, &tree);
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
  return name == "kubectl" || name == "sim" || is_host_program(name);
}

Plan HostSystem::take_plan() { return std::exchange(plan_, Plan()); }

}  // namespace sim
