// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QString>

class QPlainTextEdit;
class QWidget;

namespace sheaf::ui {

/// What a program wrote, to be read and copied: letters of one width, no wrapping, Tab leaves it. Owned by its parent; main thread.
[[nodiscard]] QPlainTextEdit* makeTextView(QWidget* parent, const QString& name, const QString& accessibleName);

} // namespace sheaf::ui
