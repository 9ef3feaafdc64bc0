// Each row of the table of drivers: what a claim for it becomes.
#include "tests/support/storage_test.h"

namespace sim::testing {
namespace {

class VolumesDrivers : public StorageTest {
 protected:
  /// "<phase> <capacity> <what is in the volume's source>" of a claim, some time after it was made.
  std::string outcome(const std::string& manifest, Duration wait = minutes(1)) {
    apply(manifest);
    run_for(wait);
    const PersistentVolumeClaim& row = *claim_row("data");
    std::string text = row.status.phase.str();
    if (const PersistentVolume* bound = volume_of("data")) {
      text += " " + bound->spec.capacity.get("storage").text();
      if (bound->spec.source.csi) text += " " + bound->spec.source.csi->volume_handle.str();
      if (bound->spec.node_affinity) {
        const auto& each = bound->spec.node_affinity->required->node_selector_terms.front()
                               .match_expressions.front();
        text += " " + each.key.str() + "=" + each.values.front().str();
      }
    }
    return text;
  }
};

TEST_F(VolumesDrivers, ADriverThatIsNotInstalledIsWaitedFor) {
  apply(storage_class("gp3", "ebs.csi.aws.com") + claim("data", "gp3"));
  run_for(minutes(1));
  EXPECT_EQ(phase_of_claim("data"), "Pending");
  EXPECT_EQ(events_about("data"),
            "Normal ExternalProvisioning Waiting for a volume to be created either by the external "
            "provisioner 'ebs.csi.aws.com' or manually by the system administrator. If volume "
            "creation is delayed, please verify that the provisioner is running and correctly "
            "registered.\n");
  install("ebs.csi.aws.com");
  run_for(seconds(5));
  EXPECT_EQ(phase_of_claim("data"), "Bound");
}

TEST_F(VolumesDrivers, InstallingTellsTheNodes) {
  install("ebs.csi.aws.com");
  install("efs.csi.aws.com");
  run_for(seconds(1));
  EXPECT_EQ(type("kubectl get csidrivers -o jsonpath='{range .items[*]}{.metadata.name} "
                 "{.spec.attachRequired} {.spec.fsGroupPolicy};{end}'"),
            "ebs.csi.aws.com true File;efs.csi.aws.com false ReadWriteOnceWithFSType;");
  EXPECT_EQ(type("kubectl get csinode node-a -o jsonpath='{range .spec.drivers[*]}{.name} "
                 "{.topologyKeys[0]} {.allocatable.count};{end}'"),
            "ebs.csi.aws.com topology.ebs.csi.aws.com/zone 25;efs.csi.aws.com  ;");
  EXPECT_EQ(type("kubectl get node node-b -o "
                 "jsonpath='{.metadata.labels.topology\\.ebs\\.csi\\.aws\\.com/zone}'"),
            "us-west-2b");
}

TEST_F(VolumesDrivers, EbsMakesAZonalDiskOfWholeGibibytes) {
  install("ebs.csi.aws.com");
  const std::string got = outcome(storage_class("gp3", "ebs.csi.aws.com") +
                                  claim("data", "gp3", "ReadWriteOnce", "1500Mi"));
  EXPECT_EQ(got.substr(0, 14), "Bound 2Gi vol-");
  EXPECT_NE(got.find(" topology.ebs.csi.aws.com/zone=us-west-2"), std::string::npos) << got;
  EXPECT_EQ(type("kubectl get pv -o jsonpath='{.items[0].spec.csi.fsType} "
                 "{.items[0].spec.persistentVolumeReclaimPolicy}'"),
            "ext4 Delete");
}

TEST_F(VolumesDrivers, EbsGoesToTheZoneOfTheSelectedNode) {
  install("ebs.csi.aws.com");
  const std::string got = outcome(
      storage_class("gp3", "ebs.csi.aws.com", "volumeBindingMode: WaitForFirstConsumer") +
      claim("data", "gp3") + pod("user", "data", "nodeSelector: {kubernetes.io/hostname: node-b}"));
  EXPECT_NE(got.find(" topology.ebs.csi.aws.com/zone=us-west-2b"), std::string::npos) << got;
}

TEST_F(VolumesDrivers, EbsIsNotShared) {
  install("ebs.csi.aws.com");
  EXPECT_EQ(
      outcome(storage_class("gp3", "ebs.csi.aws.com") + claim("data", "gp3", "ReadWriteMany")),
      "Pending");
  EXPECT_NE(events_about("data").find(
                "Warning ProvisioningFailed failed to provision volume with StorageClass \"gp3\": "
                "rpc error: code = InvalidArgument desc = Volume capabilities not supported"),
            std::string::npos);
}

TEST_F(VolumesDrivers, AClaimWithASelectorIsNeverProvisioned) {
  install("ebs.csi.aws.com");
  outcome(storage_class("gp3", "ebs.csi.aws.com") +
          claim("data", "gp3", "ReadWriteOnce", "1Gi", "selector: {matchLabels: {a: b}}"));
  EXPECT_NE(events_about("data").find("claim Selector is not supported"), std::string::npos);
}

TEST_F(VolumesDrivers, EfsMakesAnAccessPoint) {
  install("efs.csi.aws.com");
  const std::string got =
      outcome(storage_class("efs", "efs.csi.aws.com",
                            "parameters: {provisioningMode: efs-ap, fileSystemId: fs-0123}") +
              claim("data", "efs", "ReadWriteMany", "5Gi"));
  EXPECT_EQ(got.substr(0, 29), "Bound 5Gi fs-0123::fsap-" + got.substr(24, 5));
  const std::string name = "efs.csi.aws.com/" + got.substr(10);
  EXPECT_NE(world().store().find(Kind::Disk, "", name), 0U);
  type("kubectl delete pvc data");
  run_for(seconds(10));
  EXPECT_EQ(world().store().count(Kind::PersistentVolume), 0U);
  EXPECT_NE(world().store().find(Kind::Disk, "", name), 0U);  // the files stay
}

TEST_F(VolumesDrivers, EfsNeedsAFileSystem) {
  install("efs.csi.aws.com");
  EXPECT_EQ(
      outcome(storage_class("efs", "efs.csi.aws.com", "parameters: {provisioningMode: efs-ap}") +
              claim("data", "efs", "ReadWriteMany")),
      "Pending");
  EXPECT_NE(events_about("data").find("Missing fileSystemId parameter"), std::string::npos);
}

TEST_F(VolumesDrivers, LustreTakesMinutesAndComesInLargeSteps) {
  install("fsx.csi.aws.com");
  EXPECT_EQ(
      outcome(storage_class("fsx", "fsx.csi.aws.com") + claim("data", "fsx", "ReadWriteMany")),
      "Pending");
  run_for(minutes(8));
  EXPECT_EQ(type("kubectl get pvc data -o jsonpath={.status.capacity.storage}"), "1200Gi");
}

TEST_F(VolumesDrivers, OntapTakesEveryMode) {
  install("csi.trident.netapp.io");
  EXPECT_EQ(outcome(storage_class("nas", "csi.trident.netapp.io") +
                    claim("data", "nas", "ReadOnlyMany, ReadWriteMany, ReadWriteOnce", "1Gi"))
                .substr(0, 14),
            "Bound 1Gi pvc-");
}

TEST_F(VolumesDrivers, OpenZfsWantsExactlyOneGibibyte) {
  install("fsx.openzfs.csi.aws.com");
  EXPECT_EQ(outcome(storage_class("zfs", "fsx.openzfs.csi.aws.com",
                                  "parameters: {ResourceType: volume}") +
                    claim("data", "zfs", "ReadWriteMany", "2Gi") +
                    claim("right", "zfs", "ReadWriteMany", "1Gi")),
            "Pending");
  EXPECT_NE(events_about("data").find("resourceType Volume expects storage capacity to be 1Gi"),
            std::string::npos);
  EXPECT_EQ(phase_of_claim("right"), "Bound");
  EXPECT_EQ(volume_of("right")->spec.source.csi->volume_handle.str().substr(0, 6), "fsvol-");
}

TEST_F(VolumesDrivers, S3IsNeverProvisioned) {
  install("s3.csi.aws.com");
  EXPECT_EQ(outcome(storage_class("s3", "s3.csi.aws.com") + claim("data", "s3", "ReadWriteMany")),
            "Pending");
}

TEST_F(VolumesDrivers, LocalPathIsADirectoryOfTheNode) {
  install("rancher.io/local-path");
  const std::string got = outcome(
      storage_class("local", "rancher.io/local-path", "volumeBindingMode: WaitForFirstConsumer") +
      claim("data", "local") +
      pod("user", "data", "nodeSelector: {kubernetes.io/hostname: node-b}"));
  EXPECT_EQ(got, "Bound 1Gi kubernetes.io/hostname=node-b");
  const Path path = parse_path(volume_of("data")->spec.source.host_path->path);
  EXPECT_NE(world().find<Machine>("", "node-b")->host_files.find(path), nullptr);
  type("kubectl delete pod user; kubectl delete pvc data");
  run_for(seconds(10));
  EXPECT_EQ(world().find<Machine>("", "node-b")->host_files.find(path), nullptr);
}

TEST_F(VolumesDrivers, ACloneBeginsWithItsSourcesFiles) {
  install("disk.csi.example.com");
  apply(storage_class("disk", "disk.csi.example.com") + claim("source", "disk") +
        pod("user", "source"));
  run_for(seconds(30));
  type("kubectl exec user -- touch /data/kept");
  const std::string clone = "dataSource: {kind: PersistentVolumeClaim, name: source}";
  apply(claim("copy", "disk", "ReadWriteOnce", "1Gi", clone) +
        claim("lost", "disk", "ReadWriteOnce", "1Gi",
              "dataSource: {kind: PersistentVolumeClaim, name: nothing}"));
  run_for(seconds(5));
  ASSERT_NE(volume_of("copy"), nullptr);
  const Disk* disk = world().get<Disk>(contents_of(world(), volume_of("copy")->spec));
  EXPECT_NE(disk->tree.find({Str("kept")}), nullptr);
  EXPECT_EQ(phase_of_claim("lost"), "Pending");
}

}  // namespace
}  // namespace sim::testing
