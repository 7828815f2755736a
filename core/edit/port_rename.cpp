// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/port_rename.h"

#include "core/edit/gesture.h"
#include "core/edit/text_draft.h"

#include <filesystem>

namespace sheaf::edit {

namespace {

/// ${{parent.jobs.STEP.GROUP.OLD}}: as other steps name the port.
TextDraft::Rewrite fromOutside(const PortRef& port, const std::string& group, const std::string& to)
{
    return [=](const spec::Expression& expression, std::string_view raw) -> std::optional<std::string> {
        const auto& parts = expression.parts;
        const bool isIt = parts.size() >= 5 && parts[0] == "parent" && parts[1] == "jobs" && parts[2] == port.step && parts[3] == group && parts[4] == port.name;
        return isIt ? std::optional(withPart(expression, raw, 4, to)) : std::nullopt;
    };
}

/// ${{GROUP.OLD}}: as the step names it itself.
TextDraft::Rewrite fromInside(const PortRef& port, const std::string& group, const std::string& to)
{
    return [=](const spec::Expression& expression, std::string_view raw) -> std::optional<std::string> {
        const auto& parts = expression.parts;
        const bool isIt = parts.size() >= 2 && parts[0] == group && parts[1] == port.name;
        return isIt ? std::optional(withPart(expression, raw, 1, to)) : std::nullopt;
    };
}

const spec::YamlNode* below(const spec::YamlNode* node, const std::string& key)
{
    return node != nullptr && node->isMap() ? node->find(key) : nullptr;
}

std::string fileOf(const spec::YamlNode* component)
{
    return component != nullptr && component->isScalar() ? std::filesystem::path(component->text).lexically_normal().string() : std::string();
}

/// Another step that uses the same file, "" for none; a disabled one will be enabled again.
std::string otherUser(const TextDraft& draft, const std::string& step)
{
    const std::string file = fileOf(below(stepNode(draft.root(), step), "component"));
    const spec::YamlNode* jobs = draft.find({ "jobs" });
    for (const auto& entry : jobs->entries) {
        if (entry.key != step && fileOf(below(&entry.value, "component")) == file) {
            return entry.key;
        }
    }
    for (const auto& disabled : disabledSteps(draft.text())) {
        const auto document = spec::parseYaml(spec::SourceText("", disabled.block + "\n"));
        if (fileOf(below(&document.root, "component")) == file) {
            return disabled.name;
        }
    }
    return {};
}

/// The key, when it is there, and the expressions at `at` and below.
Result<void> renameAt(TextDraft& draft, const KeyPath& at, const TextDraft::Rewrite& rewrite, const KeyPath& key, const std::string& to)
{
    return draft.rewriteBelow(at, rewrite, draft.find(key) != nullptr ? key : KeyPath {}, to);
}

} // namespace

Result<PortTexts> withStepPortRenamed(const PortTexts& texts, const PortRef& port, const std::string& to)
{
    const bool isInput = port.kind == PortRef::Kind::StepInput;
    const std::string group = isInput ? "inputs" : "outputs";
    const std::string what = nameOf(port);
    auto job = TextDraft::of(texts.job);
    if (!job) {
        return tl::unexpected<Error>(job.error());
    }
    if (auto there = mustBeStep(job->root(), port.step); !there) {
        return tl::unexpected<Error>(there.error());
    }
    const KeyPath step { "jobs", port.step };
    const spec::YamlNode* node = stepNode(job->root(), port.step);
    const spec::YamlNode* component = below(node, "component");
    const bool isInPlace = component != nullptr && component->isMap();
    const bool isFile = component != nullptr && !isInPlace;
    if (isFile && !texts.component) {
        return refused(what, component->text, "its component must be a file that can be read: it says which names there are");
    }
    std::optional<TextDraft> declaring;
    if (isFile) {
        auto read = TextDraft::of(*texts.component);
        if (!read) {
            return refused(what, component->text, "its component must be YAML first");
        }
        declaring = std::move(*read);
    }
    const spec::YamlNode* declarations = below(isInPlace ? component : declaring ? &declaring->root() : nullptr, group);
    const bool isDeclared = below(declarations, port.name) != nullptr;
    if (below(below(node, group), port.name) == nullptr && !isDeclared) {
        return refused(what, "nothing", "there is no such " + std::string(isInput ? "input" : "output"));
    }
    if (to == port.name) {
        return texts;
    }
    std::vector<std::string> taken = keysOf(below(node, group));
    const std::vector<std::string> declared = keysOf(declarations);
    taken.insert(taken.end(), declared.begin(), declared.end());
    if (auto fine = mustBeFree(group, what, to, taken); !fine) {
        return tl::unexpected<Error>(fine.error());
    }
    if (const std::string other = isFile && isDeclared ? otherUser(*job, port.step) : std::string(); !other.empty()) {
        return refused(what, component->text, "it is declared in this component, which step '" + other + "' uses as well: give the step a component of its own first");
    }

    const auto outside = fromOutside(port, group, to);
    const auto inside = fromInside(port, group, to);
    Result<void> done = renameAt(*job, {}, outside, { "jobs", port.step, group, port.name }, to);
    if (done) {
        done = renameAt(*job, step, inside, isInPlace ? KeyPath { "jobs", port.step, "component", group, port.name } : KeyPath {}, to);
    }
    if (done) {
        done = rewriteDisabled(*job, outside);
    }
    if (done && declaring && isDeclared) {
        done = renameAt(*declaring, {}, inside, { group, port.name }, to);
    }
    if (!done) {
        return tl::unexpected<Error>(done.error());
    }
    return PortTexts { job->text(), declaring ? std::optional(declaring->text()) : texts.component };
}

} // namespace sheaf::edit
