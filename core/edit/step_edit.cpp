// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/text.h"
#include "core/edit/gesture.h"
#include "core/edit/pipeline_edit.h"
#include "core/edit/text_draft.h"
#include "core/edit/yaml_layout.h"
#include "core/spec/field_table.h"
#include "core/spec/validator.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

/// Whole steps: taken away, copied, pasted.
namespace sheaf::edit {

namespace {

using Kind = PortRef::Kind;

// ---- what fed a step that goes -----------------------------------------------------------------

/// Where data come from: a binding, or a place with what is said of it.
struct Feed
{
    std::string text;
    std::string type;
    std::string mode;
    [[nodiscard]] bool isBinding() const { return spec::hasExpression(text); }
};

bool isDataType(std::string_view word)
{
    const std::string type = text::lower(word);
    return type != "string" && type != "number" && type != "integer" && type != "boolean";
}

std::string textAt(const spec::YamlNode& map, std::string_view key)
{
    const spec::YamlNode* value = map.find(key);
    return value != nullptr && value->isScalar() ? value->text : "";
}

/// Whether an input carries data, as far as this file tells.
bool isData(const spec::YamlNode& root, const spec::YamlNode& input)
{
    if (input.isMap()) {
        return isDataType(textAt(input, "type")) && input.find("value") == nullptr && input.find("default") == nullptr;
    }
    const auto port = input.isScalar() ? portOf(input.text) : std::nullopt;
    if (!port || port->kind != Kind::PipelineInput) {
        return port && port->kind == Kind::StepOutput;
    }
    const spec::YamlNode* inputs = root.find("inputs");
    const spec::YamlNode* declared = inputs != nullptr ? inputs->find(port->name) : nullptr;
    return declared != nullptr && declared->isMap() && isData(root, *declared);
}

/// The name of the input that the step works through: of a parallel step its input_data, else its first data.
std::string mainInput(const spec::YamlNode& root, const spec::YamlNode& step)
{
    const auto whole = spec::wholeExpression(textAt(step, "input_data"));
    if (whole && whole->is({ "inputs" }, 2)) {
        return whole->parts[1];
    }
    const spec::YamlNode* inputs = step.find("inputs");
    for (std::size_t i = 0; inputs != nullptr && i < inputs->entries.size(); ++i) {
        if (isData(root, inputs->entries[i].value)) {
            return inputs->entries[i].key;
        }
    }
    return "";
}

/// What stands at the end of the way back through the steps that go.
std::optional<Feed> feedOf(const spec::YamlNode& root, const std::vector<std::string>& gone, PortRef port)
{
    for (std::size_t hops = 0; hops <= gone.size(); ++hops) {
        const spec::YamlNode* step = stepNode(root, port.step);
        const spec::YamlNode* inputs = step != nullptr ? step->find("inputs") : nullptr;
        const spec::YamlNode* input
            = inputs != nullptr ? inputs->find(port.kind == Kind::StepOutput ? mainInput(root, *step) : port.name) : nullptr;
        const spec::YamlNode* binding = bindingOf(input);
        if (binding == nullptr) {
            return std::nullopt;
        }
        const auto next = portOf(binding->text);
        if (!next || !contains(gone, next->step)) {
            return Feed { binding->text, input->isMap() ? textAt(*input, "type") : "", input->isMap() ? textAt(*input, "mode") : "" };
        }
        port = *next;
    }
    return std::nullopt; // they feed each other
}

/// A value that names ports that go.
struct Reader
{
    KeyPath path;
    std::string text;
    [[nodiscard]] bool isInput() const { return path.size() >= 4 && path[0] == "jobs" && path[2] == "inputs" && (path.size() == 4 || path.back() == "path"); }
};

std::vector<Reader> readersOf(const TextDraft& draft, const std::function<bool(const PortRef&)>& isGone, const std::vector<std::string>& goneSteps)
{
    std::vector<Reader> readers;
    draft.eachScalar([&](const KeyPath& path, const spec::YamlNode& scalar) {
        if (path.size() > 1 && path[0] == "jobs" && contains(goneSteps, path[1])) {
            return;
        }
        const auto all = spec::findExpressions(scalar.text);
        if (std::any_of(all.begin(), all.end(), [&](const spec::Expression& one) {
                const auto port = portOf(one);
                return port && isGone(*port);
            })) {
            readers.push_back({ path, scalar.text });
        }
    });
    return readers;
}

bool isScalarInput(const Reader& reader)
{
    return reader.isInput() && reader.path.size() == 4;
}

/// An input that was bound gets a place: that alone would be a text.
Result<void> setPlace(TextDraft& draft, const KeyPath& path, const Feed& feed)
{
    std::string block;
    for (const auto& [key, value] : { std::pair("type", feed.type), std::pair("path", feed.text), std::pair("mode", feed.mode) }) {
        block += value.empty() ? "" : fmt::format("{}{}: {}", block.empty() ? "" : "\n", key, asText(value, false));
    }
    return draft.replaceValue(path, block);
}

/// Bindings in the middle of a text: replaced by what they become; an input that would lose one goes, another text stays as it is.
Result<void> rebindInText(TextDraft& draft, const Reader& reader, const std::function<std::optional<Feed>(const PortRef&)>& feedFor,
    const std::function<bool(const PortRef&)>& isGone)
{
    bool isLost = false;
    const std::string now = spec::replaceExpressions(reader.text, [&](const spec::Expression& expression) {
        const std::string raw = reader.text.substr(expression.begin, expression.end - expression.begin);
        const auto port = portOf(expression);
        if (!port || !isGone(*port)) {
            return raw;
        }
        const auto feed = feedFor(*port);
        isLost = isLost || !feed;
        return feed ? feed->text : raw;
    });
    if (!isLost) {
        return draft.set(reader.path, now);
    }
    return reader.isInput() ? draft.unset(reader.path) : Result<void> {};
}

Result<void> rebindAll(TextDraft& draft, const std::vector<Reader>& readers, const std::function<bool(const PortRef&)>& isGone,
    const std::function<std::optional<Feed>(const PortRef&)>& feedFor)
{
    std::vector<Edit> edits;
    // From the last to the first: an item of a list that goes moves those behind it.
    for (auto reader = readers.rbegin(); reader != readers.rend(); ++reader) {
        const auto port = portOf(reader->text);
        const auto feed = port ? feedFor(*port) : std::nullopt;
        Result<void> done;
        if (!port) {
            done = rebindInText(draft, *reader, feedFor, isGone);
        } else if (feed && !feed->isBinding() && isScalarInput(*reader)) {
            done = setPlace(draft, reader->path, *feed);
        } else {
            edits.push_back({ reader->path, feed ? std::optional(feed->text) : std::nullopt });
        }
        if (!done) {
            return done;
        }
    }
    return draft.change(edits);
}

// ---- pasting -----------------------------------------------------------------------------------

constexpr const char* kPastedText = "the pasted text"; // for messages

/// What is taken into the pipeline, on its own: names follow, what would lead nowhere goes.
struct Pasted
{
    TextDraft draft;
    KeyPath jobs; // where the steps are in it
};

Result<Pasted> readPasted(const std::string& text)
{
    auto draft = TextDraft::of(text, kPastedText);
    if (!draft) {
        return tl::unexpected<Error>(draft.error());
    }
    const spec::YamlNode* jobs = draft->root().find("jobs");
    Pasted pasted { std::move(*draft), {} };
    if (jobs != nullptr && jobs->isMap()) {
        pasted.jobs = { "jobs" };
    }
    const spec::YamlNode* steps = pasted.draft.find(pasted.jobs);
    const bool areSteps = steps->isMap() && !steps->entries.empty()
        && std::all_of(steps->entries.begin(), steps->entries.end(), [](const spec::YamlEntry& entry) {
               return std::any_of(entry.value.entries.begin(), entry.value.entries.end(), [](const spec::YamlEntry& field) {
                   return spec::findField(spec::Scope::ParallelNode, field.key) != nullptr || spec::findField(spec::Scope::CommandNode, field.key) != nullptr;
               });
           });
    if (!areSteps) {
        return refused(kPastedText, steps->isMap() ? text::join(keysOf(steps), ", ") : steps->words(), "it must be steps: a name, and type, inputs, … below it");
    }
    return pasted;
}

/// Wraps the pasted steps so that paths are those of a pipeline.
Result<TextDraft> asPipeline(const Pasted& pasted)
{
    if (!pasted.jobs.empty()) {
        return pasted.draft;
    }
    std::string all = "jobs:\n";
    for (const auto& name : keysOf(&pasted.draft.root())) {
        const auto block = pasted.draft.blockOf({ name }, true);
        if (!block) {
            return tl::unexpected<Error>(block.error());
        }
        for (const auto& line : text::split(*block, '\n')) {
            all += (line.empty() ? "" : "  ") + line + "\n";
        }
    }
    return TextDraft::of(all, kPastedText);
}

/// Whether a binding of a pasted step leads nowhere in this pipeline.
bool isDangling(const spec::YamlNode& root, const PortRef& port, const std::vector<std::string>& pasted, bool keepLinks)
{
    switch (port.kind) {
    case Kind::PipelineInput:
        return root.find("inputs") == nullptr || root.find("inputs")->find(port.name) == nullptr;
    case Kind::PipelineOutput:
        return false; // see unbindOutputs()
    case Kind::StepInput:
    case Kind::StepOutput:
        break;
    }
    return !contains(pasted, port.step) && (!keepLinks || stepNode(root, port.step) == nullptr);
}

/// A pipeline output has one maker, which is no copy of it.
Result<void> unbindOutputs(TextDraft& draft, const spec::YamlNode& root)
{
    std::set<std::string> made;
    const auto eachBound = [](const spec::YamlNode& file, const std::function<void(const KeyPath&, const std::string&)>& visit) {
        const spec::YamlNode* jobs = file.find("jobs");
        for (std::size_t i = 0; jobs != nullptr && i < jobs->entries.size(); ++i) {
            const spec::YamlNode* outputs = jobs->entries[i].value.find("outputs");
            for (std::size_t k = 0; outputs != nullptr && k < outputs->entries.size(); ++k) {
                const spec::YamlNode* binding = bindingOf(&outputs->entries[k].value);
                const auto port = binding != nullptr ? portOf(binding->text) : std::nullopt;
                if (port && port->kind == Kind::PipelineOutput) {
                    visit({ "jobs", jobs->entries[i].key, "outputs", outputs->entries[k].key }, port->name);
                }
            }
        }
    };
    eachBound(root, [&](const KeyPath&, const std::string& name) { made.insert(name); });
    const spec::YamlNode* outputs = root.find("outputs");
    std::vector<std::pair<KeyPath, const spec::YamlNode*>> toGo;
    eachBound(draft.root(), [&](const KeyPath& path, const std::string& name) {
        const spec::YamlNode* declared = outputs != nullptr ? outputs->find(name) : nullptr;
        if (declared == nullptr || !made.insert(name).second) {
            toGo.emplace_back(path, declared);
        }
    });
    for (const auto& [path, declared] : toGo) {
        if (auto done = unbindOutput(draft, path, declared); !done) {
            return done;
        }
    }
    return {};
}

} // namespace

Result<std::string> withoutSteps(const std::string& text, const std::vector<std::string>& steps, bool heal)
{
    return drafted(text, [&](TextDraft& draft) -> Result<void> {
        for (const auto& step : steps) {
            if (auto there = mustBeStep(draft.root(), step); !there) {
                return there;
            }
            if (draft.ownEntry({ "jobs", step }) == nullptr) {
                return refused("jobs." + step, "a step that comes through <<", "it can be taken away at its anchor");
            }
        }
        const spec::YamlNode before = draft.root();
        const auto isGone = [&](const PortRef& port) { return contains(steps, port.step); };
        const auto feedFor = [&](const PortRef& port) { return heal ? feedOf(before, steps, port) : std::nullopt; };
        if (auto done = rebindAll(draft, readersOf(draft, isGone, steps), isGone, feedFor); !done) {
            return done;
        }
        return draft.removeEntries({ "jobs" }, steps);
    });
}

Result<std::string> copiedSteps(const std::string& text, const std::vector<std::string>& steps)
{
    const auto draft = TextDraft::of(text);
    if (!draft) {
        return tl::unexpected<Error>(draft.error());
    }
    for (const auto& step : steps) {
        if (auto there = mustBeStep(draft->root(), step); !there) {
            return tl::unexpected<Error>(there.error());
        }
    }
    std::string all;
    for (const auto& step : keysOf(draft->find({ "jobs" }))) { // in the order of the file
        if (contains(steps, step)) {
            const auto block = draft->blockOf({ "jobs", step }, true);
            if (!block) {
                return block;
            }
            all += *block + "\n";
        }
    }
    return all;
}

Result<std::string> withPasted(const std::string& text, const std::string& pasted, bool keepLinks, std::vector<std::string>* names)
{
    return drafted(text, [&](TextDraft& draft) -> Result<void> {
        auto read = readPasted(pasted);
        if (!read) {
            return tl::unexpected<Error>(read.error());
        }
        auto steps = asPipeline(*read);
        if (!steps) {
            return tl::unexpected<Error>(steps.error());
        }
        const std::vector<std::string> olds = keysOf(steps->find({ "jobs" }));
        const auto isGone = [&](const PortRef& port) { return isDangling(draft.root(), port, olds, keepLinks); };
        const auto nothing = [](const PortRef&) { return std::nullopt; };
        if (auto done = rebindAll(*steps, readersOf(*steps, isGone, {}), isGone, nothing); !done) {
            return done;
        }
        if (auto done = unbindOutputs(*steps, draft.root()); !done) {
            return done;
        }
        std::vector<std::string> taken = stepNames(draft);
        std::map<std::string, std::string> renamed;
        std::vector<std::string> news;
        for (const auto& old : olds) {
            news.push_back(freeName(taken, old));
            if (!spec::isIdentifier(news.back())) {
                return refused("jobs." + old, old, kNameRule);
            }
            taken.push_back(news.back());
            renamed[old] = news.back();
        }
        const auto follow = [&](const spec::Expression& expression, std::string_view raw) -> std::optional<std::string> {
            const auto& parts = expression.parts;
            const bool isStep = parts.size() > 2 && parts[0] == "parent" && parts[1] == "jobs" && renamed.contains(parts[2]);
            return isStep ? std::optional(withPart(expression, raw, 2, renamed.at(parts[2]))) : std::nullopt;
        };
        if (auto done = steps->rewrite(follow); !done) {
            return done;
        }
        std::vector<TextDraft::Block> blocks;
        for (const auto& old : olds) {
            const auto block = steps->blockOf({ "jobs", old }, false);
            if (!block) {
                return tl::unexpected<Error>(block.error());
            }
            blocks.emplace_back(renamed.at(old), *block);
        }
        const auto done = draft.put({ "jobs" }, blocks);
        if (done && names != nullptr) {
            *names = news;
        }
        return done;
    });
}

std::string freeName(const std::vector<std::string>& taken, const std::string& wanted)
{
    if (!contains(taken, wanted)) {
        return wanted;
    }
    // What has a number already gets the next one.
    const std::size_t bar = wanted.rfind('_');
    const bool isNumbered = bar != std::string::npos && bar > 0 && bar + 1 < wanted.size()
        && wanted.find_first_not_of("0123456789", bar + 1) == std::string::npos;
    const std::string base = isNumbered ? wanted.substr(0, bar) : wanted;
    for (int number = 2;; ++number) {
        std::string name = base + "_" + std::to_string(number);
        if (!contains(taken, name)) {
            return name;
        }
    }
}

} // namespace sheaf::edit
