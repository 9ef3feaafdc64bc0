// What a pod's volumes say about where it can go, and what the scheduler does for them.
#include "sim/model/volume_facts.h"
#include "tests/support/scheduler_test.h"

namespace sim::testing {
namespace {

class SchedulerVolumesTest : public SchedulerTest {
 protected:
  Id storage_class(const char* name, const char* mode = "WaitForFirstConsumer",
                   const char* provisioner = "disk.csi.example.com",
                   const std::function<void(StorageClass&)>& edit = {}) {
    auto made = std::make_shared<StorageClass>();
    made->meta.name = name;
    made->provisioner = provisioner;
    made->volume_binding_mode = Str(mode);
    if (edit) edit(*made);
    return create(made);
  }
  Id claim(const char* name, const char* of_class = "disk", const char* size = "1Gi",
           const std::function<void(PersistentVolumeClaim&)>& edit = {}) {
    auto made = std::make_shared<PersistentVolumeClaim>();
    made->meta.name = name;
    made->meta.ns = "default";
    made->spec.storage_class_name = Str(of_class);
    made->spec.access_modes = {"ReadWriteOnce"};
    made->spec.resources.requests.set("storage", amount(size));
    made->status.phase = "Pending";
    if (edit) edit(*made);
    return create(made);
  }
  Id volume(const char* name, const char* of_class = "disk", const char* size = "1Gi",
            const std::function<void(PersistentVolume&)>& edit = {}) {
    auto made = std::make_shared<PersistentVolume>();
    made->meta.name = name;
    made->spec.capacity.set("storage", amount(size));
    made->spec.access_modes = {"ReadWriteOnce"};
    made->spec.storage_class_name = of_class;
    CSIPersistentVolumeSource& csi = made->spec.source.csi.edit();
    csi.driver = "disk.csi.example.com";
    csi.volume_handle = name;
    made->status.phase = "Available";
    if (edit) edit(*made);
    return create(made);
  }
  static void only_in_zone(PersistentVolume& made, const char* zone) {
    made.spec.node_affinity.edit().required.edit().node_selector_terms = {
        label_term("zone", "In", {zone})};
  }
  static void only_on(PersistentVolume& made, const char* host) {
    made.spec.node_affinity.edit().required.edit().node_selector_terms = {
        label_term("kubernetes.io/hostname", "In", {host})};
  }
  /// As the controller of volumes does.
  void bind(Id claim_id, Id volume_id) {
    const Str name = world_.get<PersistentVolume>(volume_id)->meta.name;
    change<PersistentVolume>(volume_id, [&](PersistentVolume& made) {
      made.status.phase = "Bound";
      ObjectReference& ref = made.spec.claim_ref.edit();
      ref.ns = "default";
      ref.name = world_.get<PersistentVolumeClaim>(claim_id)->meta.name;
      ref.uid = world_.get<PersistentVolumeClaim>(claim_id)->meta.uid;
    });
    change<PersistentVolumeClaim>(claim_id, [&](PersistentVolumeClaim& made) {
      made.spec.volume_name = name;
      made.meta.annotations.set(kBindCompleted, "yes");
      made.status.phase = "Bound";
    });
  }
  static void mount(Pod& made, std::vector<const char*> claims) {
    for (const char* name : claims) {
      Volume volume;
      volume.name = name;
      volume.volume_source.persistent_volume_claim.edit().claim_name = name;
      made.spec.edit().volumes.push_back(std::move(volume));
    }
  }
  Id user(const char* name, std::vector<const char*> claims, const char* on = "") {
    return pod(name, [&](Pod& made) {
      mount(made, std::move(claims));
      made.node_name = on;
    });
  }
  std::string selected(Id claim_id) const {
    return world_.get<PersistentVolumeClaim>(claim_id)->meta.annotations.get(kSelectedNode).str();
  }
};

TEST_F(SchedulerVolumesTest, ClaimsThatAreNotThere) {
  node("a");
  claim("lost", "disk", "1Gi", [](PersistentVolumeClaim& made) {
    made.status.phase = "Lost";
    made.spec.volume_name = "gone";
  });
  claim("going", "disk", "1Gi",
        [](PersistentVolumeClaim& made) { made.meta.deletion_timestamp = Time{}; });
  const Id missing = user("p", {"nosuch"});
  EXPECT_EQ(reasons(missing),
            "0/1 nodes are available: persistentvolumeclaim \"nosuch\" not found.");
  EXPECT_EQ(message(missing),
            "0/1 nodes are available: persistentvolumeclaim \"nosuch\" not found. preemption: 0/1 "
            "nodes are available: 1 Preemption is not helpful for scheduling.");
  EXPECT_EQ(reasons(user("q", {"lost"})),
            "0/1 nodes are available: persistentvolumeclaim \"lost\" bound to non-existent "
            "persistentvolume \"gone\".");
  EXPECT_EQ(reasons(user("r", {"going"})),
            "0/1 nodes are available: persistentvolumeclaim \"going\" is being deleted.");
}

TEST_F(SchedulerVolumesTest, GenericEphemeralVolumes) {
  node("a");
  const Id waiting = pod("p", [](Pod& made) {
    Volume scratch;
    scratch.name = "scratch";
    scratch.volume_source.ephemeral.edit().volume_claim_template.edit();
    made.spec.edit().volumes.push_back(std::move(scratch));
  });
  EXPECT_EQ(reasons(waiting),
            "0/1 nodes are available: waiting for ephemeral volume controller to create the "
            "persistentvolumeclaim \"p-scratch\".");
  const Id other = claim("p-scratch");
  run_for(seconds(3));
  EXPECT_EQ(reasons(waiting),
            "0/1 nodes are available: PVC default/p-scratch was not created for pod default/p (pod "
            "is not owner).");
  storage_class("disk");
  change<PersistentVolumeClaim>(other, [&](PersistentVolumeClaim& made) {
    OwnerReference owner;
    owner.uid = at(waiting).meta.uid;
    owner.controller = true;
    made.meta.owner_references = {owner};
  });
  run_for(seconds(5));
  EXPECT_EQ(selected(other), "a");
}

TEST_F(SchedulerVolumesTest, UnboundImmediateClaimIsWaitedFor) {
  node("a");
  const Id c = claim("data", "manual");
  const Id p = user("p", {"data"});
  EXPECT_EQ(reasons(p),
            "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.");
  run_for(seconds(20));
  EXPECT_EQ(attempts(p), 1);  // nothing has changed: nothing is tried
  bind(c, volume("v", "manual"));
  run_for(seconds(2));
  EXPECT_EQ(where(p), "a");
}

TEST_F(SchedulerVolumesTest, AClaimThatNamesItsVolumeIsNotDelayed) {
  node("a");
  storage_class("disk");
  claim("data", "disk", "1Gi", [](PersistentVolumeClaim& made) { made.spec.volume_name = "v"; });
  EXPECT_EQ(reasons(user("p", {"data"})),
            "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.");
}

TEST_F(SchedulerVolumesTest, BoundVolumeOfAnotherZone) {
  node("a", [](Node& made) { label(made, "zone", "1"); });
  node("b", [](Node& made) { label(made, "zone", "2"); });
  node("c", [](Node& made) {
    label(made, "zone", "2");
    made.spec.unschedulable = true;
  });
  const Id c = claim("data");
  bind(c, volume("v", "disk", "1Gi", [](PersistentVolume& made) { only_in_zone(made, "2"); }));
  const Id p = user("p", {"data"});
  run_for(seconds(1));
  EXPECT_EQ(where(p), "b");
  change<Node>(world_.store().find(Kind::Node, "", "b"),
               [](Node& made) { made.spec.unschedulable = true; });
  EXPECT_EQ(reasons(user("q", {"data"})),
            "0/3 nodes are available: 1 node(s) had volume node affinity conflict, 2 node(s) were "
            "unschedulable.");
}

TEST_F(SchedulerVolumesTest, VolumesOnCertainNodesLeaveOnlyThose) {
  node("a");
  node("b", [](Node& made) { made.spec.unschedulable = true; });
  const Id c = claim("data");
  bind(c, volume("v", "disk", "1Gi", [](PersistentVolume& made) { only_on(made, "b"); }));
  const Id p = user("p", {"data"});
  EXPECT_EQ(reasons(p), "0/2 nodes are available: 1 node(s) were unschedulable.");
  const Id d = claim("more");
  bind(d, volume("w", "disk", "1Gi", [](PersistentVolume& made) { only_on(made, "a"); }));
  EXPECT_EQ(reasons(user("q", {"data", "more"})),
            "0/2 nodes are available: node(s) didn't satisfy plugin VolumeBinding.");
  const Id r = pod("r", [&](Pod& made) {
    mount(made, {"data"});
    require(made, {field_term({"a"})});
  });
  EXPECT_EQ(reasons(r),
            "0/2 nodes are available: node(s) didn't satisfy plugin(s) [NodeAffinity "
            "VolumeBinding] simultaneously.");
}

TEST_F(SchedulerVolumesTest, WaitingClaimGetsTheSmallestVolumeWithinReach) {
  node("a", [](Node& made) { label(made, "zone", "1"); });
  storage_class("disk", "WaitForFirstConsumer", kNoProvisioner);
  const Id c = claim("data", "disk", "2Gi");
  const Id p = user("p", {"data"});
  EXPECT_EQ(reasons(p),
            "0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind.");
  volume("small", "disk", "1Gi");
  volume("elsewhere", "disk", "2Gi", [](PersistentVolume& made) { only_in_zone(made, "2"); });
  volume("other-class", "gp3", "2Gi");
  volume("other-mode", "disk", "2Gi",
         [](PersistentVolume& made) { made.spec.access_modes = {"ReadWriteMany"}; });
  volume("large", "disk", "9Gi", [](PersistentVolume& made) { only_in_zone(made, "1"); });
  const Id best = volume("best", "disk", "3Gi");
  run_for(seconds(3));
  const auto& chosen = *world_.get<PersistentVolume>(best);
  ASSERT_TRUE(chosen.spec.claim_ref);
  EXPECT_EQ(chosen.spec.claim_ref->name, "data");
  EXPECT_EQ(chosen.spec.claim_ref->uid, world_.get<PersistentVolumeClaim>(c)->meta.uid);
  EXPECT_EQ(chosen.meta.annotations.get(kBoundByController), "yes");
  EXPECT_EQ(where(p), "");  // until the claim is bound
  EXPECT_EQ(selected(c), "");
  bind(c, best);
  run_for(seconds(1));
  EXPECT_EQ(where(p), "a");
}

TEST_F(SchedulerVolumesTest, WaitingClaimIsHandedToItsProvisioner) {
  node("a");
  storage_class("disk");
  const Id c = claim("data");
  const Id p = user("p", {"data"});
  run_for(milliseconds(200));
  EXPECT_EQ(selected(c), "a");
  EXPECT_EQ(message(p), "(no condition)");
  bind(c, volume("v"));
  run_for(milliseconds(500));
  EXPECT_EQ(where(p), "");  // it looks once a second
  run_for(milliseconds(500));
  EXPECT_EQ(where(p), "a");
}

TEST_F(SchedulerVolumesTest, TopologyThatTheClassAllows) {
  node("a", [](Node& made) { label(made, "zone", "1"); });
  node("b", [](Node& made) { label(made, "zone", "2"); });
  const Id s =
      storage_class("disk", "WaitForFirstConsumer", "disk.csi.example.com", [](StorageClass& made) {
        TopologySelectorTerm term;
        term.match_label_expressions.push_back({"zone", {"3"}});
        made.allowed_topologies.push_back(term);
      });
  const Id c = claim("data");
  const Id p = user("p", {"data"});
  EXPECT_EQ(reasons(p),
            "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind.");
  change<StorageClass>(s, [](StorageClass& made) {
    made.allowed_topologies[0].match_label_expressions[0].values = {"2"};
  });
  run_for(seconds(3));
  EXPECT_EQ(selected(c), "b");
  EXPECT_EQ(where(p), "");
}

TEST_F(SchedulerVolumesTest, ProvisionerGivesTheClaimBack) {
  node("a");
  storage_class("disk");
  const Id c = claim("data");
  const Id p = user("p", {"data"});
  run_for(milliseconds(200));
  change<PersistentVolumeClaim>(
      c, [](PersistentVolumeClaim& made) { made.meta.annotations.erase(kSelectedNode); });
  run_for(seconds(1));
  EXPECT_EQ(message(p),
            "running PreBind plugin \"VolumeBinding\": binding volumes: provisioning failed for "
            "PVC \"data\"");
  EXPECT_EQ(scheduled(p)->reason, "SchedulerError");
  run_for(seconds(3));
  EXPECT_EQ(selected(c), "a");  // it was tried again
}

TEST_F(SchedulerVolumesTest, NobodyProvisions) {
  node("a");
  storage_class("disk");
  claim("data");
  const Id p = user("p", {"data"});
  run_for(seconds(599));
  EXPECT_EQ(message(p), "(no condition)");
  run_for(seconds(2));
  EXPECT_EQ(message(p),
            "running PreBind plugin \"VolumeBinding\": binding volumes: context deadline exceeded");
}

TEST_F(SchedulerVolumesTest, APodThatWaitsForItsVolumesCountsOnItsNode) {
  node("a", [](Node& made) { made.status.allocatable.set("pods", amount("1")); });
  storage_class("disk");
  claim("data");
  const Id p = user("p", {"data"});
  run_for(milliseconds(200));
  const Id q = pod("q");
  EXPECT_EQ(reasons(q), "0/1 nodes are available: 1 Too many pods.");
  erase({Kind::Pod, p});
  run_for(seconds(400));
  EXPECT_EQ(where(q), "a");
}

TEST_F(SchedulerVolumesTest, OnePodAlone) {
  node("a");
  node("b");
  const Id c = claim("data", "disk", "1Gi", [](PersistentVolumeClaim& made) {
    made.spec.access_modes = {"ReadWriteOncePod"};
  });
  bind(c, volume("v"));
  const Id first = user("first", {"data"}, "a");
  const Id second = user("second", {"data"});
  run_for(seconds(1));
  EXPECT_EQ(message(second),
            "0/2 nodes are available: 2 node has pod using PersistentVolumeClaim with the same "
            "name and ReadWriteOncePod access mode. preemption: 0/2 nodes are available: 2 No "
            "preemption victims found for incoming pod.");
  erase({Kind::Pod, first});
  run_for(seconds(3));
  EXPECT_NE(where(second), "");
}

TEST_F(SchedulerVolumesTest, AsManyVolumesAsANodeTakes) {
  node("a");
  auto made = std::make_shared<CSINode>();
  made->meta.name = "a";
  CSINodeDriver driver;
  driver.name = "disk.csi.example.com";
  driver.allocatable.edit().count = 2;
  made->spec.drivers.push_back(driver);
  const Id csi_node = create(made);
  for (const char* name : {"one", "two", "three"}) bind(claim(name), volume(name));
  user("p", {"one", "two"}, "a");
  const Id same = user("q", {"two"});  // is there already
  const Id third = user("r", {"three"});
  EXPECT_EQ(reasons(third), "0/1 nodes are available: 1 node(s) exceed max volume count.");
  EXPECT_EQ(where(same), "a");
  change<CSINode>(csi_node, [](CSINode& row) { row.spec.drivers[0].allocatable.edit().count = 3; });
  run_for(seconds(3));
  EXPECT_EQ(where(third), "a");
}

TEST_F(SchedulerVolumesTest, ZonesInTheLabelsOfAVolume) {
  node("a", [](Node& made) { label(made, "topology.kubernetes.io/zone", "1"); });
  const Id c = claim("data");
  bind(c, volume("v", "disk", "1Gi", [](PersistentVolume& made) {
         made.meta.labels.set("topology.kubernetes.io/zone", "2__3");
       }));
  const Id p = user("p", {"data"});
  EXPECT_EQ(reasons(p), "0/1 nodes are available: 1 node(s) had no available volume zone.");
  node("b", [](Node& made) { label(made, "topology.kubernetes.io/zone", "3"); });
  run_for(seconds(3));
  EXPECT_EQ(where(p), "b");
}

TEST_F(SchedulerVolumesTest, AVolumeThatIsGone) {
  node("a");
  const Id c = claim("data");
  const Id v = volume("v");
  bind(c, v);
  erase({Kind::PersistentVolume, v});
  EXPECT_EQ(reasons(user("p", {"data"})),
            "0/1 nodes are available: persistentvolume \"v\" not found.");
}

}  // namespace
}  // namespace sim::testing
