// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/form_model.h"

#include "core/base/text.h"
#include "ui/inspector/form_rows.h"
#include "ui/text/convert.h"

#include <QFileInfo>
#include <QSet>

#include <algorithm>
#include <set>

namespace sheaf::ui {

namespace {

/// "10", "10.0" and "True", "true" mean the same.
bool sameMeaning(const spec::Field& field, const std::string& a, const std::string& b)
{
    switch (field.type) {
    case spec::FieldType::Bool:
        return a == b || (spec::yamlBool(a) && spec::yamlBool(a) == spec::yamlBool(b));
    case spec::FieldType::Int:
    case spec::FieldType::Number:
        return a == b || (spec::yamlNumber(a) && spec::yamlNumber(a) == spec::yamlNumber(b));
    case spec::FieldType::Word:
        return text::lower(a) == text::lower(b);
    default:
        return a == b;
    }
}

/// What several steps have in common: a cell of each.
std::vector<FormRow> common(std::vector<FormRow> rows, const std::vector<FormRow>& others)
{
    std::vector<FormRow> both;
    for (FormRow& row : rows) {
        const auto other = std::find_if(others.begin(), others.end(), [&](const FormRow& candidate) { return candidate.id == row.id && candidate.kind == row.kind; });
        if (other == others.end() || row.kind == FormRow::Kind::StepName) {
            continue;
        }
        row.cells.push_back(other->cell());
        row.isRequired = row.isRequired || other->isRequired;
        row.diagnostics.insert(row.diagnostics.end(), other->diagnostics.begin(), other->diagnostics.end());
        if (row.defaultText != other->defaultText) {
            row.defaultText.clear();
        }
        both.push_back(std::move(row));
    }
    return both;
}

/// Steps that must wait for `step`: to read from them would be a circle.
std::set<std::string> waitingFor(const pipeline::RunSpec& run, const std::string& step)
{
    std::set<std::string> waiting { step };
    for (bool grew = true; grew;) {
        grew = false;
        for (const auto& candidate : run.steps) {
            const bool waits = std::any_of(candidate.dependsOn.begin(), candidate.dependsOn.end(), [&](const std::string& other) { return waiting.contains(other); });
            grew = (waits && waiting.insert(candidate.name).second) || grew;
        }
    }
    return waiting;
}

QString inBraces(const QString& inner)
{
    return QStringLiteral("${{%1}}").arg(inner);
}

} // namespace

bool FormRow::isSeveral() const
{
    const auto inForce = [](const FormCell& cell) { return cell.isWritten || !cell.entries.empty() ? cell.text : cell.byDefault; };
    const std::string first = inForce(cells.front());
    return std::any_of(cells.begin(), cells.end(), [&](const FormCell& cell) { return !sameMeaning(*field, inForce(cell), first); });
}

bool FormRow::canReset() const
{
    const bool isWritten = std::any_of(cells.begin(), cells.end(), [](const FormCell& cell) { return cell.isWritten || !cell.entries.empty(); });
    return isWritten && !isRequired && kind != Kind::StepName;
}

bool FormRow::isChanged() const
{
    return kind != Kind::Note && canReset() && std::any_of(cells.begin(), cells.end(), [&](const FormCell& cell) {
        const std::string byDefault(field->defaultValue);
        return !cell.entries.empty() || (cell.isWritten && (byDefault.empty() || !sameMeaning(*field, cell.text, byDefault)));
    });
}

QString FormRow::text() const
{
    if (isSeveral()) {
        return {};
    }
    const auto written = std::find_if(cells.begin(), cells.end(), [](const FormCell& cell) { return !cell.text.empty(); });
    return written == cells.end() ? QString() : toQt(written->text);
}

FormModel::FormModel(const FormSource& source, const QStringList& steps)
{
    if (!source.resolved) {
        return;
    }
    bool isFirst = true;
    for (const QString& name : steps) {
        const spec::StepDefinition* step = source.resolved->written.step(toStd(name));
        if (step == nullptr) {
            continue;
        }
        m_steps.push_back(step->name);
        m_hasComponent = m_hasComponent || step->component;
        auto rows = rowsOfStep(source, *step);
        m_rows = isFirst ? std::move(rows) : common(std::move(m_rows), rows);
        isFirst = false;
    }
    if (steps.isEmpty()) {
        m_rows = rowsOfPipeline(source);
    }
}

const FormRow* FormModel::row(const std::string& id) const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&](const FormRow& row) { return row.id == id; });
    return found == m_rows.end() ? nullptr : &*found;
}

std::vector<FormGroup> FormModel::groups() const
{
    std::vector<FormGroup> groups;
    for (const FormRow& row : m_rows) {
        if (groups.empty() || groups.back() != row.group) {
            groups.push_back(row.group);
        }
    }
    return groups;
}

QString FormModel::groupName(FormGroup group)
{
    switch (group) {
    case FormGroup::Parallel:
        return tr("Parallel");
    case FormGroup::Command:
        return tr("Command");
    case FormGroup::Failures:
        return tr("Failures and retries");
    case FormGroup::Script:
        return tr("Script");
    case FormGroup::Result:
        return tr("Result");
    case FormGroup::Watching:
        return tr("Watching");
    case FormGroup::Flags:
        return tr("Advanced flags");
    case FormGroup::Settings:
        return tr("Settings");
    case FormGroup::Inputs:
        return tr("Inputs");
    case FormGroup::Outputs:
        return tr("Outputs");
    case FormGroup::Environment:
        return tr("Environment");
    case FormGroup::General:
        return tr("General");
    }
    return {};
}

QString FormModel::helpText(const FormRow& row)
{
    QStringList lines { toQt(row.field->help) };
    const bool hasRule = row.field->type != spec::FieldType::Text && row.field->type != spec::FieldType::Path && row.field->type != spec::FieldType::Any;
    if (hasRule) {
        lines << tr("Allowed: %1").arg(toQt(spec::allowedText(*row.field)));
    }
    if (!row.defaultText.isEmpty() && !row.isRequired) {
        lines << tr("Default: %1").arg(row.defaultText);
    }
    QStringList places;
    for (const FormCell& cell : row.cells) {
        if (cell.isWritten) {
            const QString file = QFileInfo(toQt(cell.place.file)).fileName();
            places << (cell.place.flag.empty() ? tr("Written in %1").arg(file) : tr("Written in %1, as --%2 of program_arguments").arg(file, toQt(cell.place.flag)));
        }
    }
    places.removeDuplicates();
    return (lines + places).join(QLatin1Char('\n'));
}

QString FormModel::originText(const FormRow& row)
{
    QStringList words;
    const bool isMixed = std::any_of(row.cells.begin(), row.cells.end(), [](const FormCell& cell) { return cell.origin == FormOrigin::Component; });
    for (const FormCell& cell : row.cells) {
        const QString file = QFileInfo(toQt(cell.place.file)).fileName();
        if (cell.origin == FormOrigin::Flag && !row.isFlag()) {
            words << tr("from --%1").arg(toQt(cell.place.flag));
        } else if (cell.origin == FormOrigin::Component) {
            const bool isInPlace = cell.place.path.size() > 2 && cell.place.path[0] == "jobs" && cell.place.path[2] == "component";
            words << (isInPlace ? tr("in component") : tr("in %1").arg(file));
        } else if (cell.origin == FormOrigin::Pipeline && isMixed) {
            words << tr("in %1").arg(file);
        }
    }
    words.removeDuplicates();
    return words.join(QStringLiteral(", "));
}

std::vector<FormModel::Binding> FormModel::bindings(const FormSource& source, const FormRow& row)
{
    std::vector<Binding> all;
    const FormCell& cell = row.cell();
    const auto add = [&](const QString& inner, const QString& hint) { all.push_back({ inBraces(inner), hint }); };
    if (!source.resolved || cell.step.empty()) {
        return all;
    }
    const auto& written = source.resolved->written;
    const bool isComponent = cell.place.origin == FormOrigin::Component;
    const bool isPort = row.kind == FormRow::Kind::Port;
    if (!isPort) {
        const spec::StepDefinition* step = written.step(cell.step);
        std::set<std::string> inputs;
        std::set<std::string> outputs;
        for (const spec::StepDefinition* side : { step != nullptr ? step->component.get() : nullptr, step }) {
            for (const auto& input : side != nullptr ? side->inputs : std::vector<spec::InputDefinition> {}) {
                inputs.insert(input.name);
            }
            for (const auto& output : side != nullptr ? side->outputs : std::vector<spec::OutputDefinition> {}) {
                outputs.insert(output.name);
            }
        }
        const bool wantsOutput = row.id == "task.append_row_to";
        for (const auto& name : wantsOutput ? std::set<std::string> {} : inputs) {
            add(QStringLiteral("inputs.") + toQt(name), tr("input of this step"));
        }
        for (const auto& name : row.id == "input_data" ? std::set<std::string> {} : outputs) {
            add(QStringLiteral("outputs.") + toQt(name), tr("output of this step"));
        }
        if (isComponent || wantsOutput || row.id == "input_data") {
            return all;
        }
    }
    if (isPort && !row.isInput()) {
        for (const auto& output : written.outputs) {
            add(QStringLiteral("parent.outputs.") + toQt(output.name), tr("output of the pipeline"));
        }
        return all;
    }
    for (const auto& input : written.inputs) {
        add(QStringLiteral("parent.inputs.") + toQt(input.name), tr("input of the pipeline"));
    }
    const auto waiting = waitingFor(source.resolved->spec, cell.step);
    for (const auto& step : source.resolved->spec.steps) {
        for (const auto& output : waiting.contains(step.name) ? std::vector<pipeline::StepOutput> {} : step.outputs) {
            add(QStringLiteral("parent.jobs.%1.outputs.%2").arg(toQt(step.name), toQt(output.name)), tr("output of step %1").arg(toQt(step.name)));
        }
    }
    return all;
}

} // namespace sheaf::ui
