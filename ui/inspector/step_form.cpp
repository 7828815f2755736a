// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/step_form.h"

#include "core/edit/pipeline_edit.h"
#include "ui/inspector/binding_picker.h"
#include "ui/inspector/disabled_note.h"
#include "ui/inspector/port_adder.h"
#include "ui/inspector/promote_dialog.h"
#include "ui/inspector/row_menu.h"
#include "ui/inspector/section_header.h"
#include "ui/state/app_context.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/error_text.h"
#include "ui/widgets/empty_hint.h"

#include <QFileInfo>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace sheaf::ui {

namespace {

constexpr std::array kGroups { FormGroup::Parallel, FormGroup::Command, FormGroup::Failures, FormGroup::Script, FormGroup::Result, FormGroup::Watching,
    FormGroup::Flags, FormGroup::Settings, FormGroup::Inputs, FormGroup::Outputs, FormGroup::Environment, FormGroup::General };
constexpr int kLeastLabel = 96;
constexpr int kLabelShare = 44; // percent of the width at most
constexpr int kTitleValue = 40; // characters of a value in the undo menu

QString groupKey(FormGroup group)
{
    constexpr const char* kKeys[] { "parallel", "command", "failures", "script", "result", "watching", "flags", "settings", "inputs", "outputs", "environment", "general" };
    return QString::fromLatin1(kKeys[static_cast<std::size_t>(group)]);
}

QString shortened(const QString& value)
{
    const QString line = value.simplified();
    return line.size() <= kTitleValue ? line : line.left(kTitleValue) + QStringLiteral("…");
}

/// One of its own signals may have led here.
void drop(QWidget* widget)
{
    widget->hide();
    widget->deleteLater();
}

/// What kind of input a value makes.
QString inputTypeOf(const FormRow& row)
{
    switch (row.field->type) {
    case spec::FieldType::Int:
        return QStringLiteral("integer");
    case spec::FieldType::Number:
        return QStringLiteral("number");
    case spec::FieldType::Bool:
        return QStringLiteral("boolean");
    default:
        return row.kind == FormRow::Kind::Port && !row.caption.isEmpty() ? row.caption : QStringLiteral("string");
    }
}

} // namespace

StepForm::StepForm(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_gestures(context)
    , m_about(new QLabel(this))
    , m_filter(new QLineEdit(this))
    , m_changedOnly(new QPushButton(tr("Changed"), this))
    , m_stack(new QStackedLayout)
    , m_scroll(new QScrollArea(this))
    , m_sheet(new QFrame)
    , m_hint(new EmptyHint(QStringLiteral("settings"), this))
    , m_disabled(new DisabledNote(this))
{
    setObjectName(QStringLiteral("form"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    buildBar(column);
    m_sheet->setProperty("panel", true);
    m_scroll->setObjectName(QStringLiteral("form.scroll"));
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setWidget(m_sheet);
    m_stack->addWidget(m_scroll);
    m_stack->addWidget(m_hint);
    m_stack->addWidget(m_disabled);
    connect(m_disabled, &DisabledNote::enableAsked, this, [this](const QStringList& steps) {
        if (const auto done = m_gestures.enable(steps); !done) {
            m_disabled->setRefusal(errorText(done.error()).sentence);
        }
    });
    column->addLayout(m_stack, 1);
    buildSections();

    connect(&context.document, &DocumentState::textChanged, this, [this] { ++m_textNumber; });
    connect(&context.document, &DocumentState::settleAsked, this, [this] {
        for (FieldEditor* editor : findChildren<FieldEditor*>()) {
            editor->settle();
        }
    });
    connect(&context.pipeline, &PipelineState::changed, this, &StepForm::readAgain);
    connect(&context.pipeline, &PipelineState::opened, this, &StepForm::readAgain);
    connect(&context.pipeline, &PipelineState::closed, this, &StepForm::readAgain);
    connect(&context.selection, &SelectionState::stepsChanged, this, &StepForm::choose);
    connect(&context.selection, &SelectionState::stepOpened, this, &StepForm::focusFirst);
    connect(&context.selection, &SelectionState::fieldAsked, this, [this](const QString& path) {
        const bool isStep = path.startsWith(QLatin1String("jobs."));
        m_context.selection.setStep(isStep ? path.section(QLatin1Char('.'), 1, 1) : QString());
        focusField(isStep ? path.section(QLatin1Char('.'), 2) : path);
    });
    readAgain();
}

void StepForm::buildBar(QVBoxLayout* column)
{
    m_about->setObjectName(QStringLiteral("form.about"));
    m_about->setProperty("muted", true);
    m_about->setWordWrap(true);
    m_about->hide();
    m_filter->setObjectName(QStringLiteral("form.filter"));
    m_filter->setAccessibleName(tr("Filter the fields"));
    m_filter->setPlaceholderText(tr("Filter fields"));
    m_filter->setClearButtonEnabled(true);
    m_changedOnly->setObjectName(QStringLiteral("form.changedOnly"));
    m_changedOnly->setCheckable(true);
    m_changedOnly->setProperty("chip", true);
    m_changedOnly->setToolTip(tr("Only fields that are not at their default"));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
    bar->setSpacing(space::kMedium);
    bar->addWidget(m_filter, 1);
    bar->addWidget(m_changedOnly);
    column->addLayout(bar);
    m_about->setContentsMargins(space::kMedium, 0, space::kMedium, space::kMedium);
    column->addWidget(m_about);
    connect(m_filter, &QLineEdit::textChanged, this, &StepForm::render);
    connect(m_changedOnly, &QPushButton::toggled, this, &StepForm::render);
    auto* find = new QShortcut(QKeySequence::Find, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(find, &QShortcut::activated, this, [this] {
        m_filter->setFocus(Qt::ShortcutFocusReason);
        m_filter->selectAll();
    });
}

void StepForm::buildSections()
{
    auto* column = new QVBoxLayout(m_sheet);
    column->setContentsMargins(0, 0, 0, space::kMedium);
    column->setSpacing(0);
    for (const FormGroup group : kGroups) {
        Section& section = m_sections[group];
        section.header = new SectionHeader(FormModel::groupName(group), m_sheet);
        section.header->setObjectName(QStringLiteral("form.group.") + groupKey(group));
        section.header->setChecked(m_open.contains(group));
        section.header->hide();
        column->addWidget(section.header);
        section.body = new QWidget(m_sheet);
        section.body->hide();
        section.column = new QVBoxLayout(section.body);
        section.column->setContentsMargins(space::kSmall, space::kSmall, space::kSmall, space::kLarge);
        section.column->setSpacing(0);
        column->addWidget(section.body);
        connect(section.header, &SectionHeader::clicked, this, [this, group](bool open) {
            open ? static_cast<void>(m_open.insert(group)) : static_cast<void>(m_open.erase(group));
            render();
        });
    }
    column->addStretch(1);
}

// ---- what is shown --------------------------------------------------------------------------------

void StepForm::readAgain()
{
    const auto snapshot = m_context.pipeline.snapshot();
    if (!snapshot) {
        take({});
        return;
    }
    m_context.resolver.ask(
        this, [snapshot, texts = m_context.document.texts()] { return readFormSource(snapshot, texts); },
        [this, number = m_textNumber](FormSource source) {
            if (number == m_textNumber) { // else the next snapshot is on its way
                take(std::move(source));
            }
        });
}

void StepForm::take(FormSource source)
{
    const spec::YamlNode* root = source.resolved ? source.root(source.resolved->written.file) : nullptr;
    const spec::YamlNode* jobs = root != nullptr ? root->find("jobs") : nullptr;
    for (const auto& step : source.resolved ? source.resolved->written.steps : std::vector<spec::StepDefinition> {}) {
        if (jobs == nullptr || jobs->find(step.name) == nullptr) {
            return; // a snapshot of an older text: the next one is on its way
        }
    }
    m_source = std::move(source);
    if (!m_renamedTo.isEmpty() && m_source.resolved && m_source.resolved->written.step(toStd(m_renamedTo)) != nullptr) {
        m_context.selection.setStep(std::exchange(m_renamedTo, {}));
    }
    rebuild();
    emit refreshed();
}

void StepForm::choose()
{
    finishEditors();
    rebuild();
    m_scroll->ensureVisible(0, 0, 0, 0);
}

void StepForm::rebuild()
{
    m_model = FormModel(m_source, m_context.selection.steps());
    render();
}

bool StepForm::isFiltering() const
{
    return !m_filter->text().trimmed().isEmpty() || m_changedOnly->isChecked();
}

bool StepForm::hasChildren(const FormRow& row) const
{
    return std::any_of(m_model.rows().begin(), m_model.rows().end(), [&](const FormRow& candidate) { return candidate.parent == row.id; });
}

/// By the filter and by what is unfolded; whether its group is open is another matter.
bool StepForm::isShown(const FormRow& row) const
{
    if (!isFiltering()) {
        return row.parent.empty() || m_unfolded.contains(row.parent);
    }
    if (m_changedOnly->isChecked() && !row.isChanged()) {
        return false;
    }
    const QString all = toQt(row.id) + QLatin1Char(' ') + toQt(row.field->help) + QLatin1Char(' ') + FormModel::groupName(row.group);
    const QStringList words = m_filter->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    return std::all_of(words.begin(), words.end(), [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
}

/// Those of the chosen steps that are comments of the file.
QStringList StepForm::disabledSteps() const
{
    QStringList steps;
    for (const auto& step : m_source.resolved ? m_source.resolved->disabled : std::vector<edit::DisabledStep> {}) {
        if (m_context.selection.steps().contains(toQt(step.name))) {
            steps << toQt(step.name);
        }
    }
    return steps;
}

void StepForm::render()
{
    const bool isEmpty = m_model.rows().empty();
    if (isEmpty) {
        const bool isOpen = m_context.pipeline.isOpen();
        m_hint->setWords(isOpen ? (m_source.resolved ? tr("Nothing to set") : tr("Reading…")) : tr("No pipeline file is open"),
            isOpen ? tr("Choose a step on the canvas to see its settings; none of them: the settings of the pipeline.") : tr("The settings of its steps are edited here."));
    }
    const QStringList disabled = isEmpty ? disabledSteps() : QStringList();
    if (!disabled.isEmpty()) {
        m_disabled->setSteps(disabled);
    }
    m_stack->setCurrentWidget(!disabled.isEmpty() ? m_disabled : isEmpty ? static_cast<QWidget*>(m_hint) : m_scroll);
    const int count = static_cast<int>(m_model.steps().size());
    m_about->setText(tr("%n steps are edited at once: %1", nullptr, count).arg(m_context.selection.steps().join(QStringLiteral(", "))));
    m_about->setVisible(count > 1);
    m_labelWidth = labelWidth();
    m_sheet->setUpdatesEnabled(false);
    bool hasNewRows = false;
    for (auto& [group, section] : m_sections) {
        const FormGroup wanted = group;
        const auto& rows = m_model.rows();
        const bool hasRows = std::any_of(rows.begin(), rows.end(), [&](const FormRow& row) { return row.group == wanted; });
        const bool isPort = group == FormGroup::Inputs || group == FormGroup::Outputs;
        const bool isThere = !isEmpty && (isFiltering() ? std::any_of(rows.begin(), rows.end(), [&](const FormRow& row) { return row.group == wanted && isShown(row); }) : hasRows || (isPort && count < 2));
        const bool isOpen = isThere && (m_open.contains(group) || isFiltering());
        section.header->setVisible(isThere);
        section.header->setChecked(isOpen);
        if (isOpen) {
            const auto before = section.order;
            fill(group, section);
            hasNewRows = hasNewRows || before != section.order;
        }
        section.body->setVisible(isOpen);
        if (isThere) {
            noteChanges(group, section);
        }
    }
    if (hasNewRows) {
        orderTabs();
    }
    m_sheet->setUpdatesEnabled(true);
}

void StepForm::noteChanges(FormGroup group, Section& section) const
{
    int changed = 0;
    int wrong = 0;
    for (const FormRow& row : m_model.rows()) {
        if (row.group == group) {
            changed += row.isChanged() ? 1 : 0;
            wrong += std::any_of(row.diagnostics.begin(), row.diagnostics.end(), [](const auto& d) { return d.severity == spec::Severity::Error; }) ? 1 : 0;
        }
    }
    section.header->setNote(wrong > 0 ? tr("%n wrong", nullptr, wrong) : changed > 0 ? tr("%n changed", nullptr, changed) : QString(), wrong > 0);
}

FormRowView* StepForm::viewFor(const FormRow& row, Section& section)
{
    FormRowView*& found = section.views[row.id];
    if (found != nullptr && !found->setRow(row)) {
        drop(found);
        found = nullptr;
    }
    if (found == nullptr) {
        found = new FormRowView(row, section.body);
        connectView(found);
    }
    found->setLabelWidth(m_labelWidth);
    found->setUnfolds(!isFiltering() && hasChildren(row), m_unfolded.contains(row.id));
    found->editor()->setFolder(QFileInfo(toQt(row.cell().place.file)).absolutePath());
    if (row.field->type == spec::FieldType::Reference) {
        QStringList choices;
        for (const auto& binding : FormModel::bindings(m_source, row)) {
            choices << binding.text;
        }
        found->editor()->setChoices(choices);
    }
    return found;
}

void StepForm::fill(FormGroup group, Section& section)
{
    std::vector<std::string> order;
    std::vector<FormRowView*> shown;
    for (const FormRow& row : m_model.rows()) {
        if (row.group == group && isShown(row)) {
            shown.push_back(viewFor(row, section));
            order.push_back(row.id);
        }
    }
    for (auto entry = section.views.begin(); entry != section.views.end();) {
        const bool isKept = std::find(order.begin(), order.end(), entry->first) != order.end();
        if (isKept || m_model.row(entry->first) != nullptr) { // only filtered or folded away
            entry->second->setVisible(isKept);
            ++entry;
        } else {
            drop(entry->second);
            entry = section.views.erase(entry);
        }
    }
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const int index = static_cast<int>(i);
        const QLayoutItem* item = section.column->itemAt(index);
        if (item == nullptr || item->widget() != shown[i]) {
            section.column->removeWidget(shown[i]);
            section.column->insertWidget(index, shown[i]);
        }
        shown[i]->show();
    }
    section.order = std::move(order);
    fillAdder(group, section);
}

void StepForm::fillAdder(FormGroup group, Section& section)
{
    const bool isInput = group == FormGroup::Inputs;
    if (!isInput && group != FormGroup::Outputs) {
        return;
    }
    if (section.adder == nullptr) {
        section.adder = new PortAdder(isInput, section.body);
        section.column->addWidget(section.adder);
        connect(section.adder, &PortAdder::addAsked, this,
            [this, isInput, adder = section.adder](const QString& name, const QString& type, const QString& value) { addPort(*adder, isInput, name, type, value); });
    }
    QStringList taken;
    for (const std::string& id : section.order) {
        taken << toQt(id).section(QLatin1Char('.'), 1, 1);
    }
    section.adder->setTaken(taken);
    section.adder->setVisible(m_model.steps().size() < 2 && !isFiltering());
}

/// Groups are built as they are opened; Tab goes from top to bottom all the same.
void StepForm::orderTabs()
{
    QWidget* last = m_changedOnly;
    const auto next = [&](QWidget* widget) {
        setTabOrder(last, widget);
        last = widget;
    };
    for (const FormGroup group : kGroups) {
        const Section& section = m_sections[group];
        next(section.header);
        for (const std::string& id : section.order) {
            for (QWidget* widget : section.views.at(id)->tabWidgets()) {
                next(widget);
            }
        }
        for (QWidget* widget : section.adder != nullptr ? section.adder->findChildren<QWidget*>() : QList<QWidget*>()) {
            if ((widget->focusPolicy() & Qt::TabFocus) != 0 && widget->window() == window()) {
                next(widget);
            }
        }
    }
}

int StepForm::labelWidth() const
{
    int label = kLeastLabel;
    QFont bold = font();
    bold.setBold(true);
    const QFontMetrics metrics(bold);
    for (const FormRow& row : m_model.rows()) {
        label = std::max(label, FormRowView::wantedLabelWidth(row, metrics));
    }
    return std::min(label, std::max(kLeastLabel, width() * kLabelShare / 100));
}

void StepForm::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    if (const int now = labelWidth(); now != m_labelWidth) {
        m_labelWidth = now;
        for (auto& [group, section] : m_sections) {
            for (auto& [id, view] : section.views) {
                view->setLabelWidth(now);
            }
        }
    }
}

void StepForm::paintEvent(QPaintEvent*)
{
    QPainter(this).fillRect(rect(), theme().surface);
}

FormRowView* StepForm::view(const std::string& id) const
{
    for (const auto& [group, section] : m_sections) {
        if (const auto found = section.views.find(id); found != section.views.end()) {
            return found->second;
        }
    }
    return nullptr;
}

void StepForm::finishEditors()
{
    for (auto& [group, section] : m_sections) {
        for (auto& [id, view] : section.views) {
            view->editor()->finish();
        }
    }
}

bool StepForm::focusField(const QString& path)
{
    // A flag is named by its place in the arguments, a part of a row by the row.
    const qsizetype flag = path.indexOf(QLatin1String("--"));
    QString id = flag >= 0 ? path.mid(flag) : path;
    const FormRow* row = m_model.row(toStd(id));
    while (row == nullptr && id.contains(QLatin1Char('.'))) {
        id = id.section(QLatin1Char('.'), 0, -2);
        row = m_model.row(toStd(id));
    }
    if (row == nullptr) {
        return false;
    }
    m_filter->clear();
    m_changedOnly->setChecked(false);
    m_open.insert(row->group);
    if (!row->parent.empty()) {
        m_unfolded.insert(row->parent);
    }
    render();
    FormRowView* found = view(row->id);
    m_sheet->layout()->activate();
    m_scroll->ensureWidgetVisible(found);
    found->editor()->input()->setFocus(Qt::ShortcutFocusReason);
    return true;
}

void StepForm::focusFirst()
{
    for (const FormGroup group : kGroups) {
        const Section& section = m_sections[group];
        if (section.body->isVisibleTo(this) && !section.order.empty()) {
            section.views.at(section.order.front())->editor()->input()->setFocus(Qt::ShortcutFocusReason);
            return;
        }
    }
    m_filter->setFocus(Qt::ShortcutFocusReason);
}

// ---- what is changed ------------------------------------------------------------------------------

QString StepForm::who() const
{
    const int count = static_cast<int>(m_model.steps().size());
    return count == 0 ? tr("the pipeline") : count == 1 ? toQt(m_model.steps().front()) : tr("%n steps", nullptr, count);
}

void StepForm::connectView(FormRowView* view)
{
    const std::string id = view->id();
    connect(view->editor(), &FieldEditor::committed, this, [this, id](const QString& text, const QString& visit) { onCommitted(id, text, visit); });
    connect(view->editor(), &FieldEditor::entryCommitted, this,
        [this, id](const QString& oldName, const QString& name, const std::optional<QString>& value) { onEntry(id, oldName, name, value); });
    connect(view, &FormRowView::menuAsked, this, [this, id](const QPoint& at) { showMenu(id, at); });
    connect(view, &FormRowView::resetAsked, this, [this, id] { reset(id); });
    connect(view, &FormRowView::unfoldAsked, this, [this, id] {
        m_unfolded.contains(id) ? static_cast<void>(m_unfolded.erase(id)) : static_cast<void>(m_unfolded.insert(id));
        render();
    });
}

void StepForm::onCommitted(const std::string& id, const QString& text, const QString& visit)
{
    const FormRow* row = m_model.row(id);
    if (row == nullptr) {
        return;
    }
    if (row->kind == FormRow::Kind::StepName) {
        renameStep(text.trimmed());
        return;
    }
    const QString value = row->isLong ? text : text.trimmed();
    if (value.trimmed().isEmpty() && row->isRequired) {
        refuse(id, { ErrorCode::Invalid, { { "what", toStd(row->label) }, { "found", "" }, { "allowed", "the step cannot do without it" } } });
        return;
    }
    const QString title = value.isEmpty() ? tr("Reset %1 of %2").arg(row->label, who()) : tr("Set %1 of %2 → %3").arg(row->label, who(), shortened(value));
    const QString key = QStringLiteral("form/%1/%2/%3").arg(m_context.selection.steps().join(QLatin1Char(','))).arg(toQt(id)).arg(visit);
    carryOut(title, setChanges(*row, toStd(value)), id, key);
}

void StepForm::reset(const std::string& id)
{
    if (const FormRow* row = m_model.row(id)) {
        carryOut(tr("Reset %1 of %2").arg(row->label, who()), resetChanges(*row), id);
    }
}

void StepForm::onEntry(const std::string& id, const QString& oldName, const QString& name, const std::optional<QString>& value)
{
    if (const FormRow* row = m_model.row(id)) {
        const auto changes = entryChanges(*row, toStd(oldName), toStd(name), value ? std::optional(toStd(*value)) : std::nullopt);
        carryOut(value ? tr("Set %1 of %2 → %3").arg(name, who(), shortened(*value)) : tr("Remove %1 of %2").arg(oldName, who()), changes, id);
    }
}

bool StepForm::carryOut(const QString& title, const std::vector<FormChange>& changes, const std::string& row, const QString& visit)
{
    return told(row, m_gestures.carryOut(title, changes, visit));
}

/// What was refused is told at its row.
bool StepForm::told(const std::string& row, const Result<void>& done)
{
    if (!done) {
        refuse(row, done.error());
    }
    return done.has_value();
}

/// The field shows again what is written, and why it stayed so.
void StepForm::refuse(const std::string& row, const Error& error)
{
    FormRowView* found = view(row);
    const FormRow* now = m_model.row(row);
    if (found != nullptr && now != nullptr) {
        found->setRow(*now);
        found->setRefusal(errorText(error).sentence);
    }
}

void StepForm::addPort(PortAdder& adder, bool isInput, const QString& name, const QString& type, const QString& value)
{
    const std::string step = m_model.isPipeline() ? std::string() : m_model.steps().front();
    const auto done = m_gestures.carryOut(isInput ? tr("Add input %1 to %2").arg(name, who()) : tr("Add output %1 to %2").arg(name, who()),
        portChanges(m_source, step, { isInput, toStd(name), toStd(type), toStd(value) }));
    done ? adder.close() : adder.refuse(errorText(done.error()).sentence);
}

void StepForm::renameStep(const QString& name)
{
    if (m_model.steps().size() != 1 || toQt(m_model.steps().front()) == name) {
        return;
    }
    m_renamedTo = name;
    if (!told("name", m_context.document.renameStep(who(), name))) {
        m_renamedTo.clear();
    }
}

void StepForm::renamePort(const std::string& id)
{
    const FormRow* row = m_model.row(id);
    if (row == nullptr) {
        return;
    }
    const QString step = toQt(row->cell().step);
    const spec::StepDefinition* definition = step.isEmpty() ? nullptr : m_source.resolved->written.step(toStd(step));
    const bool isInFile = definition != nullptr && definition->component && definition->component->file != m_source.resolved->written.file;
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("form.renamePort"));
    dialog->setWindowTitle(tr("Rename %1").arg(row->label));
    dialog->setLabelText(isInFile ? tr("New name; every binding to it in this pipeline follows.\nThe component %1 changes too: other pipelines that use it do not follow.").arg(QFileInfo(toQt(definition->component->file)).fileName())
                                  : tr("New name; every binding to it follows:"));
    dialog->setTextValue(row->label);
    connect(dialog, &QInputDialog::textValueSelected, this, [this, id, step, isInput = row->isInput(), old = row->label](const QString& name) {
        if (name.trimmed() != old) {
            told(id, m_gestures.renamePort(m_source, step, isInput, old, name.trimmed()));
        }
    });
    dialog->open();
}

void StepForm::promote(const std::string& id)
{
    const FormRow* row = m_model.row(id);
    if (row == nullptr || m_model.steps().size() != 1) {
        return;
    }
    std::vector<std::string> taken;
    QStringList shown;
    for (const auto& input : m_source.resolved->written.inputs) {
        taken.push_back(input.name);
        shown << toQt(input.name);
    }
    std::vector<std::string> path(row->cell().place.path.begin() + 2, row->cell().place.path.end()); // behind jobs and the step
    if (row->kind == FormRow::Kind::Port) {
        path.resize(2); // the input whole
    }
    auto* dialog = new PromoteDialog(row->text(), toQt(edit::freeName(taken, toStd(row->label))), inputTypeOf(*row), shown, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this,
        [this, dialog, id, step = toQt(row->cell().step), path] { told(id, m_gestures.promote(step, path, dialog->name(), dialog->type())); });
    dialog->open();
}

void StepForm::pickBinding(const std::string& id, const QPoint& at)
{
    const FormRow* row = m_model.row(id);
    if (row == nullptr) {
        return;
    }
    auto* picker = new BindingPicker(FormModel::bindings(m_source, *row), this);
    connect(picker, &BindingPicker::chosen, this, [this, id](const QString& expression) {
        if (FormRowView* found = view(id)) {
            found->editor()->insert(expression);
        }
    });
    picker->popup(at);
}

void StepForm::showInFile(const FormPlace& place)
{
    const spec::YamlNode* node = m_source.root(place.file);
    for (const auto& key : place.path) {
        node = node != nullptr ? node->find(key) : nullptr;
    }
    if (node != nullptr) {
        m_context.selection.showPlace(toQt(place.file), static_cast<qint64>(node->where.begin));
    }
}

void StepForm::showMenu(const std::string& id, const QPoint& at)
{
    const FormRow* row = m_model.row(id);
    if (row == nullptr) {
        return;
    }
    auto* menu = new RowMenu(*row, row->cells.size() == 1 && !FormModel::bindings(m_source, *row).empty(), this);
    connect(menu, &RowMenu::bindingAsked, this, [this, id, at] { pickBinding(id, at); });
    connect(menu, &RowMenu::promoteAsked, this, [this, id] { promote(id); });
    connect(menu, &RowMenu::showAsked, this, &StepForm::showInFile);
    connect(menu, &RowMenu::renameAsked, this, [this, id] { renamePort(id); });
    connect(menu, &RowMenu::moveAsked, this, [this, id](const FormPlace& place) {
        if (const FormRow* moved = m_model.row(id)) {
            carryOut(tr("Write %1 of %2 elsewhere").arg(moved->label, who()), moveChanges(*moved, place), id);
        }
    });
    connect(menu, &RowMenu::removeAsked, this, [this, id] {
        if (const FormRow* port = m_model.row(id)) {
            carryOut(tr("Remove %1 of %2").arg(port->label, who()), withoutPortChanges(m_source, *port), id);
        }
    });
    connect(menu, &RowMenu::resetAsked, this, [this, id] { reset(id); });
    menu->popup(at);
}

} // namespace sheaf::ui
