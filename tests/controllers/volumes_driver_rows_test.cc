// Each row of the table of drivers, from the claim to the deleted claim: what two pods on two nodes
// share, what they see of the volume, and what is left of the files in the end.
#include <string>

#include "tests/support/storage_test.h"

namespace sim::testing {
namespace {

struct Row {
  const char* name;
  const char* driver;    // to install; empty: it is in the kubelet
  const char* made_by;   // a class's provisioner and more, or the source of a volume made by hand
  const char* mode;      // of the claim
  Duration wait;         // until the claim is bound and both pods had their chance
  const char* other;     // what the pod on the other node gets
  const char* attached;  // the nodes of its VolumeAttachments
  const char* df;        // device, size
  const char* fresh;     // what `ls` shows before anything was written
  const char* rewrite;   // what becomes of a second write to the same file
  const char* left;      // of volume and files, when pods and claim are gone
};

constexpr const char* kHere =
    "\n  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: "
    "kubernetes.io/hostname, operator: In, values: [node-a]}]}]}}";
constexpr const char* kLate = "volumeBindingMode: WaitForFirstConsumer";

const Row kRows[] = {
    {"Ebs", "ebs.csi.aws.com", kLate, "ReadWriteOnce", minutes(1), "no node with its volume",
     "node-a", "/dev/nvme1n1 1.0G", "lost+found", "", "erased"},
    {"Efs", "efs.csi.aws.com", "parameters: {provisioningMode: efs-ap, fileSystemId: fs-1}",
     "ReadWriteMany", minutes(1), "the same files", "", "127.0.0.1:/ 8.0E", "", "", "orphaned"},
    {"FsxLustre", "fsx.csi.aws.com", "", "ReadWriteMany", minutes(9), "the same files", "",
     "198.19.255.7@tcp:/fsx 1.2T", "", "", "erased"},
    {"FsxOntap", "csi.trident.netapp.io", "", "ReadWriteMany", minutes(1), "the same files",
     "node-a node-b", "198.19.255.1:/trident 1.0G", "", "", "erased"},
    {"FsxOpenZfs", "fsx.openzfs.csi.aws.com", "parameters: {ResourceType: volume}", "ReadWriteMany",
     minutes(2), "the same files", "", "198.19.255.5:/fsx 1.0G", "", "", "erased"},
    {"MountpointS3", "s3.csi.aws.com", "csi: {driver: s3.csi.aws.com, volumeHandle: b}",
     "ReadWriteMany", minutes(1), "the same files", "", "", "",
     "sh: can't create /data/f: Operation not permitted\ncommand terminated with exit code 1\n",
     "Released, kept"},
    {"LocalPath", "rancher.io/local-path", kLate, "ReadWriteOnce", minutes(1),
     "no node with its volume", "", "/dev/vda1 100.0G", "", "", "erased"},
    {"LocalVolume", "", "local: {path: /srv/d}", "ReadWriteOnce", minutes(1),
     "no node with its volume", "", "/dev/vda1 100.0G", "", "", "Released, kept"},
    {"HostPath", "", "hostPath: {path: /srv/d, type: DirectoryOrCreate}", "ReadWriteOnce",
     minutes(1), "an empty directory", "", "/dev/vda1 100.0G", "", "", "Released, kept"},
    {"Nfs", "", "nfs: {server: nfs.example.com, path: /d}", "ReadWriteMany", minutes(1),
     "the same files", "", "nfs.example.com:/d 1.0T", "", "", "Released, kept"},
};

class VolumesDriverRows : public StorageTest, public ::testing::WithParamInterface<Row> {
 protected:
  static std::string on(const std::string& node) {
    return "nodeSelector: {kubernetes.io/hostname: " + node + "}";
  }
  /// Wherever the file of a volume lies: a volume's contents, or a directory of node-a.
  bool is_kept(const PersistentVolumeSpec& spec, const std::string& disk) {
    if (!disk.empty()) {
      const Id id = world().store().find(Kind::Disk, "", disk);
      return id != 0 && world().get<Disk>(id)->tree.find({Str("f")}) != nullptr;
    }
    const std::string directory =
        spec.source.local ? spec.source.local->path.str() : spec.source.host_path->path.str();
    return world().find<Machine>("", "node-a")->host_files.find(parse_path(directory + "/f")) !=
           nullptr;
  }
  std::string other_pod() {
    if (type("kubectl get pod two -o jsonpath={.status.phase}") == "Running") {
      return type("kubectl exec two -- ls /data").find("f\n") != std::string::npos
                 ? "the same files"
                 : "an empty directory";
    }
    const std::string told = events_about("two");
    if (told.find("node(s) had volume node affinity conflict") != std::string::npos) {
      return "no node with its volume";
    }
    // A local volume leaves only its own nodes to look at.
    if (told.find("node(s) didn't match Pod's node affinity/selector") != std::string::npos) {
      return "no node with its volume";
    }
    return told;
  }
};

TEST_P(VolumesDriverRows, FromTheClaimToItsEnd) {
  const Row& row = GetParam();
  const std::string made_by = row.made_by;
  const bool by_hand = made_by.find(": {path") != std::string::npos || made_by.find("csi: ") == 0 ||
                       made_by.find("nfs: ") == 0;
  const std::string local = made_by.find("local:") == 0 ? kHere : "";
  if (*row.driver) install(row.driver);
  if (by_hand) {
    if (!local.empty()) {
      write("mk.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: mk}\nspec: {nodeName: node-a, containers: "
            "[{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: "
            "v, hostPath: {path: /srv/d, type: DirectoryOrCreate}}]}\n");
      type(
          "kubectl apply -f mk.yaml; kubectl wait --for=condition=Ready pod/mk; kubectl delete pod "
          "mk --force");
    }
    apply(volume("pv", "", "1Gi", row.mode, "Retain", made_by + local) +
          claim("data", "", row.mode, "1Gi", "volumeName: pv"));
  } else {
    apply(storage_class("class", row.driver, made_by) + claim("data", "class", row.mode));
  }
  apply(pod("one", "data", on("node-a")));
  run_for(row.wait);
  ASSERT_EQ(type("kubectl get pod one -o jsonpath={.status.phase}"), "Running")
      << events_about("one") << events_about("data");
  ASSERT_NE(volume_of("data"), nullptr);
  const PersistentVolumeSpec spec = volume_of("data")->spec;
  const std::string disk = contents_name(spec);
  const std::string fresh = *row.fresh ? std::string(row.fresh) + "\n" : "";
  EXPECT_EQ(type("kubectl exec one -- ls /data"), fresh);
  EXPECT_EQ(type("kubectl exec one -- sh -c 'echo first > /data/f'"), "");
  EXPECT_EQ(type("kubectl exec one -- sh -c 'echo second > /data/f'"), row.rewrite);
  apply(pod("two", "data", on("node-b")));
  run_for(minutes(1));
  EXPECT_EQ(other_pod(), row.other);
  EXPECT_EQ(type("kubectl get volumeattachments -o jsonpath='{.items[*].spec.nodeName}' | tr ' ' "
                 "'\\n' | sort | xargs"),
            std::string(row.attached) + "\n");
  const std::string df =
      type("kubectl exec one -- df -hP /data | tail -n +2 | tr -s ' ' | cut -d' ' -f1,2");
  if (*row.df) {
    EXPECT_EQ(df, std::string(row.df) + "\n");
  }
  EXPECT_TRUE(is_kept(spec, disk));
  // What the pod leaves is there for the next one.
  type("kubectl delete pod one two");
  apply(pod("three", "data", on("node-a")));
  run_for(minutes(1));
  EXPECT_NE(type("kubectl exec three -- ls /data").find("f\n"), std::string::npos);
  const std::string name = volume_of("data")->meta.name.str();
  type("kubectl delete pod three; kubectl delete pvc data");
  run_for(minutes(2));
  const PersistentVolume* left = volume_row(name);
  const bool kept = is_kept(spec, disk);
  EXPECT_EQ(left ? left->status.phase.str() + (kept ? ", kept" : ", erased")
                 : std::string(kept ? "orphaned" : "erased"),
            row.left);
}

INSTANTIATE_TEST_SUITE_P(Table, VolumesDriverRows, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sim::testing
