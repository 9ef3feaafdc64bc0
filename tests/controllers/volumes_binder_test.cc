// The persistent volume controller, told in what people type.
#include "tests/support/storage_test.h"

namespace sim::testing {
namespace {

class VolumesBinder : public StorageTest {};

TEST_F(VolumesBinder, GivesTheSmallestVolumeThatIsLargeEnough) {
  apply(volume("ten", "m", "10Gi", "ReadWriteOnce") + volume("five", "m", "5Gi", "ReadWriteOnce") +
        volume("twenty", "m", "20Gi", "ReadWriteOnce") +
        claim("data", "m", "ReadWriteOnce", "4Gi"));
  run_for(seconds(1));
  EXPECT_EQ(
      type("kubectl get pvc data -o jsonpath='{.spec.volumeName} {.status.capacity.storage}'"),
      "five 5Gi");
  EXPECT_EQ(type("kubectl get pv five -o jsonpath='{.status.phase} {.spec.claimRef.name}'"),
            "Bound data");
  EXPECT_EQ(type("kubectl get pv five -o "
                 "jsonpath='{.metadata.annotations.pv\\.kubernetes\\.io/bound-by-controller}'"),
            "yes");
  EXPECT_EQ(phase_of_volume("ten"), "Available");
}

TEST_F(VolumesBinder, AVolumeOfFewerModesComesBeforeASmallerOne) {
  apply(volume("wide", "m", "1Gi", "ReadWriteOnce, ReadOnlyMany") +
        volume("narrow", "m", "9Gi", "ReadWriteOnce") + claim("data", "m"));
  run_for(seconds(1));
  EXPECT_EQ(type("kubectl get pvc data -o jsonpath={.spec.volumeName}"), "narrow");
}

TEST_F(VolumesBinder, AReservedVolumeIsTakenWhateverItsClass) {
  apply(volume("mine", "other", "2Gi", "ReadWriteOnce", "Retain",
               "hostPath: {path: /tmp/x}\n  claimRef: {namespace: default, name: data}") +
        volume("small", "m", "1Gi", "ReadWriteOnce") + claim("data", "m"));
  run_for(seconds(1));
  EXPECT_EQ(type("kubectl get pvc data -o jsonpath={.spec.volumeName}"), "mine");
  EXPECT_EQ(type("kubectl get pv mine -o "
                 "jsonpath='{.metadata.annotations.pv\\.kubernetes\\.io/bound-by-controller}'"),
            "");
}

TEST_F(VolumesBinder, AVolumeAskedForByNameMustDo) {
  apply(volume("pv1", "m", "1Gi", "ReadWriteOnce") +
        claim("data", "m", "ReadWriteOnce", "2Gi", "volumeName: pv1"));
  run_for(seconds(1));
  EXPECT_EQ(events_about("data"),
            "Warning VolumeMismatch Cannot bind to requested volume \"pv1\": requested PV is too "
            "small\n");
  EXPECT_EQ(phase_of_claim("data"), "Pending");
}

TEST_F(VolumesBinder, AClaimWithoutAClassTellsSoEveryFifteenSeconds) {
  apply(claim("data", ""));
  run_for(seconds(46));
  EXPECT_EQ(
      type("kubectl get events -o custom-columns=R:.reason,N:.count,M:.message --no-headers | "
           "sed 's/   */ /g'"),
      "FailedBinding 4 no persistent volumes available for this claim and no storage class is "
      "set\n");
}

TEST_F(VolumesBinder, TheDefaultClassIsGivenAtOnceAndLater) {
  apply(claim("early", "(none)"));
  run_for(seconds(1));
  EXPECT_EQ(type("kubectl get pvc early -o jsonpath={.spec.storageClassName}"), "");
  apply(storage_class("old", "x.example.com") + storage_class("best", "x.example.com"));
  type("kubectl annotate sc best storageclass.kubernetes.io/is-default-class=true");
  apply(claim("late", "(none)") + claim("none", ""));
  EXPECT_EQ(type("kubectl get pvc late -o jsonpath={.spec.storageClassName}"), "best");
  run_for(seconds(16));
  EXPECT_EQ(type("kubectl get pvc early -o jsonpath={.spec.storageClassName}"), "best");
  EXPECT_EQ(type("kubectl get pvc none -o jsonpath='[{.spec.storageClassName}]'"), "[]");
}

TEST_F(VolumesBinder, ARetainedVolumeComesBackWhenItsClaimRefIsTakenAway) {
  apply(volume("pv1", "m", "1Gi", "ReadWriteOnce") + claim("data", "m"));
  run_for(seconds(1));
  type("kubectl delete pvc data");
  run_for(seconds(1));
  EXPECT_EQ(phase_of_volume("pv1"), "Released");
  apply(claim("data", "m"));
  run_for(seconds(20));
  EXPECT_EQ(phase_of_claim("data"), "Pending");  // the same name is not the same claim
  type("kubectl patch pv pv1 -p '{\"spec\":{\"claimRef\":null}}'");
  run_for(seconds(16));
  EXPECT_EQ(phase_of_claim("data"), "Bound");
  EXPECT_EQ(phase_of_volume("pv1"), "Bound");
}

TEST_F(VolumesBinder, AClaimIsLostWithItsVolume) {
  apply(volume("pv1", "m", "1Gi", "ReadWriteOnce") + claim("data", "m"));
  run_for(seconds(1));
  type("kubectl delete pv pv1 --wait=false");
  run_for(seconds(1));
  EXPECT_EQ(phase_of_claim("data"), "Bound");  // the finalizer keeps a bound volume
  type("kubectl patch pv pv1 -p '{\"metadata\":{\"finalizers\":null}}'");
  run_for(seconds(1));
  EXPECT_EQ(phase_of_claim("data"), "Lost");
  EXPECT_EQ(events_about("data"),
            "Warning ClaimLost Bound claim has lost its PersistentVolume. Data on the volume is "
            "lost!\n");
}

TEST_F(VolumesBinder, AClaimInUseStaysUntilItsPodIsGone) {
  apply(volume("pv1", "m", "1Gi", "ReadWriteOnce") + claim("data", "m") + pod("user", "data"));
  run_for(seconds(10));
  type("kubectl delete pvc data --wait=false");
  run_for(seconds(30));
  ASSERT_NE(claim_row("data"), nullptr);
  EXPECT_TRUE(claim_row("data")->meta.deletion_timestamp.has_value());
  type("kubectl delete pod user");
  run_for(seconds(2));
  EXPECT_EQ(claim_row("data"), nullptr);
  EXPECT_EQ(phase_of_volume("pv1"), "Released");
}

TEST_F(VolumesBinder, WhatCannotBeDeletedFails) {
  apply(volume("pv1", "m", "1Gi", "ReadWriteOnce", "Delete", "nfs: {server: s, path: /p}") +
        claim("data", "m"));
  run_for(seconds(1));
  type("kubectl delete pvc data");
  run_for(seconds(1));
  EXPECT_EQ(phase_of_volume("pv1"), "Failed");
  EXPECT_EQ(events_about("pv1"),
            "Warning VolumeFailedDelete error getting deleter volume plugin for volume \"pv1\": no "
            "deletable volume plugin matched\n");
}

TEST_F(VolumesBinder, ADelayedClaimWaitsForItsPod) {
  install("disk.csi.example.com");
  apply(storage_class("disk", "disk.csi.example.com", "volumeBindingMode: WaitForFirstConsumer") +
        claim("data", "disk"));
  run_for(seconds(2));
  EXPECT_EQ(
      events_about("data"),
      "Normal WaitForFirstConsumer waiting for first consumer to be created before binding\n");
  apply(pod("first", "data", "nodeSelector: {no: where}") +
        pod("second", "data", "nodeSelector: {no: where}"));
  run_for(seconds(16));
  EXPECT_EQ(events_about("data"),
            "Normal WaitForFirstConsumer waiting for first consumer to be created before binding\n"
            "Normal WaitForPodScheduled waiting for pods first,second to be scheduled\n");
}

TEST_F(VolumesBinder, AnEphemeralVolumeIsThePods) {
  install("disk.csi.example.com");
  apply(storage_class("disk", "disk.csi.example.com") +
        "apiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec:\n"
        "  terminationGracePeriodSeconds: 1\n  containers: [{name: c, image: \"" +
        std::string(kAssets) +
        "\", imagePullPolicy: IfNotPresent, volumeMounts: [{name: w, mountPath: /w}]}]\n"
        "  volumes: [{name: w, ephemeral: {volumeClaimTemplate: {spec: {accessModes: "
        "[ReadWriteOnce], storageClassName: disk, resources: {requests: {storage: 1Gi}}}}}}]\n");
  run_for(seconds(2));
  EXPECT_EQ(type("kubectl get pvc db-w -o jsonpath='{.metadata.ownerReferences[0].kind} "
                 "{.metadata.ownerReferences[0].name} {.status.phase}'"),
            "Pod db Bound");
  type("kubectl delete pod db");
  run_for(minutes(2));
  EXPECT_EQ(claim_row("db-w"), nullptr);
  EXPECT_EQ(world().store().count(Kind::PersistentVolume), 0U);
}

TEST_F(VolumesBinder, AForeignClaimIsNotAnEphemeralVolume) {
  apply(claim("db-w", "") +
        "apiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec:\n  containers: [{name: c, image: "
        "\"" +
        std::string(kAssets) +
        "\"}]\n  volumes: [{name: w, ephemeral: {volumeClaimTemplate: {spec: {accessModes: "
        "[ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}]\n");
  run_for(seconds(1));
  EXPECT_NE(
      events_about("db").find("Warning FailedBinding ephemeral volume w: PVC default/db-w was "
                              "not created for pod default/db (pod is not owner)"),
      std::string::npos);
}

TEST_F(VolumesBinder, ARecycledVolumeIsEmptyAndFree) {
  apply(volume("pv1", "m", "1Gi", "ReadWriteMany", "Recycle", "nfs: {server: s, path: /p}") +
        claim("data", "m", "ReadWriteMany"));
  run_for(seconds(1));
  type("kubectl delete pvc data");
  run_for(seconds(10));
  EXPECT_EQ(phase_of_volume("pv1"), "Available");
  EXPECT_EQ(events_about("pv1"), "Normal VolumeRecycled Volume recycled\n");
}

}  // namespace
}  // namespace sim::testing
