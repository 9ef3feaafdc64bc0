#include "sim/world/journal.h"

#include <utility>

#include "sim/base/check.h"
#include "sim/model/service_types.h"
#include "sim/world/machine.h"

namespace sim {

// With the pieces that hang on it, of which most are shared with the row that came after.
std::uint64_t weight_of(const Change& change) {
  constexpr std::uint64_t kCommon = 600;
  std::uint64_t bytes = sizeof(Change) + change.why.size();
  if (!change.before) return bytes;
  switch (change.before->kind) {
    case Kind::Pod:
      return bytes + 1000;
    case Kind::Node:
    case Kind::Machine:
      return bytes + 2000;
    case Kind::Endpoints:
      for (const EndpointSubset& subset : static_cast<const Endpoints&>(*change.before).subsets) {
        bytes += 200 * (subset.addresses.size() + subset.not_ready_addresses.size());
      }
      return bytes + kCommon;
    case Kind::EndpointSlice:
      return bytes + kCommon +
             200 * static_cast<const EndpointSlice&>(*change.before).endpoints.size();
    case Kind::ContainerInstance: {
      // A log grows by being written anew.
      const auto& old = static_cast<const ContainerInstance&>(*change.before);
      const auto* now = as<ContainerInstance>(change.after);
      return bytes + kCommon + (now && now->log == old.log ? 0 : old.log.size());
    }
    default:
      return bytes + kCommon;
  }
}

std::uint64_t Journal::first() const { return root_ ? root_->first : 0; }
std::uint64_t Journal::last() const { return root_ ? root_->last : 0; }

const Change& Journal::at(std::uint64_t revision) const {
  SIM_CHECK(root_ && revision >= root_->first && revision <= root_->last);
  const std::uint64_t index = revision - root_->first;
  return root_->blocks[index / kBlock]->changes[index % kBlock];
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
  const std::uint64_t weight = weight_of(change);
  root.last = change.revision;
  if (root.blocks.empty() || root.blocks.back()->changes.size() == kBlock) {
    root.blocks.push_back(std::make_shared<Block>());
    root.blocks.back()->changes.reserve(kBlock);
  } else if (root.blocks.back().use_count() != 1) {
    auto block = std::make_shared<Block>();
    block->changes.reserve(kBlock);
    block->changes.assign(root.blocks.back()->changes.begin(), root.blocks.back()->changes.end());
    block->bytes = root.blocks.back()->bytes;
    root.blocks.back() = std::move(block);
  }
  root.blocks.back()->changes.push_back(std::move(change));
  root.blocks.back()->bytes += weight;
  root.bytes += weight;
  // Whole blocks go, a good many at a time: taking the front of a vector off costs its length.
  if (limit_ != 0 && root.last - root.first + 1 > limit_ + limit_ / 4 + kBlock) {
    drop(root, (root.last - root.first + 1 - limit_) / kBlock);
  }
  if (budget_ != 0 && root.bytes > budget_ && root.blocks.size() > 1) {
    std::size_t surplus = 0;
    std::uint64_t left = root.bytes;
    while (surplus + 1 < root.blocks.size() && left > budget_ - budget_ / 5) {
      left -= root.blocks[surplus++]->bytes;
    }
    drop(root, surplus);
  }
}

void Journal::drop(Root& root, std::size_t blocks) {
  // What was written at this instant is still to be looked at by those who follow the changes.
  const Time now = root.blocks.back()->changes.back().time;
  while (blocks > 0 && !(root.blocks[blocks - 1]->changes.back().time < now)) --blocks;
  if (blocks == 0) return;
  for (std::size_t i = 0; i < blocks; ++i) root.bytes -= root.blocks[i]->bytes;
  root.blocks.erase(root.blocks.begin(), root.blocks.begin() + static_cast<std::ptrdiff_t>(blocks));
  root.first += blocks * kBlock;
}

}  // namespace sim
