// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/form_rows.h"

#include "core/base/text.h"
#include "core/edit/folded_text.h"
#include "core/edit/runner_flag_text.h"
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

/// A map that values are looked up in: the step as the pipeline file has it, its component.
struct Layer {
    FormOrigin origin = FormOrigin::Pipeline;
    std::string file;
    std::vector<std::string> prefix;
    const YamlNode* root = nullptr;
    Scope scope = Scope::Pipeline;
};

struct Hit {
    const YamlNode* node = nullptr;
    std::vector<std::string> path; // as it is spelt in the file, below the layer's prefix
};

/// The value at a dotted path, also under its name in older files.
Hit lookUp(const Layer& layer, const std::vector<std::string>& path)
{
    Hit hit { layer.root, {} };
    std::optional<Scope> scope = layer.scope;
    for (const auto& key : path) {
        const Field* field = scope ? spec::findField(*scope, key) : nullptr;
        const YamlNode* next = hit.node != nullptr && hit.node->isMap() ? hit.node->find(key) : nullptr;
        std::string spelt = key;
        if (next == nullptr && hit.node != nullptr && hit.node->isMap() && field != nullptr && !field->formerly.empty()) {
            next = hit.node->find(field->formerly);
            spelt = next != nullptr ? std::string(field->formerly) : key;
        }
        hit.path.push_back(spelt);
        hit.node = next;
        scope = field != nullptr && field->type == FieldType::Group ? std::optional(field->group) : std::nullopt;
    }
    return hit;
}

bool isThere(const YamlNode* node)
{
    return node != nullptr && !node->isNull();
}

std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

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
        for (const Layer& layer : m_layers) {
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
        Layer layer { FormOrigin::Component, m_step->component->file, {}, nullptr, isParallel ? Scope::ParallelComponent : Scope::CommandComponent };
        const YamlNode* inPlace = node != nullptr ? node->find("component") : nullptr;
        if (inPlace != nullptr && inPlace->isMap()) {
            layer.prefix = { "jobs", m_step->name, "component" };
            layer.root = inPlace;
        } else {
            layer.root = m_source.root(layer.file);
        }
        m_layers.push_back(std::move(layer));
    }

    [[nodiscard]] bool mayHold(const Layer& layer, const std::vector<std::string>& path) const
    {
        return spec::findField(layer.scope, path.front()) != nullptr;
    }

    /// Where a value that is not written yet would go: beside its sisters of the same group, else to the step itself.
    [[nodiscard]] const Layer& home(const std::vector<std::string>& path) const
    {
        const auto holds = [&](const Layer& layer) { return mayHold(layer, path); };
        for (const Layer& layer : m_layers) {
            const YamlNode* group = path.size() > 1 && layer.root != nullptr && layer.root->isMap() ? layer.root->find(path.front()) : nullptr;
            if (holds(layer) && isThere(group)) {
                return layer;
            }
        }
        const auto found = std::find_if(m_layers.begin(), m_layers.end(), holds);
        return found == m_layers.end() ? m_layers.front() : *found;
    }

    FormPlace placeIn(const Layer& layer, const std::vector<std::string>& path) const
    {
        const Hit hit = lookUp(layer, path);
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
            for (const Layer& layer : m_layers) {
                const Hit hit = lookUp(layer, path);
                if (!cell.isWritten && isThere(hit.node)) {
                    cell.place = { layer.origin, layer.file, joined(layer.prefix, hit.path), {}, true };
                    cell.origin = layer.origin;
                    cell.isWritten = true;
                    take(cell, field, *hit.node);
                }
            }
        }
        for (const Layer& layer : m_layers) {
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

    static void take(FormCell& cell, const Field& field, const YamlNode& node)
    {
        cell.text = node.text;
        if (node.isList() && field.type == FieldType::TextList) {
            cell.items.clear();
            for (const auto& item : node.items) {
                cell.items.push_back(item.text);
            }
            cell.text = text::join(cell.items, ", ");
        } else if (!node.isScalar()) {
            cell.isElsewhere = field.type != FieldType::TextMap;
            cell.text = cell.isElsewhere ? node.words() : std::string();
        }
    }

    /// The entries of both maps; the step's own lies over the component's.
    void takeEntries(FormCell& cell, const std::vector<std::string>& path) const
    {
        for (const Layer& layer : m_layers) {
            const Hit hit = lookUp(layer, path);
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
        FormRow row;
        row.group = group;
        row.field = &field;
        row.label = toQt(id.starts_with("--") ? std::string_view(id) : field.name);
        row.id = std::move(id);
        row.cells.push_back(std::move(cell));
        row.isRequired = field.required;
        m_rows.push_back(std::move(row));
        return m_rows.back();
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
        for (const Layer& layer : m_layers) {
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

    // ---- inputs and outputs ----------------------------------------------------------------------

    void addPorts(bool isInput)
    {
        const std::string kind = isInput ? "inputs" : "outputs";
        for (const std::string& name : portNames(kind)) {
            addPort(isInput, kind, name);
        }
    }

    /// Those of the component first, as the resolver has them.
    [[nodiscard]] std::vector<std::string> portNames(const std::string& kind) const
    {
        std::vector<std::string> names;
        for (auto layer = m_layers.rbegin(); layer != m_layers.rend(); ++layer) {
            const YamlNode* ports = layer->root != nullptr && layer->root->isMap() ? layer->root->find(kind) : nullptr;
            for (const auto& entry : ports != nullptr ? ports->entries : std::vector<spec::YamlEntry> {}) {
                if (std::find(names.begin(), names.end(), entry.key) == names.end()) {
                    names.push_back(entry.key);
                }
            }
        }
        return names;
    }

    /// What is written for the port in a layer: a lone value, a map, nothing.
    static const YamlNode* portNode(const Layer& layer, const std::string& kind, const std::string& name)
    {
        const YamlNode* ports = layer.root != nullptr && layer.root->isMap() ? layer.root->find(kind) : nullptr;
        return ports != nullptr && ports->isMap() ? ports->find(name) : nullptr;
    }

    [[nodiscard]] std::string typeInForce(bool isInput, const std::string& kind, const std::string& name) const
    {
        for (const Layer& layer : m_layers) {
            const YamlNode* node = portNode(layer, kind, name);
            const YamlNode* type = node != nullptr && node->isMap() ? node->find("type") : nullptr;
            if (isThere(type)) {
                return text::lower(type->text);
            }
        }
        return isInput ? std::string() : "uri_folder";
    }

    static bool isLiteralType(const std::string& type)
    {
        return type == "string" || type == "number" || type == "integer" || type == "boolean";
    }

    void addPort(bool isInput, const std::string& kind, const std::string& name)
    {
        const Scope scope = isInput ? Scope::Input : Scope::Output;
        const std::string type = typeInForce(isInput, kind, name);
        const Layer& own = m_layers.front();
        const YamlNode* node = portNode(own, kind, name);
        const bool isDeclared = m_layers.size() > 1 && portNode(m_layers.back(), kind, name) != nullptr;

        FormCell cell;
        cell.step = m_step != nullptr ? m_step->name : std::string();
        cell.root = own.prefix.size();
        std::vector<std::string> path = joined(own.prefix, { kind, name });
        std::string valueKey; // of the entry that holds the value
        if (node != nullptr && node->isMap()) {
            for (const char* key : { "path", "value", "default" }) {
                if (valueKey.empty() && isThere(node->find(key))) {
                    valueKey = key;
                }
            }
            valueKey = !valueKey.empty() ? valueKey : isLiteralType(type) ? (m_step == nullptr ? "default" : "value") : "path";
            const YamlNode* value = node->find(valueKey);
            cell.isWritten = isThere(value);
            cell.text = cell.isWritten ? value->text : std::string();
            path.push_back(valueKey);
        } else if (isThere(node)) {
            cell.isWritten = true;
            cell.text = node->isScalar() ? node->text : node->words();
            cell.isElsewhere = !node->isScalar();
        } else if (!isInput && m_step == nullptr) {
            path.push_back("path");
        }
        cell.origin = cell.isWritten ? FormOrigin::Pipeline : FormOrigin::Default;
        cell.place = { FormOrigin::Pipeline, own.file, path, {}, cell.isWritten };
        const Field& field = *spec::findField(scope, valueKey.empty() ? "path" : valueKey);
        const std::string id = kind + "." + name;
        FormRow& row = put(isInput ? FormGroup::Inputs : FormGroup::Outputs, field, id, std::move(cell));
        row.kind = FormRow::Kind::Port;
        row.label = toQt(name);
        row.caption = toQt(type);
        row.isRequired = isInput && (!isDeclared || !hasOwnDefault(kind, name));
        row.defaultText = portDefault(isInput, kind, name);
        const bool isLone = isThere(node) && node->isScalar();
        const std::string loneText = isLone ? node->text : std::string();
        const std::size_t first = m_rows.size();
        addPortFields(isInput, kind, name);
        for (std::size_t i = first; i < m_rows.size(); ++i) {
            FormCell& below = m_rows[i].cells.front();
            below.isLone = isLone && below.place.origin == FormOrigin::Pipeline;
            below.loneText = loneText;
            below.valueKey = !isLiteralType(type) ? "path" : m_step == nullptr ? "default" : "value";
        }
    }

    /// The component can do without a value.
    [[nodiscard]] bool hasOwnDefault(const std::string& kind, const std::string& name) const
    {
        const YamlNode* declared = portNode(m_layers.back(), kind, name);
        if (declared == nullptr || !declared->isMap()) {
            return false;
        }
        const YamlNode* optional = declared->find("optional");
        return isThere(declared->find("default")) || isThere(declared->find("path")) || (isThere(optional) && spec::yamlBool(optional->text).value_or(false));
    }

    [[nodiscard]] QString portDefault(bool isInput, const std::string& kind, const std::string& name) const
    {
        if (!isInput) {
            return m_step != nullptr ? FormModel::tr("a folder of the run") : FormModel::tr("outputs/%1 of the run").arg(toQt(name));
        }
        const YamlNode* declared = m_layers.size() > 1 ? portNode(m_layers.back(), kind, name) : nullptr;
        if (declared == nullptr || !declared->isMap()) {
            return FormModel::tr("a value, a path or ${{…}}");
        }
        for (const char* key : { "default", "path" }) {
            if (const YamlNode* value = declared->find(key); isThere(value)) {
                return toQt(value->text);
            }
        }
        const YamlNode* optional = declared->find("optional");
        return isThere(optional) && spec::yamlBool(optional->text).value_or(false) ? FormModel::tr("none: it is optional") : FormModel::tr("a value, a path or ${{…}}");
    }

    /// Type, mode and the like, of the step's own map and of the component's declaration.
    void addPortFields(bool isInput, const std::string& kind, const std::string& name)
    {
        const bool hasDeclaration = m_layers.size() > 1 && portNode(m_layers.back(), kind, name) != nullptr;
        std::set<std::string> done { "value" };
        if (!hasDeclaration) { // the value itself; a component may have a path for when none is given
            done.insert("path");
        }
        const auto add = [&](Scope scope, const Layer& layer) {
            for (const Field& field : spec::fields(scope)) {
                const std::string fieldName(field.name);
                const bool isValue = fieldName == "default" && !hasDeclaration; // the value itself
                if (field.use == FieldUse::Used && !isValue && done.insert(fieldName).second) {
                    addPortField(field, layer, kind, name);
                }
            }
        };
        if (hasDeclaration) {
            add(isInput ? Scope::InputDeclaration : Scope::Output, m_layers.back());
        }
        add(isInput ? Scope::Input : Scope::Output, m_layers.front());
    }

    void addPortField(const Field& field, const Layer& home, const std::string& kind, const std::string& name)
    {
        const std::string fieldName(field.name);
        FormCell cell;
        cell.step = m_step != nullptr ? m_step->name : std::string();
        cell.root = home.prefix.size();
        cell.place = { home.origin, home.file, joined(home.prefix, { kind, name, fieldName }), {}, false };
        for (const Layer& layer : m_layers) {
            const YamlNode* node = portNode(layer, kind, name);
            const bool isValue = fieldName == "path" && layer.origin == FormOrigin::Pipeline;
            const YamlNode* value = node != nullptr && node->isMap() && !isValue ? node->find(fieldName) : nullptr;
            const FormPlace place { layer.origin, layer.file, joined(layer.prefix, { kind, name, fieldName }), {}, isThere(value) };
            if (!cell.isWritten && isThere(value)) {
                cell.isWritten = true;
                cell.origin = layer.origin;
                cell.place = place;
                cell.root = layer.prefix.size();
                take(cell, field, *value);
            }
        }
        FormRow& row = put(kind == "inputs" ? FormGroup::Inputs : FormGroup::Outputs, field, kind + "." + name + "." + fieldName, std::move(cell));
        row.parent = kind + "." + name;
        row.defaultText = toQt(field.defaultValue);
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
    std::vector<Layer> m_layers; // the pipeline file first: what it says counts
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
