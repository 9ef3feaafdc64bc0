#include "sim/base/time.h"

#include <algorithm>
#include <array>

#include "sim/base/format.h"

namespace sim {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::uint64_t kMax = INT64_MAX;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Nanoseconds of a unit of Go's time package; 0 when there is no such unit.
std::uint64_t unit_of(std::string_view name) {
  if (name == "ns") return 1;
  if (name == "us" || name == "\u00b5s" || name == "\u03bcs") return 1000;
  if (name == "ms") return 1'000'000;
  if (name == "s") return kSecond;
  if (name == "m") return kMinute;
  if (name == "h") return kHour;
  return 0;
}

/// ".25" for 250 of 1000; nothing when the fraction is zero. `digits` is how many the unit has.
std::string fraction(std::uint64_t part, int digits) {
  if (part == 0) return "";
  std::string text = fmt::format("{:0{}}", part, digits);
  text.erase(text.find_last_not_of('0') + 1);
  return "." + text;
}

struct Split {
  std::int64_t quotient;
  std::int64_t rest;  // never negative
};
Split floor_divide(std::int64_t a, std::int64_t b) {
  Split split{a / b, a % b};
  if (split.rest < 0) {
    split.rest += b;
    --split.quotient;
  }
  return split;
}

/// Days from 1970-01-01 of a date in the proleptic Gregorian calendar. Counts years from March, so
/// that the leap day is the last of its year.
std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  if (month <= 2) --year;
  const Split era = floor_divide(year, 400);
  const int month_from_march = (month + 9) % 12;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
  const std::int64_t day_of_era = era.rest * 365 + era.rest / 4 - era.rest / 100 + day_of_year;
  return era.quotient * 146097 + day_of_era - 719468;
}

bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

/// Reads a fixed number of digits off the front; -1 when they are not there.
int take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::string date_and_time(const Calendar& c) {
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour,
                     c.minute, c.second);
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  // Go 1.22 time: ParseDuration. Sums in uint64, because the least int64 has no positive twin.
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text == "0") return Duration{};
  if (text.empty()) return std::nullopt;
  std::uint64_t sum = 0;
  while (!text.empty()) {
    std::size_t i = 0;
    std::uint64_t whole = 0;
    for (; i < text.size() && is_digit(text[i]); ++i) {
      if (whole > kMax / 10) return std::nullopt;
      whole = whole * 10 + static_cast<std::uint64_t>(text[i] - '0');
      if (whole > kMax + 1) return std::nullopt;
    }
    bool any_digit = i > 0;
    text.remove_prefix(i);
    std::string_view decimals;
    if (take(text, '.')) {
      i = 0;
      while (i < text.size() && is_digit(text[i])) ++i;
      decimals = text.substr(0, i);
      any_digit = any_digit || i > 0;
      text.remove_prefix(i);
    }
    if (!any_digit) return std::nullopt;
    i = 0;
    while (i < text.size() && text[i] != '.' && !is_digit(text[i])) ++i;
    const std::uint64_t unit = unit_of(text.substr(0, i));
    text.remove_prefix(i);
    if (unit == 0 || whole > (kMax + 1) / unit) return std::nullopt;
    std::uint64_t part = 0;  // exact: floor((floor(x) + n) / 10) is floor((x + n) / 10)
    for (auto digit = decimals.rbegin(); digit != decimals.rend(); ++digit) {
      part = (part + static_cast<std::uint64_t>(*digit - '0') * unit) / 10;
    }
    const std::uint64_t value = whole * unit + part;
    if (value > kMax + 1 || sum + value > kMax + 1) return std::nullopt;
    sum += value;
  }
  if (negative) return Duration{static_cast<std::int64_t>(0 - sum)};
  if (sum > kMax) return std::nullopt;
  return Duration{static_cast<std::int64_t>(sum)};
}

std::string to_string(Duration duration) {
  // Go 1.22 time: Duration.String
  if (duration.ns == 0) return "0s";
  const bool negative = duration.ns < 0;
  const std::uint64_t ns = negative ? 0 - static_cast<std::uint64_t>(duration.ns)
                                    : static_cast<std::uint64_t>(duration.ns);
  std::string text = negative ? "-" : "";
  if (ns < 1000) return text + fmt::format("{}ns", ns);
  if (ns < 1'000'000) return text + fmt::format("{}{}\u00b5s", ns / 1000, fraction(ns % 1000, 3));
  if (ns < kSecond) {
    return text + fmt::format("{}{}ms", ns / 1'000'000, fraction(ns % 1'000'000, 6));
  }
  const std::uint64_t whole = ns / kSecond;
  if (whole >= 3600) text += fmt::format("{}h", whole / 3600);
  if (whole >= 60) text += fmt::format("{}m", whole / 60 % 60);
  return text + fmt::format("{}{}s", whole % 60, fraction(ns % kSecond, 9));
}

std::string human_duration(Duration duration) {
  // k8s 1.30 apimachinery/pkg/util/duration: HumanDuration
  const std::int64_t second = duration.ns / kSecond;
  if (second < -1) return "<invalid>";
  if (second < 0) return "0s";
  if (second < 120) return fmt::format("{}s", second);
  const std::int64_t minute = second / 60;
  if (minute < 10) {
    return second % 60 == 0 ? fmt::format("{}m", minute)
                            : fmt::format("{}m{}s", minute, second % 60);
  }
  if (minute < 3 * 60) return fmt::format("{}m", minute);
  const std::int64_t hour = minute / 60;
  if (hour < 8) {
    return minute % 60 == 0 ? fmt::format("{}h", hour) : fmt::format("{}h{}m", hour, minute % 60);
  }
  if (hour < 48) return fmt::format("{}h", hour);
  const std::int64_t day = hour / 24;
  if (hour < 24 * 8) {
    return hour % 24 == 0 ? fmt::format("{}d", day) : fmt::format("{}d{}h", day, hour % 24);
  }
  if (hour < 24 * 365 * 2) return fmt::format("{}d", day);
  if (hour < 24 * 365 * 8) {
    return day % 365 == 0 ? fmt::format("{}y", day / 365)
                          : fmt::format("{}y{}d", day / 365, day % 365);
  }
  return fmt::format("{}y", day / 365);
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  const int year = take_digits(text, 4);
  if (year < 0 || !take(text, '-')) return std::nullopt;
  const int month = take_digits(text, 2);
  if (month < 1 || month > 12 || !take(text, '-')) return std::nullopt;
  const int day = take_digits(text, 2);
  if (day < 1 || day > days_in_month(year, month) || !take(text, 'T')) return std::nullopt;
  const int hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return std::nullopt;
  const int minute = take_digits(text, 2);
  if (minute < 0 || minute > 59 || !take(text, ':')) return std::nullopt;
  const int second = take_digits(text, 2);
  if (second < 0 || second > 59) return std::nullopt;
  std::int64_t ns = 0;
  if (take(text, '.')) {
    std::size_t count = 0;
    for (std::int64_t place = kSecond / 10; count < text.size() && is_digit(text[count]);
         ++count, place /= 10) {
      ns += place * (text[count] - '0');
    }
    if (count == 0) return std::nullopt;
    text.remove_prefix(count);
  }
  std::int64_t offset = 0;  // seconds east of UTC
  if (!take(text, 'Z')) {
    const bool west = !text.empty() && text.front() == '-';
    if (!west && (text.empty() || text.front() != '+')) return std::nullopt;
    text.remove_prefix(1);
    const int hours_east = take_digits(text, 2);
    if (hours_east < 0 || hours_east > 23 || !take(text, ':')) return std::nullopt;
    const int minutes_east = take_digits(text, 2);
    if (minutes_east < 0 || minutes_east > 59) return std::nullopt;
    offset = hours_east * 3600 + minutes_east * 60;
    if (west) offset = -offset;
  }
  if (!text.empty()) return std::nullopt;
  const std::int64_t whole =
      days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
  // What an int64 of nanoseconds can hold: 1677-09-21 to 2262-04-11.
  if (whole <= INT64_MIN / kSecond || whole >= INT64_MAX / kSecond) return std::nullopt;
  return Time{whole * kSecond + ns};
}

Calendar calendar(Time time) {
  const Split seconds_and_ns = floor_divide(time.ns, kSecond);
  const Split days = floor_divide(seconds_and_ns.quotient, 86400);
  // The inverse of days_from_civil.
  const Split era = floor_divide(days.quotient + 719468, 146097);
  const std::int64_t of_era = era.rest;
  const std::int64_t year_of_era =
      (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t from_march = (5 * of_year + 2) / 153;
  Calendar c{};
  c.day = static_cast<int>(of_year - (153 * from_march + 2) / 5 + 1);
  c.month = static_cast<int>(from_march < 10 ? from_march + 3 : from_march - 9);
  c.year = static_cast<int>(year_of_era + era.quotient * 400) + (c.month <= 2 ? 1 : 0);
  c.hour = static_cast<int>(days.rest / 3600);
  c.minute = static_cast<int>(days.rest / 60 % 60);
  c.second = static_cast<int>(days.rest % 60);
  c.weekday = static_cast<int>(floor_divide(days.quotient + 4, 7).rest);  // a Thursday at 0
  c.year_day = static_cast<int>(days.quotient - days_from_civil(c.year, 1, 1)) + 1;
  return c;
}

std::string to_rfc3339(Time time) { return date_and_time(calendar(time)) + "Z"; }

std::string to_rfc3339_micro(Time time) {
  return fmt::format("{}.{:06}Z", date_and_time(calendar(time)),
                     floor_divide(time.ns, kSecond).rest / 1000);
}

std::string to_rfc1123(Time time) {
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Calendar c = calendar(time);
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[static_cast<std::size_t>(c.weekday)],
      c.day, kMonths[static_cast<std::size_t>(c.month - 1)], c.year, c.hour, c.minute, c.second);
}

std::string to_clock(Duration duration) {
  const bool negative = duration.ns < 0;
  const std::uint64_t ns = negative ? 0 - static_cast<std::uint64_t>(duration.ns)
                                    : static_cast<std::uint64_t>(duration.ns);
  const std::uint64_t second = ns / kSecond;
  return fmt::format("{}{:02}:{:02}:{:02}{}", negative ? "-" : "", second / 3600, second / 60 % 60,
                     second % 60, fraction(ns % kSecond / 1'000'000, 3));
}

}  // namespace sim
