// How the program takes memory from the system. A world is made of very many small pieces that come
// and go, and a general allocator spends a third of a large run on them. Here pieces of one size
// lie side by side and are handed out from lists of each thread; what is large goes to the C
// library as ever.
#pragma once

namespace sim {

/// For main() alone, before there are other threads. Without it, and under a sanitizer, everything
/// stays with the C library.
void tune_memory();

}  // namespace sim
