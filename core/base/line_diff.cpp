// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/line_diff.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>

namespace sheaf::text {

namespace {

/// Beyond so many different lines in one place the place counts as changed as a whole: shorter would be nicer, but nobody waits for it.
constexpr std::ptrdiff_t kFarApart = 3000;

/// Each line with its line end; the last may have none.
std::vector<std::string_view> linesOf(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

using Numbers = std::vector<std::uint32_t>;

/// Myers' comparison in linear space: marks the lines of either text that the other has not.
class Comparison
{
public:
    Comparison(const Numbers& before, const Numbers& after)
        : m_before(before)
        , m_after(after)
        , isGone(before.size(), false)
        , isNew(after.size(), false)
    {
        compare({ 0, std::ssize(before), 0, std::ssize(after) });
    }

private:
    const Numbers& m_before;
    const Numbers& m_after;

public:
    std::vector<bool> isGone;
    std::vector<bool> isNew;

private:
    using Place = std::ptrdiff_t;
    struct Box
    {
        Place left = 0; // lines [left, right) of the text before
        Place right = 0;
        Place top = 0; // lines [top, bottom) of the text after
        Place bottom = 0;
    };
    struct Meeting
    {
        Place x = 0;
        Place y = 0;
        bool found = false;
    };

    [[nodiscard]] bool same(Place x, Place y) const { return m_before[static_cast<std::size_t>(x)] == m_after[static_cast<std::size_t>(y)]; }

    void compare(Box box)
    {
        while (box.left < box.right && box.top < box.bottom && same(box.left, box.top)) {
            ++box.left;
            ++box.top;
        }
        while (box.left < box.right && box.top < box.bottom && same(box.right - 1, box.bottom - 1)) {
            --box.right;
            --box.bottom;
        }
        const Meeting middle = box.left < box.right && box.top < box.bottom ? meet(box) : Meeting {};
        if (!middle.found) {
            std::fill(isGone.begin() + box.left, isGone.begin() + box.right, true);
            std::fill(isNew.begin() + box.top, isNew.begin() + box.bottom, true);
            return;
        }
        compare({ box.left, middle.x, box.top, middle.y });
        compare({ middle.x, box.right, middle.y, box.bottom });
    }

    /// Walks from both corners until the ways meet. Neither corner is given back, so that the two halves are smaller.
    [[nodiscard]] Meeting meet(const Box& box)
    {
        const Place width = box.right - box.left;
        const Place height = box.bottom - box.top;
        const Place delta = width - height;
        const bool isOdd = (delta & 1) != 0;
        const Place limit = std::min((width + height + 1) / 2, kFarApart);
        const Place middle = limit + 1;
        m_forward.assign(static_cast<std::size_t>(2 * middle + 1), 0);
        m_backward.assign(static_cast<std::size_t>(2 * middle + 1), 0);
        const auto at = [middle](std::vector<Place>& ways, Place k) -> Place& { return ways[static_cast<std::size_t>(middle + k)]; };
        for (Place d = 0; d <= limit; ++d) {
            for (Place k = -d; k <= d; k += 2) {
                Place x = k == -d || (k != d && at(m_forward, k - 1) < at(m_forward, k + 1)) ? at(m_forward, k + 1) : at(m_forward, k - 1) + 1;
                Place y = x - k;
                while (x < width && y >= 0 && y < height && same(box.left + x, box.top + y)) {
                    ++x;
                    ++y;
                }
                at(m_forward, k) = x;
                const Place other = delta - k;
                if (isOdd && x <= width && y >= 0 && y <= height && other > -d && other < d && x + at(m_backward, other) >= width) {
                    return inside(box, x, y);
                }
            }
            for (Place k = -d; k <= d; k += 2) {
                Place x = k == -d || (k != d && at(m_backward, k - 1) < at(m_backward, k + 1)) ? at(m_backward, k + 1) : at(m_backward, k - 1) + 1;
                Place y = x - k;
                while (x < width && y >= 0 && y < height && same(box.right - x - 1, box.bottom - y - 1)) {
                    ++x;
                    ++y;
                }
                at(m_backward, k) = x;
                const Place other = delta - k;
                if (!isOdd && x <= width && y >= 0 && y <= height && other >= -d && other <= d && x + at(m_forward, other) >= width) {
                    return inside(box, width - x, height - y);
                }
            }
        }
        return {};
    }

    [[nodiscard]] static Meeting inside(const Box& box, Place x, Place y)
    {
        const Meeting meeting { box.left + x, box.top + y, true };
        const bool isCorner = (meeting.x == box.left && meeting.y == box.top) || (meeting.x == box.right && meeting.y == box.bottom);
        return isCorner ? Meeting {} : meeting;
    }

    std::vector<Place> m_forward;
    std::vector<Place> m_backward;
};

std::vector<LineChange> changesOf(const std::vector<std::string_view>& before, const std::vector<std::string_view>& after)
{
    std::unordered_map<std::string_view, std::uint32_t> known;
    const auto numbered = [&known](const std::vector<std::string_view>& lines) {
        Numbers numbers;
        numbers.reserve(lines.size());
        for (const auto line : lines) {
            numbers.push_back(known.emplace(line, static_cast<std::uint32_t>(known.size())).first->second);
        }
        return numbers;
    };
    const Numbers left = numbered(before);
    const Numbers right = numbered(after);
    const Comparison found(left, right);
    std::vector<LineChange> changes;
    std::size_t x = 0;
    std::size_t y = 0;
    while (x < left.size() || y < right.size()) {
        LineChange change { x, x, y, y };
        while (x < left.size() && found.isGone[x]) {
            ++x;
        }
        while (y < right.size() && found.isNew[y]) {
            ++y;
        }
        change.endBefore = x;
        change.endAfter = y;
        if (x > change.beginBefore || y > change.beginAfter) {
            changes.push_back(change);
        } else {
            ++x;
            ++y;
        }
    }
    return changes;
}

/// One of the two texts beside the base, walked from change to change.
struct Side
{
    std::vector<std::string_view> lines;
    std::vector<LineChange> changes;
    std::size_t next = 0;
    std::ptrdiff_t shift = 0; // lines of this side minus lines of the base, up to here

    [[nodiscard]] bool touches(std::size_t end) const { return next < changes.size() && changes[next].beginBefore <= end; }
    /// Lines [begin, end) of the base as they are here, when the changes among them are those before `next`.
    [[nodiscard]] std::string text(std::size_t begin, std::ptrdiff_t shiftAtBegin, std::size_t end) const
    {
        std::string all;
        const auto first = static_cast<std::ptrdiff_t>(begin) + shiftAtBegin;
        for (auto i = first; i < static_cast<std::ptrdiff_t>(end) + shift; ++i) {
            all += lines[static_cast<std::size_t>(i)];
        }
        return all;
    }
    void take()
    {
        const auto& change = changes[next++];
        shift = static_cast<std::ptrdiff_t>(change.endAfter) - static_cast<std::ptrdiff_t>(change.endBefore);
    }
};

} // namespace

std::vector<LineChange> lineChanges(std::string_view before, std::string_view after)
{
    return changesOf(linesOf(before), linesOf(after));
}

std::optional<std::string> merged(std::string_view base, std::string_view mine, std::string_view theirs)
{
    const auto lines = linesOf(base);
    Side a { linesOf(mine), {}, 0, 0 };
    Side b { linesOf(theirs), {}, 0, 0 };
    a.changes = changesOf(lines, a.lines);
    b.changes = changesOf(lines, b.lines);
    std::string all;
    std::size_t done = 0;
    while (a.next < a.changes.size() || b.next < b.changes.size()) {
        // One place: the next change with all that touches it, of either side.
        const bool beginsWithA = b.next == b.changes.size() || (a.next < a.changes.size() && a.changes[a.next].beginBefore <= b.changes[b.next].beginBefore);
        const std::size_t begin = beginsWithA ? a.changes[a.next].beginBefore : b.changes[b.next].beginBefore;
        const auto shiftA = a.shift;
        const auto shiftB = b.shift;
        const std::size_t firstA = a.next;
        const std::size_t firstB = b.next;
        std::size_t end = begin;
        while (a.touches(end) || b.touches(end)) {
            Side& side = a.touches(end) ? a : b;
            end = std::max(end, side.changes[side.next].endBefore);
            side.take();
        }
        for (; done < begin; ++done) {
            all += lines[done];
        }
        const std::string ofA = a.text(begin, shiftA, end);
        const std::string ofB = b.text(begin, shiftB, end);
        if (a.next > firstA && b.next > firstB && ofA != ofB) {
            return std::nullopt;
        }
        all += a.next > firstA ? ofA : ofB;
        done = end;
    }
    for (; done < lines.size(); ++done) {
        all += lines[done];
    }
    return all;
}

} // namespace sheaf::text
