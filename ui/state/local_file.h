// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <QByteArray>
#include <QString>

/// Two words about files that the studio needs in several places; for small files, in the main thread too.
namespace sheaf::ui {

/// One name for one place: absolute, without "." and "..". Links are not followed.
[[nodiscard]] QString tidyPath(const QString& file);
/// Whole or not at all; makes the folders that it needs.
[[nodiscard]] Result<void> writeWhole(const QString& file, const QByteArray& bytes);

} // namespace sheaf::ui
