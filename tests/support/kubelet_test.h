// What the tests of the kubelet share: a pod from the YAML of its spec, and short questions about
// it.
#pragma once

#include <string>

#include "tests/support/world_test.h"

namespace sim::testing {

class KubeletTest : public WorldTest {
 protected:
  /// Applies a pod; `spec` is YAML in flow style.
  void pod(const std::string& name, const std::string& spec, const std::string& metadata = "") {
    write(name + ".yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + metadata +
                              "}\nspec: " + spec + "\n");
    ASSERT_EQ(type("kubectl apply -f " + name + ".yaml"), "pod/" + name + " created\n");
  }
  std::string ask(const std::string& name, const std::string& path) {
    return type("kubectl get pod " + name + " -o jsonpath='{" + path + "}'");
  }
  /// A field of the first container's status.
  std::string container(const std::string& name, const std::string& path) {
    return ask(name, ".status.containerStatuses[0]." + path);
  }
  /// The messages of a pod's events of one reason, one a line.
  std::string told(const std::string& name, const std::string& reason) {
    return type("kubectl get events --field-selector involvedObject.name=" + name +
                ",reason=" + reason + " -o jsonpath='{range .items[*]}{.message}{\"\\n\"}{end}'");
  }
  std::string run_in(const std::string& name, const std::string& script) {
    return type("kubectl exec " + name + " -- sh -c '" + script + "'");
  }
  /// How long some lines take, in virtual time.
  Duration time_of(const std::string& lines) {
    const Time before = world().now();
    type(lines);
    return world().now() - before;
  }
  static void expect_between(Duration took, Duration least, Duration most) {
    EXPECT_GE(took.ms(), least.ms());
    EXPECT_LE(took.ms(), most.ms());
  }
  static void expect_part(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  }
};

}  // namespace sim::testing
