// What the API server refuses, word for word: wrong manifests and the message that kubectl prints
// of each. The words are those of Kubernetes 1.30.
#include "sim/model/validate.h"

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "sim/model/defaults.h"
#include "sim/model/json.h"

namespace sim::testing {
namespace {

/// The object of a manifest as the API server has it when it validates.
std::shared_ptr<Object> read(const Json& json) {
  const Decoded decoded = decode(json);
  if (!decoded.object || !decoded.errors.empty()) {
    ADD_FAILURE() << json.dump()
                  << (decoded.errors.empty() ? "" : ": " + decoded.errors[0].message);
    return nullptr;
  }
  const auto object = std::const_pointer_cast<Object>(decoded.object);
  set_defaults(*object);
  if (info(object->kind).namespaced && object->meta.ns.empty()) object->meta.ns = "default";
  return object;
}

std::string created(const Json& json) {
  const std::shared_ptr<Object> object = read(json);
  if (!object) return "unreadable";
  const std::vector<FieldError> errors = validate_create(*object);
  if (errors.empty()) return {};
  return invalid_message(object->kind, object->meta.name, errors);
}

std::string updated(const Json& before, const Json& after) {
  const std::shared_ptr<Object> old_object = read(before);
  const std::shared_ptr<Object> new_object = read(after);
  if (!old_object || !new_object) return "unreadable";
  const std::vector<FieldError> errors = validate_update(*old_object, *new_object);
  if (errors.empty()) return {};
  return invalid_message(new_object->kind, new_object->meta.name, errors);
}

Json pod() {
  return Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
      "spec": {"containers": [{"name": "c", "image": "nginx:1.25"}],
               "volumes": [{"name": "v", "emptyDir": {}}]}})");
}

Json deployment() {
  return Json::parse(R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"},
      "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "d"}},
               "template": {"metadata": {"labels": {"app": "d"}},
                            "spec": {"containers": [{"name": "c", "image": "nginx:1.25"}]}}}})");
}

/// One field of a good manifest made wrong.
struct Case {
  const char* pointer;
  const char* value;    // JSON; empty takes the field away
  const char* message;  // behind `The Pod "p" is invalid: `
};

Json changed(Json json, const Case& one) {
  const Json::json_pointer pointer(one.pointer);
  if (std::string(one.value).empty()) {
    json.at(pointer.parent_pointer()).erase(pointer.back());
  } else {
    json[pointer] = Json::parse(one.value);
  }
  return json;
}

const std::string kLabelRegex =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must "
    "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
    "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const std::string kSubdomainRegex =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', "
    "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
    "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

TEST(Validate, GoodManifestsPass) {
  EXPECT_EQ(created(pod()), "");
  EXPECT_EQ(created(deployment()), "");
  EXPECT_EQ(updated(pod(), pod()), "");
  EXPECT_EQ(updated(deployment(), deployment()), "");
}

// ---- pods ----

const Case kPods[] = {
    {"/spec/containers", "[]", "spec.containers: Required value"},
    {"/spec/containers/0/name", "", "spec.containers[0].name: Required value"},
    {"/spec/containers/0/image", "", "spec.containers[0].image: Required value"},
    {"/spec/containers/0/image", R"(" nginx")",
     "spec.containers[0].image: Invalid value: \" nginx\": must not have leading or trailing "
     "whitespace"},
    {"/spec/containers/1", R"({"name": "c", "image": "busybox"})",
     "spec.containers[1].name: Duplicate value: \"c\""},
    {"/spec/containers/0/imagePullPolicy", R"("Sometimes")",
     "spec.containers[0].imagePullPolicy: Unsupported value: \"Sometimes\": supported values: "
     "\"Always\", \"IfNotPresent\", \"Never\""},
    {"/spec/containers/0/terminationMessagePolicy", R"("Log")",
     "spec.containers[0].terminationMessagePolicy: Unsupported value: \"Log\": supported values: "
     "\"File\", \"FallbackToLogsOnError\""},
    {"/spec/containers/0/restartPolicy", R"("Always")",
     "spec.containers[0].restartPolicy: Forbidden: may not be set for non-init containers"},
    {"/spec/restartPolicy", R"("Sometimes")",
     "spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", "
     "\"OnFailure\", \"Never\""},
    {"/spec/dnsPolicy", R"("Host")",
     "spec.dnsPolicy: Unsupported value: \"Host\": supported values: \"ClusterFirstWithHostNet\", "
     "\"ClusterFirst\", \"Default\", \"None\""},
    {"/spec/dnsPolicy", R"("None")",
     "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"},
    {"/spec/dnsConfig", R"({"nameservers": ["1.1.1"]})",
     "spec.dnsConfig.nameservers[0]: Invalid value: \"1.1.1\": must be a valid IP address, (e.g. "
     "10.9.8.7 or 2001:db8::ffff)"},
    {"/spec/dnsConfig", R"({"nameservers": ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"]})",
     "spec.dnsConfig.nameservers: Invalid value: []string{\"1.1.1.1\", \"1.1.1.2\", \"1.1.1.3\", "
     "\"1.1.1.4\"}: must not have more than 3 nameservers"},
    {"/spec/activeDeadlineSeconds", "0",
     "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"},
    {"/spec/preemptionPolicy", R"("Maybe")",
     "spec.preemptionPolicy: Unsupported value: \"Maybe\": supported values: "
     "\"PreemptLowerPriority\", \"Never\""},
    {"/spec/os", R"({"name": "plan9"})",
     "spec.os: Unsupported value: \"plan9\": supported values: \"linux\", \"windows\""},
    {"/spec/hostAliases", R"([{"ip": "here", "hostnames": ["a"]}])",
     "spec.hostAliases[0].ip: Invalid value: \"here\": must be a valid IP address, (e.g. 10.9.8.7 "
     "or 2001:db8::ffff)"},
    {"/spec/ephemeralContainers", R"([{"name": "e", "image": "busybox",
        "terminationMessagePolicy": "File", "imagePullPolicy": "Always"}])",
     "spec.ephemeralContainers: Forbidden: cannot be set on create"},

    // Ports.
    {"/spec/containers/0/ports", R"([{"containerPort": 70000}])",
     "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and "
     "65535, inclusive"},
    {"/spec/containers/0/ports", R"([{"name": "a"}])",
     "spec.containers[0].ports[0].containerPort: Required value"},
    {"/spec/containers/0/ports",
     R"([{"name": "a", "containerPort": 1}, {"name": "a", "containerPort": 2}])",
     "spec.containers[0].ports[1].name: Duplicate value: \"a\""},
    {"/spec/containers/0/ports", R"([{"name": "a-name-far-too-long", "containerPort": 1}])",
     "spec.containers[0].ports[0].name: Invalid value: \"a-name-far-too-long\": must be no more "
     "than 15 characters"},
    {"/spec/containers/0/ports", R"([{"containerPort": 80, "protocol": "HTTP"}])",
     "spec.containers[0].ports[0].protocol: Unsupported value: \"HTTP\": supported values: "
     "\"SCTP\", \"TCP\", \"UDP\""},
    {"/spec/containers/0/ports",
     R"([{"containerPort": 80, "hostPort": 8080}, {"containerPort": 81, "hostPort": 8080}])",
     "spec.containers[0].ports[1].hostPort: Duplicate value: \"TCP//8080\""},

    // Environment.
    {"/spec/containers/0/env", R"([{"value": "x"}])",
     "spec.containers[0].env[0].name: Required value"},
    {"/spec/containers/0/env", R"([{"name": "1st", "value": "x"}])",
     "spec.containers[0].env[0].name: Invalid value: \"1st\": a valid environment variable name "
     "must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a "
     "digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is "
     "'[-._a-zA-Z][-._a-zA-Z0-9]*')"},
    {"/spec/containers/0/env", R"([{"name": "a", "valueFrom": {}}])",
     "spec.containers[0].env[0].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`, "
     "`resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"},
    {"/spec/containers/0/env",
     R"([{"name": "a", "value": "b", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}])",
     "spec.containers[0].env[0].valueFrom: Invalid value: \"\": may not be specified when `value` "
     "is not empty"},
    {"/spec/containers/0/env",
     R"([{"name": "a", "valueFrom": {"fieldRef": {"fieldPath": "spec.image"}}}])",
     "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"spec.image\": error "
     "converting fieldPath: field label not supported: spec.image"},
    {"/spec/containers/0/env",
     R"([{"name": "a", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels"}}}])",
     "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "
     "\"metadata.labels\": supported values: \"metadata.name\", \"metadata.namespace\", "
     "\"metadata.uid\", \"spec.nodeName\", \"spec.serviceAccountName\", \"status.hostIP\", "
     "\"status.hostIPs\", \"status.podIP\", \"status.podIPs\""},
    {"/spec/containers/0/env",
     R"([{"name": "a", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "a b"}}}])",
     "spec.containers[0].env[0].valueFrom.configMapKeyRef.key: Invalid value: \"a b\": a valid "
     "config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
     "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"},
    {"/spec/containers/0/envFrom", R"([{"prefix": "A_"}])",
     "spec.containers[0].envFrom: Invalid value: \"\": must specify one of: `configMapRef` or "
     "`secretRef`"},
    {"/spec/containers/0/env",
     R"([{"name": "a", "valueFrom": {"resourceFieldRef": {"resource": "limits.gpu"}}}])",
     "spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "
     "\"limits.gpu\": supported values: \"limits.cpu\", \"limits.ephemeral-storage\", "
     "\"limits.memory\", \"requests.cpu\", \"requests.ephemeral-storage\", \"requests.memory\""},

    // Mounts and devices.
    {"/spec/containers/0/volumeMounts", R"([{"name": "other", "mountPath": "/x"}])",
     "spec.containers[0].volumeMounts[0].name: Not found: \"other\""},
    {"/spec/containers/0/volumeMounts", R"([{"name": "v", "mountPath": ""}])",
     "spec.containers[0].volumeMounts[0].mountPath: Required value"},
    {"/spec/containers/0/volumeMounts",
     R"([{"name": "v", "mountPath": "/x"}, {"name": "v", "mountPath": "/x"}])",
     "spec.containers[0].volumeMounts[1].mountPath: Invalid value: \"/x\": must be unique"},
    {"/spec/containers/0/volumeMounts",
     R"([{"name": "v", "mountPath": "/x", "subPath": "../etc"}])",
     "spec.containers[0].volumeMounts.subPath: Invalid value: \"../etc\": must not contain '..'"},
    {"/spec/containers/0/volumeMounts",
     R"([{"name": "v", "mountPath": "/x", "subPath": "a", "subPathExpr": "b"}])",
     "spec.containers[0].volumeMounts[0].subPathExpr: Invalid value: \"b\": subPathExpr and "
     "subPath are mutually exclusive"},
    {"/spec/containers/0/volumeMounts",
     R"([{"name": "v", "mountPath": "/x", "mountPropagation": "Bidirectional"}])",
     "spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation "
     "is available only to privileged containers"},
    {"/spec/containers/0/volumeDevices", R"([{"name": "v", "devicePath": "/dev/x"}])",
     "spec.containers[0].volumeDevices[0].name: Invalid value: \"v\": can only use volume source "
     "type of PersistentVolumeClaim or Ephemeral for block mode"},

    // Probes and hooks.
    {"/spec/containers/0/livenessProbe", "{}",
     "spec.containers[0].livenessProbe: Required value: must specify a handler type"},
    {"/spec/containers/0/livenessProbe", R"({"exec": {"command": []}})",
     "spec.containers[0].livenessProbe.exec.command: Required value"},
    {"/spec/containers/0/livenessProbe", R"({"tcpSocket": {"port": 1}, "successThreshold": 2})",
     "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1"},
    {"/spec/containers/0/readinessProbe",
     R"({"tcpSocket": {"port": 1}, "terminationGracePeriodSeconds": 5})",
     "spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not "
     "be set for readinessProbes"},
    {"/spec/containers/0/startupProbe", R"({"httpGet": {"port": 0}})",
     "spec.containers[0].startupProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, "
     "inclusive"},
    {"/spec/containers/0/livenessProbe",
     R"({"tcpSocket": {"port": 1}, "exec": {"command": ["true"]}})",
     "spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler "
     "type"},
    {"/spec/containers/0/livenessProbe",
     R"({"exec": {"command": ["true"]}, "initialDelaySeconds": -1})",
     "spec.containers[0].livenessProbe.initialDelaySeconds: Invalid value: -1: must be greater "
     "than or equal to 0"},
    {"/spec/containers/0/lifecycle", R"({"preStop": {"sleep": {"seconds": 40}}})",
     "spec.containers[0].lifecycle.preStop.sleep: Invalid value: 40: must be greater than 0 and "
     "less than terminationGracePeriodSeconds (30)"},
    {"/spec/initContainers",
     R"([{"name": "i", "image": "busybox", "readinessProbe": {"tcpSocket": {"port": 1}}}])",
     "spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without "
     "restartPolicy=Always"},
    {"/spec/initContainers", R"([{"name": "c", "image": "busybox"}])",
     "spec.initContainers[0].name: Duplicate value: \"c\""},
    {"/spec/initContainers", R"([{"name": "i", "image": "busybox", "restartPolicy": "Never"}])",
     "spec.initContainers[0].restartPolicy: Unsupported value: \"Never\": supported values: "
     "\"Always\""},

    // Resources. A resource's name prints without quotes.
    {"/spec/containers/0/resources", R"({"limits": {"cpu": "100m"}, "requests": {"cpu": "200m"}})",
     "spec.containers[0].resources.requests: Invalid value: \"200m\": must be less than or equal "
     "to "
     "cpu limit of 100m"},
    {"/spec/containers/0/resources", R"({"requests": {"memory": "-1Gi"}})",
     "spec.containers[0].resources.requests[memory]: Invalid value: \"-1Gi\": must be greater than "
     "or equal to 0"},
    {"/spec/containers/0/resources", R"({"requests": {"gpu": "1"}})",
     "\n* spec.containers[0].resources.requests[gpu]: Invalid value: gpu: must be a standard "
     "resource type or fully qualified"
     "\n* spec.containers[0].resources.requests[gpu]: Invalid value: gpu: must be a standard "
     "resource for containers"},
    {"/spec/containers/0/resources",
     R"({"limits": {"nvidia.com/gpu": "500m"}, "requests": {"nvidia.com/gpu": "500m"}})",
     "\n* spec.containers[0].resources.limits[nvidia.com/gpu]: Invalid value: "
     "resource.Quantity{i:resource.int64Amount{value:500, scale:-3}, "
     "d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:\"500m\", Format:\"DecimalSI\"}: must be an "
     "integer"
     "\n* spec.containers[0].resources.requests[nvidia.com/gpu]: Invalid value: "
     "resource.Quantity{i:resource.int64Amount{value:500, scale:-3}, "
     "d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:\"500m\", Format:\"DecimalSI\"}: must be an "
     "integer"},
    {"/spec/containers/0/resources",
     R"({"limits": {"hugepages-2Mi": "3Mi"}, "requests": {"cpu": "1"}})",
     "\n* spec.containers[0].resources.limits[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not "
     "positive integer multiple of hugepages-2Mi"
     "\n* spec.containers[0].resources.requests[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not "
     "positive integer multiple of hugepages-2Mi"},

    // Security.
    {"/spec/securityContext", R"({"runAsUser": -1})",
     "spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, "
     "inclusive"},
    {"/spec/containers/0/securityContext", R"({"seccompProfile": {"type": "Localhost"}})",
     "spec.containers[0].securityContext.seccompProfile.localhostProfile: Required value: must be "
     "set when seccomp type is Localhost"},
    {"/spec/securityContext", R"({"fsGroupChangePolicy": "Never"})",
     "spec.securityContext.fsGroupChangePolicy: Unsupported value: \"Never\": supported values: "
     "\"Always\", \"OnRootMismatch\""},
    {"/spec/securityContext", R"({"sysctls": [{"name": "Net", "value": "1"}]})",
     "spec.securityContext.sysctls[0].name: Invalid value: \"Net\": must have at most 253 "
     "characters and match regex "
     "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"},
    {"/spec/securityContext", R"({"appArmorProfile": {"type": "Local"}})",
     "spec.securityContext.appArmorProfile.type: Unsupported value: \"Local\": supported values: "
     "\"Localhost\", \"RuntimeDefault\", \"Unconfined\""},

    // Volumes.
    {"/spec/volumes", R"([{"name": "v", "emptyDir": {}}, {"name": "v", "emptyDir": {}}])",
     "spec.volumes[1].name: Duplicate value: \"v\""},
    {"/spec/volumes", R"([{"emptyDir": {}}])", "spec.volumes[0].name: Required value"},
    {"/spec/volumes/0/hostPath", R"({"path": "/a"})",
     "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"},
    {"/spec/volumes/0", R"({"name": "v", "hostPath": {"path": ""}})",
     "spec.volumes[0].hostPath.path: Required value"},
    {"/spec/volumes/0", R"({"name": "v", "hostPath": {"path": "/a/../b"}})",
     "spec.volumes[0].hostPath.path: Invalid value: \"/a/../b\": must not contain '..'"},
    {"/spec/volumes/0", R"({"name": "v", "hostPath": {"path": "/a", "type": "Folder"}})",
     "spec.volumes[0].hostPath.type: Unsupported value: \"Folder\": supported values: \"\", "
     "\"BlockDevice\", \"CharDevice\", \"Directory\", \"DirectoryOrCreate\", \"File\", "
     "\"FileOrCreate\", \"Socket\""},
    {"/spec/volumes/0", R"({"name": "v", "configMap": {"name": ""}})",
     "spec.volumes[0].configMap.name: Required value"},
    {"/spec/volumes/0", R"({"name": "v", "configMap": {"name": "m", "defaultMode": 1000}})",
     "spec.volumes[0].configMap.defaultMode: Invalid value: 1000: must be a number between 0 and "
     "0777 (octal), both inclusive"},
    {"/spec/volumes/0",
     R"({"name": "v", "configMap": {"name": "m", "items": [{"key": "a", "path": "/a"}]}})",
     "spec.volumes[0].configMap.items[0].path: Invalid value: \"/a\": must be a relative path"},
    {"/spec/volumes/0", R"({"name": "v", "secret": {}})",
     "spec.volumes[0].secret.secretName: Required value"},
    {"/spec/volumes/0", R"({"name": "v", "persistentVolumeClaim": {"claimName": ""}})",
     "spec.volumes[0].persistentVolumeClaim.claimName: Required value"},
    {"/spec/volumes/0", R"({"name": "v", "nfs": {"server": "s", "path": "data"}})",
     "spec.volumes[0].nfs.path: Invalid value: \"data\": must be an absolute path"},
    {"/spec/volumes/0", R"({"name": "v", "emptyDir": {"sizeLimit": "-1"}})",
     "spec.volumes[0].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource "
     "quantity"},
    {"/spec/volumes/0", R"({"name": "v", "csi": {"driver": ""}})",
     "\n* spec.volumes[0].csi.driver: Required value\n* spec.volumes[0].csi.driver: Invalid value: "
     "\"\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' "
     "or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex "
     "used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"},
    {"/spec/volumes/0", R"({"name": "v", "downwardAPI": {"items": [{"path": "a"}]}})",
     "spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is "
     "required"},
    {"/spec/volumes/0", R"({"name": "v", "projected": {"sources": [
        {"secret": {"name": "s", "items": [{"key": "k", "path": "a"}]}},
        {"configMap": {"name": "m", "items": [{"key": "k", "path": "a"}]}}]}})",
     "spec.volumes[0].projected: Invalid value: \"m\": conflicting duplicate paths"},
    {"/spec/volumes/0", R"({"name": "v", "projected": {"sources": [
        {"serviceAccountToken": {"path": "t", "expirationSeconds": 60}}]}})",
     "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: "
     "60: may not specify a duration less than 10 minutes"},
    {"/spec/volumes/0", R"({"name": "v", "ephemeral": {"volumeClaimTemplate": {
        "metadata": {"name": "x"}, "spec": {}}}})",
     "\n* spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set"
     "\n* spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least "
     "1 access mode is required"
     "\n* spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value"},

    // Scheduling.
    {"/spec/tolerations", R"([{"operator": "Equal", "value": "x"}])",
     "spec.tolerations[0].operator: Invalid value: \"Equal\": operator must be Exists when `key` "
     "is "
     "empty, which means \"match all values and all keys\""},
    {"/spec/tolerations", R"([{"key": "a", "operator": "Exists", "value": "x"}])",
     "spec.tolerations[0].operator: Invalid value: core.Toleration{Key:\"a\", Operator:\"Exists\", "
     "Value:\"x\", Effect:\"\", TolerationSeconds:(*int64)(nil)}: value must be empty when "
     "`operator` is 'Exists'"},
    {"/spec/tolerations", R"([{"key": "a", "operator": "Exists", "effect": "Never"}])",
     "spec.tolerations[0].effect: Unsupported value: \"Never\": supported values: \"NoSchedule\", "
     "\"PreferNoSchedule\", \"NoExecute\""},
    {"/spec/tolerations", R"([{"key": "a", "operator": "Exists", "tolerationSeconds": 5}])",
     "spec.tolerations[0].effect: Invalid value: \"\": effect must be 'NoExecute' when "
     "`tolerationSeconds` is set"},
    {"/spec/affinity", R"({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
        {"nodeSelectorTerms": []}}})",
     "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: "
     "Required value: must have at least one node selector term"},
    {"/spec/affinity", R"({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
        {"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "In"}]}]}}})",
     "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms["
     "0]"
     ".matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or "
     "'NotIn'"},
    {"/spec/affinity", R"({"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution":
        [{"weight": 0, "podAffinityTerm": {"topologyKey": "zone"}}]}})",
     "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: "
     "Invalid value: 0: must be in the range 1-100"},
    {"/spec/topologySpreadConstraints",
     R"([{"maxSkew": 0, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}])",
     "spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero"},
    {"/spec/topologySpreadConstraints",
     R"([{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "Wait"}])",
     "spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: \"Wait\": supported "
     "values: \"DoNotSchedule\", \"ScheduleAnyway\""},
    {"/spec/topologySpreadConstraints",
     R"([{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"},
         {"maxSkew": 2, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}])",
     "spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "
     "\"{zone, DoNotSchedule}\""},
    {"/spec/schedulingGates", R"([{"name": "a/b"}, {"name": "a/b"}])",
     "spec.schedulingGates[1]: Duplicate value: \"a/b\""},

    // Metadata.
    {"/metadata/labels", R"({"a": "b c"})",
     "metadata.labels: Invalid value: \"b c\": a valid label must be an empty string or consist of "
     "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
     "character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
     "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"},
    {"/metadata/finalizers", R"(["mine"])",
     "metadata.finalizers[0]: Invalid value: \"mine\": name is neither a standard finalizer name "
     "nor is it fully qualified"},
    {"/metadata/ownerReferences", R"([{"apiVersion": "", "kind": "Pod", "name": "x",
        "uid": "c8f6a1b2-7d3e-4f5a-9b6c-0d1e2f3a4b5c"}])",
     "metadata.ownerReferences.apiVersion: Invalid value: \"\": version must not be empty"},
    {"/metadata/annotations", R"({"controller.kubernetes.io/pod-deletion-cost": "+3"})",
     "metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: \"+3\": "
     "must "
     "be a 32bit integer"},
};

TEST(Validate, Pods) {
  for (const Case& one : kPods) {
    EXPECT_EQ(created(changed(pod(), one)), std::string("The Pod \"p\" is invalid: ") + one.message)
        << one.pointer << " = " << one.value;
  }
}

TEST(Validate, NamesOfAPod) {
  EXPECT_EQ(created(changed(pod(), {"/metadata/name", R"("My_Pod")", ""})),
            "The Pod \"My_Pod\" is invalid: metadata.name: Invalid value: \"My_Pod\": " +
                kSubdomainRegex);
  EXPECT_EQ(
      created(changed(pod(), {"/spec/containers/0/name", R"("A_b")", ""})),
      "The Pod \"p\" is invalid: spec.containers[0].name: Invalid value: \"A_b\": " + kLabelRegex);
  EXPECT_EQ(
      created(changed(pod(), {"/spec/nodeName", R"("Node A")", ""})),
      "The Pod \"p\" is invalid: spec.nodeName: Invalid value: \"Node A\": " + kSubdomainRegex);
}

TEST(Validate, HostNetworkPortsAreTheContainersOwn) {
  Json json = pod();
  json["spec"]["hostNetwork"] = true;
  json["spec"]["containers"][0]["ports"] =
      Json::parse(R"([{"containerPort": 80, "hostPort": 8080}])");
  EXPECT_EQ(created(json),
            "The Pod \"p\" is invalid: spec.containers[0].ports[0].hostPort: Invalid value: 8080: "
            "must match `containerPort` when `hostNetwork` is true");
}

TEST(Validate, AnEphemeralVolumesClaimIsNotNamedByHand) {
  Json json = pod();
  json["spec"]["volumes"] = Json::parse(R"([
      {"name": "v", "ephemeral": {"volumeClaimTemplate": {"spec": {
          "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}}},
      {"name": "w", "persistentVolumeClaim": {"claimName": "p-v"}}])");
  EXPECT_EQ(created(json),
            "The Pod \"p\" is invalid: spec.volumes[1].persistentVolumeClaim.claimName: Invalid "
            "value: \"p-v\": must not reference a PVC that gets created for an ephemeral volume");
}

TEST(Validate, TheSameMistakeIsSaidOnce) {
  Json json = pod();
  json["spec"]["containers"][0]["volumeMounts"] = Json::parse(R"([
      {"name": "v", "mountPath": "/a", "subPath": "/x"},
      {"name": "v", "mountPath": "/b", "subPath": "/x"}])");
  EXPECT_EQ(created(json),
            "The Pod \"p\" is invalid: spec.containers[0].volumeMounts.subPath: Invalid value: "
            "\"/x\": must be a relative path");
}

// ---- workloads ----

const Case kDeployments[] = {
    {"/spec/replicas", "-1",
     "spec.replicas: Invalid value: -1: must be greater than or equal to 0"},
    {"/spec/selector", "",
     "\n* spec.selector: Required value"
     "\n* spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"d\"}: "
     "`selector` does not match template `labels`"},
    {"/spec/selector", "{}",
     "spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), "
     "MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for "
     "deployment"},
    {"/spec/selector/matchLabels/tier", R"("web")",
     "spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"d\"}: `selector` "
     "does not match template `labels`"},
    {"/spec/selector", R"({"matchExpressions": [{"key": "app", "operator": "Is"}]})",
     "\n* spec.selector.matchExpressions[0].operator: Invalid value: \"Is\": not a valid selector "
     "operator"
     "\n* spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), "
     "MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:\"app\", "
     "Operator:\"Is\", Values:[]string(nil)}}}: invalid label selector"},
    {"/spec/template/spec/restartPolicy", R"("Never")",
     "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: "
     "\"Always\""},
    {"/spec/template/spec/activeDeadlineSeconds", "5",
     "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is "
     "not Supported"},
    {"/spec/template/spec/containers/0/image", "",
     "spec.template.spec.containers[0].image: Required value"},
    {"/spec/minReadySeconds", "-5",
     "spec.minReadySeconds: Invalid value: -5: must be greater than or equal to 0"},
    {"/spec/minReadySeconds", "600",
     "spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds"},
    {"/spec/revisionHistoryLimit", "-1",
     "spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0"},
    {"/spec/strategy", R"({"type": "Rolling"})",
     "spec.strategy: Unsupported value: apps.DeploymentStrategy{Type:\"Rolling\", "
     "RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}: supported values: \"Recreate\", "
     "\"RollingUpdate\""},
    {"/spec/strategy", R"({"type": "Recreate", "rollingUpdate": {"maxSurge": 1}})",
     "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is "
     "'Recreate'"},
    {"/spec/strategy", R"({"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}})",
     "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:0, "
     "IntVal:0, StrVal:\"\"}: may not be 0 when `maxSurge` is 0"},
    {"/spec/strategy", R"({"rollingUpdate": {"maxUnavailable": "150%"}})",
     "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, "
     "IntVal:0, StrVal:\"150%\"}: must not be greater than 100%"},
    {"/spec/strategy", R"({"rollingUpdate": {"maxSurge": "half"}})",
     "spec.strategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:1, IntVal:0, "
     "StrVal:\"half\"}: a valid percent string must consist of a numeric string followed by an "
     "ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"},
};

TEST(Validate, Deployments) {
  for (const Case& one : kDeployments) {
    EXPECT_EQ(created(changed(deployment(), one)),
              std::string("The Deployment \"d\" is invalid: ") + one.message)
        << one.pointer << " = " << one.value;
  }
}

TEST(Validate, ASelectorStays) {
  Json json = deployment();
  json["spec"]["selector"]["matchLabels"]["tier"] = "web";
  EXPECT_EQ(updated(deployment(), json),
            "The Deployment \"d\" is invalid: \n"
            "* spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"d\"}: "
            "`selector` does not match template `labels`\n"
            "* spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"
            "\"app\":\"d\", \"tier\":\"web\"}, "
            "MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable");
}

TEST(Validate, ReplicaSets) {
  Json json = deployment();
  json["kind"] = "ReplicaSet";
  EXPECT_EQ(created(json), "");
  json["spec"]["selector"]["matchLabels"]["app"] = "other";
  EXPECT_EQ(created(json),
            "The ReplicaSet \"d\" is invalid: spec.template.metadata.labels: Invalid value: "
            "map[string]string{\"app\":\"d\"}: `selector` does not match template `labels`");
}

// ---- the other kinds ----

struct Whole {
  const char* manifest;
  const char* message;
};

const Whole kOthers[] = {
    {R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"},
         "data": {"a/b": "x"}})",
     "The ConfigMap \"m\" is invalid: data[a/b]: Invalid value: \"a/b\": a valid config key must "
     "consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
     "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"},
    {R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"},
         "data": {"a": "x"}, "binaryData": {"a": "eA=="}})",
     "The ConfigMap \"m\" is invalid: data[a]: Invalid value: \"a\": duplicate of key present in "
     "binaryData"},
    {R"({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"},
         "spec": {"taints": [{"key": "a", "effect": "Never"}]}})",
     "The Node \"n\" is invalid: metadata.taints[0].effect: Unsupported value: \"Never\": "
     "supported "
     "values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\""},
    {R"({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "spec": {"taints": [
         {"key": "a", "effect": "NoSchedule"}, {"key": "a", "effect": "NoSchedule"}]}})",
     "The Node \"n\" is invalid: metadata.taints[1]: Duplicate value: core.Taint{Key:\"a\", "
     "Value:\"\", Effect:\"NoSchedule\", TimeAdded:(*v1.Time)(nil)}: taints must be unique by key "
     "and effect pair"},
    {R"({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"},
         "spec": {"podCIDRs": ["10.0.0.0"]}})",
     "The Node \"n\" is invalid: spec.podCIDRs[0]: Invalid value: \"10.0.0.0\": must be a valid "
     "CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"},
    {R"({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "l"},
         "spec": {"leaseDurationSeconds": 0}})",
     "The Lease \"l\" is invalid: spec.leaseDurationSeconds: Invalid value: 0: must be greater "
     "than "
     "0"},
    {R"({"apiVersion": "v1", "kind": "Event", "metadata": {"name": "e"},
         "involvedObject": {"kind": "Pod", "name": "p", "namespace": "other"}})",
     "The Event \"e\" is invalid: involvedObject.namespace: Invalid value: \"other\": does not "
     "match event.namespace"},
};

TEST(Validate, OtherKinds) {
  for (const Whole& one : kOthers) {
    EXPECT_EQ(created(Json::parse(one.manifest)), one.message) << one.manifest;
  }
  EXPECT_EQ(created(Json::parse(
                R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a.b"}})")),
            "The Namespace \"a.b\" is invalid: metadata.name: Invalid value: \"a.b\": must not "
            "contain dots");
  EXPECT_EQ(created(Json::parse(
                R"({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "A"}})")),
            "The ServiceAccount \"A\" is invalid: metadata.name: Invalid value: \"A\": " +
                kSubdomainRegex);
}

TEST(Validate, AnImmutableConfigMapStays) {
  const Json before = Json::parse(R"({"apiVersion": "v1", "kind": "ConfigMap",
      "metadata": {"name": "m"}, "data": {"a": "x"}, "immutable": true})");
  Json after = before;
  after["data"]["a"] = "y";
  after.erase("immutable");
  EXPECT_EQ(updated(before, after),
            "The ConfigMap \"m\" is invalid: \n"
            "* immutable: Forbidden: field is immutable when `immutable` is set\n"
            "* data: Forbidden: field is immutable when `immutable` is set");
}

TEST(Validate, ANodeKeepsItsAddresses) {
  const Json before = Json::parse(R"({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"},
      "spec": {"podCIDRs": ["10.0.0.0/24"], "providerID": "aws:///a/i-1"}})");
  Json after = before;
  after["spec"]["unschedulable"] = true;
  EXPECT_EQ(updated(before, after), "");
  after["spec"]["podCIDRs"][0] = "10.0.1.0/24";
  after["spec"]["providerID"] = "aws:///a/i-2";
  EXPECT_EQ(updated(before, after),
            "The Node \"n\" is invalid: \n"
            "* spec.podCIDRs: Forbidden: node updates may not change podCIDR except from \"\" to "
            "valid\n"
            "* spec.providerID: Forbidden: node updates may not change providerID except from \"\" "
            "to valid");
}

// ---- changes of pods ----

const std::string kPodUpdate =
    "The Pod \"p\" is invalid: spec: Forbidden: pod updates may not change fields other than "
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously "
    "negative)\n";

TEST(Validate, WhatMayChangeInAPod) {
  Json json = pod();
  json["spec"]["containers"][0]["image"] = "nginx:1.26";
  json["spec"]["activeDeadlineSeconds"] = 60;
  json["spec"]["tolerations"] = Json::parse(R"([{"key": "a", "operator": "Exists"}])");
  json["metadata"]["labels"] = Json::parse(R"({"a": "b"})");
  EXPECT_EQ(updated(pod(), json), "");
}

TEST(Validate, WhatMayNotChangeInAPod) {
  Json before = pod();
  before["spec"]["activeDeadlineSeconds"] = 60;
  before["spec"]["tolerations"] = Json::parse(R"([{"key": "a", "operator": "Exists"}])");
  Json after = before;
  after["spec"]["activeDeadlineSeconds"] = 90;
  EXPECT_EQ(updated(before, after),
            "The Pod \"p\" is invalid: spec.activeDeadlineSeconds: Invalid value: 90: must be less "
            "than or equal to previous value");
  after = before;
  after["spec"].erase("activeDeadlineSeconds");
  EXPECT_EQ(updated(before, after),
            "The Pod \"p\" is invalid: spec.activeDeadlineSeconds: Invalid value: \"null\": must "
            "not update from a positive integer to nil value");
  after = before;
  after["spec"]["tolerations"][0]["key"] = "b";
  EXPECT_EQ(updated(before, after),
            "The Pod \"p\" is invalid: spec.tolerations: Forbidden: existing toleration can not be "
            "modified except its tolerationSeconds");
  after = before;
  after["spec"]["containers"][1] = Json::parse(R"({"name": "d", "image": "busybox"})");
  EXPECT_EQ(updated(before, after),
            "The Pod \"p\" is invalid: spec.containers: Forbidden: pod updates may not add or "
            "remove containers");
  after = before;
  after["spec"]["schedulingGates"] = Json::parse(R"([{"name": "a/b"}])");
  EXPECT_EQ(updated(before, after),
            "The Pod \"p\" is invalid: spec.schedulingGates[0].name: Forbidden: only deletion is "
            "allowed, but found new scheduling gate 'a/b'");
}

TEST(Validate, AChangedPodIsShownAsADifference) {
  Json after = pod();
  after["spec"]["containers"][0]["imagePullPolicy"] = "Always";
  EXPECT_EQ(updated(pod(), after),
            kPodUpdate +
                "  core.PodSpec{\n"
                "  \tVolumes:        {{Name: \"v\", VolumeSource: {EmptyDir: &{}}}},\n"
                "  \tInitContainers: nil,\n"
                "  \tContainers: []core.Container{\n"
                "  \t\t{\n"
                "  \t\t\t... // 17 identical fields\n"
                "  \t\t\tTerminationMessagePath:   \"/dev/termination-log\",\n"
                "  \t\t\tTerminationMessagePolicy: \"File\",\n"
                "- \t\t\tImagePullPolicy:          \"IfNotPresent\",\n"
                "+ \t\t\tImagePullPolicy:          \"Always\",\n"
                "  \t\t\tSecurityContext:          nil,\n"
                "  \t\t\tStdin:                    false,\n"
                "  \t\t\t... // 2 identical fields\n"
                "  \t\t},\n"
                "  \t},\n"
                "  \tEphemeralContainers: nil,\n"
                "  \tRestartPolicy:       \"Always\",\n"
                "  \t... // 28 identical fields\n"
                "  }\n");
}

TEST(Validate, AChangedAmountIsShownAsADifference) {
  Json before = pod();
  before["spec"]["containers"][0]["resources"] =
      Json::parse(R"({"requests": {"cpu": "1", "memory": "10Gi"}})");
  Json after = before;
  after["spec"]["containers"][0]["resources"]["requests"]["memory"] = "2Gi";
  EXPECT_EQ(
      updated(before, after),
      kPodUpdate +
          "  core.PodSpec{\n"
          "  \tVolumes:        {{Name: \"v\", VolumeSource: {EmptyDir: &{}}}},\n"
          "  \tInitContainers: nil,\n"
          "  \tContainers: []core.Container{\n"
          "  \t\t{\n"
          "  \t\t\t... // 6 identical fields\n"
          "  \t\t\tEnvFrom: nil,\n"
          "  \t\t\tEnv:     nil,\n"
          "  \t\t\tResources: core.ResourceRequirements{\n"
          "  \t\t\t\tLimits: nil,\n"
          "  \t\t\t\tRequests: core.ResourceList{\n"
          "  \t\t\t\t\ts\"cpu\":    {i: {...}, s: \"1\", Format: \"DecimalSI\"},\n"
          "- \t\t\t\t\ts\"memory\": {i: resource.int64Amount{value: 10737418240}, s: \"10Gi\", "
          "Format: \"BinarySI\"},\n"
          "+ \t\t\t\t\ts\"memory\": {i: resource.int64Amount{value: 2147483648}, s: \"2Gi\", "
          "Format: \"BinarySI\"},\n"
          "  \t\t\t\t},\n"
          "  \t\t\t\tClaims: nil,\n"
          "  \t\t\t},\n"
          "  \t\t\tResizePolicy:  nil,\n"
          "  \t\t\tRestartPolicy: nil,\n"
          "  \t\t\t... // 13 identical fields\n"
          "  \t\t},\n"
          "  \t},\n"
          "  \tEphemeralContainers: nil,\n"
          "  \tRestartPolicy:       \"Always\",\n"
          "  \t... // 28 identical fields\n"
          "  }\n");
}

TEST(Validate, AVolumeTakenFromAPodIsShownAsADifference) {
  Json before = pod();
  before["spec"]["volumes"][1] =
      Json::parse(R"({"name": "w", "configMap": {"name": "a-name-that-needs-room", "items":
          [{"key": "the-key-of-the-file", "path": "the/path/of/the/file"}]}})");
  EXPECT_EQ(updated(before, pod()),
            kPodUpdate +
                "  core.PodSpec{\n"
                "  \tVolumes: []core.Volume{\n"
                "  \t\t{Name: \"v\", VolumeSource: {EmptyDir: &{}}},\n"
                "- \t\t{\n"
                "- \t\t\tName: \"w\",\n"
                "- \t\t\tVolumeSource: core.VolumeSource{\n"
                "- \t\t\t\tConfigMap: &core.ConfigMapVolumeSource{\n"
                "- \t\t\t\t\tLocalObjectReference: core.LocalObjectReference{...},\n"
                "- \t\t\t\t\tItems:                []core.KeyToPath{...},\n"
                "- \t\t\t\t\tDefaultMode:          &420,\n"
                "- \t\t\t\t},\n"
                "- \t\t\t},\n"
                "- \t\t},\n"
                "  \t},\n"
                "  \tInitContainers: nil,\n"
                "  \tContainers:     {{Name: \"c\", Image: \"nginx:1.25\", "
                "TerminationMessagePath: \"/dev/termination-log\", TerminationMessagePolicy: "
                "\"File\", ...}},\n"
                "  \t... // 30 identical fields\n"
                "  }\n");
}

TEST(Validate, MoreResourcesChangeTheQualityOfService) {
  Json after = pod();
  after["spec"]["containers"][0]["resources"] = Json::parse(R"({"requests": {"cpu": "1"}})");
  const std::string message = updated(pod(), after);
  EXPECT_EQ(message.substr(0, message.find("\n* spec: ")),
            "The Pod \"p\" is invalid: \n* metadata: Invalid value: \"\": Pod QoS is immutable");
}

TEST(Validate, AGatedPodMayNarrowItsNodes) {
  Json before = pod();
  before["spec"]["schedulingGates"] = Json::parse(R"([{"name": "a/b"}])");
  before["spec"]["nodeSelector"] = Json::parse(R"({"disk": "ssd"})");
  Json after = before;
  after["spec"]["nodeSelector"]["zone"] = "a";
  EXPECT_EQ(updated(before, after), "");
  after["spec"]["nodeSelector"]["disk"] = "hdd";
  EXPECT_EQ(
      updated(before, after),
      "The Pod \"p\" is invalid: spec.nodeSelector: Invalid value: map[string]string{"
      "\"disk\":\"hdd\", \"zone\":\"a\"}: only additions to spec.nodeSelector are allowed (no "
      "mutations or deletions)");
}

TEST(Validate, ALongTextIsShownByItsLines) {
  const auto script = [](const std::string& line) {
    return "set -e\necho one of the first lines\n" + line +
           "\necho one of the last lines\nexec nginx -g 'daemon off;'\n";
  };
  Json before = pod();
  before["spec"]["containers"][0]["args"] = Json::array({"-c", script("echo old")});
  Json after = pod();
  after["spec"]["containers"][0]["args"] = Json::array({"-c", script("echo new")});
  const std::string message = updated(before, after);
  EXPECT_NE(message.find("  \t\t\tArgs: []string{\n"
                         "  \t\t\t\t\"-c\",\n"
                         "  \t\t\t\t(\n"
                         "  \t\t\t\t\t\"\"\"\n"
                         "  \t\t\t\t\tset -e\n"
                         "  \t\t\t\t\techo one of the first lines\n"
                         "- \t\t\t\t\techo old\n"
                         "+ \t\t\t\t\techo new\n"
                         "  \t\t\t\t\techo one of the last lines\n"
                         "  \t\t\t\t\texec nginx -g 'daemon off;'\n"
                         "  \t\t\t\t\t\"\"\"\n"
                         "  \t\t\t\t),\n"
                         "  \t\t\t},\n"),
            std::string::npos)
      << message;
}

}  // namespace
}  // namespace sim::testing
