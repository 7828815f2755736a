// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/widgets/traceback_view.h"

#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"

#include <QEvent>
#include <QRegularExpression>
#include <QScrollBar>
#include <QTimer>
#include <QUrl>
#include <QUrlQuery>

#include <algorithm>

namespace sheaf::ui {

namespace {

constexpr int kMostLines = 16; // more scroll
constexpr int kMostCharacters = 200'000; // a recursion without end is told by its two ends

/// The end says what was raised, the beginning where it came from.
QString shortened(const QString& text)
{
    if (text.size() <= kMostCharacters) {
        return text;
    }
    return text.left(kMostCharacters / 2) + QStringLiteral("\n…\n") + text.right(kMostCharacters / 2);
}

QString span(const QString& text, const QColor& color, bool isStrong = false)
{
    return QStringLiteral("<span style=\"color:%1;%2\">%3</span>")
        .arg(color.name(), isStrong ? QStringLiteral("font-weight:600") : QString(), text.toHtmlEscaped());
}

QString linkTo(const QString& file, int line, const QString& text)
{
    QUrl url(QStringLiteral("place:"));
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("file"), QString::fromLatin1(file.toUtf8().toHex())); // a path may hold anything
    query.addQueryItem(QStringLiteral("line"), QString::number(line));
    url.setQuery(query);
    return QStringLiteral("<a href=\"%1\" style=\"color:%2;font-weight:600;text-decoration:underline\">%3</a>")
        .arg(url.toString(QUrl::FullyEncoded).toHtmlEscaped(), theme().accent.name(), text.toHtmlEscaped());
}

} // namespace

TracebackView::TracebackView(QWidget* parent)
    : QTextBrowser(parent)
{
    setAccessibleName(tr("Traceback"));
    setOpenLinks(false);
    setFont(monoFont());
    setLineWrapMode(QTextEdit::NoWrap);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    connect(this, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) {
        const QUrlQuery query(url);
        emit placeActivated(QString::fromUtf8(QByteArray::fromHex(query.queryItemValue(QStringLiteral("file")).toLatin1())),
            query.queryItemValue(QStringLiteral("line")).toInt());
    });
}

void TracebackView::setUserFolders(const QStringList& folders)
{
    if (folders != m_folders) {
        m_folders = folders;
        build();
    }
}

void TracebackView::setTraceback(const QString& text)
{
    if (text != m_text) {
        m_text = text;
        build();
    }
}

/// The path below the user's folder; "" when it is in none.
QString TracebackView::ownPart(const QString& file) const
{
    QString part;
    for (const QString& folder : m_folders) {
        if (file.startsWith(folder) && (part.isEmpty() || file.size() - folder.size() < part.size())) {
            part = file.mid(folder.size());
        }
    }
    return part;
}

void TracebackView::build()
{
    static const QRegularExpression frame(QStringLiteral("^(\\s*File \")(.+)(\", line )(\\d+)(.*)$"));
    const Theme& colors = theme();
    bool isOwn = false;
    QStringList lines;
    QString text = shortened(m_text);
    while (text.endsWith(QLatin1Char('\n'))) {
        text.chop(1);
    }
    for (const QString& line : text.split(QLatin1Char('\n'))) {
        const auto match = frame.match(line);
        if (match.hasMatch()) {
            const QString own = ownPart(match.captured(2));
            isOwn = !own.isEmpty();
            lines << (isOwn ? span(match.captured(1), colors.text)
                        + linkTo(match.captured(2), match.captured(4).toInt(), own + match.captured(3) + match.captured(4))
                        + span(match.captured(5), colors.text)
                            : span(line, colors.muted));
        } else if (line.startsWith(QLatin1Char(' ')) || line.isEmpty()) {
            lines << (isOwn ? span(line, colors.text, true) : span(line, colors.muted));
        } else if (line.startsWith(QLatin1String("Traceback (")) || line.startsWith(QLatin1String("During handling"))
            || line.startsWith(QLatin1String("The above exception"))) {
            lines << span(line, colors.muted);
        } else {
            lines << span(line, toneTextColor(Tone::Failed), true);
        }
    }
    m_lines = static_cast<int>(lines.size());
    setHtml(QStringLiteral("<pre style=\"margin:0\">%1</pre>").arg(lines.join(QLatin1Char('\n'))));
    updateGeometry();
}

QSize TracebackView::sizeHint() const
{
    const int lines = std::clamp(m_lines, 1, kMostLines);
    const int frame = 2 * (frameWidth() + static_cast<int>(document()->documentMargin())) + space::kMedium;
    return { 400, lines * QFontMetrics(font()).lineSpacing() + frame + horizontalScrollBar()->sizeHint().height() };
}

QSize TracebackView::minimumSizeHint() const
{
    return { 120, sizeHint().height() };
}

void TracebackView::changeEvent(QEvent* event)
{
    QTextBrowser::changeEvent(event);
    if (event->type() == QEvent::StyleChange && !m_text.isEmpty()) {
        QTimer::singleShot(0, this, &TracebackView::build); // colours are the theme's; not while it is being polished
    }
}

} // namespace sheaf::ui
