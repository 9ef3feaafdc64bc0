// What people type: any line, at a small cluster with a Deployment in it, comes back, and leaves
// the world sound.
#include <cstdio>
#include <cstdlib>

#include "sim/base/file_io.h"
#include "sim/engine/cluster.h"
#include "sim/scenario/play.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/terminal.h"
#include "tests/fuzz/driver.h"

namespace sim::fuzz {
namespace {

const Simulation& start() {
  static const Simulation made = [] {
    const ClusterFile file = default_cluster();
    Simulation simulation = make_cluster(file.cluster);
    Terminal terminal(simulation, "");
    terminal.run("kubectl create deployment web --replicas=2 --image=nginx; sleep 20");
    return simulation;
  }();
  return made;
}

void one(const std::string& input) {
  Simulation simulation = start();
  Terminal terminal(simulation, "");
  terminal.run(input);
  const std::string broken = check_invariants(simulation.world());
  if (!broken.empty()) {
    std::fprintf(stderr, "broken: %s\n", broken.c_str());
    std::abort();
  }
}

}  // namespace

Target target() {
  Target made;
  const std::string folder = std::string(PODSIGHT_SOURCE_DIR) + "/tests/conformance/";
  for (const char* name : {"divewatch", "kubectl-errors", "rollout-restart"}) {
    const std::string script = read_file(folder + name + "/script.sh");
    for (const ScriptBlock& block : script_blocks(script)) made.seeds.push_back(block.text);
  }
  made.seeds.push_back("for i in 1 2 3; do echo $i; done | sort -r");
  made.seeds.push_back("x=$(kubectl get pods -o name); while false; do :; done; echo ${x:-none}");
  made.seeds.push_back("cat <<EOF | grep -c a\na\n$(date)\nEOF");
  made.seeds.push_back("if [ -f x ] && test 1 -lt 2; then echo a > x; else cat < x; fi");
  made.seeds.push_back("kubectl exec deploy/web -- sh -c 'ls -la /; df -h; find / -name x'");
  made.seeds.push_back("kubectl get deploy web -o go-template='{{range .items}}{{.}}{{end}}'");
  made.seeds.push_back("sim see /etc; sim why web /x; sim node stop node-a; sleep 400");
  made.words = {"kubectl ", "get ",
                "pods ",    "deploy ",
                "-o ",      "json",
                "yaml ",    "wide ",
                "-n ",      "$(",
                ")",        "`",
                "'",        "\"",
                "|",        "&&",
                "||",       ";",
                "&",        ">",
                ">>",       "<",
                "<<E\n",    "\n",
                "${",       "}",
                "((",       "))",
                "[[ ",      " ]]",
                "if ",      "then ",
                "fi",       "for ",
                "do ",      "done ",
                "while ",   "case ",
                "esac ",    "in ",
                "sed ",     "s/a/b/",
                "grep ",    "exec ",
                "delete ",  "patch",
                "--all ",   "-A ",
                "--watch ", "logs ",
                "-f ",      "rollout ",
                "restart ", "*",
                "\\",       "web ",
                "sleep 9 ", "sim ",
                "scale ",   "--replicas=3 ",
                "run ",     "--image=busybox ",
                "-- ",      "apply -f - ",
                "$((1+",    "{a,b}",
                "trap ",    "EXIT ",
                "xargs ",   "wait "};
  made.one = one;
  return made;
}

}  // namespace sim::fuzz
