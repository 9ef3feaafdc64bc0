#include "ui/cluster_model.h"

#include "tests/support/world_test.h"
#include "ui/file_sight.h"

namespace sim::testing {
namespace {

using namespace ui;

class ClusterModelTest : public WorldTest {
 protected:
  const PodBox& pod(std::size_t nth) {
    model.follow(world());
    return std::next(model.pods().begin(), static_cast<std::ptrdiff_t>(nth))->second;
  }
  /// What is kept change by change is what looking at everything anew would give.
  void expect_same_as_anew() {
    ClusterModel anew;
    anew.follow(world());
    EXPECT_EQ(model.pods(), anew.pods());
    EXPECT_EQ(model.totals(), anew.totals());
    EXPECT_EQ(model.pod_count(), anew.pod_count());
    ASSERT_EQ(model.nodes().size(), anew.nodes().size());
    for (const auto& [id, box] : anew.nodes()) {
      EXPECT_EQ(model.nodes().at(id).pods, box.pods);
      EXPECT_EQ(model.nodes().at(id).word, box.word);
    }
  }
  ClusterModel model;
};

TEST_F(ClusterModelTest, a_pod_with_its_layers_and_mounts) {
  write("web.yaml", deployment("web", 2));
  type("kubectl apply -f web.yaml");
  settle();
  type("kubectl exec deploy/web -- touch /usr/share/nginx/html/assets/divewatch.jpg");
  type("kubectl exec deploy/web -- touch /tmp/x");
  ASSERT_EQ(model.pods().size(), 0u);
  const PodBox& first = pod(0);
  ASSERT_EQ(model.pods().size(), 2u);
  EXPECT_EQ(first.word, "Running");
  EXPECT_EQ(first.health, Health::Ready);
  EXPECT_EQ(first.lineage, "default/Deployment/web");
  ASSERT_EQ(first.containers.size(), 1u);
  const ContainerBox& container = first.containers[0];
  EXPECT_TRUE(container.runs);
  EXPECT_EQ(container.image, "retail-store-sample-assets:0.4.0");
  ASSERT_EQ(container.mounts.size(), 1u);
  EXPECT_EQ(container.mounts[0].at, "/tmp");
  EXPECT_EQ(container.mounts[0].kind, "emptyDir");
  EXPECT_EQ(container.mounts[0].volume, "");
  EXPECT_EQ(container.mounts[0].part, 0);
  const bool wrote = !container.written.empty();
  const ContainerBox& writer = wrote ? container : pod(1).containers[0];
  EXPECT_EQ(writer.written, std::vector<std::string>{"+divewatch.jpg"});
  EXPECT_EQ(writer.mounts[0].entries, 1u);
  expect_same_as_anew();
}

TEST_F(ClusterModelTest, shared_volumes_have_boxes_with_claim_volume_and_class) {
  write("claim.yaml", R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-1}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteMany]
  storageClassName: slow
  hostPath: {path: /data}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteMany]
  storageClassName: slow
  resources: {requests: {storage: 1Gi}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: waits}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: none
  resources: {requests: {storage: 1Gi}}
---
apiVersion: v1
kind: Pod
metadata: {name: reader}
spec:
  containers:
  - name: main
    image: nginx
    volumeMounts: [{name: d, mountPath: /d}, {name: h, mountPath: /h, readOnly: true}]
  volumes:
  - {name: d, persistentVolumeClaim: {claimName: data}}
  - {name: h, hostPath: {path: /var}}
)");
  type("kubectl apply -f claim.yaml");
  settle();
  const PodBox& reader = pod(0);
  ASSERT_EQ(reader.containers[0].mounts.size(), 2u);
  EXPECT_EQ(reader.containers[0].mounts[0].volume, "claim/default/data");
  EXPECT_TRUE(reader.containers[0].mounts[1].read_only);
  const VolumeBox& data = model.volumes().at("claim/default/data");
  EXPECT_EQ(data.word, "Bound");
  EXPECT_EQ(data.lines, (std::vector<std::string>{"pv-1", "class slow · 1Gi · RWX"}));
  EXPECT_EQ(data.users, 1u);
  const VolumeBox& waits = model.volumes().at("claim/default/waits");
  EXPECT_EQ(waits.health, Health::Pending);
  EXPECT_EQ(waits.lines[0], "–");
  const VolumeBox& host = model.volumes().at(reader.containers[0].mounts[1].volume);
  EXPECT_EQ(host.kind, "hostPath");
  EXPECT_EQ(host.node, reader.node);
  EXPECT_EQ(model.volumes().size(), 3u);  // pv-1 stands in the box of its claim
}

TEST_F(ClusterModelTest, unhealthy_pending_terminating_and_lost_are_told_apart) {
  type("kubectl run ok --image=nginx");
  type("kubectl run broken --image=none:1");
  type("kubectl run slow --image=busybox -- sleep 3600");
  type("kubectl create job done --image=busybox -- true");
  run_for(minutes(2));
  type("kubectl delete pod slow --wait=false");
  model.follow(world());
  std::map<std::string, Health> health;
  for (const auto& [id, box] : model.pods()) health[box.name.str().substr(0, 4)] = box.health;
  EXPECT_EQ(health["ok"], Health::Ready);
  EXPECT_EQ(health["brok"], Health::Failing);
  EXPECT_EQ(health["slow"], Health::Terminating);
  EXPECT_EQ(health["done"], Health::Done);
  expect_same_as_anew();
  const std::string node = type("kubectl get pod ok -o jsonpath='{.spec.nodeName}'");
  type("sim node stop " + node);
  model.follow(world());
  for (const auto& [id, box] : model.pods()) {
    if (box.name == "ok") {
      EXPECT_EQ(box.health, Health::Lost);
      EXPECT_EQ(box.word, "Running");  // the API server does not know yet
      EXPECT_EQ(model.nodes().at(box.node).health, Health::Lost);
    }
  }
  expect_same_as_anew();
}

TEST_F(ClusterModelTest, following_costs_what_has_changed) {
  write("web.yaml", deployment("web", 20));
  type("kubectl apply -f web.yaml");
  settle();
  model.follow(world());
  const World before = world();
  const std::uint64_t version = model.version();
  const std::uint64_t looked = model.looked_at();
  model.follow(world());
  EXPECT_EQ(model.version(), version);
  type("kubectl scale deployment web --replicas=21");
  settle();
  model.follow(world());
  EXPECT_GT(model.version(), version);
  EXPECT_LT(model.looked_at() - looked, 5u);
  expect_same_as_anew();
  // Back in time, and onwards another way.
  model.follow(before);
  EXPECT_EQ(model.pods().size(), 20u);
  model.follow(world());
  EXPECT_EQ(model.pods().size(), 21u);
  expect_same_as_anew();
}

TEST_F(ClusterModelTest, very_many_pods_are_counted_by_node) {
  write("web.yaml", deployment("web", 205));
  type("kubectl apply -f web.yaml");
  run_for(minutes(3));
  model.follow(world());
  EXPECT_TRUE(model.summary());
  EXPECT_TRUE(model.pods().empty());
  EXPECT_EQ(model.pod_count(), 205u);
  int counted = model.totals()[static_cast<std::size_t>(Health::Pending)];
  for (const auto& [id, box] : model.nodes()) {
    counted += box.pods[static_cast<std::size_t>(Health::Ready)];
  }
  EXPECT_EQ(counted, 205);
  const Id last = world().store().table(Kind::Pod).next_id() - 1;
  ASSERT_TRUE(model.look_at(last));
  EXPECT_EQ(model.look_at(last)->health, model.health(last));
  expect_same_as_anew();
}

TEST_F(ClusterModelTest, a_file_lights_the_containers_that_see_it_and_has_a_word_for_the_others) {
  write("web.yaml", deployment("web", 2));
  type("kubectl apply -f web.yaml");
  settle();
  const std::string path = "/usr/share/nginx/html/assets/divewatch.jpg";
  type("kubectl exec deploy/web -- touch " + path);
  FileSight sight;
  sight.follow(world());
  const Looks& looks = sight.looks(path);
  ASSERT_EQ(looks.of.size(), 2u);
  EXPECT_EQ(looks.seen, 1u);
  const std::size_t other = is_seen(looks.of[0].status) ? 1 : 0;
  EXPECT_EQ(looks.of[1 - other].lies, Lies::Layer);
  EXPECT_EQ(looks.of[other].status, Status::Absent);
  const Viewer viewer = sight.viewers()[other];
  const Uid uid = world().get<Pod>(viewer.pod)->meta.uid;
  const Why& why = sight.why(uid, viewer.container.str(), path);
  EXPECT_EQ(word_of(why.code, false), "never written here");
  EXPECT_EQ(word_of(why.code, true), "여기에 쓴 적 없음");
  EXPECT_EQ(sight.viewer(viewer.pod, "web"), static_cast<int>(other));
  EXPECT_EQ(sight.viewer(viewer.pod, "none"), -1);

  // The chain leads from where it looks, and to where the file is.
  const Chain chain = sight.chain(uid, "web", path, "en");
  EXPECT_TRUE(chain.has(Thing::Pod, {Kind::Pod, sight.viewers()[0].pod}));
  EXPECT_TRUE(chain.has(Thing::Pod, {Kind::Pod, sight.viewers()[1].pod}));
  EXPECT_FALSE(chain.lines.empty());

  const std::uint64_t version = sight.version();
  sight.follow(world());
  EXPECT_EQ(sight.version(), version);
}

TEST_F(ClusterModelTest, a_copy_that_is_behind_its_source_is_stale) {
  write("app.yaml", R"(apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data: {a: "1"}
---
apiVersion: v1
kind: Pod
metadata: {name: reader}
spec:
  containers:
  - name: main
    image: nginx
    volumeMounts: [{name: c, mountPath: /etc/app}]
  volumes: [{name: c, configMap: {name: app}}]
)");
  type("kubectl apply -f app.yaml");
  settle();
  FileSight sight;
  sight.follow(world());
  EXPECT_EQ(sight.looks("/etc/app/a").of[0].status, Status::ReadOnly);
  EXPECT_EQ(sight.looks("/etc/app/a").of[0].lies, Lies::Source);
  type(R"(kubectl patch configmap app -p '{"data": {"a": "2"}}')");
  sight.follow(world());
  EXPECT_EQ(sight.looks("/etc/app/a").of[0].status, Status::Stale);
}

TEST(WorldChanges, every_code_has_a_word_in_both_languages) {
  for (const std::string& name : why_code_names()) {
    const WhyCode code = *parse_why_code(name);
    EXPECT_FALSE(word_of(code, false).empty());
    EXPECT_FALSE(word_of(code, true).empty()) << name;
  }
}

}  // namespace
}  // namespace sim::testing
