// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/shell/start_page.h"

#include "core/base/paths.h"
#include "ui/state/app_context.h"
#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"

#include <QCommandLinkButton>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace sheaf::ui {

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
{
    setObjectName(QStringLiteral("start.page"));
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    auto* page = new QWidget(area);
    auto* title = new QLabel(tr("Sheaf"), page);
    title->setFont(textFont(14, true));
    auto* subtitle = new QLabel(tr("Parallel batch jobs on your own machine: open a pipeline file and press Run."), page);
    subtitle->setForegroundRole(QPalette::PlaceholderText);
    subtitle->setWordWrap(true);
    auto* open = new QPushButton(icon(QStringLiteral("open")), tr("Open a pipeline file…"), page);
    open->setObjectName(QStringLiteral("start.open"));
    connect(open, &QPushButton::clicked, this, &StartPage::browseRequested);

    auto* samples = new QVBoxLayout;
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
    recentColumn->addWidget(heading(tr("Opened last"), page));
    recentColumn->addLayout(m_recent);
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
    layout->addWidget(open, 0, Qt::AlignLeft);
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

void StartPage::listRecent()
{
    while (QLayoutItem* item = m_recent->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const QStringList files = m_context.settings.settings().recentFiles;
    if (files.isEmpty()) {
        auto* hint = new QLabel(tr("Files that you open appear here."), this);
        hint->setForegroundRole(QPalette::PlaceholderText);
        m_recent->addWidget(hint);
    }
    for (const QString& file : files.mid(0, 8)) {
        auto* button = new QCommandLinkButton(QFileInfo(file).fileName(), QFileInfo(file).path(), this);
        button->setIcon(icon(QStringLiteral("file")));
        button->setToolTip(file);
        connect(button, &QCommandLinkButton::clicked, this, [this, file] { emit openRequested(file); });
        m_recent->addWidget(button);
    }
}

} // namespace sheaf::ui
