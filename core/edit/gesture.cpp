// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/gesture.h"

#include "core/base/text.h"
#include "core/edit/yaml_layout.h"
#include "core/spec/validator.h"

#include <fmt/format.h>

#include <algorithm>

namespace sheaf::edit {

using Kind = PortRef::Kind;

Result<std::string> drafted(const std::string& text, const std::function<Result<void>(TextDraft&)>& gesture)
{
    auto draft = TextDraft::of(text);
    if (!draft) {
        return tl::unexpected<Error>(draft.error());
    }
    if (auto done = gesture(*draft); !done) {
        return tl::unexpected<Error>(done.error());
    }
    return draft->text();
}

const spec::YamlNode* stepNode(const spec::YamlNode& root, const std::string& step)
{
    const spec::YamlNode* jobs = root.find("jobs");
    return jobs != nullptr ? jobs->find(step) : nullptr;
}

Result<void> mustBeStep(const spec::YamlNode& root, const std::string& step)
{
    if (stepNode(root, step) == nullptr) {
        return refused("jobs." + step, "nothing", "there is no such step");
    }
    return {};
}

std::vector<std::string> keysOf(const spec::YamlNode* map)
{
    std::vector<std::string> keys;
    if (map != nullptr) {
        for (const auto& entry : map->entries) {
            keys.push_back(entry.key);
        }
    }
    return keys;
}

bool contains(const std::vector<std::string>& words, const std::string& word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

Result<void> mustBeFree(const std::string& group, const std::string& what, const std::string& name, const std::vector<std::string>& taken)
{
    if (!spec::isIdentifier(name)) {
        return refused(what, name, kNameRule);
    }
    if (contains(taken, name)) {
        auto why = refused(what, name, "there is one of this name already");
        why.value().args.emplace_back("taken", group); // the studio has a sentence of its own for this
        return why;
    }
    return {};
}

// ---- ports -------------------------------------------------------------------------------------

std::string nameOf(const PortRef& port)
{
    const bool isInput = port.kind == Kind::PipelineInput || port.kind == Kind::StepInput;
    return (port.step.empty() ? "" : "jobs." + port.step + ".") + (isInput ? "inputs." : "outputs.") + port.name;
}

KeyPath pathOf(const PortRef& port)
{
    KeyPath path;
    if (port.kind == Kind::StepInput || port.kind == Kind::StepOutput) {
        path = { "jobs", port.step };
    }
    path.emplace_back(port.kind == Kind::PipelineInput || port.kind == Kind::StepInput ? "inputs" : "outputs");
    path.push_back(port.name);
    return path;
}

std::optional<PortRef> portOf(const spec::Expression& expression)
{
    const auto& parts = expression.parts;
    if (expression.is({ "parent", "inputs" }, 3)) {
        return PortRef { Kind::PipelineInput, "", parts[2] };
    }
    if (expression.is({ "parent", "outputs" }, 3)) {
        return PortRef { Kind::PipelineOutput, "", parts[2] };
    }
    if (expression.is({ "parent", "jobs" }, 5) && (parts[3] == "inputs" || parts[3] == "outputs")) {
        return PortRef { parts[3] == "inputs" ? Kind::StepInput : Kind::StepOutput, parts[2], parts[4] };
    }
    return std::nullopt;
}

std::optional<PortRef> portOf(const std::string& text)
{
    const auto whole = spec::wholeExpression(text);
    return whole ? portOf(*whole) : std::nullopt;
}

const spec::YamlNode* bindingOf(const spec::YamlNode* port)
{
    const spec::YamlNode* node = port != nullptr && port->isMap() ? port->find("path") : port;
    return node != nullptr && node->isScalar() ? node : nullptr;
}

bool isBoundTo(const spec::YamlNode* port, const PortRef& wanted)
{
    const spec::YamlNode* binding = bindingOf(port);
    const auto bound = binding != nullptr ? portOf(binding->text) : std::nullopt;
    return bound && *bound == wanted;
}

Result<void> unbindOutput(TextDraft& draft, const KeyPath& path, const spec::YamlNode* pipelineOutput)
{
    const spec::YamlNode* output = draft.find(path);
    if (output != nullptr && output->isMap()) {
        KeyPath inside = path;
        inside.emplace_back("path");
        return draft.unset(inside);
    }
    std::vector<std::string> lines;
    for (const char* key : { "type", "mode" }) {
        const spec::YamlNode* value = pipelineOutput != nullptr && pipelineOutput->isMap() ? pipelineOutput->find(key) : nullptr;
        if (value != nullptr && value->isScalar()) {
            lines.push_back(fmt::format("{}: {}", key, asText(value->text, false)));
        }
    }
    KeyPath component(path.begin(), path.end() - 2);
    component.emplace_back("component");
    const bool isDeclared = draft.find(component) != nullptr; // the component says the kind of data
    return draft.replaceValue(path, isDeclared ? "" : text::join(lines, "\n"));
}

std::string withPart(const spec::Expression& expression, std::string_view raw, std::size_t part, const std::string& word)
{
    std::size_t at = 3; // behind "${{"
    for (std::size_t i = 0; i < part; ++i) {
        at = raw.find(expression.parts[i], at) + expression.parts[i].size();
    }
    const std::string& old = expression.parts[part];
    at = raw.find(old, at);
    return std::string(raw.substr(0, at)) + word + std::string(raw.substr(at + old.size()));
}

Result<void> rewriteDisabled(TextDraft& draft, const TextDraft::Rewrite& rewrite)
{
    std::vector<TextPatch> patches;
    for (const auto& step : disabledSteps(draft.text())) {
        const std::string now = rewritten(std::string_view(draft.text()).substr(step.begin, step.end - step.begin), rewrite);
        patches.push_back({ step.begin, step.end, now });
    }
    return patches.empty() ? Result<void> {} : draft.take(patches, draft.root(), { "jobs" });
}

std::vector<std::string> stepNames(const TextDraft& draft)
{
    std::vector<std::string> names = keysOf(draft.find({ "jobs" }));
    for (const auto& step : disabledSteps(draft.text())) {
        names.push_back(step.name);
    }
    return names;
}

} // namespace sheaf::edit
