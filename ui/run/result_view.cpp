// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/result_view.h"

#include "ui/state/app_context.h"
#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QDesktopServices>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>
#include <QTreeWidget>
#include <QTreeWidgetItemIterator>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace sheaf::ui {

using Entry = ResultView::Entry;

namespace {

constexpr qint64 kShownBytes = 256 * 1024;
constexpr int kMostEntries = 2000; // of one folder
constexpr int kDeepest = 8;
constexpr int kSoonMilliseconds = 1000;
constexpr int kOutputsMilliseconds = 10000;
constexpr int kPathRole = Qt::UserRole;
constexpr int kBytesRole = Qt::UserRole + 1;
constexpr int kLogOfRole = Qt::UserRole + 2;
constexpr int kLogRole = Qt::UserRole + 3;

/// What is read first stands first.
int rankOf(const QFileInfo& info)
{
    static const std::array names { QStringLiteral("job_result.txt"), QStringLiteral("job_error.txt"), QStringLiteral("job_progress_overview.txt"),
        QStringLiteral("readme.txt"), QStringLiteral("user"), QStringLiteral("user_logs"), QStringLiteral("sys") };
    const auto found = std::find(names.begin(), names.end(), info.fileName());
    return found != names.end() ? static_cast<int>(found - names.begin()) : info.isDir() ? 20 : 10;
}

/// Reads a folder and what is below it.
void list(Entry& folder, const QString& logOf, const QString& logRoot, int depth)
{
    // A folder may hold millions: no more of them are looked at than are shown.
    QFileInfoList found;
    for (QDirIterator at(folder.path, QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden); at.hasNext() && !folder.isCut;) {
        at.next();
        folder.isCut = found.size() == kMostEntries;
        if (!folder.isCut) {
            found << at.fileInfo();
        }
    }
    std::sort(found.begin(), found.end(), [](const QFileInfo& a, const QFileInfo& b) {
        const int first = rankOf(a);
        const int second = rankOf(b);
        return first != second ? first < second : a.fileName() < b.fileName();
    });
    for (const QFileInfo& info : found) {
        Entry entry;
        entry.name = info.fileName();
        entry.path = info.filePath();
        entry.logOf = logOf;
        entry.log = logOf.isEmpty() ? QString() : info.filePath().mid(logRoot.size() + 1);
        if (info.isDir()) {
            if (depth < kDeepest && !info.isSymLink()) { // a link may lead in a circle
                list(entry, logOf, logRoot, depth + 1);
            }
        } else {
            entry.bytes = info.size();
        }
        folder.entries.push_back(std::move(entry));
    }
}

/// What is to be listed of one step.
struct Question {
    QString step;
    QString logsTitle;
    QString outputsTitle;
    QString logs;
    std::vector<std::pair<QString, QString>> outputs; // name, path
};

/// `outputs`: as they were last listed; listed anew when `withOutputs`.
std::vector<Entry> answer(const std::vector<Question>& questions, std::map<QString, Entry>& outputsOf, bool withOutputs)
{
    if (withOutputs) {
        outputsOf.clear();
    }
    std::vector<Entry> roots;
    for (const Question& question : questions) {
        Entry logs;
        logs.name = question.logsTitle;
        logs.path = question.logs;
        list(logs, question.step, question.logs, 0);
        roots.push_back(std::move(logs));
        if (question.outputs.empty()) {
            continue;
        }
        if (const auto known = outputsOf.find(question.logs); known != outputsOf.end() && !withOutputs) {
            roots.push_back(known->second);
            roots.back().name = question.outputsTitle;
            continue;
        }
        Entry outputs;
        outputs.name = question.outputsTitle;
        for (const auto& [name, path] : question.outputs) {
            const QFileInfo info(path);
            Entry entry;
            entry.path = path;
            entry.isMissing = !info.exists();
            entry.name = info.isDir() || entry.isMissing ? name : name + QStringLiteral(" · ") + info.fileName();
            if (info.isDir()) {
                list(entry, {}, {}, 0);
            } else if (!entry.isMissing) {
                entry.bytes = info.size();
            }
            outputs.entries.push_back(std::move(entry));
        }
        outputsOf.insert_or_assign(question.logs, outputs);
        roots.push_back(std::move(outputs));
    }
    return roots;
}

struct FilePart {
    QString text;
    bool isRead = false;
    bool isText = true;
};

FilePart readPart(const QString& path)
{
    FilePart part;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return part;
    }
    const QByteArray bytes = file.read(kShownBytes);
    part.isRead = true;
    part.isText = !bytes.contains('\0');
    part.text = part.isText ? QString::fromUtf8(bytes) : QString();
    return part;
}

} // namespace

ResultView::ResultView(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_outputs(std::make_shared<std::map<QString, Entry>>())
    , m_tree(new QTreeWidget(this))
    , m_name(new QLabel(this))
    , m_note(new QLabel(this))
    , m_text(new QPlainTextEdit(this))
    , m_inLogs(new QPushButton(tr("Open in &Logs"), this))
    , m_open(new QPushButton(tr("&Open"), this))
    , m_folder(new QPushButton(tr("Open &folder"), this))
{
    setObjectName(QStringLiteral("run.result"));
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSoonMilliseconds);
    build();
    connect(&m_soon, &QTimer::timeout, this, &ResultView::refresh);
    connect(m_tree, &QTreeWidget::currentItemChanged, this, [this] {
        m_chosenByUser = true; // what is chosen here is chosen in silence
        showChosen();
    });
    connect(m_inLogs, &QPushButton::clicked, this, [this] {
        if (const QTreeWidgetItem* item = m_tree->currentItem()) {
            const QString file = item->data(0, kLogRole).toString();
            m_context.selection.setStep(item->data(0, kLogOfRole).toString());
            m_context.selection.showLog(file, 0);
        }
    });
    connect(m_open, &QPushButton::clicked, this, [this] {
        const QTreeWidgetItem* item = m_tree->currentItem();
        const QString path = item != nullptr ? item->data(0, kPathRole).toString() : QString();
        if (!path.isEmpty() && m_context.run.mayOpen(path)) {
            QDesktopServices::openUrl(QUrl::fromLocalFile(path));
        }
    });
    connect(m_folder, &QPushButton::clicked, this, &ResultView::openFolder);
    connect(&m_context.run, &RunState::changed, this, [this] {
        const auto& steps = m_context.run.picture().steps();
        const auto over = static_cast<std::size_t>(std::count_if(steps.begin(), steps.end(), [](const event::StepPicture& step) { return step.isOver(); }));
        m_outputsWanted = m_outputsWanted || over != m_stepsOver;
        m_stepsOver = over;
        if (!m_soon.isActive()) {
            m_soon.start();
        }
    });
    for (const auto signal : { &RunState::opened, &RunState::closed, &RunState::activityChanged }) {
        connect(&m_context.run, signal, this, [this] {
            m_outputsWanted = true;
            refresh();
        });
    }
    connect(&m_context.selection, &SelectionState::stepChanged, this, [this] {
        m_chosenByUser = false;
        refresh();
    });
    refresh();
}

void ResultView::build()
{
    m_tree->setObjectName(QStringLiteral("run.result.tree"));
    m_tree->setAccessibleName(tr("Files of the step"));
    m_tree->setHeaderLabels({ tr("File"), tr("Size") });
    m_tree->headerItem()->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_tree->setUniformRowHeights(true);
    m_name->setObjectName(QStringLiteral("run.result.name"));
    m_name->setFont(textFont(0, true));
    m_name->setTextFormat(Qt::PlainText);
    m_name->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_note->setObjectName(QStringLiteral("run.result.note"));
    m_note->setProperty("muted", true);
    m_note->setWordWrap(true);
    m_text->setObjectName(QStringLiteral("run.result.text"));
    m_text->setAccessibleName(tr("Text of the file"));
    m_text->setReadOnly(true);
    m_text->setFont(monoFont());
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setTabChangesFocus(true);
    m_text->setPlaceholderText(tr("job_result.txt appears here when the step has ended."));
    m_inLogs->setObjectName(QStringLiteral("run.result.inLogs"));
    m_open->setObjectName(QStringLiteral("run.result.open"));
    m_open->setToolTip(tr("With the program that the desktop has for it"));
    m_folder->setObjectName(QStringLiteral("run.result.folder"));

    auto* head = new QHBoxLayout;
    head->setSpacing(space::kMedium);
    head->addWidget(m_name, 1);
    head->addWidget(m_inLogs);
    head->addWidget(m_open);
    head->addWidget(m_folder);
    auto* side = new QWidget(this);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
    column->setSpacing(space::kSmall);
    column->addLayout(head);
    column->addWidget(m_note);
    column->addWidget(m_text, 1);
    auto* splitter = new QSplitter(this);
    splitter->setObjectName(QStringLiteral("run.result.splitter"));
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_tree);
    splitter->addWidget(side);
    splitter->setSizes({ 300, 700 });
    splitter->setStretchFactor(1, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
}

void ResultView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_outputsWanted = true;
    refresh();
}

void ResultView::refresh()
{
    m_soon.stop();
    if (!m_context.run.isOpen()) {
        m_about.clear();
        take({});
        return;
    }
    if (!isVisible()) {
        return; // read when somebody looks
    }
    if (m_asking) {
        m_askAgain = true;
        return;
    }
    const auto& steps = m_context.run.spec().steps;
    const QString chosen = m_context.selection.step();
    const bool one = m_context.run.stepSpec(chosen) != nullptr;
    std::vector<Question> questions;
    for (const auto& step : steps) {
        if (one && toQt(step.name) != chosen) {
            continue;
        }
        Question question;
        question.step = toQt(step.name);
        question.logsTitle = one ? tr("Logs") : tr("Logs of %1").arg(toQt(step.name));
        question.outputsTitle = one ? tr("Outputs") : tr("Outputs of %1").arg(toQt(step.name));
        question.logs = toQt(m_context.run.dir().logs(step.name));
        for (const auto& output : step.outputs) {
            question.outputs.emplace_back(toQt(output.name), toQt(output.path));
        }
        questions.push_back(std::move(question));
    }
    m_asking = true;
    const QString about = m_context.run.run() + QLatin1Char('/') + (one ? chosen : QString());
    const bool withOutputs = m_outputsWanted || m_outputsAge.hasExpired(kOutputsMilliseconds);
    if (withOutputs) {
        m_outputsWanted = false;
        m_outputsAge.start();
    }
    m_thread.ask(
        this, [questions = std::move(questions), outputs = m_outputs, withOutputs] { return answer(questions, *outputs, withOutputs); },
        [this, about](const std::vector<Entry>& roots) {
            m_asking = false;
            if (m_context.run.isOpen()) {
                if (about != m_about) {
                    m_about = about;
                    m_chosenByUser = false;
                }
                take(roots);
            }
            if (m_askAgain) {
                m_askAgain = false;
                refresh();
            }
        });
}

void ResultView::take(const std::vector<Entry>& roots)
{
    if (roots != m_roots) {
        m_roots = roots;
        const QTreeWidgetItem* current = m_tree->currentItem();
        const QString path = current != nullptr ? current->data(0, kPathRole).toString() : QString();
        QSet<QString> open;
        for (QTreeWidgetItemIterator it(m_tree, QTreeWidgetItemIterator::HasChildren); *it != nullptr; ++it) {
            if ((*it)->isExpanded()) {
                open.insert((*it)->data(0, kPathRole).toString());
            }
        }
        const int scrolled = m_tree->verticalScrollBar()->value();
        {
            const QSignalBlocker blocker(m_tree);
            m_tree->clear();
            for (const Entry& root : roots) {
                addTo(nullptr, root);
            }
            for (QTreeWidgetItemIterator it(m_tree, QTreeWidgetItemIterator::HasChildren); *it != nullptr; ++it) {
                (*it)->setExpanded((*it)->parent() == nullptr || open.contains((*it)->data(0, kPathRole).toString()));
            }
            if (QTreeWidgetItem* same = itemOf(path)) {
                m_tree->setCurrentItem(same);
            }
        }
        m_tree->verticalScrollBar()->setValue(scrolled);
    }
    if (!m_chosenByUser || m_tree->currentItem() == nullptr) {
        chooseFirst();
    }
    showChosen();
}

void ResultView::addTo(QTreeWidgetItem* parent, const Entry& entry)
{
    auto* item = parent != nullptr ? new QTreeWidgetItem(parent) : new QTreeWidgetItem(m_tree);
    const bool isFile = entry.bytes >= 0;
    item->setText(0, entry.name);
    item->setToolTip(0, tipText(entry.path));
    item->setIcon(0, icon(isFile ? QStringLiteral("file") : QStringLiteral("folder")));
    item->setText(1, isFile ? bytesText(static_cast<double>(entry.bytes)) : entry.isMissing ? tr("not written") : QString());
    item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
    item->setData(0, kPathRole, entry.path);
    item->setData(0, kBytesRole, entry.bytes);
    item->setData(0, kLogOfRole, entry.logOf);
    item->setData(0, kLogRole, entry.log);
    item->setDisabled(entry.isMissing);
    for (const Entry& child : entry.entries) {
        addTo(item, child);
    }
    if (entry.isCut) {
        auto* more = new QTreeWidgetItem(item, { tr("More files than %1: open the folder to see them all").arg(countText(kMostEntries)) });
        more->setFlags(Qt::ItemIsEnabled);
    }
}

QTreeWidgetItem* ResultView::itemOf(const QString& path) const
{
    for (QTreeWidgetItemIterator it(m_tree); !path.isEmpty() && *it != nullptr; ++it) {
        if ((*it)->data(0, kPathRole).toString() == path) {
            return *it;
        }
    }
    return nullptr;
}

/// job_result.txt, as soon as there is one; until then what is nearest to it.
void ResultView::chooseFirst()
{
    QTreeWidgetItem* first = nullptr;
    for (QTreeWidgetItemIterator it(m_tree); *it != nullptr; ++it) {
        if ((*it)->data(0, kBytesRole).toLongLong() < 0) {
            continue;
        }
        const QString log = (*it)->data(0, kLogRole).toString();
        if (log == QLatin1String("job_result.txt")) {
            first = *it;
            break;
        }
        if (first == nullptr || log == QLatin1String("job_progress_overview.txt")) {
            first = *it;
        }
    }
    if (first != nullptr) {
        const QSignalBlocker blocker(m_tree);
        m_tree->setCurrentItem(first);
    }
}

void ResultView::showChosen()
{
    const QTreeWidgetItem* item = m_tree->currentItem();
    const QString path = item != nullptr ? item->data(0, kPathRole).toString() : QString();
    const qint64 bytes = item != nullptr && item->data(0, kBytesRole).isValid() ? item->data(0, kBytesRole).toLongLong() : -1;
    const bool isFile = bytes >= 0;
    m_folder->setEnabled(!path.isEmpty());
    m_open->setVisible(isFile);
    m_inLogs->setVisible(isFile && !item->data(0, kLogOfRole).toString().isEmpty());
    m_name->setText(item != nullptr ? item->text(0) : QString());
    m_name->setToolTip(tipText(path));
    if (!isFile) {
        ++m_question; // an answer about the file before is too late
        m_shown.clear();
        m_text->clear();
        m_note->setText(item == nullptr ? QString() : item->childCount() == 0 ? tr("Nothing in it yet.") : tr("Choose a file."));
        m_note->setVisible(!m_note->text().isEmpty());
        return;
    }
    if (const QString shown = path + QLatin1Char('\n') + QString::number(bytes); shown != m_shown) {
        m_shown = shown;
        showText(path, bytes);
    }
}

void ResultView::showText(const QString& path, qint64 bytes)
{
    m_thread.ask(
        this, [path] { return readPart(path); },
        [this, path, bytes, mine = ++m_question](const FilePart& part) {
            if (mine != m_question) {
                return;
            }
            const int scrolled = m_text->accessibleDescription() == path ? m_text->verticalScrollBar()->value() : 0;
            m_text->setPlainText(part.text);
            m_text->verticalScrollBar()->setValue(scrolled);
            m_text->setAccessibleName(m_name->text().isEmpty() ? tr("Text of the file") : m_name->text());
            m_text->setAccessibleDescription(path);
            m_note->setText(!part.isRead       ? tr("The file cannot be read.")
                    : !part.isText             ? tr("This is no text: %1 bytes.").arg(countText(static_cast<std::uint64_t>(bytes)))
                    : bytes > kShownBytes      ? (m_inLogs->isHidden() ? tr("The first %1 of %2 are shown.") : tr("The first %1 of %2 are shown; Logs shows all of it."))
                                                .arg(bytesText(kShownBytes), bytesText(static_cast<double>(bytes)))
                    : bytes == 0               ? tr("The file is empty.")
                                               : QString());
            m_note->setVisible(!m_note->text().isEmpty());
        });
}

void ResultView::openFolder()
{
    if (const QTreeWidgetItem* item = m_tree->currentItem()) {
        const QFileInfo info(item->data(0, kPathRole).toString());
        const QString folder = info.isDir() ? info.filePath() : info.path();
        if (m_context.run.mayOpen(folder)) {
            QDesktopServices::openUrl(QUrl::fromLocalFile(folder));
        }
    }
}

} // namespace sheaf::ui
