// The JSON of the kinds in ClusterKinds.
#include "sim/model/controller_fields.h"
#include "sim/model/json_kinds.h"
#include "sim/model/json_reader.h"
#include "sim/model/json_writer.h"
#include "sim/model/objects.h"
#include "sim/model/service_fields.h"

namespace sim::json {

bool read_cluster(Kind kind, const Json& json, Decoded& decoded) {
  return visit_kind(ClusterKinds(), kind,
                    [&]<class T>(KindType<T>) { decoded = read_object<T>(json); });
}

bool write_cluster(const Object& object, Json& json) {
  return visit_kind(ClusterKinds(), object.kind,
                    [&]<class T>(KindType<T>) { json = write(static_cast<const T&>(object)); });
}

}  // namespace sim::json
