// The columns of each kind's table: what sim/shell/printers.cc lays out.
#pragma once

#include <string>
#include <vector>

#include "sim/model/pod_types.h"
#include "sim/shell/printers.h"

namespace sim::kubectl {

struct Columns {
  std::vector<std::string> narrow;
  std::vector<std::string> wide;  // only with -o wide, behind the narrow ones
};

/// The kinds of sim/model/storage_types.h, service_types.h and controller_types.h; empty for those
/// of the others.
Columns storage_header(Kind kind);
Columns storage_cells(const World& world, const Object& object);
Columns service_header(Kind kind);
Columns service_cells(const World& world, const Object& object, bool wide);
Columns controller_header(Kind kind);
Columns controller_cells(const World& world, const Object& object);

/// "RWO,ROX", in one order whatever theirs.
std::string access_modes_text(const std::vector<Str>& modes);
/// "1.2.3.4:80", "[::1]:80".
std::string host_port(std::string_view host, std::int32_t port);
/// The container names of a pod spec, or their images, with commas between.
std::string containers_text(const PodSpec& spec, bool images);

}  // namespace sim::kubectl
