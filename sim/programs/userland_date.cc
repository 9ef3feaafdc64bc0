#include <algorithm>
#include <array>
#include <cctype>

#include "sim/base/format.h"
#include "sim/base/time_format.h"
#include "sim/programs/userland_tools.h"

// date. The clock is the world's, always in UTC.

namespace sim::userland {
namespace {

/// Days since 1970-01-01 of a date, which may have a month or a day too many.
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  year += (month - 1) / 12;
  month = (month - 1) % 12 + 1;
  // Years that begin in March have their leap day at the end.
  const std::int64_t from_march = month > 2 ? month - 3 : month + 9;
  const std::int64_t y = month > 2 ? year : year - 1;
  const std::int64_t era = y >= 0 ? y / 400 : (y - 399) / 400;
  const std::int64_t of_era = y - era * 400;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * from_march + 2) / 5 +
         day - 1 - 719468;
}

struct Moment {
  std::int64_t year = 1970, month = 1, day = 1;
  std::int64_t hour = 0, minute = 0, second = 0, nanosecond = 0;

  explicit Moment(Time time) {
    const Calendar c = calendar(time);
    year = c.year;
    month = c.month;
    day = c.day;
    hour = c.hour;
    minute = c.minute;
    second = c.second;
    nanosecond = time.ns % 1'000'000'000;
  }
  /// Empty when it is beyond what a Time holds.
  std::optional<Time> time() const {
    if (year < 1970 || year > 2261) return std::nullopt;
    const std::int64_t total =
        ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    constexpr std::int64_t kMost = std::int64_t{9'223'372'035};
    if (total < 0 || total > kMost) return std::nullopt;
    return Time{total * 1'000'000'000 + nanosecond};
  }
  void clear_clock() { hour = minute = second = nanosecond = 0; }
};

/// Reads a text from the left, piece by piece.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}
  bool ended() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  void skip_blanks() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == ',')) {
      rest_.remove_prefix(1);
    }
  }
  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// Between `least` and `most` digits.
  std::optional<std::int64_t> number(std::size_t least, std::size_t most) {
    std::size_t end = 0;
    while (end < rest_.size() && end < most && rest_[end] >= '0' && rest_[end] <= '9') ++end;
    if (end < least) return std::nullopt;
    const auto value = to_number(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return value;
  }
  std::string word() {
    std::string found;
    while (!rest_.empty() && std::isalpha(static_cast<unsigned char>(rest_[0]))) {
      found += static_cast<char>(std::tolower(static_cast<unsigned char>(rest_[0])));
      rest_.remove_prefix(1);
    }
    return found;
  }

 private:
  std::string_view rest_;
};

bool in_range(const std::optional<std::int64_t>& number, std::int64_t low, std::int64_t high) {
  return number && *number >= low && *number <= high;
}

/// "hh:mm[:ss[.fraction]]"
bool read_clock(Scanner& in, Moment& moment) {
  const auto hour = in.number(1, 2);
  if (!in_range(hour, 0, 23) || !in.take(':')) return false;
  const auto minute = in.number(2, 2);
  if (!in_range(minute, 0, 59)) return false;
  moment.clear_clock();
  moment.hour = *hour;
  moment.minute = *minute;
  if (!in.take(':')) return true;
  const auto second = in.number(2, 2);
  if (!in_range(second, 0, 59)) return false;
  moment.second = *second;
  if (in.take('.')) {
    std::int64_t scale = 100'000'000;
    for (auto digit = in.number(1, 1); digit; digit = in.number(1, 1)) {
      moment.nanosecond += *digit * scale;
      scale /= 10;
    }
  }
  return true;
}

/// busybox: libbb/time.c, parse_datestr.
std::optional<Time> busybox_date(std::string_view text, Time now) {
  Moment moment(now);
  moment.nanosecond = 0;
  if (!text.empty() && text[0] == '@') {
    const auto number = to_number(text.substr(1));
    if (!number || *number < 0 || *number > 9'223'372'035) return std::nullopt;
    return Time{*number * 1'000'000'000};
  }
  const auto is_digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (text.find(':') != std::string_view::npos && text.find('-') == std::string_view::npos) {
    Scanner in(text);
    if (!read_clock(in, moment) || !in.ended()) return std::nullopt;
    return moment.time();
  }
  if (text.find('-') != std::string_view::npos) {
    Scanner in(text);
    const auto year = in.number(4, 4);
    if (!year || !in.take('-')) return std::nullopt;
    const auto month = in.number(1, 2);
    if (!in_range(month, 1, 12) || !in.take('-')) return std::nullopt;
    const auto day = in.number(1, 2);
    if (!in_range(day, 1, 31)) return std::nullopt;
    moment.clear_clock();
    moment.year = *year;
    moment.month = *month;
    moment.day = *day;
    if (in.ended()) return moment.time();
    if (!in.take(' ') || !read_clock(in, moment) || !in.ended()) return std::nullopt;
    return moment.time();
  }
  // [[[[[YY]YY]MM]DD]hh]mm[.ss]
  const std::size_t point = text.find('.');
  const std::string_view digits = text.substr(0, point);
  if (!is_digits(digits) || digits.size() > 12 || digits.size() % 2 != 0) return std::nullopt;
  Scanner in(digits);
  moment.second = 0;
  if (digits.size() == 12) moment.year = *in.number(4, 4);
  if (digits.size() == 10) moment.year = moment.year / 100 * 100 + *in.number(2, 2);
  if (digits.size() >= 8) moment.month = *in.number(2, 2);
  if (digits.size() >= 6) moment.day = *in.number(2, 2);
  if (digits.size() >= 4) moment.hour = *in.number(2, 2);
  moment.minute = *in.number(2, 2);
  if (point != std::string_view::npos) {
    const auto second = to_number(text.substr(point + 1));
    if (!in_range(second, 0, 59)) return std::nullopt;
    moment.second = *second;
  }
  if (moment.month < 1 || moment.month > 12 || moment.day < 1 || moment.day > 31 ||
      moment.hour > 23 || moment.minute > 59) {
    return std::nullopt;
  }
  return moment.time();
}

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> kDays = {"sunday",   "monday", "tuesday", "wednesday",
                                                   "thursday", "friday", "saturday"};

template <std::size_t N>
std::optional<std::int64_t> index_of(const std::array<std::string_view, N>& names,
                                     const std::string& word) {
  for (std::size_t i = 0; word.size() >= 3 && i < N; ++i) {
    if (names[i].substr(0, word.size()) == word) return static_cast<std::int64_t>(i);
  }
  return std::nullopt;
}

/// What GNU date understands of a sentence: dates, clocks, and "2 days ago".
class Sentence {
 public:
  Sentence(std::string_view text, Time now) : in_(text), moment_(now), now_(now) {}

  std::optional<Time> read() {
    if (in_.take('@')) {
      const bool negative = in_.take('-');
      const auto number = in_.number(1, 10);
      if (!number || negative || *number > 9'223'372'035) return std::nullopt;
      std::int64_t ns = *number * 1'000'000'000;
      if (in_.take('.')) {
        std::int64_t scale = 100'000'000;
        for (auto digit = in_.number(1, 1); digit; digit = in_.number(1, 1)) {
          ns += *digit * scale;
          scale /= 10;
        }
      }
      return in_.ended() ? std::optional<Time>(Time{ns}) : std::nullopt;
    }
    if (in_.ended()) clock_set_ = true;
    for (in_.skip_blanks(); !in_.ended(); in_.skip_blanks()) {
      if (!piece()) return std::nullopt;
    }
    if (to_weekday_ && !date_set_) {  // beside a date, the day of the week says nothing new
      days_ += *to_weekday_;
      clock_set_ = true;
    }
    if (!clock_set_ && date_set_) moment_.clear_clock();
    if (clock_set_ && !clock_read_) moment_.clear_clock();
    if (moment_.month < 1 || moment_.month > 12 || !day_exists()) return std::nullopt;
    moment_.year += years_;
    moment_.month += months_;
    while (moment_.month < 1) {
      moment_.month += 12;
      --moment_.year;
    }
    moment_.day += days_;
    const auto time = moment_.time();
    if (!time) return std::nullopt;
    std::int64_t ns = 0;
    if (__builtin_mul_overflow(seconds_ - zone_, std::int64_t{1'000'000'000}, &ns) ||
        __builtin_add_overflow(time->ns, ns, &ns) || ns < 0) {
      return std::nullopt;
    }
    return Time{ns};
  }

 private:
  bool day_exists() const {
    const std::int64_t days =
        days_of(moment_.year, moment_.month + 1, 1) - days_of(moment_.year, moment_.month, 1);
    return moment_.day >= 1 && moment_.day <= days;
  }

  bool piece() {
    const std::string_view rest = in_.rest();
    if (rest[0] == '+' || rest[0] == '-') {
      const bool negative = rest[0] == '-';
      in_.take(rest[0]);
      in_.skip_blanks();
      const auto number = in_.number(1, 9);
      if (!number) return false;
      if (clock_read_ && (in_.take(':') || in_.ended())) return zone(*number, negative);
      in_.skip_blanks();
      return relative(negative ? -*number : *number, in_.word());
    }
    if (rest[0] >= '0' && rest[0] <= '9') return with_number();
    const std::string word = in_.word();
    if (word.empty()) return false;
    if (word == "t" && date_set_) return true;  // between date and clock
    if (word == "now" || word == "today" || word == "z" || word == "utc" || word == "gmt" ||
        word == "ut") {
      return true;
    }
    if (word == "yesterday" || word == "tomorrow") {
      days_ += word == "tomorrow" ? 1 : -1;
      return true;
    }
    if (word == "midnight") {
      clock_set_ = true;
      return true;
    }
    if (word == "ago") {
      if (!last_unit_) return false;
      *last_unit_ -= 2 * last_amount_;
      return true;
    }
    if (word == "next" || word == "last" || word == "this") {
      const std::int64_t amount = word == "next" ? 1 : word == "last" ? -1 : 0;
      in_.skip_blanks();
      const std::string what = in_.word();
      if (const auto day = index_of(kDays, what)) return weekday(*day, amount);
      return relative(amount, what);
    }
    if (const auto month = index_of(kMonths, word)) {
      in_.skip_blanks();
      const auto day = in_.number(1, 2);
      if (!day) return false;
      in_.skip_blanks();
      set_date(moment_.year, *month + 1, *day);
      read_year();
      return true;
    }
    if (const auto day = index_of(kDays, word)) return weekday(*day, 0);
    return relative(1, word);
  }

  void set_date(std::int64_t year, std::int64_t month, std::int64_t day) {
    moment_.year = year;
    moment_.month = month;
    moment_.day = day;
    date_set_ = true;
  }
  void read_year() {
    Scanner ahead = in_;
    const auto year = ahead.number(4, 4);
    if (!year || (!ahead.ended() && ahead.rest()[0] == ':')) return;
    moment_.year = *year;
    in_ = ahead;
  }

  bool with_number() {
    Scanner ahead = in_;
    const auto number = ahead.number(1, 9);
    if (!number) return false;
    if (!ahead.ended() && ahead.rest()[0] == ':') {
      clock_set_ = clock_read_ = true;
      return read_clock(in_, moment_);
    }
    for (const char separator : {'-', '/'}) {
      if (ahead.ended() || ahead.rest()[0] != separator) continue;
      ahead.take(separator);
      const auto second = ahead.number(1, 2);
      if (!second || !ahead.take(separator)) return false;
      const auto third = ahead.number(1, 4);
      if (!third) return false;
      in_ = ahead;
      if (*number > 31) {
        set_date(*number, *second, *third);
      } else {
        set_date(*third, *number, *second);  // 12/31/2024
      }
      return true;
    }
    in_ = ahead;
    in_.skip_blanks();
    const std::string word = in_.word();
    if (const auto month = index_of(kMonths, word)) {
      set_date(moment_.year, *month + 1, *number);
      in_.skip_blanks();
      read_year();
      return true;
    }
    if (!word.empty()) return relative(*number, word);
    if (*number > 19700000) {  // 20240102
      set_date(*number / 10000, *number / 100 % 100, *number % 100);
      return true;
    }
    if (*number >= 2400) return false;
    clock_set_ = clock_read_ = true;
    moment_.clear_clock();
    moment_.hour = *number >= 100 ? *number / 100 : *number;
    moment_.minute = *number >= 100 ? *number % 100 : 0;
    return moment_.hour < 24 && moment_.minute < 60;
  }

  bool zone(std::int64_t hours, bool negative) {
    std::int64_t minutes = 0;
    if (hours > 99) {
      minutes = hours % 100;
      hours /= 100;
    }
    minutes += in_.number(1, 2).value_or(0);
    zone_ = (hours * 60 + minutes) * 60 * (negative ? -1 : 1);
    return hours <= 24;
  }

  bool weekday(std::int64_t day, std::int64_t weeks) {
    const std::int64_t today = calendar(now_).weekday;
    const std::int64_t ahead = (day - today + 7) % 7;
    to_weekday_ = ahead + 7 * (weeks - (weeks > 0 && ahead != 0 ? 1 : 0));
    return true;
  }

  bool relative(std::int64_t amount, std::string unit) {
    if (unit.size() > 1 && unit.back() == 's' && unit != "s") unit.pop_back();
    struct Unit {
      std::string_view name;
      std::int64_t Sentence::*what;
      std::int64_t factor;
    };
    static const std::array<Unit, 11> units = {{{"sec", &Sentence::seconds_, 1},
                                                {"second", &Sentence::seconds_, 1},
                                                {"min", &Sentence::seconds_, 60},
                                                {"minute", &Sentence::seconds_, 60},
                                                {"hour", &Sentence::seconds_, 3600},
                                                {"day", &Sentence::days_, 1},
                                                {"week", &Sentence::days_, 7},
                                                {"fortnight", &Sentence::days_, 14},
                                                {"month", &Sentence::months_, 1},
                                                {"mon", &Sentence::months_, 1},
                                                {"year", &Sentence::years_, 1}}};
    for (const Unit& known : units) {
      if (known.name != unit) continue;
      last_amount_ = amount * known.factor;
      last_unit_ = &(this->*known.what);
      *last_unit_ += last_amount_;
      return true;
    }
    return false;
  }

  Scanner in_;
  Moment moment_;
  Time now_;
  bool date_set_ = false;
  bool clock_set_ = false;
  bool clock_read_ = false;
  std::int64_t years_ = 0;
  std::int64_t months_ = 0;
  std::int64_t days_ = 0;
  std::int64_t seconds_ = 0;
  std::int64_t zone_ = 0;
  std::optional<std::int64_t> to_weekday_;
  std::int64_t* last_unit_ = nullptr;
  std::int64_t last_amount_ = 0;
};

constexpr char kRfc3339 = '\1';

/// "%Y-%m-%dT…" of -I and --rfc-3339; empty when there is no such precision.
std::string iso_format(const std::string& precision, bool rfc, bool gnu) {
  const std::string zone = gnu ? "%:z" : "+00:00";
  const char between = rfc ? ' ' : 'T';
  if (precision.empty() || precision == "date") return "%Y-%m-%d";
  if (precision == "hours" && !rfc) return "%Y-%m-%dT%H" + zone;
  if (precision == "minutes" && !rfc) return "%Y-%m-%dT%H:%M" + zone;
  if (precision == "seconds") return std::string("%Y-%m-%d") + between + "%H:%M:%S" + zone;
  if (precision == "ns") {
    return std::string("%Y-%m-%d") + between + "%H:%M:%S" + (rfc ? ".%N" : ",%N") + zone;
  }
  return "";
}

void date(Call& call) {
  // The precision of -I is optional and sticks to it: "-Iseconds".
  std::vector<std::string> words = call.argv;
  std::string precision;
  for (std::string& word : words) {
    for (const std::string_view option : {"-I", "--iso-8601="}) {
      if (word.size() <= option.size() || word.rfind(option, 0) != 0) continue;
      precision = word.substr(option.size());
      word = "-I";
    }
  }
  static const std::string spec = std::string("ud:D:r:s:RI") + kRfc3339 + ":";
  const auto options = parse_options(call, spec,
                                     {{"utc", 'u'},
                                      {"universal", 'u'},
                                      {"date", 'd'},
                                      {"reference", 'r'},
                                      {"set", 's'},
                                      {"rfc-2822", 'R'},
                                      {"rfc-email", 'R'},
                                      {"iso-8601", 'I'},
                                      {"rfc-3339", kRfc3339}},
                                     1, &words);
  if (!options) return;
  std::vector<std::string> operands = options->operands;
  std::string format = "%a %b %e %H:%M:%S UTC %Y";
  if (!operands.empty() && operands[0].rfind('+', 0) == 0) {
    format = operands[0].substr(1);
    operands.erase(operands.begin());
    if (call.gnu() && !operands.empty()) {
      call.show_usage(fmt::format("extra operand '{}'", operands[0]));
      return;
    }
  } else if (options->has('R')) {
    format = "%a, %d %b %Y %H:%M:%S +0000";
  } else if (options->has('I') || options->has(kRfc3339)) {
    const bool rfc = options->has(kRfc3339);
    if (rfc) precision = options->value(kRfc3339);
    format = iso_format(precision, rfc, call.gnu());
    if (format.empty()) {
      call.show_usage(call.gnu() ? fmt::format("invalid argument '{}' for '--{}'", precision,
                                               rfc ? "rfc-3339" : "iso-8601")
                                 : "");
      return;
    }
  }
  const auto read = [&](const std::string& text) {
    const auto time =
        call.gnu() ? Sentence(text, call.now()).read() : busybox_date(text, call.now());
    if (!time) call.complain(fmt::format("invalid date '{}'", text));
    return time;
  };
  Time when = call.now();
  if (options->has('r')) {
    const std::string name = options->value('r');
    const Io<Stat> stat = call.files().stat(call.path(name));
    if (!stat) {
      call.complain(fmt::format("can't stat '{}': {}", name, to_string(stat.error)),
                    fmt::format("{}: {}", name, to_string(stat.error)));
      return;
    }
    when = stat.value.modified;
  } else if (options->has('d')) {
    const auto time = read(options->value('d'));
    if (!time) return;
    when = *time;
  }
  const bool sets = options->has('s') || !operands.empty();
  if (sets && !options->has('d')) {
    if (call.gnu() && !options->has('s') &&
        operands[0].find_first_not_of("0123456789.") != std::string::npos) {
      call.complain(fmt::format("invalid date '{}'", operands[0]));
      return;
    }
    const auto time = read(options->has('s') ? options->value('s') : operands[0]);
    if (!time) return;
    when = *time;
    // No container may turn its node's clock.
    call.complain("can't set date: Operation not permitted",
                  "cannot set date: Operation not permitted");
  } else if (call.gnu() && !operands.empty()) {
    call.show_usage(fmt::format(
        "the argument '{}' lacks a leading '+';\nwhen using an option to specify date(s), any "
        "non-option\nargument must be a format string beginning with '+'",
        operands[0]));
    return;
  }
  call.out(format_time(format, when, call.gnu()) + "\n");
}

}  // namespace

const std::vector<Listed>& date_programs() {
  static const std::vector<Listed> programs = {
      {"date", date, "[OPTIONS] [+FMT] [[-s] TIME]"},
  };
  return programs;
}

}  // namespace sim::userland
