// The three ways to patch, and the patch that `kubectl apply` makes.
#include "sim/model/merge.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/model/manifest.h"

namespace sim::testing {
namespace {

/// JSON written as YAML, to be short.
Json y(const std::string& text) {
  const std::vector<Document> documents = parse_documents("#\n" + text, "test");
  return documents.empty() ? Json() : documents[0].json;
}

struct Row {
  const char* name;
  const char* document;
  const char* patch;
  const char* result;
};

TEST(StrategicMerge, MergesByKindOfField) {
  const Row rows[] = {
      {"scalar", "{spec: {replicas: 1, paused: yes}}", "{spec: {replicas: 3}}",
       "{spec: {replicas: 3, paused: yes}}"},
      {"null deletes", "{metadata: {labels: {a: b, c: d}}}", "{metadata: {labels: {a: null}}}",
       "{metadata: {labels: {c: d}}}"},
      {"null of nothing", "{spec: {}}",
       "{spec: {paused: null, template: {spec: {hostname: null}}}}",
       "{spec: {template: {spec: {}}}}"},
      {"containers by name",
       "{spec: {template: {spec: {containers: [{name: a, image: x, tty: true}, {name: b, image: "
       "y}]}}}}",
       "{spec: {template: {spec: {containers: [{name: b, image: z}, {name: c, image: w}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, image: x, tty: true}, {name: b, image: "
       "z}, "
       "{name: c, image: w}]}}}}"},
      {"new items first where nothing orders them",
       "{spec: {template: {spec: {containers: [{name: a}]}}}}",
       "{spec: {template: {spec: {containers: [{name: n}]}}}}",
       "{spec: {template: {spec: {containers: [{name: n}, {name: a}]}}}}"},
      {"mounts by path",
       "{spec: {template: {spec: {containers: [{name: a, volumeMounts: [{mountPath: /x, name: "
       "v}]}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, volumeMounts: [{mountPath: /x, name: w}, "
       "{mountPath: /y, name: v}]}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, volumeMounts: [{mountPath: /x, name: w}, "
       "{mountPath: /y, name: v}]}]}}}}"},
      {"ports by number",
       "{spec: {template: {spec: {containers: [{name: a, ports: [{containerPort: 80, protocol: "
       "TCP}]}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, ports: [{containerPort: 80, name: "
       "http}]}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, ports: [{containerPort: 80, name: http, "
       "protocol: TCP}]}]}}}}"},
      {"env by name",
       "{spec: {template: {spec: {containers: [{name: a, env: [{name: A, value: '1'}, {name: B, "
       "value: '2'}]}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, env: [{name: B, $patch: delete}, {name: "
       "C, value: '3'}]}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, env: [{name: C, value: '3'}, {name: A, "
       "value: '1'}]}]}}}}"},
      {"args as a whole", "{spec: {template: {spec: {containers: [{name: a, args: [x, y]}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, args: [z]}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, args: [z]}]}}}}"},
      {"tolerations as a whole", "{spec: {template: {spec: {tolerations: [{key: a}, {key: b}]}}}}",
       "{spec: {template: {spec: {tolerations: [{key: c}]}}}}",
       "{spec: {template: {spec: {tolerations: [{key: c}]}}}}"},
      {"finalizers are a set", "{metadata: {finalizers: [a, b]}}",
       "{metadata: {finalizers: [b, c]}}", "{metadata: {finalizers: [a, b, c]}}"},
      {"finalizers deleted", "{metadata: {finalizers: [a, b, c]}}",
       "{metadata: {$deleteFromPrimitiveList/finalizers: [a, c, x]}}",
       "{metadata: {finalizers: [b]}}"},
      {"deleted from nothing", "{metadata: {}}",
       "{metadata: {$deleteFromPrimitiveList/finalizers: [a]}}", "{metadata: {}}"},
      {"an object replaced", "{spec: {template: {spec: {securityContext: {runAsUser: 1}}}}}",
       "{spec: {template: {spec: {securityContext: {$patch: replace, fsGroup: 2}}}}}",
       "{spec: {template: {spec: {securityContext: {fsGroup: 2}}}}}"},
      {"an object emptied", "{metadata: {labels: {a: b}}, spec: {template: {metadata: {name: x}}}}",
       "{spec: {template: {metadata: {$patch: delete}}}}",
       "{metadata: {labels: {a: b}}, spec: {template: {metadata: {}}}}"},
      {"a list replaced", "{spec: {template: {spec: {containers: [{name: a}, {name: b}]}}}}",
       "{spec: {template: {spec: {containers: [{name: c}, {$patch: replace}]}}}}",
       "{spec: {template: {spec: {containers: [{name: c}]}}}}"},
      {"an item deleted", "{spec: {template: {spec: {volumes: [{name: a}, {name: b}]}}}}",
       "{spec: {template: {spec: {volumes: [{name: a, $patch: delete}]}}}}",
       "{spec: {template: {spec: {volumes: [{name: b}]}}}}"},
      {"deletion where nothing is", "{spec: {}}",
       "{spec: {template: {spec: {volumes: [{name: a, $patch: delete}, {name: b}]}}}}",
       "{spec: {template: {spec: {volumes: [{name: b}]}}}}"},
      {"the order set",
       "{spec: {template: {spec: {containers: [{name: a}, {name: b}, {name: side}]}}}}",
       "{spec: {template: {spec: {$setElementOrder/containers: [{name: b}, {name: n}, {name: a}], "
       "containers: [{name: n, image: x}]}}}}",
       "{spec: {template: {spec: {containers: [{name: b}, {name: n, image: x}, {name: a}, {name: "
       "side}]}}}}"},
      {"only the order", "{metadata: {finalizers: [a, b, c]}}",
       "{metadata: {$setElementOrder/finalizers: [c, a]}}", "{metadata: {finalizers: [b, c, a]}}"},
      {"keys retained", "{spec: {strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}}}",
       "{spec: {strategy: {$retainKeys: [type], type: Recreate}}}",
       "{spec: {strategy: {type: Recreate}}}"},
      {"keys retained in a volume",
       "{spec: {template: {spec: {volumes: [{name: v, emptyDir: {}}]}}}}",
       "{spec: {template: {spec: {volumes: [{$retainKeys: [name, hostPath], name: v, hostPath: "
       "{path: /x}}]}}}}",
       "{spec: {template: {spec: {volumes: [{name: v, hostPath: {path: /x}}]}}}}"},
      {"another type", "{spec: {replicas: 1}}", "{spec: {replicas: {a: null, b: 1}}}",
       "{spec: {replicas: {b: 1}}}"},
  };
  for (const Row& row : rows) {
    std::string error;
    const std::optional<Json> merged =
        strategic_merge(y(row.document), y(row.patch), Kind::Deployment, &error);
    ASSERT_TRUE(merged) << row.name << ": " << error;
    EXPECT_EQ(merged->dump(), y(row.result).dump()) << row.name;
  }
}

TEST(StrategicMerge, KnowsTheOtherKinds) {
  struct KindRow {
    Kind kind;
    const char* document;
    const char* patch;
    const char* result;
  };
  const KindRow rows[] = {
      {Kind::Node, "{status: {conditions: [{type: Ready, status: 'True', reason: x}]}}",
       "{status: {conditions: [{type: Ready, status: 'False'}]}}",
       "{status: {conditions: [{type: Ready, status: 'False', reason: x}]}}"},
      {Kind::Node, "{spec: {taints: [{key: a}]}}", "{spec: {taints: [{key: b}]}}",
       "{spec: {taints: [{key: b}]}}"},
      {Kind::Node, "{status: {addresses: [{type: InternalIP, address: '1'}]}}",
       "{status: {addresses: [{type: InternalIP, address: '2'}]}}",
       "{status: {addresses: [{type: InternalIP, address: '2'}]}}"},
      {Kind::Pod, "{spec: {ephemeralContainers: [{name: a, env: [{name: A, value: x}]}]}}",
       "{spec: {ephemeralContainers: [{name: a, env: [{name: A, value: y}]}]}}",
       "{spec: {ephemeralContainers: [{name: a, env: [{name: A, value: y}]}]}}"},
      {Kind::Pod, "{spec: {hostAliases: [{ip: 1.1.1.1, hostnames: [a]}]}}",
       "{spec: {hostAliases: [{ip: 1.1.1.1, hostnames: [b]}]}}",
       "{spec: {hostAliases: [{ip: 1.1.1.1, hostnames: [b]}]}}"},
      {Kind::ReplicaSet, "{status: {conditions: [{type: A, status: x}]}}",
       "{status: {conditions: [{type: B}]}}",
       "{status: {conditions: [{type: B}, {type: A, status: x}]}}"},
      {Kind::ConfigMap, "{data: {a: x, b: z}}", "{data: {a: z, b: null}}", "{data: {a: z}}"},
      {Kind::ServiceAccount, "{secrets: [{name: a, namespace: q}]}",
       "{secrets: [{name: a, uid: u}]}", "{secrets: [{name: a, namespace: q, uid: u}]}"},
      {Kind::Namespace, "{spec: {finalizers: [a]}}", "{spec: {finalizers: [b]}}",
       "{spec: {finalizers: [b]}}"},
      {Kind::Lease, "{spec: {holderIdentity: a}}", "{spec: {leaseTransitions: 1}}",
       "{spec: {holderIdentity: a, leaseTransitions: 1}}"},
      {Kind::Event, "{involvedObject: {kind: Pod}}", "{involvedObject: {name: x}}",
       "{involvedObject: {kind: Pod, name: x}}"},
  };
  for (const KindRow& row : rows) {
    std::string error;
    const std::optional<Json> merged =
        strategic_merge(y(row.document), y(row.patch), row.kind, &error);
    ASSERT_TRUE(merged) << row.patch << ": " << error;
    EXPECT_EQ(merged->dump(), y(row.result).dump()) << row.patch;
  }
}

TEST(StrategicMerge, RefusesInTheApisWords) {
  const Row rows[] = {
      {"no merge key", "{spec: {template: {spec: {containers: [{name: a}]}}}}",
       "{spec: {template: {spec: {containers: [{image: x, args: [b, c]}]}}}}",
       "map: map[args:[b c] image:x] does not contain declared merge key: name"},
      {"no key to delete by", "{spec: {template: {spec: {containers: [{name: a}]}}}}",
       "{spec: {template: {spec: {containers: [{$patch: delete}]}}}}",
       "map: map[$patch:delete] does not contain declared merge key: name"},
      {"unknown directive", "{spec: {}}", "{spec: {$patch: remove, a: 1}}",
       "unknown patch type: remove in map: map[$patch:remove a:1]"},
      {"merge directive", "{spec: {template: {spec: {containers: [{name: a}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, $patch: merge}]}}}}",
       "merging lists cannot yet be specified in the patch"},
      {"retainKeys without one", "{spec: {strategy: {type: x}}}",
       "{spec: {strategy: {$retainKeys: [rollingUpdate], type: y}}}",
       "invalid patch format of retainKeys"},
      {"retainKeys no list", "{spec: {strategy: {type: x}}}",
       "{spec: {strategy: {$retainKeys: type}}}", "invalid patch format of retainKeys"},
      {"a list without its name", "{metadata: {finalizers: [a]}}",
       "{metadata: {$deleteFromPrimitiveList: [a]}}", "invalid patch format of primitive list"},
      {"an order without its list", "{metadata: {finalizers: [a]}}",
       "{metadata: {$setElementOrder: [a]}}", "invalid patch format of setElementOrder list"},
      {"an order that is none", "{metadata: {finalizers: [a]}}",
       "{metadata: {$setElementOrder/finalizers: a}}",
       "expected a []interface {}, but received a string"},
      {"a patch out of its order", "{metadata: {finalizers: [a, b]}}",
       "{metadata: {$setElementOrder/finalizers: [a, b], finalizers: [b, a]}}",
       "The order in patch list:\n[b a]\n doesn't match $setElementOrder list:\n[a b]\n"},
      {"mixed items", "{metadata: {finalizers: [a]}}", "{metadata: {finalizers: [1]}}",
       "list element types are not identical: [[a] [1]]"},
      {"lists of lists", "{metadata: {finalizers: [[a]]}}", "{metadata: {finalizers: [a]}}",
       "lists of lists are not supported"},
      {"unknown field", "{spec: {foo: {a: 1}}}", "{spec: {foo: {b: 1}}}",
       "unable to find api field in struct DeploymentSpec for the json field \"foo\""},
      {"no object", "{spec: {}}", "[1]", "invalid JSON document"},
  };
  for (const Row& row : rows) {
    std::string error;
    EXPECT_FALSE(strategic_merge(y(row.document), y(row.patch), Kind::Deployment, &error))
        << row.name;
    EXPECT_EQ(error, row.result) << row.name;
  }
}

// RFC 7396, appendix A
TEST(MergePatch, IsThatOfTheRfc) {
  const Row rows[] = {
      {"", R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {"", R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {"", R"({"a":"b"})", R"({"a":null})", R"({})"},
      {"", R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {"", R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {"", R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {"", R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {"", R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {"", R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {"", R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      {"", R"({"a":"foo"})", "null", "null"},
      {"", R"({"e":null})", R"({"a":1})", R"({"a":1,"e":null})"},
      {"", "[1,2]", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {"", "{}", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(merge_patch(Json::parse(row.document), Json::parse(row.patch)).dump(), row.result);
  }
}

TEST(JsonPatch, AppliesOperations) {
  const Row rows[] = {
      {"add", "{a: 1}", "[{op: add, path: /b, value: 2}]", "{a: 1, b: 2}"},
      {"add over", "{a: 1}", "[{op: add, path: /a, value: {c: d}}]", "{a: {c: d}}"},
      {"insert", "{a: [1, 2]}", "[{op: add, path: /a/1, value: 9}]", "{a: [1, 9, 2]}"},
      {"append", "{a: [1]}", "[{op: add, path: /a/-, value: 9}, {op: add, path: /a/2, value: 8}]",
       "{a: [1, 9, 8]}"},
      {"from the end", "{a: [1, 2]}",
       "[{op: add, path: /a/-1, value: 9}, {op: remove, path: /a/-3}]", "{a: [2, 9]}"},
      {"no value is null", "{a: 1}", "[{op: add, path: /b}]", "{a: 1, b: null}"},
      {"remove", "{a: 1, b: [1, 2]}", "[{op: remove, path: /a}, {op: remove, path: /b/0}]",
       "{b: [2]}"},
      {"replace", "{a: 1, b: [1]}",
       "[{op: replace, path: /a, value: x}, {op: replace, path: /b/0, value: z}]",
       "{a: x, b: [z]}"},
      {"replace what is not there", "{a: 1}", "[{op: replace, path: /b, value: 2}]",
       "{a: 1, b: 2}"},
      {"replace all", "{a: 1}", "[{op: replace, path: '', value: {b: 2}}]", "{b: 2}"},
      {"move", "{a: {x: 1}, b: {}}", "[{op: move, from: /a/x, path: /b/z}]", "{a: {}, b: {z: 1}}"},
      {"move in a list", "{a: [1, 2, 3]}", "[{op: move, from: /a/0, path: /a/2}]",
       "{a: [2, 3, 1]}"},
      {"copy", "{a: {x: [1]}}",
       "[{op: copy, from: /a, path: /b}, {op: add, path: /b/x/-, value: 2}]",
       "{a: {x: [1]}, b: {x: [1, 2]}}"},
      {"test", "{a: {x: [1, b]}, c: null}",
       "[{op: test, path: /a, value: {x: [1, b]}}, {op: test, path: /c, value: null}, "
       "{op: test, path: /none, value: null}, {op: test, path: '', value: {a: {x: [1, b]}, c: "
       "null}}]",
       "{a: {x: [1, b]}, c: null}"},
      {"escapes", "{a/b: 1, c~d: 2, e~1f: 3}",
       "[{op: remove, path: /a~1b}, {op: remove, path: /c~0d}, {op: remove, path: /e~01f}]", "{}"},
      {"empty key", "{'': 1}", "[{op: replace, path: /, value: 2}]", "{'': 2}"},
      {"nothing", "{a: 1}", "[]", "{a: 1}"},
  };
  for (const Row& row : rows) {
    std::string error;
    const std::optional<Json> patched = json_patch(y(row.document), y(row.patch), &error);
    ASSERT_TRUE(patched) << row.name << ": " << error;
    EXPECT_EQ(patched->dump(), y(row.result).dump()) << row.name;
  }
}

TEST(JsonPatch, RefusesInTheApisWords) {
  const Row rows[] = {
      {"", "{a: 1}", "[{op: add, path: /x/c, value: 2}]",
       "add operation does not apply: doc is missing path: \"/x/c\": missing value"},
      {"", "{a: 1}", "[{op: add, path: /a/c, value: 2}]",
       "add operation does not apply: doc is missing path: \"/a/c\": missing value"},
      {"", "{a: [1]}", "[{op: add, path: /a/3, value: 2}]",
       "error in add for path: '/a/3': Unable to access invalid index: 3: invalid index "
       "referenced"},
      {"", "{a: [1]}", "[{op: add, path: /a/c, value: 2}]",
       "error in add for path: '/a/c': value was not a proper array index: 'c': strconv.Atoi: "
       "parsing \"c\": invalid syntax"},
      {"", "{a: 1}", "[{op: remove, path: /b}]",
       "error in remove for path: '/b': Unable to remove nonexistent key: b: missing value"},
      {"", "{a: [1]}", "[{op: remove, path: /a/1}]",
       "error in remove for path: '/a/1': Unable to access invalid index: 1: invalid index "
       "referenced"},
      {"", "{a: 1}", "[{op: remove, path: /b/c}]",
       "remove operation does not apply: doc is missing path: \"/b/c\": missing value"},
      {"", "{a: 1}", "[{op: replace, path: /b/c, value: 1}]",
       "replace operation does not apply: doc is missing path: /b/c: missing value"},
      {"", "{a: [1]}", "[{op: replace, path: /a/5, value: 1}]",
       "replace operation does not apply: doc is missing key: /a/5: missing value"},
      {"", "{a: 1}", "[{op: move, from: /b, path: /c}]",
       "error in move for path: 'b': Unable to remove nonexistent key: b: missing value"},
      {"", "{a: 1}", "[{op: move, from: /a, path: /x/c}]",
       "move operation does not apply: doc is missing destination path: /x/c: missing value"},
      {"", "{a: 1}", "[{op: copy, from: /b/c, path: /c}]",
       "copy operation does not apply: doc is missing from path: /b/c: missing value"},
      {"", "{a: 1}", "[{op: test, path: /a, value: 2}]", "testing value /a failed: test failed"},
      {"", "{a: 1}", "[{op: test, path: /b/c, value: 2}]",
       "test operation does not apply: is missing path: /b/c: missing value"},
      {"", "{a: 1}", "[{op: add, value: 2}]", "add operation failed to decode path: missing value"},
      {"", "{a: 1}", "[{op: replace, value: 2}]",
       "replace operation failed to decode path: operation missing path field: missing value"},
      {"", "{a: 1}", "[{op: move, path: /b}]",
       "move operation failed to decode from: operation, missing from field: missing value"},
      {"", "{a: 1}", "[{op: put, path: /a}]", "Unexpected kind: put"},
      {"", "{a: 1}", "[{path: /a}]", "Unexpected kind: unknown"},
      {"", "{a: 1}", "{op: add}",
       "error decoding patch: json: cannot unmarshal object into Go value of type "
       "[]handlers.jsonPatchOp"},
      {"", "{a: 1}", "[5]",
       "error decoding patch: json: cannot unmarshal number into Go value of type "
       "handlers.jsonPatchOp"},
  };
  for (const Row& row : rows) {
    std::string error;
    EXPECT_FALSE(json_patch(y(row.document), y(row.patch), &error)) << row.patch;
    EXPECT_EQ(error, row.result) << row.patch;
  }
}

TEST(JsonPatch, CannotGrowADocumentWithoutEnd) {
  Json patch = Json::array();
  for (int i = 0; i < 64; ++i) patch.push_back({{"op", "copy"}, {"from", "/a"}, {"path", "/a/-"}});
  std::string error;
  EXPECT_FALSE(json_patch(y("{a: [x]}"), patch, &error));
  EXPECT_NE(error.find("Unable to complete the copy"), std::string::npos) << error;
  const Json many(std::vector<Json>(10001, y("{op: test, path: /a, value: 1}")));
  EXPECT_FALSE(json_patch(y("{a: 1}"), many, &error));
  EXPECT_EQ(error, "The allowed maximum operations in a JSON patch is 10000, got 10001");
}

TEST(ThreeWay, FindsWhatApplyWouldSend) {
  struct ApplyRow {
    const char* name;
    const char* last;
    const char* wanted;
    const char* live;
    const char* patch;
  };
  const ApplyRow rows[] = {
      {"unchanged", "{spec: {replicas: 1}}", "{spec: {replicas: 1}}",
       "{spec: {replicas: 1, paused: yes}, status: {replicas: 1}}", "{}"},
      {"changed", "{spec: {replicas: 1}}", "{spec: {replicas: 2}}", "{spec: {replicas: 1}}",
       "{spec: {replicas: 2}}"},
      {"put back what another changed", "{spec: {replicas: 1}}", "{spec: {replicas: 1}}",
       "{spec: {replicas: 5}}", "{spec: {replicas: 1}}"},
      {"left alone what was never applied", "{spec: {}}", "{spec: {}}", "{spec: {replicas: 5}}",
       "{}"},
      {"deleted", "{metadata: {labels: {a: x, b: z}}}", "{metadata: {labels: {a: x}}}",
       "{metadata: {labels: {a: x, b: z, c: w}}}", "{metadata: {labels: {b: null}}}"},
      {"deleted and gone already", "{spec: {paused: yes}}", "{spec: {}}", "{spec: {}}",
       "{spec: {paused: null}}"},
      {"added label", "{}", "{metadata: {labels: {a: x}}}", "{metadata: {name: n}}",
       "{metadata: {labels: {a: x}}}"},
      {"image of one container",
       "{spec: {template: {spec: {containers: [{name: a, image: x}, {name: b, image: z}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, image: w}, {name: b, image: z}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, image: x, imagePullPolicy: Always}, "
       "{name: b, image: z}]}}}}",
       "{spec: {template: {spec: {$setElementOrder/containers: [{name: a}, {name: b}], "
       "containers: [{name: a, image: w}]}}}}"},
      {"container deleted", "{spec: {template: {spec: {containers: [{name: a}, {name: b}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a}, {name: b}]}}}}",
       "{spec: {template: {spec: {$setElementOrder/containers: [{name: a}], "
       "containers: [{name: b, $patch: delete}]}}}}"},
      {"container exchanged", "{spec: {template: {spec: {containers: [{name: a, image: x}]}}}}",
       "{spec: {template: {spec: {containers: [{name: b, image: x}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, image: x}]}}}}",
       "{spec: {template: {spec: {$setElementOrder/containers: [{name: b}], "
       "containers: [{name: b, image: x}, {name: a, $patch: delete}]}}}}"},
      {"sidecar of another kept", "{spec: {template: {spec: {containers: [{name: a}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a}, {name: side}]}}}}",
       "{spec: {template: {spec: {$setElementOrder/containers: [{name: a}]}}}}"},
      {"env and ports",
       "{spec: {template: {spec: {containers: [{name: a, env: [{name: A, value: '1'}], ports: "
       "[{containerPort: 80}]}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, env: [{name: B, value: '2'}], ports: "
       "[{containerPort: 81}]}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, env: [{name: A, value: '1'}], "
       "ports: [{containerPort: 80, protocol: TCP}]}]}}}}",
       "{spec: {template: {spec: {$setElementOrder/containers: [{name: a}], containers: [{name: a, "
       "$setElementOrder/env: [{name: B}], env: [{name: B, value: '2'}, {name: A, $patch: "
       "delete}], "
       "$setElementOrder/ports: [{containerPort: 81}], "
       "ports: [{containerPort: 81}, {containerPort: 80, $patch: delete}]}]}}}}"},
      {"volume of another kind", "{spec: {template: {spec: {volumes: [{name: v, emptyDir: {}}]}}}}",
       "{spec: {template: {spec: {volumes: [{name: v, hostPath: {path: /x}}]}}}}",
       "{spec: {template: {spec: {volumes: [{name: v, emptyDir: {}}]}}}}",
       "{spec: {template: {spec: {$setElementOrder/volumes: [{name: v}], volumes: [{name: v, "
       "$retainKeys: [hostPath, name], hostPath: {path: /x}, emptyDir: null}]}}}}"},
      {"strategy that the server filled in", "{spec: {strategy: {type: RollingUpdate}}}",
       "{spec: {strategy: {type: RollingUpdate}}}",
       "{spec: {strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%}}}}",
       "{spec: {strategy: {$retainKeys: [type]}}}"},
      {"args as a whole", "{spec: {template: {spec: {containers: [{name: a, args: [x]}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, args: [x, z]}]}}}}",
       "{spec: {template: {spec: {containers: [{name: a, args: [x]}]}}}}",
       "{spec: {template: {spec: {$setElementOrder/containers: [{name: a}], "
       "containers: [{name: a, args: [x, z]}]}}}}"},
      {"list deleted", "{spec: {template: {spec: {volumes: [{name: v}]}}}}",
       "{spec: {template: {spec: {}}}}", "{spec: {template: {spec: {volumes: [{name: v}]}}}}",
       "{spec: {template: {spec: {volumes: null}}}}"},
      {"finalizers", "{metadata: {finalizers: [a, b]}}", "{metadata: {finalizers: [b, c]}}",
       "{metadata: {finalizers: [a, b]}}",
       "{metadata: {$deleteFromPrimitiveList/finalizers: [a], $setElementOrder/finalizers: [b, c], "
       "finalizers: [c]}}"},
      {"another type", "{spec: {replicas: 1}}", "{spec: {replicas: '1'}}", "{spec: {replicas: 1}}",
       "{spec: {replicas: '1'}}"},
      {"never applied", "null", "{spec: {replicas: 1}}", "{spec: {replicas: 1}}", "{}"},
  };
  for (const ApplyRow& row : rows) {
    std::string error;
    const Json patch =
        three_way_patch(y(row.last), y(row.wanted), y(row.live), Kind::Deployment, &error);
    EXPECT_EQ(error, "") << row.name;
    EXPECT_EQ(patch.dump(), y(row.patch).dump()) << row.name;
    // What the patch makes of the live object must satisfy what is wanted: nothing more to change,
    // unless the order or the retained keys are said again.
    const std::optional<Json> merged =
        strategic_merge(y(row.live), patch, Kind::Deployment, &error);
    ASSERT_TRUE(merged) << row.name << ": " << error;
    const Json again =
        three_way_patch(y(row.wanted), y(row.wanted), *merged, Kind::Deployment, &error);
    const std::optional<Json> settled = strategic_merge(*merged, again, Kind::Deployment, &error);
    ASSERT_TRUE(settled) << row.name << ": " << error;
    EXPECT_EQ(*settled, *merged) << row.name;
  }
}

TEST(ThreeWay, SaysWhatCannotBeMerged) {
  std::string error;
  const Json nameless = y("{spec: {template: {spec: {containers: [{image: x}]}}}}");
  const Json live = y("{spec: {template: {spec: {containers: [{name: a}]}}}}");
  EXPECT_EQ(three_way_patch(live, nameless, live, Kind::Deployment, &error), Json::object());
  EXPECT_EQ(error, "map: map[image:x] does not contain declared merge key: name");
}

}  // namespace
}  // namespace sim::testing
