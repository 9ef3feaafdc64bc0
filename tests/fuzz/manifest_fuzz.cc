// Manifests in JSON and YAML: reading, defaulting, validating, printing and hashing any of them
// ends, and what was printed reads back as the same object.
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "sim/base/file_io.h"
#include "sim/model/defaults.h"
#include "sim/model/go_text.h"
#include "sim/model/manifest.h"
#include "sim/model/validate.h"
#include "sim/world/world.h"
#include "tests/fuzz/driver.h"

namespace sim::fuzz {
namespace {

void one(const std::string& input) {
  for (const Document& document : parse_documents(input, "fuzz.yaml")) {
    const Decoded decoded = decode(document.json);
    if (!decoded.object) continue;
    const std::shared_ptr<Object> object = copy_of(*decoded.object);
    set_defaults(*object);
    validate_create(*object);
    validate_update(*decoded.object, *object);
    const Json json = encode(*object);
    to_json_text(json);
    const std::vector<Document> again = parse_documents(to_yaml(json), "again.yaml");
    if (again.size() != 1 || again[0].json != json) {
      std::fprintf(stderr, "does not read back:\n%s\n", to_yaml(json).c_str());
      std::abort();
    }
    if (const Deployment* deployment = as<Deployment>(object.get());
        deployment && deployment->spec.pod_template) {
      pod_template_hash(*deployment->spec.pod_template, 1);
    }
  }
}

}  // namespace

Target target() {
  const std::string folder = std::string(PODSIGHT_SOURCE_DIR) + "/tests/conformance/";
  return {
      {read_file(folder + "divewatch/assets.yaml"), read_file(folder + "missing-config/lab.yaml"),
       read_file(folder + "container-restart/pod.yaml"),
       R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"v"}})",
       "apiVersion: v1\nkind: List\nitems:\n- &a {apiVersion: v1, kind: Pod, metadata: {name: p}, "
       "spec: {containers: [{name: c, image: i, env: [{name: A, value: '1'}]}]}}\n- *a\n"},
      {"---\n",       "- ",           ": ",     "{",    "}",   "[",    "]",     "&a ",
       "*a",          "<<: ",         "|\n",    ">-\n", "'",   "\"",   "null",  "~",
       "yes",         "0o7",          "1e3",    "100m", "1Gi", "\n  ", "spec:", "kind: Pod",
       "containers:", "emptyDir: {}", "!!str ", "\t",   "# "},
      one};
}

}  // namespace sim::fuzz
