// What the API server fills in where a manifest says nothing.
#include "sim/model/defaults.h"

#include <gtest/gtest.h>

#include "sim/model/objects.h"

namespace sim::testing {
namespace {

Pod pod_with_ports(bool host_network) {
  Pod pod;
  PodSpec spec;
  spec.host_network = host_network;
  for (std::vector<Container>* list : {&spec.containers, &spec.init_containers}) {
    list->emplace_back();
    list->front().ports.resize(2);
    list->front().ports[0].container_port = 80;
    list->front().ports[1].container_port = 81;
    list->front().ports[1].host_port = 8081;
  }
  pod.spec = spec;
  return pod;
}

// k8s 1.30 pkg/apis/core/v1: SetDefaults_Pod, defaultHostNetworkPorts
TEST(Defaults, PortsOfAPodInTheHostsNetwork) {
  for (const bool host_network : {false, true}) {
    Pod pod = pod_with_ports(host_network);
    set_defaults(pod);
    for (const auto& list : {pod.spec->containers, pod.spec->init_containers}) {
      EXPECT_EQ(list.front().ports[0].host_port, host_network ? 80 : 0);
      EXPECT_EQ(list.front().ports[1].host_port, 8081);
    }
  }
}

}  // namespace
}  // namespace sim::testing
