// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/line_content.h"

#include "core/plan/plan_line.h"

#include <algorithm>
#include <charconv>
#include <functional>

namespace sheaf::plan {

namespace {

constexpr char32_t kFirstByte = 0xDC80; // how plan_line.h writes a byte that is not UTF-8
constexpr char32_t kLastByte = 0xDCFF;

/// Goes over the JSON that LineSink writes: no blanks, only strings, whole numbers, arrays and objects.
class Scanner
{
public:
    explicit Scanner(std::string_view line)
        : m_rest(line)
    {
    }

    [[nodiscard]] bool at(char letter) const { return !m_rest.empty() && m_rest.front() == letter; }
    bool accept(char letter)
    {
        if (!at(letter)) {
            return false;
        }
        m_rest.remove_prefix(1);
        return true;
    }

    void skipText()
    {
        if (!accept('"')) {
            return giveUp();
        }
        for (;;) {
            const std::size_t next = m_rest.find_first_of("\"\\");
            if (next == std::string_view::npos) {
                return giveUp();
            }
            const bool isEnd = m_rest[next] == '"';
            m_rest.remove_prefix(std::min(m_rest.size(), next + (isEnd ? 1 : 2)));
            if (isEnd) {
                return;
            }
        }
    }

    std::string takeText()
    {
        std::string text;
        if (!accept('"')) {
            giveUp();
            return text;
        }
        for (;;) {
            const std::size_t next = m_rest.find_first_of("\"\\");
            if (next == std::string_view::npos) {
                giveUp();
                return text;
            }
            text.append(m_rest.substr(0, next));
            m_rest.remove_prefix(next);
            if (accept('"')) {
                return text;
            }
            takeEscape(text);
        }
    }

    std::int64_t takeNumber()
    {
        std::int64_t number = 0;
        const auto read = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), number);
        if (read.ec != std::errc()) {
            giveUp();
            return 0;
        }
        m_rest.remove_prefix(static_cast<std::size_t>(read.ptr - m_rest.data()));
        return number;
    }

    void giveUp() { m_rest = {}; }

private:
    void takeEscape(std::string& text)
    {
        const char kind = m_rest.size() > 1 ? m_rest[1] : ' ';
        if (kind != 'u') {
            text += kind;
            m_rest.remove_prefix(std::min<std::size_t>(m_rest.size(), 2));
            return;
        }
        std::uint32_t code = 0;
        const std::string_view digits = m_rest.substr(std::min<std::size_t>(m_rest.size(), 2), 4);
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
        m_rest.remove_prefix(std::min<std::size_t>(m_rest.size(), 6));
        if (code >= kFirstByte && code <= kLastByte) {
            text += readableText(std::string(1, static_cast<char>(code - 0xDC00)));
        } else {
            appendUtf8(text, code);
        }
    }

    std::string_view m_rest;
};

/// One part of the line: a file, or a slice with its ends.
using OnPart = std::function<void(std::string path, std::int64_t begin, std::int64_t end)>;

void readParts(Scanner& scanner, bool areSlices, bool withFirstPath, bool withPaths, const OnPart& onPart)
{
    bool isFirst = true;
    scanner.accept('[');
    while (scanner.at('"') || scanner.at('[')) {
        if (areSlices) {
            scanner.accept('[');
        }
        std::string path;
        if (withPaths || (isFirst && withFirstPath)) {
            path = scanner.takeText();
        } else {
            scanner.skipText();
        }
        std::int64_t begin = 0;
        std::int64_t end = 0;
        if (areSlices) {
            scanner.accept(',');
            begin = scanner.takeNumber();
            scanner.accept(',');
            end = scanner.takeNumber();
            scanner.accept(']');
        }
        onPart(std::move(path), begin, end);
        isFirst = false;
        scanner.accept(',');
    }
    scanner.accept(']');
}

LineContent read(std::string_view line, bool withTexts, bool withPaths, const OnPart& onPart)
{
    LineContent content;
    Scanner scanner(line);
    scanner.accept('{');
    while (scanner.at('"')) {
        const std::string name = scanner.takeText();
        scanner.accept(':');
        if (name == "files" || name == "slices") {
            content.hasSlices = name == "slices";
            readParts(scanner, content.hasSlices, withTexts, withPaths, [&](std::string path, std::int64_t begin, std::int64_t end) {
                if (content.parts++ == 0) {
                    content.firstPath = path;
                    content.begin = begin;
                    content.end = end;
                }
                content.amount += end > begin ? static_cast<std::uint64_t>(end - begin) : 0;
                if (onPart) {
                    onPart(std::move(path), begin, end);
                }
            });
        } else if (name == "row") {
            content.firstRow = scanner.takeNumber();
        } else if (name == "key" && withTexts && scanner.accept('{')) {
            while (scanner.at('"')) {
                std::string column = scanner.takeText();
                scanner.accept(':');
                content.key.emplace_back(std::move(column), scanner.takeText());
                scanner.accept(',');
            }
            scanner.accept('}');
        } else {
            break; // the key of a partition is the last member
        }
        scanner.accept(',');
    }
    return content;
}

} // namespace

LineContent readLine(std::string_view line, bool withTexts)
{
    return read(line, withTexts, false, {});
}

std::vector<std::string> pathsOfLine(std::string_view line)
{
    std::vector<std::string> paths;
    (void)read(line, true, true, [&](std::string path, std::int64_t, std::int64_t) { paths.push_back(std::move(path)); });
    return paths;
}

} // namespace sheaf::plan
