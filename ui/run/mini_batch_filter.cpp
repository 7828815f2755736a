// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/mini_batch_filter.h"

#include "ui/text/format.h"

#include <QCoreApplication>
#include <QMap>

namespace sheaf::ui {

namespace {

QStringList wordsOf(const QString& text)
{
    QStringList words;
    QString word;
    bool isQuoted = false;
    for (const QChar c : text) {
        if (c == QLatin1Char('"')) {
            isQuoted = !isQuoted;
        } else if (c.isSpace() && !isQuoted) {
            words << word;
            word.clear();
        } else {
            word += c;
        }
    }
    words << word;
    words.removeAll(QString());
    return words;
}

std::vector<event::MiniBatchState> statesNamed(const QString& text)
{
    using event::MiniBatchState;
    std::vector<MiniBatchState> states;
    const QString wanted = text.toLower().remove(QLatin1Char('-')).remove(QLatin1Char('_'));
    for (std::size_t i = 0; i < event::kMiniBatchStates; ++i) {
        const auto state = static_cast<MiniBatchState>(i);
        const QString name = QString::fromLatin1(json::enumName(state)).toLower();
        const QString word = wordOf(state).toLower().remove(QLatin1Char(' '));
        if (!wanted.isEmpty() && (name.startsWith(wanted) || word.startsWith(wanted))) {
            states.push_back(state);
        }
    }
    return states;
}

} // namespace

MiniBatchFilter::MiniBatchFilter(const QString& text)
{
    for (const QString& word : wordsOf(text)) {
        addTerm(word);
    }
}

void MiniBatchFilter::addTerm(QString word)
{
    static const QMap<QString, Key> keys { { QStringLiteral("state"), Key::State }, { QStringLiteral("node"), Key::Node }, { QStringLiteral("proc"), Key::Process },
        { QStringLiteral("process"), Key::Process }, { QStringLiteral("try"), Key::Tries }, { QStringLiteral("tries"), Key::Tries }, { QStringLiteral("items"), Key::Items },
        { QStringLiteral("elapsed"), Key::Elapsed }, { QStringLiteral("dur"), Key::Elapsed }, { QStringLiteral("group"), Key::Group },
        { QStringLiteral("err"), Key::Error }, { QStringLiteral("error"), Key::Error } };
    Term term;
    if (word.size() > 1 && word.startsWith(QLatin1Char('-'))) {
        term.excludes = true;
        word.remove(0, 1);
    }
    const qsizetype colon = word.indexOf(QLatin1Char(':'));
    const QString name = colon > 0 ? word.left(colon).toLower() : QString();
    if (!keys.contains(name)) {
        term.text = word;
        m_terms.push_back(term);
        return;
    }
    term.key = keys.value(name);
    term.text = word.mid(colon + 1);
    if (term.text.isEmpty()) {
        return; // still being typed
    }
    if (term.key == Key::State) {
        term.states = statesNamed(term.text);
        if (term.states.empty()) {
            m_complaint = QCoreApplication::translate("filter", "There is no state “%1”").arg(term.text);
        }
    } else if (term.key != Key::Error) {
        QString number = term.text;
        term.compare = number.startsWith(QLatin1Char('>')) ? Compare::More : number.startsWith(QLatin1Char('<')) ? Compare::Less : Compare::Equal;
        number.remove(QLatin1Char('>')).remove(QLatin1Char('<')).remove(QLatin1Char('s'));
        bool isNumber = false;
        term.number = number.toDouble(&isNumber);
        if (!isNumber) {
            m_complaint = QCoreApplication::translate("filter", "“%1” wants a number, such as %1:>2").arg(name);
            return;
        }
    }
    m_terms.push_back(term);
}

bool MiniBatchFilter::matches(std::uint32_t number, const event::MiniBatchNow& miniBatch, std::size_t group, const QString& error) const
{
    for (const Term& term : m_terms) {
        if (matchesTerm(term, number, miniBatch, group, error) == term.excludes) {
            return false;
        }
    }
    return true;
}

bool MiniBatchFilter::matchesTerm(const Term& term, std::uint32_t number, const event::MiniBatchNow& miniBatch, std::size_t group, const QString& error)
{
    const auto compares = [&term](double value) {
        return term.compare == Compare::More ? value > term.number : term.compare == Compare::Less ? value < term.number : value == term.number;
    };
    switch (term.key) {
    case Key::Word:
        return QString::number(number) == term.text || error.contains(term.text, Qt::CaseInsensitive)
            || wordOf(miniBatch.state).contains(term.text, Qt::CaseInsensitive);
    case Key::State:
        return std::find(term.states.begin(), term.states.end(), miniBatch.state) != term.states.end();
    case Key::Node:
        return miniBatch.picked > 0 && compares(miniBatch.node.value);
    case Key::Process:
        return miniBatch.picked > 0 && compares(miniBatch.process.value);
    case Key::Tries:
        return compares(miniBatch.picked);
    case Key::Items:
        return compares(miniBatch.items);
    case Key::Elapsed:
        return compares(static_cast<double>(miniBatch.elapsedSeconds));
    case Key::Group:
        return group > 0 && compares(static_cast<double>(group));
    case Key::Error:
        return error.contains(term.text, Qt::CaseInsensitive);
    }
    return true;
}

} // namespace sheaf::ui
