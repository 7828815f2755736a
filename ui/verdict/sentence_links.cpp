// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/verdict/sentence_links.h"

#include "ui/state/app_context.h"
#include "ui/state/code_place.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QDateTime>
#include <QDesktopServices>
#include <QUrl>

namespace sheaf::ui {

using triage::Link;
using triage::LinkKind;

namespace {

constexpr auto kScheme = QLatin1String("sheaf:");

QString textOf(const triage::Part& part)
{
    if (part.link && part.link->kind == LinkKind::Moment) {
        const QDateTime time = QDateTime::fromMSecsSinceEpoch(part.link->number / 1000);
        return time.date() == QDate::currentDate() ? clockText(part.link->number) : dateTimeText(part.link->number) + QLatin1Char(' ') + clockText(part.link->number);
    }
    return toQt(part.text);
}

} // namespace

QString SentenceLinks::anchor(const Link& link)
{
    m_links.push_back(link);
    return kScheme + QString::number(m_links.size() - 1);
}

QString SentenceLinks::html(const triage::Sentence& sentence)
{
    QString html;
    for (const triage::Part& part : sentence.parts) {
        const QString text = textOf(part).toHtmlEscaped();
        html += part.link ? QStringLiteral("<a href=\"%1\">%2</a>").arg(anchor(*part.link), text) : text;
    }
    return html;
}

const Link* SentenceLinks::at(const QString& anchor) const
{
    bool isNumber = false;
    const auto place = anchor.startsWith(kScheme) ? anchor.mid(kScheme.size()).toULongLong(&isNumber) : 0;
    return isNumber && place < m_links.size() ? &m_links[place] : nullptr;
}

QString plainText(const triage::Sentence& sentence)
{
    QString text;
    for (const triage::Part& part : sentence.parts) {
        text += textOf(part);
    }
    return text;
}

void followLink(AppContext& context, const Link& link)
{
    SelectionState& selection = context.selection;
    if (!link.step.empty() && link.kind != LinkKind::Setting) {
        selection.setStep(toQt(link.step));
    }
    switch (link.kind) {
    case LinkKind::Step:
        break;
    case LinkKind::MiniBatches:
        selection.showBatches(toQt(link.target));
        break;
    case LinkKind::MiniBatch:
        selection.showBatches({}); // a filter could hide it
        selection.setMiniBatch(link.number);
        break;
    case LinkKind::Node:
        selection.showBatches(QStringLiteral("node:%1").arg(link.number));
        break;
    case LinkKind::Setting:
        selection.showField(toQt(link.target));
        break;
    case LinkKind::LogLine:
        selection.showLog(toQt(link.target), link.number);
        break;
    case LinkKind::File:
        if (context.run.mayOpen(toQt(link.target))) {
            QDesktopServices::openUrl(QUrl::fromLocalFile(toQt(link.target)));
        } else {
            emit context.run.failed({ ErrorCode::Invalid, { { "what", "The path" }, { "found", link.target }, { "allowed", "of a copy only what lies in its folder is opened" } } });
        }
        break;
    case LinkKind::Code:
        showUserLine(context, &selection, toQt(link.step), toQt(link.target), static_cast<int>(link.number));
        break;
    case LinkKind::Moment:
        selection.setTime(link.number);
        selection.showPage(QStringLiteral("timeline"));
        break;
    case LinkKind::Repair:
        selection.askRepair(toQt(link.target));
        break;
    case LinkKind::Debug:
        selection.askDebug(link.number);
        break;
    case LinkKind::Resume:
        context.selection.askResume();
        break;
    case LinkKind::Page:
        selection.showPage(toQt(link.target));
        break;
    }
}

} // namespace sheaf::ui
