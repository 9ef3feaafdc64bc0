#include <algorithm>

#include "sim/base/format.h"
#include "sim/controllers/kubelet/worker.h"
#include "sim/world/fault.h"

namespace sim::kubelet {
namespace {

// k8s 1.30 pkg/kubelet: imageBackOffPeriod, MaxContainerBackOff
constexpr Duration kFirstBackOff = seconds(10);
constexpr Duration kLongestBackOff = seconds(300);
// Idle for so long, a back-off is forgotten.
constexpr Duration kForgotten = seconds(600);
// The sandbox's own start makes the kubelet look again right after a pod's first failed pull.
constexpr Duration kFirstLook = seconds(1);

bool is_present(const Worker& worker, const std::string& name) {
  const auto& images = worker.machine.images;
  return std::binary_search(images.begin(), images.end(), name, [](const auto& a, const auto& b) {
    return std::string_view(a) < std::string_view(b);
  });
}

bool knows_repository(const ImageCatalog& catalog, std::string_view repository) {
  const auto at = catalog.images.lower_bound(repository);
  return at != catalog.images.end() && at->first.size() > repository.size() &&
         at->first.compare(0, repository.size(), repository) == 0;
}

/// What the registry says when it does not give the image, in containerd's words; empty when it
/// does.
std::string refusal(const Worker& worker, std::string_view image, const std::string& normal) {
  const ImageCatalog& catalog = worker.world.settings().images;
  const Image* known = catalog.find(image);
  const std::string repository = normal.substr(0, std::min(normal.find('@'), normal.rfind(':')));
  std::string host = normal.substr(0, normal.find('/'));
  const bool hub = host == "docker.io";
  const std::string start = fmt::format(
      "failed to pull and unpack image \"{0}\": failed to resolve reference \"{0}\": ", normal);
  if (outage_of(worker.world, kRegistryOutage)) {
    const std::string path = repository.substr(std::min(repository.size(), host.size() + 1));
    const std::string tag = normal.substr(std::min(normal.size(), repository.size() + 1));
    if (hub) host = "registry-1.docker.io";
    return fmt::format(
        "rpc error: code = Unknown desc = {}failed to do request: Head "
        "\"https://{}/v2/{}/manifests/{}\": dial tcp: lookup {}: no such host",
        start, host, path, tag, host);
  }
  if (known && known->pullable) return "";
  if (hub && !knows_repository(catalog, repository + ":")) {
    return fmt::format(
        "rpc error: code = Unknown desc = {}pull access denied, repository does not exist or may "
        "require authorization: server message: insufficient_scope: authorization failed",
        start);
  }
  return fmt::format("rpc error: code = NotFound desc = {}{}: not found", start, normal);
}

/// Seconds and milliseconds as Go prints a rounded duration: "1.234s".
std::string pull_time(Duration duration) { return to_string(Duration{duration.ms() * 1'000'000}); }

/// Whether another pull of the image is under way or waits before this one.
bool is_being_pulled(const Worker& worker, const std::string& normal) {
  const auto pulls = [&](const std::vector<ContainerRecord>& records) {
    return std::any_of(records.begin(), records.end(), [&](const ContainerRecord& record) {
      return record.pulling_until && !record.pull_fails &&
             normal_image_name(record.pull_image) == normal;
    });
  };
  for (const Id id : worker.world.store().sandboxes_on(worker.machine_id)) {
    const PodSandbox& sandbox = *worker.world.get<PodSandbox>(id);
    if (id != worker.sandbox_id && (pulls(sandbox.containers) || pulls(sandbox.init_containers))) {
      return true;
    }
  }
  return pulls(worker.sandbox->containers) || pulls(worker.sandbox->init_containers);
}

/// Joins the node's queue: its kubelet pulls one image at a time.
/// k8s 1.30 pkg/kubelet/images: serialImagePuller
void start_pull(Worker& worker, ContainerRecord& record, const Container& container,
                const Image* image, bool fails) {
  worker.event("Normal", "Pulling", fmt::format("Pulling image \"{}\"", container.image),
               &container);
  const Timing& timing = worker.timing();
  auto machine = worker.machine_copy();
  Duration takes = timing.image_pull_failure;
  if (!fails) {
    const auto mebibytes = static_cast<std::int64_t>((image->size + (1 << 20) - 1) >> 20);
    takes = timing.image_pull_base;
    // One that is here already, or will be by then, is only looked up.
    const std::string normal = normal_image_name(container.image);
    const bool coming = machine->pulls_until > worker.now() && is_being_pulled(worker, normal);
    if (!coming && !is_present(worker, normal)) {
      takes = takes + timing.image_pull_per_mib * mebibytes;
    }
  }
  record.pulling_since = worker.now();
  record.pulling_from = std::max(worker.now(), machine->pulls_until);
  record.pulling_until = *record.pulling_from + takes;
  machine->pulls_until = *record.pulling_until;
  worker.plan.update({Kind::Machine, worker.machine_id}, std::move(machine),
                     "an image is to be pulled");
  record.pull_fails = fails;
  worker.look_again(*record.pulling_until, false);
}

void fail_pull(Worker& worker, ContainerRecord& record, const Container& container,
               const std::string& why) {
  worker.event("Warning", "Failed",
               fmt::format("Failed to pull image \"{}\": {}", container.image, why), &container);
  worker.event("Warning", "Failed", "Error: ErrImagePull", &container);
  record.waiting_reason = "ErrImagePull";
  record.waiting_message = Str(why);
  const bool fresh = !record.pull_failed_at || worker.now() - *record.pull_failed_at > kForgotten;
  const bool first = !record.pull_failed_at && record.instance == 0;
  record.pull_back_off =
      fresh ? kFirstBackOff
            : std::min(record.pull_back_off + record.pull_back_off, kLongestBackOff);
  record.pull_failed_at = worker.now();
  record.retry_at = first ? worker.now() + kFirstLook : worker.next_sync();
  worker.look_again(*record.retry_at, true);
}

void add_to_machine(Worker& worker, const std::string& normal) {
  auto next = worker.machine_copy();
  next->images.insert(std::upper_bound(next->images.begin(), next->images.end(), Str(normal)),
                      Str(normal));
  worker.plan.update({Kind::Machine, worker.machine_id}, std::move(next), "an image was pulled");
}

/// A pull is under way: answers whether it has ended well by now.
bool finish_pull(Worker& worker, ContainerRecord& record, const Container& container,
                 const std::string& normal) {
  if (*record.pulling_until > worker.now()) {
    worker.look_again(*record.pulling_until, false);
    return false;
  }
  const Duration waited = worker.now() - *record.pulling_since;
  const Duration took = worker.now() - *record.pulling_from;
  record.pulling_until.reset();
  record.pulling_from.reset();
  record.pulling_since.reset();
  if (record.pull_fails) {
    const std::string why = refusal(worker, container.image, normal);
    // It may have become possible meanwhile; then this pull has just made it.
    if (!why.empty()) {
      fail_pull(worker, record, container, why);
      return false;
    }
  }
  const Image* image = worker.world.settings().images.find(container.image);
  worker.event(
      "Normal", "Pulled",
      fmt::format("Successfully pulled image \"{}\" in {} ({} including waiting). Image "
                  "size: {} bytes.",
                  container.image, pull_time(took), pull_time(waited), image ? image->size : 0),
      &container);
  if (!is_present(worker, normal)) add_to_machine(worker, normal);
  record.retry_at.reset();
  return true;
}

/// It cannot go on: says so, at every sync anew.
void wait(Worker& worker, ContainerRecord& record, const Container& container,
          std::string_view reason, std::string message) {
  record.waiting_reason = Str(reason);
  record.waiting_message = Str(message);
  worker.event("Warning", "Failed", fmt::format("Error: {}", reason), &container);
  record.retry_at = worker.next_sync();
  worker.look_again(*record.retry_at, true);
}

}  // namespace

// k8s 1.30 pkg/kubelet/images: EnsureImageExists
bool ensure_image(Worker& worker, ContainerRecord& record, const Container& container) {
  if (record.pull_image != container.image) {
    // Another image has a back-off of its own.
    record.pull_image = container.image;
    record.pull_failed_at.reset();
    record.pulling_until.reset();
    record.retry_at.reset();
  }
  if (record.retry_at && *record.retry_at > worker.now()) {
    worker.look_again(*record.retry_at, true);
    return false;
  }
  if (const std::string wrong = image_name_error(container.image); !wrong.empty()) {
    std::string message = fmt::format(
        "Failed to apply default image tag \"{0}\": couldn't parse image name \"{0}\": {1}",
        container.image, wrong);
    worker.event("Warning", "InspectFailed", message, &container);
    wait(worker, record, container, "InvalidImageName", std::move(message));
    return false;
  }
  const std::string normal = normal_image_name(container.image);
  if (record.pulling_until) return finish_pull(worker, record, container, normal);
  const bool present = is_present(worker, normal);
  const Str& policy = container.image_pull_policy;
  if (policy != "Always" && present) {
    worker.event("Normal", "Pulled",
                 fmt::format("Container image \"{}\" already present on machine", container.image),
                 &container);
    return true;
  }
  if (policy == "Never") {
    std::string message = fmt::format(
        "Container image \"{}\" is not present with pull policy of Never", container.image);
    worker.event("Warning", "ErrImageNeverPull", message, &container);
    wait(worker, record, container, "ErrImageNeverPull", std::move(message));
    return false;
  }
  if (record.pull_failed_at && worker.now() - *record.pull_failed_at < record.pull_back_off) {
    std::string message = fmt::format("Back-off pulling image \"{}\"", container.image);
    worker.event("Normal", "BackOff", message, &container);
    wait(worker, record, container, "ImagePullBackOff", std::move(message));
    return false;
  }
  const std::string why = refusal(worker, container.image, normal);
  start_pull(worker, record, container, worker.world.settings().images.find(container.image),
             !why.empty());
  return false;
}

}  // namespace sim::kubelet
