// The pieces that several kinds share in `kubectl describe`. Each adds lines whose cells end in
// tabs; the whole text is laid out once, at the end.
#pragma once

#include <string>
#include <string_view>

#include "sim/model/pod_types.h"
#include "sim/world/world.h"

namespace sim {
struct PersistentVolumeSource;
}

namespace sim::kubectl {

/// "Title:\tk=v" and a line for each further label; "<none>" when empty.
void describe_labels(std::string& out, std::string_view title, const StringMap& labels);
/// The same with "k: v"; what kubectl applied last is left out.
void describe_annotations(std::string& out, std::string_view title, const StringMap& annotations);
void describe_tolerations(std::string& out, std::string_view title,
                          const std::vector<Toleration>& tolerations);
void describe_events(const World& world, std::string& out, const Object& object);
/// Containers under a title; `pod` is null in a template, whose blocks stand one space further in.
void describe_containers(std::string& out, std::string_view title,
                         const std::vector<Container>& containers, const Pod* pod,
                         const std::vector<ContainerStatus>* statuses, std::string_view indent);
void describe_volumes(std::string& out, const std::vector<Volume>& volumes,
                      std::string_view indent);
/// Where the files of a PersistentVolume are.
void describe_source(std::string& out, const PersistentVolumeSource& source);
void describe_template(std::string& out, const PodTemplateSpec& pod_template);
std::string describe_pod(const World& world, const Pod& pod);
std::string describe_deployment(const World& world, const Deployment& deployment);
std::string describe_replica_set(const World& world, const ReplicaSet& set);
std::string describe_node(const World& world, const Node& node);
/// The kinds of sim/model/storage_types.h, service_types.h and controller_types.h; empty for those
/// of the others.
std::string describe_storage(const World& world, const Object& object);
std::string describe_service(const World& world, const Object& object);
std::string describe_controller(const World& world, const Object& object);
/// A kind without a describer of its own: all its fields.
std::string describe_any(const Object& object);
/// Name, namespace, labels and annotations.
std::string describe_head(const Object& object);

/// RFC 1123 with a numeric zone; "<unset>" when there is none.
std::string describe_time(std::optional<Time> time);

}  // namespace sim::kubectl
