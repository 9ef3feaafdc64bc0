// Snapshots and clones: what is kept of which moment, and what a person sees of it.
#include "sim/world/snapshots.h"
#include "tests/support/storage_test.h"

namespace sim::testing {
namespace {

class VolumesSnapshots : public StorageTest {
 protected:
  VolumesSnapshots() {
    install("disk.csi.example.com");
    install_controller();
    apply(storage_class("disk", "disk.csi.example.com", "allowVolumeExpansion: true") +
          claim("data", "disk", "ReadWriteOnce", "2Gi") + pod("user", "data"));
    run_for(seconds(30));
  }
  void install_controller() {
    Plan plan;
    install_snapshot_controller(world(), plan);
    simulation().carry_out(std::move(plan), {0, "test"});
  }
  static std::string snapshot_class(const std::string& name, const std::string& policy,
                                    bool by_default = true,
                                    const std::string& driver = "disk.csi.example.com") {
    return fmt::format(
        "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshotClass\nmetadata:\n  name: {}\n"
        "  annotations: {{snapshot.storage.kubernetes.io/is-default-class: \"{}\"}}\ndriver: {}\n"
        "deletionPolicy: {}\n---\n",
        name, by_default, driver, policy);
  }
  static std::string snapshot(const std::string& name, const std::string& claim = "data",
                              const std::string& more = "") {
    return fmt::format(
        "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshot\nmetadata: {{name: {}}}\n"
        "spec:\n  source: {{persistentVolumeClaimName: {}}}\n  {}\n---\n",
        name, claim, more);
  }
  static std::string restored(const std::string& name, const std::string& snapshot,
                              const std::string& size = "2Gi") {
    return claim(name, "disk", "ReadWriteOnce", size,
                 "dataSource: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: " +
                     snapshot + "}");
  }
  std::string in(const std::string& pod, const std::string& command) {
    return type("kubectl exec " + pod + " -- sh -c '" + command + "'");
  }
  std::string row(const std::string& words) {
    return type("kubectl get " + words + " --no-headers | tr -s ' '");
  }
};

TEST_F(VolumesSnapshots, TheDriverMayBeDownOrSlow) {
  apply(snapshot_class("snap", "Delete"));
  const auto ready = [&] {
    return type("kubectl get volumesnapshot first -o jsonpath={.status.readyToUse}");
  };
  type("sim driver down disk.csi.example.com");
  apply(snapshot("first"));
  run_for(minutes(1));
  EXPECT_EQ(ready(), "false");
  type("sim driver slow disk.csi.example.com 40s");
  run_for(seconds(30));
  EXPECT_EQ(ready(), "false");
  run_for(minutes(1));
  EXPECT_EQ(ready(), "true");
}

TEST_F(VolumesSnapshots, ARestoredClaimHasTheFilesOfThatMoment) {
  apply(snapshot_class("snap", "Delete"));
  in("user", "echo before > /data/f");
  apply(snapshot("first"));
  run_for(seconds(2));
  in("user", "echo after > /data/f; touch /data/late");
  apply(restored("back", "first") + pod("reader", "back"));
  run_for(seconds(30));
  EXPECT_EQ(in("reader", "ls /data; cat /data/f"), "f\nbefore\n");
  EXPECT_EQ(in("user", "ls /data; cat /data/f"), "f\nlate\nafter\n");
  // A copy is nobody else's.
  in("reader", "rm /data/f");
  apply(restored("again", "first", "3Gi") + pod("second", "again"));
  run_for(seconds(30));
  EXPECT_EQ(in("second", "cat /data/f"), "before\n");
  EXPECT_EQ(type("kubectl get pvc again -o jsonpath={.status.capacity.storage}"), "3Gi");
}

TEST_F(VolumesSnapshots, TablesAndEvents) {
  apply(snapshot_class("snap", "Delete") + snapshot("first"));
  run_for(seconds(10));
  const std::string uid = type("kubectl get vs first -o jsonpath={.metadata.uid}");
  EXPECT_EQ(
      type("kubectl get volumesnapshot | head -1"),
      "NAME    READYTOUSE   SOURCEPVC   SOURCESNAPSHOTCONTENT   RESTORESIZE   SNAPSHOTCLASS   "
      "SNAPSHOTCONTENT                                    CREATIONTIME   AGE\n");
  EXPECT_EQ(row("volumesnapshot"), "first true data 2Gi snap snapcontent-" + uid + " 10s 10s\n");
  EXPECT_EQ(row("vsc"),
            "snapcontent-" + uid +
                " true 2147483648 Delete disk.csi.example.com snap first default 10s\n");
  EXPECT_EQ(row("vsclass"), "snap disk.csi.example.com Delete 10s\n");
  EXPECT_EQ(events_about("first"),
            "Normal CreatingSnapshot Waiting for a snapshot default/first to be created by the CSI "
            "driver.\n"
            "Normal SnapshotCreated Snapshot default/first was successfully created by the CSI "
            "driver.\n"
            "Normal SnapshotReady Snapshot default/first is ready to use.\n");
  EXPECT_EQ(type("kubectl get vs first -o jsonpath='{.metadata.finalizers}'"),
            "[\"snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection\","
            "\"snapshot.storage.kubernetes.io/volumesnapshot-bound-protection\"]");
  EXPECT_NE(type("kubectl describe vs first")
                .find("Bound Volume Snapshot Content Name:  snapcontent-" + uid),
            std::string::npos);
  EXPECT_NE(
      type("kubectl api-resources --api-group=snapshot.storage.k8s.io").find("vsclass,vsclasses"),
      std::string::npos);
}

TEST_F(VolumesSnapshots, WithoutItsControllerNobodyKnowsTheKinds) {
  Plan plan;
  uninstall_snapshot_controller(world(), plan);
  simulation().carry_out(std::move(plan), {0, "test"});
  write("s.yaml", snapshot("first"));
  EXPECT_EQ(type("kubectl apply -f s.yaml"),
            "error: resource mapping not found for name: \"first\" namespace: \"\" from "
            "\"s.yaml\": no matches for kind \"VolumeSnapshot\" in version "
            "\"snapshot.storage.k8s.io/v1\"\nensure CRDs are installed first\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl get vs"), "error: the server doesn't have a resource type \"vs\"\n");
  EXPECT_EQ(type("kubectl api-resources | grep -c snapshot"), "0\n");
  apply(restored("back", "first"));
  run_for(seconds(2));
  EXPECT_NE(events_about("back").find("the server could not find the requested resource (get "
                                      "volumesnapshots.snapshot.storage.k8s.io first)"),
            std::string::npos);
  type("aws eks create-addon --cluster-name c --addon-name snapshot-controller");
  apply(snapshot_class("snap", "Delete") + snapshot("first"));
  run_for(seconds(20));
  EXPECT_EQ(phase_of_claim("back"), "Bound");
}

TEST_F(VolumesSnapshots, WhatGoesWrong) {
  apply(snapshot("classless") + snapshot("nowhere", "nothing", "volumeSnapshotClassName: snap") +
        snapshot("unknown", "data", "volumeSnapshotClassName: missing"));
  run_for(seconds(1));
  EXPECT_EQ(events_about("classless"),
            "Warning SetDefaultSnapshotClassFailed Failed to set default snapshot class with error "
            "cannot find default snapshot class\n");
  EXPECT_EQ(events_about("unknown"),
            "Warning GetSnapshotClassFailed Failed to get snapshot class with error "
            "volumesnapshotclass.snapshot.storage.k8s.io \"missing\" not found\n");
  apply(snapshot_class("snap", "Delete"));
  run_for(seconds(10));
  EXPECT_EQ(events_about("nowhere").substr(0, 36), "Warning GetSnapshotClassFailed Faile");
  EXPECT_NE(
      events_about("nowhere").find(
          "Warning SnapshotContentCreationFailed Failed to create snapshot content with error "
          "snapshot controller failed to update nowhere on API server: cannot get claim from "
          "snapshot\n"),
      std::string::npos);
  EXPECT_EQ(row("vs classless").substr(0, 19), "classless true data");  // tried again
  apply(restored("small", "classless", "1Gi") + restored("early", "nowhere") +
        restored("lost", "nobody"));
  run_for(seconds(5));
  const std::string failed =
      "Warning ProvisioningFailed failed to provision volume with StorageClass \"disk\": error "
      "getting handle for DataSource Type VolumeSnapshot by Name ";
  EXPECT_NE(events_about("small").find(
                failed + "classless: requested volume size 1073741824 is less than the size "
                         "2147483648 for the source snapshot classless\n"),
            std::string::npos)
      << events_about("small");
  EXPECT_NE(events_about("early").find(failed + "nowhere: snapshot nowhere not bound\n"),
            std::string::npos);
  EXPECT_NE(events_about("lost").find(failed + "nobody: error getting snapshot nobody from api "
                                               "server: volumesnapshots.snapshot.storage.k8s.io "
                                               "\"nobody\" not found\n"),
            std::string::npos);
}

TEST_F(VolumesSnapshots, TheDeletionPolicySaysWhatIsLeft) {
  apply(snapshot_class("snap", "Delete") + snapshot_class("keep", "Retain", false) +
        snapshot("gone") + snapshot("kept", "data", "volumeSnapshotClassName: keep"));
  run_for(seconds(5));
  const auto disk_of = [&](const std::string& name) {
    const auto* content = content_of(world(), *world().find<VolumeSnapshot>("default", name));
    return snapshot_name("disk.csi.example.com", content->status->snapshot_handle->view());
  };
  const std::string gone = disk_of("gone");
  const std::string kept = disk_of("kept");
  EXPECT_EQ(type("kubectl delete vs gone kept"),
            "volumesnapshot.snapshot.storage.k8s.io \"gone\" deleted\n"
            "volumesnapshot.snapshot.storage.k8s.io \"kept\" deleted\n");
  run_for(seconds(5));
  EXPECT_EQ(world().store().find(Kind::Disk, "", gone), 0U);
  EXPECT_NE(world().store().find(Kind::Disk, "", kept), 0U);
  EXPECT_EQ(world().store().count(Kind::VolumeSnapshotContent), 1U);
  // Somebody may find it again by its handle.
  const std::string handle = kept.substr(kept.rfind('/') + 1);
  apply(
      fmt::format(
          "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshotContent\nmetadata: {{name: "
          "found}}\nspec:\n  deletionPolicy: Retain\n  driver: disk.csi.example.com\n  source: "
          "{{snapshotHandle: {}}}\n  volumeSnapshotRef: {{name: again, namespace: default}}\n---\n",
          handle) +
      "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshot\nmetadata: {name: again}\n"
      "spec: {source: {volumeSnapshotContentName: found}}\n---\n" +
      restored("back", "again"));
  run_for(seconds(30));
  EXPECT_EQ(row("vs again").substr(0, 20), "again true found 2Gi");
  EXPECT_EQ(phase_of_claim("back"), "Bound");
}

TEST_F(VolumesSnapshots, ASnapshotOutlivesItsVolume) {
  apply(snapshot_class("snap", "Delete"));
  in("user", "echo kept > /data/f");
  apply(snapshot("last"));
  run_for(seconds(3));
  type("kubectl delete pod user; kubectl delete pvc data");
  run_for(seconds(30));
  EXPECT_EQ(world().store().count(Kind::PersistentVolume), 0U);
  apply(restored("back", "last") + pod("reader", "back"));
  run_for(seconds(30));
  EXPECT_EQ(in("reader", "cat /data/f"), "kept\n");
}

TEST_F(VolumesSnapshots, ASnapshotOfEbsTakesAWhileAndHoldsItsClaim) {
  install("ebs.csi.aws.com");
  apply(storage_class("gp3", "ebs.csi.aws.com", "volumeBindingMode: WaitForFirstConsumer") +
        snapshot_class("ebs", "Delete", true, "ebs.csi.aws.com") + claim("disk", "gp3") +
        pod("db", "disk"));
  run_for(minutes(1));
  apply(snapshot("slow", "disk"));
  run_for(seconds(5));
  EXPECT_EQ(row("vs slow").substr(0, 19), "slow false disk 1Gi");
  type("kubectl delete pod db; kubectl delete pvc disk --wait=false");
  run_for(seconds(5));
  EXPECT_EQ(type("kubectl get pvc disk -o jsonpath='{.metadata.finalizers}'"),
            "[\"snapshot.storage.kubernetes.io/pvc-as-source-protection\"]");
  run_for(minutes(2));
  EXPECT_EQ(row("vs slow").substr(0, 18), "slow true disk 1Gi");
  EXPECT_EQ(claim_row("disk"), nullptr);
}

TEST_F(VolumesSnapshots, ADriverWithoutSnapshotsMakesNone) {
  install("efs.csi.aws.com");
  apply(storage_class("efs", "efs.csi.aws.com",
                      "parameters: {provisioningMode: efs-ap, fileSystemId: fs-1}") +
        snapshot_class("efs", "Delete", true, "efs.csi.aws.com") +
        claim("shared", "efs", "ReadWriteMany"));
  run_for(seconds(10));
  apply(snapshot("never", "shared"));
  run_for(minutes(5));
  EXPECT_EQ(row("vs never").substr(0, 18), "never false shared");
}

TEST_F(VolumesSnapshots, WhatTheSchemaRefuses) {
  const auto refused = [&](const std::string& manifest) {
    write("bad.yaml", manifest);
    return type("kubectl apply -f bad.yaml");
  };
  EXPECT_EQ(refused("apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshotClass\nmetadata: "
                    "{name: bad}\ndriver: x\ndeletionPolicy: Forget\n"),
            "The VolumeSnapshotClass \"bad\" is invalid: deletionPolicy: Unsupported value: "
            "\"Forget\": supported values: \"Delete\", \"Retain\"\n");
  EXPECT_EQ(
      refused("apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshot\nmetadata: {name: "
              "bad}\nspec: {source: {}}\n"),
      "The VolumeSnapshot \"bad\" is invalid: \n* <nil>: Invalid value: \"\": \"spec.source\" "
      "must validate one and only one schema (oneOf). Found none valid\n* "
      "spec.source.persistentVolumeClaimName: Required value\n");
}

TEST_F(VolumesSnapshots, ACloneHasTheFilesOfItsMoment) {
  in("user", "echo before > /data/f");
  apply(claim("copy", "disk", "ReadWriteOnce", "2Gi",
              "dataSource: {kind: PersistentVolumeClaim, name: data}") +
        claim("small", "disk", "ReadWriteOnce", "1Gi",
              "dataSource: {kind: PersistentVolumeClaim, name: data}"));
  run_for(seconds(2));
  in("user", "echo after > /data/f");
  apply(pod("reader", "copy"));
  run_for(seconds(30));
  EXPECT_EQ(in("reader", "cat /data/f"), "before\n");
  EXPECT_NE(events_about("small").find("new PVC request must be greater than or equal in size to "
                                       "the specified PVC data source"),
            std::string::npos);
}

}  // namespace
}  // namespace sim::testing
