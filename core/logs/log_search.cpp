// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/log_search.h"

#include "core/logs/line_reader.h"

#include <algorithm>
#include <cctype>
#include <functional>

namespace sheaf::logs {

namespace {

char lowered(char c)
{
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// Lines [first, last) of one search; the nearest hit in its direction.
class Search
{
public:
    Search(const std::filesystem::path& file, const LineIndex& index, const LogQuestion& question, const std::stop_token& stop)
        : m_file(file)
        , m_index(index)
        , m_question(question)
        , m_stop(stop)
        , m_text(question.text)
    {
        if (!question.caseSensitive) {
            std::transform(m_text.begin(), m_text.end(), m_text.begin(), lowered);
        }
    }

    Result<std::optional<std::uint64_t>> forward(std::uint64_t first, std::uint64_t last)
    {
        std::optional<std::uint64_t> found;
        auto done = look(first, last, [&](std::uint64_t number) {
            found = number;
            return false;
        });
        return done ? Result<std::optional<std::uint64_t>>(found) : tl::unexpected<Error>(done.error());
    }

    /// Stretch by stretch from the end, each read forward.
    Result<std::optional<std::uint64_t>> backward(std::uint64_t first, std::uint64_t last)
    {
        constexpr std::uint64_t kStretch = 64 * LineIndex::kStride;
        while (last > first && !m_stop.stop_requested()) {
            const std::uint64_t begin = last - first > kStretch ? last - kStretch : first;
            std::optional<std::uint64_t> found;
            auto done = look(begin, last, [&](std::uint64_t number) {
                found = number;
                return true;
            });
            if (!done) {
                return tl::unexpected<Error>(done.error());
            }
            if (found) {
                return found;
            }
            last = begin;
        }
        return std::nullopt;
    }

private:
    Result<void> look(std::uint64_t first, std::uint64_t last, const std::function<bool(std::uint64_t)>& hit)
    {
        if (first >= last) {
            return {};
        }
        return eachLine(m_file, m_index.before(first), m_index.size(),
            [&](std::uint64_t number, std::uint64_t, std::string_view bytes) {
                if (m_stop.stop_requested()) {
                    return false;
                }
                const bool goOn = number < first || number >= last || !holds(bytes) || hit(number);
                return goOn && number + 1 < last;
            });
    }

    [[nodiscard]] bool holds(std::string_view bytes)
    {
        if (m_question.caseSensitive) {
            return bytes.find(m_text) != std::string_view::npos;
        }
        m_line.assign(bytes);
        std::transform(m_line.begin(), m_line.end(), m_line.begin(), lowered);
        return m_line.find(m_text) != std::string::npos;
    }

    const std::filesystem::path& m_file;
    const LineIndex& m_index;
    const LogQuestion& m_question;
    const std::stop_token& m_stop;
    std::string m_text;
    std::string m_line;
};

} // namespace

Result<std::optional<std::uint64_t>> searchLog(const std::filesystem::path& file, const LineIndex& index,
    const LogQuestion& question, const std::stop_token& stop)
{
    const std::uint64_t lines = index.lines();
    const auto from = static_cast<std::uint64_t>(std::clamp<std::int64_t>(question.from, -1, static_cast<std::int64_t>(lines) - 1) + 1);
    Search search(file, index, question, stop); // `from` is the line after the marked one
    if (question.backward) {
        const std::uint64_t marked = from > 0 ? from - 1 : lines;
        auto found = search.backward(0, std::min(marked, lines));
        return !found || *found ? found : search.backward(std::min(marked, lines), lines);
    }
    auto found = search.forward(from, lines);
    return !found || *found ? found : search.forward(0, from);
}

} // namespace sheaf::logs
