#include "sim/world/journal.h"

#include <utility>

#include "sim/base/check.h"

namespace sim {

std::uint64_t Journal::first() const { return root_ ? root_->first : 0; }
std::uint64_t Journal::last() const { return root_ ? root_->last : 0; }

const Change& Journal::at(std::uint64_t revision) const {
  SIM_CHECK(root_ && revision >= root_->first && revision <= root_->last);
  const std::uint64_t index = revision - root_->first;
  return (*root_->blocks[index / kBlock])[index % kBlock];
}

void Journal::append(Change change) {
  SIM_CHECK(change.revision == last() + 1);
  if (!root_) {
    root_ = std::make_shared<Root>();
    root_->first = change.revision;
  } else if (root_.use_count() != 1) {
    root_ = std::make_shared<Root>(*root_);
  }
  Root& root = *root_;
  root.last = change.revision;
  if (root.blocks.empty() || root.blocks.back()->size() == kBlock) {
    root.blocks.push_back(std::make_shared<Block>());
    root.blocks.back()->reserve(kBlock);
  } else if (root.blocks.back().use_count() != 1) {
    auto block = std::make_shared<Block>();
    block->reserve(kBlock);
    block->assign(root.blocks.back()->begin(), root.blocks.back()->end());
    root.blocks.back() = std::move(block);
  }
  root.blocks.back()->push_back(std::move(change));
  if (limit_ != 0 && root.last - root.first + 1 > limit_ + limit_ / 4 + kBlock) {
    // Whole blocks go, a good many at a time: taking the front of a vector off costs its length.
    const std::uint64_t surplus = (root.last - root.first + 1 - limit_) / kBlock;
    root.blocks.erase(root.blocks.begin(),
                      root.blocks.begin() + static_cast<std::ptrdiff_t>(surplus));
    root.first += surplus * kBlock;
  }
}

}  // namespace sim
