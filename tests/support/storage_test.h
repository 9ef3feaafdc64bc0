// A WorldTest whose cluster has storage drivers: what the tests of volumes begin with.
#pragma once

#include <string>
#include <utility>

#include "sim/base/format.h"
#include "sim/world/drivers.h"
#include "tests/support/world_test.h"

namespace sim::testing {

inline constexpr const char* kAssets =
    "public.ecr.aws/aws-containers/retail-store-sample-assets:0.4.0";

class StorageTest : public WorldTest {
 protected:
  void install(const std::string& name) {
    Plan plan;
    install_driver(world(), plan, *find_driver(name));
    simulation().carry_out(std::move(plan), {0, "test"});
  }
  void apply(const std::string& manifest) {
    write("manifest.yaml", manifest);
    type("kubectl apply -f manifest.yaml");
  }
  static std::string storage_class(const std::string& name, const std::string& provisioner,
                                   const std::string& more = "") {
    return fmt::format(
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {{name: {}}}\n"
        "provisioner: {}\n{}\n---\n",
        name, provisioner, more);
  }
  static std::string claim(const std::string& name, const std::string& storage_class,
                           const std::string& mode = "ReadWriteOnce",
                           const std::string& size = "1Gi", const std::string& more = "") {
    return fmt::format(
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: {}}}\nspec:\n"
        "  accessModes: [{}]\n  resources: {{requests: {{storage: {}}}}}\n{}{}---\n",
        name, mode, size,
        storage_class == "(none)" ? "" : fmt::format("  storageClassName: \"{}\"\n", storage_class),
        more.empty() ? "" : "  " + more + "\n");
  }
  static std::string volume(const std::string& name, const std::string& storage_class,
                            const std::string& size, const std::string& modes,
                            const std::string& policy = "Retain",
                            const std::string& source = "hostPath: {path: /tmp/data}") {
    return fmt::format(
        "apiVersion: v1\nkind: PersistentVolume\nmetadata: {{name: {}}}\nspec:\n"
        "  storageClassName: \"{}\"\n  capacity: {{storage: {}}}\n  accessModes: [{}]\n"
        "  persistentVolumeReclaimPolicy: {}\n  {}\n---\n",
        name, storage_class, size, modes, policy, source);
  }
  /// A pod with one container that has the claim at /data.
  static std::string pod(const std::string& name, const std::string& claim,
                         const std::string& more = "") {
    return fmt::format(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {0}}}\nspec:\n"
        "  terminationGracePeriodSeconds: 1\n  {2}\n"
        "  containers: [{{name: c, image: \"{3}\", imagePullPolicy: IfNotPresent, volumeMounts: "
        "[{{name: v, mountPath: /data}}]}}]\n"
        "  volumes: [{{name: v, persistentVolumeClaim: {{claimName: {1}}}}}]\n---\n",
        name, claim, more, kAssets);
  }
  const PersistentVolumeClaim* claim_row(const std::string& name) {
    return world().find<PersistentVolumeClaim>("default", name);
  }
  const PersistentVolume* volume_row(const std::string& name) {
    return world().find<PersistentVolume>("", name);
  }
  /// The volume that a claim is bound to; null: none.
  const PersistentVolume* volume_of(const std::string& name) {
    const PersistentVolumeClaim* found = claim_row(name);
    return found ? volume_row(found->spec.volume_name.str()) : nullptr;
  }
  std::string phase_of_claim(const std::string& name) {
    return type("kubectl get pvc " + name + " -o jsonpath={.status.phase}");
  }
  std::string phase_of_volume(const std::string& name) {
    return type("kubectl get pv " + name + " -o jsonpath={.status.phase}");
  }
  /// "Type Reason Message" of each event about an object of the name, as the recorders keep them.
  std::string events_about(const std::string& name) {
    return type("kubectl get events --field-selector involvedObject.name=" + name +
                " --sort-by=.metadata.creationTimestamp --no-headers -o "
                "custom-columns=T:.type,R:.reason,M:.message | sed 's/   */ /g'");
  }
};

}  // namespace sim::testing
