// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/shell/run_page.h"

#include "ui/history/compare_view.h"
#include "ui/history/replay_bar.h"
#include "ui/logs/log_panel.h"
#include "ui/metrics/metrics_panel.h"
#include "ui/repair/debug_pane.h"
#include "ui/run/mini_batch_page.h"
#include "ui/run/mini_batch_panel.h"
#include "ui/run/result_view.h"
#include "ui/run/settings_table.h"
#include "ui/run/step_list.h"
#include "ui/state/app_context.h"
#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/timeline/timeline_view.h"
#include "ui/verdict/verdict_page.h"

#include <QAction>
#include <QGridLayout>
#include <QLabel>
#include <QSplitter>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace sheaf::ui {

namespace {
constexpr int kStepsWidth = 270;
constexpr int kLeastStepsWidth = 180; // no page takes more of it away
}

RunPage::RunPage(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_title(new QLabel(this))
    , m_tabs(new QTabWidget(this))
{
    setObjectName(QStringLiteral("run.page"));
    m_title->setObjectName(QStringLiteral("run.title"));
    m_title->setFont(textFont(1, true));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kSmall);
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_tabs->setObjectName(QStringLiteral("run.tabs"));
    m_tabs->setAccessibleName(tr("Pages of the run"));
    m_tabs->setDocumentMode(true);
    addPage(QStringLiteral("verdict"), new VerdictPage(context, this), tr("Verdict"));
    auto* batches = new QSplitter(this);
    batches->setObjectName(QStringLiteral("run.batchSplitter"));
    batches->setChildrenCollapsible(false);
    batches->addWidget(new MiniBatchPage(context, batches));
    batches->addWidget(new MiniBatchPanel(context, batches));
    batches->setStretchFactor(0, 3);
    batches->setStretchFactor(1, 2);
    addPage(QStringLiteral("batches"), batches, tr("Mini-batches"));
    addPage(QStringLiteral("timeline"), new TimelineView(context, this), tr("Timeline"));
    addPage(QStringLiteral("logs"), new LogPanel(context, this), tr("Logs"));
    addPage(QStringLiteral("metrics"), new MetricsPanel(context, this), tr("Metrics"));
    addPage(QStringLiteral("outputs"), new ResultView(context, this), tr("Outputs + logs"));
    addPage(QStringLiteral("settings"), new SettingsTable(context, this), tr("Settings"));
    addPage(QStringLiteral("compare"), new CompareView(context, this), tr("Compare"));

    auto* side = new QWidget(this);
    side->setMinimumWidth(kLeastStepsWidth);
    auto* steps = new QVBoxLayout(side);
    steps->setContentsMargins(0, 0, 0, 0);
    steps->setSpacing(0);
    steps->addWidget(m_title);
    steps->addWidget(new StepList(context, side), 1);
    auto* splitter = new QSplitter(this);
    splitter->setObjectName(QStringLiteral("run.splitter"));
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(side);
    auto* work = new QSplitter(Qt::Vertical, splitter);
    work->setObjectName(QStringLiteral("run.work"));
    work->setChildrenCollapsible(false);
    work->addWidget(m_tabs);
    work->addWidget(debugBox(work));
    work->setStretchFactor(0, 3);
    work->setStretchFactor(1, 2);
    splitter->addWidget(work);
    splitter->setSizes({ kStepsWidth, 1000 });
    splitter->setStretchFactor(1, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter, 1);
    layout->addWidget(new ReplayBar(context, this));

    connect(&context.selection, &SelectionState::pageAsked, this, [this](const QString& page) {
        if (QWidget* widget = m_pages.value(page)) {
            m_tabs->setCurrentWidget(widget);
        }
    });
    connect(m_tabs, &QTabWidget::currentChanged, this, &RunPage::chooseStep);
    connect(&context.selection, &SelectionState::logAsked, this, [this] { m_tabs->setCurrentWidget(m_pages.value(QStringLiteral("logs"))); });
    connect(&context.run, &RunState::opened, this, [this] {
        if (std::exchange(m_run, m_context.run.run()) != m_context.run.run()) { // it is said again when its job has been read
            m_tabs->setCurrentIndex(0);
        }
    });
    for (const auto signal : { &RunState::opened, &RunState::closed, &RunState::activityChanged }) {
        connect(&context.run, signal, this, [this] { refreshTitle(); });
    }
    refreshTitle();
}

/// Below the pages while a mini-batch is run here.
QWidget* RunPage::debugBox(QWidget* parent)
{
    auto* box = new QWidget(parent);
    box->setObjectName(QStringLiteral("run.debug"));
    auto* close = new QToolButton(box);
    close->setObjectName(QStringLiteral("run.debug.close"));
    close->setAccessibleName(tr("Close"));
    close->setToolTip(tr("Close; ends what runs here"));
    close->setIcon(icon(QStringLiteral("close")));
    close->setAutoRaise(true);
    auto* pane = new DebugPane(m_context, box);
    auto* layout = new QGridLayout(box); // the cross lies in the corner of the pane, which has a title of its own
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(pane, 0, 0);
    layout->addWidget(close, 0, 0, Qt::AlignTop | Qt::AlignRight);
    close->raise();
    box->hide();
    connect(&m_context.selection, &SelectionState::debugAsked, box, [this, box] { box->setVisible(m_context.run.whyOnlyLooked().isEmpty()); });
    connect(&m_context.run, &RunState::closed, box, [box, pane] {
        pane->stop(); // nothing goes on unseen
        box->hide();
    });
    connect(close, &QToolButton::clicked, box, [box, pane] {
        pane->stop();
        box->hide();
    });
    return box;
}

void RunPage::addPage(const QString& name, QWidget* page, const QString& title)
{
    m_pages.insert(name, page);
    m_tabs->addTab(page, title);
    auto* action = new QAction(tr("Run: %1").arg(title), this);
    action->setObjectName(QStringLiteral("run.page.") + name);
    action->setShortcut(QKeySequence(static_cast<int>(Qt::ALT | Qt::SHIFT) + Qt::Key_1 + static_cast<int>(m_actions.size())));
    connect(action, &QAction::triggered, this, [this, name] { m_context.selection.showPage(name); });
    m_actions << action;
}

/// Pages that are about one step have nothing to show for the whole run: then it is the first that failed, else that is at work, else that
/// has mini-batches.
void RunPage::chooseStep()
{
    const QWidget* page = m_tabs->currentWidget();
    const bool isOfStep = page == m_pages.value(QStringLiteral("batches")) || page == m_pages.value(QStringLiteral("timeline"));
    if (!isOfStep || !m_context.selection.step().isEmpty()) {
        return;
    }
    const auto& steps = m_context.run.picture().steps();
    const auto choose = [&](auto&& which) {
        const auto found = std::find_if(steps.begin(), steps.end(), [&](const event::StepPicture& step) { return step.planned && which(step); });
        if (found != steps.end()) {
            m_context.selection.setStep(toQt(found->name));
        }
        return found != steps.end();
    };
    (void)(choose([](const auto& step) { return step.state == event::StepState::Failed; })
        || choose([](const auto& step) { return !step.isOver(); }) || choose([](const auto&) { return true; }));
}

void RunPage::refreshTitle()
{
    m_title->setText(m_context.run.isOpen() ? m_context.run.run() : tr("No run is open"));
}

} // namespace sheaf::ui
