// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/source/completion_popup.h"

#include "ui/source/syntax_colors.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"

#include <QGuiApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QScreen>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace sheaf::ui {

namespace {

constexpr int kMostRows = 10;
constexpr int kDetail = Qt::UserRole;
constexpr int kKind = Qt::UserRole + 1;

QColor colorOf(edit::Completion::Kind kind)
{
    const SyntaxColors colors = syntaxColors();
    switch (kind) {
    case edit::Completion::Kind::Key:
        return colors.key;
    case edit::Completion::Kind::Binding:
        return colors.binding;
    case edit::Completion::Kind::Flag:
        return colors.flag;
    case edit::Completion::Kind::Word:
    case edit::Completion::Kind::Path:
        return colors.text;
    }
    return colors.text;
}

/// The word to the left, its detail to the right in the second voice.
class Row : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const bool isChosen = (option.state & QStyle::State_Selected) != 0;
        painter->fillRect(option.rect, isChosen ? theme().accent : theme().surface);
        const QRect box = option.rect.adjusted(space::kMedium, 0, -space::kMedium, 0);
        painter->setFont(option.font);
        painter->setPen(isChosen ? theme().accentText : colorOf(static_cast<edit::Completion::Kind>(index.data(kKind).toInt())));
        const QString label = index.data().toString();
        painter->drawText(box, Qt::AlignLeft | Qt::AlignVCenter, option.fontMetrics.elidedText(label, Qt::ElideMiddle, box.width()));
        const int left = option.fontMetrics.horizontalAdvance(label) + space::kPanel;
        painter->setFont(textFont(-1));
        painter->setPen(isChosen ? theme().accentText : theme().muted);
        const QRect rest = box.adjusted(left, 0, 0, 0);
        painter->drawText(rest, Qt::AlignRight | Qt::AlignVCenter, QFontMetrics(painter->font()).elidedText(index.data(kDetail).toString(), Qt::ElideRight, rest.width()));
    }
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const int words = option.fontMetrics.horizontalAdvance(index.data().toString());
        const int detail = QFontMetrics(textFont(-1)).horizontalAdvance(index.data(kDetail).toString());
        return { words + detail + 2 * space::kMedium + space::kWide, option.fontMetrics.height() + space::kSmall };
    }
};

} // namespace

CompletionPopup::CompletionPopup(QWidget* editor)
    : QFrame(editor, Qt::ToolTip | Qt::FramelessWindowHint)
    , m_list(new QListWidget(this))
    , m_help(new QLabel(this))
{
    setObjectName(QStringLiteral("source.completions"));
    setAttribute(Qt::WA_ShowWithoutActivating);
    setFocusPolicy(Qt::NoFocus);
    setFrameShape(QFrame::Box);
    setLineWidth(1);
    m_list->setObjectName(QStringLiteral("source.completions.list"));
    m_list->setAccessibleName(tr("What may be written here"));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setItemDelegate(new Row(m_list));
    m_help->setObjectName(QStringLiteral("source.completions.help"));
    m_help->setWordWrap(true);
    m_help->setContentsMargins(space::kMedium, space::kSmall, space::kMedium, space::kSmall);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_help);
    connect(m_list, &QListWidget::currentRowChanged, this, &CompletionPopup::showHelp);
    connect(m_list, &QListWidget::itemClicked, this, &CompletionPopup::choose);
    hide();
}

void CompletionPopup::offer(const edit::Completions& completions, const QRect& line)
{
    m_completions = completions;
    QPalette colors = palette();
    colors.setColor(QPalette::Window, theme().raised);
    colors.setColor(QPalette::WindowText, theme().muted);
    colors.setColor(QPalette::Base, theme().surface);
    setPalette(colors);
    m_help->setPalette(colors);
    m_help->setFont(textFont(-1));
    m_list->setFont(monoFont());
    m_list->clear();
    bool hasHelp = false;
    for (const auto& completion : m_completions.items) {
        auto* item = new QListWidgetItem(toQt(completion.label), m_list);
        item->setData(kDetail, toQt(completion.detail));
        item->setData(kKind, static_cast<int>(completion.kind));
        item->setData(Qt::AccessibleDescriptionRole, toQt(completion.detail + ". " + completion.help));
        hasHelp = hasHelp || !completion.help.empty();
    }
    m_help->setVisible(hasHelp);
    m_list->setCurrentRow(0);

    const int rowHeight = m_list->sizeHintForRow(0);
    const int rows = std::min<int>(static_cast<int>(m_completions.items.size()), kMostRows);
    const int wide = std::clamp(m_list->sizeHintForColumn(0) + space::kPanel, 260, 560);
    const int helpHeight = hasHelp ? QFontMetrics(m_help->font()).height() * 2 + 2 * space::kSmall : 0;
    m_help->setFixedHeight(helpHeight);
    const int high = rows * rowHeight + helpHeight + 4;
    const QScreen* here = QGuiApplication::screenAt(line.center());
    const QRect screen = here != nullptr ? here->availableGeometry() : QRect(0, 0, 4000, 4000);
    const bool isBelow = line.bottom() + high < screen.bottom() || line.top() - high < screen.top();
    const int left = std::max(screen.left(), std::min(line.left(), screen.right() - wide));
    setGeometry(left, isBelow ? line.bottom() + 1 : line.top() - high - 1, wide, high);
    show();
}

void CompletionPopup::showHelp()
{
    const int row = m_list->currentRow();
    m_help->setText(row >= 0 && row < static_cast<int>(m_completions.items.size()) ? toQt(m_completions.items[static_cast<std::size_t>(row)].help) : QString());
}

void CompletionPopup::choose()
{
    const int row = m_list->currentRow();
    hide();
    if (row >= 0 && row < static_cast<int>(m_completions.items.size())) {
        const edit::Completion taken = m_completions.items[static_cast<std::size_t>(row)];
        emit chosen(taken);
    }
}

bool CompletionPopup::handleKey(QKeyEvent* event)
{
    const auto moveBy = [this](int rows) { m_list->setCurrentRow(std::clamp(m_list->currentRow() + rows, 0, m_list->count() - 1)); };
    if (event->modifiers() != Qt::NoModifier && event->modifiers() != Qt::KeypadModifier) {
        return false;
    }
    switch (event->key()) {
    case Qt::Key_Up:
        m_list->setCurrentRow(m_list->currentRow() > 0 ? m_list->currentRow() - 1 : m_list->count() - 1);
        return true;
    case Qt::Key_Down:
        m_list->setCurrentRow((m_list->currentRow() + 1) % m_list->count());
        return true;
    case Qt::Key_PageUp:
        moveBy(-kMostRows);
        return true;
    case Qt::Key_PageDown:
        moveBy(kMostRows);
        return true;
    case Qt::Key_Enter:
    case Qt::Key_Return:
    case Qt::Key_Tab:
        choose();
        return true;
    case Qt::Key_Escape:
        hide();
        return true;
    default:
        return false;
    }
}

} // namespace sheaf::ui
