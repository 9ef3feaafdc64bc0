// Go's own text of objects: hashes that real clusters have given to templates, and the `%#v` and
// quotes of API errors.
#include "sim/model/go_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/base/file_io.h"
#include "sim/model/defaults.h"
#include "sim/model/manifest.h"
#include "sim/model/workload_types.h"
#include "tests/support/paths.h"

namespace sim::testing {
namespace {

/// The defaulted template of a Deployment given by its `template` alone.
PodTemplateSpec read_template(const std::string& yaml) {
  const std::vector<Document> documents = parse_documents(yaml, "template.yaml");
  Json deployment = {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}};
  deployment["spec"]["template"] = documents.at(0).json;
  const Decoded decoded = decode(deployment);
  for (const DecodeError& error : decoded.errors) ADD_FAILURE() << error.message;
  Deployment object = *as<Deployment>(decoded.object);
  set_defaults(object);
  return *object.spec.pod_template;
}

std::string nginx(const std::string& image, const std::string& more = "") {
  return "metadata: {labels: {app: nginx}}\nspec: {containers: [{name: nginx, image: " + image +
         more + "}]}\n";
}
/// A template of one container `web`, with more in the container, the spec and the metadata.
std::string web(const std::string& container = "", const std::string& spec = "",
                const std::string& metadata = "labels: {app: web}") {
  return "metadata: {" + metadata + "}\nspec:\n  containers: [{name: web, image: 'nginx:1.25'" +
         container + "}]\n" + spec;
}

const char* const kCoreDns = R"(
metadata: {labels: {k8s-app: kube-dns}}
spec:
  priorityClassName: system-cluster-critical
  serviceAccountName: coredns
  affinity:
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          labelSelector: {matchExpressions: [{key: k8s-app, operator: In, values: [kube-dns]}]}
          topologyKey: kubernetes.io/hostname
  tolerations:
  - {key: CriticalAddonsOnly, operator: Exists}
  - {key: node-role.kubernetes.io/control-plane, effect: NoSchedule}
  nodeSelector: {kubernetes.io/os: linux}
  containers:
  - name: coredns
    image: registry.k8s.io/coredns/coredns:v1.11.1
    imagePullPolicy: IfNotPresent
    resources: {limits: {memory: 170Mi}, requests: {cpu: 100m, memory: 70Mi}}
    args: ["-conf", "/etc/coredns/Corefile"]
    volumeMounts: [{name: config-volume, mountPath: /etc/coredns, readOnly: true}]
    ports:
    - {containerPort: 53, name: dns, protocol: UDP}
    - {containerPort: 53, name: dns-tcp, protocol: TCP}
    - {containerPort: 9153, name: metrics, protocol: TCP}
    livenessProbe:
      httpGet: {path: /health, port: 8080, scheme: HTTP}
      initialDelaySeconds: 60
      timeoutSeconds: 5
      successThreshold: 1
      failureThreshold: 5
    readinessProbe: {httpGet: {path: /ready, port: 8181, scheme: HTTP}}
    securityContext:
      allowPrivilegeEscalation: false
      capabilities: {add: [NET_BIND_SERVICE], drop: [ALL]}
      readOnlyRootFilesystem: true
  dnsPolicy: Default
  volumes:
  - {name: config-volume, configMap: {name: coredns, items: [{key: Corefile, path: Corefile}]}}
)";

const char* const kMetricsServer = R"(
metadata: {labels: {k8s-app: metrics-server}}
spec:
  containers:
  - args:
    - --cert-dir=/tmp
    - --secure-port=10250
    - --kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname
    - --kubelet-use-node-status-port
    - --metric-resolution=15s
    image: registry.k8s.io/metrics-server/metrics-server:v0.7.1
    imagePullPolicy: IfNotPresent
    livenessProbe: {failureThreshold: 3, httpGet: {path: /livez, port: https, scheme: HTTPS}, periodSeconds: 10}
    name: metrics-server
    ports: [{containerPort: 10250, name: https, protocol: TCP}]
    readinessProbe:
      failureThreshold: 3
      httpGet: {path: /readyz, port: https, scheme: HTTPS}
      initialDelaySeconds: 20
      periodSeconds: 10
    resources: {requests: {cpu: 100m, memory: 200Mi}}
    securityContext:
      allowPrivilegeEscalation: false
      capabilities: {drop: [ALL]}
      readOnlyRootFilesystem: true
      runAsNonRoot: true
      runAsUser: 1000
      seccompProfile: {type: RuntimeDefault}
    volumeMounts: [{mountPath: /tmp, name: tmp-dir}]
  nodeSelector: {kubernetes.io/os: linux}
  priorityClassName: system-cluster-critical
  serviceAccountName: metrics-server
  volumes: [{emptyDir: {}, name: tmp-dir}]
)";

struct HashRow {
  std::string name;
  std::string pod_template;
  std::string hash;
  std::optional<std::int32_t> collisions = std::nullopt;
};

TEST(PodTemplateHash, IsThatOfRealClusters) {
  const HashRow rows[] = {
      {"nginx 1.14.2", nginx("'nginx:1.14.2'", ", ports: [{containerPort: 80}]"), "77d8468669"},
      {"nginx 1.16.1", nginx("'nginx:1.16.1'", ", ports: [{containerPort: 80}]"), "595dff4fdb"},
      {"create deployment", nginx("nginx"), "bf5d5cf98"},
      {"collision 0", nginx("nginx"), "5757cf84d6", 0},
      {"collision 1", nginx("nginx"), "6dd489b959", 1},
      {"web", web(), "6c698496bd"},
      {"resources",
       web(", resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: 500m, memory: "
           "256Mi}}"),
       "64b67ddccd"},
      {"100Mi", web(", resources: {requests: {cpu: 100m, memory: 100Mi}}"), "687cbcbdbf"},
      {"one cpu", web(", resources: {requests: {cpu: 1}}"), "66bc5485d"},
      {"probe", web(", readinessProbe: {httpGet: {path: /, port: 80}}"), "5669dcdfbd"},
      {"env", web(", env: [{name: A, value: b}]"), "6bf674b98c"},
      {"annotation",
       web("", "",
           "labels: {app: web}, annotations: {kubectl.kubernetes.io/restartedAt: "
           "'2024-06-01T12:00:00Z'}"),
       "7544b8f4cf"},
      {"emptyDir",
       web(", volumeMounts: [{name: v, mountPath: /v}]", "  volumes: [{name: v, emptyDir: {}}]\n"),
       "6f59f644ff"},
      {"configMap",
       web(", volumeMounts: [{name: cfg, mountPath: /etc/cfg}]",
           "  volumes: [{name: cfg, configMap: {name: cfg}}]\n"),
       "7ff887b45b"},
      {"label", web("", "", "labels: {app: web, tier: front}"), "5f47fcb747"},
      {"toleration", web("", "  tolerations: [{key: k, operator: Exists, effect: NoSchedule}]\n"),
       "c5f446996"},
      {"grace", web("", "  terminationGracePeriodSeconds: 5\n"), "6564b8c7bd"},
      {"envFrom", web(", envFrom: [{configMapRef: {name: cfg}}]"), "6846ffcd9f"},
      {"CoreDNS", kCoreDns, "7db6d8ff4d"},
      {"metrics-server", kMetricsServer, "7ffbc6d68"},
  };
  for (const HashRow& row : rows) {
    EXPECT_EQ(pod_template_hash(read_template(row.pod_template), row.collisions), row.hash)
        << row.name;
  }
}

TEST(PodTemplateHash, IsThatOfTheRecordedAssets) {
  const std::string file = source_path("tests/conformance/divewatch/assets.yaml");
  int found = 0;
  for (const Document& document : parse_documents(read_file(file), file)) {
    if (document.json["kind"] != "Deployment") continue;
    ++found;
    Deployment object = *as<Deployment>(decode(document.json).object);
    set_defaults(object);
    EXPECT_EQ(pod_template_hash(*object.spec.pod_template, std::nullopt), "697d65f86");
  }
  EXPECT_EQ(found, 1);
}

TEST(Spew, PrintsEveryFieldWithItsType) {
  const std::string text = spew(read_template(nginx("nginx")));
  EXPECT_EQ(text.size(), 3153u);
  EXPECT_EQ(text.find("(v1.PodTemplateSpec){ObjectMeta:(v1.ObjectMeta){Name:(string) "
                      "GenerateName:(string) "),
            0u);
  EXPECT_NE(text.find("CreationTimestamp:(v1.Time){Time:(time.Time){wall:(uint64)0 ext:(int64)0 "
                      "loc:(*time.Location)<nil>}} DeletionTimestamp:(*v1.Time)<nil> "),
            std::string::npos);
}

TEST(Spew, PrintsValuesAsGoHoldsThem) {
  struct Row {
    std::string container;
    std::string spec;
    std::string part;
  };
  const Row rows[] = {
      {", ports: [{containerPort: 80, name: http}]", "",
       "Ports:([]v1.ContainerPort)[{Name:(string)http HostPort:(int32)0 ContainerPort:(int32)80 "
       "Protocol:(v1.Protocol)TCP HostIP:(string)}]"},
      {", livenessProbe: {tcpSocket: {port: http}}", "",
       "TCPSocket:(*v1.TCPSocketAction){Port:(intstr.IntOrString){Type:(intstr.Type)1 "
       "IntVal:(int32)0 StrVal:(string)http} Host:(string)}"},
      {", resources: {limits: {memory: 200Mi}}", "",
       "Limits:(v1.ResourceList)map[memory:{i:(resource.int64Amount){value:(int64)209715200 "
       "scale:(resource.Scale)0} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string) "
       "Format:(resource.Format)BinarySI}]"},
      {", resources: {limits: {memory: 70Mi}}", "",
       "value:(int64)73400320 scale:(resource.Scale)0} "
       "d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)70Mi "
       "Format:(resource.Format)BinarySI}"},
      {", resources: {limits: {cpu: 250m}}", "",
       "value:(int64)250 scale:(resource.Scale)-3} "
       "d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)250m "
       "Format:(resource.Format)DecimalSI}"},
      {", resources: {limits: {cpu: 0}}", "",
       "value:(int64)0 scale:(resource.Scale)0} "
       "d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)0 "
       "Format:(resource.Format)DecimalSI}"},
      {", resources: {limits: {memory: 5e3}}", "",
       "s:(string)5k Format:(resource.Format)DecimalSI}"},
      {", resources: {limits: {memory: '5e3'}}", "",
       "value:(int64)5 scale:(resource.Scale)3} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} "
       "s:(string)5e3 Format:(resource.Format)DecimalExponent}"},
      {"", "  volumes: [{name: v, emptyDir: {sizeLimit: 1Gi}}]\n",
       "EmptyDir:(*v1.EmptyDirVolumeSource){Medium:(v1.StorageMedium) "
       "SizeLimit:(*resource.Quantity){i:(resource.int64Amount){value:(int64)1073741824 "},
      {"", "  nodeSelector: {b: x, a: z}\n", "NodeSelector:(map[string]string)map[a:z b:x]"},
      {"", "  hostAliases: [{ip: 10.0.0.1, hostnames: [a, b]}]\n",
       "HostAliases:([]v1.HostAlias)[{IP:(string)10.0.0.1 Hostnames:([]string)[a b]}]"},
      {"", "  securityContext: {fsGroup: 5}\n", "FSGroup:(*int64)5"},
  };
  for (const Row& row : rows) {
    const std::string text = spew(read_template(web(row.container, row.spec)));
    EXPECT_NE(text.find(row.part), std::string::npos) << row.part << "\nin " << text;
  }
}

TEST(GoValue, PrintsMapsAndSelectors) {
  EXPECT_EQ(go_value(StringMap{}), "map[string]string(nil)");
  EXPECT_EQ(go_value(StringMap{{"b", "2"}, {"a", "1\n"}}),
            "map[string]string{\"a\":\"1\\n\", \"b\":\"2\"}");
  LabelSelector selector;
  EXPECT_EQ(go_value(selector),
            "v1.LabelSelector{MatchLabels:map[string]string(nil), "
            "MatchExpressions:[]v1.LabelSelectorRequirement(nil)}");
  selector.match_labels = {{"app", "web"}};
  selector.match_expressions = {{"tier", "In", {"a", "b"}}, {"x", "Exists", {}}};
  EXPECT_EQ(go_value(selector),
            "v1.LabelSelector{MatchLabels:map[string]string{\"app\":\"web\"}, "
            "MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"
            "\"tier\", Operator:\"In\", Values:[]string{\"a\", \"b\"}}, "
            "v1.LabelSelectorRequirement{Key:\"x\", Operator:\"Exists\", Values:[]string(nil)}}}");
}

TEST(GoQuote, QuotesAsStrconvDoes) {
  struct Row {
    std::string_view text;
    std::string_view quoted;
  };
  const Row rows[] = {
      {"", R"("")"},
      {"plain 'text'", R"("plain 'text'")"},
      {"a\"b\\c", R"("a\"b\\c")"},
      {"\a\b\f\n\r\t\v", R"("\a\b\f\n\r\t\v")"},
      {std::string_view("\0\x1f\x7f", 3), R"("\x00\x1f\x7f")"},
      {"é 한 😀", "\"é 한 😀\""},
      {"\xff\xc3", R"("\xff\xc3")"},          // no UTF-8
      {"\xed\xa0\x80", R"("\xed\xa0\x80")"},  // half of a surrogate pair
      {"\xc2\xa0\xc2\xad", R"("\u00a0\u00ad")"},
      {"\xe2\x80\x8b\xef\xbb\xbf", R"("\u200b\ufeff")"},
      {"\xf3\xa0\x80\x81", R"("\U000e0001")"},
  };
  for (const Row& row : rows) EXPECT_EQ(go_quote(row.text), row.quoted);
}

}  // namespace
}  // namespace sim::testing
