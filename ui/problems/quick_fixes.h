// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/edit/quick_fix.h"
#include "core/spec/diagnostic.h"

#include <QString>

namespace sheaf::ui {

class AppContext;

/// "Rename mini_batch_sise to mini_batch_size"
[[nodiscard]] QString fixTitle(const edit::QuickFix& fix);
/// The fixes of a finding as the texts are now. Main thread.
[[nodiscard]] std::vector<edit::QuickFix> fixesOf(AppContext& context, const spec::Diagnostic& diagnostic);
/// Carries a fix out: its patches are one step of undo; its files are written where there is none yet. "" or what went wrong.
[[nodiscard]] QString applyFix(AppContext& context, const edit::QuickFix& fix);

} // namespace sheaf::ui
