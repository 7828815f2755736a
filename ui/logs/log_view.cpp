// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/logs/log_view.h"

#include "core/logs/log_search.h"
#include "ui/state/work_thread.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QApplication>
#include <QClipboard>
#include <QKeyEvent>
#include <QPainter>
#include <QPushButton>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>
#include <climits>
#include <utility>

namespace sheaf::ui {

namespace {

constexpr std::uint64_t kBytesPerTurn = 64U << 20;
constexpr std::size_t kLongestLine = 8192; // more of a line is not drawn
constexpr qint64 kMostCopied = 100000;

QString textOf(const std::string& bytes)
{
    QString text = QString::fromUtf8(bytes);
    text.replace(QLatin1Char('\t'), QStringLiteral("    "));
    for (QChar& letter : text) {
        if (letter.category() == QChar::Other_Control) {
            letter = QChar(0x00B7); // what a terminal would obey is only shown here
        }
    }
    return text;
}

} // namespace

LogView::LogView(WorkThread& reader, WorkThread& worker, QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_reader(reader)
    , m_worker(worker)
    , m_chip(new QPushButton(this))
{
    setObjectName(QStringLiteral("logs.view"));
    setAccessibleName(tr("Log lines"));
    setFocusPolicy(Qt::StrongFocus);
    setFont(monoFont());
    m_chip->setObjectName(QStringLiteral("logs.chip"));
    m_chip->setToolTip(tr("Go to the newest line and follow (End)"));
    m_chip->hide();
    connect(m_chip, &QPushButton::clicked, this, [this] {
        setFollowing(true);
        setFocus();
    });
    connect(verticalScrollBar(), &QScrollBar::sliderMoved, this, [this] { leaveEnd(); });
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        if (value == verticalScrollBar()->maximum()) {
            setFollowing(true);
        }
        viewport()->update();
    });
}

LogView::~LogView()
{
    m_search.request_stop();
}

QString LogView::file() const
{
    return toQt(m_file);
}

void LogView::openFile(const QString& path)
{
    ++m_generation;
    m_search.request_stop();
    m_file = toPath(path);
    m_index = {};
    m_reading = m_readAgain = false;
    m_awaitedOffset = -1;
    m_marked = m_anchor = -1;
    m_widest = 0;
    setFollowing(true);
    updateBars();
    viewport()->update();
    readMore();
}

qint64 LogView::lineCount() const
{
    return static_cast<qint64>(m_index.lines());
}

void LogView::readMore()
{
    if (m_file.empty()) {
        return;
    }
    if (m_reading) { // it may be past the bytes that are told of now
        m_readAgain = true;
        return;
    }
    m_reading = true;
    m_readAgain = false;
    struct Read {
        bool changed = false;
        logs::LineIndex index;
    };
    m_reader.ask(
        this,
        [file = m_file, index = m_index]() mutable {
            const auto changed = index.extend(file, kBytesPerTurn);
            return Read { changed.value_or(false), std::move(index) };
        },
        [this, generation = m_generation](Read read) {
            if (generation != m_generation) {
                return;
            }
            m_reading = false;
            if (read.changed) {
                onRead(std::move(read.index));
            }
            if (read.changed || m_readAgain) {
                readMore(); // until there is no more
            }
        });
}

void LogView::onRead(logs::LineIndex index)
{
    if (index.size() < m_index.size()) { // begun anew by somebody
        m_marked = m_anchor = -1;
    }
    m_index = std::move(index);
    updateBars();
    showAwaited();
    updateChip();
    viewport()->update();
    emit grown();
}

std::vector<QString> LogView::linesFrom(qint64 first, qint64 count) const
{
    std::vector<QString> lines;
    if (first < 0 || count <= 0) {
        return lines;
    }
    const auto read = logs::readLines(
        m_file, m_index, static_cast<std::uint64_t>(first), static_cast<std::size_t>(count), kLongestLine);
    for (const auto& bytes : read.value_or(std::vector<std::string>())) {
        lines.push_back(textOf(bytes));
    }
    return lines;
}

QString LogView::line(qint64 number) const
{
    const auto lines = linesFrom(number, 1);
    return lines.empty() ? QString() : lines.front();
}

int LogView::lineHeight() const
{
    return fontMetrics().height() + 1;
}

int LogView::linesOnScreen() const
{
    return std::max(1, viewport()->height() / lineHeight());
}

void LogView::updateBars()
{
    const qint64 hidden = std::max<qint64>(0, lineCount() - linesOnScreen());
    const bool following = m_following;
    verticalScrollBar()->setPageStep(linesOnScreen());
    verticalScrollBar()->setRange(0, static_cast<int>(std::min<qint64>(hidden, INT_MAX)));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setRange(0, std::max(0, m_widest - viewport()->width() + space::kPanel));
    if (following) {
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    }
}

void LogView::updateChip()
{
    const qint64 fresh = lineCount() - m_seen;
    m_chip->setVisible(!m_following && fresh > 0);
    if (m_following || fresh <= 0) {
        return;
    }
    m_chip->setText(fresh == 1 ? tr("▼ 1 new line") : tr("▼ %1 new lines").arg(countText(static_cast<std::uint64_t>(fresh))));
    m_chip->adjustSize();
    m_chip->move((viewport()->width() - m_chip->width()) / 2, viewport()->height() - m_chip->height() - space::kMedium);
    m_chip->raise();
}

void LogView::setFollowing(bool following)
{
    if (following == m_following) {
        return;
    }
    m_following = following;
    m_seen = lineCount();
    if (following) {
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    }
    updateChip();
    emit followingChanged(following);
}

void LogView::leaveEnd()
{
    if (verticalScrollBar()->value() < verticalScrollBar()->maximum()) {
        setFollowing(false);
    }
}

/// Marks a line and brings it to the middle of the view.
void LogView::mark(qint64 line)
{
    m_marked = m_anchor = line;
    setFollowing(false);
    verticalScrollBar()->setValue(static_cast<int>(std::max<qint64>(0, line - linesOnScreen() / 2)));
    viewport()->update();
}

void LogView::find(const QString& text, bool backward)
{
    if (text.isEmpty() || m_file.empty()) {
        return;
    }
    m_search.request_stop();
    m_search = std::stop_source();
    const logs::LogQuestion question { toStd(text), text.toLower() != text, backward, m_marked };
    m_worker.ask(
        this,
        [file = m_file, index = m_index, question, stop = m_search.get_token()] {
            return std::pair(logs::searchLog(file, index, question, stop).value_or(std::nullopt), stop.stop_requested());
        },
        [this, generation = m_generation](const std::pair<std::optional<std::uint64_t>, bool>& answer) {
            if (generation != m_generation || answer.second) {
                return;
            }
            if (answer.first) {
                mark(static_cast<qint64>(*answer.first));
            }
            emit found(answer.first.has_value());
        });
}

void LogView::showOffset(qint64 offset)
{
    m_awaitedOffset = offset;
    showAwaited();
    readMore();
}

void LogView::showAwaited()
{
    if (m_awaitedOffset < 0 || m_index.size() <= static_cast<std::uint64_t>(m_awaitedOffset)) {
        return;
    }
    const auto line = logs::lineAt(m_file, m_index, static_cast<std::uint64_t>(std::exchange(m_awaitedOffset, -1)));
    if (line) {
        mark(static_cast<qint64>(*line));
    }
}

void LogView::copyMarked() const
{
    if (m_marked < 0) {
        return;
    }
    const qint64 first = std::min(m_marked, m_anchor);
    const qint64 count = std::min(kMostCopied, std::max(m_marked, m_anchor) - first + 1);
    QString text;
    for (const QString& line : linesFrom(first, count)) {
        text += line + QLatin1Char('\n');
    }
    QApplication::clipboard()->setText(text);
}

void LogView::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), theme().surface);
    painter.setFont(font());
    if (lineCount() == 0) {
        painter.setPen(theme().muted);
        painter.drawText(viewport()->rect(), Qt::AlignCenter, tr("Nothing has been written here yet."));
        return;
    }
    const int height = lineHeight();
    const qint64 first = verticalScrollBar()->value();
    QColor marking = theme().accent;
    marking.setAlpha(60);
    int widest = m_widest;
    int row = 0;
    for (const QString& text : linesFrom(first, linesOnScreen() + 1)) {
        const QRect box(0, row * height, viewport()->width(), height);
        const qint64 number = first + row++;
        if (m_marked >= 0 && number >= std::min(m_marked, m_anchor) && number <= std::max(m_marked, m_anchor)) {
            painter.fillRect(box, marking);
        }
        painter.setPen(theme().text);
        painter.drawText(space::kMedium - horizontalScrollBar()->value(), box.top() + fontMetrics().ascent(), text);
        widest = std::max(widest, fontMetrics().horizontalAdvance(text) + 2 * space::kMedium);
    }
    if (widest > m_widest) {
        m_widest = widest;
        QMetaObject::invokeMethod(this, [this] { updateBars(); }, Qt::QueuedConnection);
    }
}

void LogView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateBars();
    updateChip();
}

void LogView::wheelEvent(QWheelEvent* event)
{
    QAbstractScrollArea::wheelEvent(event);
    if (event->angleDelta().y() > 0) {
        leaveEnd();
    }
}

void LogView::keyPressEvent(QKeyEvent* event)
{
    QScrollBar* bar = verticalScrollBar();
    if (event->matches(QKeySequence::Copy)) {
        copyMarked();
        return;
    }
    switch (event->key()) {
    case Qt::Key_Up:
        bar->setValue(bar->value() - 1);
        break;
    case Qt::Key_Down:
        bar->setValue(bar->value() + 1);
        return;
    case Qt::Key_PageUp:
        bar->setValue(bar->value() - bar->pageStep());
        break;
    case Qt::Key_PageDown:
        bar->setValue(bar->value() + bar->pageStep());
        return;
    case Qt::Key_Home:
        bar->setValue(0);
        break;
    case Qt::Key_End:
        setFollowing(true);
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    leaveEnd(); // an upward move
}

void LogView::mousePressEvent(QMouseEvent* event)
{
    const qint64 line = std::min<qint64>(lineCount() - 1, verticalScrollBar()->value() + event->pos().y() / lineHeight());
    m_marked = line;
    if (m_anchor < 0 || !event->modifiers().testFlag(Qt::ShiftModifier)) {
        m_anchor = line;
    }
    leaveEnd();
    viewport()->update();
}

} // namespace sheaf::ui
