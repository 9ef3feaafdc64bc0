// The programs of the person's terminal that reach beyond the cluster: what they change, what they
// print, and what they say that podsight does not model.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class HostPrograms : public WorldTest {};

TEST_F(HostPrograms, EnvsubstPutsVariablesIn) {
  EXPECT_EQ(type("export A=1 B='x y'; echo 'a=$A b=${B} c=$C $ ${ ${A $1 \\$A' | envsubst"),
            "a=1 b=x y c= $ ${ ${A $1 \\1\n");
  EXPECT_EQ(type("echo '$A $B' | envsubst '$B'"), "$A x y\n");
  EXPECT_EQ(type("envsubst -v 'a $A ${B}'"), "A\nB\n");
  EXPECT_EQ(type("X=hidden; echo $X- | envsubst; echo '[$X]' | envsubst"), "hidden-\n[]\n");
}

TEST_F(HostPrograms, ABucketHoldsObjects) {
  EXPECT_EQ(type("aws s3 mb s3://pictures"), "make_bucket: pictures\n");
  EXPECT_EQ(type("aws s3 mb s3://pictures 2>&1 | cut -c1-80"),
            "make_bucket failed: s3://pictures An error occurred (BucketAlreadyOwnedByYou) wh\n");
  type("mkdir -p d/e; echo one > d/a.txt; echo two > d/e/b.txt; echo three > c.txt");
  EXPECT_EQ(type("aws s3 cp d s3://pictures/ --recursive"),
            "upload: d/a.txt to s3://pictures/a.txt\nupload: d/e/b.txt to s3://pictures/e/b.txt\n");
  EXPECT_EQ(type("aws s3 cp c.txt s3://pictures"), "upload: ./c.txt to s3://pictures/c.txt\n");
  EXPECT_EQ(type("aws s3 ls pictures | cut -c21-"),
            "       PRE e/\n         4 a.txt\n         6 c.txt\n");
  EXPECT_EQ(type("aws s3 ls s3://pictures/e/ --recursive | cut -c21-"), "         4 e/b.txt\n");
  EXPECT_EQ(type("aws s3 cp s3://pictures/e/b.txt copy.txt; cat copy.txt"),
            "download: s3://pictures/e/b.txt to ./copy.txt\ntwo\n");
  EXPECT_EQ(type("aws s3 rm s3://pictures/a.txt; aws s3 ls s3://pictures/a.txt; echo $?"),
            "delete: s3://pictures/a.txt\n1\n");
  EXPECT_EQ(type("aws s3 ls nowhere"),
            "\nAn error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: The "
            "specified bucket does not exist\n");
  EXPECT_EQ(status(), 254);
  EXPECT_EQ(type("aws s3 cp nofile s3://pictures/"),
            "\nThe user-provided path nofile does not exist.\n");
  EXPECT_EQ(type("aws s3 rb s3://pictures --force | tail -n 1; aws s3 ls | wc -l"),
            "remove_bucket: pictures\n0\n");
}

TEST_F(HostPrograms, AnAddOnInstallsItsDriver) {
  EXPECT_EQ(type("aws eks create-addon --cluster-name c --addon-name aws-ebs-csi-driver "
                 "--configuration-values '{\"defaultStorageClass\":{\"enabled\":true}}' "
                 "--query addon.status --output text"),
            "CREATING\n");
  EXPECT_EQ(type("aws eks wait addon-active --cluster-name c --addon-name aws-ebs-csi-driver; "
                 "aws eks describe-addon --cluster-name c --addon-name aws-ebs-csi-driver "
                 "--query addon.status"),
            "\"ACTIVE\"\n");
  EXPECT_EQ(type("kubectl get csidriver -o name"), "csidriver.storage.k8s.io/ebs.csi.aws.com\n");
  EXPECT_EQ(type("kubectl get sc --no-headers | cut -c1-31"), "ebs-csi-default-sc (default)   \n");
  EXPECT_EQ(type("kubectl get csinode node-a -o jsonpath='{.spec.drivers[*].name}'"),
            "ebs.csi.aws.com");
  settle();
  EXPECT_EQ(type("kubectl get ds -n kube-system ebs-csi-node -o "
                 "jsonpath='{.status.desiredNumberScheduled}'"),
            "2");
  type("aws eks delete-addon --cluster-name c --addon-name aws-ebs-csi-driver");
  settle();
  EXPECT_EQ(type("kubectl get csidriver,ds -A"), "No resources found\n");
  EXPECT_EQ(type("aws eks wait addon-active --cluster-name c --addon-name aws-ebs-csi-driver"),
            "\nWaiter AddonActive failed: An error occurred (ResourceNotFoundException): No addon: "
            "aws-ebs-csi-driver found in cluster: c\n");
  EXPECT_EQ(status(), 255);
}

TEST_F(HostPrograms, EksctlInstallsTheSame) {
  type("eksctl create addon --name aws-efs-csi-driver --cluster c");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(type("kubectl get csidriver -o name"), "csidriver.storage.k8s.io/efs.csi.aws.com\n");
  EXPECT_EQ(type("eksctl create nodegroup --cluster c"),
            "eksctl: podsight does not model `eksctl create nodegroup`\n");
  EXPECT_EQ(status(), 1);
}

TEST_F(HostPrograms, HelmKeepsReleases) {
  EXPECT_EQ(type("helm install t netapp/trident-operator"),
            "Error: INSTALLATION FAILED: repo netapp not found\n");
  EXPECT_EQ(type("helm repo add netapp https://netapp.github.io/trident-helm-chart"),
            "\"netapp\" has been added to your repositories\n");
  EXPECT_EQ(type("helm install t netapp/trident-operator -n trident"),
            "Error: INSTALLATION FAILED: create: failed to create: namespaces \"trident\" not "
            "found\n");
  type("helm install t netapp/trident-operator -n trident --create-namespace --wait");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(type("kubectl get secret -n trident -o name"), "secret/sh.helm.release.v1.t.v1\n");
  EXPECT_EQ(type("kubectl get csidriver -o name"),
            "csidriver.storage.k8s.io/csi.trident.netapp.io\n");
  EXPECT_EQ(type("helm install t netapp/trident-operator -n trident"),
            "Error: INSTALLATION FAILED: cannot re-use a name that is still in use\n");
  EXPECT_EQ(type("helm install x netapp/other"),
            "helm: podsight does not model the chart netapp/other\n");
  EXPECT_EQ(type("helm uninstall t -n trident; kubectl get csidriver"),
            "release \"t\" uninstalled\nNo resources found\n");
}

TEST_F(HostPrograms, FileSystemsAreMadeAndFound) {
  type("aws efs create-file-system --tags Key=Name,Value=shop-assets > /dev/null");
  EXPECT_EQ(type("aws efs describe-file-systems --query \"FileSystems[?Name=='shop-assets'] | [0]"
                 ".FileSystemId\" --output text | cut -c1-3"),
            "fs-\n");
  EXPECT_EQ(type("aws efs describe-file-systems --query \"FileSystems[?Name=='x'] | [0].Name\" "
                 "--output text"),
            "None\n");
  type(
      "FS=$(aws fsx create-file-system --file-system-type OPENZFS --storage-capacity 128 --tags "
      "Key=Name,Value=z --query FileSystem.FileSystemId --output text)");
  EXPECT_EQ(type("aws fsx describe-file-systems --file-system-id $FS | jq -r '.FileSystems[] | "
                 ".OpenZFSConfiguration.RootVolumeId' | cut -c1-6"),
            "fsvol-\n");
  EXPECT_EQ(type("aws fsx describe-file-systems --output json | jq -r --arg n z '.FileSystems[] | "
                 "select(.Tags[] | select(.Key==\"Name\" and .Value==$n)) | .FileSystemType'"),
            "OPENZFS\n");
  EXPECT_EQ(type("aws ec2 run-instances"),
            "aws: podsight does not model `aws ec2 run-instances`\n");
}

TEST_F(HostPrograms, ALinkedBucketAndItsFileSystemAreAlike) {
  type(
      "aws s3 mb s3://linked; FS=$(aws fsx create-file-system --file-system-type LUSTRE "
      "--storage-capacity 1200 --query FileSystem.FileSystemId --output text)");
  type(
      "ID=$(aws fsx create-data-repository-association --file-system-id $FS --file-system-path / "
      "--data-repository-path s3://linked --query Association.AssociationId --output text)");
  EXPECT_EQ(type("STATE='aws fsx describe-data-repository-associations --association-ids '$ID' "
                 "--query Associations[0].Lifecycle --output text'; $STATE; sleep 61; $STATE"),
            "CREATING\nAVAILABLE\n");
  type("echo one > a.txt; aws s3 cp a.txt s3://linked/");
  const Id disk = world().store().find(
      Kind::Disk, "", "fsx.csi.aws.com/" + [this] {
        std::string id = type("echo $FS");
        id.pop_back();
        return id;
      }());
  ASSERT_NE(disk, 0);
  EXPECT_NE(world().get<Disk>(disk)->tree.find(parse_path("/a.txt")), nullptr);
}

TEST_F(HostPrograms, JqAndYq) {
  EXPECT_EQ(type("echo '{\"a\":[{\"b\":1,\"c\":\"x\"},{\"b\":2}]}' | jq -c '.a[] | {b, d: .c}'"),
            "{\"b\":1,\"d\":\"x\"}\n{\"b\":2,\"d\":null}\n");
  EXPECT_EQ(type("echo '[1,2,3]' | jq '. | length'; echo '[1,2,3]' | jq -c 'map(select(. > 1))'"),
            "3\n[2,3]\n");
  EXPECT_EQ(type("echo '{\"a\":1}' | jq .; echo '{}' | jq '.a.b'; echo '[1]' | jq '.a'"),
            "{\n  \"a\": 1\n}\nnull\njq: error (at <stdin>:0): Cannot index array with \"a\"\n");
  EXPECT_EQ(status(), 5);
  EXPECT_EQ(type("kubectl get ns -o yaml | yq '.items[0].metadata.name'"), "default\n");
  EXPECT_EQ(type("echo '{}' | jq 'reduce .[] as $x (0; . + $x)'"),
            "jq: podsight does not model the filter reduce .[] as $x (0; . + $x)\n");
}

TEST_F(HostPrograms, CurlKnowsThePicturesOfTheShop) {
  type(
      "curl -sO https://raw.githubusercontent.com/aws-containers/retail-store-sample-app/main/src/"
      "assets/public/assets/gentleman.jpg; curl -O -s https://raw.githubusercontent.com/"
      "aws-containers/retail-store-sample-app/main/src/assets/public/assets/{gentleman.jpg,"
      "wood_watch.jpg}");
  EXPECT_EQ(type("ls *.jpg"), "gentleman.jpg\nwood_watch.jpg\n");
  EXPECT_EQ(type("curl -O https://example.com/x"),
            "curl: (6) Could not resolve host: example.com\n");
  EXPECT_EQ(status(), 6);
}

}  // namespace
}  // namespace sim::testing
