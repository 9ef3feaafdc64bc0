// What becomes of a file when something happens to the node it is reached from, or to its zone: the
// rows of nodes of the survival matrix, of which tests/controllers/storage_survival_test.cc has
// those of containers, pods and claims.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "sim/base/format.h"
#include "sim/survive/survive.h"
#include "tests/support/paths.h"
#include "tests/support/storage_test.h"

namespace sim::testing {
namespace {

struct NodeRow {
  Trial trial;
  // Per place: + a pod sees it when all is quiet, - it is gone, z away until the zone is back, d
  // until the Node object is deleted, a until somebody takes care.
  const char* deployment;
  const char* stateful_set;
};
std::ostream& operator<<(std::ostream& out, const NodeRow& row) {
  return out << name_of(row.trial);
}

const NodeRow kRows[] = {
    // A drained node keeps what lies on it, and the new pod runs elsewhere.
    {Trial::Drain, "WL- ED- EM- HPa NF+ S3+ GE- BD+ BR+ LPa", "WL- ED- NF+ BD+"},
    // Less than five minutes: the pods stay bound. New containers, empty memory.
    {Trial::NodeReboot, "WL- ED+ EM- HP+ NF+ S3+ GE+ BD+ BR+ LP+", "WL- ED+ NF+ BD+"},
    // It never comes back. Nobody may take a disk from a pod that may still write; and no second
    // pod of the name is made while the first may still run.
    {Trial::NodeCrash, "WL- ED- EM- HP- NF+ S3+ GE- BDd BRd LP-", "WL- ED- NFd BDd"},
    {Trial::ZoneLoss, "WL- ED- EM- HPa NF+ S3+ GE- BDz BRz LPz", "WL- ED- NFz BDz"},
};

class NodeSurvival : public ::testing::TestWithParam<NodeRow> {};

TEST_P(NodeSurvival, WhatIsLeft) {
  SurviveRequest request;
  request.paths = {source_path("tests/survive/manifests/kinds.yaml")};
  request.events = {std::string(name_of(GetParam().trial))};
  const Survival survival = find_survival(request);
  std::map<std::string, std::string> got;  // by kind of workload
  std::map<std::string, bool> has_layer;
  for (const WorkloadSurvival& workload : survival.workloads) {
    ASSERT_EQ(workload.problem, "") << workload.name;
    for (const SurvivingPath& path : workload.containers.at(0).paths) {
      // Of several Deployments the first one's layer stands for all.
      if (path.layer && has_layer[workload.kind]) continue;
      has_layer[workload.kind] = has_layer[workload.kind] || path.layer;
      ASSERT_EQ(path.problem, "") << path.path;
      const Outcome& outcome = path.outcomes.at(0);
      const char fate = outcome.fate == Fate::Kept              ? '+'
                        : outcome.fate == Fate::Lost            ? '-'
                        : outcome.until == Until::ZoneReturns   ? 'z'
                        : outcome.until == Until::NodeIsDeleted ? 'd'
                                                                : 'a';
      std::string& cells = got[workload.kind];
      const std::string cell = fmt::format("{}{}", path.layer ? "WL" : path.path.substr(1), fate);
      if (path.layer) {
        cells = cells.empty() ? cell : cell + " " + cells;
      } else {
        cells += cells.empty() ? cell : " " + cell;
      }
    }
  }
  EXPECT_EQ(got["Deployment"], GetParam().deployment);
  EXPECT_EQ(got["StatefulSet"], GetParam().stateful_set);
}

INSTANTIATE_TEST_SUITE_P(Table, NodeSurvival, ::testing::ValuesIn(kRows), [](const auto& row) {
  std::string name;
  for (const char c : name_of(row.param.trial)) {
    if (c != '-') name += c;
  }
  return name;
});

// Longer than a pod is tolerated on a silent node: it is deleted as soon as the node is back, and
// its replacement has been running elsewhere for a while, or waits for the disk of the zone.
class LongOutage : public StorageTest {};

TEST_F(LongOutage, APodIsReplacedAndItsNodeComesBack) {
  install("efs.csi.aws.com");
  install("ebs.csi.aws.com");
  const auto workload = [](const std::string& name, const std::string& mounts,
                           const std::string& volumes) {
    return fmt::format(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {0}}}\nspec:\n"
        "  selector: {{matchLabels: {{app: {0}}}}}\n  template:\n"
        "    metadata: {{labels: {{app: {0}}}}}\n    spec:\n"
        "      affinity: {{nodeAffinity: {{preferredDuringSchedulingIgnoredDuringExecution: "
        "[{{weight: 100, preference: {{matchExpressions: [{{key: kubernetes.io/hostname, "
        "operator: In, values: [node-a]}}]}}}}]}}}}\n"
        "      containers: [{{name: c, image: {1}, volumeMounts: [{2}]}}]\n"
        "      volumes: [{3}]\n---\n",
        name, kAssets, mounts, volumes);
  };
  apply(storage_class("efs", "efs.csi.aws.com",
                      "parameters: {provisioningMode: efs-ap, fileSystemId: fs-0123456789abcdef0, "
                      "directoryPerms: \"700\"}") +
        storage_class("ebs", "ebs.csi.aws.com", "volumeBindingMode: WaitForFirstConsumer") +
        claim("shared", "efs", "ReadWriteMany") + claim("block", "ebs") +
        workload("free",
                 "{name: ed, mountPath: /ed}, {name: em, mountPath: /em}, {name: hp, mountPath: "
                 "/hp}, {name: nf, mountPath: /nf}",
                 "{name: ed, emptyDir: {}}, {name: em, emptyDir: {medium: Memory}}, {name: hp, "
                 "hostPath: {path: /srv/hp}}, {name: nf, persistentVolumeClaim: {claimName: "
                 "shared}}") +
        workload("zonal", "{name: bd, mountPath: /bd}",
                 "{name: bd, persistentVolumeClaim: {claimName: block}}"));
  const std::string waited =
      type("kubectl wait --timeout=180s --for=condition=Available deployment --all");
  ASSERT_EQ(status(), 0) << waited << type("kubectl get events");
  ASSERT_EQ(type("kubectl get pods -o jsonpath='{.items[*].spec.nodeName}'"), "node-a node-a");
  EXPECT_EQ(type("kubectl exec deployment/free -- sh -c 'for d in ed em hp nf; do echo x > "
                 "/$d/mark; done'; kubectl exec deployment/zonal -- touch /bd/mark"),
            "");
  type("sim node stop node-a; sim advance 8m");
  const std::string running =
      " --field-selector=status.phase=Running -o jsonpath="
      "'{.items[-1:].metadata.name}'";
  type("FREE=$(kubectl get pods -l app=free --sort-by=.metadata.creationTimestamp" + running + ")");
  const char* look =
      "kubectl exec $FREE -- sh -c 'for d in ed em hp nf; do test -e /$d/mark && "
      "echo -n $d; done; true'";
  EXPECT_EQ(type(look), "nf");
  EXPECT_EQ(type("kubectl get pods -l app=zonal --sort-by=.metadata.creationTimestamp "
                 "-o jsonpath='{.items[*].status.phase}'"),
            "Running Pending");
  type("sim node start node-a; sim advance 4m");
  EXPECT_EQ(type(look), "nf");
  EXPECT_EQ(type("kubectl exec deployment/zonal -- ls /bd/mark"), "/bd/mark\n");
  EXPECT_EQ(type("kubectl get pods -o jsonpath='{.items[*].status.phase}'"), "Running Running");
  // The node has what its directory had, and nothing of the pod that was.
  const Machine& machine = *world().find<Machine>("", "node-a");
  EXPECT_TRUE(machine.host_files.find(parse_path("/srv/hp/mark")));
}

}  // namespace
}  // namespace sim::testing
