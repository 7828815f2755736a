// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <cstdint>

/// Ends what a worker or a command forked when this process dies, however it dies: PR_SET_PDEATHSIG reaches the child alone, not
/// its children. A small process of its own (guard_main.cpp) holds the other end of a pipe, is told each process group, and kills those
/// that are left when the pipe closes. So `sheaf resume` never meets a command of an earlier life that still writes.
namespace sheaf::worker {

/// Before threads and MPI. Without it groups go unguarded; a second call does nothing.
[[nodiscard]] Result<void> startGuard();

void guardGroup(std::int64_t group);
void unguardGroup(std::int64_t group);

} // namespace sheaf::worker
