// A verb that changes objects, on its way through them: the objects of its manifests, the line or
// the document for each change, refusals told at the end. Objects shown with -o are printed as they
// are stored, one call later, when the change has been carried out.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/shell/kubectl_objects.h"
#include "sim/shell/kubectl_work.h"
#include "sim/shell/kubectl_write.h"

namespace sim::kubectl {

class Change {
 public:
  Change(Call& call, const Flags& flags, std::string_view verb);
  /// The answer, when the flags are wrong or nothing is left to do but to print.
  std::optional<Step> begin();

  Call& call() const { return call_; }
  const Flags& flags() const { return flags_; }
  DryRun dry_run() const { return dry_run_; }
  /// Whether -o asks for whole objects.
  bool shows_objects() const { return !form_.empty() && form_ != "name"; }
  /// Several objects shown are one List.
  void show_as_list() { as_list_ = true; }
  WriteOptions write_options(Validation validation = Validation::Warn) const;

  /// Says or shows that something was done; an answer's warnings come first.
  void done(const Answer& answer, std::string_view operation);
  void done(const Json& object, std::string_view operation);
  void done(Ref ref, std::string_view operation);
  /// A refusal by the API server, with what kubectl puts before its message.
  void refused(const ApiError& error, Kind kind, std::string_view prefix = "");
  void failed(std::string_view message) { work.failures.add(message); }
  /// --record: notes the command line in the object, as its change cause.
  void record(Json& object) const;

  /// The answer so far; all of it, unless objects have still to be shown.
  Step finish();
  Step wait(int stage, Wait wait);

  Step step;  // what is said in this call
  Work work;  // kept while it waits; its subjects are what is still to be shown

 private:
  void line(const std::string& name, std::string_view operation);
  void print_all(const std::vector<std::shared_ptr<const Json>>& objects);

  Call& call_;
  const Flags& flags_;
  std::string verb_;
  std::string form_;
  DryRun dry_run_ = DryRun::None;
  bool as_list_ = false;
  std::vector<std::shared_ptr<const Json>> shown_;
};

/// `error when creating "file": ` before the server's message about an object of a file.
std::string with_source(std::string_view doing, std::string_view file);

/// An object of a manifest, with the namespace that it gets.
struct Item {
  std::shared_ptr<Json> json;
  std::string file;
  Kind kind{};
  std::string ns;
  std::string name;
};
/// Reads what -f or -k names; what cannot be read is told in `unread`, which most verbs tell after
/// the other failures. `validate`: kubectl looks for apiVersion and kind before it asks for more.
std::vector<Item> read_items(Change& change, bool validate, Failures& unread);

/// --validate: "strict" (the default), "warn", "ignore". Sets `error` to kubectl's words.
std::optional<Validation> validation_of(const Flags& flags, std::string* error);
/// Puts the annotation of `kubectl apply` into an object; answers its value.
std::string annotate_last_applied(Json& object);

/// KEY=VALUE and KEY- behind the words that name objects. k8s 1.32 kubectl/pkg/cmd/util:
/// GetResourcesAndPairs; false, with `error` set, when an object is named behind a pair.
bool split_pairs(const std::vector<std::string>& args, std::string_view what,
                 std::vector<std::string>* names, std::vector<std::string>* pairs,
                 std::string* error);

/// A deletion that gives so many seconds to end; negative: as many as the object has.
DeleteOptions delete_options(std::optional<std::int64_t> grace_seconds);

/// The words of a flag that may be given several times and lists its values with commas.
std::vector<std::string> list_flag(const Flags& flags, std::string_view name);

}  // namespace sim::kubectl
