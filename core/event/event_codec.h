// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/event.h"

#include <string>
#include <string_view>

/// A fact as (type name, JSON text) and back: the form of the store and of `--json`. The type name is that of the struct.
namespace sheaf::event {

[[nodiscard]] std::string_view factName(const Fact& fact);
/// Whether this version knows an event of that name.
[[nodiscard]] bool isFactName(std::string_view name);
/// JSON text of the fact's members. AttemptEnded, the one that comes by the hundred thousand, is written by hand.
[[nodiscard]] std::string factJson(const Fact& fact);
/// Fails with Parse for a name or a form that this version does not know.
[[nodiscard]] Result<Fact> factFrom(std::string_view name, std::string_view json);

} // namespace sheaf::event
