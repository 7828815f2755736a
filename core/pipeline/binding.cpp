// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/pipeline/binding.h"

#include "core/base/text.h"
#include "core/spec/data_path.h"
#include "core/spec/validator.h"
#include "core/spec/yaml_node.h"

#include <fmt/format.h>

#include <algorithm>

namespace sheaf::pipeline {

namespace fs = std::filesystem;
using spec::DataPathKind;
using spec::Expression;
using spec::FieldValue;
using spec::InputDefinition;
using spec::OutputDefinition;
using spec::Severity;
using spec::StepDefinition;
using Form = InputDefinition::Form;

namespace {

struct TypeWord
{
    const char* word;
    DataType type;
};
constexpr TypeWord kTypeWords[]
    = { { "uri_folder", DataType::UriFolder }, { "uri_file", DataType::UriFile },
          { "mltable", DataType::MlTable }, { "mlflow_model", DataType::MlflowModel },
          { "custom_model", DataType::CustomModel }, { "triton_model", DataType::TritonModel },
          { "string", DataType::String }, { "number", DataType::Number },
          { "integer", DataType::Integer }, { "boolean", DataType::Boolean } };

DataType typeFromWord(const std::string& word)
{
    const std::string lower = text::lower(text::trim(word));
    for (const auto& known : kTypeWords) {
        if (lower == known.word) {
            return known.type;
        }
    }
    return DataType::UriFolder;
}

const char* typeWord(DataType type)
{
    for (const auto& known : kTypeWords) {
        if (type == known.type) {
            return known.word;
        }
    }
    return "";
}

bool isLiteral(DataType type)
{
    return type == DataType::String || type == DataType::Number || type == DataType::Integer
        || type == DataType::Boolean;
}

DataType literalType(const FieldValue& value)
{
    if (!value.plain) {
        return DataType::String;
    }
    const std::string lower = text::lower(value.text);
    return spec::yamlInt(value.text)          ? DataType::Integer
        : spec::yamlNumber(value.text)        ? DataType::Number
        : lower == "true" || lower == "false" ? DataType::Boolean
                                              : DataType::String;
}

/// The type and range that a component declares for a literal.
spec::Field literalField(DataType type, const InputDefinition& declared)
{
    spec::Field field { .name = declared.name };
    field.type = type == DataType::Integer ? spec::FieldType::Int
        : type == DataType::Number         ? spec::FieldType::Number
        : type == DataType::Boolean        ? spec::FieldType::Bool
                                           : spec::FieldType::Text;
    const auto low = spec::yamlNumber(declared.fields.text("min"));
    const auto high = spec::yamlNumber(declared.fields.text("max"));
    if (low || high) {
        field.hasRange = true;
        field.minimum = low.value_or(-9e15);
        field.maximum = high.value_or(9e15);
    }
    return field;
}

/// What a declared input takes, for messages.
std::string allowedFor(const InputDefinition& declared)
{
    const DataType type = typeFromWord(declared.fields.text("type"));
    const FieldValue* words = declared.fields.find("enum");
    return !isLiteral(type)                       ? std::string("data of type ") + typeWord(type)
        : words != nullptr && words->items.size() > 1 ? "one of " + text::join(words->items, ", ")
                                                  : spec::allowedText(literalField(type, declared));
}

template <class Definitions> std::vector<std::string> namesOf(const Definitions& definitions)
{
    std::vector<std::string> names;
    for (const auto& definition : definitions) {
        names.push_back(definition.name);
    }
    return names;
}

/// Names of the component first, then those that only the step has.
template <class Definition>
std::vector<std::string> allNames(
    const std::vector<Definition>* declared, const std::vector<Definition>& own)
{
    std::vector<std::string> names
        = declared == nullptr ? std::vector<std::string> {} : namesOf(*declared);
    for (const auto& definition : own) {
        if (std::find(names.begin(), names.end(), definition.name) == names.end()) {
            names.push_back(definition.name);
        }
    }
    return names;
}

} // namespace

Binding::Binding(ResolveContext& context)
    : m_context(context)
{
    placeOutputs();
}

void Binding::unknown(const char* what,
    const std::string& name,
    const std::vector<std::string>& known,
    const FieldValue& at,
    const std::string& path)
{
    std::vector<std::string> once;
    for (const auto& one : known) { // a step may have an input and an output of one name
        if (std::find(once.begin(), once.end(), one) == once.end()) {
            once.push_back(one);
        }
    }
    m_context.report(Severity::Error, "unknown-reference", at, path,
        fmt::format("there is no {} '{}'{}", what, name, spec::didYouMean(name, once)),
        { name, spec::wordList(once),
            once.empty() ? std::string("add it, or remove the reference")
                         : std::string("use one of these names") });
}

// ----------------------------------------------------------------------------------------------
// outputs

void Binding::placeOutputs()
{
    for (const auto& step : m_context.pipeline().steps) {
        auto& places = m_outputs[step.name];
        for (const auto& name :
            allNames(step.component ? &step.component->outputs : nullptr, step.outputs)) {
            if (step.component && step.component->isSupported
                && step.component->output(name) == nullptr) {
                const OutputDefinition& own = *step.output(name);
                const auto known = namesOf(step.component->outputs);
                m_context.report(Severity::Warning, "unknown-output", own.binding, own.path,
                    fmt::format("the component of step '{}' has no output '{}'{}", step.name, name,
                        spec::didYouMean(name, known)),
                    { name, spec::wordList(known), "remove it, or check its name" });
            }
            places.push_back(placeOutput(step, name));
        }
    }
}

StepOutput Binding::placeOutput(const StepDefinition& step, const std::string& name)
{
    static const OutputDefinition kNone {};
    const OutputDefinition* own = step.output(name);
    const OutputDefinition* declared = step.component ? step.component->output(name) : nullptr;
    const OutputDefinition& written = own != nullptr ? *own : kNone;
    const auto word = [&](const char* field, const char* otherwise) {
        const std::string below
            = declared == nullptr ? otherwise : declared->fields.text(field, otherwise);
        return written.fields.text(field, below);
    };
    StepOutput output;
    output.name = name;
    output.type = typeFromWord(word("type", "uri_folder"));
    output.mode = word("mode", "rw_mount");
    output.assetName = word("name", "");
    output.assetVersion = word("version", "");
    const std::string parent = boundOutput(own, step.name);
    const FieldValue* path = written.fields.find("path");
    const fs::path folder = m_context.runDir() / "outputs" / step.name / name;
    if (!parent.empty()) {
        placeBound(output, *own, parent, !word("type", "").empty());
    } else if (path != nullptr && !spec::wholeExpression(path->text)) {
        placeByPath(output, *path, written.path + ".path", step.name, folder);
    } else if (name == "artifacts" && !step.isParallel()) {
        // The command runs in its copy of the code: what it writes into ./outputs is found as
        // <artifacts>/outputs.
        output.path = (m_context.runDir() / "steps" / step.name / "code").string();
        output.type = DataType::UriFolder;
    } else {
        output.path = (output.type == DataType::UriFile ? folder / name : folder).string();
    }
    claim(
        output, own != nullptr ? own->binding : declared->binding, step.path + ".outputs." + name);
    return output;
}

/// Name of the pipeline output that this one is bound to, "" when to none.
std::string Binding::boundOutput(const OutputDefinition* own, const std::string& stepName)
{
    if (own == nullptr) {
        return {};
    }
    const FieldValue* path = own->fields.find("path");
    const FieldValue& at = path != nullptr ? *path : own->binding;
    const auto expression = spec::wholeExpression(at.text);
    if (path == nullptr && at.text.empty()) {
        return {};
    }
    if (expression && expression->is({ "parent", "outputs" }, 3)) {
        const auto names = namesOf(m_context.pipeline().outputs);
        if (std::find(names.begin(), names.end(), expression->parts[2]) == names.end()) {
            unknown("pipeline output", expression->parts[2], names, at, own->path);
            return {};
        }
        return expression->parts[2];
    }
    if (expression || path == nullptr) {
        m_context.report(Severity::Error, "unknown-reference", at, own->path,
            fmt::format("output '{}' of step '{}' cannot be '{}'", own->name, stepName, at.text),
            { at.text, "nothing, ${{parent.outputs.name}} or a map with type and path",
                "write ${{parent.outputs.name}}, or a path below the output" });
    }
    return {};
}

/// Pipeline outputs lie at outputs/<name>; a step of that name keeps the place and the output moves
/// beside it.
std::string Binding::parentFolder(const std::string& name) const
{
    std::string folder = name;
    while (m_context.pipeline().step(folder) != nullptr) {
        folder += "_output";
    }
    return (m_context.runDir() / "outputs" / folder).string();
}

void Binding::placeBound(
    StepOutput& output, const OutputDefinition& own, const std::string& parent, bool typeIsOwn)
{
    const auto& all = m_context.pipeline().outputs;
    const auto definition = std::find_if(
        all.begin(), all.end(), [&](const OutputDefinition& o) { return o.name == parent; });
    const FieldValue* type = definition->fields.find("type");
    if (type != nullptr && typeIsOwn && typeFromWord(type->text) != output.type) {
        m_context.report(Severity::Warning, "type-mismatch", own.binding, own.path,
            fmt::format(
                "the step's output is {}, the pipeline's output '{}' is {}; the step's counts",
                typeWord(output.type), parent, type->text),
            { type->text, typeWord(output.type), "give both the same type" });
    } else if (type != nullptr && !typeIsOwn) {
        output.type = typeFromWord(type->text);
    }
    output.mode = own.fields.text("mode", definition->fields.text("mode", output.mode));
    const FieldValue* path = definition->fields.find("path");
    if (path != nullptr) {
        placeByPath(output, *path, definition->path + ".path", parent, parentFolder(parent));
    } else {
        output.path = parentFolder(parent);
    }
    StepOutput outer = output;
    outer.name = parent;
    outer.assetName = definition->fields.text("name");
    outer.assetVersion = definition->fields.text("version");
    m_pipelineOutputs.push_back(std::move(outer));
}

/// A local path is used as it is written; places in the cloud become `folder`, with the file's name
/// kept.
void Binding::placeByPath(StepOutput& output,
    const FieldValue& path,
    const std::string& dotted,
    const std::string& stepName,
    const fs::path& folder)
{
    const auto kind = spec::dataPathKind(path.text);
    if (kind == DataPathKind::Local
        && path.text.find("${{default_datastore}}") == std::string::npos) {
        const std::string value
            = spec::replaceExpressions(path.text, [&](const Expression& expression) {
                  return expression.inner == "name"       ? stepName
                      : expression.inner == "output_name" ? output.name
                                                          : std::string();
              });
        output.path = spec::localPath(value, fs::path(path.file).parent_path()).string();
        return;
    }
    const std::string last = path.text.substr(path.text.find_last_of("/\\") + 1);
    const bool isFileName
        = !last.empty() && !spec::hasExpression(last) && last.find("}}") == std::string::npos;
    output.path = output.type != DataType::UriFile
        ? folder.string()
        : (folder / (isFileName ? last : output.name)).string();
    m_context.report(Severity::Note, "output-elsewhere", path, dotted,
        fmt::format(
            "'{}' is not on this machine; the output is written to {}", path.text, output.path),
        { path.text, "", "" });
}

void Binding::claim(const StepOutput& output, const FieldValue& at, const std::string& path)
{
    const auto [other, isNew] = m_claims.try_emplace(output.path, path);
    if (!isNew) {
        m_context.report(Severity::Error, "output-twice", at, path,
            fmt::format(
                "{} and {} are written to the same place, {}", other->second, path, output.path),
            { output.path, "a place of its own for each output",
                "bind one of them to another output or path" });
    }
}

bool Binding::isWrittenHere(const fs::path& folder) const
{
    return std::any_of(m_claims.begin(), m_claims.end(), [&](const auto& claim) {
        const fs::path inside = fs::path(claim.first).lexically_relative(folder);
        return !inside.empty() && *inside.begin() != "..";
    });
}

std::vector<StepOutput> Binding::outputs(const StepDefinition& step) const
{
    const auto found = m_outputs.find(step.name);
    return found == m_outputs.end() ? std::vector<StepOutput> {} : found->second;
}

// ----------------------------------------------------------------------------------------------
// inputs

std::vector<StepInput> Binding::inputs(const StepDefinition& step)
{
    std::vector<StepInput> all;
    for (const auto& name :
        allNames(step.component ? &step.component->inputs : nullptr, step.inputs)) {
        if (step.component && step.component->isSupported
            && step.component->input(name) == nullptr) {
            const InputDefinition& own = *step.input(name);
            const auto known = namesOf(step.component->inputs);
            m_context.report(Severity::Warning, "unknown-input", own.literal, own.path,
                fmt::format("the component of step '{}' has no input '{}'{}", step.name, name,
                    spec::didYouMean(name, known)),
                { name, spec::wordList(known), "remove it, or check its name" });
        }
        if (const auto& resolved = input(step, name)) {
            all.push_back(*resolved);
        }
    }
    return all;
}

const std::optional<StepInput>& Binding::input(const StepDefinition& step, const std::string& name)
{
    const std::pair key(step.name, name);
    const auto known = m_inputs.find(key);
    if (known != m_inputs.end()) {
        return known->second;
    }
    if (!m_open.insert(key).second) { // an input that stands for itself, by way of others
        const InputDefinition* own = step.input(name);
        if (own != nullptr) {
            m_context.report(Severity::Error, "cycle", own->literal, own->path,
                fmt::format("input '{}' of step '{}' refers to itself", name, step.name),
                { own->literal.text, "a value", "give it a value, or another input" });
        }
        static const std::optional<StepInput> kNone;
        return kNone;
    }
    auto resolved = resolveInput(step, name);
    m_open.erase(key);
    return m_inputs.emplace(key, std::move(resolved)).first->second;
}

std::optional<StepInput> Binding::resolveInput(const StepDefinition& step, const std::string& name)
{
    const InputDefinition* own = step.input(name);
    const InputDefinition* declared = step.component ? step.component->input(name) : nullptr;
    std::optional<Source> source;
    if (own == nullptr || own->form == Form::None) {
        if (declared == nullptr) {
            missing(step, name, own);
            return std::nullopt;
        }
        source = fromDeclaration(step, *declared, own);
    } else {
        source = sourceOf(step, *own, declared);
    }
    if (!source) {
        return std::nullopt;
    }
    settleType(*source, own, declared);
    checkData(*source);
    source->input.name = name;
    return source->input;
}

void Binding::missing(
    const StepDefinition& step, const std::string& name, const InputDefinition* own)
{
    FieldValue at;
    at.file = step.file;
    at.where = own != nullptr ? own->literal.keyWhere : step.keyWhere;
    const InputDefinition* declared = step.component ? step.component->input(name) : nullptr;
    m_context.report(Severity::Error, "missing-input", at, step.path + ".inputs." + name,
        fmt::format("step '{}' has no value for its input '{}'", step.name, name),
        { "nothing", declared == nullptr ? "a value" : allowedFor(*declared),
            fmt::format("add {} below inputs of step {}", name, step.name) });
}

std::optional<Binding::Source> Binding::fromDeclaration(
    const StepDefinition& step, const InputDefinition& declared, const InputDefinition* own)
{
    const FieldValue* value = declared.fields.find("default");
    const bool isData = !isLiteral(typeFromWord(declared.fields.text("type")));
    if (value == nullptr && isData) {
        value = declared.fields.find("path");
    }
    if (value != nullptr) {
        return fromLiteral(*value, declared.path, step.component->folder());
    }
    if (!spec::yamlBool(declared.fields.text("optional", "false")).value_or(false)) {
        missing(step, declared.name, own);
    }
    return std::nullopt;
}

std::optional<Binding::Source> Binding::sourceOf(
    const StepDefinition& step, const InputDefinition& own, const InputDefinition* declared)
{
    if (own.form == Form::Object) {
        return fromObject(&step, own, declared, fs::path(own.literal.file).parent_path());
    }
    if (const auto expression = spec::wholeExpression(own.literal.text)) {
        return bound(step, *expression, own.literal, own.path);
    }
    if (spec::hasExpression(own.literal.text)) {
        return mixed(step, own.literal, own.path);
    }
    return fromLiteral(own.literal, own.path, fs::path(own.literal.file).parent_path());
}

std::optional<Binding::Source> Binding::fromLiteral(
    const FieldValue& literal, const std::string& path, const fs::path& folder) const
{
    Source source;
    source.isText = true;
    source.at = literal;
    source.path = path;
    source.folder = folder;
    source.input.value = literal.text;
    source.input.type = literalType(literal);
    return source;
}

std::optional<Binding::Source> Binding::mixed(
    const StepDefinition& step, const FieldValue& value, const std::string& path)
{
    const auto resolved = text(step, value, path);
    if (!resolved) {
        return std::nullopt;
    }
    FieldValue whole = value;
    whole.text = *resolved;
    whole.plain = false;
    return fromLiteral(whole, path, fs::path(value.file).parent_path());
}

/// {type, path, mode} of a step (or of the pipeline, then `step` is null).
std::optional<Binding::Source> Binding::fromObject(const StepDefinition* step,
    const InputDefinition& definition,
    const InputDefinition* declared,
    const fs::path& folder)
{
    const FieldValue* path = definition.fields.find("path");
    const FieldValue* literal = definition.fields.find("value");
    literal = literal != nullptr ? literal : definition.fields.find("default");
    if (path == nullptr && literal != nullptr) {
        auto source = fromLiteral(*literal, definition.path, folder);
        source->at = *literal;
        return source;
    }
    if (path == nullptr) {
        m_context.report(Severity::Error, "missing-field", definition.literal,
            definition.path + ".path", fmt::format("input '{}' has no path", definition.name),
            { "nothing", "a path",
                "add path: with a file or folder, or write a value in place of the map" });
        return std::nullopt;
    }
    const std::string dotted = definition.path + ".path";
    const auto expression = spec::wholeExpression(path->text);
    if (expression && step != nullptr) {
        return bound(*step, *expression, *path, dotted);
    }
    if (spec::hasExpression(path->text) && step != nullptr) {
        auto source = mixed(*step, *path, dotted);
        if (source) {
            turnIntoPath(*source);
        }
        return source;
    }
    auto source = fromLiteral(*path, dotted, folder);
    source->input.type = typeFromWord(definition.fields.text(
        "type", declared == nullptr ? "uri_folder" : declared->fields.text("type", "uri_folder")));
    turnIntoPath(*source);
    return source;
}

std::optional<Binding::Source> Binding::bound(const StepDefinition& step,
    const Expression& expression,
    const FieldValue& at,
    const std::string& path)
{
    if (expression.is({ "parent", "inputs" }, 3)) {
        const auto& source = parentInput(expression.parts[2]);
        if (!source && !m_parentInputs.contains(expression.parts[2])) {
            unknown("pipeline input", expression.parts[2], namesOf(m_context.pipeline().inputs), at,
                path);
        }
        return source;
    }
    const bool isJob = expression.is({ "parent", "jobs" }, 5);
    if (!isJob || (expression.parts[3] != "outputs" && expression.parts[3] != "inputs")) {
        m_context.report(Severity::Error, "unknown-reference", at, path,
            fmt::format("'${{{{{}}}}}' names nothing that an input can be", expression.inner),
            { expression.inner,
                "parent.inputs.name, parent.jobs.step.outputs.name or parent.jobs.step.inputs.name",
                "write one of these forms" });
        return std::nullopt;
    }
    const StepDefinition* other = m_context.pipeline().step(expression.parts[2]);
    if (other == nullptr) {
        unknown("step", expression.parts[2], namesOf(m_context.pipeline().steps), at, path);
        return std::nullopt;
    }
    Source source;
    source.at = at;
    source.path = path;
    if (expression.parts[3] == "inputs") {
        const auto known
            = allNames(other->component ? &other->component->inputs : nullptr, other->inputs);
        if (std::find(known.begin(), known.end(), expression.parts[4]) == known.end()) {
            unknown(("input of step " + other->name).c_str(), expression.parts[4], known, at, path);
            return std::nullopt;
        }
        const auto& value = input(*other, expression.parts[4]);
        if (!value) {
            return std::nullopt;
        }
        source.input = *value;
        source.isData = !isLiteral(value->type);
        source.isText = !source.isData;
        return source;
    }
    const auto& places = m_outputs[other->name];
    const auto place = std::find_if(places.begin(), places.end(),
        [&](const StepOutput& o) { return o.name == expression.parts[4]; });
    if (place == places.end()) {
        if (!other->hasComponent
            || other->component) { // else its outputs are not known, and that was said
            unknown(("output of step " + other->name).c_str(), expression.parts[4], namesOf(places),
                at, path);
        }
        source.input.fromStep = step.name == other->name ? "" : other->name;
        source.input.fromOutput = expression.parts[4];
        source.isData = true;
        return source;
    }
    source.isData = true;
    source.input.type = place->type;
    source.input.value = place->path;
    source.input.fromStep = other->name;
    source.input.fromOutput = place->name;
    return source;
}

const std::optional<Binding::Source>& Binding::parentInput(const std::string& name)
{
    static const std::optional<Source> kNone;
    const auto known = m_parentInputs.find(name);
    if (known != m_parentInputs.end()) {
        return known->second;
    }
    for (const auto& definition : m_context.pipeline().inputs) {
        if (definition.name == name) {
            return m_parentInputs.emplace(name, resolveParentInput(definition)).first->second;
        }
    }
    return kNone;
}

std::optional<Binding::Source> Binding::resolveParentInput(const InputDefinition& definition)
{
    const fs::path folder = m_context.pipeline().folder();
    std::optional<Source> source;
    if (definition.form == Form::Object) {
        source = fromObject(nullptr, definition, nullptr, folder);
    } else if (definition.form == Form::Literal) {
        source = fromLiteral(definition.literal, definition.path, folder);
    } else {
        m_context.report(m_dataSeverity, "missing-input", definition.literal, definition.path,
            fmt::format("the pipeline has no value for its input '{}'", definition.name),
            { "nothing", "a value",
                fmt::format(
                    "write a value, or give it with --set inputs.{}=VALUE", definition.name) });
        return std::nullopt;
    }
    if (source && definition.form == Form::Object) {
        if (const FieldValue* type = definition.fields.find("type")) {
            source->input.type = typeFromWord(type->text);
        }
        source->input.mode = definition.fields.text("mode");
    }
    return source;
}

/// The type in force: the step's own word, else the component's, else that of the source. Literals
/// are checked against it.
void Binding::settleType(
    Source& source, const InputDefinition* own, const InputDefinition* declared)
{
    const bool ownObject = own != nullptr && own->form == Form::Object;
    const std::string word = ownObject ? own->fields.text("type") : "";
    const std::string declaredWord = declared == nullptr ? "" : declared->fields.text("type");
    const std::string inForce = !word.empty() ? word : declaredWord;
    if (!inForce.empty()) {
        const DataType wanted = typeFromWord(inForce);
        if (source.isData && isLiteral(wanted)) {
            m_context.report(Severity::Error, "type-mismatch", source.at, source.path,
                fmt::format("the input is a {}, what it is bound to are data ({})", inForce,
                    typeWord(source.input.type)),
                { typeWord(source.input.type), inForce,
                    "bind it to a value, or change its type in the component" });
            return;
        }
        source.input.type = wanted;
    }
    if (source.isText && !isLiteral(source.input.type)) {
        turnIntoPath(source);
    }
    if (source.isText && declared != nullptr) {
        checkLiteral(source, *declared);
    }
    const std::string below = declared == nullptr ? "" : declared->fields.text("mode");
    const std::string mode = ownObject ? own->fields.text("mode", below) : below;
    if (!mode.empty()) {
        source.input.mode = mode;
    }
    if (source.isData && source.input.mode.empty()) {
        source.input.mode = "ro_mount";
    }
}

void Binding::checkLiteral(const Source& source, const InputDefinition& declared)
{
    const spec::Field field = literalField(source.input.type, declared);
    FieldValue value = source.at;
    value.text = source.input.value;
    if (auto problem = spec::checkValue(field, value, source.path)) {
        m_context.add(std::move(*problem));
    }
    const FieldValue* words = declared.fields.find("enum");
    if (words != nullptr
        && std::find(words->items.begin(), words->items.end(), source.input.value)
            == words->items.end()) {
        m_context.report(Severity::Error, "unknown-word", source.at, source.path,
            fmt::format("{}: '{}' is not one of {}", declared.name, source.input.value,
                spec::wordList(words->items)),
            { source.input.value, spec::wordList(words->items), "write one of these" });
    }
}

/// A text that names a place becomes an absolute path; data that cannot be reached are reported
/// here, where they are written.
void Binding::turnIntoPath(Source& source)
{
    source.isText = false;
    source.isData = true;
    if (isLiteral(source.input.type)) {
        source.input.type = DataType::UriFolder;
    }
    const std::string written = source.input.value;
    const auto kind = spec::dataPathKind(written);
    const std::string owner = source.path.ends_with(".path")
        ? source.path.substr(0, source.path.size() - 5)
        : source.path;
    if (kind != DataPathKind::Local) {
        const bool isWindows = kind == DataPathKind::Windows;
        const Severity severity = m_context.checkPaths() ? m_dataSeverity : Severity::Warning;
        m_context.report(severity, isWindows ? "windows-path" : "cloud-data", source.at,
            source.path, fmt::format("the data '{}' cannot be reached from this machine", written),
            { written, "a local path",
                fmt::format(
                    "copy the data here and write their path, or use --set {}.path=PATH", owner) });
        return;
    }
    fs::path path = spec::localPath(written, source.folder);
    std::error_code error;
    if (source.at.fromOverride && !fs::exists(path, error)) {
        // Typed in a terminal, a path most likely begins where the terminal is.
        const fs::path here = spec::localPath(written, fs::current_path(error));
        path = fs::exists(here, error) ? here : path;
    }
    source.input.value = path.string();
    if (m_context.checkPaths() && !fs::exists(path, error)) {
        const std::string near = spec::nearestPath(written, source.folder);
        m_context.report(m_dataSeverity, "input-missing", source.at, source.path,
            fmt::format("there is no '{}' (looked for {}){}", written, path.string(), spec::meaning(near)),
            { written, "a file or folder that is there",
                fmt::format("check the path; it begins at the folder of the file it is written in. "
                            "Or use --set {}.path=PATH",
                    owner) });
    }
}

/// Is what is there of the kind that the type says?
void Binding::checkData(const Source& source)
{
    const StepInput& input = source.input;
    std::error_code error;
    if (!source.isData || !m_context.checkPaths() || !input.fromStep.empty()
        || !fs::exists(input.value, error)) {
        return;
    }
    const bool isFolder = fs::is_directory(input.value, error);
    const bool wantsFile = input.type == DataType::UriFile;
    const bool wantsFolder = input.type == DataType::UriFolder || input.type == DataType::MlTable;
    if ((isFolder && wantsFile) || (!isFolder && wantsFolder)) {
        m_context.report(input.type == DataType::MlTable ? Severity::Error : Severity::Warning,
            "wrong-kind", source.at, source.path,
            fmt::format("{} is a {}, the input's type is {}", input.value,
                isFolder ? "folder" : "file", typeWord(input.type)),
            { isFolder ? "a folder" : "a file", wantsFile ? "a file" : "a folder",
                input.type == DataType::MlTable ? "name the folder that holds the file MLTable"
                    : wantsFile                 ? "name the file, or write type: uri_folder"
                                                : "name the folder, or write type: uri_file" });
    }
    if (input.type == DataType::MlTable && isFolder) {
        (void)m_context.table(input.value); // its findings are part of this job's
    }
}

// ----------------------------------------------------------------------------------------------
// expressions

std::optional<Binding::Value> Binding::evaluate(const StepDefinition& step,
    const Expression& expression,
    const FieldValue& at,
    const std::string& path,
    Use use)
{
    const auto asValue = [](const Source& source) {
        return Value { source.input.value, source.isData };
    };
    if (expression.closed && expression.is({ "inputs" }, 2)) {
        const auto known
            = allNames(step.component ? &step.component->inputs : nullptr, step.inputs);
        if (std::find(known.begin(), known.end(), expression.parts[1]) == known.end()) {
            unknown(("input of step " + step.name).c_str(), expression.parts[1], known, at, path);
            return std::nullopt;
        }
        const auto& value = input(step, expression.parts[1]);
        if (value) {
            return Value { value->value, !isLiteral(value->type) };
        }
        const InputDefinition* declared
            = step.component ? step.component->input(expression.parts[1]) : nullptr;
        const bool isOptional = declared != nullptr
            && spec::yamlBool(declared->fields.text("optional", "false")).value_or(false);
        if (use == Use::Bare && isOptional) {
            m_context.report(Severity::Error, "optional-bare", at, path,
                fmt::format(
                    "the optional input '{}' has no value here, and stands outside of $[[ ]]",
                    expression.parts[1]),
                { "${{" + expression.inner + "}}", "$[[ … ${{" + expression.inner + "}} ]]",
                    "put what belongs to the input between $[[ and ]], or give it a value" });
        }
        return std::nullopt;
    }
    if (expression.closed && expression.is({ "outputs" }, 2)) {
        const auto& places = m_outputs[step.name];
        for (const auto& place : places) {
            if (place.name == expression.parts[1]) {
                return Value { place.path, true };
            }
        }
        unknown(("output of step " + step.name).c_str(), expression.parts[1], namesOf(places), at,
            path);
        return std::nullopt;
    }
    if (expression.closed
        && (expression.is({ "parent", "inputs" }, 3) || expression.is({ "parent", "jobs" }, 5))) {
        const auto source = bound(step, expression, at, path);
        return source ? std::optional(asValue(*source)) : std::nullopt;
    }
    m_context.report(Severity::Error, "unknown-reference", at, path,
        expression.closed
            ? fmt::format("step '{}': '${{{{{}}}}}' names nothing", step.name, expression.inner)
            : fmt::format("step '{}': '${{{{' has no '}}}}'", step.name),
        { expression.inner, "inputs.name, outputs.name or parent.inputs.name",
            "write inputs.name, outputs.name or parent.inputs.name between ${{ and }}" });
    return std::nullopt;
}

std::optional<std::string> Binding::text(
    const StepDefinition& step, const FieldValue& value, const std::string& path)
{
    bool isWhole = true;
    std::string result = spec::replaceExpressions(value.text, [&](const Expression& expression) {
        const auto resolved = evaluate(step, expression, value, path);
        isWhole = isWhole && resolved.has_value();
        return resolved ? resolved->text : std::string();
    });
    return isWhole ? std::optional(std::move(result)) : std::nullopt;
}

void Binding::checkUnused()
{
    m_dataSeverity = Severity::Warning;
    for (const auto& definition : m_context.pipeline().inputs) {
        (void)parentInput(definition.name);
    }
    for (const auto& definition : m_context.pipeline().outputs) {
        const auto names = namesOf(m_pipelineOutputs);
        if (std::find(names.begin(), names.end(), definition.name) == names.end()) {
            m_context.report(Severity::Warning, "unused-output", definition.binding,
                definition.path,
                fmt::format("no step fills the pipeline's output '{}'", definition.name),
                { definition.name, "an output that a step is bound to",
                    fmt::format("bind an output of a step to ${{{{parent.outputs.{}}}}}",
                        definition.name) });
        }
    }
}

} // namespace sheaf::pipeline
