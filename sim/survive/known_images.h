// Where the programs of well-known images keep their data, so that a manifest that mounts nothing
// there can be told what that means.
#pragma once

#include <string_view>
#include <vector>

namespace sim {

/// Directories in which the image's program keeps what it is asked to keep; empty for images that
/// are not known, and for those that keep nothing.
std::vector<std::string_view> data_directories(std::string_view image);
/// Those of them that the image declares as VOLUMEs. The container runtime lays a directory of the
/// container's own over such a path unless a volume is mounted at just that path: one at its parent
/// does not help. containerd 1.7 pkg/cri/server: volumeMounts, isInCRIMounts
std::vector<std::string_view> declared_volumes(std::string_view image);

}  // namespace sim
