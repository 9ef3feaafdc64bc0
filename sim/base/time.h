// Virtual time. A Time is a whole number of nanoseconds of the simulated calendar since
// 1970-01-01T00:00:00Z, a Duration a whole number of nanoseconds between two of them; never a
// double, never the machine's clock. A scenario starts at a calendar date (World::start), so "12
// seconds into the lesson" is `world.now - world.start`.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace sim {

struct Duration {
  std::int64_t ns = 0;

  friend auto operator<=>(const Duration&, const Duration&) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
  friend constexpr Duration operator*(Duration a, std::int64_t n) { return {a.ns * n}; }
  constexpr std::int64_t ms() const { return ns / 1'000'000; }
  constexpr std::int64_t seconds() const { return ns / 1'000'000'000; }
};

constexpr Duration milliseconds(std::int64_t n) { return {n * 1'000'000}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000'000}; }
constexpr Duration minutes(std::int64_t n) { return seconds(60 * n); }
constexpr Duration hours(std::int64_t n) { return minutes(60 * n); }

struct Time {
  std::int64_t ns = 0;

  friend auto operator<=>(const Time&, const Time&) = default;
  friend constexpr Time operator+(Time t, Duration d) { return {t.ns + d.ns}; }
  friend constexpr Time operator-(Time t, Duration d) { return {t.ns - d.ns}; }
  friend constexpr Duration operator-(Time a, Time b) { return {a.ns - b.ns}; }
  /// Cut down to whole seconds: what the Kubernetes API stores (metav1.Time).
  constexpr Time whole_seconds() const { return {ns - ns % 1'000'000'000}; }
};

}  // namespace sim

/// A time that may be absent, in the room of a time: rows hold many of them. Absent is the number
/// that no calendar reaches.
template <>
class std::optional<sim::Time> {
 public:
  using value_type = sim::Time;

  constexpr optional() noexcept = default;
  constexpr optional(std::nullopt_t) noexcept {}  // NOLINT: implicit, as the general one
  // Templates, so that {} is an absent time and not the time 0.
  template <std::same_as<sim::Time> U>
  constexpr optional(U time) noexcept : time_(time) {}  // NOLINT
  template <std::same_as<sim::Time> U>
  constexpr optional& operator=(U time) noexcept {
    time_ = time;
    return *this;
  }
  constexpr optional& operator=(std::nullopt_t) noexcept {
    reset();
    return *this;
  }

  constexpr bool has_value() const noexcept { return time_.ns != kAbsent; }
  constexpr explicit operator bool() const noexcept { return has_value(); }
  constexpr const sim::Time& operator*() const noexcept { return time_; }
  constexpr sim::Time& operator*() noexcept { return time_; }
  constexpr const sim::Time* operator->() const noexcept { return &time_; }
  constexpr sim::Time* operator->() noexcept { return &time_; }
  constexpr const sim::Time& value() const {
    if (!has_value()) throw std::bad_optional_access();
    return time_;
  }
  constexpr sim::Time value_or(sim::Time other) const noexcept {
    return has_value() ? time_ : other;
  }
  constexpr sim::Time& emplace(sim::Time time = {}) noexcept { return time_ = time; }
  constexpr void reset() noexcept { time_.ns = kAbsent; }

 private:
  static constexpr std::int64_t kAbsent = std::numeric_limits<std::int64_t>::min();
  sim::Time time_{kAbsent};
};

namespace sim {

/// Later than anything that can fall due.
inline constexpr Time kNever{std::numeric_limits<std::int64_t>::max()};

/// A Go duration ("1m30s", "100ms", "1.5h", "0"); empty when it is none or does not fit.
std::optional<Duration> parse_duration(std::string_view text);
/// As Go prints it: "1m30s", "100ms", "0s".
std::string to_string(Duration duration);
/// As kubectl shows ages: k8s 1.30 apimachinery/pkg/util/duration: HumanDuration ("5m3s", "2d").
std::string human_duration(Duration duration);

/// RFC 3339 in UTC ("2025-01-01T00:00:00Z", fractions allowed); empty when it is none.
std::optional<Time> parse_rfc3339(std::string_view text);
/// "2025-01-01T00:00:00Z": whole seconds.
std::string to_rfc3339(Time time);
/// "2025-01-01T00:00:00.123456Z": metav1.MicroTime.
std::string to_rfc3339_micro(Time time);
/// "Wed, 01 Jan 2025 00:00:00 +0000": RFC 1123 with a numeric zone, as `kubectl describe` prints.
std::string to_rfc1123(Time time);
/// "00:01:12.5": time passed, for traces and reports.
std::string to_clock(Duration duration);

/// Calendar fields in UTC, for `date`.
struct Calendar {
  int year, month, day;  // month and day from 1
  int hour, minute, second;
  int weekday;   // 0 = Sunday
  int year_day;  // from 1
};
Calendar calendar(Time time);

}  // namespace sim
