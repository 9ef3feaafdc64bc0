// What volumes of other back ends do otherwise than a local disk.
#include <gtest/gtest.h>

#include "sim/files/file_system.h"

namespace sim::testing {
namespace {

constexpr Time kNow{1};

class VolumeRulesTest : public ::testing::Test {
 protected:
  VolumeRulesTest() {
    files.root.image = std::make_shared<const std::vector<Tree>>();
    VolumeView volume;
    volume.tree.put(parse_path("/old"), make_file("old", Time{}));
    files.volumes.push_back(volume);
    Mount mount;
    mount.at = parse_path("/v");
    mount.volume = 0;
    files.mounts.push_back(mount);
  }
  VolumeRules& rules() { return files.mounts[0].rules; }
  Errno write(const char* path, std::string_view bytes, bool append = false) {
    return files.write(parse_path(path), bytes, append, kNow).error;
  }
  Stat stat(const char* path) { return files.stat(parse_path(path)).value; }
  std::string read(const char* path) { return files.read(parse_path(path)).value; }

  FileSystem files;
};

TEST_F(VolumeRulesTest, ALostDeviceAnswersNothing) {
  files.volumes[0].lost = true;
  EXPECT_EQ(write("/v/new", "a"), Errno::InputOutput);
  EXPECT_EQ(files.read(parse_path("/v/old")).error, Errno::InputOutput);
  EXPECT_EQ(files.list(parse_path("/v")).error, Errno::InputOutput);
  EXPECT_EQ(files.remove(parse_path("/v/old")).error, Errno::InputOutput);
  EXPECT_EQ(to_string(Errno::InputOutput), "Input/output error");
  EXPECT_EQ(write("/beside", "a"), Errno::Ok);
}

// Mountpoint for S3, doc/SEMANTICS.md
TEST_F(VolumeRulesTest, WholeObjects) {
  rules().whole_objects = true;
  EXPECT_EQ(write("/v/new", "a"), Errno::Ok);
  EXPECT_EQ(files.make_directory(parse_path("/v/d"), 0755, kNow).error, Errno::Ok);
  EXPECT_EQ(files.touch(parse_path("/v/d/empty"), kNow).error, Errno::Ok);
  EXPECT_EQ(write("/v/new", "b", true), Errno::Invalid);
  EXPECT_EQ(write("/v/new", "c"), Errno::NotPermitted);
  EXPECT_EQ(files.write_span(parse_path("/v/old"), {0, "", 9}, kNow).error, Errno::NotPermitted);
  EXPECT_EQ(files.touch(parse_path("/v/old"), kNow).error, Errno::NotPermitted);
  EXPECT_EQ(files.change_mode(parse_path("/v/old"), 0600, kNow).error, Errno::NotPermitted);
  EXPECT_EQ(files.make_symlink("old", parse_path("/v/link"), kNow).error, Errno::NotPermitted);
  EXPECT_EQ(files.rename(parse_path("/v/old"), parse_path("/v/x"), kNow).error,
            Errno::NotImplemented);
  EXPECT_EQ(to_string(Errno::NotImplemented), "Function not implemented");
  EXPECT_EQ(files.remove(parse_path("/v/old")).error, Errno::NotPermitted);
  EXPECT_EQ(read("/v/old") + read("/v/new"), "olda");
}

TEST_F(VolumeRulesTest, WholeObjectsWithLeave) {
  rules().whole_objects = true;
  rules().may_delete = true;
  rules().may_overwrite = true;
  EXPECT_EQ(write("/v/old", "new"), Errno::Ok);
  EXPECT_EQ(write("/v/old", "more", true), Errno::Invalid);
  EXPECT_EQ(read("/v/old"), "new");
  EXPECT_EQ(files.remove(parse_path("/v/old")).error, Errno::Ok);
  EXPECT_EQ(files.stat(parse_path("/v/old")).error, Errno::NotFound);
}

TEST_F(VolumeRulesTest, AnOpenObjectTakesMore) {
  rules().whole_objects = true;
  EXPECT_EQ(write("/v/new", ""), Errno::Ok);
  EXPECT_EQ(files.write_open(parse_path("/v/new"), "one", kNow).error, Errno::Ok);
  EXPECT_EQ(files.write_open(parse_path("/v/new"), "two", kNow).error, Errno::Ok);
  EXPECT_EQ(read("/v/new"), "onetwo");
}

TEST_F(VolumeRulesTest, OwnersThatTheMountShows) {
  rules().uid = 1000;
  rules().gid = 2000;
  rules().file_mode = 0640;
  rules().directory_mode = 0750;
  EXPECT_EQ(stat("/v/old").uid, 1000u);
  EXPECT_EQ(stat("/v/old").gid, 2000u);
  EXPECT_EQ(stat("/v/old").mode, 0640);
  EXPECT_EQ(stat("/v").mode, 0750);
  files.uid = 1000;
  EXPECT_EQ(write("/v/old", "x"), Errno::Ok);
  files.uid = 1;
  EXPECT_EQ(write("/v/old", "x"), Errno::AccessDenied);
}

TEST_F(VolumeRulesTest, NobodyButRootWithoutAllowOther) {
  rules().others = false;
  EXPECT_EQ(read("/v/old"), "old");
  files.uid = 1000;
  EXPECT_EQ(files.list(parse_path("/v")).error, Errno::AccessDenied);
  EXPECT_EQ(files.read(parse_path("/v/old")).error, Errno::AccessDenied);
}

TEST_F(VolumeRulesTest, AnAccessPointActsForItsOwner) {
  Entry root = *make_directory(Time{}, 0700);
  root.uid = 50000;
  root.gid = 50001;
  files.volumes[0].tree = Tree(std::make_shared<const Entry>(root));
  files.uid = 1000;
  files.gid = 1000;
  EXPECT_EQ(write("/v/new", "x"), Errno::AccessDenied);
  rules().as_owner = true;
  EXPECT_EQ(write("/v/new", "x"), Errno::Ok);
  EXPECT_EQ(stat("/v/new").uid, 50000u);
  EXPECT_EQ(stat("/v/new").gid, 50001u);
  files.uid = 0;
  EXPECT_EQ(files.make_directory(parse_path("/v/d"), 0755, kNow).error, Errno::Ok);
  EXPECT_EQ(stat("/v/d").uid, 50000u);
}

TEST_F(VolumeRulesTest, TheGroupOfADirectoryGoesOn) {
  Entry root = *make_directory(Time{}, 02777);
  root.gid = 2000;
  files.volumes[0].tree = Tree(std::make_shared<const Entry>(root));
  files.uid = 1000;
  files.gid = 1000;
  EXPECT_EQ(write("/v/new", "x"), Errno::Ok);
  EXPECT_EQ(files.make_directory(parse_path("/v/d"), 0755, kNow).error, Errno::Ok);
  EXPECT_EQ(stat("/v/new").gid, 2000u);
  EXPECT_EQ(stat("/v/new").uid, 1000u);
  EXPECT_EQ(stat("/v/d").gid, 2000u);
  EXPECT_EQ(stat("/v/d").mode, 02755);
}

TEST_F(VolumeRulesTest, SizesThatDfShows) {
  files.mounts[0].shown_size = std::uint64_t{1} << 60;
  EXPECT_EQ(files.space(parse_path("/v")).total, std::uint64_t{1} << 60);
  EXPECT_EQ(files.space(parse_path("/v")).used, 4096u);
  files.mounts[0].shown_size = 0;
  files.volumes[0].capacity = 8192;
  EXPECT_EQ(files.space(parse_path("/v")).total, 8192u);
  EXPECT_EQ(write("/v/big", std::string(5000, 'x')), Errno::NoSpace);
}

}  // namespace
}  // namespace sim::testing
