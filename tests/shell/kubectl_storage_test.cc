// Claims, volumes, classes and drivers as kubectl shows them: tables, describe, patch and wait.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

class KubectlStorage : public WorldTest {
 protected:
  void SetUp() override {
    write("x.yaml", R"(apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: disk.example.com
allowVolumeExpansion: true
mountOptions: [noatime, nodiratime]
parameters: {type: gp3, iops: "3000"}
allowedTopologies: [{matchLabelExpressions: [{key: zone, values: [a, b]}]}]
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec:
  capacity: {storage: 5120Mi}
  accessModes: [ReadWriteMany, ReadWriteOnce]
  storageClassName: slow
  local: {path: /srv/a}
  nodeAffinity:
    required:
      nodeSelectorTerms:
      - matchExpressions:
        - {key: kubernetes.io/hostname, operator: In, values: [node-a, node-b]}
        - {key: disk, operator: Exists}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: w}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOncePod]
  persistentVolumeReclaimPolicy: Delete
  volumeMode: Block
  csi: {driver: disk.example.com, volumeHandle: h, volumeAttributes: {a: b, c: d}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteOnce], storageClassName: slow, resources: {requests: {storage: 1Gi}}}
---
apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: disk.example.com}
spec: {podInfoOnMount: true, tokenRequests: [{audience: x}], volumeLifecycleModes: [Ephemeral]}
)");
    type("kubectl apply -f x.yaml");
    ASSERT_EQ(status(), 0);
    settle();
  }
};

TEST_F(KubectlStorage, Tables) {
  EXPECT_EQ(type("kubectl get pv v -o wide --no-headers | tr -s ' '"),
            "v 5Gi RWO,RWX Retain Bound default/c slow <unset> 0s Filesystem\n");
  EXPECT_EQ(type("kubectl get pv | head -1"),
            "NAME   CAPACITY   ACCESS MODES   RECLAIM POLICY   STATUS      CLAIM       "
            "STORAGECLASS   VOLUMEATTRIBUTESCLASS   REASON   AGE\n");
  EXPECT_EQ(type("kubectl get persistentvolumeclaims"),
            "NAME   STATUS   VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   "
            "VOLUMEATTRIBUTESCLASS   AGE\n"
            "c      Bound    v        5Gi        RWO,RWX        slow           <unset>          "
            "       0s\n");
  EXPECT_EQ(type("kubectl get sc"),
            "NAME             PROVISIONER        RECLAIMPOLICY   VOLUMEBINDINGMODE   "
            "ALLOWVOLUMEEXPANSION   AGE\n"
            "fast (default)   disk.example.com   Delete          Immediate           true       "
            "            0s\n");
  EXPECT_EQ(type("kubectl get csidrivers"),
            "NAME               ATTACHREQUIRED   PODINFOONMOUNT   STORAGECAPACITY   TOKENREQUESTS  "
            " REQUIRESREPUBLISH   MODES       AGE\n"
            "disk.example.com   true             true             false             x              "
            " false               Ephemeral   0s\n");
  EXPECT_EQ(type("kubectl get pv,pvc -o name"),
            "persistentvolume/v\npersistentvolume/w\npersistentvolumeclaim/c\n");
}

TEST_F(KubectlStorage, DescribesAVolume) {
  const std::string text = type("kubectl describe pv v --show-events=false");
  EXPECT_EQ(text, R"(Name:              v
Labels:            <none>
Annotations:       pv.kubernetes.io/bound-by-controller: yes
Finalizers:        [kubernetes.io/pv-protection]
StorageClass:      slow
Status:            Bound
Claim:             default/c
Reclaim Policy:    Retain
Access Modes:      RWO,RWX
VolumeMode:        Filesystem
Capacity:          5Gi
Node Affinity:     
  Required Terms:  
    Term 0:        kubernetes.io/hostname in [node-a, node-b]
                   disk exists
Message:           
Source:
    Type:  LocalVolume (a persistent volume backed by local storage on a node)
    Path:  /srv/a
)");
  const std::string csi = type("kubectl describe pv w --show-events=false");
  EXPECT_NE(csi.find(R"(Node Affinity:   <none>
Message:         
Source:
    Type:              CSI (a Container Storage Interface (CSI) volume source)
    Driver:            disk.example.com
    FSType:            
    VolumeHandle:      h
    ReadOnly:          false
    VolumeAttributes:      a=b
                           c=d
)"),
            std::string::npos)
      << csi;
}

TEST_F(KubectlStorage, DescribesAClaimWithItsUsers) {
  type(
      "kubectl run user --image=nginx:1.25 --overrides='{\"spec\":{\"volumes\":[{\"name\":\"v\","
      "\"persistentVolumeClaim\":{\"claimName\":\"c\"}}]}}'");
  EXPECT_EQ(type("kubectl describe pvc c --show-events=false"), R"(Name:          c
Namespace:     default
StorageClass:  slow
Status:        Bound
Volume:        v
Labels:        <none>
Annotations:   pv.kubernetes.io/bind-completed: yes
               pv.kubernetes.io/bound-by-controller: yes
Finalizers:    [kubernetes.io/pvc-protection]
Capacity:      5Gi
Access Modes:  RWO,RWX
VolumeMode:    Filesystem
Used By:       user
)");
}

TEST_F(KubectlStorage, DescribesAClass) {
  const std::string text = type("kubectl describe sc fast");
  EXPECT_EQ(text.substr(0, text.find("Annotations:")),
            "Name:            fast\nIsDefaultClass:  Yes\n");
  EXPECT_EQ(text.substr(text.find("Provisioner:")), R"(Provisioner:           disk.example.com
Parameters:            iops=3000,type=gp3
AllowVolumeExpansion:  True
MountOptions:
  noatime
  nodiratime
ReclaimPolicy:      Delete
VolumeBindingMode:  Immediate
AllowedTopologies:  
  Term 0:           zone in [a, b]
Events:             <none>
)");
}

TEST_F(KubectlStorage, DescribesWhatHasNoDescriberFieldByField) {
  const std::string text = type("kubectl describe csidriver disk.example.com");
  EXPECT_EQ(text.substr(0, text.find("  Creation Timestamp:")), R"(Name:         disk.example.com
Namespace:    
Labels:       <none>
Annotations:  <none>
API Version:  storage.k8s.io/v1
Kind:         CSIDriver
Metadata:
)");
  EXPECT_NE(text.find(R"(
  Token Requests:
    Audience:  x
  Volume Lifecycle Modes:
    Ephemeral
Events:  <none>
)"),
            std::string::npos)
      << text;
}

TEST_F(KubectlStorage, DescribesTheVolumesOfAPod) {
  write("p.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  automountServiceAccountToken: false
  nodeSelector: {never: "true"}
  containers: [{name: c, image: "nginx:1.25"}]
  volumes:
  - {name: a, nfs: {server: s, path: /x, readOnly: true}}
  - {name: b, csi: {driver: d.example.com, volumeAttributes: {k: v, l: w}}}
  - name: c
    ephemeral:
      volumeClaimTemplate:
        metadata: {labels: {k: v, l: w}}
        spec: {accessModes: [ReadWriteOnce], storageClassName: x, resources: {requests: {storage: 1Gi}}}
  - {name: d, downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}}
  - {name: e, hostPath: {path: /h}}
  - {name: f, fc: {targetWWNs: [one, two], lun: 2}}
)");
  type("kubectl apply -f p.yaml");
  const std::string text = type("kubectl describe pod p");
  const std::size_t begin = text.find("Volumes:\n");
  EXPECT_EQ(text.substr(begin, text.find("QoS Class:") - begin), R"(Volumes:
  a:
    Type:      NFS (an NFS mount that lasts the lifetime of a pod)
    Server:    s
    Path:      /x
    ReadOnly:  true
  b:
    Type:              CSI (a Container Storage Interface (CSI) volume source)
    Driver:            d.example.com
    FSType:            
    ReadOnly:          false
    VolumeAttributes:      k=v
                           l=w
  c:
    Type:          EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)
    StorageClass:  x
    Volume:        
    Labels:            k=v
                       l=w
    Annotations:       <none>
    Capacity:      
    Access Modes:  
    VolumeMode:    Filesystem
  d:
    Type:  DownwardAPI (a volume populated by information about the pod)
    Items:
      metadata.name -> name
  e:
    Type:          HostPath (bare host directory volume)
    Path:          /h
    HostPathType:  
  f:
    Type:        FC (a Fibre Channel disk)
    TargetWWNs:  one, two
    LUN:         2
    FSType:      
    ReadOnly:    false
)");
}

TEST_F(KubectlStorage, PatchesWaitsAndDeletes) {
  EXPECT_EQ(type("kubectl wait --for=jsonpath='{.status.phase}'=Bound pvc/c --timeout=5s"),
            "persistentvolumeclaim/c condition met\n");
  EXPECT_EQ(type("kubectl wait --for=jsonpath='{.status.phase}'=Lost pvc/c --timeout=1s"),
            "error: timed out waiting for the condition on persistentvolumeclaims/c\n");
  EXPECT_EQ(type("kubectl label pv v tier=slow"), "persistentvolume/v labeled\n");
  EXPECT_EQ(type("kubectl get pv -l tier=slow -o name"), "persistentvolume/v\n");
  EXPECT_EQ(type("kubectl delete sc fast"), "storageclass.storage.k8s.io \"fast\" deleted\n");
  EXPECT_EQ(type("kubectl delete pvc c"), "persistentvolumeclaim \"c\" deleted\n");
  EXPECT_EQ(type("kubectl wait --for=jsonpath='{.status.phase}'=Released pv/v --timeout=30s"),
            "persistentvolume/v condition met\n");
}

}  // namespace
}  // namespace sim::testing
