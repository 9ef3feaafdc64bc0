#include "sim/base/str.h"

#include <cstring>
#include <new>

#include "sim/base/check.h"

namespace sim {

Str::Rep* Str::make(std::string_view text) {
  if (text.empty()) return nullptr;
  SIM_CHECK(text.size() < UINT32_MAX);
  void* memory = ::operator new(sizeof(Rep) + text.size());
  Rep* rep = new (memory) Rep{{1}, static_cast<std::uint32_t>(text.size())};
  std::memcpy(static_cast<char*>(memory) + sizeof(Rep), text.data(), text.size());
  return rep;
}

void Str::destroy(Rep* rep) noexcept {
  rep->~Rep();
  ::operator delete(rep);
}

}  // namespace sim
