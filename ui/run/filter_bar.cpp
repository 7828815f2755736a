// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/filter_bar.h"

#include "ui/run/mini_batch_model.h"
#include "ui/state/selection_state.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"
#include "ui/widgets/flow_layout.h"

#include <QApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

namespace sheaf::ui {

namespace {

constexpr int kLongestChip = 28; // letters

QString nameOf(event::MiniBatchState state)
{
    return QString::fromLatin1(json::enumName(state)).toLower();
}

/// The states that the filter's `state:` asks for; none: there is no such word.
QStringList statesIn(const QString& filter)
{
    QStringList states;
    for (const std::string& word : triage::filterWords(toStd(filter))) {
        if (triage::filterKey(word) == "state" && word.front() != '-') {
            states += toQt(word).section(QLatin1Char(':'), 1).toLower().split(QLatin1Char(','), Qt::SkipEmptyParts);
        }
    }
    return states;
}

} // namespace

FilterBar::FilterBar(SelectionState& selection, MiniBatchModel& model, QWidget* parent)
    : QWidget(parent)
    , m_selection(selection)
    , m_model(model)
    , m_box(new QLineEdit(this))
    , m_count(new QLabel(this))
    , m_complaint(new QLabel(this))
    , m_chips(new QWidget(this))
    , m_chipRow(new FlowLayout(m_chips))
    , m_boxRow(new QHBoxLayout)
    , m_stateRow(new FlowLayout)
{
    m_box->setObjectName(QStringLiteral("run.batches.filter"));
    m_box->setAccessibleName(tr("Filter mini-batches"));
    m_box->setPlaceholderText(tr("Filter: state:failed node:0 try:>1 dur:>30s size:>1MB err:\"KeyError\" -word /regex/"));
    m_box->setClearButtonEnabled(true);
    m_box->setToolTip(tr("Words that are all asked for; small letters mean either case; - before one excludes; a comma is “or”.\n"
                         "state: node: proc: try: items: dur: size: group: id: slow: code: err: step:"));
    m_count->setObjectName(QStringLiteral("run.batches.count"));
    m_count->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("000,000 of 000,000")));
    m_count->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_complaint->setObjectName(QStringLiteral("run.batches.complaint"));
    m_complaint->setTextFormat(Qt::PlainText);
    m_complaint->setWordWrap(true);
    m_complaint->hide();
    m_chips->setObjectName(QStringLiteral("run.batches.chips"));
    m_chipRow->setContentsMargins(0, 0, 0, 0);
    m_chipRow->setSpacing(space::kSmall);
    m_stateRow->setSpacing(space::kSmall);
    buildStates();
    m_boxRow->addWidget(m_box, 1);
    m_boxRow->addWidget(m_count);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::kSmall);
    layout->addLayout(m_stateRow);
    layout->addLayout(m_boxRow);
    layout->addWidget(m_chips);
    layout->addWidget(m_complaint);

    connect(m_box, &QLineEdit::textChanged, this, [this](const QString& text) { m_selection.setFilter(text); });
    connect(&m_selection, &SelectionState::filterChanged, this, [this](const QString& filter) { showFilter(filter); });
    connect(&m_model, &MiniBatchModel::rowsArranged, this, [this] { refreshCounts(); });
    connect(&m_model, &MiniBatchModel::arrangingChanged, this, [this] { refreshCounts(); });
    showFilter(m_selection.filter());
}

/// One button a state, with its glyph, word and count: together they are the filter `state:…`.
void FilterBar::buildStates()
{
    for (std::size_t i = 0; i < event::kMiniBatchStates; ++i) {
        const auto state = static_cast<event::MiniBatchState>(i);
        auto* button = new QPushButton(this);
        button->setObjectName(QStringLiteral("run.batches.state.") + QString::fromLatin1(json::enumName(state)));
        button->setCheckable(true);
        button->setProperty("chip", true);
        button->setToolTip(tr("Show only these; with Ctrl these too"));
        connect(button, &QPushButton::clicked, this, [this, state] { onStateClicked(state); });
        m_stateRow->addWidget(button);
        m_states[i] = button;
    }
}

void FilterBar::onStateClicked(event::MiniBatchState state)
{
    const QString name = nameOf(state);
    QStringList states = statesIn(m_box->text());
    const bool wasOn = states.contains(name);
    if ((QApplication::keyboardModifiers() & Qt::ControlModifier) == 0) {
        states = wasOn ? QStringList() : QStringList { name };
    } else if (wasOn) {
        states.removeAll(name);
    } else {
        states << name;
    }
    const QString word = states.isEmpty() ? QString() : QStringLiteral("state:") + states.join(QLatin1Char(','));
    m_box->setText(withFilterWord(m_box->text(), QStringLiteral("state"), word));
    refreshCounts();
}

void FilterBar::showFilter(const QString& filter)
{
    if (filter != m_box->text()) {
        m_box->setText(filter);
    }
    rebuildChips();
    refreshComplaint();
    refreshCounts();
}

void FilterBar::rebuildChips()
{
    while (QLayoutItem* item = m_chipRow->takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->hide();
            item->widget()->setObjectName({});
            item->widget()->deleteLater();
        }
        delete item;
    }
    const auto words = triage::filterWords(toStd(m_selection.filter()));
    m_chips->setVisible(!words.empty());
    for (std::size_t i = 0; i < words.size(); ++i) {
        const QString word = toQt(words[i]);
        QString text = word.size() > kLongestChip ? word.left(kLongestChip - 1) + QStringLiteral("…") : word;
        auto* chip = new QPushButton(text.replace(QLatin1Char('&'), QLatin1String("&&")) + QStringLiteral("  ✕"), m_chips);
        chip->setObjectName(QStringLiteral("run.batches.chip.%1").arg(i));
        chip->setProperty("chip", true);
        chip->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
        chip->setToolTip(tipText(tr("Take away: %1").arg(word)));
        chip->setAccessibleName(tr("Take %1 away from the filter").arg(word));
        connect(chip, &QPushButton::clicked, this, [this, i] {
            QStringList rest;
            const auto all = triage::filterWords(toStd(m_selection.filter()));
            for (std::size_t k = 0; k < all.size(); ++k) {
                if (k != i) {
                    rest << toQt(all[k]);
                }
            }
            m_box->setFocus();
            m_selection.setFilter(rest.join(QLatin1Char(' ')));
        });
        m_chipRow->addWidget(chip);
        chip->show();
    }
}

void FilterBar::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::StyleChange) {
        QTimer::singleShot(0, this, [this] { // colours are the theme's; not while the labels are being polished
            refreshComplaint();
            for (std::size_t i = 0; i < event::kMiniBatchStates; ++i) {
                m_states[i]->setIcon(toneIcon(toneOf(static_cast<event::MiniBatchState>(i)), devicePixelRatioF()));
            }
        });
    }
}

void FilterBar::refreshComplaint()
{
    const QString complaint = complaintText(triage::MiniBatchFilter(toStd(m_selection.filter())));
    m_complaint->setText(complaint);
    m_complaint->setVisible(!complaint.isEmpty());
    QPalette palette = m_complaint->palette();
    palette.setColor(QPalette::WindowText, toneTextColor(Tone::Failed));
    m_complaint->setPalette(palette);
}

void FilterBar::refreshCounts()
{
    m_count->setText(tr("%1 of %2").arg(m_model.isArranging() ? QStringLiteral("…") : countText(static_cast<std::uint64_t>(m_model.rowCount())), countText(m_model.total())));
    const event::StepPicture* step = m_model.step();
    const QStringList chosen = statesIn(m_box->text());
    for (std::size_t i = 0; i < event::kMiniBatchStates; ++i) {
        const auto state = static_cast<event::MiniBatchState>(i);
        const std::uint32_t count = step != nullptr && step->planned ? step->count(state) : 0;
        QPushButton* button = m_states[i];
        const bool isOn = chosen.contains(nameOf(state));
        button->setVisible(count > 0 || isOn);
        button->setChecked(isOn);
        const QString text = wordOf(state) + QLatin1Char(' ') + countText(count);
        if (button->text() != text) {
            button->setText(text);
            button->setAccessibleName(tr("Only %1: %2 mini-batches").arg(wordOf(state), countText(count)));
            button->setIcon(toneIcon(toneOf(state), devicePixelRatioF()));
        }
    }
}

} // namespace sheaf::ui
