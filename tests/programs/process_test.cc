// Processes: what waits and goes on, what is copied half-way, what a prompt feeds.
#include <gtest/gtest.h>

#include "sim/base/input_error.h"
#include "tests/programs/test_system.h"

namespace sim::testing {
namespace {

/// A shell that a person types to.
class Prompt : public ::testing::Test {
 protected:
  Prompt() : shell_(make_script("", "")) {
    shell_.cwd = parse_path("/work");
    shell_.env = {{"HOME", "/work"}};
  }
  std::string type(const std::string& lines) {
    feed(shell_, lines);
    const Ran ran = run_to_end(shell_, system_);
    status_ = ran.status;
    return ran.output;
  }

  TestSystem system_;
  Process shell_;
  int status_ = 0;
};

TEST_F(Prompt, KeepsWhatWasSaid) {
  EXPECT_EQ(type("x=1; f() { echo f$1; }; cd sub"), "");
  EXPECT_EQ(type("echo $x; f 2; pwd; ls"), "1\nf2\n/work/sub\nc\n");
  EXPECT_EQ(to_string(shell_.cwd), "/work/sub");
  EXPECT_EQ(type("false"), "");
  EXPECT_EQ(status_, 1);
  EXPECT_EQ(type("echo $?"), "1\n");
  EXPECT_EQ(type("echo (\necho two"),
            "bash: line 1: syntax error near unexpected token `newline'\nbash: line 1: `echo ('\n");
  EXPECT_EQ(status_, 2);
  EXPECT_EQ(type("echo $x"), "1\n");
  EXPECT_FALSE(has_exited(shell_));
}

TEST_F(Prompt, ParameterThatMustBeSetEndsIt) {
  EXPECT_EQ(type("echo ${x?gone}; echo no"), "bash: line 1: x: gone\n");
  EXPECT_TRUE(has_exited(shell_));
}

TEST_F(Prompt, LineThatFailsIsGivenUpAndTheNextRuns) {
  EXPECT_EQ(type("readonly r=1\nr=2; echo no\necho next"),
            "bash: line 2: r: readonly variable\nnext\n");
  EXPECT_FALSE(has_exited(shell_));
}

TEST_F(Prompt, EndsByExitAndByErrexit) {
  EXPECT_EQ(type("trap 'echo bye' EXIT; echo hi"), "hi\n");
  EXPECT_FALSE(has_exited(shell_));
  EXPECT_EQ(type("exit 3; echo no"), "bye\n");
  EXPECT_EQ(status_, 3);
  EXPECT_TRUE(has_exited(shell_));
}

TEST_F(Prompt, ErrexitEndsIt) {
  type("set -e");
  EXPECT_EQ(type("false; echo no"), "");
  EXPECT_TRUE(has_exited(shell_));
  EXPECT_EQ(status_, 1);
}

TEST_F(Prompt, InterruptGivesUpTheLineOnly) {
  feed(shell_, "x=1; f() { local x=2; y=$(sleep 100; echo no); }; cd sub; f; echo no");
  advance(shell_, system_);
  EXPECT_FALSE(shell_.done);
  interrupt(shell_);
  EXPECT_TRUE(shell_.done);
  EXPECT_EQ(shell_.exit, 130);
  EXPECT_EQ(type("echo $? $x [$y]; pwd"), "130 1 []\n/work/sub\n");
}

TEST_F(Prompt, JobsGoOnBetweenLines) {
  EXPECT_EQ(type("(sleep 5; echo done) &"), "");
  EXPECT_EQ(type("jobs"), "[1]+  Running                 (sleep 5; echo done) &\n");
  EXPECT_EQ(type("sleep 10; echo later"), "done\nlater\n");
  EXPECT_EQ(type("sleep 100 & fg %1; kill %1"), "sleep 100\nbash: line 1: kill: %1: no such job\n");
}

TEST_F(Prompt, AliasesStandForTheFirstWord) {
  EXPECT_EQ(type("alias k='echo kubectl'; alias ls='ls sub'"), "");
  EXPECT_EQ(type("k get 'a  b' | cat; ls; echo k"), "kubectl get a  b\nc\nk\n");
  EXPECT_EQ(type("unalias k; k"), "bash: line 1: k: command not found\n");
}

TEST(NeedsMore, TellsUnfinishedCommands) {
  for (const char* text : {"echo 'a",
                           "echo \"a",
                           "echo `a",
                           "echo $(a",
                           "echo ${a",
                           "for i in 1 2",
                           "for i in 1; do",
                           "if true; then echo",
                           "while true",
                           "case x in",
                           "case x in a) b ;;",
                           "f() {",
                           "{ a",
                           "( a",
                           "a |",
                           "a &&",
                           "a \\",
                           "cat <<EOF",
                           "cat <<EOF\nx",
                           "x=(1 2",
                           "[[ a &&",
                           "echo $((1 +",
                           "f()"}) {
    EXPECT_TRUE(needs_more(text)) << text;
  }
  for (const char* text :
       {"", "echo a", "echo 'a'", "for i in 1 2; do echo $i; done", "cat <<EOF\nx\nEOF", "a \\\nb",
        "echo )", "fi", "a ;; b", "# for", "echo for", "if true; then echo; fi", "echo \\\\",
        "x=(1 2)", "f() { :; }", "echo ("}) {
    EXPECT_FALSE(needs_more(text)) << text;
  }
}

TEST(Script, WithAMistakeIsAnInputError) {
  try {
    make_script("echo a\nif true\nfi\n", "lesson.json");
    FAIL() << "it was taken";
  } catch (const InputError& error) {
    ASSERT_EQ(error.diagnostics().size(), 1u);
    EXPECT_EQ(error.diagnostics()[0].file, "lesson.json");
    EXPECT_EQ(error.diagnostics()[0].line, 3);
    EXPECT_EQ(error.diagnostics()[0].message, "syntax error near unexpected token `fi'");
  }
  TestSystem system;
  Process script = make_script("echo a", "lesson.json");
  EXPECT_EQ(run_to_end(script, system).output, "a\n");
}

TEST(Process, CopyGoesOnByItself) {
  const std::string body =
      "f() { for i in 1 2 3; do x=$(sleep 1; echo $i); echo \"$x$1\"; done; }\n"
      "(sleep 2; echo job) &\n"
      "f a | cat; f b; trap 'echo end' EXIT; wait";
  const Ran whole = bash(body);
  EXPECT_EQ(whole.took, seconds(6));
  // Stopped and copied after each wait, both give what is left.
  for (int stop = 1; stop < whole.turns; ++stop) {
    TestSystem system;
    Process process = make_process({"bash", "-c", body}, {}, parse_path("/work"));
    process.pid = 100;
    std::string before;
    for (int turn = 0; turn < stop; ++turn) {
      before += text_of(advance(process, system));
      system.set_now(process.wait.until);
    }
    Process copy = process;
    TestSystem other = system;
    const std::string first = run_to_end(process, system).output;
    EXPECT_EQ(before + first, whole.output) << stop;
    EXPECT_EQ(run_to_end(copy, other).output, first) << stop;
  }
}

TEST(Process, CopyDoesNotFeelTheOther) {
  TestSystem system;
  Process process = make_process({"bash", "-c", "x=1; sleep 1; x=$((x+1)); sleep 1; echo $x"}, {},
                                 parse_path("/work"));
  advance(process, system);
  Process copy = process;
  system.set_now(process.wait.until);
  advance(process, system);
  system.set_now(process.wait.until);
  EXPECT_EQ(text_of(advance(process, system)), "2\n");
  EXPECT_FALSE(copy.done);
  advance(copy, system);
  EXPECT_EQ(copy.wait.until, system.now() + seconds(1));
}

TEST(Process, IsNotRunBeforeItsTime) {
  TestSystem system;
  Process process = make_process({"bash", "-c", "sleep 5; echo a"}, {}, parse_path("/work"));
  advance(process, system);
  const int calls = system.calls;
  EXPECT_EQ(text_of(advance(process, system)), "");
  EXPECT_EQ(system.calls, calls);
  EXPECT_EQ(process.wait.until, system.now() + seconds(5));
}

TEST(Process, SingleProgramNeedsNoShell) {
  TestSystem system;
  Process process = make_process({"sleep", "3"}, {}, {});
  EXPECT_EQ(process.interpreter, nullptr);
  EXPECT_EQ(run_to_end(process, system).took, seconds(3));
  EXPECT_EQ(run(system, {"slow"}).took, seconds(1));
  EXPECT_EQ(run(system, {"ls", "sub"}).output, "c\n");
  EXPECT_EQ(run(system, {"false"}).status, 1);
  // It takes the program and not the builtin.
  EXPECT_EQ(run(system, {"echo", "-n", "x"}).output, "-n x\n");
  EXPECT_EQ(run(system, {"timeout", "1", "sleep", "9"}).status, 124);
  EXPECT_EQ(run(system, {"env", "A=1", "bash", "-c", "echo $A"}).output, "1\n");
  Process reader = make_process({"cat"}, {}, {});
  reader.input = "given\n";
  EXPECT_EQ(run_to_end(reader, system).output, "given\n");
  Process loop = make_process({"sh", "-c", "while read x; do echo \"<$x>\"; done"}, {}, {});
  loop.input = "1\n2\n";
  EXPECT_EQ(run_to_end(loop, system).output, "<1>\n<2>\n");
}

TEST(Process, ShellsReadTheirScripts) {
  TestSystem system;
  system.put("/work/s.sh", "#!/bin/bash\necho $0 $1 $#\nnosuch\nexit 4\n", 0755);
  Ran ran = run(system, {"bash", "s.sh", "a", "b"});
  EXPECT_EQ(ran.output, "s.sh a 2\ns.sh: line 3: nosuch: command not found\n");
  EXPECT_EQ(ran.status, 4);
  EXPECT_EQ(run(system, {"bash", "-c", "./s.sh x; echo $?"}).output,
            "./s.sh x 1\n./s.sh: line 3: nosuch: command not found\n4\n");
  EXPECT_EQ(run(system, {"sh", "s.sh"}).output, "s.sh 0\ns.sh: line 3: nosuch: not found\n");
  EXPECT_EQ(run(system, {"bash", "nosuch.sh"}).output,
            "bash: nosuch.sh: No such file or directory\n");
  EXPECT_EQ(run(system, {"bash", "nosuch.sh"}).status, 127);
  EXPECT_EQ(run(system, {"bash", "sub"}).output, "bash: sub: Is a directory\n");
  EXPECT_EQ(run(system, {"bash", "-c"}).output, "bash: -c: option requires an argument\n");
  EXPECT_EQ(
      run(system, {"bash", "-euo", "pipefail", "-c", "echo $-; false | true; echo no"}).output,
      "ehuBc\n");
  EXPECT_EQ(run(system, {"/bin/sh", "-xc", "echo a"}).output, "+ echo a\na\n");
  EXPECT_EQ(run(system, {"bash", "-c", "ls sub", "directory"}).output, "c\n");
}

TEST(Process, SignalsReachTheTrap) {
  TestSystem system;
  Process process =
      make_process({"bash", "-c", "trap 'echo stopping; exit 0' TERM; sleep 1000 & wait"}, {}, {});
  advance(process, system);
  EXPECT_TRUE(handles_signal(process, 15));
  EXPECT_FALSE(handles_signal(process, 9));
  EXPECT_FALSE(handles_signal(process, 2));
  send_signal(process, 2);
  EXPECT_EQ(text_of(advance(process, system)), "");
  EXPECT_FALSE(process.done);
  send_signal(process, 15);
  EXPECT_EQ(text_of(advance(process, system)), "stopping\n");
  EXPECT_TRUE(process.done);
  EXPECT_EQ(process.exit, 0);
}

TEST(Process, ATrapWaitsForTheCommandInFront) {
  TestSystem system;
  Process process =
      make_process({"bash", "-c", "trap 'echo stopping; exit 0' TERM; sleep 1000"}, {}, {});
  advance(process, system);
  send_signal(process, 15);
  EXPECT_EQ(text_of(advance(process, system)), "");
  EXPECT_FALSE(process.done);
  system.set_now(system.now() + seconds(1000));
  EXPECT_EQ(text_of(advance(process, system)), "stopping\n");
  EXPECT_TRUE(process.done);
}

TEST(Process, AnIgnoredSignalIsHandled) {
  TestSystem system;
  Process process = make_process({"bash", "-c", "trap '' TERM; sleep 5; echo on"}, {}, {});
  advance(process, system);
  EXPECT_TRUE(handles_signal(process, 15));
  send_signal(process, 15);
  EXPECT_EQ(run_to_end(process, system).output, "on\n");
  Process single = make_process({"sleep", "5"}, {}, {});
  EXPECT_FALSE(handles_signal(single, 15));
}

TEST(Process, JobsHoldAnExecButNotAContainer) {
  TestSystem system;
  Process command = make_process({"sh", "-c", "(sleep 5; echo late) & echo now"}, {}, {});
  command.pid = 7;
  EXPECT_EQ(run_to_end(command, system).output, "now\nlate\n");
  Process quiet = make_process({"sh", "-c", "(sleep 5; echo late) >f 2>&1 & echo now"}, {}, {});
  quiet.pid = 7;
  EXPECT_EQ(run_to_end(quiet, system).took, Duration{});
  Process first = make_process({"sh", "-c", "(sleep 5; echo late) & echo now"}, {}, {});
  EXPECT_EQ(run_to_end(first, system).output, "now\n");
}

}  // namespace
}  // namespace sim::testing
