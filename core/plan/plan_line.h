// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sheaf::plan {

/// Appends `text` as a JSON string with its quotes. A byte that is not UTF-8 becomes the lone
/// surrogate U+DC00 + byte, which Python's json and os.fsencode turn back into the byte: a file's
/// name may hold anything.
void appendJsonText(std::string& out, std::string_view text);

/// Valid UTF-8 for messages: a byte that is not becomes "\xNN".
[[nodiscard]] std::string readableText(std::string_view text);

/// Number of bytes of the UTF-8 character at the start of `text`; 0 when there is none.
[[nodiscard]] int utf8Length(std::string_view text);
/// Appends a code point as UTF-8; what is none becomes U+FFFD.
void appendUtf8(std::string& out, char32_t codePoint);

} // namespace sheaf::plan
