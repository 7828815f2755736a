// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/result_view.h"

#include "core/base/paths.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"

#include <QDesktopServices>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

namespace sheaf::ui {

ResultView::ResultView(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_text(new QPlainTextEdit(this))
    , m_logs(new QPushButton(tr("Open log folder"), this))
    , m_outputs(new QPushButton(tr("Open output folder"), this))
{
    m_text->setObjectName(QStringLiteral("run.result.text"));
    m_text->setAccessibleName(tr("job_result.txt"));
    m_text->setReadOnly(true);
    m_text->setFont(monoFont());
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setPlaceholderText(tr("job_result.txt appears here when the step has ended."));
    m_logs->setObjectName(QStringLiteral("run.result.logs"));
    m_outputs->setObjectName(QStringLiteral("run.result.outputs"));
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(m_logs);
    buttons->addWidget(m_outputs);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
    layout->addWidget(m_text, 1);
    layout->addLayout(buttons);
    connect(m_logs, &QPushButton::clicked, this, [this] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(toQt(m_context.run.dir().logs(toStd(m_context.selection.step())))));
    });
    connect(m_outputs, &QPushButton::clicked, this,
        [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(toQt(m_context.run.dir().outputs()))); });
    connect(&m_context.run, &RunState::changed, this, [this](const event::ChangeSet& changes) {
        if (!changes.steps.empty() || changes.run) {
            refresh();
        }
    });
    connect(&m_context.run, &RunState::closed, this, [this] { refresh(); });
    connect(&m_context.selection, &SelectionState::stepChanged, this, [this] { refresh(); });
    refresh();
}

void ResultView::refresh()
{
    m_logs->setEnabled(m_context.run.isOpen());
    m_outputs->setEnabled(m_context.run.isOpen());
    const event::StepPicture* step = m_context.run.isOpen() ? m_context.run.step(m_context.selection.step()) : nullptr;
    if (step == nullptr || !step->isOver()) {
        m_text->clear();
        return;
    }
    const auto file = m_context.run.dir().jobResult(toStd(m_context.selection.step()));
    m_context.reader.ask(
        this, [file] { return paths::readFile(file); },
        [this](const Result<std::string>& text) {
            const QString found = text ? toQt(*text) : QString();
            if (found != m_text->toPlainText()) {
                m_text->setPlainText(found);
            }
        });
}

} // namespace sheaf::ui
