// When a CronJob is due: the five fields of cron, or "@hourly" and the like. Times are in UTC.
// github.com/robfig/cron/v3: ParseStandard, SpecSchedule, ConstantDelaySchedule
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/base/time.h"

namespace sim {

class CronSchedule {
 public:
  /// None, with `error` set to the library's words, when the text is no schedule.
  static std::optional<CronSchedule> parse(std::string_view text, std::string* error);
  /// The first time after `time`; none when there is none within five years.
  std::optional<Time> next(Time time) const;

 private:
  bool is_day(const Calendar& at) const;

  std::uint64_t minutes_ = 0;
  std::uint64_t hours_ = 0;
  std::uint64_t days_ = 0;
  std::uint64_t months_ = 0;
  std::uint64_t weekdays_ = 0;
  std::optional<Duration> every_;  // "@every 90s"
};

}  // namespace sim
