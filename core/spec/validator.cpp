// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/validator.h"

#include "core/base/text.h"
#include "core/spec/expression.h"
#include "core/spec/yaml_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

namespace sheaf::spec {

namespace {

bool inRange(const Field& field, double number)
{
    if (!field.hasRange || (field.minusOneToo && number == -1)) {
        return true;
    }
    const bool highEnough = field.aboveMinimum ? number > field.minimum : number >= field.minimum;
    return highEnough && number <= field.maximum;
}

std::string shown(const std::string& text)
{
    constexpr std::size_t kLongest = 60;
    return text.size() <= kLongest ? text : text.substr(0, kLongest) + "…";
}

bool isWord(const Field& field, const std::string& text)
{
    const std::string lower = text::lower(text::trim(text));
    const auto words = allowedWords(field);
    return std::any_of(words.begin(), words.end(),
        [&](const std::string& word) { return text::lower(word) == lower; });
}

struct Verdict
{
    const char* code;
    std::string reason;
};

std::optional<Verdict> judge(const Field& field, const std::string& text)
{
    switch (field.type) {
    case FieldType::Bool:
        return yamlBool(text) ? std::nullopt
                              : std::optional(Verdict { "wrong-type", "is not true or false" });
    case FieldType::Int: {
        const auto number = yamlInt(text);
        if (!number) {
            return Verdict { "wrong-type", "is not a whole number" };
        }
        return inRange(field, static_cast<double>(*number))
            ? std::nullopt
            : std::optional(Verdict { "out-of-range", "is out of range" });
    }
    case FieldType::Number: {
        const auto number = yamlNumber(text);
        if (!number) {
            return Verdict { "wrong-type", "is not a number" };
        }
        return inRange(field, *number)
            ? std::nullopt
            : std::optional(Verdict { "out-of-range", "is out of range" });
    }
    case FieldType::Word:
        return isWord(field, text)
            ? std::nullopt
            : std::optional(Verdict { "unknown-word", "is not one of the words allowed" });
    case FieldType::Size: {
        const auto size = parseMiniBatchSize(text);
        if (!size) {
            return Verdict { "wrong-type", "is not a size" };
        }
        return size->value >= 1 ? std::nullopt
                                : std::optional(Verdict { "out-of-range", "is out of range" });
    }
    case FieldType::Reference:
        return wholeExpression(text)
            ? std::nullopt
            : std::optional(Verdict { "wrong-type", "is not an expression" });
    default:
        return std::nullopt;
    }
}

std::string fixFor(const Field& field, const std::string& text)
{
    if (field.type == FieldType::Word) {
        const std::string hint = didYouMean(text, allowedWords(field));
        if (!hint.empty()) {
            return "write the word as it is" + hint;
        }
    }
    if (field.type == FieldType::Reference && field.name == "append_row_to") {
        return "write ${{outputs.name}} with the name of one of this step's outputs";
    }
    if (field.type == FieldType::Reference) {
        return "write ${{inputs.name}} with the name of one of this step's inputs";
    }
    return fmt::format("write {}{}", allowedText(field),
        field.defaultValue.empty() ? ""
                                   : fmt::format(", or leave it out for {}", field.defaultValue));
}

void require(std::vector<Diagnostic>& diagnostics,
    const StepDefinition& step,
    const FieldSet& fields,
    const std::string& name,
    const std::string& example)
{
    if (fields.find(name) != nullptr) {
        return;
    }
    diagnostics.push_back(finding(Severity::Error, "missing-field",
        { step.file, step.keyWhere, step.path + "." + name },
        fmt::format("step '{}' has no {}", step.name, name),
        { "nothing", "a value", "add " + example }));
}

} // namespace

std::optional<Diagnostic> checkValue(
    const Field& field, const FieldValue& value, const std::string& path)
{
    const auto verdict = judge(field, value.text);
    if (!verdict) {
        return std::nullopt;
    }
    const std::string found = shown(value.text);
    return finding(Severity::Error, verdict->code, { value.file, value.where, path },
        fmt::format("{}: '{}' {}; allowed is {}{}", field.name, found, verdict->reason,
            allowedText(field), value.fromOverride ? " (set with --set)" : ""),
        { found, allowedText(field), fixFor(field, value.text) });
}

std::optional<MiniBatchSize> parseMiniBatchSize(std::string_view text)
{
    text = text::trim(text);
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = yamlInt(text.substr(0, digits));
    if (digits == 0 || !number) {
        return std::nullopt;
    }
    const std::string unit = text::lower(text::trim(text.substr(digits)));
    std::int64_t factor = 1;
    if (unit == "kb") {
        factor = 1024;
    } else if (unit == "mb") {
        factor = 1024 * 1024;
    } else if (unit == "gb") {
        factor = 1024LL * 1024 * 1024;
    } else if (!unit.empty()) {
        return std::nullopt;
    }
    if (*number > std::numeric_limits<std::int64_t>::max() / factor) {
        return std::nullopt;
    }
    return MiniBatchSize { *number * factor, factor != 1 };
}

bool isIdentifier(std::string_view name)
{
    const auto isPart
        = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    return !name.empty() && std::all_of(name.begin(), name.end(), isPart)
        && std::isdigit(static_cast<unsigned char>(name.front())) == 0;
}

bool isReservedName(std::string_view name)
{
    constexpr std::array<std::string_view, 7> kNames { "path", "ld_library_path", "user", "logname",
        "home", "pwd", "shell" };
    return std::find(kNames.begin(), kNames.end(), text::lower(name)) != kNames.end();
}

std::vector<Diagnostic> checkStep(const StepDefinition& step, const FieldSet& fields)
{
    std::vector<Diagnostic> diagnostics;
    if (step.hasComponent && !step.component) {
        return diagnostics; // the component could not be read, and that was said
    }
    if (step.isParallel()) {
        require(diagnostics, step, fields, "input_data", "input_data: ${{inputs.name}}");
        require(diagnostics, step, fields, "task.type", "type: run_function below task");
        require(diagnostics, step, fields, "task.code", "code: ./src below task");
        require(
            diagnostics, step, fields, "task.entry_script", "entry_script: script.py below task");
    } else {
        require(diagnostics, step, fields, "command", "command: python script.py");
    }
    const bool hasEnvironment = step.environment || (step.component && step.component->environment);
    if (!hasEnvironment) {
        diagnostics.push_back(finding(Severity::Warning, "missing-environment",
            { step.file, step.keyWhere,
                step.path + (step.isParallel() ? ".task.environment" : ".environment") },
            fmt::format("step '{}' has no environment; it runs here, the service would refuse it",
                step.name),
            { "nothing", "a name, a file or a map",
                "add environment with an image and a conda_file" }));
    }
    return diagnostics;
}

} // namespace sheaf::spec
