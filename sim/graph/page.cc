#include "sim/graph/page.h"

#include <string_view>

#include "sim/base/format.h"
#include "sim/graph/picture.h"
#include "sim/graph/sentences.h"

namespace sim {
namespace {

constexpr std::string_view kStyle =
    "body{margin:0 auto;padding:1rem;max-width:90rem;background:var(--paper);color:var(--ink);"
    "font:16px/1.5 system-ui,'Noto Sans CJK KR',sans-serif}"
    "h1{font-size:1.4rem;margin:0}h2{font-size:1.15rem;margin:.6rem 0}"
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
    "td .since{color:var(--faint);font-size:.85em}summary{cursor:pointer}"
    "details p{margin:.3rem 0;max-width:36rem}.bad{color:var(--bad);font-weight:bold}"
    "ul.checks{list-style:none;padding:0}svg.picture{max-width:none}"
    "@media print{nav{display:none}section[hidden]{display:block}}";

// Without scripts every moment stands there, one below the other.
constexpr std::string_view kScript =
    "(function(){var s=document.querySelectorAll('section.moment'),"
    "r=document.getElementById('moment'),o=document.getElementById('where'),n=s.length;"
    "function show(i){i=Math.max(0,Math.min(n-1,i));for(var k=0;k<n;k++)s[k].hidden=k!==i;"
    "r.value=i;var t=s[i].getAttribute('data-at')+' · '+s[i].getAttribute('data-title');"
    "r.setAttribute('aria-valuetext',t);o.textContent=(i+1)+'/'+n+' · '+t;}"
    "document.querySelector('nav').hidden=false;"
    "r.addEventListener('input',function(){show(+r.value)});"
    "document.getElementById('back').addEventListener('click',function(){show(+r.value-1)});"
    "document.getElementById('on').addEventListener('click',function(){show(+r.value+1)});"
    "document.addEventListener('keydown',function(e){if(e.target===r||e.ctrlKey||e.altKey||"
    "e.metaKey)return;if(e.key==='ArrowLeft')show(+r.value-1);else if(e.key==='ArrowRight')"
    "show(+r.value+1);else if(e.key==='Home')show(0);else if(e.key==='End')show(n-1);else return;"
    "e.preventDefault();});show(+r.value);})();";

/// A path may break after each slash.
std::string breakable(std::string_view path) {
  std::string text;
  for (const char c : escape_markup(path)) {
    text += c;
    if (c == '/') text += "<wbr>";
  }
  return text;
}

std::string table(const Matrix& matrix, std::string_view language) {
  const bool ko = language == "ko";
  std::string text = "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>";
  for (const std::string_view head :
       {ko ? "Pod" : "Pod", ko ? "컨테이너" : "Container", ko ? "노드" : "Node"}) {
    text += fmt::format("<th scope=\"col\">{}</th>", head);
  }
  for (std::size_t column = 0; column < matrix.paths.size(); ++column) {
    text += fmt::format("<th scope=\"col\">{}{}</th>",
                        matrix.paths.size() > 1 ? fmt::format("{}. ", column + 1) : "",
                        breakable(matrix.paths[column]));
  }
  text += "</tr></thead>\n<tbody>\n";
  for (const MatrixRow& row : matrix.rows) {
    text += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td>",
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
        text += fmt::format(" <span class=\"since\">{} {}</span>", ko ? "부터" : "since",
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
  return text + "</tbody></table></div>\n";
}

std::string section(const Moment& moment, std::string_view language) {
  std::string text = fmt::format(
      "<section class=\"moment\" data-at=\"{0}\" data-title=\"{1}\">\n<h2>{0} · {1}</h2>\n",
      to_clock(moment.at), escape_markup(moment.title));
  if (!moment.say.empty()) text += fmt::format("<p>{}</p>\n", escape_markup(moment.say));
  if (!moment.command.empty()) {
    text += fmt::format("<pre tabindex=\"0\"><b>$ {}</b>\n{}</pre>\n",
                        escape_markup(moment.command), escape_markup(moment.output));
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
         fmt::format("<div class=\"scroll\" tabindex=\"0\">{}</div>\n</section>\n", moment.picture);
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
  text += fmt::format(
      "<nav hidden aria-label=\"{0}\"><button id=\"back\" type=\"button\" aria-label=\"{1}\">◀"
      "</button><input id=\"moment\" type=\"range\" min=\"0\" max=\"{2}\" value=\"{3}\" "
      "aria-label=\"{0}\"><button id=\"on\" type=\"button\" aria-label=\"{4}\">▶</button>"
      "<output id=\"where\" for=\"moment\"></output></nav>\n",
      ko ? "시점" : "Moment", ko ? "이전" : "back", last, page.first, ko ? "다음" : "on");
  for (const Moment& moment : page.moments) text += section(moment, page.language);
  return text + fmt::format("</main>\n<script>{}</script>\n</body>\n</html>\n", kScript);
}

}  // namespace sim
