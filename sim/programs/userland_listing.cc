#include <algorithm>
#include <array>

#include "sim/base/format.h"
#include "sim/programs/userland_tools.h"

// Programs that show what is there: ls, stat, du, df, mount.

namespace sim::userland {
namespace {

constexpr std::uint64_t kBlock = 4096;
std::uint64_t disk_bytes(const Stat& stat) {
  if (stat.type == FileType::Symlink || stat.type == FileType::BlockDevice) return 0;
  return (stat.size + kBlock - 1) / kBlock * kBlock;
}

struct Shown {
  std::string name;  // as it is printed
  std::string path;  // to reach it
  Stat stat;
};

struct Style {
  bool long_form = false;
  bool numeric = false;
  bool human = false;
  bool slash = false;     // -p: directories only
  bool classify = false;  // -F
  bool inode = false;
  bool blocks = false;
};

class Lister {
 public:
  Lister(Call& call, const Options& options) : call_(call), options_(options) {
    style_.long_form = options.last_of("1lnCx") == 'l' || options.has('n') || options.has('l');
    style_.numeric = options.has('n');
    style_.human = options.has('h');
    style_.slash = options.has('p');
    style_.classify = options.has('F');
    style_.blocks = options.has('s');
  }

  void run() {
    std::vector<std::string> names = options_.operands;
    if (names.empty()) names.emplace_back(".");
    std::vector<Shown> files;
    std::vector<Shown> directories;
    for (const std::string& name : names) {
      const bool slash = name.size() > 1 && name.back() == '/';
      // Without -l a link named on the command line stands for what it leads to.
      const bool follow = options_.has('L') || options_.has('H') || slash ||
                          (!style_.long_form && !options_.has('d') && !style_.classify);
      Io<Stat> stat = call_.files().stat(call_.path(name), follow);
      if (!stat && follow) stat = call_.files().stat(call_.path(name), false);
      if (stat && slash && stat.value.type == FileType::File) stat.error = Errno::NotDirectory;
      if (!stat) {
        call_.complain(fmt::format("{}: {}", name, to_string(stat.error)),
                       fmt::format("cannot access '{}': {}", name, to_string(stat.error)),
                       failed());
        continue;
      }
      const bool lists = stat.value.type == FileType::Directory && !options_.has('d');
      (lists ? directories : files).push_back({name, name, stat.value});
    }
    sort(files);
    sort(directories);
    show(files);
    const bool headings = names.size() > 1 || options_.has('R');
    bool first = files.empty();
    for (const Shown& directory : directories) list(directory, headings, first, 0);
  }

 private:
  int failed() const { return call_.gnu() ? 2 : 1; }

  void list(const Shown& directory, bool heading, bool& first, int depth) {
    const Io<std::vector<Str>> names = call_.files().list(call_.path(directory.path));
    if (!names) {
      call_.complain(
          fmt::format("can't open '{}': {}", directory.name, to_string(names.error)),
          fmt::format("cannot open directory '{}': {}", directory.name, to_string(names.error)),
          failed());
      return;
    }
    if (heading) {
      call_.out(fmt::format("{}{}:\n", first ? "" : "\n", directory.name));
      first = false;
    }
    std::vector<Shown> entries;
    if (options_.has('a')) {
      for (const char* dot : {".", ".."}) {
        const std::string path = join(directory.path, dot);
        entries.push_back({dot, path, call_.files().stat(call_.path(path)).value});
      }
    }
    for (const Str& name : names.value) {
      if (name.view()[0] == '.' && !options_.has('a') && !options_.has('A')) continue;
      const std::string path = join(directory.path, name);
      Io<Stat> stat = call_.files().stat(call_.path(path), options_.has('L'));
      if (!stat) stat = call_.files().stat(call_.path(path), false);
      entries.push_back({name.str(), path, stat.value});
    }
    sort(entries);
    if (style_.long_form || style_.blocks) {
      std::uint64_t total = 0;
      for (const Shown& entry : entries) total += disk_bytes(entry.stat);
      call_.out(style_.human && call_.gnu() ? fmt::format("total {}\n", human_size(total, true))
                                            : fmt::format("total {}\n", total / 1024));
    }
    show(entries);
    if (!options_.has('R') || depth > kDeepestWalk) return;
    for (Shown& entry : entries) {
      if (entry.stat.type != FileType::Directory || entry.name == "." || entry.name == "..")
        continue;
      entry.name = entry.path;
      list(entry, true, first, depth + 1);
    }
  }

  void sort(std::vector<Shown>& entries) const {
    if (options_.has('U') || options_.has('f')) return;
    const char key = options_.last_of("tSX");
    const auto extension = [](const Shown& entry) {
      const std::size_t dot = entry.name.rfind('.');
      return dot == std::string::npos || dot == 0 ? std::string() : entry.name.substr(dot);
    };
    std::stable_sort(entries.begin(), entries.end(), [&](const Shown& a, const Shown& b) {
      if (key == 't' && a.stat.modified != b.stat.modified) {
        return a.stat.modified > b.stat.modified;
      }
      if (key == 'S' && a.stat.size != b.stat.size) return a.stat.size > b.stat.size;
      if (key == 'X' && extension(a) != extension(b)) return extension(a) < extension(b);
      return a.name < b.name;
    });
    if (options_.has('r')) std::reverse(entries.begin(), entries.end());
  }

  std::uint64_t links(const Shown& entry) const {
    if (entry.stat.type != FileType::Directory) return 1;
    std::uint64_t count = 2;
    const Path path = call_.path(entry.path);
    for (const Str& name : call_.files().list(path).value) {
      Path child = path;
      child.push_back(name);
      if (call_.files().stat(child, false).value.type == FileType::Directory) ++count;
    }
    return count;
  }

  std::string size_text(const Shown& entry) const {
    // Of a device its numbers: an NVMe disk's.
    if (entry.stat.type == FileType::BlockDevice) return "259, 1";
    return style_.human ? human_size(entry.stat.size, call_.gnu())
                        : std::to_string(entry.stat.size);
  }

  std::string date_text(Time modified) const {
    if (options_.has('E')) {
      const std::string text = to_rfc3339(modified);
      return fmt::format("{} {}{} +0000", text.substr(0, 10), text.substr(11, 8),
                         call_.gnu() ? fmt::format(".{:09}", modified.ns % 1'000'000'000) : "");
    }
    constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const Calendar date = calendar(modified);
    const std::string day =
        fmt::format("{} {:>2}", kMonths[static_cast<std::size_t>(date.month - 1)], date.day);
    const Duration age = call_.now() - modified;
    const bool recent = age < seconds(31556952 / 2) && age > minutes(-15);
    return recent ? fmt::format("{} {:02}:{:02}", day, date.hour, date.minute)
                  : fmt::format("{}  {:04}", day, date.year);
  }

  std::string name_text(const Shown& entry) const {
    std::string text = entry.name;
    const bool directory = entry.stat.type == FileType::Directory;
    if (entry.stat.type == FileType::Symlink && style_.long_form) {
      return text + " -> " + entry.stat.target.str();
    }
    if (directory && (style_.slash || style_.classify)) text += '/';
    if (style_.classify && entry.stat.type == FileType::Symlink) text += '@';
    if (style_.classify && entry.stat.type == FileType::File && (entry.stat.mode & 0111) != 0) {
      text += '*';
    }
    return text;
  }

  void show(const std::vector<Shown>& entries) {
    if (!style_.long_form) {
      for (const Shown& entry : entries) {
        if (style_.blocks) {
          call_.out(fmt::format("{:>{}} ", disk_bytes(entry.stat) / 1024, call_.gnu() ? 1 : 6));
        }
        call_.out(name_text(entry) + "\n");
      }
      return;
    }
    struct Row {
      std::string mode, links, user, group, size, date, name;
    };
    std::vector<Row> rows;
    Row widest;
    const auto grow = [](std::string& width, const std::string& text) {
      if (text.size() > width.size()) width = text;
    };
    for (const Shown& entry : entries) {
      const Stat& stat = entry.stat;
      Row row{mode_text(stat),
              std::to_string(links(entry)),
              style_.numeric ? std::to_string(stat.uid) : user_name(call_, stat.uid),
              style_.numeric ? std::to_string(stat.gid) : group_name(call_, stat.gid),
              size_text(entry),
              date_text(stat.modified),
              name_text(entry)};
      grow(widest.links, row.links);
      grow(widest.user, row.user);
      grow(widest.group, row.group);
      grow(widest.size, row.size);
      rows.push_back(std::move(row));
    }
    for (const Row& row : rows) {
      if (call_.gnu()) {
        call_.out(fmt::format("{} {:>{}} {:<{}} {:<{}} {:>{}} {} {}\n", row.mode, row.links,
                              widest.links.size(), row.user, widest.user.size(), row.group,
                              widest.group.size(), row.size, widest.size.size(), row.date,
                              row.name));
      } else {
        call_.out(fmt::format("{:<10} {:>4} {:<8.8} {:<8.8} {:>{}} {} {}\n", row.mode, row.links,
                              row.user, row.group, row.size, style_.human ? 7 : 9, row.date,
                              row.name));
      }
    }
  }

  Call& call_;
  const Options& options_;
  Style style_;
};

void ls(Call& call) {
  const auto options = parse_options(call, "1AaCxdLHRFplinshrSXvctufkgGoqwTUE",
                                     {{"all", 'a'},
                                      {"almost-all", 'A'},
                                      {"directory", 'd'},
                                      {"recursive", 'R'},
                                      {"reverse", 'r'},
                                      {"human-readable", 'h'},
                                      {"full-time", 'E'},
                                      {"size", 's'},
                                      {"color", 'q'}},
                                     call.gnu() ? 2 : 1);
  if (options) Lister(call, *options).run();
}

void stat_program(Call& call) {
  const auto options = parse_options(call, "c:ftL", {{"format", 'c'}, {"dereference", 'L'}});
  if (!options) return;
  if (options->operands.empty()) {
    call.show_usage(call.gnu() ? "missing operand" : "");
    return;
  }
  for (const std::string& name : options->operands) {
    const Path path = call.path(name);
    const Io<Stat> found = call.files().stat(path, options->has('L'));
    if (!found) {
      call.complain(fmt::format("can't stat '{}': {}", name, to_string(found.error)),
                    fmt::format("cannot statx '{}': {}", name, to_string(found.error)));
      continue;
    }
    const Stat& stat = found.value;
    const std::string kind = stat.type == FileType::Directory     ? "directory"
                             : stat.type == FileType::Symlink     ? "symbolic link"
                             : stat.type == FileType::BlockDevice ? "block special file"
                             : stat.size == 0                     ? "regular empty file"
                                                                  : "regular file";
    const std::string user = user_name(call, stat.uid);
    const std::string group = group_name(call, stat.gid);
    const std::uint64_t blocks = disk_bytes(stat) / 512;
    const std::string when = to_rfc3339(stat.modified);
    const std::string modified = fmt::format("{} {}.{:09} +0000", when.substr(0, 10),
                                             when.substr(11, 8), stat.modified.ns % 1'000'000'000);
    const std::string quoted =
        stat.type == FileType::Symlink ? fmt::format("{} -> {}", name, stat.target.view()) : name;
    if (options->has('c')) {
      std::string text;
      const std::string format = options->value('c');
      for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%' || i + 1 == format.size()) {
          text += format[i];
          continue;
        }
        switch (format[++i]) {
          case 'n':
            text += name;
            break;
          case 'N':
            text += stat.type == FileType::Symlink
                        ? fmt::format("'{}' -> '{}'", name, stat.target.view())
                        : fmt::format("'{}'", name);
            break;
          case 's':
            text += std::to_string(stat.size);
            break;
          case 'a':
            text += fmt::format("{:o}", stat.mode);
            break;
          case 'A':
            text += mode_text(stat);
            break;
          case 'F':
            text += kind;
            break;
          case 'U':
            text += user;
            break;
          case 'G':
            text += group;
            break;
          case 'u':
            text += std::to_string(stat.uid);
            break;
          case 'g':
            text += std::to_string(stat.gid);
            break;
          case 'b':
            text += std::to_string(blocks);
            break;
          case 'B':
            text += "512";
            break;
          case 'o':
            text += "4096";
            break;
          case 'h':
            text += "1";
            break;
          case 'x':
          case 'y':
          case 'z':
            text += modified;
            break;
          case 'X':
          case 'Y':
          case 'Z':
            text += std::to_string(stat.modified.ns / 1'000'000'000);
            break;
          case '%':
            text += '%';
            break;
          default:
            text += '?';
            break;
        }
      }
      call.out(text + "\n");
      continue;
    }
    call.out(fmt::format("  File: {}\n  Size: {:<10}\tBlocks: {:<10} IO Block: 4096   {}\n", quoted,
                         stat.type == FileType::BlockDevice ? 0 : stat.size, blocks, kind));
    call.out(fmt::format("Access: ({:04o}/{})  Uid: ({:>5}/{:>8})   Gid: ({:>5}/{:>8})\n",
                         stat.mode, mode_text(stat), stat.uid, user, stat.gid, group));
    call.out(fmt::format("Access: {}\nModify: {}\nChange: {}\n", modified, modified, modified));
  }
}

class DiskUsage {
 public:
  DiskUsage(Call& call, const Options& options) : call_(call), options_(options) {
    if (options.has('s')) deepest_ = 0;
    if (options.has('d')) deepest_ = to_number(options.value('d')).value_or(0);
  }
  void run() {
    std::vector<std::string> names = options_.operands;
    if (names.empty()) names.emplace_back(".");
    std::uint64_t total = 0;
    for (const std::string& name : names) {
      const Io<Stat> stat = call_.files().stat(call_.path(name), false);
      if (!stat) {
        call_.complain(fmt::format("{}: {}", name, to_string(stat.error)),
                       fmt::format("cannot access '{}': {}", name, to_string(stat.error)));
        continue;
      }
      total += count(name, stat.value, 0);
    }
    if (options_.has('c')) print(total, "total");
  }

 private:
  std::uint64_t count(const std::string& path, const Stat& stat, std::int64_t depth) {
    std::uint64_t sum =
        options_.has('b') && stat.type == FileType::File ? stat.size : disk_bytes(stat);
    const bool directory = stat.type == FileType::Directory;
    if (directory && depth <= kDeepestWalk) {
      for (const Str& name : call_.files().list(call_.path(path)).value) {
        const std::string child = join(path, name);
        sum += count(child, call_.files().stat(call_.path(child), false).value, depth + 1);
      }
    }
    if (depth <= deepest_ && (directory || depth == 0 || options_.has('a'))) print(sum, path);
    return sum;
  }
  void print(std::uint64_t bytes, std::string_view path) {
    const std::string size = options_.has('h')   ? human_size(bytes, call_.gnu())
                             : options_.has('b') ? std::to_string(bytes)
                             : options_.has('m')
                                 ? std::to_string((bytes + (1u << 20) - 1) / (1u << 20))
                                 : std::to_string((bytes + 1023) / 1024);
    call_.out(fmt::format("{}\t{}\n", size, path));
  }
  Call& call_;
  const Options& options_;
  std::int64_t deepest_ = kDeepestWalk;
};

void du(Call& call) {
  const auto options = parse_options(call, "aHLkhmsd:lxcb",
                                     {{"human-readable", 'h'},
                                      {"summarize", 's'},
                                      {"max-depth", 'd'},
                                      {"all", 'a'},
                                      {"total", 'c'}});
  if (options) DiskUsage(call, *options).run();
}

struct FileSystemRow {
  std::string source, type, point;
  FileSystem::Space space;
};

FileSystemRow row_of(Call& call, int mount) {
  const FileSystem& files = call.files();
  if (mount < 0) {
    return {call.gnu() ? "/dev/root" : "overlay", call.gnu() ? "ext4" : "overlay", "/",
            files.space({})};
  }
  const Mount& m = files.mounts[static_cast<std::size_t>(mount)];
  return {m.source.str(), m.fs_type.str(), to_string(m.at), files.space(m.at)};
}

void df(Call& call) {
  const auto options =
      parse_options(call, "PkmhTai", {{"human-readable", 'h'}, {"print-type", 'T'}, {"all", 'a'}});
  if (!options) return;
  std::vector<FileSystemRow> rows;
  if (options->operands.empty()) {
    rows.push_back(row_of(call, -1));
    const auto& mounts = call.files().mounts;
    for (std::size_t i = 0; i < mounts.size(); ++i) {
      if (mounts[i].device || call.files().mount_of(mounts[i].at) != static_cast<int>(i)) {
        continue;  // no file system, or hidden by another
      }
      FileSystemRow row = row_of(call, static_cast<int>(i));
      if (row.space.total != 0 || options->has('a')) rows.push_back(std::move(row));
    }
  }
  for (const std::string& name : options->operands) {
    const Io<Stat> stat = call.files().stat(call.path(name));
    if (!stat) {
      call.complain(fmt::format("{}: can't find mount point", name),
                    fmt::format("{}: {}", name, to_string(stat.error)));
      continue;
    }
    rows.push_back(row_of(call, call.files().mount_of(call.files().real_path(call.path(name)))));
  }
  if (rows.empty() && call.gnu()) return;
  const bool human = options->has('h');
  const std::uint64_t unit = options->has('m') ? 1u << 20 : 1u << 10;
  const auto amount = [&](std::uint64_t bytes) {
    if (human) return human_size(bytes, call.gnu());
    return std::to_string((bytes + (call.gnu() ? unit - 1 : 0)) / unit);
  };
  const auto percent = [&](const FileSystem::Space& space) -> std::string {
    if (space.total == 0) return call.gnu() ? "-" : "0%";
    const std::uint64_t total = std::max<std::uint64_t>(space.total / 1024, 1);
    const std::uint64_t used = space.used / 1024;
    return fmt::format("{}%", (used * 100 + (call.gnu() ? total - 1 : total / 2)) / total);
  };
  if (!call.gnu()) {
    const std::string units = human ? "     Size" : options->has('m') ? "1M-blocks" : "1K-blocks";
    call.out(fmt::format("Filesystem           {}{:<15}Used Available Use% Mounted on\n",
                         options->has('T') ? "Type       " : "", units));
    for (const FileSystemRow& row : rows) {
      std::string start = fmt::format("{:<20}", row.source);
      if (row.source.size() > 20 && !options->has('P')) start += fmt::format("\n{:<20}", "");
      if (options->has('T')) start += fmt::format(" {:<10}", row.type);
      call.out(fmt::format("{} {:>9} {:>9} {:>9} {:>4} {}\n", start, amount(row.space.total),
                           amount(row.space.used), amount(row.space.total - row.space.used),
                           percent(row.space), row.point));
    }
    return;
  }
  std::vector<std::array<std::string, 7>> cells = {{"Filesystem", "Type",
                                                    human               ? "Size"
                                                    : options->has('m') ? "1M-blocks"
                                                                        : "1K-blocks",
                                                    "Used", human ? "Avail" : "Available", "Use%",
                                                    "Mounted on"}};
  for (const FileSystemRow& row : rows) {
    cells.push_back({row.source, row.type, amount(row.space.total), amount(row.space.used),
                     amount(row.space.total - row.space.used), percent(row.space), row.point});
  }
  std::array<std::size_t, 7> width = {14, 4, 5, 5, 5, 4, 0};
  for (const auto& row : cells) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  }
  for (const auto& row : cells) {
    std::string line = fmt::format("{:<{}}", row[0], width[0]);
    if (options->has('T')) line += fmt::format(" {:<{}}", row[1], width[1]);
    for (std::size_t i = 2; i < 6; ++i) line += fmt::format(" {:>{}}", row[i], width[i]);
    call.out(line + " " + row[6] + "\n");
  }
}

void mount(Call& call) {
  if (call.argv.size() > 1) {
    call.complain(call.gnu() ? "only root can do that" : "permission denied (are you root?)");
    return;
  }
  FileSystem& files = call.files();
  const FileSystemRow root = row_of(call, -1);
  call.out(fmt::format("{} on / type {} ({},relatime)\n", root.source, root.type,
                       files.read_only_root ? "ro" : "rw"));
  for (const Mount& m : files.mounts) {
    if (m.device) continue;
    const bool has_volume =
        m.volume >= 0 && static_cast<std::size_t>(m.volume) < files.volumes.size();
    const bool read_only =
        m.read_only || (has_volume && files.volumes[static_cast<std::size_t>(m.volume)].read_only);
    call.out(fmt::format("{} on {} type {} ({},{})\n", m.source.view(), to_string(m.at),
                         m.fs_type.view(), read_only ? "ro" : "rw",
                         m.options.empty() ? "relatime" : m.options.view()));
  }
}

}  // namespace

const std::vector<Listed>& listing_programs() {
  static const std::vector<Listed> programs = {
      {"ls", ls, "[-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]..."},
      {"stat", stat_program, "[-ltf] [-c FMT] FILE..."},
      {"du", du, "[-aHLdclsxhmk] [FILE]..."},
      {"df", df, "[-PkmhTai] [-B SIZE] [-t TYPE] [FILESYSTEM]..."},
      {"mount", mount, "[OPTIONS] [-o OPT] DEVICE NODE"},
  };
  return programs;
}

}  // namespace sim::userland
