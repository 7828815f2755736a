// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/form_changes.h"

#include "core/base/text.h"
#include "core/edit/edit.h"
#include "core/edit/edit_value.h"
#include "core/edit/folded_text.h"
#include "core/edit/runner_flag_text.h"
#include "core/edit/text_draft.h"
#include "core/spec/expression.h"
#include "core/spec/yaml_node.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>

namespace sheaf::ui {

using spec::FieldType;

namespace {

FormChange changeOf(const FormCell& cell, const FormPlace& place, std::optional<std::string> value)
{
    return { place.file, place.path, place.flag, std::move(value), false, cell.root };
}

std::vector<std::string> below(std::vector<std::string> path, const std::string& key)
{
    path.push_back(key);
    return path;
}

std::vector<std::string> above(std::vector<std::string> path)
{
    path.pop_back();
    return path;
}

std::vector<std::string> itemsOf(const std::string& typed)
{
    std::vector<std::string> items;
    for (const auto& part : text::split(typed, ',')) {
        if (const auto item = text::trim(part); !item.empty()) {
            items.emplace_back(item);
        }
    }
    return items;
}

bool isLiteralType(const std::string& type)
{
    return type == "string" || type == "number" || type == "integer" || type == "boolean";
}

/// Typed text as the field's type wants it. A text that looks like a number stays a text; the value of an input means what it says.
std::string written(const FormRow& row, const std::string& typed)
{
    const FieldType type = row.field->type;
    const bool isText = (type == FieldType::Text || type == FieldType::Path) && row.kind != FormRow::Kind::Port && row.field->name != "default";
    const bool isString = row.kind == FormRow::Kind::Port && row.caption == QLatin1String("string");
    return isText || isString ? edit::editText(typed) : edit::editValue(typed);
}

/// A flag that is laid over a field may count differently.
std::string asFlagValue(const FormCell& cell, const std::string& typed)
{
    const auto number = text::toInt(typed);
    return cell.offset != 0 && number ? std::to_string(*number + cell.offset) : typed;
}

/// Only the items that differ change, so that the comments of the others stay.
void setItems(std::vector<FormChange>& changes, const FormCell& cell, const FormPlace& place, const std::vector<std::string>& items)
{
    const bool isSame = place == cell.place;
    if (!isSame || cell.items.empty() || items.empty()) {
        changes.push_back(changeOf(cell, place, items.empty() ? std::optional<std::string>() : edit::editList(items)));
        return;
    }
    const auto item = [&](std::size_t index, std::optional<std::string> value) {
        changes.push_back({ place.file, below(place.path, std::to_string(index)), {}, std::move(value), false, place.path.size() + 1 });
    };
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i >= cell.items.size() || items[i] != cell.items[i]) {
            item(i, edit::editText(items[i]));
        }
    }
    for (std::size_t i = cell.items.size(); i > items.size(); --i) {
        item(i - 1, std::nullopt);
    }
}

/// "path: x" in place of "x", so that the port can have fields. A new type says what the value is.
void makeMap(std::vector<FormChange>& changes, const FormRow& row, const FormCell& cell, const std::string& typed)
{
    const auto map = above(cell.place.path);
    const bool isType = row.field->name == "type" && !cell.valueKey.empty();
    const std::string key = !isType ? cell.valueKey : !isLiteralType(typed) ? "path" : cell.step.empty() ? "default" : "value";
    changes.push_back({ cell.place.file, map, {}, "null", false, cell.root });
    if (!key.empty() && !cell.loneText.empty()) {
        changes.push_back({ cell.place.file, below(map, key), {}, edit::editValue(cell.loneText), false, cell.root });
    }
}

void setCell(std::vector<FormChange>& changes, const FormRow& row, const FormCell& cell, const FormPlace& place, const std::string& typed)
{
    if (!place.flag.empty()) {
        changes.push_back(changeOf(cell, place, asFlagValue(cell, typed)));
    } else if (row.field->type == FieldType::TextList && !spec::hasExpression(typed)) {
        setItems(changes, cell, place, itemsOf(typed));
    } else if (cell.isFolded && place == cell.place) {
        FormChange change = changeOf(cell, place, typed);
        change.isFolded = true;
        changes.push_back(std::move(change));
    } else {
        changes.push_back(changeOf(cell, place, written(row, typed)));
    }
}

} // namespace

std::vector<FormChange> setChanges(const FormRow& row, const std::string& typed)
{
    if (text::trim(typed).empty()) {
        return resetChanges(row);
    }
    std::vector<FormChange> changes;
    for (const FormCell& cell : row.cells) {
        if (cell.isLone) {
            makeMap(changes, row, cell, typed);
        }
        FormPlace place = cell.place;
        const bool isOutput = row.kind == FormRow::Kind::Port && !row.isInput();
        if (isOutput && !cell.isWritten && !cell.step.empty() && !spec::hasExpression(typed) && place.path.back() != "path") {
            place.path.push_back("path"); // a lone word there would be no path
        }
        setCell(changes, row, cell, place, typed);
    }
    return changes;
}

std::vector<FormChange> resetChanges(const FormRow& row)
{
    std::vector<FormChange> changes;
    for (const FormCell& cell : row.cells) {
        if (row.field->type == FieldType::TextMap) {
            for (const auto& entry : cell.entries) {
                changes.push_back(changeOf(cell, entry.place, std::nullopt));
            }
        } else if (cell.isWritten) {
            changes.push_back(changeOf(cell, cell.place, std::nullopt));
        }
    }
    return changes;
}

std::vector<FormChange> moveChanges(const FormRow& row, const FormPlace& to)
{
    std::vector<FormChange> changes;
    const FormCell& cell = row.cell();
    if (!cell.isWritten || to == cell.place) {
        return changes;
    }
    FormCell there = cell;
    there.items.clear(); // of the old place
    setCell(changes, row, there, to, cell.text);
    for (const FormPlace& place : cell.places) {
        const bool countsMore = place.isWritten && (to.origin == FormOrigin::Component || place.origin == FormOrigin::Flag) && !(place == to);
        if (countsMore) {
            changes.push_back(changeOf(cell, place, std::nullopt));
        }
    }
    return changes;
}

std::vector<FormChange> entryChanges(const FormRow& row, const std::string& oldName, const std::string& name, const std::optional<std::string>& value)
{
    std::vector<FormChange> changes;
    for (const FormCell& cell : row.cells) {
        FormPlace map = cell.place;
        for (const auto& entry : cell.entries) {
            if (entry.name == oldName) {
                map = entry.place;
                map.path.pop_back();
                if (!value || name != oldName) {
                    changes.push_back(changeOf(cell, entry.place, std::nullopt));
                }
            }
        }
        if (value && !name.empty()) {
            changes.push_back({ map.file, below(map.path, name), {}, value->empty() ? "''" : edit::editText(*value), false, cell.root });
        }
    }
    return changes;
}

std::vector<FormChange> portChanges(const FormSource& source, const std::string& step, const NewPort& port)
{
    std::vector<FormChange> changes;
    const spec::PipelineDefinition& pipeline = source.resolved->written;
    const spec::StepDefinition* definition = step.empty() ? nullptr : pipeline.step(step);
    const std::string kind = port.isInput ? "inputs" : "outputs";
    std::vector<std::string> own = step.empty() ? std::vector<std::string> { kind, port.name } : std::vector<std::string> { "jobs", step, kind, port.name };
    const bool isDeclared = definition != nullptr && definition->component;
    if (isDeclared) {
        const bool isInPlace = definition->component->file == pipeline.file;
        std::vector<std::string> declared { kind, port.name, "type" };
        if (isInPlace) {
            declared.insert(declared.begin(), { "jobs", step, "component" });
        }
        changes.push_back({ definition->component->file, declared, {}, port.type, false, 0 });
    }
    const bool isLiteral = isLiteralType(port.type);
    const std::string value = port.type == "string" ? edit::editText(port.value) : edit::editValue(port.value);
    const bool isLone = !port.value.empty() && (isDeclared || isLiteral || (!port.isInput && spec::hasExpression(port.value)));
    if (isLone) {
        changes.push_back({ pipeline.file, own, {}, value, false, 0 });
    } else if (!isDeclared) {
        changes.push_back({ pipeline.file, below(own, "type"), {}, port.type, false, 0 });
        if (!port.value.empty()) {
            changes.push_back({ pipeline.file, below(own, "path"), {}, value, false, 0 });
        }
    }
    return changes;
}

std::vector<FormChange> withoutPortChanges(const FormSource& source, const FormRow& row)
{
    std::vector<FormChange> changes;
    const auto parts = text::split(row.id, '.');
    for (const FormCell& cell : row.cells) {
        const spec::StepDefinition* step = cell.step.empty() ? nullptr : source.resolved->written.step(cell.step);
        const std::vector<std::string> prefix = step == nullptr ? std::vector<std::string> {} : std::vector<std::string> { "jobs", cell.step };
        const auto removeFrom = [&](const std::string& file, std::vector<std::string> path) {
            path.insert(path.end(), parts.begin(), parts.end());
            const spec::YamlNode* node = source.root(file);
            for (const auto& key : path) {
                node = node != nullptr ? node->find(key) : nullptr;
            }
            if (node != nullptr) {
                changes.push_back({ file, path, {}, std::nullopt, false, path.size() - parts.size() });
            }
        };
        removeFrom(source.resolved->written.file, prefix);
        if (step != nullptr && step->component) {
            const bool isInPlace = step->component->file == source.resolved->written.file;
            removeFrom(step->component->file, isInPlace ? below(prefix, "component") : std::vector<std::string> {});
        }
    }
    return changes;
}

namespace {

/// The changes of one file on their way. Changes of different steps cannot meet: the first of each are carried out together, then the second …,
/// so that the file is read and proved a few times and not once for each step.
class FileChanges
{
public:
    explicit FileChanges(edit::TextDraft draft)
        : m_draft(std::move(draft))
    {
    }

    void add(const FormChange& change)
    {
        if (!m_known.insert({ change.path, change.flag, change.value }).second) { // of a component that several steps share
            return;
        }
        const bool isOfStep = change.path.size() > 1 && change.path[0] == "jobs";
        const std::size_t round = m_counts[isOfStep ? change.path[1] : std::string()]++;
        m_rounds.resize(std::max(m_rounds.size(), round + 1));
        m_rounds[round].push_back(&change);
    }

    Result<std::string> text()
    {
        for (const auto& round : m_rounds) {
            if (auto done = carryOut(round); !done) {
                return tl::unexpected<Error>(done.error());
            }
        }
        return m_draft.text();
    }

private:
    [[nodiscard]] const spec::YamlNode* at(const std::vector<std::string>& path, std::size_t depth) const
    {
        const spec::YamlNode* node = &m_draft.root();
        for (std::size_t i = 0; i < depth && node != nullptr; ++i) {
            const auto number = node->isList() ? text::toInt(path[i]) : std::nullopt;
            node = number ? (*number < std::ssize(node->items) ? &node->items[static_cast<std::size_t>(*number)] : nullptr) : node->find(path[i]);
        }
        return node;
    }

    /// Maps that become empty go as well.
    [[nodiscard]] edit::Edit asEdit(const FormChange& change) const
    {
        edit::Edit edit { change.path, change.value };
        const auto isLast = [&] {
            const spec::YamlNode* holder = at(edit.path, edit.path.size() - 1);
            return holder != nullptr && holder->isMap() && holder->entries.size() == 1;
        };
        while (!edit.value && edit.path.size() > change.root + 1 && isLast()) {
            edit.path.pop_back();
        }
        return edit;
    }

    Result<void> carryOut(const std::vector<const FormChange*>& round)
    {
        std::vector<edit::Edit> edits;
        std::vector<edit::FlagEdit> flags;
        std::vector<edit::FoldedEdit> folded;
        for (const FormChange* change : round) {
            if (!change->value && at(change->path, change->path.size()) == nullptr) {
                continue; // an earlier change took it away
            }
            if (!change->flag.empty()) {
                flags.push_back({ change->path, change->flag, change->value });
            } else if (change->isFolded) {
                folded.push_back({ change->path, change->value.value_or("") });
            } else {
                edits.push_back(asEdit(*change));
            }
        }
        Result<void> done = m_draft.change(edits);
        done = done ? edit::changeFlags(m_draft, flags) : done;
        return done ? edit::changeFolded(m_draft, folded) : done;
    }

    edit::TextDraft m_draft;
    std::set<std::tuple<std::vector<std::string>, std::string, std::optional<std::string>>> m_known;
    std::map<std::string, std::size_t> m_counts; // changes of each step
    std::vector<std::vector<const FormChange*>> m_rounds;
};

} // namespace

Result<std::map<std::string, std::string>> textsAfter(const std::vector<FormChange>& changes, const TextOfFile& textOf)
{
    std::map<std::string, FileChanges> files;
    for (const FormChange& change : changes) {
        auto found = files.find(change.file);
        if (found == files.end()) {
            const std::string* text = textOf(change.file);
            if (text == nullptr) {
                return fail(ErrorCode::NotFound, { { "path", change.file } });
            }
            auto draft = edit::TextDraft::of(*text, std::filesystem::path(change.file).filename().string());
            if (!draft) {
                return tl::unexpected<Error>(draft.error());
            }
            found = files.emplace(change.file, std::move(*draft)).first;
        }
        found->second.add(change);
    }
    std::map<std::string, std::string> texts;
    for (auto& [file, inFile] : files) {
        auto text = inFile.text();
        if (!text) {
            return tl::unexpected<Error>(text.error());
        }
        texts.emplace(file, std::move(*text));
    }
    return texts;
}

} // namespace sheaf::ui
