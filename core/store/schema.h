// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/store/database.h"

#include <span>

namespace sheaf::store {

/// Brings a database to the newest of its migrations, in one transaction. `format` is the version
/// of what is inside the rows, kept beside. Fails when the file is newer than this program.
[[nodiscard]] Result<void> migrate(
    Database& database, std::span<const char* const> migrations, int format);

/// For readers: NotFound when no migration has run yet, Database when the file is newer than this
/// program.
[[nodiscard]] Result<void> checkSchema(
    Database& database, std::span<const char* const> migrations, int format);

} // namespace sheaf::store
