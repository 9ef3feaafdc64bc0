// Bare devices: a volume whose volumeMode is Block, and what a fresh disk's file system holds.
#include "tests/support/storage_test.h"

namespace sim::testing {
namespace {

class VolumesBlock : public StorageTest {
 protected:
  VolumesBlock() {
    install("disk.csi.example.com");
    apply(storage_class("disk", "disk.csi.example.com", "allowVolumeExpansion: true") +
          claim("raw", "disk", "ReadWriteOnce", "1Gi", "volumeMode: Block") +
          claim("files", "disk"));
  }
  static std::string device_pod(const std::string& name, const std::string& claim) {
    return fmt::format(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {}}}\nspec:\n  "
        "terminationGracePeriodSeconds: 1\n  containers: [{{name: c, image: \"{}\", "
        "imagePullPolicy: IfNotPresent, volumeDevices: [{{name: v, devicePath: /dev/xvda}}]}}]\n  "
        "volumes: [{{name: v, persistentVolumeClaim: {{claimName: {}}}}}]\n---\n",
        name, kAssets, claim);
  }
  std::string in(const std::string& pod, const std::string& command) {
    return type("kubectl exec " + pod + " -- sh -c '" + command + "'");
  }
};

TEST_F(VolumesBlock, ADeviceAppearsAndKeepsItsBytes) {
  apply(device_pod("user", "raw"));
  run_for(seconds(30));
  EXPECT_EQ(in("user",
               "ls -ln /dev/xvda | tr -s \" \" | cut -d\" \" -f1,3-6; stat -c \"%F %A\" /dev/xvda"),
            "brw-rw---- 0 6 259, 1\nblock special file brw-rw----\n");
  EXPECT_EQ(in("user", "test -b /dev/xvda && echo block; ls /dev"),
            "block\ntermination-log\nxvda\n");
  EXPECT_EQ(in("user", "mount | grep -c xvda; df | grep -c xvda; true"), "0\n0\n");
  EXPECT_EQ(in("user", "(echo one; echo two) > /dev/xvda; head -c 8 /dev/xvda"), "one\ntwo\n");
  EXPECT_EQ(in("user", "echo ONE > /dev/xvda; head -c 8 /dev/xvda"), "ONE\ntwo\n");
  in("user", "echo far | dd of=/dev/xvda bs=1M seek=2 2>/dev/null");
  EXPECT_EQ(in("user", "dd if=/dev/xvda bs=1M skip=2 count=1 2>/dev/null | head -c 4"), "far\n");
  EXPECT_NE(in("user", "dd if=/dev/zero of=/dev/xvda bs=1M count=2048 2>&1")
                .find("No space left on device"),
            std::string::npos);
  in("user", "echo kept > /dev/xvda");
  const std::string volume = volume_of("raw")->meta.name.str();
  EXPECT_EQ(type("kubectl get events --field-selector reason=SuccessfulMountVolume -o "
                 "jsonpath='{range .items[*]}{.message}{\"\\n\"}{end}' | grep -c 'MapVolume."
                 "MapPodDevice succeeded for volume \"" +
                 volume + "\"'"),
            "2\n");
  type("kubectl delete pod user");
  apply(device_pod("next", "raw"));
  run_for(seconds(30));
  EXPECT_EQ(in("next", "head -c 5 /dev/xvda"), "kept\n");
  EXPECT_NE(type("kubectl describe pod next").find("/dev/xvda from v"), std::string::npos);
}

TEST_F(VolumesBlock, AModeThatDoesNotFitItsUse) {
  apply(pod("mounts", "raw") + device_pod("maps", "files"));
  run_for(seconds(5));
  EXPECT_NE(events_about("mounts").find("failed to process volumes=[v]: volume v has volumeMode "
                                        "Block, but is specified in volumeMounts"),
            std::string::npos)
      << events_about("mounts");
  EXPECT_NE(events_about("maps").find("volume v has volumeMode Filesystem, but is specified in "
                                      "volumeDevices"),
            std::string::npos)
      << events_about("maps");
  apply(volume("pv", "manual", "1Gi", "ReadWriteOnce") +
        claim("named", "manual", "ReadWriteOnce", "1Gi", "volumeMode: Block\n  volumeName: pv"));
  run_for(seconds(2));
  EXPECT_NE(events_about("named").find(
                "Warning VolumeMismatch Cannot bind to requested volume \"pv\": incompatible "
                "volumeMode"),
            std::string::npos)
      << events_about("named");
}

TEST_F(VolumesBlock, ADeviceGrowsWithItsClaim) {
  apply(device_pod("user", "raw"));
  run_for(seconds(30));
  in("user", "echo kept > /dev/xvda");
  type(
      "kubectl patch pvc raw -p '{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"3Gi\"}}}}'");
  run_for(minutes(2));
  EXPECT_EQ(in("user", "head -c 5 /dev/xvda; stat -c %s /dev/xvda"), "kept\n3221225472\n");
}

TEST_F(VolumesBlock, AFreshExt4HasLostAndFound) {
  install("ebs.csi.aws.com");
  const std::string late = "volumeBindingMode: WaitForFirstConsumer";
  apply(storage_class("ext4", "ebs.csi.aws.com", late) +
        storage_class("xfs", "ebs.csi.aws.com",
                      late + "\nparameters: {csi.storage.k8s.io/fstype: xfs}") +
        claim("e", "ext4") + claim("x", "xfs") + claim("g", "ext4") + pod("ext", "e") +
        pod("xf", "x") + pod("group", "g", "securityContext: {fsGroup: 2000, runAsUser: 1000}"));
  run_for(minutes(1));
  EXPECT_EQ(in("ext", "ls /data; stat -c \"%U %a\" /data/lost+found /data"),
            "lost+found\nroot 700\nroot 755\n");
  EXPECT_EQ(in("xf", "ls /data"), "");
  EXPECT_EQ(in("xf", "mount | grep /data"), "/dev/nvme1n1 on /data type xfs (rw,relatime)\n");
  // The pod's group gets it all, and so may somebody who is not root write.
  EXPECT_EQ(in("group", "touch /data/f; stat -c \"%g %a\" /data /data/lost+found; ls /data"),
            "2000 2775\n2000 2770\nf\nlost+found\n");
}

}  // namespace
}  // namespace sim::testing
