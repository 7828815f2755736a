// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// From what a person typed to what Edit::value wants: edit.h takes values as YAML reads them, a form has plain text. Pure; any thread.
namespace sheaf::edit {

/// The text so that YAML reads exactly it: as it is where that is possible, else in quotes. A number or a truth value stays plain, so that
/// it means what it says.
[[nodiscard]] std::string editValue(std::string_view text);
/// The same for a text that must not turn into a number or a truth value: an environment variable, a name.
[[nodiscard]] std::string editText(std::string_view text);
/// "[a, 'b c']" of texts.
[[nodiscard]] std::string editList(const std::vector<std::string>& items);

} // namespace sheaf::edit
