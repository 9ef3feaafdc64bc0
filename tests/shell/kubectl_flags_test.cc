// Command lines: flags as kubectl reads them, help, and what it says of words it does not know.
#include <algorithm>

#include "sim/shell/kubectl.h"
#include "sim/shell/kubectl_flags.h"
#include "sim/shell/kubectl_help.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

using kubectl::Flags;
using kubectl::parse_flags;

const kubectl::FlagSpecs kSpecs = {
    "all-namespaces,A", "output,o=", "replicas=", "stdin,i", "tty,t", "dry-run=?client"};

TEST(KubectlFlags, LongAndShort) {
  const Flags flags =
      parse_flags({"pods", "-n", "web", "--output=yaml", "-A", "--replicas", "3"}, kSpecs);
  EXPECT_EQ(flags.error, "");
  EXPECT_EQ(flags.args, std::vector<std::string>{"pods"});
  EXPECT_EQ(flags.get("namespace"), "web");
  EXPECT_EQ(flags.get("output"), "yaml");
  EXPECT_TRUE(flags.is_on("all-namespaces"));
  EXPECT_EQ(flags.number("replicas"), 3);
}

TEST(KubectlFlags, Joined) {
  const Flags flags = parse_flags({"-Anweb", "-ojson", "-it"}, kSpecs);
  EXPECT_EQ(flags.get("namespace"), "web");
  EXPECT_EQ(flags.get("output"), "json");
  EXPECT_TRUE(flags.is_on("all-namespaces") && flags.is_on("stdin") && flags.is_on("tty"));
}

TEST(KubectlFlags, SwitchesTakeAValueOnlyWithEquals) {
  const Flags flags = parse_flags({"-A", "false", "--stdin=false", "--tty=T"}, kSpecs);
  EXPECT_TRUE(flags.is_on("all-namespaces"));
  EXPECT_EQ(flags.args, std::vector<std::string>{"false"});
  EXPECT_FALSE(flags.is_on("stdin", true));
  EXPECT_TRUE(flags.is_on("tty"));
}

TEST(KubectlFlags, DashesEndTheFlags) {
  const Flags flags = parse_flags({"pod", "-i", "--", "ls", "-l"}, kSpecs);
  EXPECT_TRUE(flags.has_dashes);
  EXPECT_EQ(flags.after_dashes, (std::vector<std::string>{"ls", "-l"}));
}

TEST(KubectlFlags, AValueThatMayBeLeftOut) {
  EXPECT_EQ(parse_flags({"--dry-run", "x"}, kSpecs).get("dry-run"), "client");
  EXPECT_EQ(parse_flags({"--dry-run=server"}, kSpecs).get("dry-run"), "server");
}

TEST(KubectlFlags, Mistakes) {
  EXPECT_EQ(parse_flags({"--bogus"}, kSpecs).error, "unknown flag: --bogus");
  EXPECT_EQ(parse_flags({"-AZ"}, kSpecs).error, "unknown shorthand flag: 'Z' in -Z");
  EXPECT_EQ(parse_flags({"--replicas"}, kSpecs).error, "flag needs an argument: --replicas");
  EXPECT_EQ(parse_flags({"-n"}, kSpecs).error, "flag needs an argument: 'n' in -n");
  EXPECT_EQ(
      parse_flags({"-A=foo"}, kSpecs).error,
      "invalid argument \"foo\" for \"-A, --all-namespaces\" flag: strconv.ParseBool: parsing "
      "\"foo\": invalid syntax");
}

TEST(KubectlVerbs, EveryFlagOfTheTableHasItsHelp) {
  for (const kubectl::Verb& verb : kubectl::all_verbs()) {
    // A name without a row would be missing from what the table makes.
    std::size_t named = 0;
    std::string_view rest = verb.flags;
    while (!rest.empty()) {
      const std::size_t space = std::min(rest.find(' '), rest.size());
      const std::string_view name = rest.substr(0, space);
      named += name == "+print" ? 4 : name == "+files" ? 3 : 1;
      rest.remove_prefix(std::min(space + 1, rest.size()));
    }
    EXPECT_EQ(kubectl::flag_specs(verb).size(), named) << verb.path;
  }
}

class KubectlLine : public WorldTest {};

TEST_F(KubectlLine, UnknownCommands) {
  EXPECT_EQ(type("kubectl frobnicate"), "error: unknown command \"frobnicate\" for \"kubectl\"\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl gte pods"),
            "error: unknown command \"gte\" for \"kubectl\"\n\nDid you mean this?\n\tget\n");
  EXPECT_EQ(type("kubectl ps"),
            "error: unknown command \"ps\" for \"kubectl\"\n\nDid you mean "
            "this?\n\tget\n\tcp\n\twait\n");
  EXPECT_EQ(type("kubectl rollout foo"),
            "error: unknown command \"foo\"\nSee 'kubectl rollout -h' for help and examples\n");
}

TEST_F(KubectlLine, UnknownFlags) {
  EXPECT_EQ(type("kubectl get pods --bogus"),
            "error: unknown flag: --bogus\nSee 'kubectl get --help' for usage.\n");
  EXPECT_EQ(type("kubectl --bogus"),
            "error: unknown flag: --bogus\nSee 'kubectl --help' for usage.\n");
  EXPECT_EQ(type("kubectl get pods --chunk-size=x"),
            "error: invalid argument \"x\" for \"--chunk-size\" flag: strconv.ParseInt: parsing "
            "\"x\": invalid syntax\nSee 'kubectl get --help' for usage.\n");
}

TEST_F(KubectlLine, FlagsBeforeTheVerb) {
  EXPECT_EQ(type("kubectl -n web get pods"), "No resources found in web namespace.\n");
  EXPECT_EQ(type("kubectl --namespace=web get pods"), "No resources found in web namespace.\n");
  EXPECT_EQ(type("kubectl get pods -n \"\""), "No resources found in default namespace.\n");
}

TEST_F(KubectlLine, Help) {
  EXPECT_NE(type("kubectl").find("\n  get             "), std::string::npos);
  EXPECT_EQ(status(), 0);
  const std::string get = type("kubectl get --help");
  EXPECT_NE(get.find("-A, --all-namespaces=false:\n"), std::string::npos);
  EXPECT_NE(get.find("Usage:\n  kubectl get "), std::string::npos);
  EXPECT_EQ(get, type("kubectl help get"));
  EXPECT_EQ(type("kubectl rollout undo -h"), type("kubectl help rollout undo"));
  EXPECT_NE(type("kubectl rollout").find("  status            "), std::string::npos);
  EXPECT_EQ(status(), 1);
  EXPECT_NE(type("kubectl options").find("-n, --namespace=''"), std::string::npos);
}

TEST_F(KubectlLine, VerbsThatAreNotModelledSaySo) {
  EXPECT_EQ(type("kubectl debug node-a"), "error: podsight does not model \"kubectl debug\"\n");
  EXPECT_EQ(status(), 1);
}

TEST_F(KubectlLine, Completion) {
  write("web.yaml", deployment("web", 1));
  type("kubectl apply -f web.yaml");
  settle();
  const Session session(".");
  const auto complete = [&](std::vector<std::string> words) {
    return kubectl::complete(world(), session, words);
  };
  using Words = std::vector<std::string>;
  EXPECT_EQ(complete({"kubectl", "ge"}), Words{"get"});
  EXPECT_EQ(complete({"kubectl", "rollout", "re"}), (Words{"restart", "resume"}));
  EXPECT_EQ(complete({"kubectl", "get", "deploym"}), Words{"deployments.apps"});
  EXPECT_EQ(complete({"kubectl", "get", "deploy", ""}), Words{"web"});
  EXPECT_EQ(complete({"kubectl", "get", "deploy/"}), Words{"deploy/web"});
  EXPECT_EQ(complete({"kubectl", "get", "pods", "-n", "kube-s"}), Words{"kube-system"});
  EXPECT_EQ(complete({"kubectl", "get", "--show-l"}), Words{"--show-labels"});
  EXPECT_EQ(complete({"kubectl", "logs", "deploy/web", "-c", ""}), Words{"web"});
  EXPECT_EQ(complete({"kubectl", "get", "pods", "-o", "ya"}), Words{"yaml"});
  EXPECT_EQ(complete({"kubectl", "cordon", "node-"}), (Words{"node-a", "node-b"}));
}

}  // namespace
}  // namespace sim::testing
