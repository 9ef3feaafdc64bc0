// get, describe, events, and what kubectl tells of the cluster, as people type them.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

class KubectlGet : public WorldTest {
 protected:
  /// A Deployment with two pods, running, and a ConfigMap.
  void start() {
    write("web.yaml", deployment("web", 2));
    type("kubectl apply -f web.yaml; kubectl create configmap config --from-literal=a=1");
    settle();
  }
};

TEST_F(KubectlGet, NothingThere) {
  EXPECT_EQ(type("kubectl get pods"), "No resources found in default namespace.\n");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(type("kubectl get pods -A -l a=b"), "No resources found\n");
  EXPECT_EQ(type("kubectl get pv"), "No resources found\n");
  EXPECT_EQ(type("kubectl get all"), "No resources found in default namespace.\n");
  EXPECT_EQ(type("kubectl get pods -o name"), "");
  EXPECT_EQ(type("kubectl get pods -o json"),
            "{\n    \"apiVersion\": \"v1\",\n    \"items\": [],\n    \"kind\": \"List\",\n    "
            "\"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}\n");
  EXPECT_EQ(type("kubectl get pods -o yaml"),
            "apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: \"\"\n");
  EXPECT_EQ(type("kubectl get pods -o custom-columns=A:.b"), "A\n");
  EXPECT_EQ(type("kubectl get pods --ignore-not-found"), "");
}

TEST_F(KubectlGet, NotFound) {
  EXPECT_EQ(type("kubectl get pod nosuch"),
            "Error from server (NotFound): pods \"nosuch\" not found\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl get deploy a b"),
            "Error from server (NotFound): deployments.apps \"a\" not found\n"
            "Error from server (NotFound): deployments.apps \"b\" not found\n");
  EXPECT_EQ(type("kubectl get ingress nosuch"),
            "Error from server (NotFound): ingresses.networking.k8s.io \"nosuch\" not found\n");
  EXPECT_EQ(type("kubectl get pods nosuch --ignore-not-found"), "");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(type("kubectl get widgets"),
            "error: the server doesn't have a resource type \"widgets\"\n");
  EXPECT_EQ(type("kubectl get pods.nosuch"),
            "error: the server doesn't have a resource type \"pods\"\n");
}

TEST_F(KubectlGet, Mistakes) {
  EXPECT_EQ(type("kubectl get"),
            "You must specify the type of resource to get. Use \"kubectl api-resources\" for a "
            "complete list of supported resources.\n\nerror: Required resource not "
            "specified.\nUse \"kubectl explain <resource>\" for a detailed description of that "
            "resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and examples\n");
  EXPECT_EQ(type("kubectl get pods -o foo"),
            "error: unable to match a printer suitable for the output format \"foo\", allowed "
            "formats are: "
            "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,"
            "jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml\n");
  EXPECT_EQ(type("kubectl get pods -o jsonpath="),
            "error: template format specified but no template given\n");
  EXPECT_EQ(type("kubectl get pods -o custom-columns"),
            "error: custom-columns format specified but no custom columns given\n");
  EXPECT_EQ(type("kubectl get pods -o jsonpath-file=nosuch"),
            "error: error reading --template nosuch, open nosuch: no such file or directory\n");
  EXPECT_EQ(type("kubectl get pods --show-labels -o name"),
            "error: --show-labels option cannot be used with name printer\n");
  EXPECT_EQ(type("kubectl get pods web -A"),
            "error: a resource cannot be retrieved by name across all namespaces\n");
  EXPECT_EQ(type("kubectl get node/node-a -A -o name"), "node/node-a\n");
  EXPECT_EQ(type("kubectl get ev"),
            "Warning: short name \"ev\" could also match lower priority resource "
            "events.events.k8s.io\nNo resources found in default namespace.\n");
  EXPECT_EQ(type("kubectl get pods --field-selector foo=bar"),
            "Error from server (BadRequest): Unable to find \"/v1, Resource=pods\" that match "
            "label selector \"\", field selector \"foo=bar\": field label not supported: foo\n");
  EXPECT_EQ(type("kubectl get deploy -l a=b --field-selector status.phase=x"),
            "Error from server (BadRequest): Unable to find \"apps/v1, Resource=deployments\" that "
            "match label selector \"a=b\", field selector \"status.phase=x\": field label not "
            "supported: status.phase\n");
  EXPECT_EQ(type("kubectl get pods --subresource=status"),
            "error: subresource cannot be used when bulk resources are specified\n");
  EXPECT_EQ(type("kubectl get pods --output-watch-events"),
            "error: --output-watch-events option can only be used with --watch or --watch-only\n");
}

TEST_F(KubectlGet, Tables) {
  start();
  EXPECT_EQ(type("kubectl get deploy | sed 's/ [0-9]*s$/ AGE/'"),
            "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\n"
            "web    2/2     2            2           AGE\n");
  EXPECT_EQ(count(type("kubectl get pods"), "1/1     Running   0 "), 2u);
  EXPECT_EQ(count(type("kubectl get pods --no-headers"), "1/1   Running   0 "), 2u);
  EXPECT_EQ(count(type("kubectl get pods -o wide"), "node-"), 2u);
  EXPECT_EQ(type("kubectl get pods -A").rfind("NAMESPACE   NAME ", 0), 0u);
  EXPECT_EQ(type("kubectl get nodes -A").rfind("NAME ", 0), 0u);
  EXPECT_NE(type("kubectl get deploy --show-kind").find("deployment.apps/web "), std::string::npos);
  EXPECT_NE(type("kubectl get pods -L app,nosuch").find("   AGE   APP   NOSUCH\n"),
            std::string::npos);
  EXPECT_EQ(count(type("kubectl get pods --show-labels"), "app=web,pod-template-hash="), 2u);
}

TEST_F(KubectlGet, SeveralKinds) {
  start();
  const std::string all = type("kubectl get all");
  EXPECT_EQ(count(all, "pod/web-"), 2u);
  EXPECT_NE(all.find("\n\nNAME                  READY   UP-TO-DATE "), std::string::npos) << all;
  EXPECT_NE(all.find("\ndeployment.apps/web "), std::string::npos);
  EXPECT_LT(all.find("deployment.apps/web"), all.find("replicaset.apps/web"));
  // The kind stands before the name because several kinds were asked for, not found.
  EXPECT_NE(type("kubectl get deploy,sts").find("deployment.apps/web"), std::string::npos);
  const std::string mixed = type("kubectl get deploy/web cm/config deploy/web --no-headers");
  EXPECT_EQ(count(mixed, "deployment.apps/web"), 2u);
  EXPECT_EQ(count(mixed, "\n\n"), 0u);
  const std::string partly = type("kubectl get deploy/web deploy/nosuch");
  EXPECT_EQ(count(partly, "deployment.apps/"), 0u);
  EXPECT_EQ(count(partly, "deployments.apps \"nosuch\" not found\n"), 1u);
}

TEST_F(KubectlGet, Selectors) {
  start();
  EXPECT_EQ(type("kubectl get deploy -l app=web -o name"), "");
  EXPECT_EQ(count(type("kubectl get pods -l app=web -o name"), "pod/web-"), 2u);
  EXPECT_EQ(type("kubectl get pods -l 'app notin (web)' -o name"), "");
  EXPECT_EQ(count(type("kubectl get pods --field-selector status.phase=Running -o name"), "pod/"),
            2u);
  EXPECT_EQ(type("kubectl get pods --field-selector status.phase!=Running -o name"), "");
  EXPECT_EQ(type("kubectl get nodes --field-selector spec.unschedulable=true,metadata.name=node-a "
                 "-o name; kubectl cordon node-a >/dev/null; kubectl get nodes --field-selector "
                 "spec.unschedulable=true -o name"),
            "node/node-a\n");
  EXPECT_EQ(type("kubectl get cm --field-selector metadata.name=config -o name"),
            "configmap/config\n");
}

TEST_F(KubectlGet, OutputForms) {
  start();
  EXPECT_EQ(type("kubectl get deploy web -o name"), "deployment.apps/web\n");
  EXPECT_EQ(type("kubectl get deploy web -o jsonpath='{.spec.replicas} {.kind}'"), "2 Deployment");
  EXPECT_EQ(type("kubectl get deploy -o jsonpath='{.kind} {.items[*].metadata.name}'"), "List web");
  EXPECT_EQ(type("kubectl get deploy web cm/config -o name"),
            "error: there is no need to specify a resource type as a separate argument when "
            "passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' "
            "instead of 'kubectl get resource resource/<resource_name>'\n");
  EXPECT_EQ(type("kubectl get deploy/web cm/config -o jsonpath='{.items[*].kind}'"),
            "Deployment ConfigMap");
  EXPECT_EQ(type("kubectl get deploy web --template='{{.spec.replicas}}'"), "2");
  EXPECT_EQ(type("kubectl get deploy web -o go-template='{{range "
                 ".spec.template.spec.containers}}{{.name}}{{end}}'"),
            "web");
  EXPECT_EQ(type("kubectl get cm config -o custom-columns=NAME:.metadata.name,A:.data.a"),
            "NAME     A\nconfig   1\n");
  write("columns", "NAME  KEY\n.metadata.name  .data.a\n");
  EXPECT_EQ(type("kubectl get cm config -o custom-columns-file=columns"),
            "NAME     KEY\nconfig   1\n");
  write("path", "{.data.a}");
  EXPECT_EQ(type("kubectl get cm config -o jsonpath-file=path"), "1");
  EXPECT_EQ(type("kubectl get -f web.yaml -o jsonpath='{.metadata.name}'"), "web");
  EXPECT_EQ(type("kubectl get deploy web -o jsonpath='{.items[0'"),
            "error: error parsing jsonpath {.items[0, unterminated array\n");
  EXPECT_EQ(status(), 1);
}

TEST_F(KubectlGet, Sorting) {
  start();
  type(
      "kubectl scale deploy web --replicas=3; kubectl create configmap config10; kubectl create "
      "configmap config2");
  settle();
  EXPECT_EQ(type("kubectl get cm --sort-by=.metadata.name -o name"),
            "configmap/config\nconfigmap/config2\nconfigmap/config10\n"
            "configmap/kube-root-ca.crt\n");
  const std::string table = type("kubectl get cm --sort-by=.metadata.name --no-headers");
  EXPECT_LT(table.find("config2 "), table.find("config10 "));
  EXPECT_EQ(type("kubectl get pods --sort-by=.nosuch"),
            "No resources found in default namespace.\n");
  EXPECT_EQ(type("kubectl get pods --sort-by=.nosuch -o name"),
            "error: couldn't find any field with path \"{.nosuch}\" in the list of objects\n");
  EXPECT_EQ(type("kubectl get pods,deploy --sort-by=.metadata.name"),
            "error: couldn't find any field with path \"{.metadata.name}\" in the list of "
            "objects\n");
}

TEST_F(KubectlGet, Watching) {
  start();
  const std::string shown = type(
      "timeout 5 kubectl get deploy -w & sleep 1; kubectl scale deploy web --replicas=0; wait");
  EXPECT_EQ(count(shown, "NAME "), 1u) << shown;
  EXPECT_GE(count(shown, "\nweb "), 3u) << shown;
  EXPECT_NE(shown.find("web    0/0     0            0 "), std::string::npos) << shown;
  EXPECT_EQ(type("timeout 2 kubectl get cm nosuch -w"),
            "Error from server (NotFound): configmaps \"nosuch\" not found\n");
  EXPECT_EQ(type("kubectl get pods,deploy -w"),
            "error: you may only specify a single resource type\n");
}

TEST_F(KubectlGet, WatchingOnlyChanges) {
  start();
  const std::string shown = type(
      "timeout 5 kubectl get cm --watch-only --output-watch-events & sleep 1; kubectl create "
      "configmap new-one >/dev/null; kubectl delete configmap new-one >/dev/null; wait");
  EXPECT_NE(shown.find("EVENT      NAME "), std::string::npos) << shown;
  EXPECT_NE(shown.find("\nADDED      new-one "), std::string::npos) << shown;
  EXPECT_NE(shown.find("\nDELETED    new-one "), std::string::npos) << shown;
  EXPECT_EQ(count(shown, "kube-root-ca.crt"), 0u);
}

TEST_F(KubectlGet, AWatchEndsByItself) {
  start();
  EXPECT_EQ(type("kubectl get cm config -w -o name"), "configmap/config\n");
  EXPECT_EQ(status(), 0);
}

TEST_F(KubectlGet, Raw) {
  start();
  EXPECT_EQ(type("kubectl get --raw /healthz"), "ok");
  EXPECT_NE(type("kubectl get --raw /version").find("\"gitVersion\": \"v1.30.1\""),
            std::string::npos);
  EXPECT_NE(type("kubectl get --raw /apis/apps/v1/namespaces/default/deployments/web")
                .find("\"replicas\":2"),
            std::string::npos);
  EXPECT_NE(type("kubectl get --raw /api/v1/pods").find("\"kind\":\"PodList\""), std::string::npos);
  EXPECT_EQ(type("kubectl get --raw /nosuch"),
            "Error from server (NotFound): the server could not find the requested resource\n");
  EXPECT_EQ(type("kubectl get pods --raw /version"),
            "error: arguments may not be passed when --raw is specified\n");
}

TEST_F(KubectlGet, Describe) {
  start();
  EXPECT_EQ(type("kubectl describe deploy web").rfind("Name:                   web\n", 0), 0u);
  EXPECT_NE(type("kubectl describe deploy web").find("\nEvents:"), std::string::npos);
  EXPECT_EQ(type("kubectl describe deploy web --show-events=false").find("\nEvents:"),
            std::string::npos);
  // Several, or by the beginning of a name: without events, with blank lines between.
  const std::string several = type("kubectl describe pods");
  EXPECT_EQ(count(several, "\n\n\nName: "), 1u);
  EXPECT_EQ(count(several, "\nEvents:"), 0u);
  EXPECT_EQ(count(type("kubectl describe pods we"), "Name:             web-"), 2u);
  EXPECT_EQ(type("kubectl describe pods nosuch"),
            "Error from server (NotFound): pods \"nosuch\" not found\n");
  EXPECT_EQ(type("kubectl describe pods -l a=b"), "No resources found in default namespace.\n");
  EXPECT_EQ(type("kubectl describe"),
            "error: You must specify the type of resource to describe. Use \"kubectl "
            "api-resources\" for a complete list of supported resources.\n");
}

TEST_F(KubectlGet, Events) {
  EXPECT_EQ(type("kubectl events"), "No events found in default namespace.\n");
  start();
  const std::string shown = type("kubectl events --for deploy/web");
  EXPECT_EQ(shown.rfind("LAST SEEN   TYPE     REASON              OBJECT           MESSAGE\n", 0),
            0u)
      << shown;
  EXPECT_EQ(count(shown, "\n"), 2u);
  EXPECT_NE(shown.find("ScalingReplicaSet   Deployment/web   Scaled up replica set web-"),
            std::string::npos);
  EXPECT_EQ(type("kubectl events --types=warning"), "No events found in default namespace.\n");
  EXPECT_EQ(type("kubectl events --types=Foo"), "error: valid --types are Normal or Warning\n");
  EXPECT_EQ(type("kubectl events --for=pod"), "error: --for must be in resource/name form\n");
  EXPECT_EQ(type("kubectl events -A").rfind("NAMESPACE   LAST SEEN ", 0), 0u);
  EXPECT_NE(type("kubectl events -o jsonpath='{.items[*].reason}'").find("ScalingReplicaSet"),
            std::string::npos);
}

TEST_F(KubectlGet, TheCluster) {
  EXPECT_NE(
      type("kubectl api-resources").find("\ndeployments                deploy       apps/v1 "),
      std::string::npos)
      << type("kubectl api-resources");
  EXPECT_EQ(type("kubectl api-resources --api-group=apps -o name"),
            "controllerrevisions.apps\ndaemonsets.apps\ndeployments.apps\nreplicasets.apps\n"
            "statefulsets.apps\n");
  EXPECT_EQ(type("kubectl api-resources --sort-by=foo"),
            "error: --sort-by accepts only name or kind\n");
  EXPECT_NE(type("kubectl api-versions").find("apps/v1\n"), std::string::npos);
  EXPECT_EQ(type("kubectl version"),
            "Client Version: v1.32.5\nKustomize Version: v5.5.0\nServer Version: v1.30.1\nWARNING: "
            "version difference between client (1.32) and server (1.30) exceeds the supported "
            "minor version skew of +/-1\n");
  EXPECT_NE(type("kubectl cluster-info").find("control plane is running at https://"),
            std::string::npos);
}

TEST_F(KubectlGet, TheContext) {
  EXPECT_EQ(type("kubectl config current-context"), "podsight\n");
  EXPECT_EQ(type("kubectl config view --minify -o jsonpath='{..namespace}'"), "");
  EXPECT_EQ(type("kubectl config set-context --current --namespace=web"),
            "Context \"podsight\" modified.\n");
  EXPECT_EQ(type("kubectl get pods"), "No resources found in web namespace.\n");
  EXPECT_EQ(type("kubectl config view --minify -o jsonpath='{..namespace}'"), "web");
  EXPECT_EQ(type("kubectl config get-contexts"),
            "CURRENT   NAME       CLUSTER    AUTHINFO   NAMESPACE\n"
            "*         podsight   podsight   podsight   web\n");
  EXPECT_EQ(type("kubectl config use-context nosuch"),
            "error: no context exists with the name: \"nosuch\"\n");
  EXPECT_EQ(type("kubectl get pods --context=nosuch"),
            "error: context \"nosuch\" does not exist\n");
}

}  // namespace
}  // namespace sim::testing
