// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/pipeline_edit.h"

#include "core/base/text.h"
#include "core/edit/gesture.h"
#include "core/edit/text_draft.h"
#include "core/edit/yaml_layout.h"
#include "core/spec/validator.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace sheaf::edit {

namespace {

using Kind = PortRef::Kind;

// ---- wires -------------------------------------------------------------------------------------

/// The steps whose outputs this one reads.
std::set<std::string> sourcesOf(const spec::YamlNode& step)
{
    std::set<std::string> sources;
    const spec::YamlNode* inputs = step.find("inputs");
    for (std::size_t i = 0; inputs != nullptr && i < inputs->entries.size(); ++i) {
        const spec::YamlNode* binding = bindingOf(&inputs->entries[i].value);
        for (const auto& expression : spec::findExpressions(binding != nullptr ? binding->text : "")) {
            const auto port = portOf(expression);
            if (port && port->kind == Kind::StepOutput) {
                sources.insert(port->step);
            }
        }
    }
    return sources;
}

/// The steps from `late` back to `early`, both included; empty when nothing leads there.
std::vector<std::string> wayBack(const spec::YamlNode& root, const std::string& late, const std::string& early, std::set<std::string>& seen)
{
    if (late == early) {
        return { late };
    }
    const spec::YamlNode* step = stepNode(root, late);
    if (step == nullptr || !seen.insert(late).second) {
        return {};
    }
    for (const auto& source : sourcesOf(*step)) {
        auto way = wayBack(root, source, early, seen);
        if (!way.empty()) {
            way.insert(way.begin(), late);
            return way;
        }
    }
    return {};
}

Result<void> mustNotCycle(const spec::YamlNode& root, const PortRef& from, const PortRef& to)
{
    if (from.kind != Kind::StepOutput || to.kind != Kind::StepInput) {
        return {};
    }
    std::set<std::string> seen;
    auto way = wayBack(root, from.step, to.step, seen);
    if (way.empty()) {
        return {};
    }
    std::reverse(way.begin(), way.end()); // to … from: the new wire closes it
    way.insert(way.begin(), from.step);
    return refused(nameOf(to), text::join(way, " → "), "a step cannot wait for itself");
}

/// What the step's output said of its data is the pipeline's now.
Result<void> moveToPipelineOutput(TextDraft& draft, const spec::YamlNode& stepOutput, const PortRef& to)
{
    const spec::YamlNode* pipelineOutput = draft.find(pathOf(to));
    if (!stepOutput.isMap() || (!pipelineOutput->isNull() && !pipelineOutput->isMap())) {
        return {};
    }
    for (const auto& entry : stepOutput.entries) {
        KeyPath path = pathOf(to);
        path.push_back(entry.key);
        if (!entry.value.isScalar() || spec::hasExpression(entry.value.text) || draft.find(path) != nullptr) {
            continue;
        }
        if (auto done = draft.set(path, entry.value.text); !done) {
            return done;
        }
    }
    return {};
}

Result<void> bindOutput(TextDraft& draft, const PortRef& from, const PortRef& to)
{
    const spec::YamlNode* pipelineOutput = draft.find(pathOf(to));
    if (pipelineOutput == nullptr) {
        return refused(nameOf(to), "nothing", "the pipeline has no such output");
    }
    std::vector<KeyPath> others;
    for (const auto& step : draft.find({ "jobs" })->entries) {
        const spec::YamlNode* outputs = step.value.find("outputs");
        for (std::size_t i = 0; outputs != nullptr && i < outputs->entries.size(); ++i) {
            const PortRef port { Kind::StepOutput, step.key, outputs->entries[i].key };
            if (!(port == from) && isBoundTo(&outputs->entries[i].value, to)) {
                others.push_back(pathOf(port));
            }
        }
    }
    for (const auto& other : others) { // one maker
        if (auto done = unbindOutput(draft, other, draft.find(pathOf(to))); !done) {
            return done;
        }
    }
    const spec::YamlNode* output = draft.find(pathOf(from));
    if (isBoundTo(output, to)) {
        return {};
    }
    if (output == nullptr || !output->isMap()) {
        return draft.set(pathOf(from), bindingText(to));
    }
    const spec::YamlNode said = *output; // the draft goes on
    if (auto done = moveToPipelineOutput(draft, said, to); !done) {
        return done;
    }
    return draft.replaceValue(pathOf(from), bindingText(to));
}

Result<void> bindInput(TextDraft& draft, const PortRef& from, const PortRef& to)
{
    KeyPath path = pathOf(to);
    if (const spec::YamlNode* input = draft.find(path); input != nullptr && input->isMap()) {
        path.emplace_back("path");
    }
    return draft.set(path, bindingText(from));
}

Result<void> bind(TextDraft& draft, const PortRef& from, const PortRef& to)
{
    const bool isSource = from.kind == Kind::StepOutput || from.kind == Kind::PipelineInput;
    const bool isTarget = to.kind == Kind::StepInput || (to.kind == Kind::PipelineOutput && from.kind == Kind::StepOutput);
    if (!isSource || !isTarget) {
        return refused(nameOf(to), nameOf(from), "a wire goes from a step's output or a pipeline input to a step's input, or from a step's output to a pipeline output");
    }
    for (const auto* port : { &from, &to }) {
        if (port->kind == Kind::StepInput || port->kind == Kind::StepOutput) {
            if (auto there = mustBeStep(draft.root(), port->step); !there) {
                return there;
            }
        }
        if (draft.find(pathOf(*port)) == nullptr && !spec::isIdentifier(port->name)) {
            return refused(nameOf(*port), port->name, kNameRule);
        }
    }
    if (from.kind == Kind::PipelineInput && draft.find(pathOf(from)) == nullptr) {
        return refused(nameOf(from), "nothing", "the pipeline has no such input");
    }
    if (auto fine = mustNotCycle(draft.root(), from, to); !fine) {
        return fine;
    }
    return to.kind == Kind::PipelineOutput ? bindOutput(draft, from, to) : bindInput(draft, from, to);
}

Result<void> unbind(TextDraft& draft, const PortRef& from, const PortRef& to)
{
    const bool atMaker = to.kind == Kind::PipelineOutput; // where the binding is written
    const KeyPath path = pathOf(atMaker ? from : to);
    const spec::YamlNode* port = draft.find(path);
    if (!isBoundTo(port, atMaker ? to : from)) {
        const spec::YamlNode* binding = bindingOf(port);
        return refused(nameOf(to), binding != nullptr ? binding->text : "nothing", "it is not bound to " + nameOf(from));
    }
    if (atMaker) {
        return unbindOutput(draft, path, draft.find(pathOf(to)));
    }
    if (!port->isMap()) {
        return draft.replaceValue(path, "");
    }
    KeyPath inside = path;
    inside.emplace_back("path");
    return draft.unset(inside);
}

/// The ports of steps that are bound to a port of the pipeline.
std::vector<PortRef> boundTo(const TextDraft& draft, const PortRef& port)
{
    const bool isInput = port.kind == Kind::PipelineInput;
    std::vector<PortRef> bound;
    const spec::YamlNode* jobs = draft.find({ "jobs" });
    for (std::size_t i = 0; jobs != nullptr && i < jobs->entries.size(); ++i) {
        const spec::YamlNode* ports = jobs->entries[i].value.find(isInput ? "inputs" : "outputs");
        for (std::size_t k = 0; ports != nullptr && k < ports->entries.size(); ++k) {
            if (isBoundTo(&ports->entries[k].value, port)) {
                bound.push_back({ isInput ? Kind::StepInput : Kind::StepOutput, jobs->entries[i].key, ports->entries[k].key });
            }
        }
    }
    return bound;
}

// ---- renaming ----------------------------------------------------------------------------------

/// Every ${{parent.WHAT.FROM…}} says `to`.
TextDraft::Rewrite renaming(const std::string& what, const std::string& from, const std::string& to)
{
    return [=](const spec::Expression& expression, std::string_view raw) -> std::optional<std::string> {
        const auto& parts = expression.parts;
        if (parts.size() < 3 || parts[0] != "parent" || parts[1] != what || parts[2] != from) {
            return std::nullopt;
        }
        return withPart(expression, raw, 2, to);
    };
}

// ---- promoting ---------------------------------------------------------------------------------

/// The names of data, not of values.
bool isDataWord(std::string_view type)
{
    constexpr std::array<std::string_view, 6> kWords { "uri_folder", "uri_file", "mltable", "mlflow_model", "custom_model", "triton_model" };
    return std::find(kWords.begin(), kWords.end(), type) != kWords.end();
}

/// A scalar as it can stand below another key: on one line with its quotes.
std::string asWritten(const TextDraft& draft, const spec::YamlNode& scalar)
{
    const std::string_view raw = std::string_view(draft.text()).substr(scalar.where.begin, scalar.where.end - scalar.where.begin);
    const bool isBlock = raw.starts_with('|') || raw.starts_with('>');
    return isBlock || raw.find('\n') != raw.npos ? writtenOut(scalar) : std::string(raw);
}

Result<void> mustHaveNoBinding(const KeyPath& path, const std::string& value)
{
    if (spec::hasExpression(value)) {
        return refused(text::join(path, "."), value, "only a value without ${{ }} can become an input of the pipeline");
    }
    return {};
}

/// The whole input becomes the pipeline's.
Result<void> promoteInput(TextDraft& draft, const PortRef& to, const PortRef& source, const std::string& type)
{
    const KeyPath path = pathOf(to);
    const spec::YamlEntry* entry = draft.ownEntry(path);
    if (entry == nullptr || entry->value.isList() || (!entry->value.isScalar() && entry->value.entries.empty())) {
        return refused(nameOf(to), "nothing", "it must have a value, written at its place");
    }
    const spec::YamlNode* binding = bindingOf(&entry->value);
    if (auto plain = mustHaveNoBinding(path, binding != nullptr ? binding->text : ""); !plain) {
        return plain;
    }
    const bool isMap = entry->value.isMap();
    const bool hasPath = isMap && binding != nullptr;
    std::string block;
    if (isMap) {
        block = writtenOut(entry->value);
        if (!YamlLayout(draft.document().text).isFlow(entry->value)) {
            block = draft.blockOf(path, false).value_or(block);
        }
        block = (entry->value.find("type") == nullptr && !type.empty() ? "type: " + type + "\n" : "") + block;
    } else {
        const bool isPlace = isDataWord(type);
        block = (isPlace ? "type: " + type + "\npath: " : "") + asWritten(draft, entry->value);
    }
    if (auto done = draft.put({ "inputs" }, { { source.name, block } }); !done) {
        return done;
    }
    if (isMap && !hasPath) { // a value with its type: both are the pipeline's now
        return draft.replaceValue(path, bindingText(source));
    }
    return bindInput(draft, source, to);
}

/// The value of a field becomes the pipeline's, and comes back by an input of the step: a field knows no other names. A component's
/// inputs are declared, so there the field names the pipeline's input itself.
Result<void> promoteField(TextDraft& draft, const std::string& step, const KeyPath& field, const PortRef& source)
{
    KeyPath path { "jobs", step };
    path.insert(path.end(), field.begin(), field.end());
    const spec::YamlEntry* entry = draft.ownEntry(path);
    if (entry == nullptr || !entry->value.isScalar()) {
        return refused(text::join(path, "."), entry == nullptr ? "nothing" : entry->value.words(), "it must be a single value, written at its place");
    }
    if (auto plain = mustHaveNoBinding(path, entry->value.text); !plain) {
        return plain;
    }
    const std::string written = asWritten(draft, entry->value); // the draft goes on
    const spec::YamlNode* node = stepNode(draft.root(), step);
    const bool hasComponent = node->find("component") != nullptr;
    const std::string own = freeName(keysOf(node->find("inputs")), source.name);
    if (auto done = draft.set(path, hasComponent ? bindingText(source) : "${{inputs." + own + "}}"); !done) {
        return done;
    }
    if (!hasComponent) {
        if (auto done = draft.set({ "jobs", step, "inputs", own }, bindingText(source)); !done) {
            return done;
        }
    }
    return draft.put({ "inputs" }, { { source.name, written } });
}

} // namespace

// ---- what the header says ----------------------------------------------------------------------

Result<std::string> withBlock(const std::string& text, const std::vector<std::string>& parent, const std::string& key, const std::string& block)
{
    return drafted(text, [&](TextDraft& draft) { return draft.put(parent, { { key, block } }); });
}

Result<std::string> blockOf(const std::string& text, const std::vector<std::string>& path)
{
    const auto draft = TextDraft::of(text);
    if (!draft) {
        return tl::unexpected<Error>(draft.error());
    }
    return draft->blockOf(path, false);
}

Result<std::string> withValue(const std::string& text, const std::vector<std::string>& path, const std::string& value)
{
    return drafted(text, [&](TextDraft& draft) { return draft.set(path, value); });
}

Result<std::string> without(const std::string& text, const std::vector<std::string>& path)
{
    return drafted(text, [&](TextDraft& draft) { return draft.unset(path); });
}

std::string bindingText(const PortRef& port)
{
    const bool isInput = port.kind == Kind::PipelineInput || port.kind == Kind::StepInput;
    const bool isOfStep = port.kind == Kind::StepInput || port.kind == Kind::StepOutput;
    return fmt::format("${{{{parent.{}{}.{}}}}}", isOfStep ? "jobs." + port.step + "." : "", isInput ? "inputs" : "outputs", port.name);
}

Result<std::string> withWire(const std::string& text, const PortRef& from, const PortRef& to)
{
    return drafted(text, [&](TextDraft& draft) { return bind(draft, from, to); });
}

Result<std::string> withoutWire(const std::string& text, const PortRef& from, const PortRef& to)
{
    return drafted(text, [&](TextDraft& draft) { return unbind(draft, from, to); });
}

Result<std::string> withWireMoved(const std::string& text, const PortRef& from, const PortRef& oldTo, const PortRef& to)
{
    return drafted(text, [&](TextDraft& draft) {
        auto done = unbind(draft, from, oldTo);
        return done ? bind(draft, from, to) : done;
    });
}

Result<std::string> withoutPipelinePorts(const std::string& text, bool isInput, const std::vector<std::string>& names)
{
    return drafted(text, [&](TextDraft& draft) -> Result<void> {
        for (const auto& name : names) {
            const PortRef port { isInput ? Kind::PipelineInput : Kind::PipelineOutput, "", name };
            if (draft.find(pathOf(port)) == nullptr) {
                return refused(nameOf(port), "nothing", "the pipeline has no such " + std::string(isInput ? "input" : "output"));
            }
            for (const auto& bound : boundTo(draft, port)) {
                if (auto done = isInput ? unbind(draft, port, bound) : unbind(draft, bound, port); !done) {
                    return done;
                }
            }
            if (auto done = draft.unset(pathOf(port)); !done) {
                return done;
            }
        }
        return {};
    });
}

std::vector<std::string> namesIn(const std::string& text, const std::string& group)
{
    const auto draft = TextDraft::of(text);
    if (!draft) {
        return {};
    }
    return group == "jobs" ? stepNames(*draft) : keysOf(draft->find({ group }));
}

std::string inputWithPath(const std::string& text, const std::string& type, const std::string& path)
{
    const auto draft = TextDraft::of(text);
    const spec::YamlNode* inputs = draft ? draft->find({ "inputs" }) : nullptr;
    const auto plain = [](std::string_view written) {
        while (written.starts_with("./")) {
            written.remove_prefix(2);
        }
        while (written.size() > 1 && written.ends_with('/')) {
            written.remove_suffix(1);
        }
        return std::string(written);
    };
    for (std::size_t i = 0; inputs != nullptr && i < inputs->entries.size(); ++i) {
        const spec::YamlNode& input = inputs->entries[i].value;
        const spec::YamlNode* place = input.isMap() ? input.find("path") : nullptr;
        const spec::YamlNode* kind = input.isMap() ? input.find("type") : nullptr;
        if (place != nullptr && place->isScalar() && plain(place->text) == plain(path) && (kind != nullptr ? kind->text : "uri_folder") == type) {
            return inputs->entries[i].key;
        }
    }
    return "";
}

std::size_t portCount(const std::string& text, const std::string& step)
{
    const auto draft = TextDraft::of(text);
    std::size_t count = 0;
    for (const char* group : { "inputs", "outputs" }) {
        const spec::YamlNode* ports = draft ? draft->find({ "jobs", step, group }) : nullptr;
        count = std::max(count, ports != nullptr ? ports->entries.size() : 0);
    }
    return count;
}

Result<std::string> withStepRenamed(const std::string& text, const std::string& from, const std::string& to)
{
    return drafted(text, [&](TextDraft& draft) -> Result<void> {
        if (auto there = mustBeStep(draft.root(), from); !there || from == to) {
            return there;
        }
        if (auto fine = mustBeFree("jobs", "jobs." + from, to, stepNames(draft)); !fine) {
            return fine;
        }
        const auto rewrite = renaming("jobs", from, to);
        if (auto done = draft.rewrite(rewrite, { "jobs", from }, to); !done) {
            return done;
        }
        return rewriteDisabled(draft, rewrite);
    });
}

Result<std::string> withPipelinePortRenamed(const std::string& text, bool isInput, const std::string& from, const std::string& to)
{
    return drafted(text, [&](TextDraft& draft) -> Result<void> {
        const std::string group = isInput ? "inputs" : "outputs";
        if (draft.find({ group, from }) == nullptr) {
            return refused(group + "." + from, "nothing", "the pipeline has no such " + std::string(isInput ? "input" : "output"));
        }
        if (from == to) {
            return {};
        }
        if (auto fine = mustBeFree(group, group + "." + from, to, keysOf(draft.find({ group }))); !fine) {
            return fine;
        }
        const auto rewrite = renaming(group, from, to);
        if (auto done = draft.rewrite(rewrite, { group, from }, to); !done) {
            return done;
        }
        return rewriteDisabled(draft, rewrite);
    });
}

Result<std::string> promoted(const std::string& text, const std::string& step, const std::vector<std::string>& fieldPath, const std::string& name, const std::string& type)
{
    return drafted(text, [&](TextDraft& draft) -> Result<void> {
        if (auto there = mustBeStep(draft.root(), step); !there) {
            return there;
        }
        if (auto fine = mustBeFree("inputs", "inputs." + name, name, keysOf(draft.find({ "inputs" }))); !fine) {
            return fine;
        }
        const PortRef source { Kind::PipelineInput, "", name };
        const bool isInput = fieldPath.size() >= 2 && fieldPath[0] == "inputs";
        if (isInput && (fieldPath.size() == 2 || (fieldPath.size() == 3 && fieldPath[2] == "path"))) {
            return promoteInput(draft, { Kind::StepInput, step, fieldPath[1] }, source, type);
        }
        if (fieldPath.empty() || isInput) {
            return refused("jobs." + step, text::join(fieldPath, "."), "only an input as a whole, or a field of the step, can become an input of the pipeline");
        }
        return promoteField(draft, step, fieldPath, source);
    });
}

} // namespace sheaf::edit
