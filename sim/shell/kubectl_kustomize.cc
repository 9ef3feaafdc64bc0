// kubectl kustomize, and -k of the other verbs. k8s 1.32 kustomize/kustomize/commands/build
#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/shell/kubectl_objects.h"
#include "sim/shell/kubectl_work.h"
#include "sim/shell/kustomize.h"

namespace sim::kubectl {

std::vector<Manifest> read_kustomization(const Call& call, const Flags& flags,
                                         std::string* warnings, std::string* error) {
  const std::string directory = flags.get("kustomize");
  const kustomize::Build built = kustomize::build(call.session.files, call.process.cwd, directory);
  *warnings += built.warnings;
  *error = built.error;
  std::vector<Manifest> manifests;
  for (const Json& object : built.objects) {
    manifests.push_back({std::make_shared<const Json>(object), directory});
  }
  return manifests;
}

Step kustomize_verb(Call& call, const std::vector<std::string>& words) {
  const Flags flags = parse_flags(words, {"output,o="});
  if (!flags.error.empty()) return flag_error("kustomize", flags.error);
  if (flags.args.size() > 1) return fail("specify one path to kustomization.yaml");
  const std::string directory = flags.args.empty() ? "." : flags.args.front();
  const kustomize::Build built = kustomize::build(call.session.files, call.process.cwd, directory);
  Step step;
  warn(step, built.warnings);
  if (!built.error.empty()) {
    warn(step, fmt::format("error: {}\n", built.error));
    step.exit = 1;
    return step;
  }
  const std::string text = kustomize::to_text(built.objects);
  const std::string file = flags.get("output");
  if (file.empty()) {
    say(step, text);
    return step;
  }
  const Io<Landing> written =
      call.session.files.write(parse_path(file, call.process.cwd), text, false, call.world.now());
  if (!written) return fail(fmt::format("open {}: {}", file, to_string(written.error)));
  return step;
}

}  // namespace sim::kubectl
