// Attaching and detaching, told in what people type.
#include "sim/base/digest.h"
#include "tests/support/storage_test.h"

namespace sim::testing {
namespace {

class VolumesAttach : public StorageTest {
 protected:
  VolumesAttach() {
    install("disk.csi.example.com");
    apply(storage_class("disk", "disk.csi.example.com") + claim("data", "disk"));
    run_for(seconds(1));
  }
  static std::string on(const std::string& node) {
    return "nodeSelector: {kubernetes.io/hostname: " + node + "}";
  }
  std::string attachments() {
    return type(
        "kubectl get volumeattachments --no-headers -o "
        "custom-columns=N:.spec.nodeName,A:.status.attached | sed 's/   */ /g'");
  }
  std::string name_of_volume() {
    return type("kubectl get pvc data -o jsonpath={.spec.volumeName}");
  }
};

TEST_F(VolumesAttach, AVolumeIsAttachedWhereItsPodIs) {
  apply(pod("first", "data", on("node-a")));
  run_for(seconds(3));
  EXPECT_EQ(attachments(), "node-a true\n");
  const std::string volume = name_of_volume();
  EXPECT_NE(
      events_about("first").find("Normal SuccessfulAttachVolume AttachVolume.Attach succeeded "
                                 "for volume \"" +
                                 volume + "\" \n"),
      std::string::npos);
  EXPECT_EQ(type("kubectl get node node-a -o jsonpath={.status.volumesAttached[0].name}"),
            "kubernetes.io/csi/disk.csi.example.com^" + volume);
  EXPECT_EQ(type("kubectl get volumeattachments -o jsonpath='{.items[0].metadata.name} "
                 "{.items[0].metadata.finalizers}'"),
            "csi-" + sha256_hex(volume + "disk.csi.example.comnode-a") +
                " [\"external-attacher/disk-csi-example-com\"]");
}

TEST_F(VolumesAttach, TheTableOfAttachments) {
  apply(pod("first", "data", on("node-b")));
  run_for(seconds(30));
  const std::string name = "csi-" + sha256_hex(name_of_volume() + "disk.csi.example.comnode-b");
  const std::string table = type("kubectl get volumeattachments");
  EXPECT_EQ(table.substr(0, table.find('\n')),
            "NAME" + std::string(name.size() - 4, ' ') +
                "   ATTACHER               PV                                         NODE     "
                "ATTACHED   AGE");
  EXPECT_EQ(type("kubectl get volumeattachment " + name +
                 " --no-headers | tr -s ' ' | cut -d' ' "
                 "-f2-5"),
            "disk.csi.example.com " + name_of_volume() + " node-b true\n");
  EXPECT_NE(type("kubectl describe volumeattachment " + name).find("Persistent Volume Name:"),
            std::string::npos);
}

TEST_F(VolumesAttach, ASecondNodeWaitsAndIsToldOnce) {
  apply(pod("first", "data", on("node-a")));
  run_for(seconds(15));
  apply(pod("second", "data", on("node-b")) + pod("third", "data", on("node-a")));
  run_for(minutes(3));
  const std::string error = "Warning FailedAttachVolume Multi-Attach error for volume \"" +
                            name_of_volume() + "\" Volume is already used by pod(s) first";
  const std::string told = events_about("second");
  const std::size_t at = told.find(error);
  ASSERT_NE(at, std::string::npos) << told;
  EXPECT_EQ(told.find("Multi-Attach", at + error.size()), std::string::npos);
  EXPECT_EQ(attachments(), "node-a true\n");
  EXPECT_EQ(type("kubectl get pods --no-headers | sed 's/   */ /g' | cut -d' ' -f1,3"),
            "first Running\nsecond ContainerCreating\nthird Running\n");
  type("kubectl delete pod first third");
  run_for(seconds(45));
  EXPECT_EQ(attachments(), "node-b true\n");
  run_for(minutes(2));  // its kubelet asks less and less often
  EXPECT_EQ(type("kubectl get pod second -o jsonpath={.status.phase}"), "Running");
}

TEST_F(VolumesAttach, AVolumeWithoutAPodIsExclusivelyAttached) {
  apply(pod("first", "data", on("node-a")));
  run_for(seconds(15));
  type("kubectl delete pod first");
  apply(pod("second", "data", on("node-b")));
  run_for(seconds(2));
  EXPECT_NE(events_about("second").find("Volume is already exclusively attached to one node and "
                                        "can't be attached to another"),
            std::string::npos);
  run_for(seconds(30));
  EXPECT_EQ(attachments(), "node-b true\n");
}

TEST_F(VolumesAttach, TheLastPodOfANodeTakesTheAttachmentAlong) {
  apply(pod("first", "data", on("node-a")));
  run_for(seconds(15));
  type("kubectl delete pod first");
  run_for(seconds(15));
  EXPECT_EQ(attachments(), "");
  EXPECT_EQ(type("kubectl get node node-a -o jsonpath='{.status.volumesAttached}"
                 "{.status.volumesInUse}'"),
            "");
}

TEST_F(VolumesAttach, ADeadNodeKeepsItsVolumeForSixMinutesAfterItsPodIsGone) {
  apply(pod("first", "data", on("node-a")));
  run_for(seconds(15));
  type("sim node stop node-a");
  run_for(seconds(60));
  apply(pod("second", "data", on("node-b")));
  run_for(minutes(12));  // its pod is Terminating by now, which is not gone
  EXPECT_EQ(attachments(), "node-a true\n");
  type("kubectl delete pod first --force --grace-period=0");
  run_for(minutes(5));
  EXPECT_EQ(attachments(), "node-a true\n");
  run_for(seconds(90));
  EXPECT_EQ(attachments(), "node-b true\n");
}

TEST_F(VolumesAttach, AnOutOfServiceNodeLetsGoAtOnce) {
  apply(pod("first", "data", on("node-a")));
  run_for(seconds(15));
  type("sim node stop node-a");
  run_for(seconds(60));
  apply(pod("second", "data", on("node-b")));
  type("kubectl delete pod first --force --grace-period=0");
  run_for(seconds(5));
  EXPECT_EQ(attachments(), "node-a true\n");
  type("kubectl taint node node-a node.kubernetes.io/out-of-service=nodeshutdown:NoExecute");
  run_for(seconds(5));
  EXPECT_EQ(attachments(), "node-b true\n");
}

TEST_F(VolumesAttach, ADeletedVolumeWaitsForItsAttachment) {
  apply(pod("first", "data", on("node-a")));
  run_for(seconds(15));
  const std::string volume = name_of_volume();
  type("kubectl delete pod first && kubectl delete pvc data");
  run_for(seconds(1));
  EXPECT_NE(events_about(volume).find("Warning VolumeFailedDelete persistentvolume " + volume +
                                      " is still attached to node node-a"),
            std::string::npos);
  run_for(seconds(40));
  EXPECT_EQ(volume_row(volume), nullptr);
  EXPECT_EQ(world().store().find(Kind::Disk, "", "disk.csi.example.com/" + volume), 0U);
}

TEST_F(VolumesAttach, ADriverThatIsNotThereAttachesNothing) {
  Plan plan;
  uninstall_driver(world(), plan, *find_driver("disk.csi.example.com"));
  simulation().carry_out(std::move(plan), {0, "test"});
  apply(pod("first", "data", on("node-a")));
  run_for(seconds(130));
  const std::string volume = name_of_volume();
  EXPECT_NE(events_about("first").find("Warning FailedAttachVolume AttachVolume.Attach failed for "
                                       "volume \"" +
                                       volume +
                                       "\" : timed out waiting for external-attacher of "
                                       "disk.csi.example.com CSI driver to attach volume " +
                                       volume),
            std::string::npos);
  install("disk.csi.example.com");
  run_for(minutes(3));
  EXPECT_EQ(attachments(), "node-a true\n");
}

TEST_F(VolumesAttach, AClaimGrowsWithItsFileSystem) {
  type("kubectl patch sc disk -p '{\"allowVolumeExpansion\":true}'");
  apply(pod("first", "data", on("node-a")));
  run_for(seconds(20));
  type(
      "kubectl patch pvc data -p "
      "'{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"3Gi\"}}}}'");
  EXPECT_EQ(status(), 0);
  run_for(minutes(2));
  EXPECT_EQ(type("kubectl get pvc data -o jsonpath='{.status.capacity.storage} "
                 "{.status.conditions}'"),
            "3Gi ");
  const std::string told = events_about("data");
  for (const char* reason : {"ExternalExpanding", "Resizing", "FileSystemResizeRequired",
                             "FileSystemResizeSuccessful"}) {
    EXPECT_NE(told.find(reason), std::string::npos) << reason << "\n" << told;
  }
}

TEST_F(VolumesAttach, AClaimThatMayNotGrowIsRefused) {
  EXPECT_EQ(type("kubectl patch pvc data -p "
                 "'{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"3Gi\"}}}}'"),
            "Error from server (Forbidden): persistentvolumeclaims \"data\" is forbidden: only "
            "dynamically provisioned pvc can be resized and the storageclass that provisions the "
            "pvc must support resize\n");
}

}  // namespace
}  // namespace sim::testing
