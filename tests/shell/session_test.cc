// The person's own files and those that a script writes.
#include <filesystem>
#include <fstream>
#include <string>

#include "sim/base/format.h"
#include "sim/scenario/scenario.h"
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

namespace fs = std::filesystem;

/// A real directory that is gone after the test.
class RealDirectory {
 public:
  explicit RealDirectory(const std::string& name)
      : path_(fs::path(::testing::TempDir()) / fmt::format("podsight-{}", name)) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~RealDirectory() { fs::remove_all(path_); }
  std::string path() const { return path_.string(); }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }
  void write_zeros(const std::string& name, std::uintmax_t size) const {
    write(name, "");
    fs::resize_file(path_ / name, size);
  }

 private:
  fs::path path_;
};

class SessionTest : public WorldTest {};

// A directory of large files must not take the room of what a script writes.
TEST_F(SessionTest, ALargeDirectoryLeavesRoom) {
  const RealDirectory directory("large");
  for (int i = 0; i < 30; ++i) directory.write_zeros(fmt::format("a{}.bin", i), 4u << 20);
  directory.write("below/first.yaml", "apiVersion: v1\n");
  directory.write("z.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: z}}\n");
  Simulation cluster(make_cluster(default_cluster().cluster));
  Terminal terminal(cluster, directory.path());
  const std::string manifest = "# one\n{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n";
  EXPECT_EQ(terminal.run("cat > a.yaml <<EOF\n" + manifest + "EOF\ncat a.yaml").output, manifest);
  EXPECT_EQ(terminal.run("kubectl apply -f a.yaml").output, "configmap/a created\n");
}

TEST_F(SessionTest, TheFilesOfADirectoryComeBeforeThoseBelow) {
  const RealDirectory directory("below");
  for (int i = 0; i < 8; ++i) directory.write_zeros(fmt::format("a/a{}.bin", i), 3u << 20);
  directory.write("z.yaml", "z\n");
  directory.write("a/b/c.yaml", "c\n");
  Simulation cluster(make_cluster(default_cluster().cluster));
  Terminal terminal(cluster, directory.path());
  EXPECT_EQ(terminal.run("cat z.yaml; cat a/b/c.yaml").output, "z\nc\n");
  EXPECT_EQ(terminal.run("ls a").output, "a0.bin\na1.bin\na2.bin\na3.bin\na4.bin\nb\n");
}

// What begins with a brace is JSON for kubectl, wherever it comes from.
TEST_F(SessionTest, FlowStyleInAHereDocument) {
  const std::string flow = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n";
  EXPECT_EQ(type("kubectl apply -f - <<EOF\n" + flow + "EOF"),
            "error: error parsing STDIN: json: offset 2: invalid character 'a' looking for "
            "beginning of object key string\n");
  EXPECT_EQ(type("kubectl apply -f - <<EOF\n---\n" + flow + "EOF"), "configmap/a created\n");
}

}  // namespace
}  // namespace sim::testing
