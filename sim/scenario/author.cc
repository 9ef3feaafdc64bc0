#include "sim/scenario/author.h"

#include <nlohmann/json.hpp>

#include "sim/base/format.h"
#include "sim/base/input_error.h"
#include "sim/scenario/reader.h"

namespace sim {
namespace {

using Ordered = nlohmann::ordered_json;

void check_name(const std::string& name) {
  if (!is_slug(name) || name.back() == '.' || name.back() == '-') {
    throw InputError(
        fmt::format("\"{}\" cannot be the name of a scenario: lower-case letters, "
                    "digits, \"-\" and \".\", such as lost-upload",
                    name));
  }
}

constexpr const char* kStarter = R"json({
  "$schema": "./schema.json",
  "podsight": 1,
  "id": "NAME",
  "revision": 1,
  "title": {"en": "A file, and a crash", "ko": "파일 하나와 크래시 한 번"},
  "summary": {
    "en": "A pod writes a file, its container crashes. Is the file still there?",
    "ko": "Pod가 파일을 쓰고, 그 컨테이너가 죽습니다. 파일은 남아 있을까요?"
  },
  "meta": {"level": "intro", "minutes": 5, "locales": ["en", "ko"]},
  "misconceptions": {
    "pod-keeps-files": {
      "belief": {
        "en": "A pod keeps its files as long as it lives.",
        "ko": "Pod가 살아 있는 동안 파일은 남는다."
      },
      "refute": {
        "en": "The pod lives on, but its container is made anew, with an empty writable layer.",
        "ko": "Pod는 그대로지만 컨테이너는 새로 만들어지고, 쓰기 레이어도 빈 채로 시작합니다."
      }
    }
  },
  "sim": {"kubernetes": "1.30", "seed": 1, "start": "2025-01-01T09:00:00Z"},
  "cluster": {
    "nodes": [{"name": "node-a", "images": ["app:1"]}],
    "images": {
      "app:1": {"size": "5Mi", "process": {"argv": ["sleep", "inf"]}, "files": {"/tmp": []}}
    },
    "manifests": [
      {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "app"},
        "spec": {
          "terminationGracePeriodSeconds": 1,
          "containers": [
            {
              "name": "app",
              "image": "app:1",
              "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}]
            }
          ],
          "volumes": [{"name": "scratch", "emptyDir": {}}]
        }
      }
    ]
  },
  "refs": {"app": {"pod": "app"}},
  "steps": [
    {
      "id": "write",
      "title": {"en": "A file in the container", "ko": "컨테이너에 쓴 파일"},
      "say": {
        "en": "The pod has one container and an emptyDir at /scratch.",
        "ko": "컨테이너 하나와 /scratch의 emptyDir이 있는 Pod입니다."
      },
      "do": {"shell": ["kubectl exec app -- sh -c 'echo hello > /tmp/note'"]},
      "expect": [
        {
          "id": "layer",
          "text": {
            "en": "It is in the container's writable layer.",
            "ko": "컨테이너의 쓰기 레이어에 있다."
          },
          "why": {"pod": "app", "path": "/tmp/note", "code": "IN_CONTAINER_LAYER"}
        }
      ]
    },
    {
      "id": "crash",
      "title": {"en": "The container crashes", "ko": "컨테이너가 죽는다"},
      "predict": {
        "ask": {
          "en": "Is /tmp/note there after the restart?",
          "ko": "재시작한 뒤에도 /tmp/note가 있을까요?"
        },
        "options": [
          {
            "id": "yes",
            "text": {"en": "Yes: it is the same pod.", "ko": "있다. 같은 Pod니까."},
            "misconception": "pod-keeps-files",
            "holds": {"sees": {"path": "/tmp/note", "pods": {"app": true}}}
          },
          {
            "id": "no",
            "text": {"en": "No.", "ko": "없다."},
            "holds": {"sees": {"path": "/tmp/note", "pods": {"app": false}}}
          }
        ]
      },
      "do": {"fault": {"kind": "containerCrash", "pod": "app"}},
      "until": "settled",
      "expect": [
        {
          "id": "lost",
          "text": {
            "en": "The file went with the container.",
            "ko": "파일은 컨테이너와 함께 사라졌다."
          },
          "why": {"pod": "app", "path": "/tmp/note", "code": "LOST_WITH_CONTAINER"}
        }
      ],
      "explain": [{"pod": "app", "path": "/tmp/note"}]
    },
    {
      "id": "task",
      "title": {"en": "Your turn", "ko": "직접 해 보기"},
      "task": {
        "ask": {
          "en": "Write a file note that is still there after the next crash.",
          "ko": "다음 크래시 뒤에도 남아 있을 파일 note를 쓰세요."
        },
        "goals": [
          {
            "id": "written",
            "text": {
              "en": "The pod sees /scratch/note.",
              "ko": "Pod가 /scratch/note를 본다."
            },
            "sees": {"path": "/scratch/note", "pods": {"app": true}}
          }
        ],
        "hints": [
          {
            "en": "What of the pod is not made anew with the container?",
            "ko": "컨테이너를 새로 만들어도 그대로인 것은 무엇일까요?"
          },
          {"en": "Write under /scratch.", "ko": "/scratch 아래에 쓰세요."}
        ],
        "solutions": [[{"kubectl": "exec app -- touch /scratch/note"}]],
        "mustFail": [
          {
            "why": {
              "en": "/tmp is in the writable layer again.",
              "ko": "/tmp는 이번에도 쓰기 레이어입니다."
            },
            "do": [{"kubectl": "exec app -- touch /tmp/note"}]
          }
        ],
        "probes": [
          {
            "id": "crash",
            "text": {"en": "After a crash:", "ko": "크래시 뒤:"},
            "do": [{"fault": {"kind": "containerCrash", "pod": "app"}}],
            "expect": [
              {
                "text": {"en": "/scratch/note is there.", "ko": "/scratch/note가 있다."},
                "within": "1m",
                "sees": {"path": "/scratch/note", "pods": {"app": true}}
              }
            ]
          }
        ]
      }
    },
    {
      "id": "remember",
      "title": {"en": "To remember", "ko": "기억할 한 문장"},
      "say": {
        "en": "A restart makes the container anew; what is to outlive it belongs in a volume.",
        "ko": "재시작하면 컨테이너가 새로 만들어집니다. 그보다 오래 남아야 할 것은 볼륨에 두세요."
      }
    }
  ]
}
)json";

Ordered lines_of(const std::string& text) {
  Ordered lines = Ordered::array();
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

/// JSON as a person would set it: what fits into a line stands in one.
std::string on_one_line(const Ordered& json) {
  if (!json.is_structured()) return json.dump();
  std::string text;
  for (const auto& [key, value] : json.items()) {
    if (!text.empty()) text += ", ";
    if (json.is_object()) text += Ordered(key).dump() + ": ";
    text += on_one_line(value);
  }
  return json.is_object() ? "{" + text + "}" : "[" + text + "]";
}
/// `before`: how much of its first line is taken.
std::string laid_out(const Ordered& json, std::size_t indent, std::size_t before) {
  constexpr std::size_t kWidth = 110;
  std::string line = on_one_line(json);
  if (!json.is_structured() || json.empty() || before + line.size() <= kWidth) return line;
  const std::string margin(indent + 2, ' ');
  std::string text;
  for (const auto& [key, value] : json.items()) {
    if (!text.empty()) text += ",\n";
    const std::string head = margin + (json.is_object() ? Ordered(key).dump() + ": " : "");
    text += head + laid_out(value, indent + 2, head.size() + 1);
  }
  const std::string end = "\n" + std::string(indent, ' ');
  return json.is_object() ? "{\n" + text + end + "}" : "[\n" + text + end + "]";
}

/// "# text" without its sign.
std::string narration(const std::string& comment) {
  std::string text;
  std::size_t begin = 0;
  while (begin < comment.size()) {
    const std::size_t end = std::min(comment.find('\n', begin), comment.size());
    const std::size_t first = comment.find_first_not_of("# \t", begin);
    if (!text.empty()) text += "\n";
    if (first < end) text += comment.substr(first, end - first);
    begin = end + 1;
  }
  return text;
}

}  // namespace

std::string starter_scenario(const std::string& name) {
  check_name(name);
  std::string text = kStarter;
  return text.replace(text.find("NAME"), 4, name);
}

std::string recorded_scenario(const std::string& name, const std::string& cluster,
                              const Transcript& session) {
  check_name(name);
  const Ordered source = Ordered::parse(cluster);
  Ordered scenario = {{"$schema", "./schema.json"},
                      {"podsight", 1},
                      {"id", name},
                      {"revision", 1},
                      {"title", name}};
  for (const char* part : {"sim", "cluster"}) {
    if (source.contains(part)) scenario[part] = source[part];
  }
  Ordered steps = Ordered::array();
  std::string say;
  for (const Ordered& entry : Ordered::parse(session.text())) {
    if (entry.contains("comment")) {
      say = narration(entry["comment"].get<std::string>());
      continue;
    }
    Ordered step = {{"id", fmt::format("step-{}", steps.size() + 1)}};
    if (!say.empty()) step["say"] = say;
    say.clear();
    step["do"]["shell"] = lines_of(entry["command"].get<std::string>());
    Ordered output = {{"exit", entry["exit"]}};
    const std::string printed = entry["output"].get<std::string>();
    if (!printed.empty()) output["is"] = lines_of(printed);
    step["expect"] = Ordered::array({Ordered{{"output", std::move(output)}}});
    steps.push_back(std::move(step));
  }
  if (!say.empty()) steps.push_back({{"id", "end"}, {"say", say}});
  if (steps.empty()) throw InputError("nothing was typed: there is nothing to record");
  scenario["steps"] = std::move(steps);
  return laid_out(scenario, 0, 0) + "\n";
}

}  // namespace sim
