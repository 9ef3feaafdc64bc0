// What the API server refuses of Services, Secrets and endpoints, word for word, as `kubectl apply`
// shows it. The words are those of Kubernetes 1.30.
#include "tests/support/refusals.h"

namespace sim::testing {
namespace {

class WrongService : public RefusalTest {};

TEST_F(WrongService, Services) {
  expect_refused({
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {selector: {a: b}})",
       R"(The Service "s" is invalid: spec.ports: Required value
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {ports: [{port: 70000}]})",
       R"(The Service "s" is invalid: 
* spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive
* spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {ports: [{port: 80}, {port: 81}]})",
       R"(The Service "s" is invalid: 
* spec.ports[0].name: Required value
* spec.ports[1].name: Required value
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {ports: [{name: a, port: 80}, {name: b, port: 80}]})",
       R"(The Service "s" is invalid: spec.ports[1]: Duplicate value: core.ServicePort{Name:"", Protocol:"TCP", AppProtocol:(*string)(nil), Port:80, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {ports: [{name: a, port: 80}, {name: a, port: 81}]})",
       R"(The Service "s" is invalid: spec.ports[1].name: Duplicate value: "a"
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {ports: [{port: 80, protocol: HTTP}]})",
       R"(The Service "s" is invalid: spec.ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {type: Public, ports: [{port: 80}]})",
       R"(The Service "s" is invalid: spec.type: Unsupported value: "Public": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: 1st}
spec: {ports: [{port: 80}]})",
       R"(The Service "1st" is invalid: metadata.name: Invalid value: "1st": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {clusterIP: ten, ports: [{port: 80}]})",
       R"(The Service "s" is invalid: spec.clusterIPs[0]: Invalid value: "ten": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {clusterIP: 10.0.0.1, ports: [{port: 80}]})",
       R"(The Service "s" is invalid: spec.clusterIPs: Invalid value: []string{"10.0.0.1"}: failed to allocate IP 10.0.0.1: the provided IP (10.0.0.1) is not in the valid range. The range of valid IPs is 10.96.0.0/16
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {clusterIP: 10.96.0.1, ports: [{port: 80}]})",
       R"(The Service "s" is invalid: spec.clusterIPs: Invalid value: []string{"10.96.0.1"}: failed to allocate IP 10.96.0.1: provided IP is already allocated
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {type: NodePort, clusterIP: None, ports: [{port: 80}]})",
       R"(The Service "s" is invalid: spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {ports: [{port: 80, nodePort: 30080}]})",
       R"(The Service "s" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {type: NodePort, ports: [{port: 80, nodePort: 80}]})",
       R"(The Service "s" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {type: ExternalName})",
       R"(The Service "s" is invalid: spec.externalName: Required value
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {sessionAffinity: Cookie, ports: [{port: 80}]})",
       R"(The Service "s" is invalid: spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {ipFamilyPolicy: RequireDualStack, ports: [{port: 80}]})",
       R"(The Service "s" is invalid: spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {ports: [{port: 80, targetPort: http_server}]})",
       R"(The Service "s" is invalid: spec.ports[0].targetPort: Invalid value: "http_server": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {externalIPs: [127.0.0.1], ports: [{port: 80}]})",
       R"(The Service "s" is invalid: spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)
)"},
      {R"(apiVersion: v1
kind: Service
metadata: {name: s}
spec: {externalTrafficPolicy: Local, ports: [{port: 80}]})",
       R"(The Service "s" is invalid: spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services
)"},
  });
}

TEST_F(WrongService, Secrets) {
  expect_refused({
      {R"(apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {"a b": c})",
       R"(The Secret "s" is invalid: data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')
)"},
      {R"(apiVersion: v1
kind: Secret
metadata: {name: s}
data: {a: "%%%"})",
       R"(Error from server (BadRequest): error when creating "x.yaml": Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0
)"},
      {R"(apiVersion: v1
kind: Secret
metadata: {name: s}
type: kubernetes.io/tls
stringData: {tls.crt: x})",
       R"(The Secret "s" is invalid: data[tls.key]: Required value
)"},
      {R"(apiVersion: v1
kind: Secret
metadata: {name: s}
type: kubernetes.io/dockerconfigjson)",
       R"(The Secret "s" is invalid: data[.dockerconfigjson]: Required value
)"},
      {R"(apiVersion: v1
kind: Secret
metadata: {name: s}
type: kubernetes.io/dockerconfigjson
stringData: {.dockerconfigjson: nope})",
       R"(The Secret "s" is invalid: data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character 'n' looking for beginning of value
)"},
      {R"(apiVersion: v1
kind: Secret
metadata: {name: s}
type: kubernetes.io/basic-auth)",
       R"(The Secret "s" is invalid: 
* data[%s][username]: Required value
* data[%s][password]: Required value
)"},
  });
}

TEST_F(WrongService, EndpointsAndSlices) {
  expect_refused({
      {R"(apiVersion: v1
kind: Endpoints
metadata: {name: e}
subsets: [{ports: [{port: 80}]}])",
       R"(The Endpoints "e" is invalid: subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`
)"},
      {R"(apiVersion: v1
kind: Endpoints
metadata: {name: e}
subsets: [{addresses: [{ip: 1.2.3}], ports: [{port: 80}]}])",
       R"(The Endpoints "e" is invalid: subsets[0].addresses[0].ip: Invalid value: "1.2.3": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
)"},
      {R"(apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: e}
addressType: IP
endpoints: [])",
       R"(The EndpointSlice "e" is invalid: addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"
)"},
  });
}

TEST_F(WrongService, AServiceKeepsItsAddress) {
  apply("apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}]}\n");
  const std::string address = type("kubectl get svc s -o jsonpath='{.spec.clusterIP}'");
  EXPECT_EQ(address.rfind("10.96.", 0), 0u);
  EXPECT_EQ(type(R"(kubectl patch svc s -p '{"spec":{"clusterIP":"None"}}')"),
            "The Service \"s\" is invalid: spec.clusterIPs[0]: Invalid value: []string{\"None\"}: "
            "may not change once set\n");
  EXPECT_EQ(type("kubectl apply -f x.yaml"), "service/s unchanged\n");
  // To a type without an address and back: another one is drawn.
  EXPECT_EQ(
      type(R"(kubectl patch svc s -p '{"spec":{"type":"ExternalName","externalName":"a.b"}}')"),
      "service/s patched\n");
  EXPECT_EQ(type("kubectl get svc s -o jsonpath='{.spec.clusterIP}{.spec.clusterIPs}'"), "");
  EXPECT_EQ(type(R"(kubectl patch svc s -p '{"spec":{"type":"NodePort"}}')"),
            "service/s patched\n");
  EXPECT_NE(type("kubectl get svc s -o jsonpath='{.spec.clusterIP}'"), "");
  const std::string port = type("kubectl get svc s -o jsonpath='{.spec.ports[0].nodePort}'");
  EXPECT_GE(std::stoi(port), 30000);
  EXPECT_LE(std::stoi(port), 32767);
  EXPECT_EQ(type("kubectl create service nodeport t --tcp=80 --node-port=" + port),
            "error: failed to create NodePort service: Service \"t\" is invalid: "
            "spec.ports[0].nodePort: Invalid value: " +
                port + ": provided port is already allocated\n");
}

TEST_F(WrongService, NoTwoServicesShareAnAddress) {
  std::string manifest;
  for (int i = 0; i < 40; ++i) {
    manifest +=
        "apiVersion: v1\nkind: Service\nmetadata: {name: s" + std::to_string(i) +
        "}\nspec: {type: NodePort, ports: [{name: a, port: 80}, {name: b, port: 81}]}\n---\n";
  }
  apply(manifest);
  EXPECT_EQ(type("kubectl get svc -o jsonpath='{range .items[*]}{.spec.clusterIP}{\"\\n\"}{end}' | "
                 "grep -c '^10\\.96\\.'"),
            "40\n");
  EXPECT_EQ(type("kubectl get svc -o jsonpath='{range .items[*]}{.spec.clusterIP}{\"\\n\"}{end}' | "
                 "sort | uniq -d"),
            "");
  EXPECT_EQ(type("kubectl get svc -o jsonpath='{range .items[*].spec.ports[*]}{.nodePort}{\"\\n\"}"
                 "{end}' | sort | uniq -d"),
            "");
}

TEST_F(WrongService, AnImmutableSecretStaysSo) {
  const std::string head = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n";
  apply(head + "immutable: true\nstringData: {a: b}\n");
  expect_refused({
      {head + "immutable: true\nstringData: {a: c}\n",
       "The Secret \"s\" is invalid: data: Forbidden: field is immutable when `immutable` is "
       "set\n"},
      {head + "stringData: {a: b}\ntype: other\n",
       "The Secret \"s\" is invalid: \n"
       "* type: Invalid value: \"other\": field is immutable\n"
       "* immutable: Forbidden: field is immutable when `immutable` is set\n"},
  });
}

}  // namespace
}  // namespace sim::testing
