// kubectl create, replace and edit.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class KubectlCreate : public WorldTest {};

TEST_F(KubectlCreate, MakesNamespacesAndAccountsOnce) {
  EXPECT_EQ(type("kubectl create namespace lab"), "namespace/lab created\n");
  EXPECT_EQ(type("kubectl create ns lab"),
            "Error from server (AlreadyExists): namespaces \"lab\" already exists\n");
  EXPECT_EQ(type("kubectl create sa robot -n lab"), "serviceaccount/robot created\n");
  EXPECT_EQ(type("kubectl create sa robot -n lab"),
            "error: failed to create serviceaccount: serviceaccounts \"robot\" already exists\n");
  EXPECT_EQ(
      type("kubectl create ns a b"),
      "error: exactly one NAME is required, got 2\nSee 'kubectl create namespace -h' for help "
      "and examples\n");
}

TEST_F(KubectlCreate, PrintsADeploymentWithoutMakingIt) {
  EXPECT_EQ(type("kubectl create deployment x --image=nginx:1.25 --port=80 --replicas=3 "
                 "--dry-run=client -o yaml -- sh -c ls"),
            R"(apiVersion: apps/v1
kind: Deployment
metadata:
  creationTimestamp: null
  labels:
    app: x
  name: x
spec:
  replicas: 3
  selector:
    matchLabels:
      app: x
  strategy: {}
  template:
    metadata:
      creationTimestamp: null
      labels:
        app: x
    spec:
      containers:
      - command:
        - sh
        - -c
        - ls
        image: nginx:1.25
        name: nginx
        ports:
        - containerPort: 80
        resources: {}
status: {}
)");
  EXPECT_EQ(type("kubectl get deployments"), "No resources found in default namespace.\n");
}

TEST_F(KubectlCreate, MakesADeployment) {
  EXPECT_EQ(type("kubectl create deployment x --image=nginx --image=busybox"),
            "deployment.apps/x created\n");
  EXPECT_EQ(type("kubectl get deployment x -o jsonpath='{.spec.template.spec.containers[*].name}'"),
            "nginx busybox");
  EXPECT_EQ(type("kubectl create deployment x --image=nginx"),
            "error: failed to create deployment: deployments.apps \"x\" already exists\n");
  EXPECT_EQ(type("kubectl create deployment x"), "error: required flag(s) \"image\" not set\n");
  EXPECT_EQ(type("kubectl create deployment x --image=a --image=b -- ls"),
            "error: cannot specify multiple --image options and command\n");
  EXPECT_EQ(type("kubectl create deployment x --image=a --replicas=q"),
            "error: invalid argument \"q\" for \"-r, --replicas\" flag: strconv.ParseInt: parsing "
            "\"q\": invalid syntax\nSee 'kubectl create deployment --help' for usage.\n");
}

TEST_F(KubectlCreate, ReadsAConfigMapFromAllItsSources) {
  write("app.conf", "one\ntwo\n");
  type("mkdir d");
  write("d/x", "1");
  write("d/y", "2");
  write("bin", std::string("\xff\0", 2));
  write("e.env", "A=b\n  # none\nHOME\n");
  EXPECT_EQ(
      type("kubectl create configmap a --from-file=app.conf --from-file=k=app.conf "
           "--from-file=d --from-file=bin --from-literal=n=1 --dry-run=client -o yaml"),
      "apiVersion: v1\nbinaryData:\n  bin: /wA=\ndata:\n  app.conf: |\n    one\n    two\n  k: "
      "|\n    one\n    two\n  \"n\": \"1\"\n  x: \"1\"\n  \"y\": \"2\"\nkind: "
      "ConfigMap\nmetadata:\n  creationTimestamp: null\n  name: a\n");
  EXPECT_EQ(type("kubectl create cm e --from-env-file=e.env"), "configmap/e created\n");
  EXPECT_EQ(type("kubectl get cm e -o jsonpath='{.data.A} {.data.HOME}'"), "b /work");
}

TEST_F(KubectlCreate, TellsWhatIsWrongWithASource) {
  EXPECT_EQ(type("kubectl create cm x --from-literal=a"),
            "error: invalid literal source a, expected key=value\n");
  EXPECT_EQ(type("kubectl create cm x --from-file=nosuch"),
            "error: error reading nosuch: no such file or directory\n");
  EXPECT_EQ(type("kubectl create cm x --from-literal=a=1 --from-literal=a=2"),
            "error: cannot add key \"a\", another key by that name already exists in Data for "
            "ConfigMap \"x\"\n");
  EXPECT_EQ(
      type("kubectl create cm x --from-literal='a b=1'"),
      "error: \"a b\" is not a valid key name for a ConfigMap: a valid config key must consist "
      "of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
      "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')\n");
}

TEST_F(KubectlCreate, CreatesFromFilesAndTellsOfAllErrors) {
  write("web.yaml",
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: lab}\n---\n" + deployment("web", 1));
  EXPECT_EQ(type("kubectl create -f web.yaml"),
            "namespace/lab created\ndeployment.apps/web created\n");
  EXPECT_EQ(
      type("kubectl create -f web.yaml"),
      "Error from server (AlreadyExists): error when creating \"web.yaml\": namespaces \"lab\" "
      "already exists\nError from server (AlreadyExists): error when creating \"web.yaml\": "
      "deployments.apps \"web\" already exists\n");
  EXPECT_EQ(status(), 1);
  write("bad.yaml", deployment("bad", -1));
  EXPECT_EQ(type("kubectl create -f bad.yaml"),
            "The Deployment \"bad\" is invalid: spec.replicas: Invalid value: -1: must be greater "
            "than or equal to 0\n");
  EXPECT_EQ(
      type("kubectl create -f bad.yaml -f web.yaml").substr(0, 118),
      "Error from server (Invalid): error when creating \"bad.yaml\": Deployment.apps \"bad\" "
      "is invalid: spec.replicas: Invalid ");
  EXPECT_EQ(type("kubectl create"), "error: must specify one of -f and -k\n");
  EXPECT_EQ(type("kubectl create foo"),
            "error: Unexpected args: [foo]\nSee 'kubectl create -h' for help and examples\n");
}

TEST_F(KubectlCreate, Replaces) {
  write("cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: demo}\ndata: {a: b}\n");
  EXPECT_EQ(
      type("kubectl replace -f cm.yaml"),
      "Error from server (NotFound): error when replacing \"cm.yaml\": configmaps \"demo\" not "
      "found\n");
  type("kubectl create cm demo --from-literal=x=y");
  EXPECT_EQ(type("kubectl replace -f cm.yaml"), "configmap/demo replaced\n");
  EXPECT_EQ(type("kubectl get cm demo -o jsonpath='{.data}'"), R"({"a":"b"})");
  EXPECT_EQ(type("kubectl replace -f cm.yaml --grace-period=1"),
            "error: --grace-period must have --force specified\n");
}

TEST_F(KubectlCreate, ReplacesByForce) {
  type("kubectl run p --image=nginx");
  settle();
  write("p.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: q, image: "
        "busybox, command: [sleep, \"1000\"]}]}\n");
  EXPECT_EQ(type("kubectl replace --force -f p.yaml"), "pod \"p\" deleted\npod/p replaced\n");
  EXPECT_EQ(type("kubectl get pod p -o jsonpath='{.spec.containers[0].name}'"), "q");
}

TEST_F(KubectlCreate, HasNoEditor) {
  EXPECT_EQ(type("kubectl edit deployment nosuch"),
            "Error from server (NotFound): deployments.apps \"nosuch\" not found\n");
  type("kubectl create cm demo");
  EXPECT_EQ(type("kubectl edit cm demo").substr(0, 49),
            "error: unable to launch the editor: podsight has ");
  EXPECT_EQ(status(), 1);
}

// Hashes as kubectl 1.32 makes them.
TEST_F(KubectlCreate, AppendsAHashOfTheContents) {
  EXPECT_EQ(type("kubectl create configmap x --from-literal=a=b --append-hash"),
            "configmap/x-64686gkt6c created\n");
  EXPECT_EQ(type("kubectl create configmap e --append-hash --dry-run=client -o name"),
            "configmap/e-gmbcf66h4d\n");
  EXPECT_EQ(type("kubectl create secret generic x --from-literal=a=b --append-hash -o name"),
            "secret/x-k694gm4m9h\n");
  EXPECT_EQ(type("kubectl create secret generic x --from-literal='a=<b>' --type=foo --append-hash "
                 "--dry-run=client -o name"),
            "secret/x-7tgtf24g86\n");
  EXPECT_EQ(type("kubectl create secret docker-registry x --docker-username=a --docker-password=b "
                 "--append-hash --dry-run=client -o name"),
            "secret/x-gckc42tf4f\n");
}

}  // namespace
}  // namespace sim::testing
