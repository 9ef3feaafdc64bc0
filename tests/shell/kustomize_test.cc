// Kustomizations against recorded runs of kubectl 1.32 (kustomize v5.5): tests/shell/kustomize
// holds one file for each, with its files ("--- NAME") and what was printed ("=== COMMAND").
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/base/file_io.h"
#include "tests/support/paths.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

std::vector<std::string> recorded() {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(source_path("tests/shell/kustomize"))) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Kustomize : public WorldTest {
 protected:
  /// Writes a file and the directories above it.
  void put(const std::string& name, const std::string& text) {
    const std::size_t slash = name.rfind('/');
    if (slash != std::string::npos) type("mkdir -p " + name.substr(0, slash));
    write(name, text);
  }
};
class KustomizeRecorded : public Kustomize, public ::testing::WithParamInterface<std::string> {};

TEST_P(KustomizeRecorded, AsRecorded) {
  const std::string text = read_file(source_path("tests/shell/kustomize/" + GetParam() + ".txt"));
  std::size_t at = 0;
  for (;;) {
    const std::size_t name_end = text.find('\n', at);
    const std::string head = text.substr(at, name_end - at);
    if (head.rfind("=== ", 0) == 0) {
      EXPECT_EQ(type(head.substr(4)), text.substr(name_end + 1));
      EXPECT_EQ(status() != 0, text.find("\nerror: ", name_end) != std::string::npos);
      return;
    }
    ASSERT_EQ(head.rfind("--- ", 0), 0u) << head;
    const std::size_t next = std::min(text.find("\n--- ", name_end), text.find("\n=== ", name_end));
    ASSERT_NE(next, std::string::npos);
    put(head.substr(4), text.substr(name_end + 1, next - name_end));
    at = next + 1;
  }
}
INSTANTIATE_TEST_SUITE_P(All, KustomizeRecorded, ::testing::ValuesIn(recorded()),
                         [](const ::testing::TestParamInfo<std::string>& row) {
                           std::string name = row.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

constexpr const char* kApp = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data: {a: "1"}
)";

TEST_F(Kustomize, IsAppliedAndDeleted) {
  put("base/app.yaml", kApp);
  put("base/kustomization.yaml", "resources: [app.yaml]\nnamespace: lab\n");
  put("top/ns.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: lab}\n");
  put("top/kustomization.yaml", "resources: [../base, ns.yaml]\n");
  EXPECT_EQ(type("kubectl apply -k top"), "namespace/lab created\nconfigmap/app created\n");
  EXPECT_EQ(type("kubectl apply -k top"), "namespace/lab unchanged\nconfigmap/app unchanged\n");
  EXPECT_EQ(type("kubectl kustomize top | kubectl apply -f -"),
            "namespace/lab unchanged\nconfigmap/app unchanged\n");
  EXPECT_EQ(type("kubectl get -k base -o name"), "configmap/app\n");
  EXPECT_EQ(type("kubectl delete -k base"), "configmap \"app\" deleted\n");
  EXPECT_EQ(type("kubectl get cm -n lab app"),
            "Error from server (NotFound): configmaps \"app\" not found\n");
}

TEST_F(Kustomize, TellsOfWhatIsWrongOnTheWay) {
  EXPECT_EQ(type("kubectl apply -k nowhere"),
            "error: must build at directory: not a valid directory: evalsymlink failure on "
            "'nowhere' : lstat /work/nowhere: no such file or directory\n");
  EXPECT_EQ(status(), 1);
  put("x.yaml", kApp);
  EXPECT_EQ(type("kubectl kustomize x.yaml"),
            "error: must build at directory: 'x.yaml': file is not directory\n");
  EXPECT_EQ(type("kubectl apply -f x.yaml -k ."), "error: only one of -f or -k can be specified\n");
  EXPECT_EQ(type("kubectl kustomize a b"), "error: specify one path to kustomization.yaml\n");
  put("kustomization.yaml", "resources: [x.yaml]\nvars: [{name: A}]\n");
  EXPECT_EQ(type("kubectl kustomize 2>/dev/null; kubectl kustomize . 2>&1 | tail -n 1"),
            "error: podsight does not model \"vars\" of a kustomization\n");
}

TEST_F(Kustomize, WritesToAFile) {
  put("x.yaml", kApp);
  put("kustomization.yaml", "resources: [x.yaml]\nnamePrefix: p-\n");
  EXPECT_EQ(type("kubectl kustomize -o out.yaml; cat out.yaml"),
            "apiVersion: v1\ndata:\n  a: \"1\"\nkind: ConfigMap\nmetadata:\n  name: p-app\n");
}

TEST_F(Kustomize, DirectoriesThatBuildOnEachOtherDoNotExplode) {
  // Each level names the one below it twice: two to the twentieth, were they all built.
  for (int i = 0; i < 20; ++i) {
    const std::string below = "../l" + std::to_string(i + 1);
    put("l" + std::to_string(i) + "/kustomization.yaml",
        "resources: [" + below + ", " + below + "]\n");
  }
  put("l20/kustomization.yaml", "configMapGenerator: [{name: a}]\n");
  type("kubectl kustomize l0");
  EXPECT_EQ(status(), 1);
}

}  // namespace
}  // namespace sim::testing
