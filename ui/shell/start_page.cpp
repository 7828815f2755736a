// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/shell/start_page.h"

#include "core/base/paths.h"
#include "ui/state/app_context.h"
#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QCommandLinkButton>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>
#include <filesystem>
#include <set>
#include <vector>

namespace sheaf::ui {

namespace fs = std::filesystem;

namespace {

/// Title (first heading) and first paragraph of a sample's README.md.
std::pair<QString, QString> wordsOf(const QString& folder)
{
    QFile file(folder + QStringLiteral("/README.md"));
    QString title = QFileInfo(folder).fileName();
    QString text;
    if (!file.open(QIODevice::ReadOnly)) {
        return { title, text };
    }
    const QStringList lines = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'));
    for (const QString& line : lines) {
        if (line.startsWith(QLatin1String("# "))) {
            title = line.mid(2).trimmed();
        } else if (!line.trimmed().isEmpty()) {
            text += (text.isEmpty() ? QString() : QStringLiteral(" ")) + line.trimmed();
        } else if (!text.isEmpty()) {
            break;
        }
    }
    return { title, text.remove(QLatin1Char('`')) };
}

constexpr std::size_t kRuns = 6;

struct PlacedRun {
    fs::path folder;
    workspace::RunSummary summary;
};

/// Of the workspaces around the places, the newest runs first.
std::vector<PlacedRun> newestRuns(const std::vector<fs::path>& places)
{
    std::set<fs::path> seen;
    std::vector<PlacedRun> all;
    for (const fs::path& place : places) {
        const auto workspace = workspace::Workspace::around(place);
        if (!seen.insert(workspace.folder()).second) {
            continue;
        }
        for (auto& summary : workspace.runs().value_or(std::vector<workspace::RunSummary>())) {
            const fs::path folder = workspace.runDir(summary.run).path();
            all.push_back({ folder, std::move(summary) });
        }
    }
    std::sort(all.begin(), all.end(),
        [](const PlacedRun& a, const PlacedRun& b) { return a.summary.startedMicros > b.summary.startedMicros; });
    all.resize(std::min(all.size(), kRuns));
    return all;
}

void clear(QLayout* layout)
{
    while (QLayoutItem* item = layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

QLabel* hint(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setWordWrap(true);
    return label;
}

QLabel* heading(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setFont(textFont(2, true));
    return label;
}

} // namespace

StartPage::StartPage(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_recent(new QVBoxLayout)
    , m_runs(new QVBoxLayout)
{
    setObjectName(QStringLiteral("start.page"));
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    auto* page = new QWidget(area);
    auto* title = new QLabel(tr("Sheaf"), page);
    title->setFont(textFont(14, true));
    auto* subtitle = new QLabel(tr("Parallel batch jobs on your own machine: draw a pipeline or open one, and press Run."), page);
    subtitle->setForegroundRole(QPalette::PlaceholderText);
    subtitle->setWordWrap(true);
    auto* open = new QPushButton(icon(QStringLiteral("open")), tr("Open a pipeline file…"), page);
    open->setObjectName(QStringLiteral("start.open"));
    connect(open, &QPushButton::clicked, this, &StartPage::browseRequested);

    auto* make = new QPushButton(iconOnAccent(QStringLiteral("pipeline")), tr("New pipeline…"), page);
    make->setObjectName(QStringLiteral("start.new"));
    make->setProperty("primary", true);
    connect(make, &QPushButton::clicked, this, &StartPage::newRequested);
    auto* verbs = new QHBoxLayout;
    verbs->setSpacing(space::kLarge);
    verbs->addWidget(make);
    verbs->addWidget(open);
    verbs->addStretch(1);
    auto* samples = new QVBoxLayout;
    samples->setSpacing(space::kLarge); // else a nested layout takes its parent's
    samples->addWidget(heading(tr("Samples"), page));
    const QDir folder(toQt(paths::samplesDir()));
    QStringList names = folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    if (names.removeAll(QStringLiteral("score-table")) > 0) {
        names.prepend(QStringLiteral("score-table")); // all green: the one to begin with
    }
    for (const QString& name : names) {
        if (QFile::exists(folder.filePath(name) + QStringLiteral("/pipeline.yml"))) {
            samples->addWidget(sampleCard(folder.filePath(name)));
        }
    }
    samples->addStretch(1);
    auto* recentColumn = new QVBoxLayout;
    recentColumn->setSpacing(space::kLarge);
    m_recent->setSpacing(space::kMedium);
    m_runs->setSpacing(space::kMedium);
    recentColumn->addWidget(heading(tr("Opened last"), page));
    recentColumn->addLayout(m_recent);
    recentColumn->addSpacing(space::kWide);
    recentColumn->addWidget(heading(tr("Last runs"), page));
    recentColumn->addLayout(m_runs);
    recentColumn->addStretch(1);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(space::kPage);
    columns->addLayout(samples, 3);
    columns->addLayout(recentColumn, 2);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(space::kPage, space::kPage, space::kPage, space::kPage);
    layout->setSpacing(space::kLarge);
    layout->addWidget(title);
    layout->addWidget(subtitle);
    layout->addLayout(verbs);
    layout->addSpacing(space::kWide);
    layout->addLayout(columns, 1);
    area->setWidget(page);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(area);
    connect(&m_context.settings, &SettingsState::changed, this, [this] { listRecent(); });
    listRecent();
}

QWidget* StartPage::sampleCard(const QString& folder)
{
    const auto [title, text] = wordsOf(folder);
    auto* card = new QCommandLinkButton(title, text, this);
    card->setObjectName(QStringLiteral("start.sample.") + QFileInfo(folder).fileName());
    card->setAccessibleDescription(text);
    card->setIcon(icon(QStringLiteral("pipeline")));
    connect(card, &QCommandLinkButton::clicked, this, [this, folder] { emit sampleRequested(folder); });
    return card;
}

void StartPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    listRuns();
}

/// The newest runs of the workspaces of the files opened last.
void StartPage::listRuns()
{
    std::vector<fs::path> places;
    if (const QString chosen = m_context.settings.workspace(); !chosen.isEmpty()) {
        places.push_back(toPath(chosen));
    }
    for (const QString& file : m_context.settings.settings().recentFiles) {
        places.push_back(toPath(file));
    }
    m_context.reader.ask(
        this, [places] { return newestRuns(places); },
        [this](const std::vector<PlacedRun>& runs) {
            clear(m_runs);
            if (runs.empty()) {
                m_runs->addWidget(hint(tr("Runs appear here when there are some."), this));
            }
            for (const PlacedRun& run : runs) {
                const auto& about = run.summary;
                QStringList words { about.interrupted ? tr("Interrupted") : wordOf(about.state),
                    QFileInfo(toQt(about.jobFile)).dir().dirName() + QLatin1Char('/') + QFileInfo(toQt(about.jobFile)).fileName() };
                if (about.startedMicros > 0) {
                    words << dateTimeText(about.startedMicros);
                }
                if (about.endedMicros > about.startedMicros) {
                    words << durationText(static_cast<double>(about.endedMicros - about.startedMicros) * 1e-6);
                }
                auto* button = new QCommandLinkButton(toQt(about.run), words.join(QStringLiteral(" · ")), this);
                button->setObjectName(QStringLiteral("start.run.") + toQt(about.run));
                button->setAccessibleDescription(button->description());
                button->setIcon(toneIcon(about.interrupted ? Tone::Canceled : toneOf(about.state), devicePixelRatioF()));
                button->setToolTip(tipText(toQt(about.message)));
                connect(button, &QCommandLinkButton::clicked, this, [this, folder = toQt(run.folder)] { emit openRequested(folder); });
                m_runs->addWidget(button);
            }
        });
}

void StartPage::listRecent()
{
    clear(m_recent);
    const QStringList files = m_context.settings.settings().recentFiles;
    if (files.isEmpty()) {
        m_recent->addWidget(hint(tr("Files that you open appear here."), this));
    }
    for (const QString& file : files.mid(0, 6)) {
        auto* button = new QCommandLinkButton(QFileInfo(file).fileName(), QFileInfo(file).path(), this);
        button->setIcon(icon(QStringLiteral("file")));
        button->setToolTip(tipText(file));
        connect(button, &QCommandLinkButton::clicked, this, [this, file] { emit openRequested(file); });
        m_recent->addWidget(button);
    }
}

} // namespace sheaf::ui
