#include "sim/model/edit_script.h"

namespace sim {
namespace {

using Compare = std::function<Likeness(std::int64_t, std::int64_t)>;

struct Point {
  std::int64_t x = 0;
  std::int64_t y = 0;
};

/// The edits found from one end so far, and how far they reach.
struct Path {
  Point at;
  int step = 1;  // -1 from the end
  std::vector<Edit> edits;

  void add(Edit edit) {
    edits.push_back(edit);
    if (edit != Edit::Inserted) at.x += step;
    if (edit != Edit::Removed) at.y += step;
  }

  Likeness next(const Compare& compare) const {
    return step > 0 ? compare(at.x, at.y) : compare(at.x - 1, at.y - 1);
  }

  void connect(Point to, const Compare& compare) {
    const auto left_x = [&] { return (to.x - at.x) * step; };
    const auto left_y = [&] { return (to.y - at.y) * step; };
    while (left_x() > 0 && left_y() > 0) {
      const Likeness likeness = next(compare);
      if (likeness.equal()) {
        add(Edit::Same);
      } else if (likeness.similar()) {
        add(Edit::Changed);
      } else if (step > 0 ? left_x() >= left_y() : left_x() > left_y()) {
        add(Edit::Removed);
      } else {
        add(Edit::Inserted);
      }
    }
    while (left_x() > 0) add(Edit::Removed);
    while (left_y() > 0) add(Edit::Inserted);
  }
};

/// 0, -1, 1, -2, 2, …
std::int64_t zigzag(std::int64_t i) { return (i & 1) != 0 ? -(i / 2 + 1) : i / 2; }

/// Two searches, from the start and from the end, take turns until they meet.
class Search {
 public:
  Search(std::int64_t size_x, std::int64_t size_y, const Compare& compare)
      : compare_(compare), budget_(4 * (size_x + size_y)) {
    back_.at = {size_x, size_y};
    back_.step = -1;
    back_front_ = back_.at;
  }

  std::vector<Edit> run() {
    for (;;) {
      if (met()) break;
      look(forth_, back_, forth_front_);
      if (back_.at.x - forth_front_.x >= back_.at.y - forth_front_.y) {
        ++forth_front_.x;
      } else {
        ++forth_front_.y;
      }
      if (met()) break;
      look(back_, forth_, back_front_);
      if (back_front_.x - forth_.at.x >= back_front_.y - forth_.at.y) {
        --back_front_.x;
      } else {
        --back_front_.y;
      }
    }
    forth_.connect(back_.at, compare_);
    forth_.edits.insert(forth_.edits.end(), back_.edits.rbegin(), back_.edits.rend());
    return std::move(forth_.edits);
  }

 private:
  bool met() const {
    return forth_front_.x >= back_front_.x || forth_front_.y >= back_front_.y || budget_ == 0;
  }

  /// Along the diagonal through the front, for a pair that is equal.
  void look(Path& path, const Path& other, Point& front) {
    const int step = path.step;
    const auto beyond = [&](std::int64_t a, std::int64_t b) { return (a - b) * step >= 0; };
    const auto behind = [&](std::int64_t a, std::int64_t b) { return (a - b) * step < 0; };
    bool stop_x = false;
    bool stop_y = false;
    for (std::int64_t i = 0; !(stop_x && stop_y) && budget_ > 0; ++i) {
      const std::int64_t z = zigzag(i) * step;
      const Point p{front.x + z, front.y - z};
      if (beyond(p.x, other.at.x) || behind(p.y, path.at.y)) {
        stop_x = true;
      } else if (beyond(p.y, other.at.y) || behind(p.x, path.at.x)) {
        stop_y = true;
      } else if ((step > 0 ? compare_(p.x, p.y) : compare_(p.x - 1, p.y - 1)).equal()) {
        path.connect(p, compare_);
        path.add(Edit::Same);
        while (forth_.at.x < back_.at.x && forth_.at.y < back_.at.y &&
               path.next(compare_).equal()) {
          path.add(Edit::Same);
        }
        front = path.at;
        stop_x = stop_y = true;
      } else {
        --budget_;
      }
    }
  }

  const Compare& compare_;
  std::int64_t budget_;
  Path forth_;
  Path back_;
  Point forth_front_;
  Point back_front_;
};

}  // namespace

std::vector<Edit> edit_script(std::int64_t before_size, std::int64_t after_size,
                              const Compare& compare) {
  return Search(before_size, after_size, compare).run();
}

}  // namespace sim
