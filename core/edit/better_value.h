// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sheaf::edit {

/// What was most likely meant by a scalar that a field does not take, the most likely first: the nearest word, the nearest bound of a range,
/// "60" for "1 min". `allowed` is what allowedText() says of the field, or a list of words ("a, b and c"); `byDefault` its default or "".
/// Each one is allowed. Pure.
[[nodiscard]] std::vector<std::string> betterValues(std::string_view text, std::string_view allowed, std::string_view byDefault = {});

/// The words of "a, b and c" or "one of a, b, c"; none for "none".
[[nodiscard]] std::vector<std::string> wordsOf(std::string_view allowed);

} // namespace sheaf::edit
