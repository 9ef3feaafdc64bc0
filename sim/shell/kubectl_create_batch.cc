// kubectl create job, cronjob, poddisruptionbudget and priorityclass, and autoscale.
// k8s 1.32 kubectl/pkg/cmd/create: create_job.go, create_cronjob.go, create_pdb.go,
// create_priorityclass.go; kubectl/pkg/cmd/autoscale
#include <charconv>
#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/model/controller_types.h"
#include "sim/model/labels.h"
#include "sim/shell/kubectl_create.h"

namespace sim::kubectl {
namespace {

/// kubectl's words about flags that must be there; empty when they are.
std::string missing_flags(const Flags& flags, std::vector<std::string_view> names) {
  std::vector<std::string> missing;
  for (const std::string_view name : names) {
    if (!flags.has(name)) missing.push_back(fmt::format("\"{}\"", name));
  }
  return missing.empty() ? ""
                         : fmt::format("required flag(s) {} not set", fmt::join(missing, ", "));
}

PodTemplateSpec one_container(const std::string& name, const Flags& flags, const char* restart) {
  PodTemplateSpec made;
  Container container;
  container.name = name;
  container.image = flags.get("image");
  container.command.assign(flags.after_dashes.begin(), flags.after_dashes.end());
  made.spec.containers.push_back(std::move(container));
  made.spec.restart_policy = restart;
  return made;
}

/// A Job as its CronJob would make it now. k8s: createJobFromCronJob
std::shared_ptr<Job> job_from(const CronJob& cron) {
  auto job = std::make_shared<Job>();
  job->meta.labels = cron.spec.job_template.meta.labels;
  job->meta.annotations = cron.spec.job_template.meta.annotations;
  job->meta.annotations.set("cronjob.kubernetes.io/instantiate", "manual");
  OwnerReference owner;
  owner.api_version = "batch/v1";
  owner.kind = "CronJob";
  owner.name = cron.meta.name;
  owner.uid = cron.meta.uid;
  owner.controller = true;
  job->meta.owner_references.push_back(std::move(owner));
  job->spec = cron.spec.job_template.spec;
  return job;
}

/// "25%" or 3, as intstr.Parse reads it.
IntOrString amount_of(const std::string& text) {
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? IntOrString{false, number, Str()} : IntOrString{true, 0, Str(text)};
}

/// A LabelSelector of what people type behind --selector.
std::optional<LabelSelector> selector_from(const std::string& text, std::string* error) {
  const std::optional<Selector> parsed = parse_selector(text, error);
  if (!parsed) return std::nullopt;
  LabelSelector selector;
  for (const Requirement& one : parsed->requirements) {
    using Op = Requirement::Op;
    if ((one.op == Op::Equals || one.op == Op::DoubleEquals) && one.values.size() == 1) {
      selector.match_labels.set(one.key, one.values.front());
      continue;
    }
    LabelSelectorRequirement expression;
    expression.key = one.key;
    expression.values = one.values;
    switch (one.op) {
      case Op::In:
        expression.op = "In";
        break;
      case Op::NotIn:
      case Op::NotEquals:
        expression.op = "NotIn";
        break;
      case Op::Exists:
        expression.op = "Exists";
        break;
      case Op::DoesNotExist:
        expression.op = "DoesNotExist";
        break;
      default:
        *error = fmt::format("\"{}\" is not a valid label selector operator", text);
        return std::nullopt;
    }
    selector.match_expressions.push_back(std::move(expression));
  }
  return selector;
}

bool fits(long long number) { return number == static_cast<std::int32_t>(number); }

}  // namespace

Step create_job(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, create_flags({"from=", "image="}));
  Creation creation(call, flags, "job");
  if (std::optional<Step> step = creation.begin()) return *step;
  const std::string from = flags.get("from");
  if (flags.get("image").empty() == from.empty()) {
    return fail("either --image or --from must be specified");
  }
  if (!from.empty() && !flags.after_dashes.empty()) {
    return fail("cannot specify --from and command");
  }
  if (from.empty()) {
    auto job = std::make_shared<Job>();
    job->spec.pod_template = one_container(creation.name(), flags, "Never");
    return creation.make(job, "failed to create job: ");
  }
  const Targets targets = find_targets(call, flags, {from});
  if (!targets.error.empty()) return fail(targets.error);
  if (!targets.missing.empty()) return fail(targets.missing.front());
  if (targets.refs.size() != 1) return fail("from must be an existing cronjob");
  const auto* cron = as<CronJob>(call.world.store().get(targets.refs.front()));
  if (!cron) return fail("from must be an existing cronjob");
  return creation.make(job_from(*cron), "failed to create job: ");
}

Step create_cron_job(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(words, create_flags({"image=", "restart=", "schedule="}));
  if (flags.error.empty()) {
    const std::string missing = missing_flags(flags, {"image", "schedule"});
    if (!missing.empty()) return fail(missing);
  }
  Creation creation(call, flags, "cronjob");
  if (std::optional<Step> step = creation.begin()) return *step;
  const std::string restart = flags.get("restart");
  auto cron = std::make_shared<CronJob>();
  cron->spec.schedule = flags.get("schedule");
  cron->spec.job_template.meta.name = creation.name();
  cron->spec.job_template.spec.pod_template =
      one_container(creation.name(), flags, restart.empty() ? "OnFailure" : restart.c_str());
  return creation.make(cron, "failed to create cronjob: ");
}

Step create_budget(Call& call, const std::vector<std::string>& words) {
  const Flags flags =
      read_flags(words, create_flags({"max-unavailable=", "min-available=", "selector="}));
  Creation creation(call, flags, "poddisruptionbudget");
  if (std::optional<Step> step = creation.begin()) return *step;
  const std::string least = flags.get("min-available");
  const std::string most = flags.get("max-unavailable");
  if (flags.get("selector").empty()) return fail("a selector must be specified");
  if (least.empty() && most.empty()) {
    return fail("one of min-available or max-unavailable must be specified");
  }
  if (!least.empty() && !most.empty()) {
    return fail("min-available and max-unavailable cannot be both specified");
  }
  std::string error;
  const std::optional<LabelSelector> selector = selector_from(flags.get("selector"), &error);
  if (!selector) return fail(error);
  auto budget = std::make_shared<PodDisruptionBudget>();
  budget->spec.selector = *selector;
  if (!least.empty()) budget->spec.min_available = amount_of(least);
  if (!most.empty()) budget->spec.max_unavailable = amount_of(most);
  return creation.make(budget, "failed to create poddisruptionbudgets: ");
}

Step create_priority_class(Call& call, const std::vector<std::string>& words) {
  const Flags flags = read_flags(
      words,
      create_flags({"description=", "global-default", "preemption-policy=", "value="}, {"value"}));
  Creation creation(call, flags, "priorityclass");
  if (std::optional<Step> step = creation.begin()) return *step;
  const long long value = flags.number("value").value_or(0);
  if (!fits(value)) {
    return flag_error("create priorityclass",
                      fmt::format("invalid argument \"{0}\" for \"--value\" flag: "
                                  "strconv.ParseInt: parsing \"{0}\": value out of range",
                                  value));
  }
  auto priority = std::make_shared<PriorityClass>();
  priority->value = static_cast<std::int32_t>(value);
  priority->global_default = flags.is_on("global-default");
  priority->description = flags.get("description");
  const std::string policy = flags.get("preemption-policy");
  priority->preemption_policy = Str(policy.empty() ? "PreemptLowerPriority" : policy);
  return creation.make(priority, "failed to create priorityclass: ");
}

Step autoscale(Call& call, const std::vector<std::string>& words) {
  FlagSet set;
  set.own = {"cpu-percent=", "dry-run=?unchanged", "field-manager=", "max=", "min=",
             "name=",        "save-config"};
  set.numbers = {"cpu-percent", "max", "min"};
  set.prints = true;
  set.files = true;
  const Flags flags = read_flags(words, set);
  if (!flags.error.empty()) return flag_error("autoscale", flags.error);
  if (const std::string missing = missing_flags(flags, {"max"}); !missing.empty()) {
    return fail(missing);
  }
  const long long most = flags.number("max").value_or(-1);
  const long long least = flags.number("min").value_or(-1);
  const long long percent = flags.number("cpu-percent").value_or(-1);
  if (!fits(most) || !fits(least) || !fits(percent)) {
    return flag_error("autoscale", "a number of replicas is out of range");
  }
  if (most < 1) {
    return fail(fmt::format("--max=MAXPODS is required and must be at least 1, max: {}", most));
  }
  if (most < least) {
    return fail(fmt::format(
        "--max=MAXPODS must be larger or equal to --min=MINPODS, max: {}, min: {}", most, least));
  }
  Change change(call, flags, "autoscale");
  if (std::optional<Step> step = change.begin()) return *step;
  TargetOptions options;
  options.name_required = true;
  const Targets targets = find_targets(call, flags, flags.args, options);
  if (!targets.error.empty()) return usage_error("autoscale", targets.error);
  for (const ApiError& error : targets.missing) {
    change.refused(error, Kind::HorizontalPodAutoscaler);
  }
  for (const Ref& ref : targets.refs) {
    const Object& object = *call.world.store().get(ref);
    const bool scales = ref.kind == Kind::Deployment || ref.kind == Kind::ReplicaSet ||
                        ref.kind == Kind::StatefulSet;
    if (!scales) {
      const KindInfo& known = info(ref.kind);
      change.failed(fmt::format("cannot autoscale a {}{}{}", known.name,
                                known.group.empty() ? "" : ".", known.group));
      continue;
    }
    auto made = std::make_shared<HorizontalPodAutoscaler>();
    made->meta.name = flags.get("name").empty() ? object.meta.name : Str(flags.get("name"));
    made->meta.ns = object.meta.ns;
    made->spec.scale_target_ref = {Str(info(ref.kind).name), object.meta.name,
                                   Str(api_version(ref.kind))};
    made->spec.max_replicas = static_cast<std::int32_t>(most);
    if (least > 0) made->spec.min_replicas = static_cast<std::int32_t>(least);
    if (percent >= 0) {
      MetricSpec metric;
      metric.type = "Resource";
      ResourceMetricSource& resource = metric.resource.edit();
      resource.name = "cpu";
      resource.target.type = "Utilization";
      resource.target.average_utilization = static_cast<std::int32_t>(percent);
      made->spec.metrics.push_back(std::move(metric));
    }
    if (flags.is_on("save-config")) {
      Json json = encode(*made);
      made->meta.annotations.set(kLastApplied, annotate_last_applied(json));
    }
    if (change.dry_run() == DryRun::Client) {
      change.done(encode(*made), "autoscaled");
      continue;
    }
    const Answer answer = create_object(call, made, change.write_options());
    if (answer.error) {
      change.refused(*answer.error, Kind::HorizontalPodAutoscaler);
    } else {
      change.done(answer, "autoscaled");
    }
  }
  return change.finish();
}

}  // namespace sim::kubectl
