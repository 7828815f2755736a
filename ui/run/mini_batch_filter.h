// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"

#include <QString>

#include <optional>
#include <vector>

namespace sheaf::ui {

/// The filter box of the mini-batch table, understood: words that are all asked for. `state:failed node:0 proc:3 try:>1 items:>5
/// elapsed:>2.5 group:2 err:KeyError`, a bare word looks in number, state and error, and `-` before a word excludes. A value.
class MiniBatchFilter
{
public:
    MiniBatchFilter() = default;
    explicit MiniBatchFilter(const QString& text);

    [[nodiscard]] bool isEmpty() const { return m_terms.empty(); }
    /// `group`: FailureGroups::numberOf() of it.
    [[nodiscard]] bool matches(std::uint32_t number, const event::MiniBatchNow& miniBatch, std::size_t group, const QString& error) const;
    /// A key that is not known, to be said under the box; "" when all is well.
    [[nodiscard]] const QString& complaint() const { return m_complaint; }

private:
    enum class Key { Word, State, Node, Process, Tries, Items, Elapsed, Group, Error };
    enum class Compare { Equal, More, Less };
    struct Term {
        Key key = Key::Word;
        bool excludes = false;
        QString text;
        Compare compare = Compare::Equal;
        double number = 0;
        std::vector<event::MiniBatchState> states;
    };
    void addTerm(QString word);
    [[nodiscard]] static bool matchesTerm(const Term& term, std::uint32_t number, const event::MiniBatchNow& miniBatch, std::size_t group, const QString& error);
    std::vector<Term> m_terms;
    QString m_complaint;
};

} // namespace sheaf::ui
