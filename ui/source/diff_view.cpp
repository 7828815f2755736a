// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/source/diff_view.h"

#include "core/base/line_diff.h"
#include "ui/source/syntax_colors.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"

#include <QTextBlock>

#include <algorithm>

namespace sheaf::ui {

namespace {

constexpr std::size_t kAround = 3; // lines that stayed, shown around a change

QStringList linesOf(std::string_view text)
{
    QStringList lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        lines << toQt(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

} // namespace

DiffView::DiffView(QWidget* parent)
    : QPlainTextEdit(parent)
{
    setObjectName(QStringLiteral("source.diff"));
    setAccessibleName(tr("Changed lines"));
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setLineWrapMode(NoWrap);
    setFrameShape(QFrame::NoFrame);
    setFont(monoFont());
}

void DiffView::setTexts(std::string_view before, std::string_view after)
{
    const QStringList old = linesOf(before);
    const QStringList now = linesOf(after);
    const auto changes = text::lineChanges(before, after);
    m_lines.clear();
    m_added = m_removed = 0;
    QStringList shown;
    const auto put = [&](Kind kind, const QString& line) {
        const QString sign = kind == Kind::Added ? QStringLiteral("+ ") : kind == Kind::Removed ? QStringLiteral("− ") : kind == Kind::Kept ? QStringLiteral("  ") : QString();
        m_lines.push_back(kind);
        shown << sign + line;
    };
    const auto lineOf = [](const QStringList& lines, std::size_t number) { return lines.value(static_cast<qsizetype>(number)); };
    std::size_t done = 0; // lines of the new text that are shown or passed over
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const auto& change = changes[i];
        const std::size_t first = change.beginAfter > kAround ? change.beginAfter - kAround : 0;
        if (i == 0 || first > done) {
            done = std::max(done, first);
            put(Kind::Gap, tr("line %1").arg(done + 1));
        }
        for (; done < change.beginAfter; ++done) {
            put(Kind::Kept, lineOf(now, done));
        }
        for (std::size_t line = change.beginBefore; line < change.endBefore; ++line) {
            put(Kind::Removed, lineOf(old, line));
            ++m_removed;
        }
        for (std::size_t line = change.beginAfter; line < change.endAfter; ++line) {
            put(Kind::Added, lineOf(now, line));
            ++m_added;
        }
        done = change.endAfter;
        const std::size_t next = i + 1 < changes.size() ? changes[i + 1].beginAfter : static_cast<std::size_t>(now.size());
        for (const std::size_t until = std::min(done + kAround, next); done < until; ++done) {
            put(Kind::Kept, lineOf(now, done));
        }
    }
    setPlainText(shown.join(QLatin1Char('\n')));
    color();
}

void DiffView::color()
{
    const SyntaxColors colors = syntaxColors();
    QList<QTextEdit::ExtraSelection> marks;
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        const auto number = static_cast<std::size_t>(block.blockNumber());
        const Kind kind = number < m_lines.size() ? m_lines[number] : Kind::Kept;
        if (kind == Kind::Kept) {
            continue;
        }
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(block);
        mark.format.setProperty(QTextFormat::FullWidthSelection, true);
        if (kind == Kind::Gap) {
            mark.cursor.select(QTextCursor::LineUnderCursor);
            mark.format.setForeground(theme().muted);
        } else {
            mark.format.setBackground(kind == Kind::Added ? colors.added : colors.removed);
        }
        marks << mark;
    }
    setExtraSelections(marks);
}

void DiffView::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        color();
    }
}

} // namespace sheaf::ui
