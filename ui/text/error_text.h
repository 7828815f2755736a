// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <QString>

namespace sheaf::ui {

/// What went wrong and how to mend it, for people, translated. A value.
struct ErrorText {
    QString sentence;
    QString fix; // may be empty only when there is nothing to do
};

/// Turns core's code and arguments into words. Every code has its own; a test checks that.
[[nodiscard]] ErrorText errorText(const Error& error);

} // namespace sheaf::ui
