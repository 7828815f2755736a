// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/form_row.h"

#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/widgets/elided_label.h"

#include <QContextMenuEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

namespace sheaf::ui {

namespace {

constexpr int kDot = 6;
constexpr int kIndent = space::kPanel; // of a label, with room for the mark before it
constexpr int kButton = 26;

int indentOf(bool isChild)
{
    return kIndent + (isChild ? space::kLarge : 0);
}

QToolButton* smallButton(QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setProperty("small", true);
    button->setFixedSize(kButton, kButton);
    button->setIconSize({ 14, 14 });
    return button;
}

/// Whom the row is about and what is written there.
QStringList writtenState(const FormRow& row)
{
    QStringList state;
    for (const FormCell& cell : row.cells) {
        state << toQt(cell.step) << toQt(cell.text);
        for (const FormEntry& entry : cell.entries) {
            state << toQt(entry.name) << toQt(entry.value);
        }
    }
    return state;
}

} // namespace

FormRowView::FormRowView(const FormRow& row, QWidget* parent)
    : QWidget(parent)
    , m_id(row.id)
    , m_grid(new QGridLayout(this))
    , m_label(new ElidedLabel(this, Qt::ElideMiddle))
    , m_editor(FieldEditor::make(row, this))
    , m_reset(smallButton(this))
    , m_menu(smallButton(this))
{
    const QString id = toQt(row.id);
    setObjectName(QStringLiteral("form.row.") + id);
    m_isChild = !row.parent.empty();
    m_label->setFullText(row.label);
    m_label->setBuddy(m_editor->input());
    m_reset->setObjectName(QStringLiteral("form.reset.") + id);
    m_reset->setIcon(icon(QStringLiteral("refresh")));
    m_reset->setAccessibleName(tr("Reset %1").arg(row.label));
    m_menu->setObjectName(QStringLiteral("form.menu.") + id);
    m_menu->setText(QStringLiteral("…"));
    m_menu->setAccessibleName(tr("More for %1").arg(row.label));
    m_menu->setToolTip(tr("More: bindings, where it is written, the text"));
    m_grid->setContentsMargins(indentOf(m_isChild), space::kHair, 0, space::kHair);
    m_grid->setHorizontalSpacing(space::kSmall);
    m_grid->setVerticalSpacing(space::kHair);
    m_grid->setColumnStretch(1, 1);
    const Qt::Alignment top = Qt::AlignTop;
    const int line = m_label->fontMetrics().height() + 12; // the height of a line edit
    m_label->setFixedHeight(line);
    m_reset->setFixedHeight(line);
    m_menu->setFixedHeight(line);
    m_grid->addWidget(m_label, 0, 0, top);
    const bool isWide = m_editor->kind() == FieldEditor::Kind::Long || m_editor->kind() == FieldEditor::Kind::Map;
    if (isWide) { // below its label, over the whole width
        m_grid->addWidget(m_editor, 1, 0, 1, 4);
    } else {
        m_grid->addWidget(m_editor, 0, 1);
    }
    m_grid->addWidget(m_reset, 0, 2, top);
    m_grid->addWidget(m_menu, 0, 3, top);
    QSizePolicy keeps = m_reset->sizePolicy();
    keeps.setRetainSizeWhenHidden(true); // the editors keep their width
    m_reset->setSizePolicy(keeps);
    connect(m_reset, &QToolButton::clicked, this, &FormRowView::resetAsked);
    connect(m_menu, &QToolButton::clicked, this, [this] { emit menuAsked(m_menu->mapToGlobal(QPoint(0, m_menu->height()))); });
    connect(m_editor, &FieldEditor::problemChanged, this, [this](const QString& sentence) {
        m_problem = sentence;
        m_refusal.clear();
        tell(m_origin);
    });
    setRow(row);
}

bool FormRowView::setRow(const FormRow& row)
{
    if (FieldEditor::kindOf(row) != m_editor->kind()) {
        return false;
    }
    m_editor->follow(row);
    if (const bool isChanged = row.isChanged(); isChanged != m_isChanged) {
        m_isChanged = isChanged;
        update();
    }
    if (m_label->font().bold() != m_isChanged) {
        QFont font = m_label->font();
        font.setBold(m_isChanged);
        m_label->setFont(font);
    }
    m_reset->setVisible(row.canReset());
    m_reset->setToolTip(row.defaultText.isEmpty() ? tr("Take the entry away") : tr("Reset to the default: %1").arg(row.defaultText));
    const QString help = FormModel::helpText(row);
    setToolTip(help);
    setWhatsThis(help);
    m_finding.clear();
    for (const auto& diagnostic : row.diagnostics) {
        const bool isWorse = m_finding.isEmpty() || (diagnostic.severity == spec::Severity::Error && !m_findingIsError);
        if (diagnostic.severity != spec::Severity::Note && isWorse) {
            m_finding = toQt(diagnostic.message);
            m_findingIsError = diagnostic.severity == spec::Severity::Error;
        }
    }
    if (QStringList state = writtenState(row); state != m_state) { // the same row read again takes no refusal back
        m_state = std::move(state);
        m_refusal.clear();
    }
    tell(FormModel::originText(row));
    return true;
}

void FormRowView::setLabelWidth(int width)
{
    m_label->setFixedWidth(width - indentOf(m_isChild));
}

void FormRowView::setUnfolds(bool unfolds, bool isUnfolded)
{
    if (unfolds && m_unfold == nullptr) {
        m_unfold = smallButton(this);
        m_unfold->setObjectName(QStringLiteral("form.unfold.") + toQt(m_id));
        m_unfold->setFixedSize(kIndent, m_label->height());
        m_unfold->setIconSize({ 12, 12 });
        m_unfold->move(0, space::kHair);
        setTabOrder(m_unfold, m_editor->input());
        connect(m_unfold, &QToolButton::clicked, this, &FormRowView::unfoldAsked);
    }
    if (m_unfold != nullptr) {
        m_unfold->setVisible(unfolds);
        m_unfold->setArrowType(isUnfolded ? Qt::DownArrow : Qt::RightArrow);
        m_unfold->setAccessibleName(isUnfolded ? tr("Hide the fields of %1").arg(m_label->fullText()) : tr("Show the fields of %1").arg(m_label->fullText()));
    }
}

void FormRowView::setRefusal(const QString& sentence)
{
    m_refusal = sentence;
    tell(m_origin);
}

void FormRowView::tell(const QString& origin)
{
    m_origin = origin;
    const bool isError = !m_problem.isEmpty() || !m_refusal.isEmpty() || (!m_finding.isEmpty() && m_findingIsError);
    const QString trouble = !m_problem.isEmpty() ? m_problem : !m_refusal.isEmpty() ? m_refusal : m_finding;
    const QString words = trouble.isEmpty() ? origin : origin.isEmpty() ? trouble : origin + QLatin1Char('\n') + trouble;
    if (words.isEmpty() && m_note == nullptr) {
        return;
    }
    if (m_note == nullptr) {
        m_note = new QLabel(this);
        m_note->setObjectName(QStringLiteral("form.note.") + toQt(m_id));
        m_note->setWordWrap(true);
        m_note->setTextFormat(Qt::PlainText);
        m_note->setFont(textFont(-1));
        const bool isWide = m_grid->itemAtPosition(1, 0) != nullptr;
        m_grid->addWidget(m_note, 2, isWide ? 0 : 1, 1, isWide ? 4 : 3);
    }
    QPalette colors = m_note->palette();
    colors.setColor(QPalette::WindowText, trouble.isEmpty() ? theme().muted : toneTextColor(isError ? Tone::Failed : Tone::Retry));
    m_note->setPalette(colors);
    m_note->setText(words);
    m_note->setVisible(!words.isEmpty());
}

QList<QWidget*> FormRowView::tabWidgets() const
{
    QList<QWidget*> all;
    if (m_unfold != nullptr) {
        all << m_unfold;
    }
    for (QWidget* widget : m_editor->findChildren<QWidget*>()) {
        const bool isInPopup = widget->window() != window(); // of a combo box
        if ((widget->focusPolicy() & Qt::TabFocus) != 0 && widget->focusProxy() == nullptr && !isInPopup) {
            all << widget;
        }
    }
    return all << m_reset << m_menu;
}

int FormRowView::wantedLabelWidth(const FormRow& row, const QFontMetrics& metrics)
{
    return indentOf(!row.parent.empty()) + metrics.horizontalAdvance(row.label) + space::kMedium;
}

void FormRowView::paintEvent(QPaintEvent*)
{
    if (!m_isChanged || (m_unfold != nullptr && m_unfold->isVisible())) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().accent);
    const double left = m_isChild ? space::kLarge + space::kSmall : space::kSmall;
    painter.drawEllipse(QRectF(left, m_label->geometry().center().y() - kDot / 2.0 + 0.5, kDot, kDot));
}

void FormRowView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) { // another theme has another red
        tell(m_origin);
    }
}

void FormRowView::contextMenuEvent(QContextMenuEvent* event)
{
    emit menuAsked(event->globalPos());
}

} // namespace sheaf::ui
