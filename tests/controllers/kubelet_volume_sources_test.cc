// Volumes of the node, of other servers and of drivers, as containers see them.
#include "sim/world/drivers.h"
#include "tests/support/kubelet_test.h"

namespace sim::testing {
namespace {

class KubeletVolumeSources : public KubeletTest {
 protected:
  void install(std::string_view name) {
    Plan plan;
    install_driver(world(), plan, *find_driver(name));
    simulation().carry_out(std::move(plan), {0, "test"});
  }
  void apply(const std::string& yaml) {
    write("x.yaml", yaml);
    const std::string answer = type("kubectl apply -f x.yaml");
    ASSERT_EQ(status(), 0) << answer;
  }
  /// A volume written down by hand, and the claim of the same name that is bound to it.
  void static_volume(const std::string& name, const std::string& source,
                     const std::string& more = "", const std::string& modes = "ReadWriteMany") {
    apply("apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: " + name +
          "}\nspec: {capacity: {storage: 1Gi}, accessModes: [" + modes +
          "], storageClassName: \"\", claimRef: {namespace: default, name: " + name + "}, " +
          source + more +
          "}\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: " + name +
          "}\nspec: {accessModes: [" + modes + "], storageClassName: \"\", volumeName: " + name +
          ", resources: {requests: {storage: 1Gi}}}\n");
    run_for(seconds(1));
  }
  /// A pod with one volume at /v, on a node when one is named.
  void user(const std::string& name, const std::string& volume, const std::string& node = "",
            const std::string& more = "") {
    pod(name, "{" + (node.empty() ? "" : "nodeName: " + node + ", ") + more +
                  R"(terminationGracePeriodSeconds: 1, containers: [{name: c,
      image: "busybox:1.36", command: [sh, -c, "trap 'exit 0' TERM; while true; do sleep 1; done"],
      volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, )" +
                  volume + "}]}");
  }
  static std::string claim(const std::string& name) {
    return "persistentVolumeClaim: {claimName: " + name + "}";
  }
};

TEST_F(KubeletVolumeSources, EveryTypeOfHostPath) {
  const auto refusal = [&](const std::string& name, const std::string& source) {
    user(name, "hostPath: {" + source + "}", "node-a");
    run_for(seconds(3));
    return told(name, "FailedMount");
  };
  EXPECT_EQ(refusal("made", "path: /srv/made, type: DirectoryOrCreate"), "");
  EXPECT_EQ(refusal("there", "path: /srv/made, type: Directory"), "");
  EXPECT_EQ(refusal("file", "path: /srv/made/f, type: FileOrCreate"), "");
  EXPECT_EQ(refusal("file-there", "path: /srv/made/f, type: File"), "");
  EXPECT_EQ(refusal("plain", "path: /srv/plain"), "");
  EXPECT_EQ(refusal("d", "path: /nosuch, type: Directory"),
            "MountVolume.SetUp failed for volume \"v\" : hostPath type check failed: /nosuch is "
            "not a directory\n");
  EXPECT_EQ(refusal("e", "path: /srv/made/f, type: DirectoryOrCreate"),
            "MountVolume.SetUp failed for volume \"v\" : hostPath type check failed: /srv/made/f "
            "is not a directory\n");
  EXPECT_EQ(refusal("f", "path: /srv/made, type: File"),
            "MountVolume.SetUp failed for volume \"v\" : hostPath type check failed: /srv/made is "
            "not a file\n");
  EXPECT_EQ(refusal("g", "path: /srv/nosuch/f, type: FileOrCreate"),
            "MountVolume.SetUp failed for volume \"v\" : open /srv/nosuch/f: no such file or "
            "directory\n");
  EXPECT_EQ(refusal("h", "path: /srv/made/f, type: Socket"),
            "MountVolume.SetUp failed for volume \"v\" : hostPath type check failed: /srv/made/f "
            "is not a socket file\n");
  EXPECT_EQ(refusal("i", "path: /srv/made/f, type: CharDevice"),
            "MountVolume.SetUp failed for volume \"v\" : hostPath type check failed: /srv/made/f "
            "is not a character device\n");
  EXPECT_EQ(refusal("j", "path: /srv/made/f, type: BlockDevice"),
            "MountVolume.SetUp failed for volume \"v\" : hostPath type check failed: /srv/made/f "
            "is not a block device\n");
  EXPECT_EQ(run_in("made", "touch /v/new; ls /v"), "f\nnew\n");
  EXPECT_EQ(run_in("there", "ls /v"), "f\nnew\n");
}

TEST_F(KubeletVolumeSources, AHostPathVolumeIsEachNodesOwn) {
  static_volume("files", "hostPath: {path: /srv/files}");
  user("a", claim("files"), "node-a");
  user("b", claim("files"), "node-b");
  user("c", claim("files"), "node-a");
  run_for(seconds(5));
  EXPECT_EQ(run_in("a", "touch /v/here"), "");
  EXPECT_EQ(run_in("b", "ls /v"), "");
  EXPECT_EQ(run_in("c", "ls /v"), "here\n");
  type("kubectl delete pod a c");
  user("d", "hostPath: {path: /srv/files}", "node-a");
  run_for(seconds(5));
  EXPECT_EQ(run_in("d", "ls /v"), "here\n");
}

TEST_F(KubeletVolumeSources, ALocalVolumeMustBeThere) {
  static_volume("disk", "local: {path: /mnt/disk}",
                ", nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: "
                "kubernetes.io/hostname, operator: In, values: [node-b]}]}]}}");
  user("p", claim("disk"));
  run_for(seconds(5));
  EXPECT_EQ(ask("p", ".spec.nodeName"), "node-b");
  EXPECT_EQ(told("p", "FailedMount"),
            "MountVolume.NewMounter initialization failed for volume \"disk\" : path \"/mnt/disk\" "
            "does not exist\n");
  user("maker", "hostPath: {path: /mnt/disk}", "node-b");
  user("wrong", claim("disk"), "node-a");
  run_for(seconds(60));
  EXPECT_EQ(ask("p", ".status.phase"), "Running");
  EXPECT_EQ(told("wrong", "FailedMount"),
            "MountVolume.NodeAffinity check failed for volume \"disk\" : no matching "
            "NodeSelectorTerms\n");
}

TEST_F(KubeletVolumeSources, MountOptionsNeedAVolumeThatTakesThem) {
  static_volume("files", "hostPath: {path: /srv/files}, mountOptions: [noatime]");
  user("p", claim("files"));
  run_for(seconds(5));
  EXPECT_EQ(told("p", "FailedMount"),
            "MountVolume.MountOptionSupport check failed for volume \"files\" : mount options are "
            "not supported for this volume type\n");
}

TEST_F(KubeletVolumeSources, AnExportedDirectoryIsOneForAll) {
  user("a", "nfs: {server: nfs.example.com, path: /export}", "node-a");
  user("b", "nfs: {server: nfs.example.com, path: /export, readOnly: true}", "node-b");
  user("c", "nfs: {server: nfs.example.com, path: /other}", "node-a");
  static_volume("files", "nfs: {server: nfs.example.com, path: /export}",
                ", mountOptions: [nfsvers=4.1]");
  user("d", claim("files"));
  run_for(seconds(5));
  EXPECT_EQ(run_in("a", "echo hi > /v/f"), "");
  EXPECT_EQ(run_in("b", "cat /v/f"), "hi\n");
  expect_part(run_in("b", "touch /v/x"), "Read-only file system");
  EXPECT_EQ(run_in("c", "ls /v"), "");
  EXPECT_EQ(run_in("d", "cat /v/f"), "hi\n");
  EXPECT_EQ(run_in("d", "mount | grep \"on /v \""),
            "nfs.example.com:/export on /v type nfs4 (rw,relatime,nfsvers=4.1)\n");
  type("kubectl delete pod a b c d --force --grace-period=0");
  run_for(seconds(3));
  user("e", "nfs: {server: nfs.example.com, path: /export}", "node-b");
  run_for(seconds(5));
  EXPECT_EQ(run_in("e", "cat /v/f"), "hi\n");
}

TEST_F(KubeletVolumeSources, AClaimThatIsNotReady) {
  apply(
      "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: "
      "[ReadWriteOnce], storageClassName: manual, resources: {requests: {storage: 1Gi}}}\n");
  user("p", claim("data"), "node-a");
  user("q", claim("nosuch"), "node-a");
  run_for(seconds(5));
  EXPECT_EQ(told("p", "FailedMount"),
            "Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[], "
            "failed to process volumes=[v]: error processing PVC default/data: PVC is not bound\n");
  EXPECT_EQ(told("q", "FailedMount"),
            "Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[], "
            "failed to process volumes=[v]: error processing PVC default/nosuch: failed to fetch "
            "PVC from API server: persistentvolumeclaims \"nosuch\" not found\n");
  EXPECT_EQ(container("p", "state.waiting.reason"), "ContainerCreating");
  apply(
      "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pv}\nspec: {capacity: {storage: "
      "1Gi}, accessModes: [ReadWriteOnce], storageClassName: manual, hostPath: {path: /srv/x}}\n");
  run_for(seconds(31));
  EXPECT_EQ(ask("p", ".status.phase"), "Running");
}

TEST_F(KubeletVolumeSources, ADriverThatIsNotThere) {
  static_volume("files", "csi: {driver: efs.csi.aws.com, volumeHandle: fs-1}");
  install("efs.csi.aws.com");
  user("p", claim("files"), "node-a");
  run_for(seconds(3));
  EXPECT_EQ(ask("p", ".status.phase"), "Running");
  type("kubectl delete csidriver efs.csi.aws.com");
  user("q", claim("files"), "node-b");
  run_for(seconds(30));
  // Nothing says that it needs no attachment: it waits for one.
  EXPECT_EQ(ask("q", ".status.phase"), "Pending");
}

TEST_F(KubeletVolumeSources, ASharedFileSystem) {
  install("efs.csi.aws.com");
  static_volume("files", "csi: {driver: efs.csi.aws.com, volumeHandle: fs-1}");
  user("a", claim("files"), "node-a");
  user("b", claim("files"), "node-b");
  user("c", "persistentVolumeClaim: {claimName: files, readOnly: true}", "node-b");
  run_for(seconds(5));
  EXPECT_EQ(run_in("a", "echo hi > /v/f"), "");
  EXPECT_EQ(run_in("b", "cat /v/f"), "hi\n");
  expect_part(run_in("c", "touch /v/x"), "Read-only file system");
  expect_part(run_in("b", "df -h /v"), "127.0.0.1:/");
  expect_part(run_in("b", "df -h /v"), "8.0E");
  expect_part(run_in("c", "mount | grep /v"), "127.0.0.1:/ on /v type nfs4 (ro,relatime)");
  EXPECT_EQ(type("kubectl get volumeattachments"), "No resources found\n");
}

TEST_F(KubeletVolumeSources, ABucket) {
  install("s3.csi.aws.com");
  static_volume("bucket", "csi: {driver: s3.csi.aws.com, volumeHandle: b}");
  static_volume("loose", "csi: {driver: s3.csi.aws.com, volumeHandle: b}",
                ", mountOptions: [allow-delete, allow-other, uid=1000, gid=2000]");
  user("a", claim("bucket"), "node-a");
  user("b", claim("loose"), "node-b");
  run_for(seconds(5));
  EXPECT_EQ(run_in("a", "echo one > /v/f; cat /v/f"), "one\n");
  EXPECT_EQ(run_in("b", "cat /v/f; stat -c \"%u %g %a\" /v/f"), "one\n1000 2000 644\n");
  expect_part(run_in("a", "echo two >> /v/f"), "Invalid argument");
  expect_part(run_in("a", "echo two > /v/f"), "Operation not permitted");
  expect_part(run_in("a", "mv /v/f /v/g"), "Function not implemented");
  expect_part(run_in("a", "rm /v/f"), "Operation not permitted");
  EXPECT_EQ(run_in("b", "cp /v/f /v/g; rm /v/f; ls /v"), "g\n");
  EXPECT_EQ(run_in("a", "ls /v"), "g\n");
}

TEST_F(KubeletVolumeSources, AnObjectExistsOnceItIsClosed) {
  install("s3.csi.aws.com");
  static_volume("bucket", "csi: {driver: s3.csi.aws.com, volumeHandle: b}");
  pod("writer", R"({terminationGracePeriodSeconds: 1, containers: [{name: c, image: "busybox:1.36",
      command: [sh, -c, "(echo one; sleep 30; echo two) > /v/f; sleep 1000"],
      volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, )" +
                    claim("bucket") + "}]}");
  user("reader", claim("bucket"), "node-b");
  run_for(seconds(15));
  EXPECT_EQ(run_in("reader", "ls /v"), "");
  run_for(seconds(30));
  EXPECT_EQ(run_in("reader", "cat /v/f"), "one\ntwo\n");
}

TEST_F(KubeletVolumeSources, AnOptionThatMountpointDoesNotKnow) {
  install("s3.csi.aws.com");
  static_volume("bucket", "csi: {driver: s3.csi.aws.com, volumeHandle: b}",
                ", mountOptions: [region us-west-2, allow-deletes]");
  user("p", claim("bucket"), "node-a");
  run_for(seconds(5));
  const std::string said = told("p", "FailedMount");
  expect_part(said,
              "MountVolume.SetUp failed for volume \"bucket\" : rpc error: code = Internal "
              "desc = Could not mount \"b\" at \"/var/lib/kubelet/pods/");
  expect_part(said,
              "error: unexpected argument '--allow-deletes' found\n\n  tip: a similar "
              "argument exists: '--allow-delete'\n\nUsage: mount-s3 --allow-delete "
              "<BUCKET_NAME> <DIRECTORY>\n\nFor more information, try '--help'.");
}

TEST_F(KubeletVolumeSources, AModeThatTheDriverDoesNotTake) {
  install("s3.csi.aws.com");
  static_volume("bucket", "csi: {driver: s3.csi.aws.com, volumeHandle: b}", "", "ReadWriteOnce");
  user("a", claim("bucket"));
  run_for(seconds(5));
  EXPECT_EQ(told("a", "FailedMount"),
            "MountVolume.SetUp failed for volume \"bucket\" : rpc error: code = InvalidArgument "
            "desc = Volume capability not supported\n");
}

TEST_F(KubeletVolumeSources, ADiskIsFullAtItsSize) {
  install("disk.csi.example.com");
  apply(
      "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: disk}\nprovisioner: "
      "disk.csi.example.com\nvolumeBindingMode: WaitForFirstConsumer\n---\napiVersion: v1\nkind: "
      "PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], "
      "storageClassName: disk, resources: {requests: {storage: 1Mi}}}\n");
  user("p", claim("data"), "", "securityContext: {fsGroup: 2000}, ");
  EXPECT_EQ(type("kubectl wait --for=condition=Ready pod/p --timeout=60s"),
            "pod/p condition met\n");
  EXPECT_EQ(run_in("p", "stat -c \"%u %g %a\" /v; touch /v/x; stat -c %g /v/x"),
            "0 2000 2775\n2000\n");
  expect_part(run_in("p", "dd if=/dev/zero of=/v/big bs=1024 count=2048"),
              "No space left on device");
  expect_part(run_in("p", "df -h /v"), "1.0M");
  expect_part(type("kubectl get node $(kubectl get pod p -o jsonpath={.spec.nodeName}) -o "
                   "jsonpath={.status.volumesInUse}"),
              "kubernetes.io/csi/disk.csi.example.com^");
  type("kubectl delete pod p");
  run_for(seconds(15));
  EXPECT_EQ(type("kubectl get nodes -o jsonpath={.items[*].status.volumesInUse}"), "");
  EXPECT_EQ(type("kubectl get volumeattachments"), "No resources found\n");
}

TEST_F(KubeletVolumeSources, OnePodAloneAtTheKubelet) {
  install("disk.csi.example.com");
  static_volume("data", "csi: {driver: disk.csi.example.com, volumeHandle: h}", "",
                "ReadWriteOncePod");
  user("a", claim("data"), "node-a");
  user("b", claim("data"), "node-a");
  run_for(seconds(30));
  EXPECT_EQ(ask("a", ".status.phase"), "Running");
  EXPECT_EQ(
      told("b", "FailedMount"),
      "MountVolume.SetUp failed for volume \"data\" : volume uses the ReadWriteOncePod access "
      "mode and is already in use by another pod\n");
}

TEST_F(KubeletVolumeSources, ALoneVolumeOfADriver) {
  install("ebs.csi.aws.com");
  install("efs.csi.aws.com");
  user("a", "csi: {driver: ebs.csi.aws.com}");
  user("b", "csi: {driver: efs.csi.aws.com}");
  user("c", "csi: {driver: nosuch.csi.example.com}");
  run_for(seconds(5));
  EXPECT_EQ(told("a", "FailedMount"),
            "MountVolume.NewMounter initialization failed for volume \"v\" : volume mode "
            "\"Ephemeral\" not supported by driver ebs.csi.aws.com (only supports "
            "[\"Persistent\"])\n");
  EXPECT_EQ(run_in("b", "touch /v/x; ls /v"), "x\n");
  EXPECT_EQ(told("c", "FailedMount"),
            "MountVolume.NewMounter initialization failed for volume \"v\" : volume mode "
            "\"Ephemeral\" not supported by driver nosuch.csi.example.com (no CSIDriver object)\n");
}

TEST_F(KubeletVolumeSources, SecretsAsFiles) {
  user("p", "secret: {secretName: s, defaultMode: 0400, items: [{key: a, path: deep/a}]}");
  run_for(seconds(3));
  EXPECT_EQ(told("p", "FailedMount"),
            "MountVolume.SetUp failed for volume \"v\" : secret \"s\" not found\n");
  type("kubectl create secret generic s --from-literal=a=one --from-literal=b=two");
  run_for(seconds(10));
  EXPECT_EQ(run_in("p", "cat /v/deep/a; stat -Lc %a /v/deep/a; ls /v"), "one400\ndeep\n");
  expect_part(run_in("p", "mount | grep /v"), "tmpfs");
}

}  // namespace
}  // namespace sim::testing
