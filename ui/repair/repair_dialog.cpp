// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/repair/repair_dialog.h"

#include "core/triage/failed_now.h"
#include "core/triage/mini_batch_filter.h"
#include "core/workspace/repair.h"
#include "ui/repair/repair_model.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/error_text.h"
#include "ui/text/format.h"

#include <QButtonGroup>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QRadioButton>
#include <QTableView>
#include <QVBoxLayout>

namespace sheaf::ui {

using event::MiniBatchList;
using event::MiniBatchState;

namespace {

/// Those of `list` in a state that `which` accepts.
template <class Which> MiniBatchList only(const MiniBatchList& list, const event::StepPicture& step, Which&& which)
{
    auto all = list.all(step.total());
    std::erase_if(all, [&](MiniBatchIndex miniBatch) { return !which(step.miniBatches[miniBatch.value].state); });
    return MiniBatchList(std::move(all));
}

} // namespace

RepairDialog::RepairDialog(AppContext& context, const QString& filter, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_step(context.selection.step())
    , m_model(new RepairModel([this] { return step(); }, this))
    , m_heading(new QLabel(this))
    , m_note(new QLabel(this))
    , m_chosen(new QRadioButton(this))
    , m_failed(new QRadioButton(this))
    , m_unfinished(new QRadioButton(this))
    , m_view(new QTableView(this))
    , m_codeNote(new QLabel(this))
    , m_runCode(new QRadioButton(tr("The &code that the run has"), this))
    , m_ownCode(new QRadioButton(tr("&My code as it is now"), this))
    , m_ignore(new QPushButton(tr("&Ignore them"), this))
    , m_count(new QPushButton(tr("Count them &again"), this))
    , m_run(new QPushButton(tr("&Run again"), this))
{
    setObjectName(QStringLiteral("repair"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Run mini-batches again"));
    build();
    if (const event::StepPicture* picture = step()) {
        const triage::MiniBatchFilter wanted(toStd(filter));
        m_complaint = wanted.complaint() ? toQt(wanted.complaint()->sentence()) : QString();
        const auto found = filter.isEmpty()      ? workspace::failedOnes(*picture).all(picture->total())
            : wanted.complaint().has_value() ? std::vector<MiniBatchIndex>() // what stands beside it is not all that was asked
                                             : triage::matching(wanted, *picture);
        m_asked = MiniBatchList(found);
        m_doneOnes = only(m_asked, *picture, [](MiniBatchState state) { return state == MiniBatchState::Done; }).count();
        const MiniBatchList failed = workspace::failedOnes(*picture);
        const MiniBatchList open = workspace::unfinishedOnes(*picture, isGoingOn());
        m_chosen->setText(tr("&What was chosen: %1").arg(countText(m_asked.count() - m_doneOnes)));
        m_failed->setText(tr("All that &failed: %1").arg(countText(failed.count())));
        m_unfinished->setText(tr("All that are &not done: %1").arg(countText(open.count())));
        m_chosen->setVisible(!m_complaint.isEmpty() || (!(m_asked == failed) && !(m_asked == open)));
        m_failed->setEnabled(!failed.isEmpty());
        (!m_complaint.isEmpty() ? m_chosen : m_asked == failed ? m_failed : m_asked == open ? m_unfinished : m_chosen)->setChecked(true);
    }
    choose();
    askCode();
    resize(640, 520);
}

void RepairDialog::build()
{
    m_heading->setObjectName(QStringLiteral("repair.heading"));
    m_heading->setFont(textFont(2, true));
    m_note->setObjectName(QStringLiteral("repair.note"));
    m_note->setWordWrap(true);
    m_chosen->setObjectName(QStringLiteral("repair.chosen"));
    m_failed->setObjectName(QStringLiteral("repair.failed"));
    m_unfinished->setObjectName(QStringLiteral("repair.unfinished"));
    m_view->setObjectName(QStringLiteral("repair.list"));
    m_view->setAccessibleName(tr("The mini-batches that will run"));
    m_view->setModel(m_model);
    m_view->verticalHeader()->hide();
    m_view->horizontalHeader()->setStretchLastSection(true);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setAlternatingRowColors(true);
    m_view->setShowGrid(false);
    m_view->setTabKeyNavigation(false);
    m_view->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + space::kMedium);
    m_codeNote->setObjectName(QStringLiteral("repair.codeNote"));
    m_codeNote->setWordWrap(true);
    m_runCode->setObjectName(QStringLiteral("repair.runCode"));
    m_ownCode->setObjectName(QStringLiteral("repair.ownCode"));
    m_ignore->setObjectName(QStringLiteral("repair.ignore"));
    m_ignore->setToolTip(tr("Counts them against no limit any more; the step completes without them. Can be undone."));
    m_count->setObjectName(QStringLiteral("repair.count"));
    m_count->setToolTip(tr("Those that are ignored count as failed again"));
    m_run->setObjectName(QStringLiteral("repair.run"));
    m_run->setDefault(true);
    auto* which = new QButtonGroup(this);
    for (QRadioButton* button : { m_chosen, m_failed, m_unfinished }) {
        which->addButton(button);
        connect(button, &QRadioButton::toggled, this, [this](bool on) {
            if (on) {
                choose();
            }
        });
    }
    auto* code = new QButtonGroup(this);
    code->addButton(m_runCode);
    code->addButton(m_ownCode);
    m_runCode->setChecked(true);
    for (QWidget* widget : { static_cast<QWidget*>(m_runCode), static_cast<QWidget*>(m_ownCode), static_cast<QWidget*>(m_codeNote) }) {
        widget->hide(); // until the code is known to differ
    }
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    buttons->addButton(m_run, QDialogButtonBox::AcceptRole);
    buttons->addButton(m_ignore, QDialogButtonBox::ActionRole);
    buttons->addButton(m_count, QDialogButtonBox::ActionRole);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kPanel, space::kPanel, space::kPanel, space::kPanel);
    layout->setSpacing(space::kMedium);
    layout->addWidget(m_heading);
    layout->addWidget(m_chosen);
    layout->addWidget(m_failed);
    layout->addWidget(m_unfinished);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_note);
    layout->addWidget(m_codeNote);
    layout->addWidget(m_runCode);
    layout->addWidget(m_ownCode);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_run, &QPushButton::clicked, this, [this] { carryOut(m_list, {}, {}); });
    connect(m_ignore, &QPushButton::clicked, this, [this] {
        if (const event::StepPicture* picture = step()) {
            carryOut({}, only(m_list, *picture, triage::isFailed), {});
        }
    });
    connect(m_count, &QPushButton::clicked, this, [this] {
        if (const event::StepPicture* picture = step()) {
            carryOut({}, {}, only(m_list, *picture, [](MiniBatchState state) { return state == MiniBatchState::Ignored; }));
        }
    });
    connect(&m_context.run, &RunState::opened, this, &QDialog::reject); // another run
    connect(&m_context.run, &RunState::closed, this, &QDialog::reject);
}

const event::StepPicture* RepairDialog::step() const
{
    return m_context.run.isOpen() ? m_context.run.step(m_step) : nullptr;
}

bool RepairDialog::isGoingOn() const
{
    return m_context.run.isActive() && !m_context.run.isOver();
}

void RepairDialog::choose()
{
    const event::StepPicture* picture = step();
    if (picture == nullptr) {
        return;
    }
    const bool chosen = m_chosen->isChecked();
    const auto isOpen = [isGoingOn = isGoingOn()](MiniBatchState state) {
        const bool isAtWork = isGoingOn && (state == MiniBatchState::Running || state == MiniBatchState::Retrying);
        return state != MiniBatchState::Done && !isAtWork;
    };
    m_list = chosen ? only(m_asked, *picture, isOpen) : m_failed->isChecked() ? workspace::failedOnes(*picture) : workspace::unfinishedOnes(*picture, isGoingOn());
    m_model->setList(m_list.all(picture->total()));
    m_view->resizeColumnToContents(0);
    m_view->resizeColumnToContents(1);
    m_heading->setText(tr("%1 of %2 mini-batches of %3").arg(countText(m_list.count()), countText(picture->total()), m_step));
    QStringList notes;
    if (chosen && !m_complaint.isEmpty()) {
        notes << tr("What was chosen cannot be understood: %1.").arg(m_complaint);
    }
    if (chosen && m_doneOnes > 0) {
        notes << (m_doneOnes == 1 ? tr("One of them is done already and is left out: what succeeded never runs twice.")
                                  : tr("%1 of them are done already and are left out: what succeeded never runs twice.").arg(countText(m_doneOnes)));
    }
    notes << tr("Their rows join the run's output as if they had never failed; all other rows stay as they are. Steps that need this one follow.");
    if (m_context.document.isDirty()) {
        notes << tr("There are unsaved changes: only what is saved can be run.");
    }
    m_note->setText(notes.join(QLatin1Char('\n')));
    const auto failed = only(m_list, *picture, triage::isFailed).count();
    const auto ignored = only(m_list, *picture, [](MiniBatchState state) { return state == MiniBatchState::Ignored; }).count();
    m_ignore->setVisible(failed > 0);
    m_ignore->setText(failed == m_list.count() ? tr("&Ignore them") : tr("&Ignore the %1 that failed").arg(countText(failed)));
    m_count->setVisible(ignored > 0);
    m_run->setEnabled(m_isCompared && !m_list.isEmpty()); // not before it is known which code there is to run
    m_run->setText(tr("&Run %1 again").arg(countText(m_list.count())));
}

void RepairDialog::askCode()
{
    m_context.run.askCodeDifference(this, m_step, [this](const Result<workspace::CodeDifference>& difference) {
        if (!difference) {
            m_codeNote->setText(tr("Your code could not be compared with the run's, so the run's is used: %1").arg(errorText(difference.error()).sentence));
            m_codeNote->show();
            m_isCompared = true;
            choose();
            return;
        }
        m_isCompared = true;
        choose();
        if (difference->files.empty()) {
            return;
        }
        QStringList files;
        for (const auto& file : difference->files) {
            files << toQt(file);
        }
        const bool live = m_context.run.isActive();
        m_codeNote->setText(live ? tr("Your code differs from the run's (%1). A run that goes on keeps the code that it has; stop it to use yours.").arg(files.join(QStringLiteral(", ")))
                                 : tr("Your code differs from the run's: %1. The run notes which mini-batch ran which.").arg(files.join(QStringLiteral(", "))));
        m_codeNote->show();
        m_runCode->setVisible(!live);
        m_ownCode->setVisible(!live);
        m_ownCode->setChecked(!live); // who has mended the script wants it to be run
    });
}

void RepairDialog::carryOut(const MiniBatchList& run, const MiniBatchList& ignore, const MiniBatchList& unignore)
{
    runtime::RepairRequest request;
    request.step = toStd(m_step);
    request.run = run.text();
    request.ignore = ignore.text();
    request.unignore = unignore.text();
    if (m_context.run.repair(request, m_ownCode->isVisible() && m_ownCode->isChecked() && !run.isEmpty())) {
        accept();
    } else {
        const QString why = m_context.run.whyOnlyLooked();
        m_note->setText(why.isEmpty() ? tr("The run is being started just now: try again in a moment.") : why);
    }
}

} // namespace sheaf::ui
