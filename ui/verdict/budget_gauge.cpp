// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/verdict/budget_gauge.h"

#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace sheaf::ui {

namespace {

constexpr int kSteps = 1000; // of the bar, for assistive techniques
constexpr int kBarHeight = 10;
constexpr double kRoom = 1.15; // the stroke of what is allowed stands within the bar when more is used

} // namespace

BudgetBar::BudgetBar(QWidget* parent)
    : QProgressBar(parent)
{
    setRange(0, kSteps);
    setTextVisible(false);
    setFixedHeight(kBarHeight);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void BudgetBar::setBudget(const triage::Budget& budget)
{
    m_budget = budget;
    const double whole = budget.hasLimit() ? std::max(budget.allowed, 1.0) : std::max(budget.used, 1.0);
    setValue(static_cast<int>(std::lround(std::clamp(budget.used / whole, 0.0, 1.0) * kSteps)));
    update();
}

void BudgetBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(0, 1, 0, -1);
    QPainterPath outline;
    outline.addRoundedRect(box, 4, 4);
    QColor empty = theme().border;
    empty.setAlphaF(0.55F);
    painter.fillPath(outline, empty);
    const double projected = std::max(m_budget.used, m_budget.projected.value_or(0));
    const double most = std::max({ m_budget.allowed, m_budget.used, std::min(projected, m_budget.allowed * 2), 1e-9 });
    const double whole = m_budget.hasLimit() && most > m_budget.allowed ? most * kRoom : most;
    const auto x = [&](double value) { return box.left() + box.width() * std::clamp(value / whole, 0.0, 1.0); };
    const bool isTight = m_budget.isCrossed || m_budget.crossesInSeconds.has_value();
    const QColor color = toneColor(m_budget.isCrossed ? Tone::Failed : isTight ? Tone::Retry : Tone::Running);
    painter.setClipPath(outline);
    if (projected > m_budget.used) {
        QColor faint = color;
        faint.setAlphaF(0.25F);
        const QRectF ahead(QPointF(x(m_budget.used), box.top()), QPointF(x(projected), box.bottom()));
        painter.fillRect(ahead, faint);
        painter.fillRect(ahead, QBrush(color, Qt::BDiagPattern));
    }
    if (m_budget.used > 0) {
        painter.fillRect(QRectF(box.left(), box.top(), std::max(3.0, x(m_budget.used) - box.left()), box.height()), color);
    }
    if (m_budget.hasLimit()) {
        const double at = std::min(x(m_budget.allowed), box.right() - 1);
        painter.setClipping(false);
        painter.fillRect(QRectF(at - 1, rect().top(), 2, rect().height()), theme().text);
    }
}

BudgetGauge::BudgetGauge(QWidget* parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_text(new QLabel(this))
    , m_bar(new BudgetBar(this))
{
    m_title->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    m_text->setProperty("muted", true);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kHair);
    column->addWidget(m_title);
    column->addWidget(m_bar);
    column->addWidget(m_text);
    column->addStretch(1); // those beside it may be higher
    connect(m_title, &QLabel::linkActivated, this, [this] { emit settingAsked(toQt(m_budget.setting)); });
}

QString BudgetGauge::titleOf(triage::BudgetKind kind)
{
    switch (kind) {
    case triage::BudgetKind::FailedMiniBatches:
        return tr("Failed mini-batches");
    case triage::BudgetKind::FailedItems:
        return tr("Failed items");
    case triage::BudgetKind::FailedPercent:
        return tr("Failed, in percent");
    case triage::BudgetKind::Retries:
        return tr("Retries");
    case triage::BudgetKind::Progress:
        return tr("Time without progress");
    }
    return {};
}

void BudgetGauge::setBudget(const triage::Budget& budget)
{
    m_budget = budget;
    refresh();
}

QString BudgetGauge::words() const
{
    return m_text->text();
}

void BudgetGauge::refresh()
{
    const QString title = titleOf(m_budget.kind);
    const QString html = QStringLiteral("<a href=\"#\" style=\"text-decoration: none; color: %1\">%2</a>").arg(theme().text.name(), title.toHtmlEscaped());
    if (html != m_title->text()) {
        m_title->setText(html);
    }
    m_title->setToolTip(tr("Set by %1").arg(toQt(m_budget.setting)));
    m_title->setAccessibleName(title);
    m_text->setText(toQt(m_budget.text));
    m_bar->setVisible(m_budget.hasLimit());
    m_bar->setBudget(m_budget);
    m_bar->setAccessibleName(title);
    m_bar->setAccessibleDescription(toQt(m_budget.text));
}

void BudgetGauge::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange) {
        refresh(); // the title carries a colour of the theme
    }
    QWidget::changeEvent(event);
}

} // namespace sheaf::ui
