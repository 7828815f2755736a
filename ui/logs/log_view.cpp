// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/logs/log_view.h"

#include "ui/style/spacing.h"
#include "ui/style/theme.h"

#include <QFile>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>

namespace sheaf::ui {

namespace {

constexpr qint64 kBlock = 1 << 20;
constexpr int kBlocksPerTurn = 16;
constexpr qint64 kLongestLine = 8192; // more of a line is not drawn

} // namespace

LogView::LogView(QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_file(new QFile(this))
{
    setObjectName(QStringLiteral("logs.view"));
    setAccessibleName(tr("Log lines"));
    setFocusPolicy(Qt::StrongFocus);
    setFont(monoFont());
    connect(verticalScrollBar(), &QScrollBar::sliderMoved, this, [this] { leaveEnd(); });
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        if (value == verticalScrollBar()->maximum()) {
            setFollowing(true);
        }
        viewport()->update();
    });
}

LogView::~LogView() = default;

void LogView::openFile(const QString& path)
{
    m_file->close();
    m_file->setFileName(path);
    m_starts.clear();
    m_size = 0;
    m_marked = -1;
    m_widest = 0;
    setFollowing(true);
    readMore();
    updateBars();
    viewport()->update();
}

qint64 LogView::lineCount() const
{
    const auto lines = static_cast<qint64>(m_starts.size());
    return lines > 0 && m_starts.back() == m_size ? lines - 1 : lines;
}

void LogView::readMore()
{
    if (m_file->fileName().isEmpty() || (!m_file->isOpen() && !m_file->open(QIODevice::ReadOnly))) {
        return;
    }
    if (m_file->size() < m_size) { // begun anew by somebody
        m_starts.clear();
        m_size = 0;
    }
    const qint64 before = m_size;
    for (int i = 0; i < kBlocksPerTurn && m_size < m_file->size(); ++i) {
        m_file->seek(m_size);
        const QByteArray block = m_file->read(kBlock);
        if (block.isEmpty()) {
            break;
        }
        if (m_starts.empty()) {
            m_starts.push_back(0);
        }
        for (qsizetype at = block.indexOf('\n'); at >= 0; at = block.indexOf('\n', at + 1)) {
            m_starts.push_back(m_size + at + 1);
        }
        m_size += block.size();
    }
    if (m_size != before) {
        updateBars();
        viewport()->update();
        emit grown();
    }
}

QString LogView::line(qint64 number) const
{
    if (number < 0 || number >= static_cast<qint64>(m_starts.size())) {
        return {};
    }
    const qint64 begin = m_starts[static_cast<std::size_t>(number)];
    const qint64 end = number + 1 < static_cast<qint64>(m_starts.size()) ? m_starts[static_cast<std::size_t>(number) + 1] : m_size;
    m_file->seek(begin);
    QByteArray bytes = m_file->read(std::min(end - begin, kLongestLine));
    while (bytes.endsWith('\n') || bytes.endsWith('\r')) {
        bytes.chop(1);
    }
    QString text = QString::fromUtf8(bytes);
    text.replace(QLatin1Char('\t'), QStringLiteral("    "));
    for (QChar& letter : text) {
        if (letter.category() == QChar::Other_Control) {
            letter = QChar(0x00B7); // what a terminal would obey is only shown here
        }
    }
    return text;
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

void LogView::setFollowing(bool following)
{
    if (following == m_following) {
        return;
    }
    m_following = following;
    if (following) {
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    }
    emit followingChanged(following);
}

void LogView::leaveEnd()
{
    if (verticalScrollBar()->value() < verticalScrollBar()->maximum()) {
        setFollowing(false);
    }
}

bool LogView::find(const QString& text, bool backward)
{
    if (text.isEmpty()) {
        return false;
    }
    const qint64 lines = lineCount();
    const Qt::CaseSensitivity sensitivity = text.toLower() == text ? Qt::CaseInsensitive : Qt::CaseSensitive;
    for (qint64 step = 1; step <= lines; ++step) {
        const qint64 at = ((m_marked + (backward ? -step : step)) % lines + lines) % lines;
        if (line(at).contains(text, sensitivity)) {
            m_marked = at;
            setFollowing(false);
            verticalScrollBar()->setValue(static_cast<int>(std::max<qint64>(0, at - linesOnScreen() / 2)));
            viewport()->update();
            return true;
        }
    }
    return false;
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
    int widest = m_widest;
    for (int i = 0; i <= linesOnScreen() && first + i < lineCount(); ++i) {
        const QString text = line(first + i);
        const QRect box(0, i * height, viewport()->width(), height);
        if (first + i == m_marked) {
            QColor mark = theme().accent;
            mark.setAlpha(60);
            painter.fillRect(box, mark);
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
    m_marked = verticalScrollBar()->value() + event->pos().y() / lineHeight();
    leaveEnd();
    viewport()->update();
}

} // namespace sheaf::ui
