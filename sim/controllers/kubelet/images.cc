#include <algorithm>

#include "sim/base/format.h"
#include "sim/controllers/kubelet/worker.h"

namespace sim::kubelet {
namespace {

// k8s 1.30 pkg/kubelet: imageBackOffPeriod, MaxContainerBackOff
constexpr Duration kFirstBackOff = seconds(10);
constexpr Duration kLongestBackOff = seconds(300);
// How long ErrImagePull shows before it is called a back-off.
constexpr Duration kErrorShown = seconds(1);

bool is_present(const Worker& worker, const std::string& name) {
  const auto& images = worker.machine.images;
  return std::binary_search(images.begin(), images.end(), name, [](const auto& a, const auto& b) {
    return std::string_view(a) < std::string_view(b);
  });
}

/// What the registry says when it does not give the image; empty when it does.
std::string refusal(const Worker& worker, std::string_view image, const std::string& normal) {
  const ImageCatalog& catalog = worker.world.settings().images;
  const Image* known = catalog.find(image);
  const std::string host = normal.substr(0, normal.find('/'));
  const std::string repository = normal.substr(0, normal.rfind(':'));
  if (!catalog.registry_reachable) {
    return fmt::format(
        "failed to pull and unpack image \"{0}\": failed to resolve reference "
        "\"{0}\": failed to do request: Head \"https://{1}/v2/{2}/manifests/{3}\": "
        "dial tcp: connect: connection refused",
        normal, host, repository.substr(std::min(repository.size(), host.size() + 1)),
        normal.substr(std::min(normal.size(), repository.size() + 1)));
  }
  if (known && known->pullable) return "";
  return fmt::format(
      "failed to pull and unpack image \"{0}\": failed to resolve reference \"{0}\": "
      "{0}: not found",
      normal);
}

/// Seconds and milliseconds as Go prints a rounded duration: "1.234s".
std::string pull_time(Duration duration) { return to_string(Duration{duration.ms() * 1'000'000}); }

void start_pull(Worker& worker, ContainerRecord& record, const Container& container,
                const Image* image, bool fails) {
  worker.event("Normal", "Pulling", fmt::format("Pulling image \"{}\"", container.image),
               &container);
  const Timing& timing = worker.timing();
  Duration takes = timing.image_pull_failure;
  if (!fails) {
    const auto mebibytes = static_cast<std::int64_t>((image->size + (1 << 20) - 1) >> 20);
    takes = timing.image_pull_base + timing.image_pull_per_mib * mebibytes;
  }
  record.pulling_since = worker.now();
  record.pulling_until = worker.now() + takes;
  record.pull_fails = fails;
  record.waiting_reason = Str();
  record.waiting_message = Str();
  worker.look_again(*record.pulling_until, false);
}

void fail_pull(Worker& worker, ContainerRecord& record, const Container& container,
               const std::string& why) {
  worker.event("Warning", "Failed",
               fmt::format("Failed to pull image \"{}\": {}", container.image, why), &container);
  worker.event("Warning", "Failed", "Error: ErrImagePull", &container);
  record.waiting_reason = "ErrImagePull";
  record.waiting_message = Str(why);
  record.pull_back_off =
      record.pull_back_off.ns == 0
          ? kFirstBackOff
          : std::min(record.pull_back_off + record.pull_back_off, kLongestBackOff);
  record.retry_at = worker.now() + record.pull_back_off;
}

void add_to_machine(Worker& worker, const std::string& normal) {
  auto next = std::make_shared<Machine>(worker.machine);
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
  const Duration took = worker.now() - *record.pulling_since;
  record.pulling_until.reset();
  record.pulling_since.reset();
  if (record.pull_fails) {
    fail_pull(worker, record, container, refusal(worker, container.image, normal));
    worker.look_again(worker.now() + kErrorShown, true);
    return false;
  }
  const Image* image = worker.world.settings().images.find(container.image);
  worker.event(
      "Normal", "Pulled",
      fmt::format("Successfully pulled image \"{0}\" in {1} ({1} including waiting). Image "
                  "size: {2} bytes.",
                  container.image, pull_time(took), image ? image->size : 0),
      &container);
  if (!is_present(worker, normal)) add_to_machine(worker, normal);
  record.pull_back_off = {};
  record.retry_at.reset();
  return true;
}

/// Waiting after a failed pull: answers whether it is time for the next one.
bool back_off_over(Worker& worker, ContainerRecord& record, const Container& container) {
  const bool failed =
      record.waiting_reason == "ErrImagePull" || record.waiting_reason == "ImagePullBackOff";
  if (!failed || !record.retry_at || *record.retry_at <= worker.now()) return true;
  const Time shown_until = *record.retry_at - record.pull_back_off + kErrorShown;
  if (record.waiting_reason == "ErrImagePull") {
    if (shown_until > worker.now()) {
      worker.look_again(shown_until, true);
      return false;
    }
    record.waiting_reason = "ImagePullBackOff";
    record.waiting_message = fmt::format("Back-off pulling image \"{}\"", container.image);
    worker.event("Normal", "BackOff", record.waiting_message.str(), &container);
    worker.event("Warning", "Failed", "Error: ImagePullBackOff", &container);
  }
  worker.look_again(*record.retry_at, true);
  return false;
}

}  // namespace

bool ensure_image(Worker& worker, ContainerRecord& record, const Container& container) {
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
    if (record.waiting_reason != "ErrImageNeverPull") {
      record.waiting_message = fmt::format(
          "Container image \"{}\" is not present with pull policy of Never", container.image);
      worker.event("Warning", "ErrImageNeverPull", record.waiting_message.str(), &container);
      worker.event("Warning", "Failed", "Error: ErrImageNeverPull", &container);
    }
    record.waiting_reason = "ErrImageNeverPull";
    worker.look_again(worker.now() + seconds(12), true);
    return false;
  }
  if (!back_off_over(worker, record, container)) return false;
  const std::string why = refusal(worker, container.image, normal);
  start_pull(worker, record, container, worker.world.settings().images.find(container.image),
             !why.empty());
  return false;
}

}  // namespace sim::kubelet
