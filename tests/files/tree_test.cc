// Directory trees, overlays and mount tables against models that are slow and obvious.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/files/file_system.h"
#include "sim/files/image.h"

namespace sim {
namespace {

// ---- Tree ----

/// A tree as a set of paths: a directory is an entry without bytes.
using Model = std::map<std::string, std::optional<std::string>>;

void model_put(Model& model, const Path& path, std::optional<std::string> bytes) {
  for (std::size_t depth = 1; depth < path.size(); ++depth) {
    const std::string parent = to_string(Path(path.begin(), path.begin() + depth));
    const auto at = model.find(parent);
    if (at == model.end() || at->second) model[parent] = std::nullopt;
  }
  const std::string text = to_string(path);
  for (auto at = model.begin(); at != model.end();) {
    at = at->first.rfind(text + "/", 0) == 0 ? model.erase(at) : std::next(at);
  }
  model[text] = std::move(bytes);
}

void model_erase(Model& model, const Path& path) {
  const std::string text = to_string(path);
  for (auto at = model.begin(); at != model.end();) {
    const bool gone = at->first == text || at->first.rfind(text + "/", 0) == 0;
    at = gone ? model.erase(at) : std::next(at);
  }
}

void collect(const EntryPtr& entry, const std::string& path, Model& into) {
  for (const auto& [name, child] : entry->children) {
    const std::string at = path + "/" + name.str();
    if (child->type == FileType::Directory) {
      into[at] = std::nullopt;
      collect(child, at, into);
    } else {
      into[at] = child->bytes.str();
    }
  }
}

Model contents(const Tree& tree) {
  Model found;
  collect(tree.root(), "", found);
  return found;
}

// Every series of five operations over the paths /a, /a/b, /a/c and /d: put a file, put a
// directory, erase. Old copies stay as they were.
TEST(Tree, EverySeriesOfOperationsIsThatOfASetOfPaths) {
  const std::vector<Path> paths = {{"a"}, {"a", "b"}, {"a", "c"}, {"d"}};
  constexpr int kOperations = 12;
  constexpr int kLength = 5;
  int series = 1;
  for (int i = 0; i < kLength; ++i) series *= kOperations;
  for (int number = 0; number < series; ++number) {
    Tree tree;
    Model model;
    Tree half;
    Model model_half;
    int rest = number;
    for (int step = 0; step < kLength; ++step, rest /= kOperations) {
      if (step == 3) {
        half = tree;
        model_half = model;
      }
      const Path& path = paths[static_cast<std::size_t>(rest % kOperations % 4)];
      const int operation = rest % kOperations / 4;
      if (operation == 0) {
        tree.put(path, make_file("x", Time{}));
        model_put(model, path, "x");
      } else if (operation == 1) {
        tree.put(path, make_directory(Time{}));
        model_put(model, path, std::nullopt);
      } else {
        tree.erase(path);
        model_erase(model, path);
      }
    }
    ASSERT_EQ(contents(tree), model) << number;
    ASSERT_EQ(contents(half), model_half) << number;
    ASSERT_EQ(tree.usage().entries, model.size()) << number;
  }
}

/// Counts how often it is put together.
class Counting : public LateTree {
 public:
  explicit Counting(int* times) : times_(times) {}

 private:
  EntryPtr make() const override {
    ++*times_;
    Tree tree;
    tree.put({Str("token")}, make_file("secret", Time{}));
    return tree.root();
  }
  int* times_;
};

TEST(Tree, ALateOneIsMadeOnceAndOnlyWhenSomebodyLooks) {
  int times = 0;
  const Tree late(std::make_shared<const Counting>(&times));
  Tree copy = late;
  EXPECT_EQ(copy, late);
  EXPECT_EQ(times, 0);
  copy.put({Str("more")}, make_file("x", Time{}));
  EXPECT_EQ(times, 1);
  EXPECT_EQ(contents(copy).size(), 2u);
  EXPECT_EQ(contents(late).size(), 1u);
  EXPECT_FALSE(copy == late);
  EXPECT_TRUE(copy.erase({Str("more")}));
  EXPECT_EQ(copy, late);
  EXPECT_EQ(late.usage().entries, 1u);
  EXPECT_EQ(late.find({Str("token")})->bytes, "secret");
  EXPECT_EQ(times, 1);
}

TEST(Tree, UsageCountsBlocksAndEqualContentsHashAlike) {
  Tree a;
  a.put({"x"}, make_file("hello", Time{}));
  a.put({"big"}, make_sized_file(4097, Time{}));
  EXPECT_EQ(a.usage().bytes, 4096u + 8192u);
  Tree b;
  b.put({"big"}, make_sized_file(4097, Time{}));
  b.put({"x"}, make_file("hello", Time{}));
  EXPECT_EQ(a, b);
  EXPECT_EQ(a.hash(), b.hash());
  b.put({"x"}, make_file("hellO", Time{}));
  EXPECT_NE(a.hash(), b.hash());
}

TEST(Paths, AreNormal) {
  EXPECT_EQ(to_string(parse_path("/a//b/./../c/")), "/a/c");
  EXPECT_EQ(to_string(parse_path("../../x", {"a"})), "/x");
  EXPECT_EQ(to_string(parse_path("x", {"a", "b"})), "/a/b/x");
  EXPECT_EQ(to_string(parse_path("/")), "/");
  EXPECT_TRUE(is_within({"a", "b"}, {"a"}));
  EXPECT_TRUE(is_within({"a"}, {}));
  EXPECT_FALSE(is_within({"ab"}, {"a"}));
}

// ---- Overlay ----

// What a container sees of layers is what one sees who copies them over each other.
TEST(Overlay, SeesWhatCopyingTheLayersOverEachOtherWouldGive) {
  const std::vector<std::string> names = {"a", "b", "c"};
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    std::vector<Tree> layers(2);
    Model flat;
    for (std::uint64_t i = 0; i < 6; ++i) {
      const auto layer = static_cast<std::size_t>(i / 3);
      Path path{Str(names[draw_below(3, seed, "d", 0, i)])};
      if (draw_below(2, seed, "deep", 0, i) != 0) {
        path.push_back(Str(names[draw_below(3, seed, "n", 0, i)]));
      }
      // A layer as image builders make it: nothing under a file of a layer below.
      if (path.size() == 2) {
        const auto parent = flat.find("/" + path[0].str());
        if (parent != flat.end() && parent->second) continue;
      }
      if (path.size() == 1 && flat.count(to_string(path)) != 0) continue;
      const std::string bytes = std::to_string(i);
      layers[layer].put(path, make_file(bytes, Time{}));
      model_put(flat, path, bytes);
    }
    FileSystem files;
    files.root.image = std::make_shared<const std::vector<Tree>>(layers);
    const std::uint64_t image_hash = layers[0].hash() ^ layers[1].hash();
    for (std::uint64_t i = 0; i < 12; ++i) {
      Path path{Str(names[draw_below(3, seed, "wd", 0, i)])};
      if (draw_below(2, seed, "wdeep", 0, i) != 0) {
        path.push_back(Str(names[draw_below(3, seed, "wn", 0, i)]));
      }
      const std::string text = to_string(path);
      const std::string parent =
          path.size() == 2 ? to_string(Path(path.begin(), path.end() - 1)) : "";
      const bool parent_is_directory = parent.empty() || (flat.count(parent) != 0 && !flat[parent]);
      const bool exists = flat.count(text) != 0;
      switch (draw_below(3, seed, "op", 0, i)) {
        case 0: {
          const bool fits = parent_is_directory && (!exists || flat[text]);
          ASSERT_EQ(static_cast<bool>(files.write(path, "w" + std::to_string(i), false, Time{})),
                    fits)
              << seed << " write " << text;
          if (fits) flat[text] = "w" + std::to_string(i);
          break;
        }
        case 1: {
          const bool fits = parent_is_directory && exists && flat[text].has_value();
          ASSERT_EQ(static_cast<bool>(files.remove(path)), fits) << seed << " rm " << text;
          if (fits) flat.erase(text);
          break;
        }
        default: {
          const bool fits = parent_is_directory && !exists;
          ASSERT_EQ(static_cast<bool>(files.make_directory(path, 0755, Time{})), fits)
              << seed << " mkdir " << text;
          if (fits) flat[text] = std::nullopt;
          break;
        }
      }
      for (const std::string& top : names) {
        for (const char* name : {"", "/a", "/b", "/c"}) {
          const std::string at = "/" + top + name;
          const Io<Stat> stat = files.stat(parse_path(at));
          ASSERT_EQ(static_cast<bool>(stat), flat.count(at) != 0) << seed << " " << at;
          if (stat && flat[at]) {
            ASSERT_EQ(files.read(parse_path(at)).value, *flat[at]) << at;
          }
        }
      }
    }
    EXPECT_EQ(image_hash, (*files.root.image)[0].hash() ^ (*files.root.image)[1].hash());
  }
}

TEST(Overlay, ADirectoryMadeAgainHidesWhatTheImageHadInIt) {
  Tree layer;
  layer.put({"d", "old"}, make_file("1", Time{}));
  FileSystem files;
  files.root.image = std::make_shared<const std::vector<Tree>>(std::vector<Tree>{layer});
  ASSERT_TRUE(files.remove({"d", "old"}));
  ASSERT_TRUE(files.remove_directory({"d"}));
  ASSERT_TRUE(files.make_directory({"d"}, 0755, Time{}));
  EXPECT_TRUE(files.list({"d"}).value.empty());
}

// ---- Mounts ----

/// Every table of up to three mounts over /, /m, /m/n and /o, with and without subPath, read-only
/// or not: a file at each place must land in the volume that a walk over the table finds.
TEST(Mounts, EveryTableLeadsWhereALinearWalkLeads) {
  const std::vector<Path> points = {{"m"}, {"m", "n"}, {"o"}};
  const std::vector<Path> targets = {{"f"}, {"m", "f"}, {"m", "n", "f"}, {"o", "f"}};
  int tables = 0;
  for (int code = 0; code < 3 * 3 * 3 * 2 * 2 * 2; ++code) {
    FileSystem files;
    Tree image;
    for (const Path& point : points) image.put(point, make_directory(Time{}));
    files.root.image = std::make_shared<const std::vector<Tree>>(std::vector<Tree>{image});
    int rest = code;
    for (int i = 0; i < 3; ++i) {
      VolumeView volume;
      volume.name = Str(fmt::format("v{}", i));
      volume.tree.put({"n"}, make_directory(Time{}));
      volume.tree.put({"sub", "n"}, make_directory(Time{}));
      files.volumes.push_back(volume);
      Mount mount;
      mount.at = points[static_cast<std::size_t>(rest % 3)];
      rest /= 3;
      mount.volume = i;
      mount.read_only = i == 1 && (code / 27) % 2 == 1;
      if (i == 2 && (code / 54) % 2 == 1) mount.sub_path = {"sub"};
      files.mounts.push_back(mount);
    }
    ++tables;
    for (const Path& target : targets) {
      int expected = -1;
      for (int i = 0; i < 3; ++i) {
        // The deepest mount point above the path; of equal ones the last.
        const Mount& mount = files.mounts[static_cast<std::size_t>(i)];
        if (!is_within(target, mount.at)) continue;
        if (expected < 0 ||
            mount.at.size() >= files.mounts[static_cast<std::size_t>(expected)].at.size()) {
          expected = i;
        }
      }
      ASSERT_EQ(files.mount_of(target), expected) << code << " " << to_string(target);
      FileSystem copy = files;
      const Io<Landing> landed = copy.write(target, "x", false, Time{});
      if (expected < 0) {
        ASSERT_TRUE(landed);
        EXPECT_EQ(landed.value.where, Landing::Where::WritableLayer);
        continue;
      }
      const Mount& mount = files.mounts[static_cast<std::size_t>(expected)];
      if (mount.read_only) {
        EXPECT_EQ(landed.error, Errno::ReadOnly);
        continue;
      }
      ASSERT_TRUE(landed) << code << " " << to_string(target);
      EXPECT_EQ(landed.value.where, Landing::Where::Volume);
      Path inside = mount.sub_path;
      inside.insert(inside.end(), target.begin() + static_cast<std::ptrdiff_t>(mount.at.size()),
                    target.end());
      EXPECT_EQ(landed.value.path, inside);
      for (int i = 0; i < 3; ++i) {
        const bool has = copy.volumes[static_cast<std::size_t>(i)].tree.find(inside) != nullptr;
        EXPECT_EQ(has, i == mount.volume) << code << " " << to_string(target);
      }
    }
  }
  EXPECT_EQ(tables, 216);
}

TEST(FileSystem, SaysWhatIsWrong) {
  FileSystem files;
  Tree image;
  image.put({"etc", "passwd"}, make_file("root:x:0:0::/:/bin/sh\n", Time{}));
  image.put({"loop"}, make_symlink("/loop", Time{}));
  image.put({"link"}, make_symlink("etc/passwd", Time{}));
  files.root.image = std::make_shared<const std::vector<Tree>>(std::vector<Tree>{image});
  EXPECT_EQ(files.read({"none"}).error, Errno::NotFound);
  EXPECT_EQ(files.read({"etc"}).error, Errno::IsDirectory);
  EXPECT_EQ(files.list({"etc", "passwd"}).error, Errno::NotDirectory);
  EXPECT_EQ(files.stat({"loop"}).error, Errno::TooManyLinks);
  EXPECT_EQ(files.remove_directory({"etc"}).error, Errno::NotEmpty);
  EXPECT_EQ(files.make_directory({"etc"}, 0755, Time{}).error, Errno::Exists);
  EXPECT_EQ(files.read({"link"}).value, "root:x:0:0::/:/bin/sh\n");
  EXPECT_EQ(to_string(Errno::ReadOnly), "Read-only file system");
  files.read_only_root = true;
  EXPECT_EQ(files.touch({"new"}, Time{}).error, Errno::ReadOnly);
}

TEST(FileSystem, AVolumeIsFullAtItsCapacity) {
  FileSystem files;
  VolumeView volume;
  volume.name = "small";
  volume.capacity = 8192;
  files.volumes.push_back(volume);
  Mount mount;
  mount.at = {"v"};
  mount.volume = 0;
  files.mounts.push_back(mount);
  EXPECT_TRUE(files.write_span({"v", "a"}, {0, "", 4096}, Time{}));
  EXPECT_EQ(files.write_span({"v", "b"}, {0, "", 8192}, Time{}).error, Errno::NoSpace);
  EXPECT_TRUE(files.write_span({"v", "b"}, {0, "", 4096}, Time{}));
  EXPECT_EQ(files.write({"v", "c"}, "x", false, Time{}).error, Errno::NoSpace);
  ASSERT_TRUE(files.remove({"v", "a"}));
  EXPECT_TRUE(files.write({"v", "c"}, "x", false, Time{}));
}

TEST(FileSystemTest, NoByteIsQuietlyLost) {
  FileSystem files;
  const std::string million(1u << 20, 'x');
  const auto read = [&](const char* name) { return files.read({Str(name)}).value; };
  // Zeros cost nothing, and what is written among them stays.
  EXPECT_TRUE(files.write_span({"sparse"}, {0, "head", 1u << 30}, Time{}));
  EXPECT_TRUE(files.write_span({"sparse"}, {100, "middle", 0, true}, Time{}));
  EXPECT_EQ(files.stat({"sparse"}).value.size, (1u << 30) + 4u);
  EXPECT_EQ(read("sparse").substr(0, 4), "head");
  EXPECT_EQ(read("sparse").substr(98, 9), std::string("\0\0middle\0", 9));
  EXPECT_TRUE(files.write_span({"sparse"}, {102, "", 3}, Time{}));
  EXPECT_EQ(files.stat({"sparse"}).value.size, 105U);
  EXPECT_EQ(read("sparse").substr(98), std::string("\0\0mi\0\0\0", 7));
  // A file that grows too large to be kept is full, and keeps what it has.
  EXPECT_TRUE(files.write({"big"}, "", false, Time{}));
  int written = 0;
  while (files.write({"big"}, million, true, Time{})) ++written;
  EXPECT_EQ(written, 16);
  EXPECT_EQ(files.write({"big"}, million, true, Time{}).error, Errno::NoSpace);
  EXPECT_EQ(files.stat({"big"}).value.size, 16U << 20);
  EXPECT_EQ(read("big").back(), 'x');
  // So is a tree.
  int copies = 0;
  while (copies < 100 && files.write({Str(std::to_string(copies))}, million, false, Time{})) {
    ++copies;
  }
  EXPECT_EQ(copies, 47);
  EXPECT_TRUE(files.write_span({"zeros"}, {0, "", 1u << 30}, Time{}));
}

TEST(ImageNames, AreNormalised) {
  EXPECT_EQ(normal_image_name("nginx"), "docker.io/library/nginx:latest");
  EXPECT_EQ(normal_image_name("nginx:1.25"), "docker.io/library/nginx:1.25");
  EXPECT_EQ(normal_image_name("me/app"), "docker.io/me/app:latest");
  EXPECT_EQ(normal_image_name("localhost:5000/app"), "localhost:5000/app:latest");
  EXPECT_EQ(normal_image_name("quay.io/a/b:c"), "quay.io/a/b:c");
  EXPECT_EQ(image_name_error("nginx"), "");
  EXPECT_NE(image_name_error("NGINX"), "");
  EXPECT_NE(image_name_error(""), "");
}

}  // namespace
}  // namespace sim
