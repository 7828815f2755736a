// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstdint>
#include <string>

namespace sheaf {

/// Microseconds since 1970 (UTC): what is written down and shown. May step back when the clock is set.
[[nodiscard]] std::int64_t wallMicros();
/// Seconds on CLOCK_MONOTONIC: what time-outs are measured with. The same for all processes of a machine,
/// Python's time.monotonic() included. Handlers never call it: they are given `now`.
[[nodiscard]] double monotonicSeconds();

/// "2026-11-21T01:02:03.456789" (UTC), the form of the CSV columns and log lines.
[[nodiscard]] std::string isoTime(std::int64_t micros);

} // namespace sheaf
