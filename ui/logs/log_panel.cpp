// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/logs/log_panel.h"

#include "ui/logs/log_view.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

#include <filesystem>

namespace sheaf::ui {

namespace {

constexpr int kReadInterval = 200;

/// Paths below `folder` of the files that hold text for people, in the order of their names.
QStringList logFiles(const std::filesystem::path& folder)
{
    QStringList files;
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        const auto extension = at->path().extension();
        if (at->is_regular_file(error) && (extension == ".txt" || extension == ".csv")) {
            files << toQt(at->path().lexically_relative(folder));
        }
    }
    // What people look for first: their own output, then the rest.
    std::sort(files.begin(), files.end(), [](const QString& a, const QString& b) {
        const auto rank = [](const QString& path) { return path.startsWith(QLatin1String("user")) ? 0 : path.contains(QLatin1Char('/')) ? 2 : 1; };
        return rank(a) != rank(b) ? rank(a) < rank(b) : a < b;
    });
    return files;
}

} // namespace

LogPanel::LogPanel(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_picker(new QComboBox(this))
    , m_find(new QLineEdit(this))
    , m_found(new QLabel(this))
    , m_follow(new QPushButton(tr("Follow"), this))
    , m_view(new LogView(this))
{
    m_picker->setObjectName(QStringLiteral("logs.picker"));
    m_picker->setAccessibleName(tr("Log file: node, process and stream"));
    m_picker->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_picker->setMinimumContentsLength(34);
    m_picker->setPlaceholderText(tr("No log files yet"));
    m_find->setObjectName(QStringLiteral("logs.find"));
    m_find->setAccessibleName(tr("Find in this log"));
    m_find->setPlaceholderText(tr("Find (Enter: next, Shift+Enter: previous)"));
    m_find->setClearButtonEnabled(true);
    m_follow->setObjectName(QStringLiteral("logs.follow"));
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_follow->setToolTip(tr("Keep the newest line in view"));
    auto* bar = new QHBoxLayout;
    bar->addWidget(m_picker, 2);
    bar->addWidget(m_find, 1);
    bar->addWidget(m_found);
    bar->addWidget(m_follow);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
    layout->setSpacing(space::kMedium);
    layout->addLayout(bar);
    layout->addWidget(m_view, 1);

    connect(m_picker, &QComboBox::currentIndexChanged, this, [this] { openChosen(); });
    connect(m_find, &QLineEdit::returnPressed, this, [this] { find(false); });
    auto* previous = new QShortcut(QKeySequence(Qt::SHIFT | Qt::Key_Return), m_find);
    previous->setContext(Qt::WidgetShortcut);
    connect(previous, &QShortcut::activated, this, [this] { find(true); });
    connect(m_follow, &QPushButton::toggled, m_view, &LogView::setFollowing);
    connect(m_view, &LogView::followingChanged, m_follow, &QPushButton::setChecked);
    connect(m_view, &LogView::grown, this, [this] { m_found->setText(tr("%1 lines").arg(countText(static_cast<std::uint64_t>(m_view->lineCount())))); });
    connect(&m_context.run, &RunState::opened, this, [this] { listFiles(); });
    connect(&m_context.run, &RunState::closed, this, [this] { listFiles(); });
    connect(&m_context.run, &RunState::changed, this, [this](const event::ChangeSet& changes) {
        if (!changes.workers.empty() || !changes.steps.empty()) {
            listFiles();
        }
    });
    connect(&m_context.selection, &SelectionState::stepChanged, this, [this] { listFiles(); });
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (isVisible()) {
            if (m_picker->count() == 0) {
                listFiles();
            }
            m_view->readMore();
        }
    });
    m_timer.start(kReadInterval);
}

void LogPanel::listFiles()
{
    if (!m_context.run.isOpen() || m_context.selection.step().isEmpty()) {
        m_picker->clear();
        m_view->openFile({});
        return;
    }
    const auto folder = m_context.run.dir().logs(toStd(m_context.selection.step()));
    m_context.reader.ask(
        this, [folder] { return logFiles(folder); },
        [this, folder](const QStringList& files) {
            if (!m_context.run.isOpen() || folder != m_context.run.dir().logs(toStd(m_context.selection.step()))) {
                return; // of a step that is not looked at any more
            }
            QStringList known;
            for (int i = 0; i < m_picker->count(); ++i) {
                known << m_picker->itemText(i);
            }
            if (known == files && m_picker->property("folder").toString() == toQt(folder)) {
                return;
            }
            const QString chosen = m_picker->currentText();
            const QSignalBlocker quiet(m_picker);
            const bool sameFolder = m_picker->property("folder").toString() == toQt(folder);
            m_picker->setProperty("folder", toQt(folder));
            m_picker->clear();
            m_picker->addItems(files);
            const int again = sameFolder ? m_picker->findText(chosen) : -1;
            m_picker->setCurrentIndex(again >= 0 ? again : (files.isEmpty() ? -1 : 0));
            if (again < 0) {
                openChosen();
            }
        });
}

void LogPanel::openChosen()
{
    m_found->clear();
    const QString folder = m_picker->property("folder").toString();
    m_view->openFile(m_picker->currentText().isEmpty() ? QString() : folder + QLatin1Char('/') + m_picker->currentText());
}

void LogPanel::find(bool backward)
{
    const bool found = m_view->find(m_find->text(), backward);
    m_found->setText(found || m_find->text().isEmpty() ? QString() : tr("Not found"));
}

} // namespace sheaf::ui
