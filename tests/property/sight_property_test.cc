// What `see` says of random worlds is what a slow walker finds who opens the directories of each
// container one by one; and what is remembered from world to world says the same as a fresh look.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "sim/base/draw.h"
#include "sim/base/format.h"
#include "sim/graph/see.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/terminal.h"
#include "sim/world/file_view.h"

namespace sim::testing {
namespace {

const char* const kPods = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data: {key: value}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: one
        image: busybox
        command: [sleep, "99999"]
        volumeMounts:
        - {name: e, mountPath: /tmp}
        - {name: h, mountPath: /data}
        - {name: h, mountPath: /data/inner, subPath: part}
        - {name: m, mountPath: /etc/app}
      - name: two
        image: nginx
        command: [sleep, "99999"]
        volumeMounts:
        - {name: e, mountPath: /etc/nginx}
        - {name: h, mountPath: /host, readOnly: true}
      volumes:
      - {name: e, emptyDir: {}}
      - {name: h, hostPath: {path: /srv/shared, type: DirectoryOrCreate}}
      - {name: m, configMap: {name: app}}
)";

class Writer {
 public:
  explicit Writer(std::uint64_t seed) : seed_(seed) {}
  std::string line(const World& world) {
    switch (below(12)) {
      case 0:
        return fmt::format("kubectl scale deployment web --replicas={}", below(4));
      case 1:
        return fmt::format("kubectl delete pod {} --wait=false", pod(world));
      case 2:
        return fmt::format("sim container kill {} -c {}", pod(world), container());
      case 3:
        return fmt::format("sim node {} node-{}", below(2) ? "stop" : "start",
                           below(2) ? "a" : "b");
      case 4:
        return fmt::format("sim advance {}s", below(40) + 1);
      case 5:
        return fmt::format("kubectl exec {} -c {} -- rm -rf {}", pod(world), container(), path());
      case 6:
        return fmt::format("kubectl exec {} -c {} -- ln -s {} {}", pod(world), container(), path(),
                           path());
      case 7:
        return "kubectl run lone --image=nginx";
      default:
        return fmt::format("kubectl exec {} -c {} -- sh -c 'mkdir -p {}; touch {}'", pod(world),
                           container(), path(), path());
    }
  }
  std::string path() {
    constexpr const char* parts[] = {"/tmp",        "/data",     "/data/inner", "/etc/nginx",
                                     "/etc",        "/host",     "/var/log",    "/usr/share",
                                     "/etc/passwd", "/data/part"};
    constexpr const char* names[] = {"/a", "/b", "/nginx.conf", "/c/d", ""};
    return std::string(parts[below(std::size(parts))]) + names[below(std::size(names))];
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return draw_below(bound, seed_, "writer", 0, n_++); }
  std::string container() { return below(2) ? "one" : "two"; }
  std::string pod(const World& world) {
    const std::vector<Id> pods = world.store().list(Kind::Pod, "default");
    if (pods.empty()) return "nobody";
    return world.get<Pod>(pods[below(pods.size())])->meta.name.str();
  }
  std::uint64_t seed_;
  std::uint64_t n_ = 0;
};

/// Everything that a container finds when it opens directory after directory.
void walk(const FileSystem& files, const Path& at, std::set<std::string>& found, int depth) {
  const Io<std::vector<Str>> names = files.list(at);
  if (!names || depth > 12) return;
  for (const Str& name : names.value) {
    Path path = at;
    path.push_back(name);
    const Io<Stat> entry = files.stat(path, false);
    if (!entry) continue;
    found.insert(to_string(path));
    if (entry.value.type == FileType::Directory) walk(files, path, found, depth + 1);
  }
}

class RandomSight : public ::testing::TestWithParam<int> {};

// Two thousand worlds in all; fewer under the sanitizers, where each takes ten times as long.
#ifdef PODSIGHT_SANITIZED
constexpr int kWorlds = 6;
#else
constexpr int kWorlds = 50;
#endif

TEST_P(RandomSight, AgreesWithASlowWalker) {
  Simulation simulation = make_cluster(default_cluster().cluster);
  Terminal terminal(simulation, ".");
  terminal.write_file("web.yaml", kPods);
  terminal.run("kubectl apply -f web.yaml; sim advance 20s");
  Writer writer(static_cast<std::uint64_t>(GetParam()));
  Sight remembered;
  std::size_t compared = 0;
  for (int i = 0; i < kWorlds; ++i) {
    const std::string line = writer.line(simulation.world());
    SCOPED_TRACE(fmt::format("seed {} line {}: {}", GetParam(), i, line));
    terminal.run(line);
    const World world = simulation.world();
    remembered.follow(world);
    std::map<std::size_t, FileSystem> files;
    std::map<std::size_t, std::set<std::string>> walked;
    std::set<std::string> asked = {"/", "/tmp", "/nowhere", "/etc/hosts", "/dev/null"};
    for (int n = 0; n < 4; ++n) asked.insert(to_string(parse_path(writer.path())));
    for (std::size_t v = 0; v < remembered.viewers().size(); ++v) {
      const Viewer& viewer = remembered.viewers()[v];
      if (viewer.instance == 0) continue;
      if (!is_awake(world, *world.get<ContainerInstance>(viewer.instance))) continue;
      files[v] = file_system_of(world, viewer.instance);
      walk(files[v], {}, walked[v], 0);
    }
    for (const auto& [v, found] : walked) {
      int n = 0;
      for (const std::string& path : found) {
        if (++n % 31 == i % 31) asked.insert(path);
      }
    }
    Sight fresh;
    fresh.follow(world);
    ASSERT_EQ(fresh.viewers().size(), remembered.viewers().size());
    for (const std::string& text : asked) {
      const Path path = parse_path(text);
      const std::vector<const Route*> routes = remembered.routes(path);
      const std::vector<const Route*> anew = fresh.routes(path);
      const Visibility graph(world, remembered.viewers(), routes, path, true);
      for (std::size_t v = 0; v < routes.size(); ++v) {
        ASSERT_EQ(routes[v] == nullptr, anew[v] == nullptr) << text;
        ASSERT_EQ(routes[v] == nullptr, walked.count(v) == 0) << text;
        if (!routes[v]) continue;
        ++compared;
        ASSERT_EQ(routes[v]->exists(), anew[v]->exists()) << text;
        if (routes[v]->exists()) {
          ASSERT_EQ(routes[v]->place, anew[v]->place) << text;
          ASSERT_EQ(routes[v]->type, anew[v]->type) << text;
        }
        const Io<Stat> link = files[v].stat(path, false);
        const bool is_link = link && link.value.type == FileType::Symlink;
        const bool is_found = text == "/" || text == "/dev/null" || walked[v].count(text) != 0;
        // The walker does not follow links into directories, nor look where they lead.
        if (!is_link && routes[v]->exists() != is_found) {
          ASSERT_TRUE(files[v].real_path(path) != path) << text << " in viewer " << v;
        }
        // Whoever the graph leads to from a file sees that file, and nobody else does.
        const std::vector<std::size_t> seen = graph.what_is_seen(v);
        if (routes[v]->exists()) {
          ASSERT_TRUE(std::any_of(seen.begin(), seen.end(), [&](std::size_t file) {
            return graph.files()[file] == routes[v]->place;
          })) << text;
        }
        for (const std::size_t file : seen) {
          const bool here = routes[v]->exists() && graph.files()[file] == routes[v]->place;
          ASSERT_TRUE(here || graph.elsewhere().count({v, file}) != 0) << text;
        }
      }
    }
  }
  EXPECT_GT(compared, static_cast<std::size_t>(kWorlds));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomSight, ::testing::Range(1, 41));

TEST(Sight, LooksOnlyAtWhatAStepChanged) {
  Simulation simulation = make_cluster(default_cluster().cluster);
  Terminal terminal(simulation, ".");
  terminal.run("kubectl create deployment web --image=nginx --replicas=60; sim advance 120s");
  Sight sight;
  const Path path = parse_path("/etc/nginx/nginx.conf");
  sight.follow(simulation.world());
  ASSERT_EQ(sight.viewers().size(), 60u);
  sight.routes(path);
  const std::uint64_t first = sight.looked_into();
  EXPECT_GE(first, 60u);
  terminal.run(
      "kubectl exec $(kubectl get pods -o jsonpath='{.items[7].metadata.name}') -- rm "
      "/etc/nginx/nginx.conf");
  sight.follow(simulation.world());
  const std::vector<const Route*> routes = sight.routes(path);
  EXPECT_EQ(std::count_if(routes.begin(), routes.end(),
                          [](const Route* route) { return route && route->exists(); }),
            59);
  EXPECT_LE(sight.looked_into() - first, 4u);
}

}  // namespace
}  // namespace sim::testing
