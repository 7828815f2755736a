// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/history/history_panel.h"

#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace sheaf::ui {

HistoryPanel::HistoryPanel(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_filter(new QLineEdit(this))
    , m_count(new QLabel(this))
    , m_runs(new QTreeWidget(this))
{
    m_filter->setObjectName(QStringLiteral("history.filter"));
    m_filter->setAccessibleName(tr("Filter runs"));
    m_filter->setPlaceholderText(tr("Filter runs by name, state or message"));
    m_filter->setClearButtonEnabled(true);
    m_runs->setObjectName(QStringLiteral("history.runs"));
    m_runs->setAccessibleName(tr("Runs of this workspace"));
    m_runs->setRootIsDecorated(false);
    m_runs->setAlternatingRowColors(true);
    m_runs->setUniformRowHeights(true);
    m_runs->setHeaderLabels({ tr("Run"), tr("State"), tr("Started"), tr("Took"), tr("Failed"), tr("Message") });
    m_runs->header()->setStretchLastSection(true);
    const int widths[] = { 190, 110, 120, 70, 60 };
    for (int column = 0; column < 5; ++column) {
        m_runs->setColumnWidth(column, widths[column]);
    }
    auto* bar = new QHBoxLayout;
    bar->addWidget(m_filter, 1);
    bar->addWidget(m_count);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
    layout->addLayout(bar);
    layout->addWidget(m_runs, 1);
    connect(m_filter, &QLineEdit::textChanged, this, [this] { refresh(); });
    connect(&m_context.history, &HistoryState::changed, this, [this] { refresh(); });
    connect(m_runs, &QTreeWidget::itemActivated, this,
        [this](QTreeWidgetItem* item) { emit openRequested(item->data(0, Qt::UserRole).toString()); });
    refresh();
}

void HistoryPanel::refresh()
{
    const QString chosen = m_runs->currentItem() != nullptr ? m_runs->currentItem()->data(0, Qt::UserRole).toString() : QString();
    m_runs->clear();
    const QStringList words = m_filter->text().toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    int shown = 0;
    for (const auto& run : m_context.history.runs()) {
        const QString state = run.interrupted ? tr("Interrupted") : wordOf(run.state);
        const QString all = (toQt(run.run) + QLatin1Char(' ') + toQt(run.displayName) + QLatin1Char(' ') + state + QLatin1Char(' ')
            + toQt(run.message)).toLower();
        if (!std::all_of(words.begin(), words.end(), [&](const QString& word) { return all.contains(word); })) {
            continue;
        }
        ++shown;
        auto* item = new QTreeWidgetItem(m_runs);
        item->setText(0, toQt(run.run));
        item->setToolTip(0, toQt(run.jobFile));
        item->setData(0, Qt::UserRole, toQt(run.run));
        item->setText(1, state);
        item->setIcon(1, toneIcon(run.interrupted ? Tone::Canceled : toneOf(run.state), devicePixelRatioF()));
        item->setText(2, run.startedMicros > 0 ? dateTimeText(run.startedMicros) : QString());
        if (run.endedMicros > run.startedMicros) {
            item->setText(3, durationText(static_cast<double>(run.endedMicros - run.startedMicros) * 1e-6));
        }
        item->setText(4, run.miniBatchesFailed > 0 ? countText(run.miniBatchesFailed) : QString());
        item->setTextAlignment(4, Qt::AlignRight | Qt::AlignVCenter);
        item->setText(5, toQt(run.message));
        item->setToolTip(5, toQt(run.message));
        if (toQt(run.run) == chosen) {
            m_runs->setCurrentItem(item);
        }
    }
    m_count->setText(tr("%1 of %2").arg(shown).arg(m_context.history.runs().size()));
}

} // namespace sheaf::ui
