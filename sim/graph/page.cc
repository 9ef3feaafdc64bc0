#include "sim/graph/page.h"

#include <optional>
#include <string_view>

#include "sim/base/format.h"
#include "sim/graph/picture.h"
#include "sim/graph/sentences.h"

namespace sim {
namespace {

constexpr std::string_view kStyle =
    "body{margin:0 auto;padding:1rem;max-width:96rem;background:var(--paper);color:var(--ink);"
    "font:16px/1.5 system-ui,'Noto Sans CJK KR',sans-serif}"
    "h1{font-size:1.4rem;margin:0}h2{font-size:1.2rem;margin:.8rem 0 .4rem}"
    "h3{font-size:1.05rem;margin:.6rem 0}"
    "p.sub{color:var(--faint);margin:.2rem 0 1rem}"
    "nav{position:sticky;top:0;background:var(--paper);border-bottom:1px solid var(--line);"
    "padding:.5rem 0;display:flex;gap:.6rem;align-items:center;flex-wrap:wrap;z-index:1}"
    "nav input{flex:1;min-width:10rem;accent-color:var(--accent)}"
    "button{font:inherit;color:inherit;background:var(--node);border:1px solid var(--line);"
    "border-radius:4px;padding:.2rem .7rem;cursor:pointer}"
    ":focus-visible{outline:3px solid var(--accent);outline-offset:2px}"
    "pre{background:var(--node);border:1px solid var(--line);padding:.6rem;overflow:auto;"
    "white-space:pre-wrap;overflow-wrap:anywhere}"
    ".scroll{overflow:auto}table{border-collapse:collapse;margin:.8rem 0}"
    "th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "thead th{background:var(--node);overflow-wrap:anywhere}td.seen{background:var(--seen)}"
    "td .since{color:var(--faint);font-size:.85em}td .since,td.name,summary{white-space:nowrap}"
    "summary{cursor:pointer}"
    "details p{margin:.3rem 0;max-width:36rem}.bad{color:var(--bad);font-weight:bold}"
    "ul.checks{list-style:none;padding:0}svg.picture{display:block}"
    "button[aria-disabled=true]{color:var(--faint);cursor:default}"
    ".tabs{display:flex;flex-wrap:wrap;gap:.4rem;flex-basis:100%}"
    "[role=tab]{max-width:100%;text-align:left}"
    "[role=tab][aria-selected=true]{font-weight:bold;border:2px solid var(--accent)}"
    "[role=tab][aria-selected=true]::before{content:'▸ '}"
    "tr.differs td:last-child{font-weight:bold}caption{text-align:left;padding:.3rem 0}"
    "@media print{nav{display:none}.line[hidden],section[hidden]{display:block}}";

// Without scripts every line and every moment stands there, one below the other. Left and right
// move through the moments wherever the focus is, except where they already mean something: at the
// slider, at the tabs, and in a region that scrolls sideways.
constexpr std::string_view kScript =
    "(function(){var all=function(q,e){return [].slice.call((e||document).querySelectorAll(q))},"
    "lines=all('.line'),tabs=all('[role=tab]'),r=document.getElementById('moment'),"
    "o=document.getElementById('where'),line=0,at=lines.map(function(l){"
    "return +l.getAttribute('data-first')});"
    "function show(i){var s=all('section.moment',lines[line]),n=s.length;if(!n)return;"
    "i=Math.max(0,Math.min(n-1,i));s.forEach(function(m,k){m.hidden=k!==i});at[line]=i;r.max=n-1;"
    "r.value=i;var t=s[i].getAttribute('data-at')+' · '+s[i].getAttribute('data-title');"
    "r.setAttribute('aria-valuetext',t);o.textContent=(i+1)+'/'+n+' · '+t;"
    "document.getElementById('back').setAttribute('aria-disabled',i===0);"
    "document.getElementById('on').setAttribute('aria-disabled',i===n-1)}"
    "function open(i,focus){line=(i+lines.length)%lines.length;lines.forEach(function(l,k){"
    "l.hidden=k!==line});tabs.forEach(function(t,k){t.setAttribute('aria-selected',k===line);"
    "t.tabIndex=k===line?0:-1});if(focus)tabs[line].focus();show(at[line])}"
    "document.querySelector('nav').hidden=false;"
    "r.addEventListener('input',function(){show(+r.value)});"
    "document.getElementById('back').addEventListener('click',function(){show(at[line]-1)});"
    "document.getElementById('on').addEventListener('click',function(){show(at[line]+1)});"
    "tabs.forEach(function(t,k){t.addEventListener('click',function(){open(k)});"
    "t.addEventListener('keydown',function(e){var i={ArrowLeft:line-1,ArrowRight:line+1,Home:0,"
    "End:tabs.length-1}[e.key];if(i===undefined)return;e.preventDefault();e.stopPropagation();"
    "open(i,true)})});"
    "document.addEventListener('keydown',function(e){if(e.target===r||e.ctrlKey||e.altKey||"
    "e.metaKey||e.shiftKey)return;var d={ArrowLeft:-1,ArrowRight:1}[e.key],"
    "w=e.target.closest&&e.target.closest('.scroll,pre');"
    "if(!d||(w&&w.scrollWidth>w.clientWidth))return;e.preventDefault();show(at[line]+d)});"
    "open(0)})();";

/// A path may break after each slash.
std::string breakable(std::string_view path) {
  std::string text;
  for (const char c : escape_markup(path)) {
    text += c;
    if (c == '/') text += "<wbr>";
  }
  return text;
}

/// A part that may be wider than the window: whoever has no mouse scrolls it by focus and arrows.
std::string scrolling(std::string_view label, std::string_view inside) {
  return fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">{}</div>\n", label,
      inside);
}

std::string table(const Matrix& matrix, std::string_view language) {
  const bool ko = language == "ko";
  std::string text = "<table>\n<thead><tr>";
  for (const std::string_view head : {"Pod", ko ? "컨테이너" : "Container", ko ? "노드" : "Node"}) {
    text += fmt::format("<th scope=\"col\">{}</th>", head);
  }
  for (std::size_t column = 0; column < matrix.paths.size(); ++column) {
    text += fmt::format("<th scope=\"col\">{}{}</th>",
                        matrix.paths.size() > 1 ? fmt::format("{}. ", column + 1) : "",
                        breakable(matrix.paths[column]));
  }
  text += "</tr></thead>\n<tbody>\n";
  for (const MatrixRow& row : matrix.rows) {
    text += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"name\">{}</td>",
                        escape_markup(fmt::format("{}/{}", row.ns, row.pod)),
                        escape_markup(row.container), escape_markup(row.node));
    for (std::size_t column = 0; column < row.cells.size(); ++column) {
      const Cell& cell = row.cells[column];
      text += fmt::format("<td{}>{} {}", is_seen(cell.status) ? " class=\"seen\"" : "",
                          mark_of(cell.status), words_of(cell.status, language));
      if (cell.file >= 0 && matrix.files(column) > 1) {
        text += fmt::format(", {} {}", ko ? "파일" : "file", cell.file + 1);
      }
      if (!cell.elsewhere.empty()) {
        text += fmt::format("<br>{} {}", ko ? "다른 경로:" : "as", breakable(cell.elsewhere));
      }
      if (cell.since) {
        text += fmt::format(fmt::runtime(ko ? " <span class=\"since\">{}부터</span>"
                                            : " <span class=\"since\">since {}</span>"),
                            to_clock(*cell.since));
      }
      if (matrix.detailed) {
        text += fmt::format("<details><summary>{}</summary><p>{}</p>", name_of(cell.why.code),
                            escape_markup(sentence(cell.why, language)));
        const std::string cure = advice(cell.why, language);
        if (!cure.empty()) text += fmt::format("<p>→ {}</p>", escape_markup(cure));
        text += "</details>";
      }
      text += "</td>";
    }
    text += "</tr>\n";
  }
  return scrolling(ko ? "누가 무엇을 보는가" : "who sees what", text + "</tbody></table>");
}

std::string section(const Moment& moment, std::string_view language) {
  std::string text = fmt::format(
      "<section class=\"moment\" data-at=\"{0}\" data-title=\"{1}\">\n<h3>{0} · {1}</h3>\n",
      to_clock(moment.at), escape_markup(moment.title));
  if (!moment.say.empty()) text += fmt::format("<p>{}</p>\n", escape_markup(moment.say));
  if (!moment.command.empty()) {
    text += fmt::format(
        "<pre tabindex=\"0\" role=\"region\" aria-label=\"{2}\"><b>$ {0}</b>\n{1}</pre>\n",
        escape_markup(moment.command), escape_markup(moment.output),
        language == "ko" ? "명령과 출력" : "command and output");
  }
  if (!moment.checks.empty()) {
    text += "<ul class=\"checks\">\n";
    for (const auto& [held, label] : moment.checks) {
      text += held ? fmt::format("<li>✓ {}</li>\n", escape_markup(label))
                   : fmt::format("<li class=\"bad\">✗ {} {}</li>\n",
                                 language == "ko" ? "실패:" : "FAILED:", escape_markup(label));
    }
    text += "</ul>\n";
  }
  for (const std::string& note : moment.notes) {
    text += fmt::format("<p>→ {}</p>\n", escape_markup(note));
  }
  if (!moment.matrix.paths.empty()) text += table(moment.matrix, language);
  return text +
         scrolling(language == "ko" ? "클러스터 그림" : "picture of the cluster", moment.picture) +
         "</section>\n";
}

std::string cell_text(const std::optional<Cell>& cell, std::string_view language) {
  if (!cell) return language == "ko" ? "∅ 컨테이너 없음" : "∅ no such container";
  std::string text = fmt::format("{} {}", mark_of(cell->status), words_of(cell->status, language));
  if (!cell->why.path.empty()) {
    text += fmt::format("<details><summary>{}</summary><p>{}</p></details>",
                        name_of(cell->why.code), escape_markup(sentence(cell->why, language)));
  }
  return text;
}

/// In words and with a sign, so that nobody needs colours to tell.
std::string_view verdict(const RowDifference& row, bool ko) {
  const bool before = row.before && is_seen(row.before->status);
  const bool after = row.after && is_seen(row.after->status);
  if (!row.differs) return ko ? "= 같음" : "= the same";
  if (after && !before) return ko ? "≠ 이 갈래에서만 보임" : "≠ sees it only in this line";
  if (before && !after) return ko ? "≠ 원래 흐름에서만 보임" : "≠ sees it only in the main line";
  if (!before && !after && row.before && row.after) {
    return ko ? "≠ 둘 다 안 보이지만 까닭이 다름" : "≠ sees it in neither, for another reason";
  }
  return ko ? "≠ 다름" : "≠ differs";
}

/// Both futures side by side, file by file.
std::string comparison(const Future& future, std::string_view language) {
  const bool ko = language == "ko";
  std::string text;
  for (const FileDifference& file : future.files) {
    std::string table = fmt::format(
        "<table>\n<caption>{}{}</caption>\n<thead><tr><th scope=\"col\">Pod</th>"
        "<th scope=\"col\">{}</th>",
        breakable(file.path),
        fmt::format(fmt::runtime(ko ? ": 원래 흐름에서는 컨테이너 {1}개 중 {0}개, 이 갈래에서는 "
                                      "{3}개 중 {2}개에서 보임"
                                    : ": seen by {} of {} containers in the main line, by {} of {} "
                                      "in this one"),
                    file.seen_before, file.all_before, file.seen_after, file.all_after),
        ko ? "컨테이너" : "Container");
    table += fmt::format(fmt::runtime(ko ? "<th scope=\"col\">원래 흐름, {} ({} 뒤)</th>"
                                           "<th scope=\"col\">이 갈래, {} (끝)</th>"
                                         : "<th scope=\"col\">Main line, {} (after {})</th>"
                                           "<th scope=\"col\">This line, {} (its end)</th>"),
                         to_clock(future.parted), escape_markup(future.instead),
                         to_clock(future.moments.back().at));
    table += fmt::format("<th scope=\"col\">{}</th></tr></thead>\n<tbody>\n",
                         ko ? "차이" : "Difference");
    for (const RowDifference& row : file.rows) {
      table += fmt::format(
          "<tr{}><th scope=\"row\">{}</th><td>{}</td><td{}>{}</td><td{}>{}</td><td>{}</td></tr>\n",
          row.differs ? " class=\"differs\"" : "",
          escape_markup(fmt::format("{}/{}", row.ns, row.pod)), escape_markup(row.container),
          row.before && is_seen(row.before->status) ? " class=\"seen\"" : "",
          cell_text(row.before, language),
          row.after && is_seen(row.after->status) ? " class=\"seen\"" : "",
          cell_text(row.after, language), verdict(row, ko));
    }
    text += scrolling(ko ? "두 갈래의 비교" : "both futures compared", table + "</tbody></table>");
  }
  return text;
}

/// The main line is 0, the what-ifs follow.
std::string line_of(std::size_t number, std::string_view heading, std::size_t first,
                    const std::vector<Moment>& moments, std::string_view more, bool has_tab,
                    std::string_view language) {
  std::string text =
      fmt::format("<div class=\"line\" id=\"line{}\" data-first=\"{}\"", number, first);
  if (has_tab) text += fmt::format(" role=\"tabpanel\" aria-labelledby=\"tab{}\"", number);
  text += ">\n";
  if (!heading.empty()) text += fmt::format("<h2>{}</h2>\n", heading);
  text += more;
  for (const Moment& moment : moments) text += section(moment, language);
  return text + "</div>\n";
}

}  // namespace

std::string to_html(const Page& page) {
  const bool ko = page.language == "ko";
  std::string text = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; script-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<title>{}</title>\n<style>{}{}</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n"
      "<p class=\"sub\">{}</p>\n",
      ko ? "ko" : "en", escape_markup(page.title), picture_style(), kStyle,
      escape_markup(page.title), escape_markup(page.subtitle));
  const std::size_t last = page.moments.empty() ? 0 : page.moments.size() - 1;
  std::vector<std::string> headings = {ko ? "원래 흐름" : "Main line"};
  for (const Future& future : page.futures) {
    headings.push_back(fmt::format("↳ {}", escape_markup(future.title)));
  }
  const bool has_tabs = headings.size() > 1;
  text += fmt::format("<nav hidden aria-label=\"{}\">", ko ? "시점" : "Moment");
  if (has_tabs) {
    text += fmt::format("<div class=\"tabs\" role=\"tablist\" aria-label=\"{}\">",
                        ko ? "갈래" : "Futures");
    for (std::size_t i = 0; i < headings.size(); ++i) {
      text += fmt::format(
          "<button role=\"tab\" type=\"button\" id=\"tab{0}\" aria-controls=\"line{0}\">{1}"
          "</button>",
          i, headings[i]);
    }
    text += "</div>";
  }
  text += fmt::format(
      "<button id=\"back\" type=\"button\" aria-label=\"{1}\">◀"
      "</button><input id=\"moment\" type=\"range\" min=\"0\" max=\"{2}\" value=\"{3}\" "
      "aria-label=\"{0}\"><button id=\"on\" type=\"button\" aria-label=\"{4}\">▶</button>"
      "<output id=\"where\" for=\"moment\"></output></nav>\n",
      ko ? "시점" : "Moment", ko ? "이전" : "back", last, page.first, ko ? "다음" : "on");
  text += line_of(0, has_tabs ? headings[0] : "", page.first, page.moments, "", has_tabs,
                  page.language);
  for (std::size_t i = 0; i < page.futures.size(); ++i) {
    const Future& future = page.futures[i];
    const std::string instead =
        fmt::format(fmt::runtime(ko ? "<p class=\"sub\">단계 “{}” 대신</p>\n"
                                    : "<p class=\"sub\">instead of the step “{}”</p>\n"),
                    escape_markup(future.instead));
    text += line_of(i + 1, headings[i + 1], 0, future.moments,
                    instead + comparison(future, page.language), true, page.language);
  }
  return text + fmt::format("</main>\n<script>{}</script>\n</body>\n</html>\n", kScript);
}

}  // namespace sim
