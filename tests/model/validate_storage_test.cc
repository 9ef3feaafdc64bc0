// What the API server refuses of claims, volumes, classes, drivers and the volumes of pods, word
// for word, as `kubectl apply` shows it. The words are those of Kubernetes 1.30.
#include "tests/support/refusals.h"

namespace sim::testing {
namespace {

class WrongStorage : public RefusalTest {};

TEST_F(WrongStorage, Claims) {
  expect_refused({
      {R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {resources: {requests: {storage: 1Gi}}})",
       R"(The PersistentVolumeClaim "c" is invalid: spec.accessModes: Required value: at least 1 access mode is required
)"},
      {R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteTwice], resources: {requests: {storage: 1Gi}}})",
       R"(The PersistentVolumeClaim "c" is invalid: spec.accessModes: Unsupported value: "ReadWriteTwice": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"
)"},
      {R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteOncePod, ReadWriteMany], resources: {requests: {storage: 1Gi}}})",
       R"(The PersistentVolumeClaim "c" is invalid: spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes
)"},
      {R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteOnce]})",
       R"(The PersistentVolumeClaim "c" is invalid: spec.resources[storage]: Required value
)"},
      {R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 0}}})",
       R"(The PersistentVolumeClaim "c" is invalid: spec.resources[storage]: Invalid value: "0": must be greater than zero
)"},
      {R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gig}}})",
       R"(Error from server (BadRequest): error when creating "x.yaml": PersistentVolumeClaim in version "v1" cannot be handled as a PersistentVolumeClaim: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
)"},
      {R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteOnce], storageClassName: Fast_Disk, resources: {requests: {storage: 1Gi}}})",
       R"(The PersistentVolumeClaim "c" is invalid: spec.storageClassName: Invalid value: "Fast_Disk": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
)"},
      {R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteOnce], volumeMode: Files, resources: {requests: {storage: 1Gi}}})",
       R"(The PersistentVolumeClaim "c" is invalid: spec.volumeMode: Unsupported value: "Files": supported values: "Block", "Filesystem"
)"},
      {R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteOnce], selector: {matchExpressions: [{key: a, operator: Is}]}, resources: {requests: {storage: 1Gi}}})",
       R"(The PersistentVolumeClaim "c" is invalid: spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator
)"},
      {R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteOnce], dataSourceRef: {kind: ConfigMap, name: x}, resources: {requests: {storage: 1Gi}}})",
       R"(The PersistentVolumeClaim "c" is invalid: 
* spec.dataSource: Invalid value: "ConfigMap": must be 'PersistentVolumeClaim' when referencing the default apiGroup
* spec.dataSourceRef: Invalid value: "ConfigMap": must be 'PersistentVolumeClaim' when referencing the default apiGroup
)"},
      {R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteOnce], storageClass: gp3, resources: {requests: {storage: 1Gi}}})",
       R"(Error from server (BadRequest): error when creating "x.yaml": PersistentVolumeClaim in version "v1" cannot be handled as a PersistentVolumeClaim: strict decoding error: unknown field "spec.storageClass"
)"},
      {R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: My_Claim}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}})",
       R"(The PersistentVolumeClaim "My_Claim" is invalid: metadata.name: Invalid value: "My_Claim": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
)"},
  });
}

TEST_F(WrongStorage, Volumes) {
  expect_refused({
      {R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce]})",
       R"(The PersistentVolume "v" is invalid: spec: Required value: must specify a volume type
)"},
      {R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /a}, nfs: {server: s, path: /b}})",
       R"(The PersistentVolume "v" is invalid: spec.nfs: Forbidden: may not specify more than 1 volume type
)"},
      {R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {accessModes: [ReadWriteOnce], hostPath: {path: /a}})",
       R"(The PersistentVolume "v" is invalid: 
* spec.capacity: Required value
* spec.capacity: Unsupported value: core.ResourceList(nil): supported values: "storage"
)"},
      {R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {capacity: {storage: 1Gi}, hostPath: {path: /a}})",
       R"(The PersistentVolume "v" is invalid: spec.accessModes: Required value
)"},
      {R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], persistentVolumeReclaimPolicy: Keep, hostPath: {path: /a}})",
       R"(The PersistentVolume "v" is invalid: spec.persistentVolumeReclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Recycle", "Retain"
)"},
      {R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /a/../b}})",
       R"(The PersistentVolume "v" is invalid: spec.hostPath.path: Invalid value: "/a/../b": must not contain '..'
)"},
      {R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /a, type: Folder}})",
       R"(The PersistentVolume "v" is invalid: spec.hostPath.type: Unsupported value: "Folder": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"
)"},
      {R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], local: {path: /a}})",
       R"(The PersistentVolume "v" is invalid: spec.nodeAffinity: Required value: Local volume requires node affinity
)"},
      {R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], nfs: {server: s, path: a}})",
       R"(The PersistentVolume "v" is invalid: spec.nfs.path: Invalid value: "a": must be an absolute path
)"},
      {R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], csi: {driver: ebs.csi.aws.com}})",
       R"(The PersistentVolume "v" is invalid: spec.csi.volumeHandle: Required value
)"},
      {R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], persistentVolumeReclaimPolicy: Recycle, hostPath: {path: /}})",
       R"(The PersistentVolume "v" is invalid: spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'
)"},
      {R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], nodeAffinity: {}, hostPath: {path: /a}})",
       R"(The PersistentVolume "v" is invalid: spec.nodeAffinity.required: Required value: must specify required node constraints
)"},
  });
}

TEST_F(WrongStorage, ClassesAttachmentsAndDrivers) {
  expect_refused({
      {R"(apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: s}
reclaimPolicy: Delete)",
       R"(The StorageClass "s" is invalid: provisioner: Required value
)"},
      {R"(apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: s}
provisioner: a.b
reclaimPolicy: Recycle)",
       R"(The StorageClass "s" is invalid: reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"
)"},
      {R"(apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: s}
provisioner: a.b
volumeBindingMode: Later)",
       R"(The StorageClass "s" is invalid: volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"
)"},
      {R"(apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: s}
provisioner: a.b
allowedTopologies: [{matchLabelExpressions: [{key: zone, values: []}]}])",
       R"(The StorageClass "s" is invalid: allowedTopologies.matchLabelExpressions[0].values: Required value
)"},
      {R"(apiVersion: storage.k8s.io/v1
kind: VolumeAttachment
metadata: {name: a}
spec: {attacher: ebs.csi.aws.com, nodeName: node-a, source: {}})",
       R"(The VolumeAttachment "a" is invalid: spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName
)"},
      {R"(apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: d.example.com}
spec: {fsGroupPolicy: Sometimes})",
       R"(The CSIDriver "d.example.com" is invalid: spec.fsGroupPolicy: Unsupported value: "Sometimes": supported values: "File", "None", "ReadWriteOnceWithFSType"
)"},
      {R"(apiVersion: storage.k8s.io/v1
kind: CSINode
metadata: {name: node-z}
spec: {drivers: [{name: a.b, nodeID: i-1}, {name: a.b, nodeID: i-2}]})",
       R"(The CSINode "node-z" is invalid: spec.drivers[1].name: Duplicate value: "a.b"
)"},
  });
}

TEST_F(WrongStorage, VolumesOfPods) {
  expect_refused({
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /a}]}], volumes: []})",
       R"(The Pod "p" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "v"
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /a}, {name: w, mountPath: /a}]}], volumes: [{name: v}, {name: w}]})",
       R"(The Pod "p" is invalid: spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /a, subPath: ../b}]}], volumes: [{name: v}]})",
       R"(The Pod "p" is invalid: spec.containers[0].volumeMounts.subPath: Invalid value: "../b": must not contain '..'
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /a, subPath: b, subPathExpr: $(C)/d}]}], volumes: [{name: v}]})",
       R"(The Pod "p" is invalid: spec.containers[0].volumeMounts[0].subPathExpr: Invalid value: "$(C)/d": subPathExpr and subPath are mutually exclusive
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: v}, {name: v}]})",
       R"(The Pod "p" is invalid: spec.volumes[1].name: Duplicate value: "v"
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: v, emptyDir: {}, hostPath: {path: /a}}]})",
       R"(The Pod "p" is invalid: spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: v, hostPath: {path: /a, type: Dir}}]})",
       R"(The Pod "p" is invalid: spec.volumes[0].hostPath.type: Unsupported value: "Dir": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: v, persistentVolumeClaim: {}}]})",
       R"(The Pod "p" is invalid: spec.volumes[0].persistentVolumeClaim.claimName: Required value
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: v, secret: {secretName: s, defaultMode: 1000}}]})",
       R"(The Pod "p" is invalid: spec.volumes[0].secret.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: v, configMap: {name: s, items: [{key: a, path: ../a}]}}]})",
       R"(The Pod "p" is invalid: spec.volumes[0].configMap.items[0].path: Invalid value: "../a": must not contain '..'
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: v, projected: {sources: [{secret: {name: s, items: [{key: a, path: x}]}}, {configMap: {name: t, items: [{key: a, path: x}]}}]}}]})",
       R"(The Pod "p" is invalid: spec.volumes[0].projected: Invalid value: "t": conflicting duplicate paths
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t, expirationSeconds: 60}}]}}]})",
       R"(The Pod "p" is invalid: spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: v, downwardAPI: {items: [{path: a, fieldRef: {fieldPath: spec.nodeName}}]}}]})",
       R"(The Pod "p" is invalid: spec.volumes[0].downwardAPI.fieldRef.fieldPath: Unsupported value: "spec.nodeName": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: v, csi: {}}]})",
       R"(The Pod "p" is invalid: 
* spec.volumes[0].csi.driver: Required value
* spec.volumes[0].csi.driver: Invalid value: "": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: v, ephemeral: {}}]})",
       R"(The Pod "p" is invalid: spec.volumes[0].ephemeral.volumeClaimTemplate: Required value
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 1Gi}}}}}}]})",
       R"(The Pod "p" is invalid: spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: v, image: {reference: nginx}}]})",
       R"(Error from server (BadRequest): error when creating "x.yaml": Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.volumes[0].image"
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: v, emptyDir: {sizeLimit: -1Gi}}]})",
       R"(The Pod "p" is invalid: spec.volumes[0].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeMounts: []}], volumes: [{name: My_Volume}]})",
       R"(The Pod "p" is invalid: spec.volumes[0].name: Invalid value: "My_Volume": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
)"},
      {R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: nginx, volumeDevices: [{name: v, devicePath: /dev/x}]}], volumes: [{name: v}]})",
       R"(The Pod "p" is invalid: spec.containers[0].volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode
)"},
  });
}

constexpr const char* kClaim = R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteOnce], storageClassName: slow, resources: {requests: {storage: 2Gi}}})";

constexpr const char* kVolume = R"(apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec:
  capacity: {storage: 5Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: slow
  local: {path: /srv/a}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}})";

TEST_F(WrongStorage, AClaimThatWaitsMayNotBeChanged) {
  apply(kClaim);
  EXPECT_EQ(
      type(R"(kubectl patch pvc c -p '{"spec":{"storageClassName":"fast"}}')"),
      R"(The PersistentVolumeClaim "c" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims
  core.PersistentVolumeClaimSpec{
  	... // 2 identical fields
  	Resources:        {Requests: {s"storage": {i: {...}, s: "2Gi", Format: "BinarySI"}}},
  	VolumeName:       "",
- 	StorageClassName: &"slow",
+ 	StorageClassName: &"fast",
  	VolumeMode:       &"Filesystem",
  	DataSource:       nil,
  	... // 2 identical fields
  }

)");
  EXPECT_EQ(status(), 1);
  const std::string grown =
      type(R"(kubectl patch pvc c -p '{"spec":{"resources":{"requests":{"storage":"3Gi"}}}}')");
  EXPECT_EQ(grown.rfind("The PersistentVolumeClaim \"c\" is invalid: spec: Forbidden: spec is "
                        "immutable after creation",
                        0),
            0u);
  EXPECT_EQ(type("kubectl label pvc c a=b"), "persistentvolumeclaim/c labeled\n");
}

TEST_F(WrongStorage, ABoundClaimGrowsOnlyWhereItsClassLetsIt) {
  apply(kVolume);
  apply(kClaim);
  settle();
  EXPECT_EQ(type("kubectl get pvc c -o jsonpath='{.status.phase}'"), "Bound");
  EXPECT_EQ(
      type(R"(kubectl patch pvc c -p '{"spec":{"resources":{"requests":{"storage":"1Gi"}}}}')"),
      "The PersistentVolumeClaim \"c\" is invalid: spec.resources.requests.storage: Forbidden: "
      "field can not be less than previous value\n");
  EXPECT_EQ(
      type(R"(kubectl patch pvc c -p '{"spec":{"resources":{"requests":{"storage":"3Gi"}}}}')"),
      "Error from server (Forbidden): persistentvolumeclaims \"c\" is forbidden: only "
      "dynamically "
      "provisioned pvc can be resized and the storageclass that provisions the pvc must support "
      "resize\n");
  EXPECT_EQ(status(), 1);
}

TEST_F(WrongStorage, AVolumeKeepsItsSourceAndItsPlace) {
  apply(kVolume);
  EXPECT_EQ(
      type(R"(kubectl patch pv v -p '{"spec":{"local":{"path":"/srv/b"}}}')"),
      R"(The PersistentVolume "v" is invalid: spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation
  core.PersistentVolumeSource{
  	... // 17 identical fields
  	PortworxVolume: nil,
  	ScaleIO:        nil,
  	Local: &core.LocalVolumeSource{
- 		Path:   "/srv/a",
+ 		Path:   "/srv/b",
  		FSType: nil,
  	},
  	StorageOS: nil,
  	CSI:       nil,
  }

)");
  EXPECT_EQ(type(R"(kubectl patch pv v -p '{"spec":{"volumeMode":"Block"}}')"),
            "The PersistentVolume \"v\" is invalid: volumeMode: Invalid value: \"Block\": field is "
            "immutable\n");
  EXPECT_EQ(
      type(
          R"(kubectl patch pv v --type=json -p '[{"op":"replace","path":"/spec/nodeAffinity/required/nodeSelectorTerms/0/matchExpressions/0/key","value":"b"}]')"),
      "The PersistentVolume \"v\" is invalid: nodeAffinity: Invalid value: "
      "core.VolumeNodeAffinity{Required:(*core.NodeSelector)(0xc000010000)}: field is "
      "immutable, except for updating from beta label to GA\n");
  EXPECT_EQ(type(R"(kubectl patch pv v -p '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}')"),
            "persistentvolume/v patched\n");
}

TEST_F(WrongStorage, AVolumeMayTakeTheNewNameOfAnOldLabel) {
  const auto volume = [](const std::string& key, const std::string& zone) {
    return "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: z}\nspec: {capacity: "
           "{storage: 1Gi}, accessModes: [ReadWriteOnce], csi: {driver: d.example.com, "
           "volumeHandle: h}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: "
           "[{key: " +
           key + ", operator: In, values: [" + zone + "]}]}]}}}\n";
  };
  apply(volume("failure-domain.beta.kubernetes.io/zone", "a"));
  apply(volume("topology.kubernetes.io/zone", "a"));
  EXPECT_EQ(type("kubectl get pv z -o jsonpath='{..matchExpressions[0].key}'"),
            "topology.kubernetes.io/zone");
  expect_refused({{volume("topology.kubernetes.io/zone", "b"),
                   "The PersistentVolume \"z\" is invalid: nodeAffinity: Invalid value: "
                   "core.VolumeNodeAffinity{Required:(*core.NodeSelector)(0xc000010000)}: field is "
                   "immutable, except for updating from beta label to GA\n"}});
}

TEST_F(WrongStorage, AClassKeepsWhatItIs) {
  apply(
      "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: s}\n"
      "provisioner: a.b\nparameters: {type: gp2}\n");
  expect_refused({
      {"apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: s}\n"
       "provisioner: c.d\nparameters: {type: gp3}\nreclaimPolicy: Retain\n"
       "volumeBindingMode: WaitForFirstConsumer\n",
       "The StorageClass \"s\" is invalid: \n"
       "* parameters: Forbidden: updates to parameters are forbidden.\n"
       "* provisioner: Forbidden: updates to provisioner are forbidden.\n"
       "* reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.\n"
       "* volumeBindingMode: Invalid value: \"WaitForFirstConsumer\": field is immutable\n"},
  });
  EXPECT_EQ(type(R"(kubectl patch sc s -p '{"allowVolumeExpansion":true}')"),
            "storageclass.storage.k8s.io/s patched\n");
}

}  // namespace
}  // namespace sim::testing
