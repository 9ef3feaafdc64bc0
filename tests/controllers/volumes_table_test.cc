// Every combination of access mode, reclaim policy, binding mode, class and size, against an oracle
// that is slow and obvious: what becomes of a claim for which one volume was made by hand, and of
// the volumes when the claim is gone.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/world/api.h"
#include "tests/support/storage_test.h"

namespace sim::testing {
namespace {

const char* const kModes[] = {"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"};
const std::vector<std::vector<Str>> kOffers = {{"ReadWriteOnce"},
                                               {"ReadWriteOnce", "ReadOnlyMany"},
                                               {"ReadWriteMany"},
                                               {"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"}};
const char* const kPolicies[] = {"Retain", "Delete", "Recycle"};
const char* const kBindings[] = {"Immediate", "WaitForFirstConsumer"};
const char* const kProvisioners[] = {"", "kubernetes.io/no-provisioner", "disk.csi.example.com",
                                     "nobody.example.com"};

struct Case {
  Str mode;
  std::vector<Str> offer;
  Str policy;
  Str binding;
  Str provisioner;  // empty: the class does not exist
  bool fits = false;
  std::string name;
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const char* mode : kModes)
    for (const auto& offer : kOffers)
      for (const char* policy : kPolicies)
        for (const char* binding : kBindings)
          for (const char* provisioner : kProvisioners)
            for (const bool fits : {false, true}) {
              cases.push_back({mode, offer, policy, binding, provisioner, fits,
                               fmt::format("c{}", cases.size())});
            }
  return cases;
}

struct Outcome {
  std::string claim;   // "Bound by hand", "Bound by driver", "Pending"
  std::string reason;  // of the claim's event
  std::string left;    // what the volume by hand is when the claim is gone, and
  std::string made;    // the one that the driver made: "" none, "gone", "Released"
};

Outcome expected(const Case& c) {
  Outcome out;
  const bool has_class = !c.provisioner.empty();
  bool offered = false;
  for (const Str& mode : c.offer) offered = offered || mode == c.mode;
  if (has_class && c.binding == "WaitForFirstConsumer") {
    out.claim = "Pending";
    out.reason = "WaitForFirstConsumer";
  } else if (offered && c.fits) {
    out.claim = "Bound by hand";
  } else if (!has_class || c.provisioner == "kubernetes.io/no-provisioner") {
    out.claim = "Pending";
    out.reason = "ProvisioningFailed";
  } else if (c.provisioner == "nobody.example.com") {
    out.claim = "Pending";
    out.reason = "ExternalProvisioning";
  } else if (c.mode == "ReadWriteOnce" || c.mode == "ReadWriteOncePod") {
    out.claim = "Bound by driver";
    out.reason = "ProvisioningSucceeded";
  } else {
    out.claim = "Pending";
    out.reason = "ProvisioningFailed";
  }
  out.left = "Available";
  if (out.claim == "Bound by hand") {
    out.left = c.policy == "Retain" ? "Released" : c.policy == "Delete" ? "gone" : "Available";
  }
  if (out.claim == "Bound by driver") out.made = c.policy == "Retain" ? "Released" : "gone";
  return out;
}

class VolumesTable : public StorageTest {
 protected:
  void make(std::shared_ptr<Object> object) {
    Plan plan;
    const ApiResult result = api_create(world(), plan, std::move(object), "test");
    ASSERT_TRUE(result) << result.error->message;
    simulation().carry_out(std::move(plan), {0, "test"});
  }
  void make_all(const Case& c);
  std::string state_of(const std::string& volume) {
    const PersistentVolume* row = volume_row(volume);
    return row ? row->status.phase.str() : "gone";
  }
  bool has_event(const Object& about, const std::string& reason) {
    for (const Id id : world().store().events_about(about.meta.uid)) {
      if (world().get<Event>(id)->reason == reason) return true;
    }
    return false;
  }
};

void VolumesTable::make_all(const Case& c) {
  if (!c.provisioner.empty()) {
    auto storage_class = std::make_shared<StorageClass>();
    storage_class->meta.name = c.name;
    storage_class->provisioner = c.provisioner;
    storage_class->volume_binding_mode = c.binding;
    storage_class->reclaim_policy = c.policy == "Retain" ? Str("Retain") : Str("Delete");
    make(std::move(storage_class));
  }
  auto volume = std::make_shared<PersistentVolume>();
  volume->meta.name = c.name;
  volume->spec.capacity.set("storage", *Quantity::parse(c.fits ? "2Gi" : "512Mi"));
  volume->spec.access_modes = c.offer;
  volume->spec.reclaim_policy = c.policy;
  volume->spec.storage_class_name = c.name;
  HostPathVolumeSource path;
  path.path = "/tmp/" + c.name;
  volume->spec.source.host_path = std::move(path);
  make(std::move(volume));
  auto claim = std::make_shared<PersistentVolumeClaim>();
  claim->meta.name = c.name;
  claim->meta.ns = "default";
  claim->spec.access_modes = {c.mode};
  claim->spec.storage_class_name = Str(c.name);
  claim->spec.resources.requests.set("storage", *Quantity::parse("1Gi"));
  make(std::move(claim));
}

TEST_F(VolumesTable, EveryCombination) {
  install("disk.csi.example.com");
  const std::vector<Case> cases = all_cases();
  ASSERT_EQ(cases.size(), 768U);
  for (const Case& c : cases) make_all(c);
  run_for(seconds(20));
  std::vector<std::string> made(cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& c = cases[i];
    const Outcome want = expected(c);
    const PersistentVolumeClaim& claim = *claim_row(c.name);
    std::string got = claim.status.phase.str();
    if (got == "Bound") {
      got += claim.spec.volume_name == c.name ? " by hand" : " by driver";
      if (claim.spec.volume_name != c.name) made[i] = claim.spec.volume_name.str();
    }
    EXPECT_EQ(got, want.claim) << fmt::format("{} {} {} {} \"{}\" {}", c.name, c.mode, c.policy,
                                              c.binding, c.provisioner, c.fits);
    if (!want.reason.empty()) {
      EXPECT_TRUE(has_event(claim, want.reason)) << c.name << " " << want.reason;
    }
    if (want.claim != "Bound by hand") {
      EXPECT_EQ(state_of(c.name), "Available") << c.name;
    }
  }
  EXPECT_EQ(check_invariants(world()), "");
  type("kubectl delete pvc --all --wait=false");
  run_for(minutes(1));
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& c = cases[i];
    const Outcome want = expected(c);
    EXPECT_EQ(claim_row(c.name), nullptr) << c.name;
    EXPECT_EQ(state_of(c.name), want.left) << c.name;
    if (!want.made.empty()) {
      EXPECT_EQ(state_of(made[i]), want.made) << c.name;
    }
  }
}

}  // namespace
}  // namespace sim::testing
