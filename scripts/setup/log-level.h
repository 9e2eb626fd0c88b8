// Included before every file of the TensorFlow binding. TensorFlow's log library (Abseil) writes its first messages to
// standard error while TensorFlow's libraries load, past TF_CPP_MIN_LOG_LEVEL and before anybody can set its level. It asks
// `absl::MinLogLevel`; this definition stands before the library's own in the order in which the loader resolves names.
// The namespace is the version of Abseil inside the pinned TensorFlow.
#pragma once
#include <cstdlib>

namespace absl {
inline namespace lts_20250814 {
enum class LogSeverityAtLeast : int;

__attribute__((used, visibility("default"))) inline LogSeverityAtLeast MinLogLevel() {
  const char* level = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  return static_cast<LogSeverityAtLeast>(level == nullptr ? 2 : std::atoi(level));
}
}  // namespace lts_20250814
}  // namespace absl
