// What the window shows, as one HTML file to hand out: the commands of the line of time that is
// shown, each with its output, who sees which files after it, and the picture of the cluster.
#pragma once

#include <string>

#include "ui/session.h"

namespace ui {

/// `path`: the file that is picked; may be empty.
std::string moment_page(const Session& session, const std::string& path,
                        const std::string& language);

}  // namespace ui
