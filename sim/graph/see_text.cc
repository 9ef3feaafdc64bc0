// What `see` and `why` print: tables, Markdown, JSON.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "sim/base/columns.h"
#include "sim/base/format.h"
#include "sim/graph/see.h"
#include "sim/graph/sentences.h"

namespace sim {
namespace {

using OrderedJson = nlohmann::ordered_json;

bool is_korean(std::string_view language) { return language == "ko"; }

std::string clock(const std::optional<Duration>& time) { return time ? to_clock(*time) : "-"; }

/// Which file it is, where containers see different ones under one path.
std::string which_file(const Matrix& matrix, std::size_t column, const Cell& cell,
                       std::string_view language) {
  if (cell.file < 0 || matrix.files(column) < 2) return "";
  return is_korean(language) ? fmt::format(", 파일 {}", cell.file + 1)
                             : fmt::format(", file {}", cell.file + 1);
}

std::string cell_text(const Matrix& matrix, std::size_t column, const Cell& cell,
                      std::string_view language) {
  std::string text = fmt::format("{} {}{}", mark_of(cell.status), words_of(cell.status, language),
                                 which_file(matrix, column, cell, language));
  if (!cell.elsewhere.empty()) {
    text += fmt::format(fmt::runtime(is_korean(language) ? " ({}에서는 보임)" : " (sees it as {})"),
                        cell.elsewhere);
  }
  return text;
}

std::string node_text(const MatrixRow& row) { return row.node.empty() ? "<none>" : row.node.str(); }

bool many_namespaces(const Matrix& matrix) {
  for (const MatrixRow& row : matrix.rows) {
    if (row.ns != matrix.rows.front().ns) return true;
  }
  return false;
}

std::string pod_text(const Matrix& matrix, const MatrixRow& row) {
  return many_namespaces(matrix) ? fmt::format("{}/{}", row.ns, row.pod) : row.pod.str();
}

std::string moment(const Matrix& matrix, bool ko) {
  return fmt::format(fmt::runtime(ko ? "{} 시점" : "at {}"), to_clock(matrix.at));
}

std::string one_file(const Matrix& matrix, std::string_view language) {
  const bool ko = is_korean(language);
  std::string table = ko ? "\tPod\t컨테이너\t노드\t상태\t언제부터\t이유\t\n"
                         : "\tPOD\tCONTAINER\tNODE\tSTATUS\tSINCE\tCODE\t\n";
  if (!matrix.detailed)
    table = ko ? "\tPod\t컨테이너\t노드\t상태\t\n" : "\tPOD\tCONTAINER\tNODE\tSTATUS\t\n";
  const bool many = many_namespaces(matrix);
  for (const MatrixRow& row : matrix.rows) {
    const Cell& cell = row.cells[0];
    std::string status(words_of(cell.status, language));
    status += which_file(matrix, 0, cell, language);
    if (!cell.elsewhere.empty()) {
      status +=
          fmt::format(fmt::runtime(ko ? ", {}에서는 보임" : ", sees it as {}"), cell.elsewhere);
    }
    table +=
        fmt::format("{}\t{}{}\t{}\t{}\t{}\t", mark_of(cell.status), many ? row.ns.str() + "/" : "",
                    row.pod, row.container, node_text(row), status);
    if (matrix.detailed) {
      table += fmt::format("{}\t{}\t", clock(cell.since), name_of(cell.why.code));
    }
    table += "\n";
  }
  return align(table, {});
}

std::string many_files(const Matrix& matrix, std::string_view language) {
  const bool ko = is_korean(language);
  std::string text;
  for (std::size_t column = 0; column < matrix.paths.size(); ++column) {
    text += fmt::format("[{}] {}\n", column + 1, matrix.paths[column]);
  }
  std::string table = ko ? "Pod\t컨테이너\t노드\t" : "POD\tCONTAINER\tNODE\t";
  for (std::size_t column = 0; column < matrix.paths.size(); ++column) {
    table += fmt::format("[{}]\t", column + 1);
  }
  table += "\n";
  for (const MatrixRow& row : matrix.rows) {
    table += fmt::format("{}\t{}\t{}\t", pod_text(matrix, row), row.container, node_text(row));
    for (std::size_t column = 0; column < row.cells.size(); ++column) {
      table += cell_text(matrix, column, row.cells[column], language) + "\t";
    }
    table += "\n";
  }
  return text + "\n" + align(table, {});
}

std::string without_trailing_spaces(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
    clean.append(line).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return clean;
}

/// Markdown takes these for its own.
std::string markdown(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("\\`*_{}[]<>()#|!").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

std::string_view what_name(Happening::What what) {
  constexpr std::string_view names[] = {"created",     "copiedUp", "changed", "removed",
                                        "hiddenBelow", "lost",     "emptied"};
  return names[static_cast<std::size_t>(what)];
}

OrderedJson json_of(const Why& why) {
  OrderedJson json;
  json["code"] = name_of(why.code);
  json["visible"] = why.visible;
  if (why.read_only) json["readOnly"] = true;
  if (why.stale) json["stale"] = true;
  json["sentence"] = {{"en", sentence(why, "en")}, {"ko", sentence(why, "ko")}};
  if (why.cure.kind != Cure::Kind::None) {
    json["cure"] = {{"en", advice(why, "en")}, {"ko", advice(why, "ko")}};
  }
  json["evidence"] = OrderedJson::array();
  for (const Evidence& evidence : why.evidence) {
    OrderedJson one;
    if (!evidence.object.empty()) one["object"] = evidence.object;
    if (!evidence.field.empty()) one["field"] = evidence.field;
    if (!evidence.value.empty()) one["value"] = evidence.value;
    if (evidence.revision != 0) one["revision"] = evidence.revision;
    json["evidence"].push_back(std::move(one));
  }
  return json;
}

std::string dump(const OrderedJson& json) {
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

double seconds_of(Duration time) { return static_cast<double>(time.ms()) / 1000.0; }

}  // namespace

std::string to_table(const Matrix& matrix, std::string_view language) {
  const bool ko = is_korean(language);
  if (matrix.rows.empty()) return ko ? "Pod가 없습니다.\n" : "There are no pods.\n";
  if (matrix.paths.empty()) return ko ? "그런 파일이 없습니다.\n" : "There are no such files.\n";
  if (matrix.paths.size() > 1) {
    return fmt::format("{}\n{}", moment(matrix, ko),
                       without_trailing_spaces(many_files(matrix, language)));
  }
  std::string text = fmt::format("{}  {}\n\n", matrix.paths[0], moment(matrix, ko)) +
                     without_trailing_spaces(one_file(matrix, language));
  if (!matrix.detailed) return text;
  text += "\n";
  std::vector<std::string> said;
  for (const MatrixRow& row : matrix.rows) {
    const Cell& cell = row.cells[0];
    const std::string words = sentence(cell.why, language);
    if (std::find(said.begin(), said.end(), words) != said.end()) continue;
    said.push_back(words);
    text += fmt::format("{} {}\n", mark_of(cell.status), words);
    const std::string cure = advice(cell.why, language);
    if (!cure.empty()) text += fmt::format("  {} {}.\n", ko ? "→ 해결:" : "→ Cure:", cure);
  }
  return text;
}

std::string to_markdown(const Matrix& matrix, std::string_view language) {
  const bool ko = is_korean(language);
  std::string text = fmt::format("**{}**\n\n", moment(matrix, ko));
  text += ko ? "| Pod | 컨테이너 | 노드 |" : "| Pod | Container | Node |";
  for (const std::string& path : matrix.paths) text += fmt::format(" {} |", markdown(path));
  text += "\n|---|---|---|";
  for (std::size_t column = 0; column < matrix.paths.size(); ++column) text += "---|";
  text += "\n";
  for (const MatrixRow& row : matrix.rows) {
    text += fmt::format("| {} | {} | {} |", markdown(pod_text(matrix, row)),
                        markdown(row.container), markdown(node_text(row)));
    for (std::size_t column = 0; column < row.cells.size(); ++column) {
      const Cell& cell = row.cells[column];
      text += fmt::format(" {}", markdown(cell_text(matrix, column, cell, language)));
      if (cell.since)
        text += fmt::format(fmt::runtime(ko ? ", {}부터" : ", since {}"), to_clock(*cell.since));
      text += " |";
    }
    text += "\n";
  }
  return text;
}

std::string to_json(const Matrix& matrix) {
  OrderedJson json;
  json["t"] = seconds_of(matrix.at);
  json["files"] = OrderedJson::array();
  for (std::size_t column = 0; column < matrix.paths.size(); ++column) {
    json["files"].push_back({{"path", matrix.paths[column]}, {"seenBy", matrix.seen(column)}});
  }
  json["pods"] = OrderedJson::array();
  for (const MatrixRow& row : matrix.rows) {
    OrderedJson one;
    one["namespace"] = row.ns.view();
    one["pod"] = row.pod.view();
    one["container"] = row.container.view();
    if (!row.node.empty()) one["node"] = row.node.view();
    one["files"] = OrderedJson::array();
    for (const Cell& cell : row.cells) {
      OrderedJson entry;
      entry["status"] = to_string(cell.status);
      if (cell.file >= 0) entry["file"] = cell.file;
      if (!cell.elsewhere.empty()) entry["seenAs"] = cell.elsewhere;
      if (cell.since) entry["since"] = seconds_of(*cell.since);
      if (matrix.detailed) entry.update(json_of(cell.why));
      one["files"].push_back(std::move(entry));
    }
    json["pods"].push_back(std::move(one));
  }
  return dump(json);
}

std::string to_text(const Chronicle& chronicle, Uid pod, const Why& why,
                    std::string_view language) {
  const bool ko = is_korean(language);
  std::string text = fmt::format("{}  {}\n", name_of(why.code), sentence(why, language));
  const auto section = [&](std::string_view en, std::string_view korean) {
    text += fmt::format("\n{}\n", ko ? korean : en);
  };
  const std::vector<std::string> way = way_of(chronicle, pod, why.container, why.path, language);
  if (!way.empty()) section("Way", "경로");
  for (const std::string& line : way) text += fmt::format("  {}\n", line);
  if (!why.evidence.empty()) section("Evidence", "근거");
  for (const Evidence& evidence : why.evidence) text += fmt::format("  {}\n", to_string(evidence));
  if (!why.history.empty()) section("History", "이력");
  for (const Happening& one : why.history) {
    text += fmt::format("  {}  {}\n", to_clock(one.time - why.start),
                        history_line(chronicle, one, language));
  }
  const std::string cure = advice(why, language);
  if (!cure.empty()) {
    section("Cure", "해결");
    text += fmt::format("  {}\n", cure);
  }
  return text;
}

std::string to_json(const Chronicle& chronicle, Uid pod, const Why& why) {
  OrderedJson json;
  json["t"] = seconds_of(chronicle.world().elapsed());
  json["namespace"] = why.ns.view();
  json["pod"] = why.pod.view();
  json["container"] = why.container.view();
  json["path"] = why.path;
  json.update(json_of(why));
  json["way"] = way_of(chronicle, pod, why.container, why.path, "en");
  json["history"] = OrderedJson::array();
  for (const Happening& one : why.history) {
    OrderedJson entry;
    entry["t"] = seconds_of(one.time - why.start);
    entry["what"] = what_name(one.what);
    entry["where"] = noun(name_place(chronicle, one.place), "en");
    entry["revision"] = one.revision;
    if (!one.origin.text.empty()) entry["command"] = one.origin.text;
    json["history"].push_back(std::move(entry));
  }
  return dump(json);
}

}  // namespace sim
