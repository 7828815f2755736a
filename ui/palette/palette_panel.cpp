// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/palette/palette_panel.h"

#include "ui/state/app_context.h"
#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QMimeData>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace sheaf::ui {

namespace {

constexpr int kId = Qt::UserRole;

/// Its rows are dragged as ids of the catalogue.
class EntryTree : public QTreeWidget
{
public:
    using QTreeWidget::QTreeWidget;

protected:
    QMimeData* mimeData(const QList<QTreeWidgetItem*>& items) const override
    {
        auto* mime = new QMimeData;
        for (const QTreeWidgetItem* item : items) {
            mime->setData(QStringLiteral("application/x-sheaf-step"), item->data(0, kId).toString().toUtf8());
        }
        return mime;
    }
};

} // namespace

PalettePanel::PalettePanel(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_filter(new QLineEdit(this))
    , m_tree(new EntryTree(this))
{
    setObjectName(QStringLiteral("palette.panel"));
    m_filter->setObjectName(QStringLiteral("palette.filter"));
    m_filter->setAccessibleName(tr("Filter of the palette"));
    m_filter->setPlaceholderText(tr("Filter…"));
    m_filter->setClearButtonEnabled(true);
    auto* refresh = new QToolButton(this);
    refresh->setObjectName(QStringLiteral("palette.refresh"));
    refresh->setIcon(icon(QStringLiteral("refresh")));
    refresh->setToolTip(tr("Look again for component files and data around the job file"));
    refresh->setAccessibleName(refresh->toolTip());
    m_tree->setObjectName(QStringLiteral("palette.tree"));
    m_tree->setAccessibleName(tr("Steps and data to add"));
    m_tree->setAccessibleDescription(tr("Enter adds what is chosen to the pipeline; it can be dragged onto the canvas, too"));
    m_tree->setHeaderHidden(true);
    m_tree->setIconSize(QSize(18, 18));
    m_tree->setIndentation(14);
    m_tree->setDragEnabled(true);
    m_tree->setDragDropMode(QAbstractItemView::DragOnly);
    m_tree->setTextElideMode(Qt::ElideRight);
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);

    auto* row = new QHBoxLayout;
    row->setSpacing(space::kSmall);
    row->addWidget(m_filter, 1);
    row->addWidget(refresh);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, 0);
    column->setSpacing(space::kSmall);
    column->addLayout(row);
    column->addWidget(m_tree, 1);

    connect(m_filter, &QLineEdit::textChanged, this, &PalettePanel::filter);
    connect(refresh, &QToolButton::clicked, &context.catalog, &CatalogState::refresh);
    connect(&context.catalog, &CatalogState::changed, this, &PalettePanel::refill);
    connect(m_tree, &QTreeWidget::itemActivated, this, [this](const QTreeWidgetItem* item) { add(item); });
    refill();
}

void PalettePanel::add(const QTreeWidgetItem* item)
{
    if (const QString id = item->data(0, kId).toString(); !id.isEmpty()) {
        m_context.catalog.ask(id);
    }
}

void PalettePanel::refill()
{
    const QTreeWidgetItem* chosen = m_tree->currentItem();
    const QString chosenId = chosen == nullptr ? QString() : chosen->data(0, kId).toString();
    m_tree->clear();
    const std::pair<CatalogEntry::Kind, QString> kinds[] = { { CatalogEntry::Kind::Template, tr("New step") },
        { CatalogEntry::Kind::Component, tr("Components") }, { CatalogEntry::Kind::Data, tr("Data") } };
    for (const auto& [kind, title] : kinds) {
        auto* head = new QTreeWidgetItem(m_tree, { title });
        head->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
        head->setFont(0, textFont(0, true));
        head->setForeground(0, theme().muted);
        for (const CatalogEntry& entry : m_context.catalog.entries()) {
            if (entry.kind != kind) {
                continue;
            }
            auto* item = new QTreeWidgetItem(head, { entry.title });
            item->setIcon(0, icon(entry.icon));
            item->setToolTip(0, entry.description.isEmpty() ? entry.path : entry.description + (entry.path.isEmpty() ? QString() : QLatin1Char('\n') + entry.path));
            item->setData(0, Qt::AccessibleDescriptionRole, entry.description);
            item->setData(0, kId, entry.id);
            if (entry.id == chosenId) {
                m_tree->setCurrentItem(item);
            }
        }
        if (head->childCount() == 0) {
            auto* none = new QTreeWidgetItem(head, { kind == CatalogEntry::Kind::Component ? tr("No component files beside the job file") : tr("No data beside the job file") });
            none->setFlags(Qt::NoItemFlags);
            none->setForeground(0, theme().muted);
        }
        head->setExpanded(true);
    }
    filter(m_filter->text());
}

void PalettePanel::filter(const QString& typed)
{
    for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
        QTreeWidgetItem* head = m_tree->topLevelItem(i);
        bool any = false;
        for (int k = 0; k < head->childCount(); ++k) {
            QTreeWidgetItem* item = head->child(k);
            const bool fits = typed.isEmpty()
                || (item->flags() != Qt::NoItemFlags
                    && (item->text(0).contains(typed, Qt::CaseInsensitive) || item->toolTip(0).contains(typed, Qt::CaseInsensitive)));
            item->setHidden(!fits);
            any = any || fits;
        }
        head->setHidden(!any);
    }
}

} // namespace sheaf::ui
