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

/// The node that a file is about: the folder in its path that is a number; "" for files of the whole step.
QString nodeOf(const QString& file)
{
    for (const QString& part : file.split(QLatin1Char('/')).mid(0, file.count(QLatin1Char('/')))) {
        bool isNumber = false;
        part.toUInt(&isNumber);
        if (isNumber) {
            return part;
        }
    }
    return {};
}

/// "process003 · stdout": what a file holds, in the words of its path.
QString titleOf(const QString& file)
{
    const QString node = nodeOf(file);
    if (node.isEmpty()) {
        return file;
    }
    QStringList parts = file.split(QLatin1Char('/'));
    const QString name = parts.takeLast();
    const QString process = name.section(QLatin1Char('.'), 0, 0);
    parts.removeOne(node);
    const bool isChild = file.startsWith(QLatin1String("sys/node/"));
    const QString what = isChild ? LogPanel::tr("of its children: %1").arg(name.section(QLatin1Char('.'), 1, 1))
                                 : parts.join(QLatin1Char(' ')).remove(QStringLiteral("user ")).replace(QLatin1Char('_'), QLatin1Char(' '));
    return process + QStringLiteral(" · ") + what;
}

} // namespace

LogPanel::LogPanel(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_nodes(new QComboBox(this))
    , m_picker(new QComboBox(this))
    , m_find(new QLineEdit(this))
    , m_found(new QLabel(this))
    , m_follow(new QPushButton(tr("Follow"), this))
    , m_view(new LogView(context.reader, context.worker, this))
{
    m_nodes->setObjectName(QStringLiteral("logs.nodes"));
    m_nodes->setAccessibleName(tr("Node whose log files are listed"));
    m_picker->setObjectName(QStringLiteral("logs.picker"));
    m_picker->setAccessibleName(tr("Log file: process and stream"));
    m_picker->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_picker->setMinimumContentsLength(26);
    m_picker->setMaxVisibleItems(24);
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
    bar->addWidget(m_nodes);
    bar->addWidget(m_picker, 2);
    bar->addWidget(m_find, 1);
    bar->addWidget(m_found);
    bar->addWidget(m_follow);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
    layout->setSpacing(space::kMedium);
    layout->addLayout(bar);
    layout->addWidget(m_view, 1);

    connect(m_nodes, &QComboBox::currentIndexChanged, this, [this] { fillFiles(m_picker->currentData().toString()); });
    connect(m_picker, &QComboBox::currentIndexChanged, this, [this] { openChosen(); });
    connect(m_picker, &QComboBox::activated, this, [this] { m_isChosen = true; });
    connect(m_find, &QLineEdit::returnPressed, this, [this] { m_view->find(m_find->text(), false); });
    auto* previous = new QShortcut(QKeySequence(Qt::SHIFT | Qt::Key_Return), m_find);
    previous->setContext(Qt::WidgetShortcut);
    connect(previous, &QShortcut::activated, this, [this] { m_view->find(m_find->text(), true); });
    auto* toFind = new QShortcut(QKeySequence(QKeySequence::Find), this);
    toFind->setContext(Qt::WidgetWithChildrenShortcut);
    connect(toFind, &QShortcut::activated, m_find, [this] {
        m_find->setFocus(Qt::ShortcutFocusReason);
        m_find->selectAll();
    });
    connect(m_follow, &QPushButton::toggled, m_view, &LogView::setFollowing);
    connect(m_view, &LogView::followingChanged, m_follow, &QPushButton::setChecked);
    connect(m_view, &LogView::grown, this, [this] { m_found->setText(tr("%1 lines").arg(countText(static_cast<std::uint64_t>(m_view->lineCount())))); });
    connect(m_view, &LogView::found, this, [this](bool any) {
        m_found->setText(any ? tr("line %1").arg(countText(static_cast<std::uint64_t>(m_view->markedLine() + 1))) : tr("Not found"));
    });
    connect(&m_context.run, &RunState::opened, this, [this] { listFiles(); });
    connect(&m_context.run, &RunState::closed, this, [this] { listFiles(); });
    connect(&m_context.run, &RunState::changed, this, [this](const event::ChangeSet& changes) {
        if (!changes.workers.empty() || !changes.steps.empty()) {
            listFiles();
        }
    });
    connect(&m_context.selection, &SelectionState::stepChanged, this, [this] { listFiles(); });
    connect(&m_context.selection, &SelectionState::logAsked, this, [this](const QString& file, qint64 offset) { show(file, offset); });
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (isVisible()) {
            if (m_files.isEmpty()) {
                listFiles();
            }
            m_view->readMore();
        }
    });
    m_timer.start(kReadInterval);
    fillNodes();
}

void LogPanel::listFiles()
{
    if (!m_context.run.isOpen() || m_context.selection.step().isEmpty()) {
        onListed({}, {});
        return;
    }
    const auto folder = m_context.run.dir().logs(toStd(m_context.selection.step()));
    m_context.reader.ask(
        this, [folder] { return logFiles(folder); },
        [this, folder](const QStringList& files) {
            if (m_context.run.isOpen() && folder == m_context.run.dir().logs(toStd(m_context.selection.step()))) {
                onListed(toQt(folder), files); // else: of a step that is not looked at any more
            }
        });
}

void LogPanel::onListed(const QString& folder, const QStringList& files)
{
    if (folder == m_folder && files == m_files) {
        return;
    }
    // Until the user has chosen one, the first in the order of their use is shown as soon as it is there.
    m_isChosen = m_isChosen && folder == m_folder;
    const QString chosen = m_isChosen ? m_picker->currentData().toString() : QString();
    m_folder = folder;
    m_files = files;
    fillNodes();
    fillFiles(chosen);
    if (!m_wanted.isEmpty()) {
        show(QString(m_wanted), m_wantedOffset);
    }
}

void LogPanel::fillNodes()
{
    QStringList nodes;
    for (const QString& file : m_files) {
        if (const QString node = nodeOf(file); !node.isEmpty() && !nodes.contains(node)) {
            nodes << node;
        }
    }
    std::sort(nodes.begin(), nodes.end(), [](const QString& a, const QString& b) { return a.toUInt() < b.toUInt(); });
    const QString chosen = m_nodes->currentData().toString();
    const QSignalBlocker quiet(m_nodes);
    m_nodes->clear();
    m_nodes->addItem(tr("All nodes"), QString());
    for (const QString& node : nodes) {
        m_nodes->addItem(tr("Node %1").arg(node), node);
    }
    m_nodes->setCurrentIndex(std::max(0, m_nodes->findData(chosen)));
}

/// The files of the chosen node; `chosen` stays if it is among them.
void LogPanel::fillFiles(const QString& chosen)
{
    const QString node = m_nodes->currentData().toString();
    const bool several = m_nodes->count() > 2;
    const QSignalBlocker quiet(m_picker);
    m_picker->clear();
    for (const QString& file : m_files) {
        const QString of = nodeOf(file);
        if (node.isEmpty() || of == node) {
            const bool saysNode = node.isEmpty() && several && !of.isEmpty();
            m_picker->addItem(saysNode ? tr("node %1 · %2").arg(of, titleOf(file)) : titleOf(file), file);
            m_picker->setItemData(m_picker->count() - 1, file, Qt::ToolTipRole);
        }
    }
    const int again = m_picker->findData(chosen);
    m_picker->setCurrentIndex(again >= 0 ? again : (m_picker->count() > 0 ? 0 : -1));
    if (m_view->file() != m_folder + QLatin1Char('/') + m_picker->currentData().toString()) {
        openChosen();
    }
}

void LogPanel::openChosen()
{
    m_found->clear();
    const QString file = m_picker->currentData().toString();
    m_picker->setToolTip(file);
    m_view->openFile(file.isEmpty() ? QString() : m_folder + QLatin1Char('/') + file);
}

/// A file that is not listed yet is shown when it is.
void LogPanel::show(const QString& file, qint64 offset)
{
    if (!m_files.contains(file)) {
        m_wanted = file;
        m_wantedOffset = offset;
        listFiles();
        return;
    }
    m_wanted.clear();
    m_isChosen = true;
    if (m_picker->findData(file) < 0) {
        m_nodes->setCurrentIndex(0);
    }
    m_picker->setCurrentIndex(m_picker->findData(file));
    if (offset >= 0) {
        m_view->showOffset(offset);
    }
    m_view->setFocus(Qt::OtherFocusReason);
}

} // namespace sheaf::ui
