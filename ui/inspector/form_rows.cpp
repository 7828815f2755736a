// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/form_rows.h"

#include "core/base/text.h"
#include "core/edit/folded_text.h"
#include "core/edit/runner_flag_text.h"
#include "ui/inspector/port_rows.h"
#include "ui/text/convert.h"

#include <algorithm>
#include <array>
#include <set>

namespace sheaf::ui {

using spec::Field;
using spec::FieldType;
using spec::FieldUse;
using spec::Scope;
using spec::YamlNode;

namespace {

struct Entry {
    FormGroup group;
    const char* name; // dotted, or a flag with its dashes
};

// Where a field or flag is shown, in this order. What is not named here is shown all the same: fields among the last, flags among flags.
constexpr std::array kParallelRows {
    Entry { FormGroup::Parallel, "input_data" },
    Entry { FormGroup::Parallel, "mini_batch_size" },
    Entry { FormGroup::Parallel, "partition_keys" },
    Entry { FormGroup::Parallel, "resources.instance_count" },
    Entry { FormGroup::Parallel, "max_concurrency_per_instance" },
    Entry { FormGroup::Failures, "retry_settings.max_retries" },
    Entry { FormGroup::Failures, "retry_settings.timeout" },
    Entry { FormGroup::Failures, "error_threshold" },
    Entry { FormGroup::Failures, "mini_batch_error_threshold" },
    Entry { FormGroup::Failures, "--allowed_failed_percent" },
    Entry { FormGroup::Failures, "--task_overhead_timeout" },
    Entry { FormGroup::Failures, "--progress_update_timeout" },
    Entry { FormGroup::Failures, "--first_task_creation_timeout" },
    Entry { FormGroup::Script, "task.code" },
    Entry { FormGroup::Script, "task.entry_script" },
    Entry { FormGroup::Script, "task.program_arguments" },
    Entry { FormGroup::Script, "task.type" },
    Entry { FormGroup::Script, "logging_level" },
    Entry { FormGroup::Script, "--profiling_module" },
    Entry { FormGroup::Result, "task.append_row_to" },
    Entry { FormGroup::Result, "--append_row_file_name" },
    Entry { FormGroup::Result, "--append_row_dataframe_header" },
    Entry { FormGroup::Result, "--append_row_safe_output" },
    Entry { FormGroup::Watching, "--resource_monitor_interval" },
    Entry { FormGroup::Watching, "--copy_logs_to_parent" },
    Entry { FormGroup::Watching, "--push_metrics_to_parent" },
    Entry { FormGroup::Watching, "--metrics_name_prefix" },
};
constexpr std::array kCommandRows {
    Entry { FormGroup::Command, "command" },
    Entry { FormGroup::Command, "code" },
    Entry { FormGroup::Command, "limits.timeout" },
    Entry { FormGroup::Command, "resources.instance_count" },
};
constexpr std::array kCommonRows {
    Entry { FormGroup::Environment, "environment_variables" },
    Entry { FormGroup::Environment, "compute" },
    Entry { FormGroup::Environment, "resources.max_instance_count" },
    Entry { FormGroup::General, "display_name" },
    Entry { FormGroup::General, "description" },
    Entry { FormGroup::General, "type" },
    Entry { FormGroup::General, "component" },
};
constexpr std::array kPipelineRows {
    Entry { FormGroup::General, "display_name" },
    Entry { FormGroup::General, "description" },
    Entry { FormGroup::General, "experiment_name" },
    Entry { FormGroup::General, "type" },
    Entry { FormGroup::General, "compute" },
    Entry { FormGroup::Settings, "settings.default_compute" },
};

constexpr Field kStepName { .name = "name", .type = FieldType::Text, .help = "Name of the step: letters, digits and _, not a digit first", .required = true };

bool isUsed(const Field& field)
{
    return field.use == FieldUse::Used || field.name == "description";
}

class Builder
{
public:
    explicit Builder(const FormSource& source)
        : m_source(source)
    {
    }

    std::vector<FormRow> step(const spec::StepDefinition& step)
    {
        m_step = &step;
        for (const auto& candidate : m_source.resolved->spec.steps) {
            m_spec = candidate.name == step.name ? &candidate : m_spec;
        }
        addLayers();
        if (step.isSupported) {
            step.isParallel() ? addEach(kParallelRows) : addEach(kCommandRows);
            addFlags();
        }
        addPorts(true);
        addPorts(false);
        if (step.isSupported) {
            addEnvironment();
        }
        addName();
        if (step.isSupported) {
            addEach(kCommonRows);
        }
        for (const FormLayer& layer : m_layers) {
            addRest(layer.scope, {});
        }
        return finish();
    }

    std::vector<FormRow> pipeline()
    {
        const std::string& file = m_source.resolved->written.file;
        m_layers.push_back({ FormOrigin::Pipeline, file, {}, m_source.root(file), Scope::Pipeline });
        addEach(kPipelineRows);
        addPorts(true);
        addPorts(false);
        addRest(Scope::Pipeline, {});
        return finish();
    }

private:
    // ---- where values are looked up --------------------------------------------------------------

    void addLayers()
    {
        const bool isParallel = m_step->isParallel();
        const YamlNode* jobs = nullptr;
        if (const YamlNode* root = m_source.root(m_step->file)) {
            jobs = root->find("jobs");
        }
        const YamlNode* node = jobs != nullptr ? jobs->find(m_step->name) : nullptr;
        m_layers.push_back({ FormOrigin::Pipeline, m_step->file, { "jobs", m_step->name }, node, isParallel ? Scope::ParallelNode : Scope::CommandNode });
        if (!m_step->component) {
            return;
        }
        FormLayer layer { FormOrigin::Component, m_step->component->file, {}, nullptr, isParallel ? Scope::ParallelComponent : Scope::CommandComponent };
        const YamlNode* inPlace = node != nullptr ? node->find("component") : nullptr;
        if (inPlace != nullptr && inPlace->isMap()) {
            layer.prefix = { "jobs", m_step->name, "component" };
            layer.root = inPlace;
        } else {
            layer.root = m_source.root(layer.file);
        }
        m_layers.push_back(std::move(layer));
    }

    [[nodiscard]] bool mayHold(const FormLayer& layer, const std::vector<std::string>& path) const
    {
        return spec::findField(layer.scope, path.front()) != nullptr;
    }

    /// Where a value that is not written yet would go: beside its sisters of the same group, else to the step itself.
    [[nodiscard]] const FormLayer& home(const std::vector<std::string>& path) const
    {
        const auto holds = [&](const FormLayer& layer) { return mayHold(layer, path); };
        for (const FormLayer& layer : m_layers) {
            const YamlNode* group = path.size() > 1 && layer.root != nullptr && layer.root->isMap() ? layer.root->find(path.front()) : nullptr;
            if (holds(layer) && isThere(group)) {
                return layer;
            }
        }
        const auto found = std::find_if(m_layers.begin(), m_layers.end(), holds);
        return found == m_layers.end() ? m_layers.front() : *found;
    }

    FormPlace placeIn(const FormLayer& layer, const std::vector<std::string>& path) const
    {
        const FormLayer::Hit hit = layer.lookUp(path);
        return { layer.origin, layer.file, joined(layer.prefix, hit.path), {}, isThere(hit.node) };
    }

    // ---- cells -----------------------------------------------------------------------------------

    /// `paths`: names of the same field, the first of those that are written counts.
    FormCell cellOf(const Field& field, const std::vector<std::vector<std::string>>& paths) const
    {
        FormCell cell;
        cell.step = m_step != nullptr ? m_step->name : std::string();
        cell.root = m_layers.front().prefix.size();
        cell.place = placeIn(home(paths.front()), paths.front());
        for (const auto& path : paths) {
            for (const FormLayer& layer : m_layers) {
                const FormLayer::Hit hit = layer.lookUp(path);
                if (!cell.isWritten && isThere(hit.node)) {
                    cell.place = { layer.origin, layer.file, joined(layer.prefix, hit.path), {}, true };
                    cell.origin = layer.origin;
                    cell.isWritten = true;
                    takeValue(cell, field, *hit.node);
                }
            }
        }
        for (const FormLayer& layer : m_layers) {
            if (mayHold(layer, paths.front())) {
                cell.places.push_back(placeIn(layer, paths.front()));
            }
        }
        if (field.type == FieldType::TextMap) {
            takeEntries(cell, paths.front());
        }
        cell.root = cell.place.origin == FormOrigin::Component ? m_layers.back().prefix.size() : m_layers.front().prefix.size();
        return cell;
    }

    /// The entries of both maps; the step's own lies over the component's.
    void takeEntries(FormCell& cell, const std::vector<std::string>& path) const
    {
        for (const FormLayer& layer : m_layers) {
            const FormLayer::Hit hit = layer.lookUp(path);
            if (hit.node == nullptr || !hit.node->isMap()) {
                continue;
            }
            for (const auto& entry : hit.node->entries) {
                const bool isKnown = std::any_of(cell.entries.begin(), cell.entries.end(), [&](const FormEntry& e) { return e.name == entry.key; });
                if (!isKnown && !entry.value.isMap() && !entry.value.isList()) {
                    auto place = joined(joined(layer.prefix, hit.path), { entry.key });
                    cell.entries.push_back({ entry.key, entry.value.text, { layer.origin, layer.file, std::move(place), {}, true } });
                }
            }
        }
        QStringList names;
        for (const auto& entry : cell.entries) {
            names << toQt(entry.name) + QLatin1Char('=') + toQt(entry.value);
        }
        cell.text = toStd(names.join(QStringLiteral(", ")));
    }

    // ---- rows ------------------------------------------------------------------------------------

    FormRow& put(FormGroup group, const Field& field, std::string id, FormCell cell)
    {
        m_rows.push_back(makeRow(group, field, std::move(id), std::move(cell)));
        return m_rows.back();
    }

    void addPorts(bool isInput)
    {
        for (FormRow& row : portRows(m_layers, m_step != nullptr ? m_step->name : std::string(), isInput)) {
            m_rows.push_back(std::move(row));
        }
    }

    template <std::size_t Count> void addEach(const std::array<Entry, Count>& entries)
    {
        for (const Entry& entry : entries) {
            const std::string name = entry.name;
            if (name.starts_with("--")) {
                addFlag(entry.group, *spec::findRunnerFlag(name.substr(2)));
            } else if (const Field* field = fieldAt(name)) {
                addField(entry.group, *field, name);
            }
        }
    }

    [[nodiscard]] const Field* fieldAt(const std::string& dotted) const
    {
        for (const FormLayer& layer : m_layers) {
            if (const Field* field = spec::findFieldByPath(layer.scope, dotted)) {
                return field;
            }
        }
        return nullptr;
    }

    void addField(FormGroup group, const Field& field, const std::string& dotted)
    {
        if (!m_done.insert(dotted).second) {
            return;
        }
        std::vector<std::vector<std::string>> paths { text::split(dotted, '.') };
        if (dotted == "resources.instance_count") { // the step's own field means the same
            m_done.insert("instance_count");
            if (fieldAt("instance_count") != nullptr) {
                paths.push_back({ "instance_count" });
            }
        }
        FormRow& row = put(group, field, dotted, cellOf(field, paths));
        row.isLong = dotted == "task.program_arguments" || dotted == "command" || field.name == "description";
        row.isRequired = row.isRequired || dotted == "input_data" || dotted == "command";
        // What a step is cannot be changed by a word: it is told, and mended in the text.
        row.kind = dotted == "type" || (dotted == "component" && row.cell().isElsewhere) ? FormRow::Kind::Note : row.kind;
        row.isRequired = row.isRequired || row.kind == FormRow::Kind::Note || dotted == "component";
        row.defaultText = defaultText(dotted, field);
        if (row.isLong) {
            unfold(row.cells.front());
        }
        layFlagOver(row, dotted);
    }

    /// A folded text is shown in the lines in which it was written.
    void unfold(FormCell& cell) const
    {
        const auto document = m_source.files.find(cell.place.file);
        const auto lines = cell.isWritten && document != m_source.files.end() ? edit::foldedLines(*document->second, cell.place.path) : std::nullopt;
        if (lines) {
            cell.text = *lines;
            cell.isFolded = true;
        }
    }

    /// A flag in the arguments counts more than the field.
    void layFlagOver(FormRow& row, const std::string& dotted)
    {
        if (m_step == nullptr || !m_step->isParallel()) {
            return;
        }
        for (const auto& flag : spec::runnerFlags()) {
            if (flag.sameAs != dotted) {
                continue;
            }
            const FormCell own = flagCell(flag);
            if (!own.isWritten) {
                continue;
            }
            FormCell& cell = row.cells.front();
            cell.place = own.place;
            cell.origin = FormOrigin::Flag;
            cell.isWritten = true;
            cell.isElsewhere = false;
            cell.offset = flag.field.name == "run_max_try" ? 1 : 0;
            cell.text = own.text;
            if (const auto tries = text::toInt(own.text); tries && cell.offset != 0) {
                cell.text = std::to_string(*tries - cell.offset);
            }
            cell.places.push_back(own.place);
        }
    }

    FormCell flagCell(const spec::RunnerFlag& flag) const
    {
        static const Field kArguments { .name = "program_arguments" };
        FormCell cell = cellOf(kArguments, { { "task", "program_arguments" } });
        const auto found = cell.isElsewhere ? std::vector<edit::FlagInText> {} : edit::findFlags(cell.text, flag.field.name);
        cell.place.flag = std::string(flag.field.name);
        cell.place.isWritten = cell.isWritten = !found.empty();
        cell.origin = found.empty() ? FormOrigin::Default : cell.origin;
        cell.text = found.empty() ? std::string() : found.back().hasValue ? found.back().value : flag.valueOptional ? "true" : "";
        cell.places.clear();
        if (!found.empty()) {
            cell.place.origin = cell.place.origin == FormOrigin::Component ? FormOrigin::Component : FormOrigin::Flag;
        }
        return cell;
    }

    void addFlag(FormGroup group, const spec::RunnerFlag& flag)
    {
        const std::string id = "--" + std::string(flag.field.name);
        if (!m_done.insert(id).second) {
            return;
        }
        FormRow& row = put(group, flag.field, id, flagCell(flag));
        row.defaultText = flag.sameAs.empty() ? defaultText(id, flag.field) : FormModel::tr("as %1").arg(toQt(flag.sameAs));
    }

    void addFlags()
    {
        for (const auto& flag : spec::runnerFlags()) {
            if (m_step->isParallel() && flag.userMaySet) {
                addFlag(FormGroup::Flags, flag);
            }
        }
    }

    void addName()
    {
        FormCell cell;
        cell.step = m_step->name;
        cell.isWritten = true;
        cell.origin = FormOrigin::Pipeline;
        cell.text = m_step->name;
        cell.place = { FormOrigin::Pipeline, m_step->file, { "jobs", m_step->name }, {}, true };
        m_done.insert("name");
        put(FormGroup::General, kStepName, "name", std::move(cell)).kind = FormRow::Kind::StepName;
    }

    /// Every field that counts and has no row yet.
    void addRest(Scope scope, const std::string& prefix)
    {
        for (const Field& field : spec::fields(scope)) {
            const std::string dotted = prefix.empty() ? std::string(field.name) : prefix + "." + std::string(field.name);
            const bool isElsewhere = field.type == FieldType::Inputs || field.type == FieldType::Outputs || field.type == FieldType::Jobs
                || field.type == FieldType::Environment;
            if (!isUsed(field) || isElsewhere) {
                continue;
            }
            if (field.type == FieldType::Group) {
                addRest(field.group, dotted);
            } else {
                addField(prefix == "settings" ? FormGroup::Settings : FormGroup::General, field, dotted);
            }
        }
    }

    void addEnvironment()
    {
        const bool isTask = m_step->isParallel();
        std::vector<std::vector<std::string>> paths { { "environment" } };
        if (isTask) {
            paths.insert(paths.begin(), { "task", "environment" });
        }
        const Field& field = *spec::findField(isTask ? Scope::ParallelNode : Scope::CommandNode, "environment");
        FormRow& row = put(FormGroup::Environment, field, "environment", cellOf(field, paths));
        FormCell& cell = row.cells.front();
        if (cell.isElsewhere) { // its fields follow
            cell.isElsewhere = false;
            cell.text.clear();
            row.kind = FormRow::Kind::Note;
            row.caption = FormModel::tr("written as a map");
        }
        const bool isMap = row.kind == FormRow::Kind::Note;
        row.defaultText = isMap ? QString() : FormModel::tr("none: a name, or a file");
        const FormCell parent = row.cell();
        const std::vector<std::string>& path = paths.size() > 1 && !isBelow(parent.place.path, "task") ? paths.back() : paths.front();
        for (const char* name : { "image", "conda_file" }) {
            const Field& child = *spec::findField(Scope::Environment, name);
            FormCell own = cellOf(child, { joined(path, { name }) });
            own.isLone = !isMap && parent.isWritten;
            FormRow& below = put(FormGroup::Environment, child, std::string("environment.") + name, std::move(own));
            below.parent = "environment";
        }
    }

    static bool isBelow(const std::vector<std::string>& path, const std::string& key)
    {
        return std::find(path.begin(), path.end(), key) != path.end();
    }

    // ---- what is in force when nothing is written ------------------------------------------------

    QString defaultText(const std::string& id, const Field& field) const
    {
        const auto seconds = [](double value) { return QString::number(value); };
        if (id == "mini_batch_size") {
            return FormModel::tr("1 file, or 1 MiB of a table");
        }
        if (id == "partition_keys") {
            return FormModel::tr("none");
        }
        if (id == "max_concurrency_per_instance") {
            return FormModel::tr("cores of the node");
        }
        if (id == "--progress_update_timeout" && m_spec != nullptr) {
            return seconds(m_spec->parallel.progressUpdateTimeoutSeconds);
        }
        if (id == "--append_row_file_name") {
            return m_spec != nullptr && m_spec->parallel.jsonLines ? QStringLiteral("parallel_run_step.jsonl") : QStringLiteral("parallel_run_step.txt");
        }
        if (id == "task.append_row_to") {
            return FormModel::tr("nothing: rows are only counted");
        }
        if (id == "code" || id == "command") {
            return id == "code" ? FormModel::tr("an empty folder") : QString();
        }
        if (id == "compute" && m_step != nullptr) {
            const std::string inPipeline = m_source.resolved->written.fields.text("settings.default_compute");
            return inPipeline.empty() ? FormModel::tr("this machine") : toQt(inPipeline);
        }
        if (id == "display_name" && m_step != nullptr) {
            return toQt(m_step->name);
        }
        if (field.defaultValue.empty() && (field.type == FieldType::Word || field.type == FieldType::Int || field.type == FieldType::Path)) {
            return FormModel::tr("none");
        }
        return toQt(field.defaultValue);
    }

    // ---- findings --------------------------------------------------------------------------------

    std::vector<FormRow> finish()
    {
        for (FormRow& row : m_rows) {
            row.cells.front().byDefault = toStd(row.defaultText);
            const std::string head = m_step != nullptr ? m_step->path + "." : std::string();
            const std::string componentFile = m_step != nullptr && m_step->component ? m_step->component->file : std::string();
            std::vector<std::string> paths { head + row.id };
            if (row.isFlag()) {
                paths = { head + "task.program_arguments." + row.id };
            } else if (row.cell().origin == FormOrigin::Flag) {
                paths.push_back(head + "task.program_arguments.--" + row.cell().place.flag);
            } else if (row.kind == FormRow::Kind::Port) {
                for (const char* key : { ".path", ".value", ".default" }) {
                    paths.push_back(head + row.id + key);
                }
            } else if (row.id == "environment") {
                paths.push_back(head + "task.environment");
            } else if (row.id == "resources.instance_count") {
                paths.push_back(head + "instance_count");
            }
            for (const auto& diagnostic : m_source.resolved->diagnostics) {
                const bool isIt = std::find(paths.begin(), paths.end(), diagnostic.path) != paths.end()
                    || (!componentFile.empty() && diagnostic.file == componentFile && diagnostic.path == row.id);
                if (isIt) {
                    row.diagnostics.push_back(diagnostic);
                }
            }
        }
        std::stable_sort(m_rows.begin(), m_rows.end(), [](const FormRow& a, const FormRow& b) { return a.group < b.group; });
        return std::move(m_rows);
    }

    const FormSource& m_source;
    const spec::StepDefinition* m_step = nullptr;
    const pipeline::StepSpec* m_spec = nullptr;
    std::vector<FormLayer> m_layers; // the pipeline file first: what it says counts
    std::vector<FormRow> m_rows;
    std::set<std::string> m_done;
};

} // namespace

std::vector<FormRow> rowsOfStep(const FormSource& source, const spec::StepDefinition& step)
{
    return Builder(source).step(step);
}

std::vector<FormRow> rowsOfPipeline(const FormSource& source)
{
    return Builder(source).pipeline();
}

} // namespace sheaf::ui
