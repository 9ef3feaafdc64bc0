#include "sim/model/cron_schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "sim/base/format.h"
#include "sim/model/go_text.h"

namespace sim {
namespace {

constexpr std::uint64_t kStar = std::uint64_t{1} << 63;  // "*" stands where anything may

struct Bounds {
  unsigned low;
  unsigned high;
  std::string_view names;  // of three letters each, the first for `low`
};
constexpr Bounds kMinutes{0, 59, ""};
constexpr Bounds kHours{0, 23, ""};
constexpr Bounds kDays{1, 31, ""};
constexpr Bounds kMonths{1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"};
constexpr Bounds kWeekdays{0, 6, "sunmontuewedthufrisat"};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  std::vector<std::string_view> words;
  for (std::size_t at = text.find_first_not_of(kSpace); at != std::string_view::npos;) {
    const std::size_t end = text.find_first_of(kSpace, at);
    words.push_back(text.substr(at, end - at));
    at = end == std::string_view::npos ? end : text.find_first_not_of(kSpace, end);
  }
  return words;
}

// Reads fields; the first thing wrong is kept.
class Reader {
 public:
  explicit Reader(std::string* error) : error_(error) {}
  bool failed() const { return !error_->empty(); }

  std::uint64_t field(std::string_view text, const Bounds& bounds) {
    std::uint64_t bits = 0;
    // Go's FieldsFunc leaves empty parts out.
    for (const std::string_view part : split(text, ',')) {
      if (!part.empty() && !failed()) bits |= range(part, bounds);
    }
    return bits;
  }

 private:
  std::uint64_t fail(std::string message) {
    if (error_->empty()) *error_ = std::move(message);
    return 0;
  }

  unsigned number(std::string_view text) {
    std::string_view digits = text;
    if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
    std::int64_t value = 0;
    const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (wrong == std::errc::result_out_of_range) {
      fail(fmt::format("failed to parse int from {}: strconv.Atoi: parsing {}: value out of range",
                       text, go_quote(text)));
      return 0;
    }
    if (wrong != std::errc() || end != digits.data() + digits.size()) {
      fail(fmt::format("failed to parse int from {}: strconv.Atoi: parsing {}: invalid syntax",
                       text, go_quote(text)));
      return 0;
    }
    if (value < 0) {
      fail(fmt::format("negative number ({}) not allowed: {}", value, text));
      return 0;
    }
    return value > 1'000'000 ? 1'000'000 : static_cast<unsigned>(value);
  }

  unsigned number_or_name(std::string_view text, const Bounds& bounds) {
    std::string lower(text);
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    for (std::size_t at = 0; lower.size() == 3 && at < bounds.names.size(); at += 3) {
      if (bounds.names.substr(at, 3) == lower) return bounds.low + static_cast<unsigned>(at / 3);
    }
    return number(text);
  }

  std::uint64_t range(std::string_view text, const Bounds& bounds) {
    const auto parts = split(text, '/');
    const auto ends = split(parts.front(), '-');
    unsigned start = bounds.low;
    unsigned end = bounds.high;
    std::uint64_t extra = 0;
    if (ends.front() == "*" || ends.front() == "?") {
      extra = kStar;
    } else {
      start = number_or_name(ends.front(), bounds);
      if (failed()) return 0;
      if (ends.size() > 2) return fail(fmt::format("too many hyphens: {}", text));
      end = ends.size() == 2 ? number_or_name(ends[1], bounds) : start;
      if (failed()) return 0;
    }
    unsigned step = 1;
    if (parts.size() > 2) return fail(fmt::format("too many slashes: {}", text));
    if (parts.size() == 2) {
      step = number(parts[1]);
      if (failed()) return 0;
      if (ends.size() == 1) end = bounds.high;
      if (step > 1) extra = 0;
    }
    if (start < bounds.low) {
      return fail(
          fmt::format("beginning of range ({}) below minimum ({}): {}", start, bounds.low, text));
    }
    if (end > bounds.high) {
      return fail(fmt::format("end of range ({}) above maximum ({}): {}", end, bounds.high, text));
    }
    if (start > end) {
      return fail(
          fmt::format("beginning of range ({}) beyond end of range ({}): {}", start, end, text));
    }
    if (step == 0) {
      return fail(fmt::format("step of range should be a positive number: {}", text));
    }
    std::uint64_t bits = extra;
    for (unsigned i = start; i <= end; i += step) bits |= std::uint64_t{1} << i;
    return bits;
  }

  std::string* error_;
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kNamed = {
    {{"@yearly", "0 0 1 1 *"},
     {"@annually", "0 0 1 1 *"},
     {"@monthly", "0 0 1 * *"},
     {"@weekly", "0 0 * * 0"},
     {"@daily", "0 0 * * *"},
     {"@midnight", "0 0 * * *"},
     {"@hourly", "0 * * * *"}}};

bool holds(std::uint64_t bits, int value) { return (bits >> value & 1) != 0; }

}  // namespace

std::optional<CronSchedule> CronSchedule::parse(std::string_view text, std::string* error) {
  error->clear();
  CronSchedule schedule;
  if (text.empty()) {
    *error = "empty spec string";
    return std::nullopt;
  }
  if (text.front() == '@') {
    constexpr std::string_view kEvery = "@every ";
    if (text.substr(0, kEvery.size()) == kEvery) {
      const std::string_view amount = text.substr(kEvery.size());
      const std::optional<Duration> every = parse_duration(amount);
      if (!every) {
        *error = fmt::format("failed to parse duration {}: time: invalid duration {}", text,
                             go_quote(amount));
        return std::nullopt;
      }
      schedule.every_ = seconds(std::max<std::int64_t>(every->seconds(), 1));
      return schedule;
    }
    std::string_view meant;
    for (const auto& [name, fields] : kNamed) {
      if (name == text) meant = fields;
    }
    if (meant.empty()) {
      *error = fmt::format("unrecognized descriptor: {}", text);
      return std::nullopt;
    }
    text = meant;
  }
  const std::vector<std::string_view> fields = words_of(text);
  if (fields.size() != 5) {
    *error = fmt::format("expected exactly 5 fields, found {}: [{}]", fields.size(),
                         fmt::join(fields, " "));
    return std::nullopt;
  }
  Reader reader(error);
  schedule.minutes_ = reader.field(fields[0], kMinutes);
  schedule.hours_ = reader.field(fields[1], kHours);
  schedule.days_ = reader.field(fields[2], kDays);
  schedule.months_ = reader.field(fields[3], kMonths);
  schedule.weekdays_ = reader.field(fields[4], kWeekdays);
  if (reader.failed()) return std::nullopt;
  return schedule;
}

bool CronSchedule::is_day(const Calendar& at) const {
  const bool day = holds(days_, at.day);
  const bool weekday = holds(weekdays_, at.weekday);
  // When both are given, either will do.
  return (days_ & kStar) != 0 || (weekdays_ & kStar) != 0 ? day && weekday : day || weekday;
}

std::optional<Time> CronSchedule::next(Time time) const {
  if (every_) return time.whole_seconds() + *every_;
  constexpr std::int64_t kMinute = 60'000'000'000;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  const auto floor_to = [](std::int64_t ns, std::int64_t unit) { return ns - ns % unit; };
  Time at{floor_to(time.ns, kMinute) + kMinute};
  const Time limit = at + Duration{5 * 366 * kDay};
  while (at < limit) {
    const Calendar now = calendar(at);
    if (!holds(months_, now.month) || !is_day(now)) {
      at = Time{floor_to(at.ns, kDay) + kDay};
    } else if (!holds(hours_, now.hour)) {
      at = Time{floor_to(at.ns, kHour) + kHour};
    } else if (!holds(minutes_, now.minute)) {
      at = at + Duration{kMinute};
    } else {
      return at;
    }
  }
  return std::nullopt;
}

}  // namespace sim
