// What the subcommands of `kubectl create` share: the flags that all have, one object on its way,
// and keys with values out of files, directories and words. k8s 1.32 kubectl/pkg/cmd/create
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/shell/kubectl_change.h"

namespace sim::kubectl {

/// The flags that every subcommand has, beside its own.
FlagSet create_flags(FlagSpecs own, std::vector<std::string_view> numbers = {});

/// One subcommand on its way: `create KIND NAME`.
class Creation {
 public:
  Creation(Call& call, const Flags& flags, std::string_view kind);

  /// The answer when there is nothing to be made. Words behind "--" are no names.
  std::optional<Step> begin();
  const std::string& name() const { return flags_.args.front(); }
  /// Makes the object; `failing` is what kubectl puts before the server's message, and with it the
  /// server's message is only a part of its own.
  Step make(const std::shared_ptr<Object>& object, std::string_view failing);

 private:
  Call& call_;
  const Flags& flags_;
  std::string path_;
  Change change_;
};

/// Reads --from-file, --from-literal and --from-env-file; `take` gets each key with its bytes and
/// answers what is wrong with them, in kubectl's words. Answers the first thing that is wrong.
/// k8s 1.32 kubectl/pkg/cmd/create: create_configmap.go; kubectl/pkg/util: env_file.go
using TakeKey = std::function<std::string(const std::string& key, const std::string& bytes)>;
std::string read_keys(const Call& call, const Flags& flags, const TakeKey& take);
/// One file of the person's, or kubectl's words in `error`.
std::string read_file(const Call& call, const std::string& name, std::string* error);

Step create_config_map(Call& call, const std::vector<std::string>& words);
Step create_job(Call& call, const std::vector<std::string>& words);
Step create_cron_job(Call& call, const std::vector<std::string>& words);
Step create_budget(Call& call, const std::vector<std::string>& words);
Step create_priority_class(Call& call, const std::vector<std::string>& words);
/// `create secret generic|docker-registry|tls`.
Step create_secret(Call& call, const std::vector<std::string>& words);
/// `create service clusterip|nodeport|loadbalancer|externalname`.
Step create_service(Call& call, const std::vector<std::string>& words);

}  // namespace sim::kubectl
