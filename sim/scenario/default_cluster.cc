// The cluster of `podsight shell` without --cluster: two nodes in two zones, and the images that
// lessons and first tries name most. It is a cluster file like any other, held here so that the
// program needs no file of its own to start.
#include "sim/scenario/scenario.h"

namespace sim {
namespace {

constexpr const char* kDefaultCluster = R"({
  "podsight": 1,
  "cluster": {
    "nodes": [
      {"name": "node-a", "zone": "us-west-2a"},
      {"name": "node-b", "zone": "us-west-2b"}
    ],
    "images": {
      "public.ecr.aws/aws-containers/retail-store-sample-assets:0.4.0": {
        "size": "26Mi",
        "process": {"argv": ["web"], "http": {"root": "/usr/share/nginx/html", "port": 8080, "portFromEnv": true}},
        "files": {
          "/usr/share/nginx/html/health.html": "OK",
          "/usr/share/nginx/html/assets": [
            "chrono_classic.jpg", "gentleman.jpg", "pocket_watch.jpg", "smart_1.jpg", "smart_2.jpg", "wood_watch.jpg"
          ]
        }
      },
      "nginx": {
        "size": "70Mi",
        "process": {"argv": ["nginx: master process nginx -g daemon off;"], "http": {"root": "/usr/share/nginx/html", "port": 80}},
        "files": {
          "/usr/share/nginx/html/index.html": "<h1>Welcome to nginx!</h1>\n",
          "/usr/share/nginx/html/50x.html": "<h1>An error occurred.</h1>\n",
          "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\n", "/root": [], "/tmp": [], "/var/log/nginx": [],
          "/etc/nginx/nginx.conf": "worker_processes auto;\n",
          "/etc/nginx/conf.d/default.conf": "server { listen 80; root /usr/share/nginx/html; }\n"
        }
      },
      "nginx:1.25": {
        "size": "70Mi",
        "process": {"argv": ["nginx: master process nginx -g daemon off;"], "http": {"root": "/usr/share/nginx/html", "port": 80}},
        "files": {
          "/usr/share/nginx/html/index.html": "<h1>Welcome to nginx!</h1>\n",
          "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\n", "/root": [], "/tmp": [], "/var/log/nginx": []
        }
      },
      "busybox": {"size": "4Mi", "cmd": ["sh"], "files": {"/bin": ["busybox", "sh"], "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n", "/tmp": [], "/home": []}},
      "busybox:1.36": {"size": "4Mi", "cmd": ["sh"], "files": {"/bin": ["busybox", "sh"], "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n", "/tmp": [], "/home": []}},
      "registry.k8s.io/pause:3.9": {"size": "728Ki", "process": {"argv": ["/pause"]}}
    }
  }
})";

}  // namespace

const char* default_cluster_text() { return kDefaultCluster; }

ClusterFile default_cluster() { return parse_cluster(kDefaultCluster, "(default cluster)"); }

}  // namespace sim
