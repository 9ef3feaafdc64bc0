#include "ui/file_list.h"

#include <algorithm>

#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

using namespace ui;

constexpr const char* kAssets = "/usr/share/nginx/html/assets";

class FileListTest : public WorldTest {
 protected:
  FileListTest() {
    write("web.yaml", deployment("web", 2));
    type("kubectl apply -f web.yaml");
    settle();
  }
  std::vector<std::string> paths(const FileQuestion& question) {
    sight.follow(world());
    std::vector<std::string> found;
    for (const FileRow& row : list.rows(sight, question)) {
      found.push_back(row.path + (row.directory ? "/" : ""));
    }
    return found;
  }
  static bool has(const std::vector<std::string>& paths, const std::string& path) {
    return std::count(paths.begin(), paths.end(), path) == 1;
  }
  FileSight sight;
  FileList list;
};

TEST_F(FileListTest, a_directory_as_any_container_has_it) {
  const std::vector<std::string> before = paths({kAssets, false, ""});
  EXPECT_EQ(before.size(), 6u);
  type(std::string("kubectl exec deploy/web -- touch ") + kAssets + "/divewatch.jpg");
  EXPECT_TRUE(has(paths({kAssets, false, ""}), std::string(kAssets) + "/divewatch.jpg"));
  EXPECT_EQ(paths({"/usr/share", false, ""}), std::vector<std::string>{"/usr/share/nginx/"});
  EXPECT_TRUE(has(paths({"/", false, ""}), "/tmp/"));
}

TEST_F(FileListTest, patterns_filters_and_all_that_is_below) {
  EXPECT_EQ(paths({std::string(kAssets) + "/*_watch.jpg", false, ""}).size(), 2u);
  EXPECT_EQ(paths({"/usr/share/nginx/html/*/smart_?.jpg", false, ""}).size(), 2u);
  EXPECT_EQ(paths({"/usr/share/nginx", true, "wood"}),
            std::vector<std::string>{std::string(kAssets) + "/wood_watch.jpg"});
  EXPECT_EQ(paths({"/usr/share/nginx", true, "smart_*"}).size(), 2u);
  EXPECT_TRUE(paths({"/none", true, ""}).empty());
}

TEST_F(FileListTest, what_is_of_interest_is_served_mounted_or_written) {
  EXPECT_TRUE(has(list.places((sight.follow(world()), sight)), "/tmp"));
  std::vector<std::string> found = paths({});
  EXPECT_TRUE(has(found, std::string(kAssets) + "/gentleman.jpg"));
  EXPECT_FALSE(has(found, "/etc/passwd"));
  type("kubectl exec deploy/web -- sh -c 'mkdir -p /srv/a; echo 1 > /srv/a/b; echo 2 > /tmp/c'");
  found = paths({});
  EXPECT_TRUE(has(found, "/srv/a/b"));
  EXPECT_TRUE(has(found, "/tmp/c"));
  // Also when the pods that had it are gone.
  type("kubectl delete deployment web --wait");
  run_for(minutes(1));
  found = paths({});
  EXPECT_TRUE(has(found, "/srv/a/b"));
}

TEST_F(FileListTest, what_a_mount_hides_has_a_row) {
  type("kubectl delete deployment web --wait");
  write("hidden.yaml", deployment("hidden", 1, kAssets));
  type("kubectl apply -f hidden.yaml");
  settle();
  const std::vector<std::string> found = paths({kAssets, false, ""});
  const std::string path = std::string(kAssets) + "/gentleman.jpg";
  EXPECT_TRUE(has(found, path));
  const Looks& looks = sight.looks(path);
  EXPECT_EQ(looks.of.back().status, Status::Hidden);
}

}  // namespace
}  // namespace sim::testing
