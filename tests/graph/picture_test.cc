// The picture of a crowded cluster: no two texts overlap, nothing leaves the paper, and every
// status has a sign beside its colour.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include "sim/base/format.h"
#include "sim/graph/picture.h"
#include "sim/scenario/play.h"

namespace sim::testing {
namespace {

/// 4 nodes, 20 pods, 8 volumes that they share, and names as long as they get.
std::string crowded() {
  std::string nodes;
  std::string pods;
  for (int i = 0; i < 4; ++i) {
    nodes += fmt::format("{}{{\"name\": \"node-{}\", \"zone\": \"us-west-2{}\"}}", i ? "," : "", i,
                         static_cast<char>('a' + i));
  }
  for (int i = 0; i < 20; ++i) {
    const int volume = i % 8;
    const std::string source =
        volume < 4 ? fmt::format("\"hostPath\": {{\"path\": \"/srv/a-directory-{}\"}}", volume)
                   : fmt::format(
                         "\"persistentVolumeClaim\": {{\"claimName\": "
                         "\"a-claim-with-quite-a-long-name-{}\"}}",
                         volume);
    pods += fmt::format(
        R"({}{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "a-frontend-with-a-long-name-7d9f8c6b5d-x{:03}z"}},
          "spec": {{"nodeName": "node-{}", "containers": [
            {{"name": "web", "image": "shop:1", "volumeMounts": [
              {{"name": "t", "mountPath": "/tmp"}},
              {{"name": "v", "mountPath": "/usr/share/nginx/html/assets/pictures"}}]}},
            {{"name": "a-sidecar-with-a-long-name-too", "image": "shop:1"}}],
          "volumes": [{{"name": "t", "emptyDir": {{}}}}, {{"name": "v", {}}}]}}}})",
        i ? "," : "", i, i % 4, source);
  }
  return fmt::format(
      R"({{"podsight": 1, "id": "test.crowded", "revision": 1, "title": "t", "cluster": {{
        "nodes": [{}], "images": {{"shop:1": {{"files": {{"/srv/x": "x"}}}}}}, "manifests": [{}]}},
        "steps": [{{"id": "wait", "do": {{"advance": "30s"}}}}]}})",
      nodes, pods);
}

struct Box {
  double left, top, right, bottom;
  std::string text;
};

/// A letter of the picture's font is 7.3 pixels wide.
std::vector<Box> texts_of(const std::string& svg) {
  static const std::regex pattern(
      "<text x=\"(\\d+)\" y=\"(\\d+)\"[^>]*?(text-anchor=\"end\")?>([^<]*)</text>");
  std::vector<Box> boxes;
  for (std::sregex_iterator at(svg.begin(), svg.end(), pattern), end; at != end; ++at) {
    const std::string text = std::regex_replace((*at)[4].str(), std::regex("&[a-z]+;"), "x");
    const auto letters = std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    });
    if (letters == 0) continue;
    const double width = 7.3 * static_cast<double>(letters);
    const double x = std::stod((*at)[1]);
    const double y = std::stod((*at)[2]);
    const bool at_end = (*at)[3].matched;
    boxes.push_back({at_end ? x - width : x, y - 10, at_end ? x : x + width, y + 3, text});
  }
  return boxes;
}

TEST(Picture, NoTextOverlapsAnother) {
  std::string svg;
  play(parse_scenario(crowded(), "crowded.json"), {}, [&](const World& world) {
    Sight sight;
    sight.follow(world);
    const Chronicle chronicle(world);
    svg = to_svg(world, see(sight, {{"/srv/x"}, "", ""}, &chronicle), "en");
  });
  static const std::regex size("width=\"(\\d+)\" height=\"(\\d+)\" role");
  std::smatch match;
  ASSERT_TRUE(std::regex_search(svg, match, size));
  const double width = std::stod(match[1]);
  const double height = std::stod(match[2]);
  const std::vector<Box> texts = texts_of(svg);
  EXPECT_GT(texts.size(), 20u * 6);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Box& a = texts[i];
    EXPECT_TRUE(a.left >= 0 && a.right <= width && a.top >= 0 && a.bottom <= height) << a.text;
    for (std::size_t j = i + 1; j < texts.size(); ++j) {
      const Box& b = texts[j];
      const bool apart =
          a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
      EXPECT_TRUE(apart) << a.text << " and " << b.text;
    }
  }
  EXPECT_NE(svg.find("✓ present"), std::string::npos);
  EXPECT_NE(svg.find("– unreachable"), std::string::npos);
}

TEST(Picture, ShowsTextAsText) {
  EXPECT_EQ(escape_markup("<a href=\"x\">&'</a>\x01\xff"),
            "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;\xef\xbf\xbd\xef\xbf\xbd");
}

}  // namespace
}  // namespace sim::testing
