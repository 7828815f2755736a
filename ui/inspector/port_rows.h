// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/inspector/form_layer.h"

namespace sheaf::ui {

/// A row for each input (or output) of a step, with rows for its type, mode and the like. `layers`: the pipeline file first, then the component
/// when there is one. `step` is "" for the pipeline itself. Pure.
[[nodiscard]] std::vector<FormRow> portRows(const std::vector<FormLayer>& layers, const std::string& step, bool isInput);

} // namespace sheaf::ui
