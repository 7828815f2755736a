// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/record_file.h"

#include "core/base/text.h"
#include "core/plan/plan_line.h"
#include "core/plan/plan_watch.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace sheaf::plan {

namespace {

/// Windows-1252 is Latin-1 but for these, 0x80 to 0x9F; 0 stands for a byte that means nothing.
constexpr std::array<char16_t, 32> kWindows1252 { 0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020,
    0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D,
    0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178 };

bool isUnicodeBytes(const std::string& encoding)
{
    return encoding == "utf8" || encoding == "utf8bom" || encoding == "ascii";
}

/// The letter that stands for the delimiter when one unit of the file is looked at.
char32_t delimiterUnit(const std::string& delimiter, bool wide)
{
    if (delimiter.empty()) {
        return ',';
    }
    const auto last = static_cast<unsigned char>(delimiter.back());
    if (!wide || last < 0x80) {
        return last;
    }
    std::size_t begin = delimiter.size() - 1;
    while (begin > 0 && (static_cast<unsigned char>(delimiter[begin]) & 0xC0U) == 0x80) {
        --begin;
    }
    char32_t letter
        = static_cast<unsigned char>(delimiter[begin]) & (0x7FU >> (delimiter.size() - begin));
    for (std::size_t i = begin + 1; i < delimiter.size(); ++i) {
        letter = letter << 6U | (static_cast<unsigned char>(delimiter[i]) & 0x3FU);
    }
    return letter;
}

/// A delimiter beyond ASCII is one byte in the old one-byte encodings: its Latin-1 number.
std::string delimiterIn(const std::string& encoding, const std::string& delimiter)
{
    const bool oneByte
        = encoding == "latin1" || encoding == "iso88591" || encoding == "windows1252";
    const char32_t letter = delimiterUnit(delimiter, true);
    return oneByte && letter >= 0x80 && letter <= 0xFF ? std::string(1, static_cast<char>(letter))
                                                       : delimiter;
}

} // namespace

RecordFile::RecordFile(FileBytes bytes, const RecordRules& rules)
    : m_bytes(std::move(bytes))
    , m_rules(rules)
{
}

Result<RecordFile> RecordFile::open(
    const std::string& path, const RecordRules& rules, std::string& buffer, PlanWatch& watch)
{
    auto bytes = FileBytes::open(path, buffer, watch);
    if (!bytes) {
        return tl::unexpected<Error>(bytes.error());
    }
    RecordFile file(std::move(*bytes), rules);
    if (auto read = file.readMark(); !read) {
        return tl::unexpected<Error>(read.error());
    }
    return file;
}

Result<void> RecordFile::readMark()
{
    const auto head = m_bytes.at(0, 4);
    if (!head) {
        return tl::unexpected<Error>(head.error());
    }
    using namespace std::string_view_literals;
    const std::string& encoding = m_rules.encoding;
    if (encoding == "utf16") {
        m_coding = head->starts_with("\xFE\xFF"sv) ? Coding::Utf16Big : Coding::Utf16Little;
        m_begin = head->starts_with("\xFE\xFF"sv) || head->starts_with("\xFF\xFE"sv) ? 2 : 0;
    } else if (encoding == "utf32") {
        m_coding = head->starts_with("\0\0\xFE\xFF"sv) ? Coding::Utf32Big : Coding::Utf32Little;
        m_begin
            = head->starts_with("\0\0\xFE\xFF"sv) || head->starts_with("\xFF\xFE\0\0"sv) ? 4 : 0;
    } else if (isUnicodeBytes(encoding)) {
        m_begin = head->starts_with("\xEF\xBB\xBF"sv) ? 3 : 0;
    }
    m_delimiter
        = delimiterUnit(delimiterIn(encoding, m_rules.delimiter), m_coding != Coding::Bytes);
    return {};
}

std::size_t RecordFile::unit() const
{
    return m_coding == Coding::Bytes                                      ? 1
        : m_coding == Coding::Utf16Little || m_coding == Coding::Utf16Big ? 2
                                                                          : 4;
}

char32_t RecordFile::letterAt(const char* at) const
{
    const auto byte
        = [at](int i) { return static_cast<char32_t>(static_cast<unsigned char>(at[i])); };
    switch (m_coding) {
    case Coding::Bytes:
        return byte(0);
    case Coding::Utf16Little:
        return byte(0) | byte(1) << 8U;
    case Coding::Utf16Big:
        return byte(1) | byte(0) << 8U;
    case Coding::Utf32Little:
        return byte(0) | byte(1) << 8U | byte(2) << 16U | byte(3) << 24U;
    case Coding::Utf32Big:
        break;
    }
    return byte(3) | byte(2) << 8U | byte(1) << 16U | byte(0) << 24U;
}

/// `lineEnd` is where \n or \r stands; \r\n is one line end.
Result<std::uint64_t> RecordFile::behindLineEnd(std::uint64_t lineEnd, char32_t letter)
{
    const std::uint64_t behind = lineEnd + unit();
    if (letter != '\r') {
        return behind;
    }
    const auto next = m_bytes.at(behind, unit());
    if (!next) {
        return tl::unexpected<Error>(next.error());
    }
    return next->size() >= unit() && letterAt(next->data()) == '\n' ? behind + unit() : behind;
}

/// Place of the first line end in whole units of `bytes`, or npos.
std::size_t RecordFile::findLineEnd(std::string_view bytes) const
{
    if (m_coding == Coding::Bytes) {
        const std::size_t newline = bytes.find('\n');
        const std::size_t carriage
            = m_rules.returnEnds ? bytes.substr(0, newline).find('\r') : std::string_view::npos;
        return std::min(newline, carriage);
    }
    for (std::size_t i = 0; i + unit() <= bytes.size(); i += unit()) {
        if (isLineEnd(letterAt(bytes.data() + i))) {
            return i;
        }
    }
    return std::string_view::npos;
}

Result<std::uint64_t> RecordFile::plainEnd(std::uint64_t from)
{
    for (;;) {
        const auto bytes = m_bytes.at(from, unit());
        if (!bytes) {
            return tl::unexpected<Error>(bytes.error());
        }
        if (bytes->size() < unit()) {
            return size();
        }
        const std::size_t place = findLineEnd(*bytes);
        if (place != std::string_view::npos) {
            return behindLineEnd(from + place, letterAt(bytes->data() + place));
        }
        from += bytes->size() / unit() * unit();
    }
}

Result<FieldState> RecordFile::scan(FieldState state, std::uint64_t from, std::uint64_t to)
{
    while (from < to) {
        const auto window = m_bytes.at(from, unit());
        if (!window) {
            return tl::unexpected<Error>(window.error());
        }
        if (window->size() < unit()) {
            break;
        }
        const std::string_view bytes = window->substr(0,
            static_cast<std::size_t>(
                std::min<std::uint64_t>(window->size() / unit() * unit(), to - from)));
        if (m_coding == Coding::Bytes) {
            state = scanFields(state, bytes, static_cast<char>(m_delimiter));
        } else {
            for (std::size_t i = 0; i < bytes.size(); i += unit()) {
                state = nextState(state, letterAt(bytes.data() + i), m_delimiter);
            }
        }
        from += bytes.size();
    }
    return state;
}

Result<std::uint64_t> RecordFile::quotedEnd(FieldState state, std::uint64_t from)
{
    for (;;) {
        const auto bytes = m_bytes.at(from, unit());
        if (!bytes) {
            return tl::unexpected<Error>(bytes.error());
        }
        if (bytes->size() < unit()) {
            return size();
        }
        for (std::size_t i = 0; i + unit() <= bytes->size(); i += unit()) {
            const char32_t letter = letterAt(bytes->data() + i);
            if (isLineEnd(letter) && state != FieldState::Quoted) {
                return behindLineEnd(from + i, letter);
            }
            state = nextState(state, letter, m_delimiter);
        }
        from += bytes->size() / unit() * unit();
    }
}

Result<RecordFile::Skipped> RecordFile::skipRecords(std::uint64_t from, std::uint64_t count)
{
    Skipped skipped { from, 0 };
    FieldState state = FieldState::Start;
    bool blank = true;
    while (skipped.count < count) {
        const auto bytes = m_bytes.at(from, unit());
        if (!bytes) {
            return tl::unexpected<Error>(bytes.error());
        }
        if (bytes->size() < unit()) {
            skipped.count += blank ? 0 : 1;
            skipped.end = size();
            return skipped;
        }
        const std::string_view window = *bytes;
        std::uint64_t next = from + window.size() / unit() * unit();
        for (std::size_t i = 0; i + unit() <= window.size(); i += unit()) {
            const char32_t letter = letterAt(window.data() + i);
            const bool ends = isLineEnd(letter) && (!m_rules.quotes || state != FieldState::Quoted);
            state = nextState(state, letter, m_delimiter);
            if (!ends) {
                blank = blank && letter != m_delimiter
                    && (letter == ' ' || letter == '\t' || letter == '\r');
                continue;
            }
            const auto behind = behindLineEnd(from + i, letter);
            if (!behind) {
                return tl::unexpected<Error>(behind.error());
            }
            skipped.count += blank ? 0 : 1;
            skipped.end = *behind;
            blank = true;
            state = FieldState::Start;
            if (letter == '\r' || skipped.count == count) {
                next = *behind; // looking behind \r may have moved the window
                break;
            }
        }
        from = next;
    }
    return skipped;
}

Result<std::string> RecordFile::text(std::uint64_t begin, std::uint64_t end)
{
    const auto window = m_bytes.at(begin, static_cast<std::size_t>(end - begin));
    if (!window) {
        return tl::unexpected<Error>(window.error());
    }
    const std::string_view bytes = window->substr(0, static_cast<std::size_t>(end - begin));
    const bool unicodeBytes = m_coding == Coding::Bytes && isUnicodeBytes(m_rules.encoding);
    std::string decoded;
    for (std::size_t i = 0; i + unit() <= bytes.size();) {
        if (const int length = unicodeBytes ? utf8Length(bytes.substr(i)) : 0; length > 0) {
            decoded.append(bytes.substr(i, static_cast<std::size_t>(length)));
            i += static_cast<std::size_t>(length);
            continue;
        }
        char32_t letter = letterAt(bytes.data() + i);
        i += unit();
        if (unit() == 2 && letter >= 0xD800 && letter < 0xDC00 && i + 2 <= bytes.size()) {
            letter = 0x10000 + ((letter - 0xD800) << 10U) + (letterAt(bytes.data() + i) - 0xDC00);
            i += 2;
        } else if (m_rules.encoding == "windows1252" && letter >= 0x80 && letter < 0xA0) {
            letter = kWindows1252[letter - 0x80] != 0 ? kWindows1252[letter - 0x80] : 0xFFFD;
        } else if (unicodeBytes) {
            letter = m_rules.encoding == "ascii"
                ? letter
                : 0xFFFD; // lenient: what is no UTF-8 counts as Latin-1
        }
        appendUtf8(decoded, letter);
    }
    // Blank lines before the record belong to [begin, end) too.
    std::size_t first = 0;
    for (std::size_t i = 0; i < decoded.size() && std::strchr(" \t\r\n", decoded[i]) != nullptr;
         ++i) {
        first = decoded[i] == '\n' || decoded[i] == '\r' ? i + 1 : first;
    }
    const std::size_t last = decoded.find_last_not_of("\r\n");
    return last == std::string::npos ? std::string() : decoded.substr(first, last + 1 - first);
}

Result<void> RecordFile::cut(std::uint64_t from,
    std::uint64_t end,
    std::uint64_t size,
    const std::function<void(std::uint64_t begin, std::uint64_t end)>& onSlice)
{
    const std::uint64_t step
        = std::max<std::uint64_t>((size + unit() - 1) / unit() * unit(), unit());
    FieldState state = FieldState::Start;
    std::uint64_t place = from;
    while (place < end) {
        const std::uint64_t target = from + ((place - from) / step + 1) * step;
        Result<std::uint64_t> border = end;
        if (target < end && m_rules.quotes) {
            const auto scanned = scan(state, place, target - unit());
            border = scanned ? quotedEnd(*scanned, target - unit())
                             : tl::unexpected<Error>(scanned.error());
        } else if (target < end) {
            border = plainEnd(target - unit());
        }
        if (!border) {
            return tl::unexpected<Error>(border.error());
        }
        onSlice(place, std::min(*border, end));
        place = std::min(*border, end);
    }
    return {};
}

} // namespace sheaf::plan
