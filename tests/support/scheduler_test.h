// The scheduler alone in a world, without kubelets and controllers: nodes and pods are made by the
// test, time passes when it is told to.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/controllers/scheduler/scheduler.h"
#include "sim/controllers/scheduler/scores.h"
#include "sim/world/world.h"

namespace sim::testing {

inline Quantity amount(std::string_view text) { return *Quantity::parse(text); }

/// A world in which only the scheduler acts; time passes when it is told to.
class SchedulerTest : public ::testing::Test {
 protected:
  SchedulerTest() : world_(settings()) {
    auto ns = std::make_shared<Namespace>();
    ns->meta.name = "default";
    create(ns);
  }
  void TearDown() override { EXPECT_EQ(world_.store().check_indexes(), ""); }

  static std::shared_ptr<const Settings> settings() {
    auto made = std::make_shared<Settings>();
    made->seed = 7;
    return made;
  }

  void carry_out(Plan plan) {
    const std::uint64_t before = apply(world_, std::move(plan), {0, "test"});
    for (std::uint64_t r = before + 1; r <= world_.revision(); ++r) {
      for (const Wake& each : scheduler::moved_by(world_, world_.journal().at(r))) {
        wake(world_, each, r);
      }
    }
  }
  void run_until(Time time) {
    Task task;
    while (take_due(world_, time, &task)) {
      if (task.actor == Actor::Scheduler) carry_out(scheduler::reconcile(world_, task.id));
    }
    advance_clock(world_, time);
  }
  void run_for(Duration duration) { run_until(world_.now() + duration); }

  Id create(std::shared_ptr<Object> object) {
    Plan plan;
    const Id id = plan.create(world_, std::move(object), "test");
    carry_out(std::move(plan));
    return id;
  }
  template <class T>
  void change(Id id, const std::function<void(T&)>& edit) {
    auto next = std::make_shared<T>(*world_.get<T>(id));
    edit(*next);
    Plan plan;
    plan.update({T::kKind, id}, std::move(next), "test");
    carry_out(std::move(plan));
  }
  void erase(Ref ref) {
    Plan plan;
    plan.erase(ref, "test");
    carry_out(std::move(plan));
  }

  /// A node of 4 cpus and 8Gi.
  Id node(const std::string& name, const std::function<void(Node&)>& edit = {}) {
    auto made = std::make_shared<Node>();
    made->meta.name = Str(name);
    made->meta.labels.set("kubernetes.io/hostname", Str(name));
    made->status.allocatable.set("cpu", amount("4"));
    made->status.allocatable.set("memory", amount("8Gi"));
    made->status.allocatable.set("ephemeral-storage", amount("100Gi"));
    made->status.allocatable.set("pods", amount("110"));
    if (edit) edit(*made);
    return create(made);
  }
  static void ask(Pod& pod, const char* resource, std::string_view quantity) {
    pod.spec.edit().containers[0].resources.requests.set(resource, amount(quantity));
  }
  Id pod(const std::string& name, const std::function<void(Pod&)>& edit = {}) {
    auto made = std::make_shared<Pod>();
    made->meta.name = Str(name);
    made->meta.ns = "default";
    made->status.phase = "Pending";
    PodSpec& spec = made->spec.edit();
    spec.scheduler_name = "default-scheduler";
    spec.containers.emplace_back();
    spec.containers[0].name = "main";
    if (edit) edit(*made);
    return create(made);
  }
  Id placed(const std::string& name, const char* on, const std::function<void(Pod&)>& edit = {}) {
    return pod(name, [&](Pod& made) {
      made.node_name = on;
      if (edit) edit(made);
    });
  }
  /// A pod of ReplicaSet `web`, which selects app=web.
  Id web(const std::string& name, const char* on = "") {
    const ReplicaSet* set = world_.find<ReplicaSet>("default", "web");
    if (!set) {
      auto made = std::make_shared<ReplicaSet>();
      made->meta.name = "web";
      made->meta.ns = "default";
      made->spec.selector.edit().match_labels.set("app", "web");
      create(made);
      set = world_.find<ReplicaSet>("default", "web");
    }
    return pod(name, [&](Pod& made) {
      made.node_name = on;
      made.meta.labels.set("app", "web");
      OwnerReference owner;
      owner.api_version = "apps/v1";
      owner.kind = "ReplicaSet";
      owner.name = "web";
      owner.uid = set->meta.uid;
      owner.controller = true;
      made.meta.owner_references = {owner};
    });
  }

  const Pod& at(Id id) const { return *world_.get<Pod>(id); }
  std::string where(Id id) const { return at(id).node_name.str(); }
  const PodCondition* scheduled(Id id) const {
    for (const PodCondition& condition : at(id).status.conditions) {
      if (condition.type == "PodScheduled") return &condition;
    }
    return nullptr;
  }
  std::string message(Id id) const {
    const PodCondition* condition = scheduled(id);
    return condition ? condition->message.str() : "(no condition)";
  }
  /// Why the pod finds no node, without what follows about preemption.
  std::string reasons(Id id) {
    run_for(seconds(1));
    const std::string text = message(id);
    return text.substr(0, text.find(" preemption:"));
  }
  std::int64_t attempts(Id id) const { return world_.scheduling_queue().get(id).attempts; }

  std::vector<std::int64_t> scores(Id id, const std::vector<std::string>& nodes) const {
    const scheduler::Incoming incoming(world_, at(id));
    return total_scores(incoming, candidates(incoming, nodes));
  }
  std::vector<scheduler::Candidate> candidates(const scheduler::Incoming& incoming,
                                               const std::vector<std::string>& nodes) const {
    std::vector<scheduler::Candidate> found;
    for (const std::string& name : nodes) {
      found.push_back(incoming.candidate(world_.store().find(Kind::Node, "", name)));
    }
    return found;
  }

  World world_;
};

inline NodeSelectorRequirement requires_label(const char* key, const char* op,
                                              std::vector<Str> values = {}) {
  NodeSelectorRequirement requirement;
  requirement.key = key;
  requirement.op = op;
  requirement.values = std::move(values);
  return requirement;
}

inline NodeSelectorTerm label_term(const char* key, const char* op, std::vector<Str> values = {}) {
  NodeSelectorTerm term;
  term.match_expressions.push_back(requires_label(key, op, std::move(values)));
  return term;
}

inline NodeSelectorTerm field_term(std::vector<Str> names) {
  NodeSelectorTerm term;
  term.match_fields.push_back(requires_label("metadata.name", "In", std::move(names)));
  return term;
}

inline void require(Pod& pod, std::vector<NodeSelectorTerm> terms) {
  pod.spec.edit()
      .affinity.edit()
      .node_affinity.edit()
      .required_during_scheduling_ignored_during_execution.edit()
      .node_selector_terms = std::move(terms);
}

inline PodAffinityTerm near(const char* key, const char* app) {
  PodAffinityTerm term;
  term.topology_key = key;
  term.label_selector.edit().match_labels.set("app", app);
  return term;
}

inline void require_near(Pod& pod, const char* key, const char* app) {
  pod.spec.edit()
      .affinity.edit()
      .pod_affinity.edit()
      .required_during_scheduling_ignored_during_execution.push_back(near(key, app));
}

inline void require_away(Pod& pod, const char* key, const char* app) {
  pod.spec.edit()
      .affinity.edit()
      .pod_anti_affinity.edit()
      .required_during_scheduling_ignored_during_execution.push_back(near(key, app));
}

inline void taint(Node& node, const char* key, const char* value, const char* effect) {
  Taint made;
  made.key = key;
  made.value = value;
  made.effect = effect;
  node.spec.taints.push_back(made);
}

inline void label(Node& node, const char* key, const char* value) {
  node.meta.labels.set(key, value);
}

inline void host_port(Pod& pod, int number, const char* ip = "", const char* protocol = "TCP") {
  ContainerPort port;
  port.host_port = number;
  port.container_port = number;
  port.host_ip = ip;
  port.protocol = protocol;
  pod.spec.edit().containers[0].ports.push_back(port);
}

inline void spread(Pod& pod, const char* key, const char* app, const char* what = "DoNotSchedule",
                   int max_skew = 1) {
  TopologySpreadConstraint constraint;
  constraint.topology_key = key;
  constraint.max_skew = max_skew;
  constraint.when_unsatisfiable = what;
  constraint.label_selector.edit().match_labels.set("app", app);
  pod.spec.edit().topology_spread_constraints.push_back(constraint);
}

inline void be(Pod& pod, const char* app) { pod.meta.labels.set("app", app); }

}  // namespace sim::testing
