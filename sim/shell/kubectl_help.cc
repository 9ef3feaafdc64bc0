#include "sim/shell/kubectl_help.h"

#include <algorithm>

#include "sim/base/format.h"
#include "sim/model/kinds.h"

namespace sim::kubectl {
namespace {

struct FlagRow {
  std::string_view spec;   // as parse_flags() takes it
  std::string_view value;  // when it is not given, as help shows it
  std::string_view says;
  std::string_view verbs = {};  // the only ones for which this row is meant; empty: all
};

// A row for a verb stands before the row for all.
constexpr FlagRow kFlags[] = {
    {"all", "false", "All objects of the kinds that are named."},
    {"all-containers", "false", "The logs of every container of the pod."},
    {"all-namespaces,A", "false", "Look in every namespace, whatever --namespace says."},
    {"all-pods", "false", "The logs of every pod that the workload has."},
    {"allow-missing-template-keys", "true", "Templates print nothing for what is not there."},
    {"annotations=", "[]", "Annotations for the pod."},
    {"api-group=", "''", "Only the resources of this API group."},
    {"append-hash", "false", "Put a hash of the content behind the name."},
    {"attach", "false", "Wait for the pod to run, and attach to it."},
    {"cached", "false", "Use the list of resources that was read before."},
    {"cascade=?background", "'background'",
     "What becomes of the objects that these own: background, foreground or orphan."},
    {"categories=", "[]", "Only the resources of these categories, such as all."},
    {"cert=", "''", "The file of the certificate."},
    {"chunk-size=", "500", "Ask for long lists in parts of so many; 0 asks for all at once."},
    {"client", "false", "Only the client's version; no server is asked."},
    {"cluster-ip=", "''", "The Service's address; None: it has none."},
    {"clusterip=", "''", "The Service's address; None: it has none."},
    {"command", "false", "Words behind -- are the command, not its arguments."},
    {"container,c=", "''", "The container; without it, the pod's default one."},
    {"containers,c=", "'*'", "The containers to change, with wildcards."},
    {"containers", "false", "Usage by container.", "top pod"},
    {"cpu-percent=", "-1",
     "How much of what the pods ask for they shall use; -1: as the server says."},
    {"current", "false", "The current context."},
    {"current-replicas=", "-1", "Only when there are so many replicas now."},
    {"delete-emptydir-data", "false", "Also move pods whose emptyDir volumes are lost by it."},
    {"description=", "''", "What the class is for."},
    {"disable-eviction", "false", "Delete the pods, and heed no PodDisruptionBudget."},
    {"docker-email=", "''", "The address of the registry's user."},
    {"docker-password=", "''", "The password of the registry's user."},
    {"docker-server=", "'https://index.docker.io/v1/'", "Where the registry is."},
    {"docker-username=", "''", "The registry's user."},
    {"dry-run=?unchanged", "'none'",
     "none, client (say what would be sent) or server (ask, but keep nothing)."},
    {"env,e=", "[]", "NAME=VALUE, NAME- takes one away.", "set env"},
    {"env=", "[]", "NAME=VALUE for the container."},
    {"expose", "false", "Make a Service for the pod as well."},
    {"external-ip=", "''", "Another address for the Service."},
    {"external-name=", "''", "The name that the Service stands for."},
    {"field-manager=", "''", "The name under which the change is noted."},
    {"field-selector=", "''", "Choose by fields: KEY=VALUE, KEY!=VALUE, with commas between."},
    {"filename,f=", "[]", "A file, a directory, or - for standard input, that names the objects."},
    {"flatten", "false", "Write out certificates in place."},
    {"follow,f", "false", "Go on with the log as it is written."},
    {"for=", "''", "Only the events about TYPE/NAME.", "events"},
    {"for=", "''",
     "What to wait for: create, delete, condition=NAME[=VALUE] or jsonpath='{PATH}'[=VALUE]."},
    {"force", "false", "Also end pods that no controller would make again.", "drain"},
    {"force", "false", "Do it at once, without waiting for the node."},
    {"force-conflicts", "false", "With --server-side: take fields over from other managers."},
    {"from=", "''", "The CronJob whose Job to make now: cronjob/NAME.", "create job"},
    {"from=", "''", "A ConfigMap or Secret whose keys become variables."},
    {"from-env-file=", "[]", "A file of NAME=VALUE lines."},
    {"from-file=", "[]", "[KEY=]FILE, or a directory of files."},
    {"from-literal=", "[]", "KEY=VALUE."},
    {"global-default", "false", "Give it to pods that name no class."},
    {"grace-period=", "-1", "Seconds that the processes get to end; -1: as the object says."},
    {"ignore-daemonsets", "false", "Let the pods of DaemonSets be."},
    {"ignore-errors", "false", "Go on with the other logs when one cannot be read."},
    {"ignore-not-found", "false", "Say nothing of objects that are not there."},
    {"image=", "''", "The container's image."},
    {"image-pull-policy=", "''", "Always, IfNotPresent or Never."},
    {"insecure-skip-tls-verify-backend", "false", "Do not check the kubelet's certificate."},
    {"interactive,i", "false", "Ask before each deletion."},
    {"key=", "''", "The file of the private key."},
    {"keys=", "[]", "The keys that --from takes over."},
    {"kustomize,k=", "''", "A directory with a kustomization.yaml."},
    {"label-columns,L=", "[]", "Labels to be shown in columns of their own."},
    {"labels,l=", "''", "Labels for the Service: KEY=VALUE, with commas between.", "expose"},
    {"labels,l=", "''", "Labels for the pod: KEY=VALUE, with commas between."},
    {"leave-stdin-open", "false", "Keep standard input open after the first attachment."},
    {"limit-bytes=", "0", "At most so many bytes; 0: all."},
    {"limits=", "''", "NAME=AMOUNT, with commas between."},
    {"list", "false", "Show what there is."},
    {"load-balancer-ip=", "''", "The address that a load balancer shall have."},
    {"local", "false", "Change the files' objects only, and ask no server."},
    {"max=", "-1", "How many replicas there may be at most."},
    {"max-log-requests=", "5", "How many logs may be followed at once."},
    {"max-unavailable=", "''", "How many pods, or which part of them, may be missing."},
    {"merge", "true", "Merge the kubeconfig files."},
    {"min=", "-1", "How many replicas there shall be at least."},
    {"min-available=", "''", "How many pods, or which part of them, have to be there."},
    {"minify", "false", "Only what belongs to the current context."},
    {"name=", "''", "The autoscaler's name; without it, the workload's.", "autoscale"},
    {"name=", "''", "The Service's name."},
    {"namespaced", "true", "Only resources that belong to a namespace, or with =false the others."},
    {"no-preserve", "false", "Keep neither owners nor permissions."},
    {"node-port=", "0", "The port at every node; 0: any."},
    {"no-headers", "false", "No line of headers."},
    {"now", "false", "As --grace-period=1."},
    {"openapi-patch", "true", "Use the server's schema to find the difference."},
    {"output,o=", "''", "wide or name.", "api-resources"},
    {"output,o=", "''", "json or yaml.", "version"},
    {"output,o=", "''", "A file for the manifests.", "kustomize"},
    {"output,o=", "''", "name.", "delete config get-contexts"},
    {"output,o=", "''",
     "wide, name, json, yaml, jsonpath=…, jsonpath-as-json=…, jsonpath-file=…, go-template=…, "
     "go-template-file=…, custom-columns=… or custom-columns-file=….",
     "get"},
    {"output,o=", "''", "name, json, yaml, jsonpath=… or go-template=…."},
    {"output-watch-events", "false", "With a watch: say what kind of change each one is."},
    {"override-type=?merge", "'merge'", "How --overrides are put in: json, merge or strategic."},
    {"overrides=", "''", "JSON that is put into the object."},
    {"overwrite", "true", "Take over what was changed by others.", "apply set env"},
    {"overwrite", "false", "Change values that are already there."},
    {"patch,p=", "''", "The patch, in JSON or YAML."},
    {"patch-file=", "''", "A file that holds the patch."},
    {"pod-selector=", "''", "Only these pods of the node: KEY=VALUE and the like."},
    {"pod-running-timeout=", "1m0s", "How long to wait until the pod runs."},
    {"port=", "''", "The Service's port; the containers' when it is not given.", "expose"},
    {"port=", "''", "The port that the container serves."},
    {"preemption-policy=", "'PreemptLowerPriority'",
     "Whether its pods take the place of lesser ones: PreemptLowerPriority or Never."},
    {"prefix", "false", "Put the pod and the container before each line.", "logs"},
    {"prefix=", "''", "What to put before the names of variables."},
    {"previous,p", "false", "The log of the container's run before this one."},
    {"privileged", "false", "Run the container privileged."},
    {"protocol=", "''", "TCP, UDP or SCTP."},
    {"prune", "false", "Delete what earlier files had and these do not."},
    {"prune-allowlist=", "[]", "The kinds that --prune may delete."},
    {"quiet,q", "false", "Print only what the process prints."},
    {"raw", "false", "Show certificates and tokens as they are.", "config view"},
    {"raw=", "''", "A path of the API server to be asked for."},
    {"record", "false", "Note the command in the object (deprecated)."},
    {"recursive,R", "false", "Go into the directories below a directory."},
    {"replicas,r=", "1", "How many replicas.", "create deployment"},
    {"replicas=", "0", "How many replicas there shall be."},
    {"requests=", "''", "NAME=AMOUNT, with commas between."},
    {"resolve", "false", "Show the values that variables get from elsewhere."},
    {"resource-version=", "''", "Only when the object is at this version."},
    {"restart=", "'OnFailure'", "The pods' restart policy: OnFailure or Never.", "create cronjob"},
    {"restart=", "'Always'", "The pod's restart policy: Always, OnFailure or Never."},
    {"retries=", "0", "How often to try again."},
    {"revision=", "0", "One revision in full."},
    {"rm", "false", "Delete the pod when it has ended."},
    {"save-config", "false", "Keep the object in the annotation that apply uses."},
    {"schedule=", "''", "When to make a Job, as in a crontab."},
    {"selector=", "''", "The pods of the budget: KEY=VALUE, with commas between.",
     "create poddisruptionbudget"},
    {"selector=", "''", "The pods behind the Service: KEY=VALUE, with commas between.", "expose"},
    {"selector,l=", "''", "Choose by labels: KEY=VALUE, KEY!=VALUE, KEY in (A,B), KEY, !KEY."},
    {"server-print", "true", "Let the server make the table."},
    {"server-side", "false", "Let the server put the fields together."},
    {"session-affinity=", "''", "None or ClientIP."},
    {"show-capacity", "false", "Percentages of the capacity, not of what is allocatable."},
    {"show-events", "true", "Show the events about the object; for one object this is so."},
    {"show-kind", "false", "Put the kind before each name."},
    {"show-labels", "false", "Show all labels in the last column."},
    {"show-managed-fields", "false", "Keep managedFields in JSON and YAML."},
    {"skip-wait-for-delete-timeout=", "0",
     "Do not wait for pods whose deletion was due so many seconds ago; 0: wait for all."},
    {"since=", "0s", "Only what was written so long ago at most."},
    {"since-time=", "''", "Only what was written after this time (RFC 3339)."},
    {"sort-by=", "''", "name or kind.", "api-resources"},
    {"sort-by=", "''", "cpu or memory: the highest first.", "top pod top node"},
    {"sort-by=", "''", "Sort by a field: .metadata.creationTimestamp."},
    {"stdin,i", "false", "Pass standard input on."},
    {"subresource=", "''", "A part of the object: status or scale."},
    {"sum", "false", "Print the sum, too."},
    {"use-protocol-buffers", "true", "Ask for metrics in the shorter form."},
    {"tail=", "-1", "Only so many lines from the end; -1: all."},
    {"target-port=", "''", "The port of the containers, by number or name."},
    {"tcp=", "[]", "PORT:TARGET_PORT."},
    {"template=", "''", "The template for -o go-template and its like."},
    {"timeout=", "30s", "How long to wait; negative: a week.", "wait"},
    {"timeout=", "0s", "How long to wait; 0: without end."},
    {"timestamps", "false", "Put the time before each line."},
    {"to-revision=", "0", "The revision to go back to; 0: the one before."},
    {"tty,t", "false", "Standard input is a terminal."},
    {"type=", "''", "The Secret's type.", "create secret generic"},
    {"type=", "''", "ClusterIP, NodePort, LoadBalancer or ExternalName.", "expose"},
    {"type=", "'strategic'", "The kind of patch: strategic, merge or json."},
    {"types=", "[]", "Only events of these types: Normal, Warning."},
    {"validate=?strict", "'strict'",
     "Of fields that the kind does not have: refuse (strict), warn or ignore them."},
    {"value=", "0", "How important its pods are."},
    {"verbs=", "[]", "Only resources that have all of these verbs."},
    {"wait", "true", "Return only when all is gone."},
    {"watch,w", "true", "Go on until the rollout is done.", "rollout status"},
    {"watch,w", "false", "Then go on, with every change as it happens."},
    {"watch-only", "false", "Only the changes, not what is there now."},
    {"with-managed-fields", "false", "Edit managedFields, too."},
};

constexpr FlagRow kGlobalFlags[] = {
    {"as=", "''", "The user to act as."},
    {"as-group=", "[]", "A group to act as a member of."},
    {"as-uid=", "''", "The UID to act as."},
    {"cache-dir=", "'/work/.kube/cache'", "Where answers are kept."},
    {"certificate-authority=", "''", "The file of the authority's certificate."},
    {"client-certificate=", "''", "The file of the client's certificate."},
    {"client-key=", "''", "The file of the client's key."},
    {"cluster=", "''", "The cluster of the kubeconfig."},
    {"context=", "''", "The context of the kubeconfig."},
    {"disable-compression", "false", "Do not compress answers."},
    {"help,h", "false", "Tell about this command."},
    {"insecure-skip-tls-verify", "false", "Do not check the server's certificate."},
    {"kubeconfig=", "''", "The kubeconfig file."},
    {"log-flush-frequency=", "5s", "How often logs are flushed."},
    {"match-server-version", "false", "Refuse a server of another version."},
    {"namespace,n=", "''", "The namespace that this command is about."},
    {"password=", "''", "The password for the API server."},
    {"profile=", "'none'", "The profile to capture."},
    {"profile-output=", "'profile.pprof'", "The file for the profile."},
    {"request-timeout=", "'0'", "How long one request may take; 0: without end."},
    {"server,s=", "''", "The address of the API server."},
    {"tls-server-name=", "''", "The name in the server's certificate."},
    {"token=", "''", "The bearer token for the API server."},
    {"user=", "''", "The user of the kubeconfig."},
    {"username=", "''", "The name for the API server."},
    {"v,v=", "0", "How much is logged."},
    {"vmodule=", "", "How much is logged of single files."},
    {"warnings-as-errors", "false", "Take the server's warnings for errors."},
};

constexpr std::string_view kPrint =
    "allow-missing-template-keys output show-managed-fields template";
constexpr std::string_view kFiles = "filename kustomize recursive";

constexpr std::string_view kBeginner = "Basic Commands (Beginner):";
constexpr std::string_view kIntermediate = "Basic Commands (Intermediate):";
constexpr std::string_view kDeploy = "Deploy Commands:";
constexpr std::string_view kCluster = "Cluster Management Commands:";
constexpr std::string_view kTrouble = "Troubleshooting and Debugging Commands:";
constexpr std::string_view kAdvanced = "Advanced Commands:";
constexpr std::string_view kSettings = "Settings Commands:";
constexpr std::string_view kOther = "Other Commands:";

// "+print" and "+files" stand for the flags that go with them.
const std::vector<Verb>& table() {
  static const std::vector<Verb> all = {
      {"create", kBeginner, "-f FILENAME", "Make objects from files, or from words",
       "dry-run field-manager raw save-config selector validate +print +files"},
      {"create configmap", "", "NAME [--from-file=[KEY=]SOURCE] [--from-literal=KEY=VALUE]",
       "Make a ConfigMap from files, directories or literal values",
       "append-hash dry-run field-manager from-env-file from-file from-literal save-config "
       "validate +print",
       true, "cm"},
      {"create cronjob", "", "NAME --image=IMAGE --schedule=SCHEDULE [-- COMMAND ARGS...]",
       "Make a CronJob", "dry-run field-manager image restart save-config schedule validate +print",
       true, "cj"},
      {"create deployment", "", "NAME --image=IMAGE [-- COMMAND ARGS...]", "Make a Deployment",
       "dry-run field-manager image port replicas save-config validate +print", true, "deploy"},
      {"create job", "", "NAME (--image=IMAGE [-- COMMAND ARGS...] | --from=cronjob/NAME)",
       "Make a Job", "dry-run field-manager from image save-config validate +print"},
      {"create namespace", "", "NAME", "Make a namespace",
       "dry-run field-manager save-config validate +print", true, "ns"},
      {"create poddisruptionbudget", "", "NAME --selector=LABELS --min-available=N",
       "Make a PodDisruptionBudget",
       "dry-run field-manager max-unavailable min-available save-config selector validate +print",
       true, "pdb"},
      {"create priorityclass", "", "NAME --value=VALUE", "Make a PriorityClass",
       "description dry-run field-manager global-default preemption-policy save-config validate "
       "value +print",
       true, "pc"},
      {"create secret", "", "SUBCOMMAND", "Make a Secret", ""},
      {"create secret docker-registry", "",
       "NAME --docker-username=USER --docker-password=PASSWORD [--docker-server=URL]",
       "Make a Secret for a registry of images",
       "append-hash docker-email docker-password docker-server docker-username dry-run "
       "field-manager from-file save-config validate +print"},
      {"create secret generic", "", "NAME [--from-file=[KEY=]SOURCE] [--from-literal=KEY=VALUE]",
       "Make a Secret from files, directories or literal values",
       "append-hash dry-run field-manager from-env-file from-file from-literal save-config type "
       "validate +print"},
      {"create secret tls", "", "NAME --cert=FILE --key=FILE", "Make a Secret of a key pair",
       "append-hash cert dry-run field-manager key save-config validate +print"},
      {"create service", "", "SUBCOMMAND", "Make a Service", "", true, "svc"},
      {"create service clusterip", "", "NAME --tcp=PORT:TARGET_PORT",
       "Make a Service inside the cluster",
       "clusterip dry-run field-manager save-config tcp validate +print"},
      {"create service externalname", "", "NAME --external-name=NAME",
       "Make a Service that is another name",
       "dry-run external-name field-manager save-config tcp validate +print"},
      {"create service loadbalancer", "", "NAME --tcp=PORT:TARGET_PORT",
       "Make a Service behind a load balancer",
       "dry-run field-manager save-config tcp validate +print"},
      {"create service nodeport", "", "NAME --tcp=PORT:TARGET_PORT",
       "Make a Service at a port of every node",
       "dry-run field-manager node-port save-config tcp validate +print"},
      {"create serviceaccount", "", "NAME", "Make a ServiceAccount",
       "dry-run field-manager save-config validate +print", true, "sa"},
      {"expose", kBeginner, "(-f FILENAME | TYPE NAME) [--port=PORT]",
       "Make a Service for a workload",
       "cluster-ip dry-run external-ip field-manager labels load-balancer-ip name override-type "
       "overrides port protocol save-config selector session-affinity target-port type +print "
       "+files"},
      {"run", kBeginner, "NAME --image=IMAGE [-- COMMAND ARGS...]", "Run an image in a pod",
       "annotations attach cascade command dry-run env expose field-manager force grace-period "
       "image image-pull-policy labels leave-stdin-open override-type overrides "
       "pod-running-timeout port privileged quiet restart rm save-config stdin timeout tty wait "
       "+print +files"},
      {"set", kBeginner, "SUBCOMMAND", "Change one thing about workloads", ""},
      {"set env", "", "TYPE/NAME KEY=VALUE...", "Change the variables of containers",
       "all containers dry-run env field-manager from keys list local overwrite prefix resolve "
       "selector +print +files"},
      {"set image", "", "TYPE/NAME CONTAINER=IMAGE...", "Change the images of containers",
       "all dry-run field-manager local selector +print +files"},
      {"set resources", "", "TYPE/NAME --limits=… --requests=…",
       "Change what containers ask for and may use",
       "all containers dry-run field-manager limits local requests selector +print +files"},
      {"set selector", "", "TYPE/NAME KEY=VALUE,...", "Change the selector of a Service",
       "all dry-run field-manager local resource-version +print +files"},
      {"set serviceaccount", "", "TYPE/NAME SERVICE_ACCOUNT", "Change the service account of pods",
       "all dry-run field-manager local +print +files", true, "sa"},
      {"explain", kIntermediate, "", "Tell about the fields of a kind", "", false},
      {"get", kIntermediate, "(TYPE [NAME | -l LABELS] | TYPE/NAME ...)", "Show objects",
       "all-namespaces chunk-size field-selector ignore-not-found label-columns no-headers "
       "output-watch-events raw selector server-print show-kind show-labels sort-by subresource "
       "watch watch-only +print +files"},
      {"edit", kIntermediate, "(TYPE NAME | -f FILENAME)", "Edit objects in an editor",
       "field-manager save-config subresource validate +print +files"},
      {"delete", kIntermediate, "(-f FILENAME | TYPE [NAME | -l LABELS | --all])",
       "Delete objects by file, name or labels",
       "all all-namespaces cascade dry-run field-selector force grace-period ignore-not-found "
       "interactive now output raw selector timeout wait +files"},
      {"rollout", kDeploy, "SUBCOMMAND", "Follow and steer the rollout of a workload", ""},
      {"rollout history", "", "(TYPE NAME | TYPE/NAME)", "Show the revisions of a workload",
       "revision selector +print +files"},
      {"rollout pause", "", "(TYPE NAME | TYPE/NAME)", "Stop a workload from rolling out changes",
       "field-manager selector +print +files"},
      {"rollout restart", "", "(TYPE NAME | TYPE/NAME)", "Replace all pods of a workload",
       "field-manager selector +print +files"},
      {"rollout resume", "", "(TYPE NAME | TYPE/NAME)", "Let a paused workload go on",
       "field-manager selector +print +files"},
      {"rollout status", "", "(TYPE NAME | TYPE/NAME)", "Follow a rollout until it is done",
       "revision selector timeout watch +files"},
      {"rollout undo", "", "(TYPE NAME | TYPE/NAME)", "Go back to a revision before",
       "dry-run selector to-revision +print +files"},
      {"scale", kDeploy, "--replicas=COUNT (-f FILENAME | TYPE NAME)",
       "Change how many replicas a workload has",
       "all current-replicas dry-run replicas resource-version selector timeout +print +files"},
      {"autoscale", kDeploy, "(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=N] --max=N",
       "Let the number of replicas follow the load",
       "cpu-percent dry-run field-manager max min name save-config +print +files"},
      {"certificate", kCluster, "", "Approve or deny certificate requests", "", false},
      {"cluster-info", kCluster, "", "Tell where the control plane is", ""},
      {"top", kCluster, "", "Show what nodes and pods use", ""},
      {"top node", "", "[NAME | -l label]", "Show what nodes use",
       "no-headers selector show-capacity sort-by use-protocol-buffers", true, "nodes,no"},
      {"top pod", "", "[NAME | -l label]", "Show what pods use",
       "all-namespaces containers field-selector no-headers selector sort-by sum "
       "use-protocol-buffers",
       true, "pods,po"},
      {"cordon", kCluster, "NODE", "Keep new pods off a node", "dry-run selector"},
      {"uncordon", kCluster, "NODE", "Let new pods onto a node again", "dry-run selector"},
      {"drain", kCluster, "NODE", "Move the pods off a node",
       "chunk-size delete-emptydir-data disable-eviction dry-run force grace-period "
       "ignore-daemonsets pod-selector selector skip-wait-for-delete-timeout timeout"},
      {"taint", kCluster, "NODE NAME KEY=VALUE:EFFECT...", "Change the taints of nodes",
       "all dry-run field-manager overwrite selector validate +print"},
      {"describe", kTrouble, "(-f FILENAME | TYPE [NAME_PREFIX | -l LABELS] | TYPE/NAME)",
       "Tell all about objects, with their events",
       "all-namespaces chunk-size selector show-events +files"},
      {"logs", kTrouble, "(POD | TYPE/NAME) [-c CONTAINER]", "Print the log of a container",
       "all-containers all-pods container follow ignore-errors insecure-skip-tls-verify-backend "
       "limit-bytes max-log-requests pod-running-timeout prefix previous selector since since-time "
       "tail timestamps"},
      {"attach", kTrouble, "(POD | TYPE/NAME) -c CONTAINER", "Attach to a running process",
       "container pod-running-timeout quiet stdin tty"},
      {"exec", kTrouble, "(POD | TYPE/NAME) [-c CONTAINER] -- COMMAND [ARGS...]",
       "Run a command in a container", "container filename pod-running-timeout quiet stdin tty"},
      {"port-forward", kTrouble, "TYPE/NAME [LOCAL_PORT:]REMOTE_PORT...",
       "Forward local ports to a pod", "pod-running-timeout"},
      {"proxy", kTrouble, "", "Run a proxy to the API server", "", false},
      {"cp", kTrouble, "SOURCE DESTINATION, one of them [[NAMESPACE/]POD:]PATH",
       "Copy files to and from containers", "container no-preserve retries"},
      {"auth", kTrouble, "", "Tell what one may do", "", false},
      {"debug", kTrouble, "", "Add a container to look around with", "", false},
      {"events", kTrouble, "[--for TYPE/NAME] [--types=Normal,Warning] [--watch]", "List events",
       "all-namespaces chunk-size for no-headers types watch +print"},
      {"diff", kAdvanced, "", "Show what apply would change", "", false},
      {"apply", kAdvanced, "(-f FILENAME | -k DIRECTORY)", "Bring objects to what files say",
       "all cascade dry-run field-manager force force-conflicts grace-period openapi-patch "
       "overwrite prune prune-allowlist selector server-side subresource timeout validate wait "
       "+print +files"},
      {"patch", kAdvanced, "(-f FILENAME | TYPE NAME) [-p PATCH | --patch-file FILE]",
       "Change fields of an object",
       "dry-run field-manager local patch patch-file record subresource type +print +files"},
      {"replace", kAdvanced, "-f FILENAME", "Put objects in the place of others",
       "cascade dry-run field-manager force grace-period raw save-config subresource timeout "
       "validate wait +print +files"},
      {"wait", kAdvanced, "(-f FILENAME | TYPE NAME | TYPE/NAME) --for=…",
       "Wait until something is so of objects",
       "all all-namespaces field-selector for local selector timeout filename recursive +print"},
      {"kustomize", kAdvanced, "[DIR]", "Put together a directory of manifests", "output"},
      {"label", kSettings, "(-f FILENAME | TYPE NAME) KEY=VALUE... [KEY-...]",
       "Change the labels of objects",
       "all all-namespaces dry-run field-manager field-selector list local overwrite "
       "resource-version selector +print +files"},
      {"annotate", kSettings, "(-f FILENAME | TYPE NAME) KEY=VALUE... [KEY-...]",
       "Change the annotations of objects",
       "all all-namespaces dry-run field-manager field-selector list local overwrite "
       "resource-version selector +print +files"},
      {"completion", kSettings, "", "Print what a shell needs for completion", "", false},
      {"api-resources", kOther, "", "List the kinds that the API server has",
       "api-group cached categories namespaced no-headers output sort-by verbs"},
      {"api-versions", kOther, "", "List the API versions that the server has", ""},
      {"config", kOther, "SUBCOMMAND", "Show and change the kubeconfig", ""},
      {"config current-context", "", "", "Show the current context", ""},
      {"config get-clusters", "", "", "List the clusters", ""},
      {"config get-contexts", "", "[NAME...]", "List the contexts", "no-headers output"},
      {"config get-users", "", "", "List the users", ""},
      {"config set-context", "", "[NAME | --current] [--namespace=NAMESPACE]",
       "Change a context, such as its namespace", "current"},
      {"config use-context", "", "NAME", "Choose the current context", "", true, "use"},
      {"config view", "", "", "Show the kubeconfig", "flatten merge minify raw +print"},
      {"config delete-cluster", "", "", "Take a cluster out of the kubeconfig", "", false},
      {"config delete-context", "", "", "Take a context out of the kubeconfig", "", false},
      {"config delete-user", "", "", "Take a user out of the kubeconfig", "", false},
      {"config rename-context", "", "", "Give a context another name", "", false},
      {"config set", "", "", "Set one value of the kubeconfig", "", false},
      {"config set-cluster", "", "", "Set a cluster of the kubeconfig", "", false},
      {"config set-credentials", "", "", "Set a user of the kubeconfig", "", false},
      {"config unset", "", "", "Take one value out of the kubeconfig", "", false},
      {"plugin", kOther, "", "List plugins", "", false},
      {"version", kOther, "", "Show the versions of client and server", "client output"},
  };
  return all;
}

bool has_word(std::string_view list, std::string_view word) {
  // A path has spaces of its own.
  const std::string padded = fmt::format(" {} ", list);
  return padded.find(fmt::format(" {} ", word)) != std::string::npos;
}

std::string_view name_of(const FlagRow& row) {
  return row.spec.substr(0, row.spec.find_first_of(",="));
}

void add_rows(const Verb& verb, std::string_view names, std::vector<const FlagRow*>& rows) {
  while (!names.empty()) {
    const std::size_t space = std::min(names.find(' '), names.size());
    const std::string_view name = names.substr(0, space);
    names.remove_prefix(std::min(space + 1, names.size()));
    if (name == "+print") {
      add_rows(verb, kPrint, rows);
      continue;
    }
    if (name == "+files") {
      add_rows(verb, kFiles, rows);
      continue;
    }
    for (const FlagRow& row : kFlags) {
      if (name_of(row) != name) continue;
      if (!row.verbs.empty() && !has_word(row.verbs, verb.path)) continue;
      rows.push_back(&row);
      break;
    }
  }
}

std::vector<const FlagRow*> rows_of(const Verb& verb) {
  std::vector<const FlagRow*> rows;
  add_rows(verb, verb.flags, rows);
  std::sort(rows.begin(), rows.end(),
            [](const FlagRow* a, const FlagRow* b) { return name_of(*a) < name_of(*b); });
  return rows;
}

std::string row_help(const FlagRow& row) {
  const std::string_view name = name_of(row);
  const std::size_t comma = row.spec.find(',');
  const std::string shorthand =
      comma == std::string_view::npos ? "" : fmt::format("-{}, ", row.spec[comma + 1]);
  return fmt::format("    {}--{}={}:\n\t{}\n\n", shorthand, name, row.value, row.says);
}

std::string listing(const std::vector<const Verb*>& verbs, std::size_t width) {
  std::string text;
  for (const Verb* verb : verbs) {
    if (!verb->is_modelled) continue;
    const std::string_view name = verb->path.substr(verb->path.rfind(' ') + 1);
    text += fmt::format("  {:{}}{}\n", name, width, verb->says);
  }
  return text;
}

constexpr std::string_view kMoreOptions =
    "Use \"kubectl options\" for a list of global command-line options (applies to all "
    "commands).\n";

}  // namespace

const std::vector<Verb>& all_verbs() { return table(); }

const Verb* find_verb(std::string_view path) {
  for (const Verb& verb : table()) {
    if (verb.path == path) return &verb;
    if (verb.alias.empty()) continue;
    const std::size_t space = verb.path.find(' ');
    const std::string_view word = path.substr(std::min(path.size(), space + 1));
    if (path.substr(0, space) == verb.path.substr(0, space) && is_among(word, verb.alias)) {
      return &verb;
    }
  }
  return nullptr;
}

std::vector<const Verb*> subcommands(const Verb& verb) {
  std::vector<const Verb*> subs;
  const std::string prefix = fmt::format("{} ", verb.path);
  for (const Verb& row : table()) {
    if (row.path.substr(0, prefix.size()) != prefix) continue;
    if (row.path.find(' ', prefix.size()) == std::string_view::npos) subs.push_back(&row);
  }
  return subs;
}

std::size_t find_word(const std::vector<std::string>& words, std::size_t from,
                      const FlagSpecs& specs) {
  for (std::size_t i = from; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") return words.size();
    if (word.empty() || word == "-" || word[0] != '-') {
      if (!word.empty()) return i;
      continue;
    }
    if (takes_next_word(word, specs)) ++i;
  }
  return words.size();
}

const Verb* follow_subcommands(const Verb& verb, std::vector<std::string>* words) {
  const Verb* found = &verb;
  // "create", "create secret", "create secret generic".
  for (std::size_t depth = 0; !subcommands(*found).empty(); ++depth) {
    const std::size_t sub = find_word(*words, depth, flag_specs(*found));
    if (sub >= words->size()) break;
    const Verb* row = find_verb(fmt::format("{} {}", found->path, (*words)[sub]));
    const auto to = words->begin() + static_cast<std::ptrdiff_t>(depth);
    const auto from = words->begin() + static_cast<std::ptrdiff_t>(sub);
    std::rotate(to, from, from + 1);
    if (!row) break;
    found = row;
  }
  return found;
}

const FlagSpecs& global_flag_specs() {
  static const FlagSpecs specs = [] {
    FlagSpecs made;
    for (const FlagRow& row : kGlobalFlags) made.push_back(row.spec);
    return made;
  }();
  return specs;
}

FlagSpecs flag_specs(const Verb& verb) {
  FlagSpecs specs;
  for (const FlagRow* row : rows_of(verb)) specs.push_back(row->spec);
  return specs;
}

std::vector<std::string> flag_words(const Verb& verb) {
  std::vector<std::string> words;
  for (const FlagRow* row : rows_of(verb)) words.push_back(fmt::format("--{}", name_of(*row)));
  for (const FlagRow& row : kGlobalFlags) words.push_back(fmt::format("--{}", name_of(row)));
  std::sort(words.begin(), words.end());
  return words;
}

std::string general_help() {
  std::string text =
      "kubectl works on the objects of a Kubernetes cluster, here a simulated one.\n";
  for (const std::string_view group :
       {kBeginner, kIntermediate, kDeploy, kCluster, kTrouble, kAdvanced, kSettings, kOther}) {
    std::vector<const Verb*> verbs;
    for (const Verb& verb : table()) {
      if (verb.group == group) verbs.push_back(&verb);
    }
    text += fmt::format("\n{}\n{}", group, listing(verbs, 16));
  }
  return text +
         "\nUsage:\n  kubectl [flags] [options]\n\nUse \"kubectl <command> --help\" for more "
         "information about a given command.\n" +
         std::string(kMoreOptions);
}

std::string verb_help(const Verb& verb) {
  std::string text = fmt::format("{}.\n\n", verb.says);
  const std::vector<const Verb*> subs = subcommands(verb);
  if (!subs.empty()) text += fmt::format("Available Commands:\n{}\n", listing(subs, 18));
  const std::vector<const FlagRow*> rows = rows_of(verb);
  if (!rows.empty()) text += "Options:\n";
  for (const FlagRow* row : rows) text += row_help(*row);
  text += fmt::format("Usage:\n  kubectl {}{}{} [options]\n\n", verb.path,
                      verb.usage.empty() ? "" : " ", verb.usage);
  if (!subs.empty()) {
    text += fmt::format(
        "Use \"kubectl {} <command> --help\" for more information about a given command.\n",
        verb.path);
  }
  return text + std::string(kMoreOptions);
}

std::string options_help() {
  std::string text = "The following options can be passed to any command:\n\n";
  for (const FlagRow& row : kGlobalFlags) {
    if (row.spec != "help,h") text += row_help(row);
  }
  text.pop_back();
  return text;
}

}  // namespace sim::kubectl
