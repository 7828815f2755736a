// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/job_reader.h"

#include "core/base/text.h"
#include "core/spec/conda_file.h"
#include "core/spec/data_path.h"
#include "core/spec/expression.h"
#include "core/spec/field_table.h"
#include "core/spec/findings.h"
#include "core/spec/override.h"
#include "core/spec/validator.h"
#include "core/spec/yaml_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

namespace sheaf::spec {

namespace {

namespace fs = std::filesystem;

/// Kinds of steps that the file format knows and that cannot run here yet.
constexpr std::array<std::string_view, 12> kOtherStepTypes { "sweep", "pipeline", "automl", "spark",
    "import", "data_transfer", "do_while", "if_else", "parallel_for", "finetuning", "distillation",
    "flow" };

const std::vector<std::string>& supportedStepTypes()
{
    static const std::vector<std::string> types { "command", "parallel" };
    return types;
}

bool isOtherStepType(const std::string& type)
{
    return std::find(kOtherStepTypes.begin(), kOtherStepTypes.end(), type) != kOtherStepTypes.end();
}

/// Reads one file's tree into definitions. One object per file: it knows the file's name and
/// folder.
class FileReader
{
public:
    FileReader(std::string file, JobFile& job, SharedTexts texts, YamlFiles& known)
        : m_file(std::move(file))
        , m_folder(fs::path(m_file).parent_path())
        , m_job(job)
        , m_texts(std::move(texts))
        , m_known(known)
    {
    }

    void readPipeline(const YamlNode& root);

private:
    using Special = std::function<void(const Field&, const YamlEntry&, const std::string& path)>;

    // --- findings
    void report(Severity severity,
        const std::string& code,
        const SourceRange& where,
        const std::string& path,
        std::string message,
        Finding words = {})
    {
        m_job.diagnostics.push_back(
            finding(severity, code, { m_file, where, path }, std::move(message), std::move(words)));
    }
    void wrongType(const YamlNode& node,
        const std::string& path,
        const std::string& name,
        const std::string& allowed);
    const Field* formerField(const YamlNode& map, const YamlEntry& entry, const std::string& path, Scope scope);
    void unknownKey(const YamlEntry& entry, const std::string& path, Scope scope);

    // --- fields
    [[nodiscard]] FieldValue valueOf(const YamlNode& node, const SourceRange& keyWhere) const;
    void readGroup(Scope scope,
        const YamlNode& map,
        const std::string& path,
        const std::string& prefix,
        FieldSet& fields,
        const Special& special);
    void readField(const Field& field,
        const YamlEntry& entry,
        const std::string& path,
        const std::string& name,
        FieldSet& fields,
        const Special& special);
    [[nodiscard]] bool passes(const Field& field, const YamlEntry& entry, const std::string& path);
    void readScalar(const Field& field,
        const YamlEntry& entry,
        const std::string& path,
        const std::string& name,
        FieldSet& fields);
    void readList(const Field& field,
        const YamlEntry& entry,
        const std::string& path,
        const std::string& name,
        FieldSet& fields);
    void readTextMap(const Field& field,
        const YamlEntry& entry,
        const std::string& path,
        const std::string& name,
        FieldSet& fields);

    // --- inputs, outputs, environment
    [[nodiscard]] std::vector<InputDefinition> readInputs(
        const YamlNode& node, const std::string& path, Scope scope);
    [[nodiscard]] InputDefinition readInput(
        const YamlEntry& entry, const std::string& path, Scope scope);
    [[nodiscard]] std::vector<OutputDefinition> readOutputs(
        const YamlNode& node, const std::string& path);
    void checkName(const YamlEntry& entry, const std::string& path, const char* what);
    void checkMisplaced(const YamlEntry& entry, const std::string& path, Scope scope);
    [[nodiscard]] EnvironmentDefinition readEnvironment(
        const YamlEntry& entry, const std::string& path);
    void readEnvironmentMap(
        const YamlNode& map, const std::string& path, EnvironmentDefinition& environment);
    void readEnvironmentFile(
        const YamlNode& node, const std::string& path, EnvironmentDefinition& environment);
    void readConda(
        const YamlNode& node, const std::string& path, EnvironmentDefinition& environment);

    // --- steps
    void readRootType(const YamlNode& root);
    void readJobs(const YamlNode& node);
    [[nodiscard]] StepDefinition readStep(const YamlEntry& entry);
    void readStepBody(const YamlNode& node, StepDefinition& step);
    void checkStepName(const YamlEntry& entry, const std::string& path);
    void readComponent(const YamlNode& node, const std::string& nodeType, StepDefinition& step);
    [[nodiscard]] std::shared_ptr<StepDefinition> readComponentBody(
        const YamlNode& root, const std::string& nodeType);
    void refuseIncludes();
    void decideType(const YamlNode& node, StepDefinition& step);
    void unsupported(const StepDefinition& step,
        const SourceRange& where,
        const std::string& path,
        const std::string& type);
    [[nodiscard]] fs::path besides(const std::string& value) const
    {
        return localPath(value, m_folder);
    }

    std::string m_file;
    fs::path m_folder;
    JobFile& m_job;
    SharedTexts m_texts;
    YamlFiles& m_known;
};

std::string join(const std::string& path, const std::string& name)
{
    return path.empty() ? name : path + "." + name;
}

/// The word of `type`, lower case; "" when there is none.
std::string typeOf(const YamlNode& map)
{
    const YamlNode* type = map.find("type");
    return type != nullptr && type->isScalar() ? text::lower(text::trim(type->text))
                                               : std::string();
}

// ----------------------------------------------------------------------------------------------
// findings

void FileReader::wrongType(const YamlNode& node,
    const std::string& path,
    const std::string& name,
    const std::string& allowed)
{
    report(Severity::Error, "wrong-type", node.where, path,
        fmt::format("{} must be {}, here it is {}", name, allowed,
            node.isScalar() ? "the text '" + node.text + "'" : node.words()),
        { node.words(), allowed, "write " + allowed });
}

/// Files of the preview still say `args`; the name of today wins when both are there.
const Field* FileReader::formerField(const YamlNode& map, const YamlEntry& entry, const std::string& path, Scope scope)
{
    const Field* field = findFormerField(scope, entry.key);
    if (field == nullptr || map.find(std::string(field->name)) != nullptr) {
        return nullptr;
    }
    report(Severity::Warning, "former-name", entry.keyWhere, path,
        fmt::format("'{}' is called {} now; it is read as that", entry.key, field->name),
        { entry.key, std::string(field->name), fmt::format("rename it to {}", field->name) });
    return field;
}

void FileReader::unknownKey(const YamlEntry& entry, const std::string& path, Scope scope)
{
    const auto names = fieldNames(scope);
    std::string hint = didYouMean(entry.key, names);
    std::string fix = hint.empty() ? "remove it, or check its name and its indentation"
                                   : "write it as it is spelt above";
    for (const auto& group : fields(scope)) { // mostly a matter of indentation
        const Field* inner = group.type == FieldType::Group ? findField(group.group, entry.key) : nullptr;
        if (inner != nullptr && inner->use != FieldUse::Refused) {
            hint = fmt::format(" (it belongs below {})", group.name);
            fix = fmt::format("move {} below {}", entry.key, group.name);
        }
    }
    const bool isCommand = scope == Scope::CommandNode || scope == Scope::CommandComponent;
    if (isCommand && findField(Scope::ParallelNode, entry.key) != nullptr) {
        hint = " (only steps of type parallel have it)";
        fix = fmt::format("write type: parallel, or remove {}", entry.key);
    }
    report(Severity::Warning, "unknown-key", entry.keyWhere, path,
        fmt::format("'{}' is not known here and is not used{}", entry.key, hint),
        { entry.key, text::join(names, ", "), fix });
}

// ----------------------------------------------------------------------------------------------
// fields

FieldValue FileReader::valueOf(const YamlNode& node, const SourceRange& keyWhere) const
{
    FieldValue value;
    value.text = node.text;
    value.plain = node.plain;
    value.isList = node.isList();
    value.fromOverride = node.fromOverride;
    value.where = node.where;
    value.keyWhere = keyWhere;
    value.file = m_file;
    return value;
}

void FileReader::readGroup(Scope scope,
    const YamlNode& map,
    const std::string& path,
    const std::string& prefix,
    FieldSet& fields,
    const Special& special)
{
    for (const auto& entry : map.entries) {
        const std::string fieldPath = join(path, entry.key);
        const Field* field = findField(scope, entry.key);
        if (field == nullptr) {
            field = formerField(map, entry, fieldPath, scope);
        }
        if (field == nullptr) {
            unknownKey(entry, fieldPath, scope);
        } else if (passes(*field, entry, fieldPath)) {
            readField(*field, entry, fieldPath, prefix + std::string(field->name), fields, special);
        }
    }
}

bool FileReader::passes(const Field& field, const YamlEntry& entry, const std::string& path)
{
    const bool isOff = entry.value.isNull() && field.type != FieldType::Jobs;
    if (field.use == FieldUse::Refused && !isOff) {
        report(Severity::Error, "not-supported", entry.keyWhere, path,
            fmt::format("{} is not supported yet ({})", field.name, field.help),
            { std::string(field.name), "a step without it",
                fmt::format("remove {}, or run this job on the service", field.name) });
        return false;
    }
    if (field.use == FieldUse::Noted && !isOff) {
        report(Severity::Note, "no-meaning-here", entry.keyWhere, path,
            fmt::format("{} has no meaning on this machine and is not used", field.name),
            { std::string(field.name), "", "" });
    }
    return !isOff;
}

void FileReader::readField(const Field& field,
    const YamlEntry& entry,
    const std::string& path,
    const std::string& name,
    FieldSet& fields,
    const Special& special)
{
    switch (field.type) {
    case FieldType::Group:
        if (entry.value.isMap()) {
            readGroup(field.group, entry.value, path, name + ".", fields, special);
        } else {
            wrongType(entry.value, path, std::string(field.name), "a map");
        }
        break;
    case FieldType::TextList:
        readList(field, entry, path, name, fields);
        break;
    case FieldType::TextMap:
        readTextMap(field, entry, path, name, fields);
        break;
    case FieldType::Inputs:
    case FieldType::Outputs:
    case FieldType::Environment:
    case FieldType::Component:
    case FieldType::Jobs:
        special(field, entry, path);
        break;
    case FieldType::Any:
        fields.set(name, valueOf(entry.value, entry.keyWhere));
        break;
    default:
        readScalar(field, entry, path, name, fields);
    }
}

void FileReader::readScalar(const Field& field,
    const YamlEntry& entry,
    const std::string& path,
    const std::string& name,
    FieldSet& fields)
{
    if (!entry.value.isScalar()) {
        wrongType(entry.value, path, std::string(field.name), allowedText(field));
        return;
    }
    FieldValue value = valueOf(entry.value, entry.keyWhere);
    const bool isOpen = hasExpression(value.text) && field.type != FieldType::Reference;
    if (auto problem = isOpen ? std::nullopt : checkValue(field, value, path)) {
        m_job.diagnostics.push_back(std::move(*problem));
        return;
    }
    fields.set(name, std::move(value));
}

void FileReader::readList(const Field& field,
    const YamlEntry& entry,
    const std::string& path,
    const std::string& name,
    FieldSet& fields)
{
    const bool isOpen = entry.value.isScalar() && hasExpression(entry.value.text);
    if (!entry.value.isList() && !isOpen) {
        wrongType(entry.value, path, std::string(field.name), allowedText(field));
        return;
    }
    FieldValue value = valueOf(entry.value, entry.keyWhere);
    for (const auto& item : entry.value.items) {
        if (item.isScalar()) {
            value.items.push_back(item.text);
        } else {
            wrongType(item, path, "an entry of " + std::string(field.name), "a word");
        }
    }
    fields.set(name, std::move(value));
}

void FileReader::readTextMap(const Field& field,
    const YamlEntry& entry,
    const std::string& path,
    const std::string& name,
    FieldSet& fields)
{
    if (!entry.value.isMap()) {
        wrongType(entry.value, path, std::string(field.name), allowedText(field));
        return;
    }
    for (const auto& item : entry.value.entries) {
        if (item.value.isScalar() || item.value.isNull()) {
            fields.set(join(name, item.key), valueOf(item.value, item.keyWhere));
        } else if (field.name == "environment_variables") {
            wrongType(item.value, join(path, item.key), item.key, "a text");
        }
    }
}

// ----------------------------------------------------------------------------------------------
// inputs and outputs

void FileReader::checkName(const YamlEntry& entry, const std::string& path, const char* what)
{
    if (!isIdentifier(entry.key)) {
        report(Severity::Error, "bad-name", entry.keyWhere, path,
            fmt::format("'{}' cannot be the name of {}", entry.key, what),
            { entry.key, "letters, digits and _, not a digit first",
                "rename it, and what refers to it" });
    } else if (isReservedName(entry.key)) {
        report(Severity::Warning, "reserved-name", entry.keyWhere, path,
            fmt::format("'{}' is a name that the service keeps for itself", entry.key),
            { entry.key, "another name", "rename it" });
    }
}

/// "mode: direct" one step too far to the left is an input of that name to YAML.
void FileReader::checkMisplaced(const YamlEntry& entry, const std::string& path, Scope scope)
{
    const Field* field = findField(scope, entry.key);
    const bool isWord = field != nullptr && field->type == FieldType::Word && entry.value.isScalar();
    if (isWord && !checkValue(*field, valueOf(entry.value, entry.keyWhere), path)) {
        report(Severity::Warning, "misplaced-key", entry.keyWhere, path,
            fmt::format("'{}: {}' stands among the names and is taken for one of them", entry.key, entry.value.text),
            { entry.key, "a name", "indent it further, below the name that it belongs to" });
    }
}

std::vector<InputDefinition> FileReader::readInputs(
    const YamlNode& node, const std::string& path, Scope scope)
{
    std::vector<InputDefinition> inputs;
    if (!node.isMap()) {
        wrongType(node, path, "inputs", "a map of names and values");
        return inputs;
    }
    for (const auto& entry : node.entries) {
        checkName(entry, join(path, entry.key), "an input");
        inputs.push_back(readInput(entry, join(path, entry.key), scope));
        checkMisplaced(entry, join(path, entry.key), scope);
    }
    return inputs;
}

InputDefinition FileReader::readInput(const YamlEntry& entry, const std::string& path, Scope scope)
{
    InputDefinition input;
    input.name = entry.key;
    input.path = path;
    input.literal = valueOf(entry.value, entry.keyWhere);
    if (entry.value.isScalar() && scope == Scope::Input) {
        input.form = InputDefinition::Form::Literal;
    } else if (entry.value.isMap()) {
        input.form = InputDefinition::Form::Object;
        readGroup(scope, entry.value, path, "", input.fields, {});
        if (scope == Scope::InputDeclaration && entry.value.find("type") == nullptr) {
            report(Severity::Warning, "missing-field", entry.keyWhere, path + ".type",
                fmt::format("input '{}' has no type; uri_folder is assumed", entry.key),
                { "nothing", "a type", "add type" });
        }
    } else if (!entry.value.isNull()) {
        wrongType(entry.value, path, "input " + entry.key, "a value, or a map with type and path");
    }
    return input;
}

std::vector<OutputDefinition> FileReader::readOutputs(const YamlNode& node, const std::string& path)
{
    std::vector<OutputDefinition> outputs;
    if (!node.isMap()) {
        wrongType(node, path, "outputs", "a map of names and places");
        return outputs;
    }
    for (const auto& entry : node.entries) {
        OutputDefinition output;
        output.name = entry.key;
        output.path = join(path, entry.key);
        output.binding = valueOf(entry.value, entry.keyWhere);
        checkName(entry, output.path, "an output");
        if (entry.value.isMap()) {
            readGroup(Scope::Output, entry.value, output.path, "", output.fields, {});
        } else if (entry.value.isList() || (entry.value.isScalar() && !path.starts_with("jobs.") && !hasExpression(entry.value.text))) {
            wrongType(entry.value, output.path, "output " + entry.key,
                path.starts_with("jobs.") ? "nothing, ${{parent.outputs.name}} or a map" : "nothing or a map");
        }
        checkMisplaced(entry, output.path, Scope::Output);
        outputs.push_back(std::move(output));
    }
    return outputs;
}

// ----------------------------------------------------------------------------------------------
// environment

/// "image x:1" and "image:x:1": an entry whose colon, or the blank behind it, is missing.
bool looksLikeEntry(const std::string& value)
{
    const std::size_t end = value.find_first_of(" :");
    return end != std::string::npos && findField(Scope::Environment, value.substr(0, end)) != nullptr;
}

EnvironmentDefinition FileReader::readEnvironment(const YamlEntry& entry, const std::string& path)
{
    EnvironmentDefinition environment;
    environment.value = valueOf(entry.value, entry.keyWhere);
    if (entry.value.isMap()) {
        readEnvironmentMap(entry.value, path, environment);
    } else if (!entry.value.isScalar() || looksLikeEntry(entry.value.text)) {
        wrongType(entry.value, path, "environment", "a name, a file or a map");
    } else {
        environment.words = entry.value.text;
        const std::string& name = entry.value.text;
        const bool isFile = name.starts_with("file:") || name.starts_with("./")
            || name.starts_with("../")
            || (dataPathKind(name) == DataPathKind::Local
                && (name.ends_with(".yml") || name.ends_with(".yaml")));
        if (isFile) {
            readEnvironmentFile(entry.value, path, environment);
        }
    }
    return environment;
}

void FileReader::readEnvironmentMap(
    const YamlNode& map, const std::string& path, EnvironmentDefinition& environment)
{
    FieldSet fields;
    readGroup(Scope::Environment, map, path, "", fields, {});
    const YamlNode* conda = map.find("conda_file");
    if (conda != nullptr && !conda->isNull()) {
        readConda(*conda, path + ".conda_file", environment);
    }
    const std::string condaName = conda != nullptr && conda->isScalar() ? conda->text : "";
    environment.words = fields.text("image");
    if (!condaName.empty()) {
        environment.words += (environment.words.empty() ? "" : ", ") + condaName;
    }
    if (environment.words.empty()) {
        environment.words = fields.text("name", "inline");
    }
}

void FileReader::readEnvironmentFile(
    const YamlNode& node, const std::string& path, EnvironmentDefinition& environment)
{
    const auto known = m_known.read(besides(node.text), m_texts);
    const YamlDocument& document = *known;
    if (!document.diagnostics.empty()) {
        report(Severity::Warning, "environment-unreadable", node.where, path,
            fmt::format(
                "the environment file cannot be read: {}", document.diagnostics.front().message),
            { node.text, "an environment file", document.diagnostics.front().fix });
        return;
    }
    FileReader reader(document.text.file(), m_job, m_texts, m_known);
    EnvironmentDefinition inFile;
    reader.readEnvironmentMap(document.root, path, inFile);
    environment.condaPackages = inFile.condaPackages;
}

void FileReader::readConda(
    const YamlNode& node, const std::string& path, EnvironmentDefinition& environment)
{
    if (node.isMap()) {
        environment.condaPackages = condaPackages(node);
        return;
    }
    if (!node.isScalar() || dataPathKind(node.text) != DataPathKind::Local) {
        return;
    }
    const auto known = m_known.read(besides(node.text), m_texts);
    const YamlDocument& document = *known;
    if (!document.diagnostics.empty()) {
        report(Severity::Warning, "conda-file-unreadable", node.where, path,
            fmt::format("the conda file cannot be read: {}", document.diagnostics.front().message),
            { node.text, "a conda environment file", document.diagnostics.front().fix });
    }
    environment.condaPackages = condaPackages(document.root);
}

// ----------------------------------------------------------------------------------------------
// pipeline

void FileReader::readRootType(const YamlNode& root)
{
    const YamlNode* type = root.find("type");
    const bool hasJobs = root.find("jobs") != nullptr;
    if (type == nullptr || type->isNull()) {
        if (!hasJobs) {
            report(Severity::Error, "not-a-pipeline", {}, "type",
                "this is not a pipeline: it has neither type nor jobs (a file without type is a "
                "command job)",
                { "no type", "type: pipeline",
                    "put the job as a step below jobs of a file with type: pipeline" });
        }
        return;
    }
    if (text::lower(type->text) != "pipeline") {
        const std::string hint = didYouMean(type->text, { "pipeline" });
        report(Severity::Error, "not-a-pipeline", type->where, "type",
            fmt::format(
                "a file of type '{}' cannot be run by itself{}; it can be a step of a pipeline",
                type->words(), hint),
            { type->words(), "pipeline",
                hint.empty() ? "put it as a step below jobs of a file with type: pipeline"
                             : "write type: pipeline" });
    } else if (!hasJobs) {
        report(Severity::Error, "missing-field", {}, "jobs", "the pipeline has no jobs",
            { "nothing", "a map of steps", "add jobs" });
    }
}

void FileReader::readPipeline(const YamlNode& root)
{
    PipelineDefinition& pipeline = m_job.pipeline;
    pipeline.file = m_file;
    if (!root.isMap()) {
        report(Severity::Error, root.isNull() ? "empty-file" : "wrong-type", root.where, "",
            root.isNull() ? "the file is empty" : "a job file is a map of keys and values",
            { root.words(), "a pipeline", "begin with type: pipeline and jobs:" });
        return;
    }
    readRootType(root);
    const YamlNode* type = root.find("type");
    if (root.find("jobs") == nullptr && type != nullptr && text::lower(type->text) != "pipeline") {
        return; // another kind of job: its keys would all be unknown here
    }
    readGroup(Scope::Pipeline, root, "", "", pipeline.fields,
        [&](const Field& field, const YamlEntry& entry, const std::string& path) {
            if (field.type == FieldType::Inputs) {
                pipeline.inputs = readInputs(entry.value, path, Scope::Input);
            } else if (field.type == FieldType::Outputs) {
                pipeline.outputs = readOutputs(entry.value, path);
            } else {
                readJobs(entry.value);
            }
        });
}

void FileReader::readJobs(const YamlNode& node)
{
    if (!node.isMap() || node.entries.empty()) {
        const bool isEmpty = node.isNull() || node.isMap();
        report(Severity::Error, isEmpty ? "no-steps" : "wrong-type", node.where, "jobs",
            isEmpty ? "the pipeline has no steps"
                    : fmt::format("jobs must be a map of steps, here it is {}", node.words()),
            { node.words(), "a map of steps",
                "add a step below jobs: its name, and below it type, inputs, …" });
        return;
    }
    for (const auto& entry : node.entries) {
        m_job.pipeline.steps.push_back(readStep(entry));
    }
}

// ----------------------------------------------------------------------------------------------
// steps

StepDefinition FileReader::readStep(const YamlEntry& entry)
{
    StepDefinition step;
    step.name = entry.key;
    step.keyWhere = entry.keyWhere;
    step.file = m_file;
    step.path = "jobs." + entry.key;
    checkStepName(entry, step.path);
    if (!entry.value.isMap()) {
        step.type = "command";
        wrongType(entry.value, step.path, "step " + step.name, "a map");
        return step;
    }
    if (const YamlNode* component = entry.value.find("component");
        component != nullptr && !component->isNull()) {
        step.hasComponent = true;
        readComponent(*component, typeOf(entry.value), step);
    }
    decideType(entry.value, step);
    readStepBody(entry.value, step);
    return step;
}

void FileReader::checkStepName(const YamlEntry& entry, const std::string& path)
{
    if (!isIdentifier(entry.key)) {
        report(Severity::Error, "bad-name", entry.keyWhere, path,
            fmt::format("'{}' cannot be the name of a step", entry.key),
            { entry.key, "letters, digits and _, not a digit first",
                "rename the step, and what refers to it" });
    }
}

void FileReader::decideType(const YamlNode& node, StepDefinition& step)
{
    const YamlNode* written = node.find("type");
    const std::string own = typeOf(node);
    const std::string ofComponent = step.component ? step.component->type : "";
    step.type = !own.empty() ? own : !ofComponent.empty() ? ofComponent : "command";
    const auto& known = supportedStepTypes();
    step.isSupported = std::find(known.begin(), known.end(), step.type) != known.end();
    if (!own.empty() && !step.isSupported) {
        unsupported(step, written->where, step.path + ".type", own);
    } else if (!own.empty() && !ofComponent.empty() && own != ofComponent) {
        report(Severity::Error, "type-mismatch", written->where, step.path + ".type",
            fmt::format(
                "step '{}' is of type {}, its component of type {}", step.name, own, ofComponent),
            { own, ofComponent, "write type: " + ofComponent });
    } else if (!step.isSupported) {
        const YamlNode* component = node.find("component");
        unsupported(step, component == nullptr ? step.keyWhere : component->where,
            step.path + ".component", step.type);
    }
}

void FileReader::unsupported(const StepDefinition& step,
    const SourceRange& where,
    const std::string& path,
    const std::string& type)
{
    const bool known = isOtherStepType(type);
    std::vector<std::string> candidates = supportedStepTypes();
    const std::string hint = known ? "" : didYouMean(type, candidates);
    report(Severity::Error, known ? "step-type-not-supported" : "unknown-step-type", where, path,
        fmt::format("step '{}' is of type {}, which {}{}", step.name, type,
            known ? "is not supported yet" : "is not known", hint),
        { type, "command or parallel",
            known ? "turn it into a command or parallel step, or remove it from this file"
                  : "write type: command or type: parallel" });
}

void FileReader::readStepBody(const YamlNode& node, StepDefinition& step)
{
    const auto special = [&](const Field& field, const YamlEntry& entry, const std::string& path) {
        if (field.type == FieldType::Inputs) {
            step.inputs = readInputs(
                entry.value, path, step.isComponent ? Scope::InputDeclaration : Scope::Input);
        } else if (field.type == FieldType::Outputs) {
            step.outputs = readOutputs(entry.value, path);
        } else if (field.type == FieldType::Environment) {
            step.environment = readEnvironment(entry, path);
        }
    };
    if (step.isSupported) {
        const Scope scope = step.isParallel()
            ? (step.isComponent ? Scope::ParallelComponent : Scope::ParallelNode)
            : (step.isComponent ? Scope::CommandComponent : Scope::CommandNode);
        readGroup(scope, node, step.path, "", step.fields, special);
        return;
    }
    // Not to be run, but drawn: what it reads and makes is of use.
    for (const auto& entry : node.entries) {
        const Field* field = findField(Scope::CommandNode, entry.key);
        if (field != nullptr && !entry.value.isNull()
            && (field->type == FieldType::Inputs || field->type == FieldType::Outputs)) {
            special(*field, entry, join(step.path, entry.key));
        }
    }
}

// ----------------------------------------------------------------------------------------------
// components

void FileReader::readComponent(
    const YamlNode& node, const std::string& nodeType, StepDefinition& step)
{
    const std::string path = step.path + ".component";
    if (node.isMap()) {
        step.component = readComponentBody(node, nodeType);
        return;
    }
    if (!node.isScalar()) {
        wrongType(node, path, "component", "a component file or a map");
        return;
    }
    if (dataPathKind(node.text) != DataPathKind::Local) {
        report(Severity::Error, "component-not-known", node.where, path,
            fmt::format(
                "the component '{}' of step '{}' is registered on the service and not known here",
                node.text, step.name),
            { node.text, "a component file or a map",
                "fetch its file (az ml component show, or its repository), put it beside this one "
                "and write component: ./file.yml" });
        return;
    }
    const fs::path file = besides(node.text);
    const auto known = m_known.read(file, m_texts);
    const YamlDocument& document = *known;
    if (document.text.bytes().empty()) {
        report(Severity::Error, "component-missing", node.where, path,
            fmt::format("the component file of step '{}' cannot be read: {}{}", step.name,
                document.diagnostics.empty() ? file.string() + " is empty"
                                             : document.diagnostics.front().message,
                document.diagnostics.empty() ? "" : meaning(nearestPath(node.text, m_folder))),
            { node.text, "a component file",
                "check the path; it begins at the folder of the file it is written in" });
        return;
    }
    if (std::find(m_job.files.begin(), m_job.files.end(), file) == m_job.files.end()) {
        m_job.files.push_back(file);
    }
    m_job.diagnostics.insert(
        m_job.diagnostics.end(), document.diagnostics.begin(), document.diagnostics.end());
    if (hasErrors(document.diagnostics)) {
        return; // not YAML: what follows from that is no news
    }
    FileReader reader(file.string(), m_job, m_texts, m_known);
    reader.refuseIncludes();
    step.component = reader.readComponentBody(document.root, nodeType);
}

std::shared_ptr<StepDefinition> FileReader::readComponentBody(
    const YamlNode& root, const std::string& nodeType)
{
    auto component = std::make_shared<StepDefinition>();
    component->file = m_file;
    component->isComponent = true;
    component->keyWhere = root.where;
    if (!root.isMap()) {
        wrongType(root, "", "a component", "a map of keys and values");
        component->type = nodeType;
        return component;
    }
    component->type = typeOf(root);
    if (component->type.empty()) {
        // A promptflow file and a pipeline say what they are by their keys.
        component->type = root.find("nodes") != nullptr || root.find("flow") != nullptr ? "flow"
            : root.find("jobs") != nullptr                                              ? "pipeline"
                                                                                        : nodeType;
    }
    const auto& known = supportedStepTypes();
    component->isSupported = component->type.empty()
        || std::find(known.begin(), known.end(), component->type) != known.end();
    readStepBody(root, *component);
    return component;
}

void FileReader::refuseIncludes()
{
    const fs::path file(m_file);
    const fs::path side = m_folder / (file.stem().string() + ".additional_includes");
    std::error_code error;
    if (fs::exists(side, error)) {
        report(Severity::Error, "not-supported", {}, "additional_includes",
            fmt::format("files copied beside the code ({}) are not supported yet",
                side.filename().string()),
            { side.filename().string(), "a code folder that holds everything",
                "copy the files into the code folder" });
    }
}

} // namespace

namespace {

JobFile readDocument(YamlDocument document, const std::vector<std::string>& overrides, const SharedTexts& texts, YamlFiles* known)
{
    JobFile job;
    job.pipeline.file = document.text.file();
    job.files.emplace_back(job.pipeline.file);
    job.diagnostics = document.diagnostics;
    job.isBroken = hasErrors(job.diagnostics);
    if (job.isBroken && document.root.isNull()) {
        return job;
    }
    if (document.root.isMap()) {
        applyOverrides(document.root, overrides, job.pipeline.file, job.diagnostics);
    }
    YamlFiles own; // many steps may use one component
    FileReader(job.pipeline.file, job, texts, known != nullptr ? *known : own).readPipeline(document.root);
    if (job.isBroken) {
        job.diagnostics = std::move(document.diagnostics); // what follows from half a file is no news
    }
    return job;
}

} // namespace

JobFile readJobText(SourceText text, const std::vector<std::string>& overrides, const SharedTexts& texts)
{
    return readDocument(parseYaml(std::move(text)), overrides, texts, nullptr);
}

JobFile readJob(const fs::path& file, const std::vector<std::string>& overrides, const SharedTexts& texts, YamlFiles* known)
{
    std::error_code error;
    const fs::path absolute = fs::absolute(file, error).lexically_normal();
    YamlDocument document = readYaml(absolute, texts);
    if (document.text.bytes().empty() && !document.diagnostics.empty()) {
        JobFile job;
        job.pipeline.file = absolute.string();
        job.files.push_back(absolute);
        job.diagnostics = std::move(document.diagnostics);
        job.isBroken = true;
        return job;
    }
    return readDocument(std::move(document), overrides, texts, known);
}

} // namespace sheaf::spec
