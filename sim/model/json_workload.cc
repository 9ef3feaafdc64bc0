// The JSON of the kinds in WorkloadKinds.
#include "sim/model/controller_fields.h"
#include "sim/model/json_kinds.h"
#include "sim/model/json_reader.h"
#include "sim/model/json_writer.h"
#include "sim/model/objects.h"

namespace sim::json {

bool read_workload(Kind kind, const Json& json, Decoded& decoded) {
  return visit_kind(WorkloadKinds(), kind,
                    [&]<class T>(KindType<T>) { decoded = read_object<T>(json); });
}

bool write_workload(const Object& object, Json& json) {
  return visit_kind(WorkloadKinds(), object.kind, [&]<class T>(KindType<T>) {
    json = write(static_cast<const T&>(object));
    if constexpr (std::is_same_v<T, Pod>) {
      json["spec"] = write(full_spec(static_cast<const Pod&>(object)));
    }
  });
}

}  // namespace sim::json

namespace sim {

Json encode(const PodTemplateSpec& value) { return json::write(value); }
Json encode(const PodSpec& value) { return json::write(value); }

}  // namespace sim
