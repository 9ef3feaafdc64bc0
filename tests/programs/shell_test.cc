// The shell. What scripts show is written down in bash/*.txt; here is what a table cannot say.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/base/file_io.h"
#include "sim/base/format.h"
#include "tests/programs/test_system.h"

namespace sim::testing {
namespace {

struct Case {
  int line = 0;
  std::string script;
  std::string output;
  int status = 0;
};

std::vector<Case> read_cases(const std::string& name) {
  const std::string text =
      read_file(fmt::format("{}/tests/programs/bash/{}", PODSIGHT_SOURCE_DIR, name));
  std::vector<Case> cases;
  int blank = 0;  // lines, which may belong to an output
  int number = 0;
  bool inside = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.rfind("$ ", 0) == 0) {
      cases.push_back({number, line.substr(2), "", 0});
      inside = true;
      blank = 0;
    } else if (line.empty()) {
      ++blank;
    } else if (line.rfind("# ", 0) == 0 && blank > 0) {
      inside = false;
    } else if (!inside) {
      continue;
    } else if (line.rfind("> ", 0) == 0) {
      cases.back().script += "\n" + line.substr(2);
    } else if (line.rfind("=> ", 0) == 0) {
      cases.back().status = std::stoi(line.substr(3));
      if (line.find("no line end") != std::string::npos) cases.back().output.pop_back();
    } else {
      cases.back().output += std::string(static_cast<std::size_t>(blank), '\n') + line + "\n";
      blank = 0;
    }
  }
  return cases;
}

class ShellTable : public ::testing::TestWithParam<const char*> {};

TEST_P(ShellTable, ShowsWhatItShould) {
  const std::string name = GetParam();
  const std::vector<Case> cases = read_cases(name);
  ASSERT_GT(cases.size(), 10u);
  for (const Case& each : cases) {
    const Ran ran = name == "ash.txt" ? ash(each.script) : bash(each.script);
    EXPECT_EQ(ran.output, each.output) << name << ":" << each.line << ": " << each.script;
    EXPECT_EQ(ran.status, each.status) << name << ":" << each.line << ": " << each.script;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, ShellTable,
                         ::testing::Values("ash.txt", "builtins.txt", "errors.txt", "jobs.txt",
                                           "language.txt"),
                         [](const auto& each) {
                           const std::string name = each.param;
                           return name.substr(0, name.find('.'));
                         });

TEST(Shell, SleepTakesVirtualTime) {
  const Ran ran = bash("sleep 3; echo a; sleep 2; echo b");
  EXPECT_EQ(ran.output, "a\nb\n");
  EXPECT_EQ(ran.took, seconds(5));
  // What runs at the same time takes the longest's.
  EXPECT_EQ(bash("sleep 3 & sleep 5 & sleep 1; wait").took, seconds(5));
  EXPECT_EQ(bash("x=$(sleep 2; echo hi); sleep 1").took, seconds(3));
  EXPECT_EQ(bash("timeout 2 sleep 10").took, seconds(2));
  EXPECT_EQ(bash("timeout 9 timeout 2 sleep 10").took, seconds(2));
  EXPECT_EQ(bash("seq 3 | xargs -n 1 sleep").took, seconds(6));
  EXPECT_EQ(bash("for i in 1 2 3; do sleep 1; done | cat").took, seconds(3));
  // A program that says what it takes is done before the next begins.
  EXPECT_EQ(bash("slow; slow").took, seconds(2));
  EXPECT_EQ(bash("SECONDS_=$SECONDS; sleep 4; echo $((SECONDS - SECONDS_))").output, "4\n");
}

TEST(Shell, TimeKeywordTellsVirtualTime) {
  EXPECT_EQ(bash("time sleep 61").output, "\nreal\t1m1.000s\nuser\t0m0.000s\nsys\t0m0.000s\n");
}

TEST(Shell, WatchdogKillsAnotherJob) {
  const Ran ran = bash(
      "sleep 100 & p=$!\n"
      "(sleep 5; kill $p) &\n"
      "wait $p; echo $?");
  EXPECT_EQ(ran.output, "143\n");
  EXPECT_EQ(ran.took, seconds(5));
}

TEST(Shell, RandomIsTheSeeds) {
  const std::string script = "echo $RANDOM $RANDOM $(echo $RANDOM)";
  const std::string first = bash(script).output;
  EXPECT_EQ(bash(script).output, first);
  const std::vector<std::string> numbers = {first.substr(0, first.find(' ')),
                                            first.substr(first.rfind(' ') + 1)};
  EXPECT_NE(numbers[0] + "\n", numbers[1]);
}

TEST(Shell, ProgramsGetOnlyWhatIsExported) {
  EXPECT_EQ(bash("A=1; export B=2; C=3 env | grep =").output,
            "B=2\nC=3\nHOME=/root\nPATH=/bin:/usr/bin\nPWD=/work\nSHLVL=1\n");
  EXPECT_EQ(bash("set -a; D=4; set +a; E=5; env | grep [DE]=").output, "");
  EXPECT_EQ(bash("set -a; D=4; set +a; E=5; env | grep D=").output, "D=4\nPWD=/work\n");
}

TEST(Shell, ProgramsThatReadUseTheInputUp) {
  EXPECT_EQ(bash("printf '1\\n2\\n' | while read x; do echo $x; cat a >f; done").output, "1\n2\n");
  EXPECT_EQ(bash("printf '1\\n2\\n' | while read x; do echo $x; cat; done").output, "1\n2\n");
  EXPECT_EQ(bash("printf '1\\n2\\n' | while read x; do echo $x; cat >/dev/null; done").output,
            "1\n");
  EXPECT_EQ(bash("printf '1\\n2\\n' | while read x; do echo $x; grep -q one a; done").output,
            "1\n2\n");
}

TEST(Shell, ProcessSubstitutionIsAFileForItsCommandOnly) {
  EXPECT_EQ(bash("cat <(echo a) <(echo b); cat /dev/fd/63").output,
            "a\nb\ncat: /dev/fd/63: No such file or directory\n");
  EXPECT_EQ(bash("cat /dev/stdin <<< hello; ls /dev").output,
            "hello\nls: cannot access '/dev': No such file or directory\n");
}

TEST(Shell, AnEndlessLoopEnds) {
  for (const char* script :
       {"while :; do :; done", "for ((;;)); do x=$x.; done", "until false; do x=$((x+1)); done",
        "f() { g; }; g() { f; }; f", "x=a; while :; do x=$x$x; done", "while :; do a+=(x); done",
        "f() { f & f & }; f; wait", ":(){ :|:& };:", "f() { $(f); }; f", "f() { f | f; }; f",
        "while :; do sleep 9999 & done", "f() { trap f EXIT; exit; }; f",
        "while :; do eval 'x=1'; done", "i=0; while :; do eval \"v$i=1\"; i=$((i+1)); done",
        "trap 'kill $$' TERM; kill $$; while :; do :; done", "echo {1..1000}{1..1000}{1..1000}",
        "printf '%999999999d' 1"}) {
    const Ran ran = bash(script);
    EXPECT_LE(ran.turns, 3) << script;
    EXPECT_LT(ran.output.size(), 1u << 21) << script;
  }
  EXPECT_EQ(bash("while :; do :; done").status, 137);
  EXPECT_EQ(bash("while :; do :; done").output,
            "bash: ended: it ran 100000 steps without waiting\n");
  // One that another command reads ends when that has had enough.
  EXPECT_EQ(bash("while :; do echo y; done | head -n 2; echo end").output, "y\ny\nend\n");
}

TEST(Shell, NoNestingIsTooDeep) {
  const auto times = [](int n, const std::string& text) {
    std::string made;
    for (int i = 0; i < n; ++i) made += text;
    return made;
  };
  for (const std::string& script : {times(50000, "("),
                                    times(50000, "$("),
                                    "echo " + times(50000, "$(("),
                                    times(50001, "`"),
                                    "echo " + times(50000, "${x:-"),
                                    times(20000, "if "),
                                    times(20000, "{ "),
                                    times(100000, "a[ "),
                                    times(100000, "! ") + "true",
                                    times(20000, "case x in "),
                                    "echo $((" + times(20000, "(") + "1",
                                    "echo $((" + times(20000, "-") + "1))",
                                    "[[ " + times(20000, "( "),
                                    "[[ a" + times(20000, " && a") + " ]]",
                                    "[ " + times(20000, "\\( ") + "a ]",
                                    "echo " + times(60000, "{"),
                                    "echo " + times(5000, "{a,") + times(5000, "}"),
                                    times(1000, "cat <<E\n$("),
                                    "true" + times(20000, " | true"),
                                    "true" + times(20000, " && true")}) {
    EXPECT_LT(bash(script).output.size(), 1u << 18) << script.substr(0, 40);
    needs_more(script);
  }
  // What a person may write is not too deep.
  EXPECT_EQ(bash(times(20, "if true; then ") + "echo x" + times(20, "; fi")).output, "x\n");
  EXPECT_EQ(bash("f() { [ $1 -lt 150 ] && f $(($1+1)) || echo $1; }; f 0").output, "150\n");
}

TEST(Shell, PatternsThatBacktrackEnd) {
  const std::string long_text = "x=$(printf 'a%.0s' {1..20000}); ";
  EXPECT_EQ(bash(long_text + "[[ $x == *a*a*a*a*a*b ]]; echo $?").status, 0);
  EXPECT_EQ(bash(long_text + "[[ $x =~ (a*)*b ]]; echo $?").output, "1\n");
  EXPECT_EQ(bash(long_text + "y=${x//a/bb}; echo ${#y}").output, "40000\n");
  bash(long_text + "echo ${x//a*b/}");
}

}  // namespace
}  // namespace sim::testing
