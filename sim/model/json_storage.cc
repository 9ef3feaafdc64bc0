// The JSON of the kinds in StorageKinds.
#include "sim/model/json_kinds.h"
#include "sim/model/json_reader.h"
#include "sim/model/json_writer.h"
#include "sim/model/objects.h"
#include "sim/model/snapshot_fields.h"
#include "sim/model/storage_fields.h"

namespace sim::json {

bool read_storage(Kind kind, const Json& json, Decoded& decoded) {
  return visit_kind(StorageKinds(), kind,
                    [&]<class T>(KindType<T>) { decoded = read_object<T>(json); });
}

bool write_storage(const Object& object, Json& json) {
  return visit_kind(StorageKinds(), object.kind,
                    [&]<class T>(KindType<T>) { json = write(static_cast<const T&>(object)); });
}

}  // namespace sim::json
