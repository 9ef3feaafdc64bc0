// Objects to JSON and back: what is written is what the API server shows, what is read is read as
// strictly as it reads.
#include "sim/model/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/base/file_io.h"
#include "sim/model/cluster_types.h"
#include "sim/model/defaults.h"
#include "sim/model/manifest.h"
#include "sim/model/workload_types.h"
#include "tests/support/paths.h"

namespace sim::testing {
namespace {

Json y(const std::string& yaml) { return parse_documents("#\n" + yaml, "test")[0].json; }

Decoded decoded(const std::string& yaml) { return decode(y(yaml)); }

TEST(Encode, KeepsWhatEveryKindSays) {
  const char* const kObjects[] = {
      "{apiVersion: v1, kind: Namespace, metadata: {creationTimestamp: null, name: a}, "
      "spec: {finalizers: [kubernetes]}, status: {phase: Active}}",
      "{apiVersion: v1, kind: ConfigMap, metadata: {creationTimestamp: '2025-01-01T00:00:00Z', "
      "name: "
      "a, namespace: b, uid: 11111111-2222-4333-8444-555555555555, resourceVersion: '7', "
      "labels: {x: z}, annotations: {p: q}}, data: {a: x, b: ''}, binaryData: {c: AAE=}, "
      "immutable: "
      "yes}",
      "{apiVersion: v1, kind: ServiceAccount, metadata: {creationTimestamp: null, name: a}, "
      "secrets: [{name: s}], imagePullSecrets: [{name: i}], automountServiceAccountToken: no}",
      "{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {creationTimestamp: null, name: "
      "a}, "
      "spec: {holderIdentity: h, leaseDurationSeconds: 40, renewTime: "
      "'2025-01-01T00:00:00.123456Z'}}",
      "{apiVersion: v1, kind: Event, metadata: {creationTimestamp: null, name: a, namespace: b}, "
      "involvedObject: {kind: Pod, name: p}, reason: R, message: m, source: {component: c}, "
      "firstTimestamp: '2025-01-01T00:00:00Z', lastTimestamp: null, count: 2, type: Normal, "
      "eventTime: null, reportingComponent: '', reportingInstance: ''}",
  };
  for (const char* const yaml : kObjects) {
    const Decoded object = decoded(yaml);
    ASSERT_TRUE(object.object) << yaml;
    EXPECT_TRUE(object.errors.empty()) << object.errors[0].message;
    EXPECT_EQ(encode(*object.object), y(yaml));
  }
}

TEST(Encode, ComesBackTheSame) {
  for (const char* const name :
       {"divewatch/assets.yaml", "missing-config/lab.yaml", "container-restart/pod.yaml",
        "emptydir-two-containers/pod.yaml"}) {
    const std::string file = source_path(std::string("tests/conformance/") + name);
    for (const Document& document : parse_documents(read_file(file), file)) {
      const Decoded first = decode(document.json);
      ASSERT_TRUE(first.object) << file;
      EXPECT_TRUE(first.errors.empty()) << file;
      const Json json = encode(*first.object);
      EXPECT_EQ(encode(*decode(json).object), json) << file;
      // Nothing that was written is lost.
      Json merged = json;
      merged.merge_patch(document.json);
      if (first.object->kind != Kind::Pod) {
        EXPECT_EQ(merged.size(), json.size()) << file;
      }
    }
  }
}

TEST(Encode, LeavesOutAndPrintsAsGoDoes) {
  const Decoded object = decoded(
      "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {selector: {}, template: "
      "{spec: {containers: [{name: c, resources: {limits: {cpu: 1000m, memory: 1024Mi}}, "
      "livenessProbe: {httpGet: {port: http}}, env: [{name: E}]}], volumes: [{name: v, emptyDir: "
      "{}}]}}}}");
  ASSERT_TRUE(object.object);
  const Json json = encode(*object.object);
  EXPECT_EQ(json["metadata"], y("{creationTimestamp: null, name: a}"));
  EXPECT_EQ(json["status"], Json::object());
  EXPECT_FALSE(json["spec"].contains("replicas"));
  EXPECT_EQ(json["spec"]["strategy"], Json::object());
  EXPECT_EQ(json["spec"]["template"]["spec"]["volumes"], y("[{name: v, emptyDir: {}}]"));
  EXPECT_EQ(json["spec"]["template"]["spec"]["containers"][0],
            y("{name: c, resources: {limits: {cpu: '1', memory: 1Gi}}, livenessProbe: {httpGet: "
              "{port: http}}, env: [{name: E}]}"));
}

TEST(Encode, OfAPodHasItsNodeName) {
  const Decoded object = decoded(
      "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeName: node, containers: [{name: "
      "c}]}}");
  const Pod* const pod = as<Pod>(object.object);
  ASSERT_TRUE(pod);
  EXPECT_EQ(pod->node_name, "node");
  EXPECT_EQ(encode(*pod)["spec"]["nodeName"], "node");
}

TEST(Decode, SaysWhatIsWrongInTheServersWords) {
  struct Row {
    const char* spec;  // of a Deployment
    const char* message;
    const char* path;
    const char* pointer;
    bool strict;
    bool read;  // the rest can be used
  };
  const Row rows[] = {
      {"{foo: 1}", "unknown field \"spec.foo\"", "spec.foo", "/spec/foo", true, true},
      {"{Replicas: 1}", "unknown field \"spec.Replicas\"", "spec.Replicas", "/spec/Replicas", true,
       true},
      {"{template: {spec: {containers: [{name: a}, {imagee: x}]}}}",
       "unknown field \"spec.template.spec.containers[1].imagee\"",
       "spec.template.spec.containers[1].imagee", "/spec/template/spec/containers/1/imagee", true,
       true},
      {"{replicas: '3'}",
       "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type "
       "int32",
       "spec.replicas", "/spec/replicas", false, false},
      {"{replicas: 1.5}",
       "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of "
       "type "
       "int32",
       "spec.replicas", "/spec/replicas", false, false},
      {"{replicas: 3000000000}",
       "json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas "
       "of "
       "type int32",
       "spec.replicas", "/spec/replicas", false, false},
      {"{paused: 'yes'}",
       "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.paused of type bool",
       "spec.paused", "/spec/paused", false, false},
      {"{template: {spec: {containers: {name: a}}}}",
       "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers "
       "of "
       "type []v1.Container",
       "spec.template.spec.containers", "/spec/template/spec/containers", false, false},
      {"{template: {metadata: {labels: {a: 1}}}}",
       "json: cannot unmarshal number into Go struct field "
       "ObjectMeta.spec.template.metadata.labels "
       "of type string",
       "spec.template.metadata.labels.a", "/spec/template/metadata/labels/a", false, false},
      {"{template: {spec: {containers: [{name: a, resources: {limits: {cpu: x}}}]}}}",
       "quantities must match the regular expression "
       "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
       "spec.template.spec.containers[0].resources.limits.cpu",
       "/spec/template/spec/containers/0/resources/limits/cpu", false, false},
      {"{template: {spec: {containers: [{name: a, env: [{name: A, value: 1}]}]}}}",
       "json: cannot unmarshal number into Go struct field "
       "EnvVar.spec.template.spec.containers.env.value of type string",
       "spec.template.spec.containers[0].env[0].value",
       "/spec/template/spec/containers/0/env/0/value", false, false},
      {"{strategy: {rollingUpdate: {maxSurge: yes}}}",
       "json: cannot unmarshal bool into Go struct field "
       "RollingUpdateDeployment.spec.strategy.rollingUpdate.maxSurge of type int32",
       "spec.strategy.rollingUpdate.maxSurge", "/spec/strategy/rollingUpdate/maxSurge", false,
       false},
      {"{template: {metadata: {annotations: {a/b: no}}}}",
       "json: cannot unmarshal bool into Go struct field "
       "ObjectMeta.spec.template.metadata.annotations of type string",
       "spec.template.metadata.annotations.a/b", "/spec/template/metadata/annotations/a~1b", false,
       false},
  };
  for (const Row& row : rows) {
    Json json = y("{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}");
    json["spec"] = y(row.spec);
    const Decoded result = decode(json);
    ASSERT_EQ(result.errors.size(), 1u) << row.spec;
    EXPECT_EQ(result.errors[0].message, row.message);
    EXPECT_EQ(result.errors[0].path, row.path);
    EXPECT_EQ(result.errors[0].pointer, row.pointer);
    EXPECT_EQ(result.errors[0].strict, row.strict) << row.spec;
    EXPECT_EQ(result.object != nullptr, row.read) << row.spec;
  }
}

TEST(Decode, TellsStrictErrorsFirst) {
  const Decoded result = decoded(
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {x: 1}}, data: {b: 2}, dat: "
      "{}}");
  ASSERT_EQ(result.errors.size(), 3u);
  EXPECT_TRUE(result.errors[0].strict);
  EXPECT_EQ(result.errors[0].message, "unknown field \"dat\"");
  EXPECT_FALSE(result.errors[1].strict);
  EXPECT_FALSE(result.object);
}

TEST(Decode, NeedsAKindThatExists) {
  struct Row {
    const char* yaml;
    const char* message;
  };
  const Row rows[] = {
      {"{apiVersion: v1, kind: Pods}", "no matches for kind \"Pods\" in version \"v1\""},
      {"{apiVersion: v2, kind: Pod}", "no matches for kind \"Pod\" in version \"v2\""},
      {"{apiVersion: v1, kind: Deployment}",
       "no matches for kind \"Deployment\" in version \"v1\""},
      {"{apiVersion: v1, kind: Machine}", "no matches for kind \"Machine\" in version \"v1\""},
      {"{apiVersion: v1, a: b}",
       "Object 'Kind' is missing in '{\"a\":\"b\",\"apiVersion\":\"v1\"}'"},
      {"{kind: Pod}", "Object 'apiVersion' is missing in '{\"kind\":\"Pod\"}'"},
      {"[1]",
       "json: cannot unmarshal array into Go value of type struct { APIVersion string "
       "\"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }"},
  };
  for (const Row& row : rows) {
    const Decoded result = decoded(row.yaml);
    EXPECT_FALSE(result.object);
    ASSERT_EQ(result.errors.size(), 1u) << row.yaml;
    EXPECT_EQ(result.errors[0].message, row.message);
  }
}

TEST(Decode, ReadsTimesAndNulls) {
  const Decoded object = decoded(
      "{apiVersion: v1, kind: Pod, metadata: {name: a, creationTimestamp: '2025-01-01T01:02:03Z', "
      "labels: null, ownerReferences: null}, spec: {containers: [{name: c, args: null, stdin: "
      "null}], securityContext: null, terminationGracePeriodSeconds: null}}");
  const Pod* const pod = as<Pod>(object.object);
  ASSERT_TRUE(pod);
  EXPECT_EQ(to_rfc3339(*pod->meta.creation_timestamp), "2025-01-01T01:02:03Z");
  EXPECT_FALSE(pod->spec->security_context);
  EXPECT_FALSE(pod->spec->termination_grace_period_seconds);
  const Decoded bad =
      decoded("{apiVersion: v1, kind: Pod, metadata: {name: a, creationTimestamp: 'x'}, spec: {}}");
  ASSERT_EQ(bad.errors.size(), 1u);
  EXPECT_EQ(bad.errors[0].message,
            "parsing time \"x\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"x\" as \"2006\"");
}

TEST(TypeOf, NamesWhatTheManifestNames) {
  const TypeName known = type_of(y("{apiVersion: apps/v1, kind: ReplicaSet}"));
  EXPECT_EQ(known.known, Kind::ReplicaSet);
  const TypeName other = type_of(y("{apiVersion: batch/v1, kind: Workflow}"));
  EXPECT_EQ(other.api_version + " " + other.kind, "batch/v1 Workflow");
  EXPECT_FALSE(other.known);
  EXPECT_FALSE(type_of(Json("text")).known);
  EXPECT_FALSE(type_of(y("{apiVersion: 1, kind: [a]}")).known);
}

}  // namespace
}  // namespace sim::testing
