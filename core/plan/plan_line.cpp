// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/plan_line.h"

namespace sheaf::plan {

namespace {

constexpr char kHex[] = "0123456789abcdef";

bool isPlain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

void appendEscape(std::string& out, unsigned code)
{
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) {
        out += kHex[(code >> shift) & 0xFU];
    }
}

void appendSpecial(std::string& out, unsigned char byte)
{
    if (byte == '"' || byte == '\\') {
        out += '\\';
        out += static_cast<char>(byte);
    } else {
        appendEscape(out, byte < 0x80 ? byte : 0xDC00U + byte);
    }
}

} // namespace

int utf8Length(std::string_view text)
{
    if (text.empty()) {
        return 0;
    }
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    const int length = first >= 0xC2 && first <= 0xDF ? 2
        : (first & 0xF0U) == 0xE0                     ? 3
        : first >= 0xF0 && first <= 0xF4              ? 4
                                                      : 0;
    if (length == 0 || text.size() < static_cast<std::size_t>(length)) {
        return 0;
    }
    for (int i = 1; i < length; ++i) {
        if ((byte(static_cast<std::size_t>(i)) & 0xC0U) != 0x80) {
            return 0;
        }
    }
    // Longer forms than needed, the surrogates and what lies beyond U+10FFFF are not UTF-8.
    const unsigned char second = byte(1);
    const bool wrong = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)
        || (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    return wrong ? 0 : length;
}

void appendUtf8(std::string& out, char32_t codePoint)
{
    char32_t c = codePoint;
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
        c = 0xFFFD;
    }
    if (c < 0x80) {
        out += static_cast<char>(c);
        return;
    }
    const int tail = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    const unsigned lead[] = { 0, 0xC0, 0xE0, 0xF0 };
    out += static_cast<char>(lead[tail] | (c >> (6 * tail)));
    for (int i = tail - 1; i >= 0; --i) {
        out += static_cast<char>(0x80U | ((c >> (6 * i)) & 0x3FU));
    }
}

void appendJsonText(std::string& out, std::string_view text)
{
    out += '"';
    std::size_t i = 0;
    while (i < text.size()) {
        std::size_t end = i;
        while (end < text.size() && isPlain(static_cast<unsigned char>(text[end]))) {
            ++end;
        }
        out.append(text.substr(i, end - i));
        i = end;
        if (i == text.size()) {
            break;
        }
        const int length = utf8Length(text.substr(i));
        if (length > 1) {
            out.append(text.substr(i, static_cast<std::size_t>(length)));
            i += static_cast<std::size_t>(length);
        } else {
            appendSpecial(out, static_cast<unsigned char>(text[i]));
            ++i;
        }
    }
    out += '"';
}

std::string readableText(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const int length = utf8Length(text.substr(i));
        if (length > 0) {
            out.append(text.substr(i, static_cast<std::size_t>(length)));
            i += static_cast<std::size_t>(length);
            continue;
        }
        const auto byte = static_cast<unsigned char>(text[i++]);
        out += "\\x";
        out += kHex[byte >> 4U];
        out += kHex[byte & 0xFU];
    }
    return out;
}

} // namespace sheaf::plan
