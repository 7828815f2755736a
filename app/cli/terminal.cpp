// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace sheaf::cli {

namespace {

bool isContinuation(char c)
{
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

int columnsOf(std::string_view text)
{
    return static_cast<int>(
        std::count_if(text.begin(), text.end(), [](char c) { return !isContinuation(c); }));
}

const char* escapeOf(Colour colour)
{
    switch (colour) {
    case Colour::None:
        return "";
    case Colour::Bold:
        return "\x1b[1m";
    case Colour::Dim:
        return "\x1b[2m";
    case Colour::Green:
        return "\x1b[32m";
    case Colour::Yellow:
        return "\x1b[33m";
    case Colour::Red:
        return "\x1b[31m";
    }
    return "";
}

/// One character that a terminal may obey, as text; `rest` is what follows it.
std::string visible(unsigned char c)
{
    if (c == 0x7f) {
        return "^?";
    }
    return { '^', static_cast<char>(c + 0x40) };
}

} // namespace

bool isTerminal(FILE* stream)
{
    return ::isatty(::fileno(stream)) == 1;
}

int terminalWidth()
{
    winsize size {};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) {
        return size.ws_col;
    }
    return 100;
}

bool speaksUtf8()
{
    return std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0;
}

std::string coloured(Colour colour, std::string_view text)
{
    static const bool wanted = isTerminal(stdout) && std::getenv("NO_COLOR") == nullptr;
    if (!wanted || colour == Colour::None) {
        return std::string(text);
    }
    return escapeOf(colour) + std::string(text) + "\x1b[0m";
}

std::string harmless(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
        if (c == '\r') {
            result += next == '\n' ? "" : "\n"; // a progress bar drawn over itself becomes lines
        } else if (c == '\n' || c == '\t'
            || (c >= 0x20 && c != 0x7f && !(c == 0xc2 && next >= 0x80 && next < 0xa0))) {
            result += text[i];
        } else if (c == 0xc2) {
            result += visible(
                static_cast<unsigned char>(next - 0x40) & 0x1fU); // C1 controls, as their ESC form
            ++i;
        } else {
            result += visible(c);
        }
    }
    return result;
}

std::string harmlessLine(std::string_view text)
{
    std::string line = harmless(text);
    std::replace(line.begin(), line.end(), '\n', ' ');
    std::replace(line.begin(), line.end(), '\t', ' ');
    return line;
}

void printUserText(std::string_view text)
{
    static const bool toPerson = isTerminal(stdout);
    const std::string safe = toPerson ? harmless(text) : std::string();
    const std::string_view bytes = toPerson ? std::string_view(safe) : text;
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
}

int complain(const Error& error, int exitCode)
{
    fmt::print(stderr, "sheaf: {}\n", harmlessLine(errorSentence(error)));
    return exitCode;
}

std::string table(const std::vector<std::vector<std::string>>& rows)
{
    std::vector<int> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i + 1 < row.size(); ++i) {
            widths[i] = std::max(widths[i], columnsOf(row[i]));
        }
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            if (i + 1 < row.size()) {
                line.append(static_cast<std::size_t>(widths[i] - columnsOf(row[i]) + 2), ' ');
            }
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

std::string cut(std::string_view text, int columns)
{
    if (columnsOf(text) <= columns) {
        return std::string(text);
    }
    const std::string_view mark = speaksUtf8() ? "…" : "~";
    std::size_t end = 0;
    for (int kept = 0; end < text.size(); ++end) {
        if (!isContinuation(text[end]) && ++kept > columns - 1) {
            break;
        }
    }
    return std::string(text.substr(0, end)) + std::string(mark);
}

std::string localTime(std::int64_t micros)
{
    const std::time_t seconds = micros / 1000000;
    std::tm parts {};
    ::localtime_r(&seconds, &parts);
    char buffer[32];
    std::strftime(buffer, sizeof buffer, "%Y-%m-%d %H:%M:%S", &parts);
    return buffer;
}

} // namespace sheaf::cli
