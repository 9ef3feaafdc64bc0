#include "sim/base/time_format.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <utility>

#include "sim/base/format.h"

namespace sim {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

/// The week of ISO 8601 and the year that it belongs to: the first week has the first Thursday.
std::pair<int, int> iso_week(const Calendar& c) {
  const int weekday = (c.weekday + 6) % 7;  // Monday is 0
  int year = c.year;
  int week = (c.year_day - 1 - weekday + 10) / 7;
  const auto weeks_of = [](int of) {
    const auto last_day = [](int y) { return (y + y / 4 - y / 100 + y / 400) % 7; };
    return last_day(of) == 4 || last_day(of - 1) == 3 ? 53 : 52;
  };
  if (week < 1) {
    --year;
    week = weeks_of(year);
  } else if (week > weeks_of(year)) {
    ++year;
    week = 1;
  }
  return {year, week};
}

/// A number is padded to its width with zeros or blanks, a word to a width that was asked for.
struct Piece {
  std::string text;
  std::size_t width = 0;
  char pad = ' ';
};

Piece number(std::int64_t value, std::size_t width, char pad = '0') {
  return {std::to_string(value), width, pad};
}

}  // namespace

std::string format_time(std::string_view format, Time time, bool gnu) {
  constexpr std::size_t kMostWidth = 1000;
  const Calendar c = calendar(time);
  const int hour = c.hour % 12 == 0 ? 12 : c.hour % 12;
  const std::string_view day = kDays[static_cast<std::size_t>(c.weekday)];
  const std::string_view month = kMonths[static_cast<std::size_t>(c.month - 1)];
  std::string text;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      text += format[i];
      continue;
    }
    const std::size_t start = i++;
    char flag = '\0';
    bool upper = false;
    for (; i < format.size() && std::string_view("-_0^#").find(format[i]) != std::string_view::npos;
         ++i) {
      if (format[i] == '^') {
        upper = true;
      } else {
        flag = format[i];
      }
    }
    std::size_t width = 0;
    for (; i < format.size() && format[i] >= '0' && format[i] <= '9'; ++i) {
      width = std::min(width * 10 + static_cast<std::size_t>(format[i] - '0'), kMostWidth);
    }
    std::size_t colons = 0;
    while (gnu && i < format.size() && format[i] == ':') {
      ++colons;
      ++i;
    }
    if (i < format.size() && (format[i] == 'E' || format[i] == 'O') && i + 1 < format.size()) ++i;
    const char letter = i < format.size() ? format[i] : '\0';
    Piece piece;
    bool known = colons == 0 || letter == 'z';
    switch (letter) {
      case 'Y':
        piece = number(c.year, 4);
        break;
      case 'C':
        piece = number(c.year / 100, 2);
        break;
      case 'y':
        piece = number(c.year % 100, 2);
        break;
      case 'm':
        piece = number(c.month, 2);
        break;
      case 'd':
        piece = number(c.day, 2);
        break;
      case 'e':
        piece = number(c.day, 2, ' ');
        break;
      case 'j':
        piece = number(c.year_day, 3);
        break;
      case 'H':
        piece = number(c.hour, 2);
        break;
      case 'k':
        piece = number(c.hour, 2, ' ');
        break;
      case 'I':
        piece = number(hour, 2);
        break;
      case 'l':
        piece = number(hour, 2, ' ');
        break;
      case 'M':
        piece = number(c.minute, 2);
        break;
      case 'S':
        piece = number(c.second, 2);
        break;
      case 's':
        piece = number(time.ns / 1'000'000'000, 1);
        break;
      case 'u':
        piece = number(c.weekday == 0 ? 7 : c.weekday, 1);
        break;
      case 'w':
        piece = number(c.weekday, 1);
        break;
      case 'U':
        piece = number((c.year_day + 6 - c.weekday) / 7, 2);
        break;
      case 'W':
        piece = number((c.year_day + 6 - (c.weekday + 6) % 7) / 7, 2);
        break;
      case 'V':
        piece = number(iso_week(c).second, 2);
        break;
      case 'G':
        piece = number(iso_week(c).first, 4);
        break;
      case 'g':
        piece = number(iso_week(c).first % 100, 2);
        break;
      case 'a':
        piece.text = day.substr(0, 3);
        break;
      case 'A':
        piece.text = day;
        break;
      case 'b':
      case 'h':
        piece.text = month.substr(0, 3);
        break;
      case 'B':
        piece.text = month;
        break;
      case 'p':
        piece.text = c.hour < 12 ? "AM" : "PM";
        break;
      case 'P':
        piece.text = c.hour < 12 ? "am" : "pm";
        break;
      case 'F':
        piece.text = format_time("%Y-%m-%d", time);
        break;
      case 'T':
      case 'X':
        piece.text = format_time("%H:%M:%S", time);
        break;
      case 'R':
        piece.text = format_time("%H:%M", time);
        break;
      case 'r':
        piece.text = format_time("%I:%M:%S %p", time);
        break;
      case 'D':
      case 'x':
        piece.text = format_time("%m/%d/%y", time);
        break;
      case 'c':
        piece.text = format_time("%a %b %e %H:%M:%S %Y", time);
        break;
      case 'Z':
        piece.text = "UTC";
        break;
      case 'z':
        piece.text = colons == 0 ? "+0000" : colons == 1 ? "+00:00" : "+00:00:00";
        break;
      case 'n':
        piece.text = "\n";
        break;
      case 't':
        piece.text = "\t";
        break;
      case '%':
        piece.text = "%";
        break;
      case 'q':
        piece = number((c.month + 2) / 3, 1);
        known = known && gnu;
        break;
      case 'N': {  // the width is how many digits are wanted
        const std::string digits = fmt::format("{:09}", time.ns % 1'000'000'000);
        piece.text = digits.substr(0, width == 0 ? 9 : std::min<std::size_t>(width, 9));
        width = 0;
        known = known && gnu;
        break;
      }
      default:
        known = false;
    }
    if (!known) {
      text.append(format.substr(start, std::min(i + 1, format.size()) - start));
      continue;
    }
    if (upper) {
      for (char& letter_of : piece.text) {
        letter_of = static_cast<char>(std::toupper(static_cast<unsigned char>(letter_of)));
      }
    }
    const std::size_t wanted = flag == '-' ? 0 : width > 0 ? width : piece.width;
    const char pad = flag == '_' ? ' ' : flag == '0' ? '0' : piece.pad;
    if (piece.text.size() < wanted) text.append(wanted - piece.text.size(), pad);
    text += piece.text;
  }
  return text;
}

}  // namespace sim
