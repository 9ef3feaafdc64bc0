// Services and Secrets as kubectl makes and shows them, and files copied to and from containers.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class KubectlService : public WorldTest {};

TEST_F(KubectlService, MakesSecretsFromAllTheirSources) {
  write("user", "admin");
  EXPECT_EQ(type("kubectl create secret generic s --from-literal=a=b --from-file=user"),
            "secret/s created\n");
  EXPECT_EQ(type("kubectl get secret s -o jsonpath='{.data}{.type}'"),
            "{\"a\":\"Yg==\",\"user\":\"YWRtaW4=\"}Opaque");
  EXPECT_EQ(type("kubectl describe secret s"),
            "Name:         s\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\n\n"
            "Type:  Opaque\n\nData\n====\na:     1 bytes\nuser:  5 bytes\n");
  EXPECT_EQ(type("kubectl create secret generic s --from-literal=a=b"),
            "error: failed to create secret secrets \"s\" already exists\n");
  EXPECT_EQ(status(), 1);
  EXPECT_EQ(type("kubectl create secret generic t --from-literal=a=b --from-literal=a=c"),
            "error: cannot add key a, another key by that name already exists\n");
  EXPECT_EQ(type("kubectl create secret docker-registry r --docker-username=u "
                 "--docker-password=p --docker-email=e@x --dry-run=client "
                 "-o jsonpath='{.data.\\.dockerconfigjson}'"),
            "eyJhdXRocyI6eyJodHRwczovL2luZGV4LmRvY2tlci5pby92MS8iOnsidXNlcm5hbWUiOiJ1IiwicGFzc3dv"
            "cmQiOiJwIiwiZW1haWwiOiJlQHgiLCJhdXRoIjoiZFRwdyJ9fX0=");
  EXPECT_EQ(type("kubectl create secret docker-registry r"),
            "error: either --from-file or the combination of --docker-username, --docker-password "
            "and --docker-server is required\n");
  EXPECT_EQ(type("kubectl create secret tls t"), "error: key and cert must be specified\n");
  EXPECT_EQ(type("kubectl create secret tls t --cert=user --key=user"),
            "error: tls: failed to find any PEM data in certificate input\n");
  EXPECT_EQ(
      type("kubectl create secret foo"),
      "error: unknown command \"foo\"\nSee 'kubectl create secret -h' for help and examples\n");
  EXPECT_EQ(
      type("kubectl create secret generic"),
      "error: exactly one NAME is required, got 0\nSee 'kubectl create secret generic -h' for "
      "help and examples\n");
}

TEST_F(KubectlService, MakesServicesOfEachType) {
  EXPECT_EQ(type("kubectl create service clusterip c --tcp=80:8080 --tcp=443:https"),
            "service/c created\n");
  EXPECT_EQ(type("kubectl create svc nodeport n --tcp=80 --node-port=30080"),
            "service/n created\n");
  EXPECT_EQ(type("kubectl create service externalname e --external-name=example.com"),
            "service/e created\n");
  EXPECT_EQ(type("kubectl create service clusterip h --clusterip=None"), "service/h created\n");
  EXPECT_EQ(type("kubectl create service loadbalancer l --tcp=80"), "service/l created\n");
  EXPECT_EQ(type("kubectl get svc -o custom-columns=N:.metadata.name,T:.spec.type,"
                 "P:.spec.ports[*].targetPort,F:.spec.ipFamilyPolicy --no-headers"),
            "c     ClusterIP      8080,https   SingleStack\n"
            "e     ExternalName   <none>       <none>\n"
            "h     ClusterIP      <none>       SingleStack\n"
            "l     LoadBalancer   80           SingleStack\n"
            "n     NodePort       80           SingleStack\n");
  EXPECT_EQ(type("kubectl get svc n -o wide --no-headers | tr -s ' ' | cut -d ' ' -f 1,2,4,5,7"),
            "n NodePort <none> 80:30080/TCP app=n\n");
  EXPECT_EQ(type("kubectl get svc l --no-headers | tr -s ' ' | cut -d ' ' -f 4"), "<pending>\n");
  EXPECT_EQ(type("kubectl get svc h --no-headers | tr -s ' ' | cut -d ' ' -f 3-5"),
            "None <none> <none>\n");
  EXPECT_EQ(type("kubectl create service clusterip x"),
            "error: at least one tcp port specifier must be provided\n");
  EXPECT_EQ(type("kubectl create service clusterip x --tcp=a"),
            "error: strconv.ParseUint: parsing \"a\": invalid syntax\n");
  EXPECT_EQ(type("kubectl create service clusterip c --tcp=80"),
            "error: failed to create ClusterIP service: services \"c\" already exists\n");
}

TEST_F(KubectlService, ExposesWhatHasPods) {
  type("kubectl create deployment web --image=nginx:1.25 --port=8080");
  EXPECT_EQ(type("kubectl expose deployment web"), "service/web exposed\n");
  EXPECT_EQ(type("kubectl expose deploy/web --name=other --port=80 --target-port=http"),
            "service/other exposed\n");
  EXPECT_EQ(type("kubectl get svc web other -o custom-columns=N:.metadata.name,"
                 "P:.spec.ports[0].port,T:.spec.ports[0].targetPort,S:.spec.selector.app "
                 "--no-headers"),
            "web     8080   8080   web\nother   80     http   web\n");
  EXPECT_EQ(type("kubectl expose deploy/web"),
            "Error from server (AlreadyExists): services \"web\" already exists\n");
  EXPECT_EQ(type("kubectl expose deploy/web --name=third --overrides='{\"apiVersion\":\"v1\","
                 "\"spec\":{\"type\":\"NodePort\",\"sessionAffinity\":\"ClientIP\"}}'"),
            "service/third exposed\n");
  EXPECT_EQ(type("kubectl get svc third -o jsonpath='{.spec.type} {.spec.sessionAffinity} "
                 "{.spec.selector.app}'"),
            "NodePort ClientIP web");
  EXPECT_EQ(type("kubectl expose deploy/web --name=fourth --overrides='{'"),
            "error: Invalid JSON Patch\n");
  EXPECT_EQ(type("kubectl expose sa/default --port=80"), "error: cannot expose a ServiceAccount\n");
  type("kubectl create deployment bare --image=nginx:1.25");
  EXPECT_EQ(type("kubectl expose deployment bare"),
            "error: couldn't find port via --port flag or introspection\n");
  EXPECT_EQ(type("kubectl expose deployment nosuch --port=80"),
            "Error from server (NotFound): deployments.apps \"nosuch\" not found\n");
  EXPECT_EQ(type("kubectl run a --image=nginx:1.25 --port=80 --expose"),
            "service/a created\npod/a created\n");
  settle();
  EXPECT_EQ(type("kubectl get all -l app=web -o name | head -1 | cut -d - -f 1"), "pod/web\n");
}

TEST_F(KubectlService, CopiesFilesToAndFromAContainer) {
  type("kubectl run a --image=nginx:1.25");
  settle();
  write("f", "hello\n");
  EXPECT_EQ(type("kubectl cp f a:/g"), "");
  EXPECT_EQ(type("kubectl exec a -- cat /g"), "hello\n");
  type("mkdir -p d/e; echo 2 > d/e/two");
  EXPECT_EQ(type("kubectl cp d default/a:/ -c a"), "");  // a directory: into it
  EXPECT_EQ(type("kubectl exec a -- cat /d/e/two"), "2\n");
  EXPECT_EQ(type("kubectl cp a:/d out/copy"), "tar: Removing leading `/' from member names\n");
  EXPECT_EQ(type("cat out/copy/e/two"), "2\n");
  EXPECT_EQ(type("kubectl cp a:/nope x"),
            "tar: Removing leading `/' from member names\n"
            "tar: /nope: Cannot stat: No such file or directory\n"
            "tar: Exiting with failure status due to previous errors\n"
            "command terminated with exit code 2\n");
  EXPECT_EQ(status(), 2);
  EXPECT_EQ(type("kubectl cp f b:/x"), "Error from server (NotFound): pods \"b\" not found\n");
  EXPECT_EQ(type("kubectl cp nope a:/x"), "error: nope doesn't exist in local filesystem\n");
  EXPECT_EQ(type("kubectl cp f"), "error: source and destination are required\n");
  EXPECT_EQ(type("kubectl cp f g"),
            "error: one of src or dest must be a remote file specification\n");
  EXPECT_EQ(type("kubectl cp a:/f a:/g"),
            "error: one of src or dest must be a local file specification\n");
  EXPECT_EQ(type("kubectl cp a: g"), "error: filepath can not be empty\n");
  EXPECT_EQ(type("kubectl cp a/b/c:/f g"),
            "error: filespec must match the canonical format: [[namespace/]pod:]file/path\n");
}

}  // namespace
}  // namespace sim::testing
