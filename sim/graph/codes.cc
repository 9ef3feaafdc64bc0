#include "sim/graph/codes.h"

#include <array>

namespace sim {
namespace {

struct Name {
  WhyCode code;
  std::string_view name;
};
constexpr std::array<Name, 29> kNames = {{
    {WhyCode::InImage, "IN_IMAGE"},
    {WhyCode::GivenByKubelet, "GIVEN_BY_KUBELET"},
    {WhyCode::InContainerLayer, "IN_CONTAINER_LAYER"},
    {WhyCode::InVolume, "IN_VOLUME"},
    {WhyCode::NeverWrittenHere, "NEVER_WRITTEN_HERE"},
    {WhyCode::DeletedHere, "DELETED_HERE"},
    {WhyCode::HiddenByMount, "HIDDEN_BY_MOUNT"},
    {WhyCode::LostWithContainer, "LOST_WITH_CONTAINER"},
    {WhyCode::LostWithPod, "LOST_WITH_POD"},
    {WhyCode::LostWithReboot, "LOST_WITH_REBOOT"},
    {WhyCode::LostWithVolume, "LOST_WITH_VOLUME"},
    {WhyCode::VolumeNotMounted, "VOLUME_NOT_MOUNTED"},
    {WhyCode::OnOtherNode, "ON_OTHER_NODE"},
    {WhyCode::NotInSource, "NOT_IN_SOURCE"},
    {WhyCode::NotRefreshedYet, "NOT_REFRESHED_YET"},
    {WhyCode::PinnedBySubPath, "PINNED_BY_SUBPATH"},
    {WhyCode::BrokenLink, "BROKEN_LINK"},
    {WhyCode::NotPermitted, "NOT_PERMITTED"},
    {WhyCode::ClaimNotBound, "CLAIM_NOT_BOUND"},
    {WhyCode::VolumeNotAttached, "VOLUME_NOT_ATTACHED"},
    {WhyCode::VolumeNotReady, "VOLUME_NOT_READY"},
    {WhyCode::ImageNotPulled, "IMAGE_NOT_PULLED"},
    {WhyCode::PodNotScheduled, "POD_NOT_SCHEDULED"},
    {WhyCode::PodEvicted, "POD_EVICTED"},
    {WhyCode::PodShutDown, "POD_SHUT_DOWN"},
    {WhyCode::NodeDown, "NODE_DOWN"},
    {WhyCode::NodeCutOff, "NODE_CUT_OFF"},
    {WhyCode::NoSuchContainer, "NO_SUCH_CONTAINER"},
    {WhyCode::PodNotRunning, "POD_NOT_RUNNING"},
}};

}  // namespace

std::string_view name_of(WhyCode code) {
  for (const Name& name : kNames) {
    if (name.code == code) return name.name;
  }
  return "";
}

std::optional<WhyCode> parse_why_code(std::string_view text) {
  for (const Name& name : kNames) {
    if (name.name == text) return name.code;
  }
  return std::nullopt;
}

std::vector<std::string> why_code_names() {
  std::vector<std::string> names;
  for (const Name& name : kNames) names.emplace_back(name.name);
  return names;
}

bool is_seen(WhyCode code) { return code <= WhyCode::InVolume; }
bool is_unreachable(WhyCode code) { return code >= WhyCode::ClaimNotBound; }

}  // namespace sim
