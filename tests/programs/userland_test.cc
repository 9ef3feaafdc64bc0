// The programs of the user land. What they show of files is written down in userland/*.txt, as the
// real ones were seen to; here is what needs a world around it: time, processes, the network.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "sim/programs/userland.h"

namespace sim::testing {
namespace {

constexpr Time kNow{1'735'689'600'000'000'000};      // 2025-01-01
constexpr Time kFilesAt{1'700'000'000'000'000'000};  // 2023-11-14

/// A System of nothing but the user land.
class UserlandSystem : public System {
 public:
  explicit UserlandSystem(bool gnu = false) {
    around.gnu = gnu;
    around.hostname = "web-0";
    around.processes = {{1, "web --port 8080"}};
    around.seed = 5;
    auto layers = std::make_shared<std::vector<Tree>>();
    layers->push_back(image());
    files_.root.image = std::move(layers);
    files_.disk_size = std::uint64_t{10} << 30;
  }
  Time now() const override { return now_; }
  FileSystem& files() override { return files_; }
  Step run(const std::vector<std::string>& argv, const std::string& input, const Process& process,
           const CommandState& state) override {
    return run_userland(argv, input, process, state, *this, around);
  }
  bool has_program(std::string_view name) const override {
    return is_userland_program(name.substr(name.rfind('/') + 1));
  }
  bool has_gnu_tools() const override { return around.gnu; }
  bool kill(std::int64_t pid, int signal) override {
    if (pid == 1) sent.emplace_back(pid, signal);
    return pid == 1;
  }

  std::vector<std::pair<std::int64_t, int>> sent;  // signals

  void set_now(Time now) { now_ = now; }
  void put(const std::string& path, std::string_view text) {
    Path parent = parse_path(path);
    parent.pop_back();
    files_.make_directory(parent, 0755, now_);  // unless it is there
    files_.write(parse_path(path), text, false, now_);
  }
  std::string read(const std::string& path) const {
    const auto found = files_.read(parse_path(path));
    return found ? found.value : fmt::format("({})", to_string(found.error));
  }

  Surroundings around;

 private:
  static Tree image() {
    Tree tree;
    const std::pair<const char*, const char*> files[] = {
        {"f", "b\na\nc\n"},
        {"g", "a\nb\nc\nd\ne\nf\ng\nh\n"},
        {"g2", "a\nB\nc\nd\ne\nf\nh\nh\ni"},
        {"num", "10 x\n9 y\n-3 z\n1.5 a\n1.25 b\n010 c\n 2 q\n"},
        {"sz", "2K\n1M\n500\n3G\n1.5K\n"},
        {"passwd",
         "root:x:0:0:root:/root:/bin/sh\nbin:x:1:1:bin:/bin:/sbin/nologin\n"
         "nobody:x:65534:65534:nobody:/:/bin/false\n"},
        {"dup", "a\na\nB\nb\nb\nc\n"},
        {"empty", ""},
        {"nonl", "x\ny"},
        {"tabs", "a\tb\tc\nd\te\tf\nplain\n"},
        {"words",
         "the quick  brown fox\njumps over the lazy dog\nthe end. The End!\n"
         " foo_bar foo-bar barfoo\n\n"},
        {"long",
         "The quick brown fox jumps over the lazy dog and then the dog sleeps for a very very long "
         "time under the old oak tree\n\tindented line with tab\n"},
        {"mon", "Mar\nJan\nfeb\nDec\n"},
        {"ver", "a10\na9\na1.2\na1.10\n"},
        {"d/x", "in x\n"},
        {"d/e/y", "in y a\n"},
        {"d2/x", "in X\n"},
        {"d2/z", "z\n"},
        {"d2/e/y", "in y a\n"},
        {"x.txt", "alpha\nbeta\n"},
        {"k8s",
         "NAME   READY   STATUS    RESTARTS   AGE\nweb-1  1/1     Running   0          5m\n"
         "web-2  0/1     Pending   0          3m\ndb-0   1/1     Running   2          10d\n"},
        {"html", "<a href=\"x\">one</a> <a href=\"y\">two</a>\n"},
        {"conf", "# comment\nkey=value\n\nport = 8080\n[section]\nkey=other\n"}};
    for (const auto& [name, text] : files) tree.put(parse_path(name), make_file(text, kFilesAt));
    for (const char* name : {"d", "d/e", "d2", "d2/e"}) {
      const Path path = parse_path(name);
      auto entry = std::make_shared<Entry>(*tree.find(path));
      entry->modified = kFilesAt;
      tree.put(path, std::move(entry));
    }
    tree.put(parse_path("ln"), make_symlink("f", kFilesAt));
    return tree;
  }

  FileSystem files_;
  Time now_ = kNow;
};

struct Shown {
  std::string output;  // both streams
  int status = 0;
  Duration took{};
};

/// Runs a script to its end in the shell of the container, or of the host.
Shown run(UserlandSystem& system, const std::string& script) {
  Process process = make_process({system.around.gnu ? "bash" : "sh", "-c", script},
                                 {{"HOME", "/root"}, {"PATH", "/bin"}}, {});
  process.pid = 20;
  const Time start = system.now();
  Shown shown;
  for (int turns = 0; turns < 100; ++turns) {
    shown.output += text_of(advance(process, system));
    if (process.done) break;
    if (process.wait.until == kNever) {
      shown.output += "(waits)\n";
      break;
    }
    system.set_now(std::max(process.wait.until, system.now()));
  }
  shown.status = process.exit;
  shown.took = system.now() - start;
  return shown;
}

std::string output(const std::string& script, bool gnu = false) {
  UserlandSystem system(gnu);
  const Shown shown = run(system, script);
  return shown.status == 0 ? shown.output : fmt::format("{}=> {}\n", shown.output, shown.status);
}

/// One call of one program, without a shell.
Step call(UserlandSystem& system, const std::vector<std::string>& argv,
          const CommandState& state = {}, const std::string& input = "") {
  Process process;
  process.argv = argv;
  process.pid = 20;
  process.env = {{"PATH", "/bin"}};
  return run_userland(argv, input, process, state, system, system.around);
}

// ---- What the real programs were seen to show ----

struct Case {
  int line = 0;
  std::string script;
  std::string output;
  int status = 0;
};

std::vector<Case> read_cases(const std::string& name) {
  const std::string text =
      read_file(fmt::format("{}/tests/programs/userland/{}", PODSIGHT_SOURCE_DIR, name));
  std::vector<Case> cases;
  int number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.rfind("$ ", 0) == 0) {
      cases.push_back({number, line.substr(2), "", 0});
    } else if (line.rfind("> ", 0) == 0) {
      cases.back().script += "\n" + line.substr(2);
    } else if (line.rfind("  ", 0) == 0) {
      cases.back().output += line.substr(2) + "\n";
    } else if (line == "=> no line end") {
      cases.back().output.pop_back();
    } else if (line.rfind("=> ", 0) == 0) {
      cases.back().status = std::stoi(line.substr(3));
    }
  }
  return cases;
}

class UserlandTable : public ::testing::TestWithParam<const char*> {};

TEST_P(UserlandTable, ShowsWhatTheRealProgramsShow) {
  const std::string name = GetParam();
  const std::vector<Case> cases = read_cases(name);
  ASSERT_GT(cases.size(), 500u);
  for (const Case& each : cases) {
    UserlandSystem system(name == "gnu.txt");
    const Shown shown = run(system, each.script);
    EXPECT_EQ(shown.output, each.output) << name << ":" << each.line << ": " << each.script;
    EXPECT_EQ(shown.status, each.status) << name << ":" << each.line << ": " << each.script;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, UserlandTable, ::testing::Values("busybox.txt", "gnu.txt"),
                         [](const auto& each) {
                           const std::string name = each.param;
                           return name.substr(0, name.find('.'));
                         });

// ---- Which programs there are ----

TEST(Userland, HasTheProgramsOfTheRecordedImage) {
  for (const char* name :
       {"bash", "cat",    "cp",    "cut",   "date", "dd",       "df",     "du",   "echo",
        "env",  "false",  "find",  "grep",  "head", "hostname", "httpd",  "id",   "kill",
        "ls",   "md5sum", "mkdir", "mount", "mv",   "nslookup", "printf", "ps",   "rm",
        "sed",  "sh",     "sleep", "sort",  "stat", "sum",      "sync",   "tail", "tee",
        "test", "touch",  "true",  "wc",    "wget"}) {
    EXPECT_TRUE(is_userland_program(name)) << name;
  }
  EXPECT_FALSE(is_userland_program("python3"));
  EXPECT_TRUE(std::is_sorted(userland_programs().begin(), userland_programs().end()));
}

TEST(Userland, AnUnknownProgramIsNotFound) {
  UserlandSystem system;
  const Step step = call(system, {"python3"});
  EXPECT_EQ(text_of(step.output), "python3: not found\n");
  EXPECT_EQ(step.exit, 127);
}

TEST(Userland, APathNamesTheProgramAtItsEnd) {
  UserlandSystem system;
  EXPECT_EQ(text_of(call(system, {"/bin/cat", "nosuch"}).output),
            "cat: can't open 'nosuch': No such file or directory\n");
}

TEST(Userland, AWrongOptionShowsTheUsage) {
  UserlandSystem system;
  const Step step = call(system, {"wc", "-x"});
  EXPECT_EQ(text_of(step.output),
            "wc: invalid option -- 'x'\nBusyBox v1.36.1 multi-call binary.\n\n"
            "Usage: wc [-cmlwL] [FILE]...\n");
  EXPECT_EQ(step.exit, 1);
}

/// No program may crash on arguments that are none of its own, or on none.
TEST(Userland, EveryProgramBearsAnything) {
  const std::vector<std::vector<std::string>> arguments = {{},
                                                           {"-"},
                                                           {"--"},
                                                           {""},
                                                           {"-x"},
                                                           {"--help"},
                                                           {"nosuch"},
                                                           {"d"},
                                                           {"-n"},
                                                           {"loop"},
                                                           {"9999999999999999999"},
                                                           {"-1", "f"},
                                                           {"f", "f"},
                                                           {"-c", "[[[(("},
                                                           {"f", "nosuch", "d"},
                                                           {"-s", "-s", "-s"}};
  for (const bool gnu : {false, true}) {
    for (const std::string& name : userland_programs()) {
      for (const auto& words : arguments) {
        UserlandSystem system(gnu);
        system.files().make_symlink("loop", parse_path("/loop"), kNow);
        std::vector<std::string> argv = {name};
        argv.insert(argv.end(), words.begin(), words.end());
        const Step step = call(system, argv, {}, "some\ninput");
        EXPECT_GE(step.exit, 0) << name;
        EXPECT_LE(step.exit, 255) << name;
      }
    }
  }
}

// ---- Time ----

TEST(Userland, SleepWaitsInVirtualTime) {
  const std::pair<const char*, Duration> naps[] = {{"3", seconds(3)},
                                                   {"0.5", milliseconds(500)},
                                                   {"1m", minutes(1)},
                                                   {"1h 1s", hours(1) + seconds(1)},
                                                   {".25s", milliseconds(250)},
                                                   {"1.5m", seconds(90)},
                                                   {"0", Duration{}}};
  for (const auto& [words, took] : naps) {
    UserlandSystem system;
    const Shown shown = run(system, fmt::format("sleep {}", words));
    EXPECT_EQ(shown.output, "") << words;
    EXPECT_EQ(shown.took, took) << words;
  }
  UserlandSystem system;
  const Step step = call(system, {"sleep", "infinity"});
  EXPECT_FALSE(step.done);
  EXPECT_EQ(step.wait.until, kNever);
  EXPECT_EQ(call(system, {"sleep", "99999999999999999999d"}).wait.until, kNever);
}

TEST(Userland, DateShowsTheWorldsClock) {
  EXPECT_EQ(output("date"), "Wed Jan  1 00:00:00 UTC 2025\n");
  EXPECT_EQ(output("date +%s; date +%FT%T; date -r f +%F"),
            "1735689600\n2025-01-01T00:00:00\n"
            "2023-11-14\n");
  EXPECT_EQ(output("sleep 90; date +%T"), "00:01:30\n");
  EXPECT_EQ(output("date -d yesterday +%F; date -d '3 days ago' +%F; date -d 'next month' +%F; "
                   "date -d 'last friday' +%F; date -d 10:30 +%T",
                   true),
            "2024-12-31\n2024-12-29\n2025-02-01\n2024-12-27\n10:30:00\n");
  EXPECT_EQ(output("date -s 2020-01-01"),
            "date: can't set date: Operation not permitted\nWed Jan  1 00:00:00 UTC 2020\n=> 1\n");
}

TEST(Userland, TailFollowsAFileAsItGrows) {
  UserlandSystem system;
  system.put("/log", "1\n2\n3\n");
  Step step = call(system, {"tail", "-n", "1", "-f", "/log"});
  EXPECT_EQ(text_of(step.output), "3\n");
  ASSERT_FALSE(step.done);
  EXPECT_TRUE(step.wait.on_change);
  system.put("/log", "1\n2\n3\n4\n5\n");
  step = call(system, {"tail", "-n", "1", "-f", "/log"}, step.state);
  EXPECT_EQ(text_of(step.output), "4\n5\n");
  step = call(system, {"tail", "-n", "1", "-f", "/log"}, step.state);
  EXPECT_EQ(text_of(step.output), "");
  ASSERT_FALSE(step.done);
  system.put("/log", "new\n");  // it has been cut: from the start
  step = call(system, {"tail", "-n", "1", "-f", "/log"}, step.state);
  EXPECT_EQ(text_of(step.output), "new\n");
  system.files().remove(parse_path("/log"));
  step = call(system, {"tail", "-n", "1", "-f", "/log"}, step.state);
  EXPECT_FALSE(step.done);
}

TEST(Userland, TailOfSeveralFilesSaysWhichHasGrown) {
  UserlandSystem system;
  const std::vector<std::string> argv = {"tail", "-n1", "-f", "f", "g"};
  Step step = call(system, argv);
  EXPECT_EQ(text_of(step.output), "==> f <==\nc\n\n==> g <==\nh\n");
  system.put("/f", "b\na\nc\nmore\n");
  step = call(system, argv, step.state);
  EXPECT_EQ(text_of(step.output), "\n==> f <==\nmore\n");
  system.put("/f", "b\na\nc\nmore\nstill\n");
  step = call(system, argv, step.state);
  EXPECT_EQ(text_of(step.output), "still\n");
}

TEST(Userland, TailWithRetryWaitsForTheFile) {
  UserlandSystem system;
  const std::vector<std::string> argv = {"tail", "-F", "late"};
  Step step = call(system, argv);
  EXPECT_EQ(text_of(step.output), "tail: can't open 'late': No such file or directory\n");
  ASSERT_FALSE(step.done);
  system.put("/late", "here\n");
  step = call(system, argv, step.state);
  EXPECT_EQ(text_of(step.output), "tail: 'late' has appeared;  following new file\nhere\n");
  step = call(system, {"tail", "-f", "nosuch"});
  EXPECT_EQ(text_of(step.output),
            "tail: can't open 'nosuch': No such file or directory\ntail: no files\n");
  EXPECT_TRUE(step.done);
}

// ---- Who and where one is ----

TEST(Userland, TheEnvironment) {
  EXPECT_EQ(output("env -i A=1 B=2 env"), "A=1\nB=2\n");
  EXPECT_EQ(output("export X=y; env | grep X; env -u X env | grep -c X"), "X=y\n0\n=> 1\n");
  EXPECT_EQ(output("printenv HOME; printenv NOSUCH HOME"), "/root\n/root\n=> 1\n");
  EXPECT_EQ(output("env nosuch"),
            "env: can't execute 'nosuch': No such file or directory\n"
            "=> 127\n");
  UserlandSystem system;
  EXPECT_EQ(text_of(call(system, {"env", "Z=1"}).output), "PATH=/bin\nZ=1\n");
  EXPECT_EQ(text_of(call(system, {"env", "-i"}).output), "");
}

TEST(Userland, UsersAreNamedByTheContainersOwnFiles) {
  EXPECT_EQ(output("id; id -u; id -gn; whoami"),
            "uid=0(root) gid=0(root) groups=0(root)\n0\nroot\nroot\n");
  UserlandSystem system;
  system.put("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nweb:x:1000:2000::/:/bin/sh\n");
  system.put("/etc/group", "root:x:0:\nstaff:x:2000:\nshare:x:3000:\n");
  system.files().uid = 1000;
  system.files().gid = 2000;
  system.files().groups = {3000, 4000};
  EXPECT_EQ(run(system, "id").output,
            "uid=1000(web) gid=2000(staff) groups=2000(staff),3000(share),4000\n");
  EXPECT_EQ(run(system, "id -un; id -G; id -Gn; id root").output,
            "web\n2000 3000 4000\nstaff share 4000\nuid=0(root) gid=0(root) groups=0(root)\n");
  system.files().uid = 1234;
  EXPECT_EQ(run(system, "id -u; whoami").output, "1234\nwhoami: unknown uid 1234\n");
  EXPECT_EQ(run(system, "id nosuch").output, "id: unknown user nosuch\n");
}

TEST(Userland, TheMachine) {
  UserlandSystem system;
  system.around.kernel = "5.10.1";
  system.around.processors = 4;
  system.put("/etc/hosts", "127.0.0.1 localhost\n10.0.0.7\tweb-0\n");
  EXPECT_EQ(run(system, "hostname; hostname -i; uname; uname -rn; uname -a; nproc").output,
            "web-0\n10.0.0.7\nLinux\nweb-0 5.10.1\n"
            "Linux web-0 5.10.1 #1 SMP x86_64 GNU/Linux\n4\n");
  const Shown shown = run(system, "hostname other");
  EXPECT_EQ(shown.output, "hostname: sethostname: Operation not permitted\n");
  EXPECT_EQ(shown.status, 1);
}

TEST(Userland, Processes) {
  UserlandSystem system;
  EXPECT_EQ(text_of(call(system, {"ps"}).output),
            "PID   USER     TIME  COMMAND\n    1 root      0:00 web --port 8080\n"
            "   20 root      0:00 ps\n");
  EXPECT_EQ(text_of(call(system, {"ps", "aux"}).output).substr(0, 29),
            "PID   USER     TIME  COMMAND\n");
  EXPECT_EQ(text_of(call(system, {"ps", "-o", "pid,comm"}).output),
            "PID   COMMAND\n    1 web\n   20 ps\n");
  EXPECT_EQ(text_of(call(system, {"ps", "-o", "nosuch"}).output).substr(0, 30),
            "ps: bad -o argument 'nosuch', ");
}

TEST(Userland, KillReachesProcesses) {
  UserlandSystem system;
  const std::vector<std::vector<std::string>> calls = {
      {"1"}, {"-9", "1"}, {"-s", "HUP", "1"}, {"-INT", "1"}, {"-0", "1"}, {"--", "1"}};
  for (std::vector<std::string> argv : calls) {
    argv.insert(argv.begin(), "kill");
    EXPECT_EQ(call(system, argv).exit, 0);
  }
  EXPECT_EQ(system.sent, (std::vector<std::pair<std::int64_t, int>>{
                             {1, 15}, {1, 9}, {1, 1}, {1, 2}, {1, 0}, {1, 15}}));
  EXPECT_EQ(text_of(call(system, {"kill", "77"}).output),
            "kill: can't kill pid 77: No such process\n");
  EXPECT_EQ(text_of(call(system, {"kill", "-FOO", "1"}).output), "kill: bad signal name 'FOO'\n");
  EXPECT_EQ(text_of(call(system, {"kill", "x"}).output), "kill: invalid number 'x'\n");
  EXPECT_EQ(text_of(call(system, {"kill"}).output), "kill: you need to specify whom to kill\n");
  EXPECT_EQ(text_of(call(system, {"kill", "-l", "15", "HUP"}).output), "TERM\n1\n");
}

TEST(Userland, NamesOfFiles) {
  UserlandSystem system;
  EXPECT_EQ(run(system, "which ls cat nosuch").output, "/bin/ls\n/bin/cat\n");
  EXPECT_EQ(run(system, "which nosuch").status, 1);
  system.files().make_directory(parse_path("/tmp"), 01777, kNow);
  const std::string first = run(system, "mktemp").output;
  EXPECT_EQ(first.substr(0, 9), "/tmp/tmp.");
  EXPECT_EQ(first.size(), 16u);
  EXPECT_EQ(run(system, "ls -l " + first).output.substr(0, 10), "-rw-------");
  EXPECT_NE(run(system, "mktemp").output, first);
  EXPECT_EQ(run(system, "ls -ld $(mktemp -d /tmp/x.XXXXXX)").output.substr(0, 10), "drwx------");
  EXPECT_EQ(run(system, "mktemp -p /nosuch").output, "mktemp: (null): No such file or directory\n");
  // The same seed and time give the same name: a run can be repeated.
  UserlandSystem again;
  again.files().make_directory(parse_path("/tmp"), 01777, kNow);
  EXPECT_EQ(run(again, "mktemp").output, first);
}

// ---- What shells have built in ----

TEST(Userland, ProgramsThatShellsHaveBuiltIn) {
  UserlandSystem system;
  EXPECT_EQ(text_of(call(system, {"echo", "-n", "a  b", "c"}).output), "a  b c");
  EXPECT_EQ(text_of(call(system, {"echo", "-e", "a\\tb"}).output), "a\tb\n");
  EXPECT_EQ(text_of(call(system, {"printf", "%s-%03d\\n", "a", "7"}).output), "a-007\n");
  EXPECT_EQ(text_of(call(system, {"pwd"}).output), "/\n");
  EXPECT_EQ(call(system, {"true"}).exit, 0);
  EXPECT_EQ(call(system, {"false"}).exit, 1);
  EXPECT_EQ(call(system, {"test", "-f", "f"}).exit, 0);
  EXPECT_EQ(call(system, {"test", "-d", "f"}).exit, 1);
  EXPECT_EQ(call(system, {"[", "1", "-lt", "2", "]"}).exit, 0);
  const Step step = call(system, {"[", "1"});
  EXPECT_EQ(text_of(step.output), "[: missing ]\n");
  EXPECT_EQ(step.exit, 2);
  EXPECT_EQ(text_of(call(system, {"sh", "-c", "echo $((1 + 2)); exit 3"}).output), "3\n");
  EXPECT_EQ(call(system, {"sh", "-c", "exit 3"}).exit, 3);
  EXPECT_EQ(text_of(call(system, {"xargs", "-n1", "echo", "x"}, {}, "a b\n").output), "x a\nx b\n");
  EXPECT_EQ(call(system, {"timeout"}).exit, 1);
  EXPECT_EQ(call(system, {"timeout", "5", "false"}).exit, 1);
}

TEST(Userland, FindRunsPrograms) {
  EXPECT_EQ(output("find d -type f -exec cat {} \\;"), "in y a\nin x\n");
  EXPECT_EQ(output("find d -type f -exec echo got {} +"), "got d/e/y d/x\n");
  EXPECT_EQ(output("find d -exec test -d {} \\; -print"), "d\nd/e\n");
  EXPECT_EQ(output("find d -type f -exec sh -c 'echo $1' _ {} \\;"), "d/e/y\nd/x\n");
  EXPECT_EQ(output("find d -name y -delete; find d -type f"), "d/x\n");
  EXPECT_EQ(output("find d -type f | xargs grep -l a"), "d/e/y\n");
}

TEST(Userland, AProgramThatCallsItselfComesToAnEnd) {
  UserlandSystem system;
  system.put("/again.sh", "find f -exec sh /again.sh \\;\nfind g -exec sh /again.sh \\;\n");
  const Shown shown = run(system, "sh /again.sh");
  EXPECT_NE(shown.output.find("Resource temporarily unavailable"), std::string::npos);
}

// ---- Files ----

TEST(Userland, ListsFiles) {
  EXPECT_EQ(output("ls -l f d"),
            "-rw-r--r--    1 root     root             6 Nov 14  2023 f\n\n"
            "d:\ntotal 8\ndrwxr-xr-x    2 root     root          4096 Nov 14  2023 e\n"
            "-rw-r--r--    1 root     root             5 Nov 14  2023 x\n");
  EXPECT_EQ(output("ls -l ln; ls -F d; ls -d d; ls -a d"),
            "lrwxrwxrwx    1 root     root             1 Nov 14  2023 ln -> f\n"
            "e/\nx\nd\n.\n..\ne\nx\n");
  EXPECT_EQ(output("touch n; ls -l n; sleep 20000000; ls -l n"),
            "-rw-r--r--    1 root     root             0 Jan  1 00:00 n\n"
            "-rw-r--r--    1 root     root             0 Jan  1  2025 n\n");
  EXPECT_EQ(output("stat -c '%n %s %a %U %F' f d ln"),
            "f 6 644 root regular file\nd 4096 755 root directory\nln 1 777 root symbolic link\n");
  EXPECT_EQ(output("du -s d; du -h d"), "16\td\n8.0K\td/e\n16.0K\td\n");
}

TEST(Userland, ShowsMountsAndSpace) {
  UserlandSystem system;
  VolumeView volume;
  volume.name = "v";
  volume.capacity = 64u << 20;
  system.files().volumes.push_back(volume);
  Mount mount;
  mount.at = parse_path("/data");
  mount.source = "tmpfs";
  mount.fs_type = "tmpfs";
  mount.volume = 0;
  system.files().mounts.push_back(mount);
  const std::string shown = run(system, "mount").output;
  EXPECT_NE(shown.find("overlay on / type overlay (rw,relatime)\n"), std::string::npos) << shown;
  EXPECT_NE(shown.find("tmpfs on /data type tmpfs (rw,relatime)\n"), std::string::npos) << shown;
  EXPECT_EQ(run(system, "df /data").output,
            "Filesystem           1K-blocks      Used Available Use% Mounted on\n"
            "tmpfs                    65536         0     65536   0% /data\n");
  EXPECT_EQ(run(system, "dd if=/dev/zero of=/data/x bs=1M count=100 2>&1 | head -1").output,
            "dd: error writing '/data/x': No space left on device\n");
  EXPECT_EQ(run(system, "rm /data/x; mv /f /data/f; ls /data /f").output,
            "ls: /f: No such file or directory\n/data:\nf\n");
}

TEST(Userland, ChangesFiles) {
  EXPECT_EQ(output("touch n; mkdir -p a/b/c; cp f a; mv g a/b; rm f; find a -type f; ls n f"),
            "a/b/g\na/f\nls: f: No such file or directory\nn\n=> 1\n");
  EXPECT_EQ(output("cp -r d copy; cat copy/e/y; ln -s copy/x l; cat l; readlink l; rm -r copy; "
                   "cat l"),
            "in y a\nin x\ncopy/x\ncat: can't open 'l': No such file or directory\n=> 1\n");
  EXPECT_EQ(output("chmod u+x,o-r f; ls -l f; chmod 600 f; stat -c %a f").substr(0, 10),
            "-rwxr-----");
  EXPECT_EQ(output("cp -r d d/q; ls d/q d/q/e"),
            "cp: recursion detected, omitting directory 'd/q'\nd/q:\ne\nx\n\nd/q/e:\ny\n");
  EXPECT_EQ(
      output("truncate -s 5 f; wc -c f; truncate -s 1G big; wc -c big; ls -l big").substr(0, 24),
      "5 f\n1073741824 big\n-rw-r");
  EXPECT_EQ(output("dd if=f of=out bs=2 count=2 status=none; cat out"), "b\na\n");
  EXPECT_EQ(output("printf abc | tee x y; cat x y; printf d | tee -a x; cat x"), "abcabcabcdabcd");
  EXPECT_EQ(output("rm nosuch; rm -f nosuch; rmdir d; rm d"),
            "rm: can't remove 'nosuch': No such file or directory\n"
            "rmdir: 'd': Directory not empty\nrm: 'd' is a directory\n=> 1\n");
}

TEST(Userland, SedEditsInPlace) {
  EXPECT_EQ(output("sed -i s/a/X/ f; cat f"), "b\nX\nc\n");
  EXPECT_EQ(output("sed -i.bak 2d f g; cat f f.bak; head -2 g"), "b\nc\nb\na\nc\na\nc\n");
  EXPECT_EQ(output("sed -n -i '$p' f g; cat f g"), "c\nh\n");
  EXPECT_EQ(output("sed -i 2q g; cat g"), "a\nb\n");
  EXPECT_EQ(output("sed -i p nosuch"), "sed: nosuch: No such file or directory\n=> 1\n");
  EXPECT_EQ(output("sed 's/a/b/w out' f >/dev/null; cat out"), "b\n");
  UserlandSystem system;
  system.files().read_only_root = true;
  EXPECT_EQ(run(system, "sed -i s/a/b/ f").output,
            "sed: can't create temp file 'fXXXXXX': Read-only file system\n");
}

TEST(Userland, ChecksDigests) {
  EXPECT_EQ(output("md5sum f g > sums; md5sum -c sums"), "f: OK\ng: OK\n");
  EXPECT_EQ(output("md5sum f > sums; echo x >> f; md5sum -c sums"),
            "f: FAILED\nmd5sum: WARNING: 1 of 1 computed checksums did NOT match\n=> 1\n");
  EXPECT_EQ(output("sha256sum f > s; rm f; sha256sum -c s", true),
            "sha256sum: f: No such file or directory\nf: FAILED open or read\n"
            "sha256sum: WARNING: 1 listed file could not be read\n=> 1\n");
}

// ---- Bounds ----

TEST(Userland, NothingGoesOnForEver) {
  UserlandSystem system;
  EXPECT_EQ(call(system, {"yes"}).exit, 141);
  EXPECT_LE(text_of(call(system, {"yes", "long line"}).output).size(), 2u << 20);
  EXPECT_LE(text_of(call(system, {"seq", "1", "999999999999"}).output).size(), 20u << 20);
  Step step = call(system, {"sed", ":a;ba", "f"});
  EXPECT_EQ(text_of(step.output), "sed: ended: the script does not come to an end\n");
  EXPECT_EQ(step.exit, 137);
  EXPECT_LE(text_of(call(system, {"sed", ":a;s/.*/&&/;ta", "f"}).output).size(), 64u << 20);
  EXPECT_EQ(call(system, {"sed", ":a;G;h;ba", "f"}).exit, 137);
}

TEST(Userland, LongLinesAreNoTrouble) {
  UserlandSystem system;
  const std::string line(1u << 20, 'a');
  EXPECT_EQ(text_of(call(system, {"grep", "-c", "a*b\\|a"}, {}, line).output), "1\n");
  EXPECT_GT(text_of(call(system, {"grep", "-o", "a"}, {}, line).output).size(), 1u << 20);
  EXPECT_EQ(text_of(call(system, {"sed", "s/a//g"}, {}, line).output).size(), 0u);
  call(system, {"grep", "-o", "a*b\\|a"}, {}, line);  // looks to the end from each place
  call(system, {"sed", "s/a*b\\|a/x/g"}, {}, line);
  EXPECT_EQ(call(system, {"grep", "-E", "(a*)*(a*)*b"}, {}, line).exit, 1);
  std::string numbers;
  for (int i = 0; i < 100000; ++i) numbers += fmt::format("{}\n", (i * 7919) % 100003);
  system.put("/numbers", numbers);
  EXPECT_EQ(run(system, "sort -n numbers | head -2").output, "0\n1\n");
  std::string other = numbers;
  std::reverse(other.begin(), other.end());
  system.put("/other", other);
  EXPECT_EQ(call(system, {"diff", "-q", "numbers", "other"}).exit, 1);
  EXPECT_EQ(call(system, {"diff", "numbers", "other"}).exit, 1);
}

// ---- The network ----

class Network : public ::testing::Test {
 protected:
  Network() {
    system.around.fetch = [this](std::string_view host, int port, std::string_view path,
                                 int* status) -> std::optional<std::string> {
      asked = fmt::format("{}:{}{}", host, port, path);
      if (port != 8080 || (host != "127.0.0.1" && host != "10.0.0.7")) return std::nullopt;
      *status = path == "/health.html" || path == "/" ? 200 : 404;
      return *status == 200 ? "OK\n" : "404 page not found\n";
    };
    system.put("/etc/hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost\n10.0.0.7\tweb-0\n");
  }
  std::string type(const std::string& script) {
    const Shown shown = run(system, script);
    return shown.status == 0 ? shown.output : fmt::format("{}=> {}\n", shown.output, shown.status);
  }
  UserlandSystem system;
  std::string asked;
};

TEST_F(Network, WgetFetchesFromThePodsOwnPort) {
  EXPECT_EQ(type("wget -q -O- http://localhost:8080/health.html"), "OK\n");
  EXPECT_EQ(asked, "127.0.0.1:8080/health.html");
  EXPECT_EQ(type("wget -qO - 10.0.0.7:8080"), "OK\n");
  EXPECT_EQ(type("wget -O- web-0:8080/health.html"),
            "Connecting to web-0:8080 (10.0.0.7:8080)\nwriting to stdout\n"
            "-                    100% |********************************|     3  0:00:00 ETA\n"
            "written to stdout\nOK\n");
  EXPECT_EQ(type("wget http://localhost:8080/health.html; cat health.html"),
            "Connecting to localhost:8080 (127.0.0.1:8080)\nsaving to 'health.html'\n"
            "health.html          100% |********************************|     3  0:00:00 ETA\n"
            "'health.html' saved\nOK\n");
  EXPECT_EQ(type("wget -q http://localhost:8080/health.html"),
            "wget: can't open 'health.html': File exists\n=> 1\n");
  EXPECT_EQ(type("wget -q -P d http://localhost:8080/; cat d/index.html"), "OK\n");
  EXPECT_EQ(type("wget -q -T 2 -O /nosuch/x http://localhost:8080/"),
            "wget: can't open '/nosuch/x': No such file or directory\n=> 1\n");
  EXPECT_EQ(type("wget --spider http://localhost:8080/"),
            "Connecting to localhost:8080 (127.0.0.1:8080)\nremote file exists\n");
}

TEST_F(Network, WgetSaysWhatIsWrong) {
  EXPECT_EQ(type("wget -q -O- http://localhost:8080/nosuch"),
            "wget: server returned error: HTTP/1.1 404 Not Found\n=> 1\n");
  EXPECT_EQ(type("wget -S -q -O- http://localhost:8080/nosuch"),
            "  HTTP/1.1 404 Not Found\nwget: server returned error: HTTP/1.1 404 Not Found\n"
            "=> 1\n");
  EXPECT_EQ(type("wget -S -q -O- http://localhost:8080/ 2>&1 | head -3"),
            "  HTTP/1.1 200 OK\n  Date: Wed, 01 Jan 2025 00:00:00 GMT\n"
            "  Content-Type: text/html\n");
  EXPECT_EQ(type("wget -O- localhost"),
            "Connecting to localhost:80 (127.0.0.1:80)\n"
            "wget: can't connect to remote host (127.0.0.1): Connection refused\n=> 1\n");
  EXPECT_EQ(asked, "127.0.0.1:80/");
  EXPECT_EQ(type("wget -q -O- http://nosuch.invalid/"),
            "wget: bad address 'nosuch.invalid'\n=> 1\n");
  EXPECT_EQ(type("wget http://localhost:99999/"), "wget: bad port '99999'\n=> 1\n");
  EXPECT_EQ(type("wget gopher://x/"), "wget: not an http or ftp url: gopher://x/\n=> 1\n");
}

TEST_F(Network, Curl) {
  EXPECT_EQ(type("curl -s localhost:8080/health.html"), "OK\n");
  EXPECT_EQ(type("curl -s localhost:8080/nosuch"), "404 page not found\n");
  EXPECT_EQ(type("curl -s -f localhost:8080/nosuch"), "=> 22\n");
  EXPECT_EQ(type("curl -fsS localhost:8080/nosuch"),
            "curl: (22) The requested URL returned error: 404\n=> 22\n");
  EXPECT_EQ(type("curl -s localhost:1"), "=> 7\n");
  EXPECT_EQ(type("curl -sS localhost:1"),
            "curl: (7) Failed to connect to localhost port 1 after 0 ms: Couldn't connect to "
            "server\n=> 7\n");
  EXPECT_EQ(type("curl -sS nosuch.invalid"),
            "curl: (6) Could not resolve host: nosuch.invalid\n=> 6\n");
  EXPECT_EQ(type("curl -s -o /dev/null -w '%{http_code}\\n' localhost:8080/nosuch"), "404\n");
  EXPECT_EQ(type("curl -s -o x -w '%{http_code} %{size_download} %{url_effective}' "
                 "localhost:8080/health.html; cat x"),
            "200 3 http://localhost:8080/health.htmlOK\n");
  EXPECT_EQ(type("curl -s -w '%{http_code}' localhost:1"), "000=> 7\n");
  EXPECT_EQ(type("curl -sO localhost:8080/health.html; cat health.html"), "OK\n");
  EXPECT_EQ(type("curl -sI localhost:8080/ | head -1 | tr -d '\\r'"), "HTTP/1.1 200 OK\n");
  EXPECT_EQ(type("curl -si localhost:8080/ | tail -1"), "OK\n");
  EXPECT_EQ(type("curl"),
            "curl: try 'curl --help' or 'curl --manual' for more information\n"
            "=> 2\n");
  EXPECT_EQ(type("curl --foo"),
            "curl: option --foo: is unknown\n"
            "curl: try 'curl --help' or 'curl --manual' for more information\n"
            "=> 2\n");
  EXPECT_EQ(type("curl -o"),
            "curl: option -o: requires parameter\n"
            "curl: try 'curl --help' or 'curl --manual' for more information\n"
            "=> 2\n");
  EXPECT_EQ(type("curl -sS ftp://x"),
            "curl: (1) Protocol \"ftp\" not supported or disabled in libcurl\n=> 1\n");
  EXPECT_EQ(type("curl -sS -o /nosuch/x localhost:8080"),
            "Warning: Failed to open the file /nosuch/x: No such file or directory\n"
            "curl: (23) Failure writing output to destination\n=> 23\n");
  EXPECT_EQ(type("curl -s --connect-timeout 2 --max-time=3 -H 'A: b' -X GET -L -k localhost:8080"),
            "OK\n");
}

TEST_F(Network, Names) {
  EXPECT_EQ(type("nslookup web"), ";; connection timed out; no servers could be reached\n\n=> 1\n");
  system.put("/etc/resolv.conf", "search lab.svc\nnameserver 10.96.0.10\n");
  system.around.resolve = [](std::string_view host) -> std::optional<std::string> {
    return host == "web" ? std::optional<std::string>("10.0.0.7") : std::nullopt;
  };
  EXPECT_EQ(type("nslookup web"),
            "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tweb\nAddress: 10.0.0.7\n\n");
  EXPECT_EQ(type("nslookup nosuch"),
            "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n"
            "** server can't find nosuch: NXDOMAIN\n\n** server can't find nosuch: NXDOMAIN\n\n"
            "=> 1\n");
  EXPECT_EQ(type("wget -qO- web:8080"), "OK\n");
}

TEST_F(Network, ServersServeUntilTheyAreEnded) {
  std::vector<std::pair<int, std::string>> served;
  system.around.serve = [&](int port, const std::string& root) {
    if (port == 8080) return false;
    served.emplace_back(port, root);
    return true;
  };
  EXPECT_EQ(type("httpd -f -p 8080 -h d"), "httpd: bind: Address already in use\n=> 1\n");
  EXPECT_EQ(type("httpd -f -p 9090 -h d"), "(waits)\n");
  EXPECT_EQ(type("httpd -p 9091 -h /d/e"), "");
  EXPECT_EQ(served, (std::vector<std::pair<int, std::string>>{{9090, "/d"}, {9091, "/d/e"}}));
  EXPECT_EQ(type("httpd -h /nosuch"),
            "httpd: can't change directory to '/nosuch': No such file or directory\n=> 1\n");
  system.around.server = {"web", "/d", 7070};
  EXPECT_FALSE(call(system, {"web"}).done);
  EXPECT_EQ(served.back(), (std::pair<int, std::string>{7070, "/d"}));
}

}  // namespace
}  // namespace sim::testing
