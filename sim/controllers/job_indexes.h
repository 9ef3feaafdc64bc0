// The completion indexes of an Indexed Job as its status keeps them: "0-2,5".
// k8s 1.30 pkg/controller/job/indexed_job_utils.go
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "sim/model/pod_types.h"

namespace sim::job {

inline constexpr std::string_view kIndexKey = "batch.kubernetes.io/job-completion-index";

/// Those below `completions`; what is no number is left out.
std::set<std::int32_t> parse_indexes(std::string_view text, std::int32_t completions);
std::string to_text(const std::set<std::int32_t>& indexes);
/// The index that a pod stands for; -1 when it tells none.
std::int32_t index_of(const Pod& pod);

}  // namespace sim::job
