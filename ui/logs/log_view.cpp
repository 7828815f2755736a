// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/logs/log_view.h"

#include "core/logs/log_level.h"
#include "ui/logs/marked_scroll_bar.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDateTime>
#include <QKeyEvent>
#include <QPainter>
#include <QPushButton>
#include <QWheelEvent>

#include <algorithm>
#include <climits>
#include <utility>

namespace sheaf::ui {

namespace {

constexpr int kFrameMilliseconds = 33;
constexpr std::size_t kMostCopied = 100000; // lines; more is said
constexpr int kWheelRows = 3;
constexpr int kBand = 4; // of the node's colour

QString shownText(const std::string& bytes)
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

/// Letters that are drawn for the first `bytes` bytes of a line.
qsizetype lettersOf(const std::string& line, std::size_t bytes)
{
    return shownText(line.substr(0, bytes)).size();
}

QString timeText(std::int64_t micros)
{
    return QDateTime::fromMSecsSinceEpoch(micros / 1000).toString(QStringLiteral("HH:mm:ss.zzz"));
}

QColor hitColor()
{
    return theme().dark ? QColor(0xB98A2B) : QColor(0xF2C14B);
}

} // namespace

LogView::LogView(QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_bar(new MarkedScrollBar(Qt::Vertical, this))
    , m_chip(new QPushButton(this))
{
    setObjectName(QStringLiteral("logs.view"));
    setAccessibleName(tr("Log lines"));
    setAccessibleDescription(tr("Arrows choose a line, Enter opens its mini-batch, Ctrl+F2 sets a bookmark, End follows"));
    setFocusPolicy(Qt::StrongFocus);
    setFont(monoFont());
    setVerticalScrollBar(m_bar);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn); // hits are marked in it
    m_chip->setObjectName(QStringLiteral("logs.chip"));
    m_chip->setToolTip(tr("Go to the newest line and follow (End)"));
    m_chip->setFocusPolicy(Qt::NoFocus); // End does the same
    m_chip->hide();
    m_painter.setSingleShot(true);
    m_painter.setTimerType(Qt::PreciseTimer);
    connect(&m_painter, &QTimer::timeout, viewport(), qOverload<>(&QWidget::update));
    connect(m_chip, &QPushButton::clicked, this, [this] {
        setFollowing(true);
        setFocus();
    });
    connect(m_bar, &QScrollBar::sliderPressed, this, [this] { stopFollowing(); });
    connect(m_bar, &QScrollBar::actionTriggered, this, [this] { // by the user, never by us
        const int to = m_bar->sliderPosition();
        if (to >= m_bar->maximum()) {
            setFollowing(true);
            return;
        }
        stopFollowing();
        m_top = m_rows.positionOf(static_cast<std::uint64_t>(std::max(0, to)));
        repaintSoon();
    });
}

LogView::~LogView() = default;

void LogView::setRows(LogRows rows)
{
    m_rows = std::move(rows);
    m_top = 0;
    m_marked.reset();
    m_bookmarks.clear();
    m_hits = {};
    m_shown.clear();
    m_widest = 0;
    m_leftEnd = m_newErrors = 0;
    updateBars();
    updateChip();
    updateMarks();
    viewport()->update();
    emit markedChanged();
}

void LogView::growRows(LogRows rows)
{
    const bool filterChanged = rows.isFiltered() != m_rows.isFiltered();
    // When a filter comes or goes, the marked line keeps its pixel, else the first one in sight.
    const std::optional<std::uint64_t> markedRow
        = m_marked && *m_marked >= m_top ? std::optional(m_rows.rowOf(*m_marked) - m_rows.rowOf(m_top)) : std::nullopt;
    m_rows = std::move(rows);
    if (filterChanged && !m_following) {
        m_top = m_rows.shownAt(m_top);
        if (markedRow && *markedRow < static_cast<std::uint64_t>(rowsOnScreen())) {
            m_top = m_rows.moved(m_rows.shownAt(*m_marked), -static_cast<std::int64_t>(*markedRow));
        }
        m_leftEnd = m_rows.end();
    }
    if (!m_following) {
        m_top = std::min(m_top, lastTop());
    }
    checkBookmarks();
    updateBars();
    updateChip();
    updateMarks();
    repaintSoon();
}

void LogView::restartRows(LogRows rows)
{
    for (Bookmark& bookmark : m_bookmarks) {
        bookmark.isChecked = false;
    }
    auto kept = std::move(m_bookmarks);
    setRows(std::move(rows));
    m_bookmarks = std::move(kept);
    updateMarks();
}

/// A bookmark of a file that was begun anew stays when its line is there again.
void LogView::checkBookmarks()
{
    std::erase_if(m_bookmarks, [this](Bookmark& bookmark) {
        if (bookmark.isChecked || bookmark.position >= m_rows.index().size()) {
            return false;
        }
        const auto lines = m_rows.read(bookmark.position, 1);
        bookmark.isChecked = true;
        return lines.empty() || lines.front().bytes != bookmark.bytes;
    });
}

int LogView::lineHeight() const
{
    return fontMetrics().height() + 1;
}

int LogView::rowsOnScreen() const
{
    return std::max(1, viewport()->height() / lineHeight());
}

std::uint64_t LogView::lastTop() const
{
    return m_rows.moved(m_rows.end(), -rowsOnScreen());
}

/// However often lines come, 30 pictures a second.
void LogView::repaintSoon()
{
    if (!m_painter.isActive()) {
        const qint64 since = m_painted.isValid() ? m_painted.elapsed() : kFrameMilliseconds;
        m_painter.start(static_cast<int>(std::clamp<qint64>(kFrameMilliseconds - since, 0, kFrameMilliseconds)));
    }
}

void LogView::updateBars()
{
    if (m_following) {
        m_top = lastTop();
    }
    const std::uint64_t count = m_rows.count();
    const auto page = static_cast<std::uint64_t>(rowsOnScreen());
    const std::uint64_t hidden = count > page ? count - page : 0;
    const QSignalBlocker quiet(m_bar);
    if (!m_bar->isSliderDown()) { // a handle in the hand stays there
        m_bar->setPageStep(static_cast<int>(page));
        m_bar->setRange(0, static_cast<int>(std::min<std::uint64_t>(hidden, INT_MAX)));
        m_bar->setValue(m_following ? m_bar->maximum() : static_cast<int>(std::min<std::uint64_t>(m_rows.rowOf(m_top), INT_MAX)));
    }
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(fontMetrics().averageCharWidth() * 4);
    horizontalScrollBar()->setRange(0, std::max(0, m_widest - viewport()->width() + space::kPanel));
}

void LogView::updateMarks()
{
    std::vector<MarkedScrollBar::Marks> marks;
    const auto stretch = [this](double from, double to) {
        const auto count = static_cast<double>(m_rows.count());
        const auto begin = m_rows.positionNear(static_cast<std::uint64_t>(from * count));
        return std::pair(begin, std::max(begin + 1, m_rows.positionNear(static_cast<std::uint64_t>(to * count))));
    };
    if (!m_hits.isEmpty()) {
        marks.push_back({ hitColor(), 0, [this, stretch](double from, double to) {
                             const auto [begin, end] = stretch(from, to);
                             return m_hits.placeOf(end) > m_hits.placeOf(begin);
                         } });
    }
    if (!m_bookmarks.empty()) {
        marks.push_back({ theme().accent, 1, [this, stretch](double from, double to) {
                             const auto [begin, end] = stretch(from, to);
                             return std::any_of(m_bookmarks.begin(), m_bookmarks.end(),
                                 [begin = begin, end = end](const Bookmark& one) { return one.position >= begin && one.position < end; });
                         } });
    }
    m_bar->setMarks(std::move(marks));
}

void LogView::updateChip()
{
    const std::uint64_t count = m_rows.count();
    const bool may = !m_following && m_leftEnd > 0 && m_rows.end() > m_leftEnd && m_rows.isCounted();
    const std::uint64_t before = may ? m_rows.rowOf(m_leftEnd) : count;
    const std::uint64_t fresh = count > before ? count - before : 0;
    const bool shown = fresh > 0;
    m_chip->setVisible(shown);
    if (!shown) {
        return;
    }
    QString text = tr("▼ %1 new").arg(countText(fresh));
    if (m_newErrors > 0) {
        text += QStringLiteral(" · ") + (m_newErrors == 1 ? tr("1 error") : tr("%1 errors").arg(countText(m_newErrors)));
    }
    m_chip->setText(text);
    m_chip->adjustSize();
    m_chip->move((viewport()->width() - m_chip->width()) / 2, viewport()->height() - m_chip->height() - space::kMedium);
    m_chip->raise();
}

void LogView::setNewErrors(std::uint64_t count)
{
    m_newErrors = count;
    updateChip();
}

void LogView::setFollowing(bool following)
{
    if (following == m_following) {
        return;
    }
    m_following = following;
    m_newErrors = 0;
    if (!following) {
        m_leftEnd = m_rows.end();
    }
    updateBars();
    updateChip();
    repaintSoon();
    emit followingChanged(following);
}

void LogView::stopFollowing()
{
    setFollowing(false);
}

void LogView::setTop(std::uint64_t position)
{
    m_top = std::min(position, lastTop());
    updateBars();
    repaintSoon();
}

/// Down at the end follows, up never does.
void LogView::scrollBy(std::int64_t rows)
{
    if (rows < 0) {
        stopFollowing();
    }
    const std::uint64_t last = lastTop();
    if (rows > 0 && m_top >= last) {
        if (m_leftEnd > 0 || m_rows.end() > 0) {
            setFollowing(true);
        }
        return;
    }
    m_top = std::min(m_rows.moved(m_top, rows), last);
    updateBars();
    repaintSoon();
}

void LogView::bringIntoSight(std::uint64_t position)
{
    const std::uint64_t bottom = m_rows.moved(m_top, rowsOnScreen() - 1);
    if (position < m_top || position > bottom) {
        m_top = std::min(m_rows.moved(position, -(rowsOnScreen() / 2)), lastTop());
    }
    updateBars();
    repaintSoon();
}

void LogView::setMarked(std::optional<std::uint64_t> position, bool extend)
{
    m_anchor = extend && m_marked ? m_anchor : position.value_or(0);
    m_marked = position;
    repaintSoon();
    emit markedChanged();
}

void LogView::mark(std::uint64_t position)
{
    stopFollowing();
    position = m_rows.shownAt(position);
    setMarked(position, false);
    bringIntoSight(position);
}

void LogView::moveMarked(std::int64_t rows, bool extend)
{
    if (!m_marked) {
        scrollBy(rows);
        return;
    }
    const std::uint64_t last = m_rows.moved(m_rows.end(), -1);
    if (rows > 0 && *m_marked >= last) {
        scrollBy(rows);
        return;
    }
    if (rows < 0) {
        stopFollowing();
    }
    const std::uint64_t to = std::min(m_rows.moved(*m_marked, rows), last);
    setMarked(to, extend);
    if (to < m_top) {
        m_top = to;
    } else if (to > m_rows.moved(m_top, rowsOnScreen() - 1)) {
        m_top = m_rows.moved(to, -(rowsOnScreen() - 1));
    }
    updateBars();
}

std::optional<ShownLine> LogView::markedLine() const
{
    if (!m_marked) {
        return std::nullopt;
    }
    auto lines = m_rows.read(*m_marked, 1);
    return lines.empty() ? std::nullopt : std::optional(std::move(lines.front()));
}

QString LogView::textAt(std::uint64_t position) const
{
    const auto lines = m_rows.read(position, 1);
    return lines.empty() ? QString() : shownText(lines.front().bytes);
}

void LogView::setHits(logs::LineSet hits)
{
    m_hits = std::move(hits);
    updateMarks();
}

void LogView::setQuery(std::optional<logs::LogQuery> query)
{
    m_scanner = query ? std::make_unique<logs::LogQuery::Scanner>(*query) : nullptr;
    repaintSoon();
}

void LogView::setFileMarks(std::vector<FileMark> marks)
{
    m_fileMarks = std::move(marks);
    repaintSoon();
}

void LogView::setTimesShown(bool shown)
{
    m_timesShown = shown;
    repaintSoon();
}

void LogView::toggleBookmark()
{
    const auto line = markedLine();
    if (!line) {
        emit told(tr("Choose a line first: a bookmark is of a line."));
        return;
    }
    const auto place = std::lower_bound(
        m_bookmarks.begin(), m_bookmarks.end(), line->position, [](const Bookmark& one, std::uint64_t at) { return one.position < at; });
    if (place != m_bookmarks.end() && place->position == line->position) {
        m_bookmarks.erase(place);
    } else {
        m_bookmarks.insert(place, { line->position, line->bytes, true });
    }
    updateMarks();
    viewport()->update();
}

void LogView::goToBookmark(bool backward)
{
    std::vector<std::uint64_t> places = bookmarks();
    if (m_rows.isFiltered()) {
        std::erase_if(places, [this](std::uint64_t at) { return !m_rows.filter()->holds(at); });
    }
    if (places.empty()) {
        emit told(m_bookmarks.empty() ? tr("No bookmarks yet: Ctrl+F2 sets one.") : tr("All bookmarks are on lines that the filter hides."));
        return;
    }
    std::uint64_t to = 0;
    if (backward) {
        const auto behind = std::lower_bound(places.begin(), places.end(), m_marked.value_or(0));
        to = behind == places.begin() ? places.back() : *std::prev(behind);
    } else {
        const auto next = m_marked ? std::upper_bound(places.begin(), places.end(), *m_marked) : places.begin();
        to = next == places.end() ? places.front() : *next;
    }
    mark(to);
}

std::vector<std::uint64_t> LogView::bookmarks() const
{
    std::vector<std::uint64_t> places;
    for (const Bookmark& bookmark : m_bookmarks) {
        places.push_back(bookmark.position);
    }
    return places;
}

void LogView::copyMarked()
{
    if (!m_marked) {
        return;
    }
    const std::uint64_t first = std::min(*m_marked, m_anchor);
    const std::uint64_t last = std::max(*m_marked, m_anchor);
    const std::uint64_t count = m_rows.rowOf(last) - m_rows.rowOf(first) + 1;
    QString text;
    for (const ShownLine& line : m_rows.read(first, std::min<std::size_t>(count, kMostCopied))) {
        text += QString::fromUtf8(line.bytes) + QLatin1Char('\n');
    }
    QApplication::clipboard()->setText(text);
    emit told(count > kMostCopied ? tr("Copied the first %1 of %2 lines.").arg(countText(kMostCopied), countText(count))
            : count == 1          ? tr("1 line copied.")
                                  : tr("%1 lines copied.").arg(countText(count)));
}

int LogView::gutterWidth() const
{
    const int digit = fontMetrics().horizontalAdvance(QLatin1Char('0'));
    int width = space::kMedium;
    if (m_rows.isMerged()) {
        width += kBand + space::kSmall;
        if (m_timesShown) {
            width += digit * 13;
        }
        qsizetype longest = 0;
        for (const FileMark& mark : m_fileMarks) {
            longest = std::max(longest, mark.name.size());
        }
        return width + digit * static_cast<int>(longest + 2);
    }
    return width + digit * static_cast<int>(std::max<qsizetype>(4, countText(m_rows.allLines()).size()) + 2);
}

void LogView::paintLine(QPainter& painter, const ShownLine& line, std::optional<std::uint64_t> number, const QRect& box, int gutter, int& widest)
{
    const int base = box.top() + fontMetrics().ascent();
    if (m_marked && line.position >= std::min(*m_marked, m_anchor) && line.position <= std::max(*m_marked, m_anchor)) {
        QColor marking = theme().accent;
        marking.setAlpha(hasFocus() ? 60 : 36);
        painter.fillRect(box, marking);
    }
    const int left = gutter + space::kMedium - horizontalScrollBar()->value();
    const QString text = shownText(line.bytes);
    if (m_scanner) {
        QColor color = hitColor();
        color.setAlpha(theme().dark ? 130 : 170);
        for (const auto& [begin, end] : m_scanner->places(line.bytes)) {
            const int from = fontMetrics().horizontalAdvance(text.left(lettersOf(line.bytes, begin)));
            const int to = fontMetrics().horizontalAdvance(text.left(lettersOf(line.bytes, end)));
            painter.fillRect(left + from, box.top(), to - from, box.height(), color);
        }
    }
    const auto level = logs::levelOf(line.bytes);
    QColor ink = level == logs::LogLevel::Error ? toneTextColor(Tone::Failed) : level == logs::LogLevel::Warning ? toneTextColor(Tone::Retry) : theme().text;
    if (!line.isFinished) {
        ink = theme().muted; // more of it may come
    }
    painter.setPen(ink);
    painter.drawText(left, base, line.isCut ? text + tr(" … (longer than is shown; copying takes this much, too)") : text);
    widest = std::max(widest, gutter + fontMetrics().horizontalAdvance(text) + 3 * space::kMedium);

    painter.fillRect(QRect(0, box.top(), gutter, box.height()), theme().raised);
    painter.setPen(theme().muted);
    if (m_rows.isMerged()) {
        int at = space::kSmall;
        if (line.file < m_fileMarks.size()) {
            painter.fillRect(QRect(0, box.top(), kBand, box.height()), m_fileMarks[line.file].color);
            at += kBand;
            if (m_timesShown) {
                painter.drawText(at, base, timeText(line.timeMicros));
                at += fontMetrics().horizontalAdvance(QLatin1Char('0')) * 13;
            }
            painter.drawText(at, base, m_fileMarks[line.file].name);
        }
    } else if (number) {
        painter.drawText(QRect(0, box.top(), gutter - space::kMedium, box.height()), Qt::AlignRight | Qt::AlignVCenter, countText(*number + 1));
    }
    const auto bookmark = std::lower_bound(
        m_bookmarks.begin(), m_bookmarks.end(), line.position, [](const Bookmark& one, std::uint64_t at) { return one.position < at; });
    if (bookmark != m_bookmarks.end() && bookmark->position == line.position) {
        painter.fillRect(QRect(gutter - space::kSmall, box.top() + 1, space::kSmall, box.height() - 2), theme().accent);
    }
}

void LogView::paintEvent(QPaintEvent*)
{
    m_painted.start();
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), theme().surface);
    painter.setFont(font());
    m_shown = m_rows.files().empty() ? std::vector<ShownLine>() : m_rows.read(m_top, static_cast<std::size_t>(rowsOnScreen()) + 1);
    if (m_shown.empty()) {
        painter.setPen(theme().muted);
        painter.drawText(viewport()->rect(), Qt::AlignCenter,
            m_rows.isFiltered() && m_rows.allLines() > 0 ? tr("No line matches the filter.") : tr("Nothing has been written here yet."));
        return;
    }
    const int gutter = gutterWidth();
    int widest = m_widest;
    int y = 0;
    std::optional<std::uint64_t> number;
    for (const ShownLine& line : m_shown) {
        number = number && !m_rows.isFiltered() ? *number + 1 : m_rows.lineNumber(line.position); // which reads the file
        paintLine(painter, line, number, QRect(0, y, viewport()->width(), lineHeight()), gutter, widest);
        y += lineHeight();
    }
    painter.fillRect(QRect(0, y, gutter, viewport()->height() - y), theme().raised);
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

void LogView::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        updateMarks();
        viewport()->update();
    }
}

void LogView::wheelEvent(QWheelEvent* event)
{
    if (event->angleDelta().x() != 0 || event->modifiers().testFlag(Qt::ShiftModifier)) {
        const int delta = event->angleDelta().x() != 0 ? event->angleDelta().x() : event->angleDelta().y();
        horizontalScrollBar()->setValue(horizontalScrollBar()->value() - delta);
        viewport()->update();
        event->accept();
        return;
    }
    m_wheel += event->angleDelta().y() * kWheelRows;
    const int rows = m_wheel / 120;
    m_wheel -= rows * 120;
    if (event->angleDelta().y() > 0) {
        stopFollowing();
    }
    if (rows != 0) {
        scrollBy(-rows);
    }
    event->accept();
}

/// These keys mean a line here, whatever actions of the window are called by them.
bool LogView::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const auto modifiers = key->modifiers() & ~Qt::KeypadModifier;
        if (key->key() == Qt::Key_F2 || (key->key() == Qt::Key_F && modifiers == Qt::NoModifier)
            || (key->key() == Qt::Key_G && modifiers == Qt::ControlModifier) || key->matches(QKeySequence::Copy)) {
            event->accept();
            return true;
        }
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) {
        viewport()->update();
    }
    return QAbstractScrollArea::event(event);
}

void LogView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        copyMarked();
        return;
    }
    const bool extend = event->modifiers().testFlag(Qt::ShiftModifier);
    const bool control = event->modifiers().testFlag(Qt::ControlModifier);
    switch (event->key()) {
    case Qt::Key_Up:
        moveMarked(-1, extend);
        break;
    case Qt::Key_Down:
        moveMarked(1, extend);
        break;
    case Qt::Key_PageUp:
        scrollBy(-rowsOnScreen());
        break;
    case Qt::Key_PageDown:
        scrollBy(rowsOnScreen());
        break;
    case Qt::Key_Left:
    case Qt::Key_Right:
        horizontalScrollBar()->triggerAction(event->key() == Qt::Key_Left ? QScrollBar::SliderSingleStepSub : QScrollBar::SliderSingleStepAdd);
        viewport()->update();
        break;
    case Qt::Key_Home:
        stopFollowing();
        setTop(m_rows.shownAt(0));
        break;
    case Qt::Key_End:
        setFollowing(true);
        break;
    case Qt::Key_F:
        if (control) {
            event->ignore();
        } else {
            setFollowing(true);
        }
        break;
    case Qt::Key_F2:
        if (control) {
            toggleBookmark();
        } else {
            goToBookmark(extend);
        }
        break;
    case Qt::Key_G:
        if (control) {
            emit goToLineRequested();
        } else {
            event->ignore();
        }
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        emit openRequested();
        break;
    case Qt::Key_Menu:
        emit menuRequested(viewport()->mapToGlobal(QPoint(gutterWidth(), lineHeight())));
        break;
    default:
        event->ignore(); // of the scroll area's own keys none is left
    }
}

std::optional<std::uint64_t> LogView::positionAt(int y) const
{
    const auto row = static_cast<std::size_t>(std::max(0, y) / lineHeight());
    return row < m_shown.size() ? std::optional(m_shown[row].position) : std::nullopt;
}

void LogView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::RightButton && m_marked) { // a menu is about the lines that are marked
        const auto at = positionAt(event->pos().y());
        if (at && *at >= std::min(*m_marked, m_anchor) && *at <= std::max(*m_marked, m_anchor)) {
            return;
        }
    }
    if (const auto at = positionAt(event->pos().y())) {
        stopFollowing();
        setMarked(at, event->modifiers().testFlag(Qt::ShiftModifier));
    }
}

void LogView::mouseMoveEvent(QMouseEvent* event)
{
    if (!event->buttons().testFlag(Qt::LeftButton)) {
        return;
    }
    if (event->pos().y() < 0 || event->pos().y() > viewport()->height()) {
        scrollBy(event->pos().y() < 0 ? -1 : (m_top < lastTop() ? 1 : 0));
    }
    if (const auto at = positionAt(std::clamp(event->pos().y(), 0, rowsOnScreen() * lineHeight() - 1)); at && at != m_marked) {
        setMarked(at, true);
    }
}

void LogView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (positionAt(event->pos().y())) {
        emit openRequested();
    }
}

void LogView::contextMenuEvent(QContextMenuEvent* event)
{
    emit menuRequested(event->globalPos());
}

} // namespace sheaf::ui
