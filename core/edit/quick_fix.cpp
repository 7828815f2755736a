// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/quick_fix.h"

#include "core/base/text.h"
#include "core/edit/better_value.h"
#include "core/edit/fix_places.h"
#include "core/edit/line_repair.h"
#include "core/edit/starter_files.h"
#include "core/spec/data_path.h"
#include "core/spec/expression.h"
#include "core/spec/field_table.h"
#include "core/spec/override.h"
#include "core/spec/validator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace sheaf::edit {

namespace {

using Path = std::vector<std::string>;
using Names = std::vector<std::string>;

constexpr std::size_t kFewNames = 3; // so many are offered when none is near
constexpr const char* kImage = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04";

std::string bindingOf(std::string_view inner)
{
    return fmt::format("${{{{{}}}}}", inner);
}

bool contains(const Names& names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

Path with(Path path, std::initializer_list<std::string> more)
{
    path.insert(path.end(), more);
    return path;
}

std::string dotted(const Path& path)
{
    return text::join(path, ".");
}

/// 'x' of "(did you mean 'x'?)".
std::string meantWord(const std::string& message)
{
    constexpr std::string_view kBefore = "(did you mean '";
    const std::size_t begin = message.rfind(kBefore);
    const std::size_t end = begin == message.npos ? message.npos : message.find("'?)", begin);
    return end == message.npos ? std::string() : message.substr(begin + kBefore.size(), end - begin - kBefore.size());
}

/// The default that a finding's fix names: "…, or leave it out for 60".
std::string leftOutValue(const std::string& fix)
{
    constexpr std::string_view kBefore = "leave it out for ";
    const std::size_t at = fix.find(kBefore);
    return at == fix.npos ? std::string() : fix.substr(at + kBefore.size());
}

bool isWordChar(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

std::string asIdentifier(std::string_view name)
{
    std::string result;
    for (const char c : name) {
        result += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ? c : '_';
    }
    return result.empty() || std::isdigit(static_cast<unsigned char>(result.front())) != 0 ? "n" + result : result;
}

/// In quotes where it would not be one argument; "--name value" was meant as two.
std::string shellWord(const std::string& word)
{
    if (word.find_first_of(" \t\"'\\") == std::string::npos || (word.starts_with("--") && word.find_first_of("\"'") == std::string::npos)) {
        return word;
    }
    std::string quoted = "\"";
    for (const char c : word) {
        quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    }
    return quoted + "\"";
}

std::string scriptFile(const std::string& entryScript)
{
    if (entryScript.ends_with(".py") || entryScript.find('/') != std::string::npos) {
        return entryScript;
    }
    std::string file = entryScript;
    std::replace(file.begin(), file.end(), '.', '/');
    return file + ".py";
}

class Fixer
{
public:
    Fixer(const spec::Diagnostic& diagnostic, std::string_view text)
        : m_d(diagnostic)
        , m_document(spec::parseYaml(spec::SourceText(diagnostic.file, std::string(text))))
        , m_places(m_document)
        , m_bytes(m_document.text.bytes())
    {
    }

    std::vector<QuickFix> run()
    {
        using Handler = void (Fixer::*)();
        static const std::map<std::string_view, Handler> kHandlers {
            { "unknown-key", &Fixer::unknownKey },
            { "misplaced-key", &Fixer::misplacedKey },
            { "former-name", &Fixer::formerName },
            { "wrong-type", &Fixer::wrongValue },
            { "out-of-range", &Fixer::wrongValue },
            { "unknown-word", &Fixer::wrongValue },
            { "missing-field", &Fixer::missingField },
            { "missing-environment", &Fixer::missingEnvironment },
            { "missing-input", &Fixer::missingInput },
            { "missing-value", &Fixer::missingFlagValue },
            { "misspelt-flag", &Fixer::misspeltFlag },
            { "bad-name", &Fixer::badName },
            { "reserved-name", &Fixer::badName },
            { "duplicate-key", &Fixer::duplicateKey },
            { "not-a-pipeline", &Fixer::notAPipeline },
            { "empty-file", &Fixer::emptyFile },
            { "no-steps", &Fixer::noSteps },
            { "unknown-step-type", &Fixer::unknownStepType },
            { "unknown-reference", &Fixer::unknownReference },
            { "unknown-input", &Fixer::unknownPort },
            { "unknown-output", &Fixer::unknownPort },
            { "unused-output", &Fixer::removeAtPath },
            { "type-mismatch", &Fixer::typeMismatch },
            { "wrong-kind", &Fixer::wrongKind },
            { "uri-file-input", &Fixer::uriFileInput },
            { "table-mode", &Fixer::tableMode },
            { "size-of-files", &Fixer::sizeOfFiles },
            { "tiny-size", &Fixer::tinySize },
            { "unknown-partition-key", &Fixer::unknownPartitionKey },
            { "instance-count", &Fixer::instanceCount },
            { "optional-bare", &Fixer::optionalBare },
            { "unclosed-group", &Fixer::unclosedGroup },
            { "unclosed-quote", &Fixer::unclosedQuote },
            { "code-missing", &Fixer::codeMissing },
            { "script-missing", &Fixer::scriptMissing },
            { "component-missing", &Fixer::componentMissing },
            { "conda-file-unreadable", &Fixer::condaMissing },
            { "environment-unreadable", &Fixer::environmentMissing },
            { "input-missing", &Fixer::meantValue },
            { "no-mltable", &Fixer::noMlTable },
            { "unknown-transformation", &Fixer::unknownTransformation },
            { "two-reads", &Fixer::twoReads },
            { "parse-args", &Fixer::parseArgs },
            { "run-parameters", &Fixer::runParameters },
            { "yaml-syntax", &Fixer::repairLines },
            { "yaml-tab", &Fixer::repairLines },
        };
        static const Names kOfWholeFile { "missing-field", "empty-file", "no-steps", "not-a-pipeline", "no-mltable" };
        const auto handler = kHandlers.find(m_d.code);
        const bool hasPlace = m_d.where.line > 0 || contains(kOfWholeFile, m_d.code); // what --set says has none
        if (handler != kHandlers.end() && hasPlace) {
            (this->*handler->second)();
        }
        return std::move(m_fixes);
    }

private:
    // ------------------------------------------------------------------------------------------
    // making fixes

    /// What is offered leaves a file that can be read; the same is offered once.
    void offer(QuickFix fix)
    {
        fix.file = fix.patches.empty() ? std::string() : m_d.file;
        std::sort(fix.patches.begin(), fix.patches.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
        for (std::size_t i = 1; i < fix.patches.size(); ++i) {
            if (fix.patches[i].begin < fix.patches[i - 1].end) {
                return;
            }
        }
        const bool isScript = m_d.file.ends_with(".py");
        const auto after = spec::parseYaml(spec::SourceText(m_d.file, patched(m_bytes, fix.patches)));
        const bool breaks = !isScript && spec::hasErrors(after.diagnostics) && !spec::hasErrors(m_document.diagnostics);
        const bool isNew = std::none_of(m_fixes.begin(), m_fixes.end(),
            [&](const QuickFix& other) { return other.patches == fix.patches && other.newFiles == fix.newFiles; });
        if (!breaks && isNew && (!fix.patches.empty() || !fix.newFiles.empty())) {
            m_fixes.push_back(std::move(fix));
        }
    }

    [[nodiscard]] std::vector<TextPatch> patchesTo(const Path& path, const std::optional<std::string>& value) const
    {
        return patchesFor(m_document, { path, value }).value_or(std::vector<TextPatch> {});
    }

    [[nodiscard]] std::string_view bytes(const spec::SourceRange& where) const
    {
        const std::size_t begin = std::min(where.begin, m_bytes.size());
        return m_bytes.substr(begin, std::max(where.end, begin) - begin);
    }

    void setValue(const Path& path, const std::string& value, FixKind kind = FixKind::ReplaceValue)
    {
        const FixPlace* place = m_places.at(path);
        const std::string from = place != nullptr && place->node->isScalar() ? place->node->text : "";
        QuickFix fix { kind, from, value, dotted(path), {}, patchesTo(path, value), {} };
        fix.to = value.size() >= 2 && value.front() == '\'' && value.back() == '\'' ? value.substr(1, value.size() - 2) : value;
        offer(std::move(fix));
    }
    void addEntry(const Path& path, const std::string& value) { setValue(path, value, FixKind::AddEntry); }
    void remove(const Path& path)
    {
        offer({ FixKind::RemoveEntry, path.empty() ? "" : path.back(), "", dotted(path), {}, patchesTo(path, std::nullopt), {} });
    }
    void replaceRange(FixKind kind, std::size_t begin, std::size_t end, const std::string& from, const std::string& to, const std::string& by)
    {
        offer({ kind, from, to, m_d.path, {}, { { begin, end, by } }, {} });
    }
    void create(const std::string& path, std::string content)
    {
        offer({ FixKind::CreateFile, "", "", path, {}, {}, { { path, std::move(content) } } });
    }
    /// A path as the file names it.
    [[nodiscard]] std::string besides(const std::string& value) const
    {
        return spec::localPath(value, std::filesystem::path(m_d.file).parent_path()).string();
    }

    // ------------------------------------------------------------------------------------------
    // keys

    void unknownKey()
    {
        const FixPlace* place = m_places.withKeyAt(m_d.where.begin);
        if (place == nullptr || place->path.empty()) {
            return;
        }
        const Path parent(place->path.begin(), place->path.end() - 1);
        const std::string meant = meantWord(m_d.message);
        const auto& sisters = m_places.find(parent)->entries;
        const bool hasMerged = std::any_of(sisters.begin(), sisters.end(), [](const spec::YamlEntry& entry) { return entry.merged; });
        if (hasMerged) {
            return; // the key may come from elsewhere as well
        }
        if (!meant.empty() && !m_places.has(with(parent, { meant })) && takes(meant, *place->node)) {
            renameKey(*place->entry, meant);
        }
        const bool isParallelKey = m_d.message.find("(only steps of type parallel have it)") != std::string::npos;
        if (isParallelKey && !m_places.has(with(parent, { "type" })) && m_places.has(with(parent, { "task" })) && m_places.has(with(parent, { "input_data" }))) {
            addEntry(with(parent, { "type" }), "parallel");
        }
        constexpr std::string_view kBelow = "(it belongs below ";
        const std::size_t below = m_d.message.find(kBelow);
        if (below != std::string::npos) {
            const std::size_t begin = below + kBelow.size();
            moveBelow(*place, with(parent, { m_d.message.substr(begin, m_d.message.find(')', begin) - begin), place->path.back() }));
        }
        remove(place->path);
    }

    /// Whether some field of that name takes the value: "nodes: 2" is no mode.
    static bool takes(const std::string& name, const spec::YamlNode& value)
    {
        bool isKnown = false;
        for (const spec::Scope scope : { spec::Scope::Pipeline, spec::Scope::Settings, spec::Scope::ParallelNode, spec::Scope::ParallelComponent, spec::Scope::CommandNode,
                 spec::Scope::CommandComponent, spec::Scope::Task, spec::Scope::RetrySettings, spec::Scope::Resources, spec::Scope::Limits, spec::Scope::Input, spec::Scope::InputDeclaration,
                 spec::Scope::Output, spec::Scope::Environment }) {
            const spec::Field* field = spec::findField(scope, name);
            spec::FieldValue written;
            written.text = value.text;
            if (field != nullptr && (!value.isScalar() || spec::hasExpression(value.text) || !spec::checkValue(*field, written, name))) {
                return true;
            }
            isKnown = isKnown || field != nullptr;
        }
        return !isKnown; // an argument of a transformation
    }

    void moveBelow(const FixPlace& place, const Path& to)
    {
        const bool isOneLine = place.node->isScalar() && bytes(place.node->where).find('\n') == std::string_view::npos;
        const FixPlace* group = m_places.at(Path(to.begin(), to.end() - 1));
        if (!isOneLine || m_places.has(to) || (group != nullptr && !group->node->isMap() && !group->node->isNull())) {
            return;
        }
        QuickFix fix { FixKind::MoveEntry, dotted(place.path), dotted(to), dotted(to), {}, patchesTo(place.path, std::nullopt), {} };
        const auto added = patchesTo(to, std::string(bytes(place.node->where)));
        if (fix.patches.empty() || added.empty()) {
            return;
        }
        if (group == nullptr && added.size() == 1 && added.front().begin <= fix.patches.front().end
            && added.front().begin >= fix.patches.front().begin) { // the last entry of its map: the new group takes its place
            const TextPatch gone = fix.patches.front();
            const std::string lineEnd = gone.end > gone.begin && m_bytes[gone.end - 1] == '\n' ? "\n" : "";
            const std::string text = added.front().text.substr(std::min(added.front().text.find_first_not_of("\r\n"), added.front().text.size()));
            const bool atLineBegin = gone.begin == 0 || m_bytes[gone.begin - 1] == '\n';
            fix.patches = { { gone.begin, gone.end, (atLineBegin ? "" : "\n") + text + (atLineBegin ? lineEnd : "") } };
        } else {
            fix.patches.insert(fix.patches.end(), added.begin(), added.end());
        }
        offer(std::move(fix));
    }

    void renameKey(const spec::YamlEntry& entry, const std::string& to)
    {
        QuickFix fix { FixKind::RenameKey, entry.key, to, m_d.path, {}, { keyPatch(entry, to) }, {} };
        offer(std::move(fix));
    }

    [[nodiscard]] TextPatch keyPatch(const spec::YamlEntry& entry, const std::string& to) const
    {
        const bool quoted = entry.keyWhere.end - entry.keyWhere.begin == entry.key.size() + 2;
        return { entry.keyWhere.begin + (quoted ? 1 : 0), entry.keyWhere.end - (quoted ? 1 : 0), to };
    }

    /// An entry one step too far to the left or to the right: its line is moved.
    void misplacedKey()
    {
        const FixPlace* key = m_places.withKeyAt(m_d.where.begin);
        if (key == nullptr) { // in the arguments above it
            const FixPlace* text = m_places.around(m_d.where.begin);
            if (text != nullptr && text->entry != nullptr) {
                moveLine(m_d.where.begin, m_document.text.range(text->entry->keyWhere.begin, text->entry->keyWhere.end).column - 1);
            }
            return;
        }
        const spec::YamlNode* holder = m_places.find(Path(key->path.begin(), key->path.end() - 1));
        const spec::YamlEntry* before = nullptr;
        for (const auto& entry : holder->entries) {
            if (entry.keyWhere.begin < key->entry->keyWhere.begin && (before == nullptr || before->keyWhere.begin < entry.keyWhere.begin)) {
                before = &entry;
            }
        }
        if (before != nullptr && before->value.isMap() && !before->value.entries.empty() && before->value.find(key->path.back()) == nullptr) {
            moveLine(key->entry->keyWhere.begin, m_document.text.range(before->value.entries.front().keyWhere.begin, 0).column - 1);
        }
    }

    void moveLine(std::size_t at, int indent)
    {
        const std::size_t end = at == 0 ? std::string_view::npos : m_bytes.rfind('\n', at - 1);
        const std::size_t begin = end == std::string_view::npos ? 0 : end + 1;
        const bool isFirst = text::trim(m_bytes.substr(begin, at - begin)).empty();
        if (isFirst && indent >= 0) {
            const std::string_view line = m_bytes.substr(at, std::min(m_bytes.find('\n', at), m_bytes.size()) - at);
            QuickFix fix { FixKind::Reindent, std::string(text::trim(line)), std::string(text::trim(line)), {}, {},
                { { begin, at, std::string(static_cast<std::size_t>(indent), ' ') } }, {} };
            fix.path = holderAfter(fix.patches);
            offer(std::move(fix));
        }
    }

    void formerName()
    {
        if (const FixPlace* place = m_places.withKeyAt(m_d.where.begin)) {
            renameKey(*place->entry, m_d.allowed);
        }
    }

    /// The second one goes, or the first: its line is named in the finding.
    void duplicateKey()
    {
        const FixPlace* second = m_places.withKeyAt(m_d.where.begin);
        if (second == nullptr) {
            return;
        }
        const spec::SourceRange& value = second->node->where;
        const std::size_t end = std::max(value.end, second->entry->keyWhere.end);
        removeLines(second->entry->keyWhere.begin, end, *second);
        const std::size_t line = m_d.message.find("in line ");
        const auto number = line == std::string::npos
            ? std::nullopt
            : text::toInt(m_d.message.substr(line + 8, m_d.message.find(' ', line + 8) - line - 8));
        const std::string_view first = number ? m_document.text.line(static_cast<int>(*number)) : std::string_view();
        const bool isOneLine = second->node->isScalar() && !text::trim(first).ends_with(':') && first.find_first_of("|>{[&*") == first.npos;
        if (!first.empty() && isOneLine) {
            const auto begin = static_cast<std::size_t>(first.data() - m_bytes.data());
            removeLines(begin + std::min(first.find_first_not_of(' '), first.size()), begin + first.size(), *second);
        }
    }

    void removeLines(std::size_t begin, std::size_t end, const FixPlace& place)
    {
        const std::size_t before = begin == 0 ? std::string_view::npos : m_bytes.rfind('\n', begin - 1);
        const std::size_t lineBegin = before == std::string_view::npos ? 0 : before + 1;
        const bool alone = text::trim(m_bytes.substr(lineBegin, begin - lineBegin)).empty();
        const std::size_t lineEnd = std::min(m_bytes.find('\n', end), m_bytes.size());
        const std::string_view behind = text::trim(m_bytes.substr(std::min(end, lineEnd), lineEnd - std::min(end, lineEnd)));
        if (alone && (behind.empty() || behind.front() == '#')) {
            offer({ FixKind::RemoveEntry, place.path.back(), "", dotted(place.path), {},
                { { lineBegin, std::min(lineEnd + 1, m_bytes.size()), "" } }, {} });
        }
    }

    void removeAtPath()
    {
        if (const FixPlace* place = m_places.at(spec::keysFromText(m_d.path))) {
            remove(place->path);
        }
    }

    /// Names of steps, inputs and outputs: what refers to them in this file goes with them. In a component file others refer to them too.
    void badName()
    {
        if (m_d.path.find(".--") != std::string::npos || m_d.message.starts_with("--")) {
            badFileName();
            return;
        }
        const FixPlace* place = m_places.withKeyAt(m_d.where.begin);
        if (place == nullptr || place->path.size() < 2 || m_places.isComponent()) {
            return;
        }
        const std::string old = place->path.back();
        std::string name = m_d.code == "bad-name" ? asIdentifier(old) : "my_" + old;
        const Names taken = m_places.keys(Path(place->path.begin(), place->path.end() - 1));
        for (int i = 2; contains(taken, name); ++i) {
            name = fmt::format("{}_{}", asIdentifier(old), i);
        }
        if (place->path.size() >= 4 && m_places.has({ "jobs", place->path[1], "component" })) {
            return; // the component has the last word on the name
        }
        renamePort(*place, name);
    }

    void renamePort(const FixPlace& place, const std::string& to)
    {
        QuickFix fix { FixKind::RenameKey, place.path.back(), to, dotted(place.path), {}, { keyPatch(*place.entry, to) }, {} };
        for (const auto& reference : m_places.referencesTo(place.path)) {
            fix.patches.push_back({ reference.begin, reference.end, to });
        }
        offer(std::move(fix));
    }

    void badFileName()
    {
        std::string name = m_d.found;
        std::replace_if(name.begin(), name.end(), [](char c) { return std::string_view("~\"#%&*:<>?/\\{|} ").find(c) != std::string_view::npos; }, '_');
        name = name.find_first_not_of("._") == std::string::npos ? "rows.txt" : name;
        replaceFound(name);
    }

    /// An input or output that the component does not have.
    void unknownPort()
    {
        const FixPlace* place = m_places.at(spec::keysFromText(m_d.path));
        if (place == nullptr || place->entry == nullptr) {
            return;
        }
        const std::string meant = meantWord(m_d.message);
        if (!meant.empty() && m_places.at(with(Path(place->path.begin(), place->path.end() - 1), { meant })) == nullptr) {
            renamePort(*place, meant);
        }
        if (m_places.referencesTo(place->path).empty() && m_d.allowed != "none") {
            remove(place->path);
        }
    }

    // ------------------------------------------------------------------------------------------
    // values

    void wrongValue()
    {
        if (m_d.path.find(".--") != std::string::npos) {
            wrongFlagValue();
            return;
        }
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        if (place == nullptr) { // a whole map or list where a value is wanted, or nothing
            place = m_places.withKeyAt(m_d.where.begin);
        }
        if (place == nullptr || place->path.empty()) {
            return;
        }
        if (m_d.code == "wrong-type" && m_d.allowed.starts_with("one expression")) {
            wrongReference(*place, place->path.back() == "append_row_to" ? "outputs" : "inputs");
            return;
        }
        if (m_d.code == "wrong-type" && m_d.allowed.starts_with("${{")) {
            wrongReference(*place, m_d.allowed.find("outputs") != std::string::npos ? "outputs" : "inputs");
            return;
        }
        if (!fixForm(*place) && !missingColon(*place)) {
            const bool lone = place->node->isList() && place->node->items.size() == 1 && place->node->items.front().isScalar();
            const std::string& written = lone ? place->node->items.front().text : place->node->text;
            for (const auto& value : betterValues(written, m_d.allowed, leftOutValue(m_d.fix))) {
                replaceWhole(*place, isFileCount(place->path) ? value.substr(0, value.find_first_not_of("0123456789")) : value);
            }
        }
        static const Names kNeeded { "type", "code", "entry_script", "command", "input_data", "jobs", "inputs", "outputs", "task", "path", "paths",
            "environment", "component", "append_row_to" };
        const bool canGo = !contains(kNeeded, place->path.back()) && place->entry != nullptr && !isPort(place->path);
        if (canGo && (!leftOutValue(m_d.fix).empty() || !place->node->isScalar() || m_d.allowed == "a map")) {
            remove(place->path);
        }
    }

    static bool isPort(const Path& path)
    {
        const std::string owner = path.size() >= 2 ? path[path.size() - 2] : "";
        return owner == "inputs" || owner == "outputs" || owner == "jobs";
    }

    /// "timeout 600" and "timeout:600" where a map is wanted.
    bool missingColon(const FixPlace& place)
    {
        const std::string& text = place.node->text;
        const std::size_t end = text.find_first_of(" :");
        const bool wantsMap = m_d.allowed.find("a map") != std::string::npos;
        const bool isOne = place.node->isScalar() && place.node->plain && bytes(place.node->where) == text;
        if (!wantsMap || !isOne || end == std::string::npos || !spec::isIdentifier(text.substr(0, end))) {
            return false;
        }
        const std::string entry = text.substr(0, end) + ": " + std::string(text::trim(std::string_view(text).substr(end + 1)));
        replaceRange(FixKind::ReplaceLine, place.node->where.begin, place.node->where.end, text, entry, entry);
        return !m_fixes.empty();
    }

    /// The size of a mini-batch of files has no unit.
    [[nodiscard]] bool isFileCount(const Path& path) const
    {
        const std::string step = m_places.stepOf(path);
        const auto data = spec::wholeExpression(m_places.scalar({ "jobs", step, "input_data" }));
        return path.back() == "mini_batch_size" && data && data->is({ "inputs" }, 2)
            && m_places.typeOf({ "jobs", step, "inputs", data->parts[1] }) == "uri_folder";
    }

    /// Also where a map or list stands, which a plain edit does not overwrite.
    void replaceWhole(const FixPlace& place, const std::string& value)
    {
        if (place.node->isScalar() || place.node->isNull()) {
            setValue(place.path, value);
            return;
        }
        const bool isFlow = place.node->where.begin < m_bytes.size()
            && (m_bytes[place.node->where.begin] == '[' || m_bytes[place.node->where.begin] == '{');
        const std::size_t colon = place.entry == nullptr ? std::string_view::npos : m_bytes.find(':', place.entry->keyWhere.end);
        if (isFlow) {
            replaceRange(FixKind::ReplaceValue, place.node->where.begin, place.node->where.end, place.node->words(), value, value);
        } else if (colon != std::string_view::npos && colon < place.node->where.begin) {
            replaceRange(FixKind::ReplaceValue, colon + 1, place.node->where.end, place.node->words(), value, " " + value);
        }
    }

    /// A list where a text is wanted, or the other way round.
    bool fixForm(const FixPlace& place)
    {
        const spec::YamlNode& node = *place.node;
        if (m_d.allowed == "a list of words" && node.isScalar()) {
            Names items;
            for (const auto& item : text::split(node.text, ',')) {
                items.emplace_back(text::trim(item));
            }
            replaceWhole(place, "[" + text::join(items, ", ") + "]");
            return true;
        }
        const bool isLone = node.items.size() == 1 && node.items.front().isScalar();
        const bool isLine = place.path.back() == "program_arguments" || place.path.back() == "command";
        if (m_d.allowed == "a text" && node.isList() && isLone && !isLine) {
            replaceWhole(place, std::string(bytes(node.items.front().where)));
            return true;
        }
        const bool areWords = isLine && std::all_of(node.items.begin(), node.items.end(), [](const spec::YamlNode& item) { return item.isScalar(); });
        if (m_d.allowed == "a text" && node.isList() && !node.items.empty() && areWords) {
            Names items;
            for (const auto& item : node.items) {
                items.push_back(place.path.back() == "program_arguments" ? shellWord(item.text) : item.text);
            }
            const std::string all = text::join(items, place.path.back() == "command" ? " && " : " ");
            std::string quoted;
            for (const char c : all) {
                quoted += c == '\'' ? std::string("''") : std::string(1, c);
            }
            replaceWhole(place, "'" + quoted + "'");
            return true;
        }
        return false;
    }

    /// "inputs.x", "${{inputs.x", "x" or "${{parent.inputs.x}}" where ${{inputs.x}} is wanted.
    void wrongReference(const FixPlace& place, const std::string& head)
    {
        const std::string step = m_places.stepOf(place.path);
        const Names names = m_places.ports(step, head);
        std::string name = place.node->text;
        const std::size_t dot = name.rfind('.');
        name = dot == std::string::npos ? name : name.substr(dot + 1);
        std::erase_if(name, [](char c) { return !isWordChar(c); });
        const auto near = contains(names, name) ? std::optional(name) : text::nearest(name, names);
        const Names data = head == "inputs" ? m_places.dataInputs(step) : names;
        if (near && contains(data, *near)) {
            replaceWhole(place, bindingOf(head + "." + *near));
        } else if (data.size() <= kFewNames) {
            for (const auto& one : data) {
                replaceWhole(place, bindingOf(head + "." + one));
            }
        }
    }

    void meantValue()
    {
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        const std::string meant = meantWord(m_d.message);
        if (place != nullptr && place->node->isScalar() && !meant.empty()) {
            setValue(place->path, meant);
        }
    }

    void sizeOfFiles()
    {
        const std::size_t digits = m_d.found.find_first_not_of("0123456789");
        replaceFound(digits == 0 || digits == std::string::npos ? "1" : m_d.found.substr(0, digits));
    }

    void tinySize()
    {
        replaceFound("100kb");
        replaceFound("1mb");
    }

    /// The value that was found, in the field itself or behind its flag in program_arguments.
    void replaceFound(const std::string& to)
    {
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        if (place == nullptr || !place->node->isScalar()) {
            return;
        }
        if (place->node->text == m_d.found) {
            setValue(place->path, to);
            return;
        }
        const std::string_view range = bytes(place->node->where);
        const std::size_t at = range.rfind(m_d.found);
        if (at != range.npos) {
            const std::size_t begin = place->node->where.begin + at;
            replaceRange(FixKind::ReplaceValue, begin, begin + m_d.found.size(), m_d.found, to, to);
        }
    }

    void unknownPartitionKey()
    {
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        const std::string meant = meantWord(m_d.message);
        if (place == nullptr || !place->node->isList()) {
            return;
        }
        const auto& items = place->node->items;
        const auto item = std::find_if(items.begin(), items.end(), [&](const spec::YamlNode& node) { return node.text == m_d.found; });
        const auto isWritten = [&](const std::string& name) {
            return std::any_of(items.begin(), items.end(), [&](const spec::YamlNode& node) { return node.text == name; });
        };
        for (const auto& name : meant.empty() ? wordsOf(m_d.allowed) : Names { meant }) {
            if (item != items.end() && !isWritten(name)) {
                setValue(with(place->path, { fmt::format("{}", item - items.begin()) }), name);
            }
        }
    }

    void instanceCount()
    {
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        if (place != nullptr && m_d.severity == spec::Severity::Warning && !spec::hasExpression(place->node->text)) {
            setValue(place->path, "1");
        }
    }

    void typeMismatch()
    {
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        if (place == nullptr) {
            return;
        }
        if (m_d.path.ends_with(".type") && place->path.size() == 3) { // a step and its component
            if (m_d.allowed != "command" && m_d.allowed != "parallel") {
                return;
            }
            setValue(place->path, m_d.allowed);
            remove(place->path);
            return;
        }
        const std::string_view range = bytes(place->node->where);
        for (const auto& expression : spec::findExpressions(range)) { // an output and that of the pipeline: the step's counts
            if (expression.is({ "parent", "outputs" }, 3)) {
                setValue({ "outputs", expression.parts[2], "type" }, m_d.allowed);
            }
        }
    }

    void unknownStepType()
    {
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        if (place == nullptr || place->path.size() != 3 || !place->node->isScalar()) {
            return;
        }
        const std::string meant = meantWord(m_d.message);
        const Path step { place->path[0], place->path[1] };
        const bool hasTask = m_places.has(with(step, { "task" }));
        const bool hasCommand = m_places.has(with(step, { "command" }));
        if (!meant.empty() && !(meant == "parallel" && hasCommand) && !(meant == "command" && hasTask)) {
            setValue(place->path, meant);
        } else if (hasTask != hasCommand) {
            setValue(place->path, hasTask ? "parallel" : "command");
        }
    }

    void notAPipeline()
    {
        const FixPlace* type = m_places.at({ "type" });
        if (type == nullptr || !m_places.has({ "jobs" })) {
            return; // a job of another kind
        }
        const bool isFar = meantWord(m_d.message).empty() && !type->node->text.empty() && m_places.has({ "task" });
        if (!isFar) {
            replaceWhole(*type, "pipeline");
        }
    }

    // ------------------------------------------------------------------------------------------
    // what is missing

    void missingEnvironment()
    {
        const FixPlace* step = m_places.withKeyAt(m_d.where.begin);
        if (step == nullptr) {
            return;
        }
        const bool inTask = m_d.path.ends_with(".task.environment");
        const Path path = with(step->path, { "environment", "image" });
        addEntry(inTask ? with(step->path, { "task", "environment", "image" }) : path, kImage);
    }

    void missingField()
    {
        if (m_d.path == "jobs") {
            appendBlock(starterJobs());
            return;
        }
        if (m_d.path == "paths" && m_d.where.line == 0) {
            appendBlock("paths:\n  - pattern: ./*.csv\n");
            return;
        }
        if (m_d.where.line == 0) {
            return;
        }
        const FixPlace* key = m_places.withKeyAt(m_d.where.begin);
        if (key != nullptr && m_d.path.starts_with("transformations")) {
            missingArgument(*key);
            return;
        }
        const FixPlace* place = key != nullptr ? key : m_places.withValueAt(m_d.where.begin);
        if (place == nullptr) {
            return;
        }
        const std::size_t inputs = m_d.path.find("inputs.");
        if (inputs == 0 || (inputs != std::string::npos && m_d.path[inputs - 1] == '.')) {
            missingOfInput(*place);
        } else if (place->path.size() == 2 && place->path[0] == "jobs") {
            missingOfStep(place->path, m_d.path.substr(dotted(place->path).size() + 1));
        }
    }

    void appendBlock(const std::string& block)
    {
        const std::size_t size = m_bytes.size();
        const bool onNewLine = size == m_document.text.bodyOffset() || m_bytes.back() == '\n';
        offer({ FixKind::AddEntry, "", "", m_d.path, {}, { { size, size, (onNewLine ? "" : "\n") + block } }, {} });
    }

    void emptyFile() { appendBlock(starterPipeline()); }

    void noSteps()
    {
        const FixPlace* jobs = m_places.at({ "jobs" });
        if (jobs == nullptr || jobs->entry == nullptr || jobs->entry->keyWhere.begin > m_bytes.size()) {
            return;
        }
        const std::size_t colon = m_bytes.find(':', jobs->entry->keyWhere.end);
        const std::size_t end = std::max(jobs->node->where.end, colon + 1);
        const std::string block = starterJobs();
        const std::string below = block.substr(block.find('\n'), block.size() - block.find('\n') - 1);
        if (colon != std::string_view::npos) {
            offer({ FixKind::AddEntry, "", "", "jobs.hello", {}, { { colon + 1, end, below } }, {} });
        }
    }

    void missingArgument(const FixPlace& transformation)
    {
        const std::size_t end = m_d.message.find(" is missing");
        const std::string name = end == std::string::npos ? "version_as_of" : m_d.message.substr(0, end);
        if (name == "version_as_of" && m_places.has(with(transformation.path, { "timestamp_as_of" }))) {
            remove(with(transformation.path, { "version_as_of" }));
            return;
        }
        const auto values = name == "version_as_of" ? Names { "0" } : betterValues("", m_d.allowed, name == "probability" ? "0.1" : "");
        if (!values.empty()) {
            addEntry(with(transformation.path, { name }), values.front());
        }
    }

    void missingOfInput(const FixPlace& place)
    {
        const std::size_t last = m_d.path.rfind('.');
        const Path input = place.path;
        if (input.empty() || last == std::string::npos) {
            return;
        }
        const std::string field = m_d.path.substr(last + 1);
        if (field == "type") {
            const FixPlace* byDefault = m_places.at(with(input, { "default" }));
            const auto data = spec::wholeExpression(m_places.scalar({ "input_data" }));
            if (byDefault != nullptr) {
                addEntry(with(input, { "type" }), m_places.typeOf(with(input, { "default" })));
            } else if (data && data->parts == Names { "inputs", input.back() }) {
                addEntry(with(input, { "type" }), "uri_folder");
            }
            return;
        }
        const FixPlace* type = m_places.at(with(input, { "type" }));
        const std::string word = type == nullptr ? "uri_folder" : text::lower(type->node->text);
        const std::string literal = literalOf(word);
        if (!literal.empty()) {
            addEntry(with(input, { "value" }), literal);
        } else if (const std::string step = m_places.stepOf(input); !step.empty()) {
            for (const auto& source : m_places.sourcesFor(step, input.back())) {
                addEntry(with(input, { "path" }), bindingOf(source));
            }
        }
    }

    /// A value of a literal type, "" for data.
    static std::string literalOf(const std::string& type)
    {
        return type == "string" ? "''" : type == "boolean" ? "false" : type == "integer" || type == "number" ? "0" : "";
    }

    void missingOfStep(const Path& step, const std::string& field)
    {
        if (field == "input_data") {
            for (const auto& name : m_places.dataInputs(step[1])) {
                addEntry(with(step, { "input_data" }), bindingOf("inputs." + name));
            }
        } else if (field == "task.type") {
            addEntry(with(step, { "task", "type" }), "run_function");
        } else if (field == "task.code" || field == "task.entry_script") {
            missingScript(step, field == "task.code");
        } else if (field == "command") {
            missingCommand(step);
        }
    }

    /// With the script itself, unless it is there.
    void missingScript(const Path& step, bool isCode)
    {
        const std::string code = isCode ? "./src" : m_places.scalar(with(step, { "task", "code" }));
        const std::string script = isCode ? m_places.scalar(with(step, { "task", "entry_script" })) : "score.py";
        if (spec::hasExpression(code) || spec::hasExpression(script) || (!isCode && code.empty() && !m_places.has(with(step, { "task" })))) {
            return;
        }
        if (isCode && script.empty() && m_places.has(with(step, { "component" }))) {
            return; // the component names the script
        }
        const bool codeIsFile = code.ends_with(".py");
        const std::string name = codeIsFile ? std::filesystem::path(code).filename().string() : script.empty() ? "score.py" : script;
        QuickFix fix { FixKind::AddEntry, "", isCode ? code : name, m_d.path, {},
            patchesTo(with(step, { "task", isCode ? "code" : "entry_script" }), isCode ? code : name), {} };
        if (!code.empty() && !codeIsFile && spec::dataPathKind(code) == spec::DataPathKind::Local) {
            fix.newFiles.push_back({ besides(code + "/" + scriptFile(name)), starterEntryScript() });
        }
        if (!fix.patches.empty()) {
            offer(std::move(fix));
        }
    }

    void missingCommand(const Path& step)
    {
        const bool isParallel = m_places.has(with(step, { "task" })) && !m_places.has(with(step, { "type" }));
        if (isParallel) {
            addEntry(with(step, { "type" }), "parallel");
        } else {
            addEntry(with(step, { "command" }), "echo " + step[1]);
        }
    }

    void missingInput()
    {
        const FixPlace* step = m_places.withKeyAt(m_d.where.begin);
        const Path path = spec::keysFromText(m_d.path);
        if (step == nullptr || path.size() != 4 || m_places.isComponent()) {
            return; // a value of the pipeline's own input is for the user to know
        }
        for (const auto& source : m_places.sourcesFor(path[1], path[3])) {
            addEntry(path, bindingOf(source));
        }
        if (m_d.allowed == "a text") {
            addEntry(path, "''");
        } else if (m_d.allowed != "a value" && !m_d.allowed.starts_with("data")) {
            for (const auto& value : betterValues("", m_d.allowed)) {
                addEntry(path, value);
            }
        }
    }

    // ------------------------------------------------------------------------------------------
    // expressions

    void unknownReference()
    {
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        if (place == nullptr || !place->node->isScalar()) {
            return;
        }
        if (m_d.message.find("' has no '") != std::string::npos && m_d.message.find("}}'") != std::string::npos) {
            closeExpression(*place);
            return;
        }
        if (m_d.message.find("' cannot be '") != std::string::npos) {
            wrongOutput(*place);
            return;
        }
        const bool isForm = m_d.message.find("names nothing") != std::string::npos;
        closeExpression(*place);
        for (const auto& expression : spec::findExpressions(bytes(place->node->where))) {
            if (isForm ? expression.inner == m_d.found : isAbout(expression)) {
                isForm ? correctForm(*place, expression) : correctName(*place, expression);
            }
        }
    }

    /// Which part of the expression the finding is about.
    [[nodiscard]] std::size_t partOf(const spec::Expression& expression) const
    {
        const bool isStep = m_d.message.find("there is no step '") != std::string::npos;
        return expression.is({ "parent", "jobs" }, 5) && isStep ? 2 : expression.parts.size() - 1;
    }
    [[nodiscard]] bool isAbout(const spec::Expression& expression) const
    {
        return expression.closed && expression.parts.size() >= 2 && expression.parts[partOf(expression)] == m_d.found;
    }

    void correctName(const FixPlace& place, const spec::Expression& expression)
    {
        const std::size_t part = partOf(expression);
        const std::string own = m_places.stepOf(place.path);
        Names known = wordsOf(m_d.allowed);
        if (expression.is({ "parent", "jobs" }, 5) && part == 2) { // a step that waits for itself would be no better
            std::erase_if(known, [&](const std::string& step) { return step == own || m_places.waitsFor(step, own); });
            std::erase_if(known, [&](const std::string& step) {
                const Names ports = m_places.ports(step, expression.parts[3]);
                return !ports.empty() && !contains(ports, expression.parts[4]) && !m_places.has({ "jobs", step, "component" });
            });
        }
        const bool isField = place.path.back() == "input_data" || place.path.back() == "append_row_to";
        if (place.path.back() == "input_data") {
            const Names data = m_places.dataInputs(own);
            std::erase_if(known, [&](const std::string& name) { return !contains(data, name) && contains(m_places.ports(own, "inputs"), name); });
        }
        const auto near = text::nearest(m_d.found, known);
        for (const auto& meant : near ? Names { *near } : isField && known.size() <= kFewNames ? known : Names {}) {
            Names parts = expression.parts;
            parts[part] = meant;
            replaceExpression(place, expression, parts);
        }
        declare(place, expression);
    }

    void replaceExpression(const FixPlace& place, const spec::Expression& expression, const Names& parts)
    {
        const std::size_t begin = place.node->where.begin + expression.begin;
        const std::size_t end = place.node->where.begin + expression.end;
        replaceRange(FixKind::ReplaceValue, begin, end, bindingOf(expression.inner), bindingOf(text::join(parts, ".")),
            bindingOf(text::join(parts, ".")));
    }

    /// The name that nothing declares is declared.
    void declare(const FixPlace& place, const spec::Expression& expression)
    {
        const std::string step = m_places.stepOf(place.path);
        const std::string& name = expression.parts.back();
        const Path owner = m_places.isComponent() || step.empty() ? Path {} : Path { "jobs", step };
        const bool fromComponent = !owner.empty() && m_places.has(with(owner, { "component" }));
        if (!spec::isIdentifier(name)) {
            return;
        }
        if (expression.is({ "outputs" }, 2) && !fromComponent) {
            addEntry(with(owner, { "outputs", name, "type" }), place.path.back() == "append_row_to" ? "uri_file" : "uri_folder");
        } else if (expression.is({ "parent", "outputs" }, 3)) {
            addEntry({ "outputs", name, "type" }, "uri_folder");
        } else if (expression.is({ "inputs" }, 2) && !fromComponent && !m_places.isComponent() && !step.empty()) {
            const bool wantsData = place.path.back() == "input_data";
            for (const auto& source : m_places.sourcesFor(step, name)) {
                if (!wantsData || m_places.isData(source)) {
                    addEntry(with(owner, { "inputs", name }), bindingOf(source));
                }
            }
            if (!wantsData) {
                addEntry(with(owner, { "inputs", name }), "''");
            }
        }
    }

    /// "${{input.x}}", "${{jobs.a.outputs.b}}", "${{parent.inputs.x.path}}": the form that is nearest and names something.
    void correctForm(const FixPlace& place, const spec::Expression& expression)
    {
        static const std::vector<Names> kForms { { "inputs", "" }, { "outputs", "" }, { "parent", "inputs", "" }, { "parent", "outputs", "" },
            { "parent", "jobs", "", "outputs", "" }, { "parent", "jobs", "", "inputs", "" } };
        const std::string step = m_places.stepOf(place.path);
        for (const auto& form : kForms) {
            for (Names parts : variantsOf(expression.parts)) {
                if (fits(form, parts) && m_places.names(step, parts) && parts != expression.parts && isAllowedHere(place, parts)) {
                    replaceExpression(place, expression, parts);
                }
            }
        }
    }

    /// As written; with the word before that was forgotten; without the first or last one, which is too much.
    static std::vector<Names> variantsOf(const Names& written)
    {
        std::vector<Names> all { written };
        for (const Names& before : { Names { "parent" }, Names { "inputs" }, Names { "outputs" }, Names { "parent", "inputs" } }) {
            if (before.front() == "parent" ? written.front() != "parent" : written.size() == 1) {
                all.push_back(before);
                all.back().insert(all.back().end(), written.begin(), written.end());
            }
        }
        all.emplace_back(written.begin() + 1, written.end());
        all.emplace_back(written.begin(), written.end() - 1);
        return all;
    }

    /// An input is bound to what lies outside of its step; outputs of the pipeline are filled, not read.
    [[nodiscard]] static bool isAllowedHere(const FixPlace& place, const Names& parts)
    {
        const bool isPortOfStep = place.path.size() >= 4 && place.path[0] == "jobs";
        const bool isInput = isPortOfStep && place.path[2] == "inputs";
        const bool isOutput = isPortOfStep && place.path[2] == "outputs";
        const bool ofPipelineOutput = parts[0] == "parent" && parts[1] == "outputs";
        return isInput ? parts[0] == "parent" && !ofPipelineOutput : isOutput == ofPipelineOutput;
    }

    /// Words of the form are near to those written; names are taken over.
    static bool fits(const Names& form, Names& parts)
    {
        if (form.size() != parts.size()) {
            return false;
        }
        for (std::size_t i = 0; i < form.size(); ++i) {
            if (!form[i].empty() && text::editDistance(text::lower(parts[i]), form[i]) > 2) {
                return false;
            }
            parts[i] = form[i].empty() ? parts[i] : form[i];
        }
        return true;
    }

    /// "${{inputs.x" and "${{inputs.x}": the brackets go behind the name.
    void closeExpression(const FixPlace& place)
    {
        const std::string_view range = bytes(place.node->where);
        QuickFix fix { FixKind::InsertText, "", "}}", dotted(place.path), {}, {}, {} };
        for (std::size_t at = range.find("${{"); at != range.npos; at = range.find("${{", at + 3)) {
            std::size_t end = at + 3;
            const auto isPart = [&](char c) { return isWordChar(c) || c == '.'; };
            while (end < range.size() && range[end] == ' ') {
                ++end;
            }
            while (end < range.size() && isPart(range[end])) {
                ++end;
            }
            const std::size_t nameEnd = end;
            while (end < range.size() && range[end] == ' ') {
                ++end;
            }
            if (!range.substr(end).starts_with("}}")) {
                const bool half = range.substr(nameEnd).starts_with("}");
                const std::size_t begin = place.node->where.begin + nameEnd;
                fix.patches.push_back({ begin, begin + (half ? 1 : 0), "}}" });
            }
        }
        offer(std::move(fix));
    }

    void wrongOutput(const FixPlace& place)
    {
        std::string name = place.node->text;
        const std::size_t dot = name.rfind('.');
        name = dot == std::string::npos ? name : name.substr(dot + 1);
        std::erase_if(name, [](char c) { return !isWordChar(c); });
        const Names known = m_places.keys({ "outputs" });
        if (const auto near = contains(known, name) ? std::optional(name) : text::nearest(name, known)) {
            replaceWhole(place, bindingOf("parent.outputs." + *near));
        }
        if (place.path.size() == 4) {
            replaceWhole(place, "{type: uri_folder}");
        }
    }

    // ------------------------------------------------------------------------------------------
    // program_arguments and command

    /// The token of the finding and what lies behind it, as offsets of the file.
    struct Token
    {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::size_t limit = 0; // where the value that holds it ends
    };

    [[nodiscard]] std::optional<Token> flagToken() const
    {
        const std::size_t dashes = m_d.path.rfind(".--");
        const std::string name = dashes == std::string::npos ? m_d.found : m_d.path.substr(dashes + 1);
        const FixPlace* place = m_places.around(m_d.where.begin);
        if (place == nullptr || !place->node->isScalar() || !name.starts_with("--")) {
            return std::nullopt;
        }
        const std::size_t limit = place->node->where.end;
        for (std::size_t at = m_bytes.find(name, m_d.where.begin); at != m_bytes.npos && at < limit; at = m_bytes.find(name, at + 1)) {
            const std::size_t end = at + name.size();
            if ((at == 0 || !isWordChar(m_bytes[at - 1])) && (end >= m_bytes.size() || !isWordChar(m_bytes[end]))) {
                return Token { at, end, limit };
            }
        }
        return std::nullopt;
    }

    void misspeltFlag()
    {
        if (const auto token = flagToken()) {
            replaceRange(FixKind::RenameFlag, token->begin, token->end, m_d.found, m_d.allowed, m_d.allowed);
        }
    }

    void wrongFlagValue()
    {
        const auto token = flagToken();
        if (!token) {
            return;
        }
        std::size_t begin = token->end;
        begin += begin < token->limit && m_bytes[begin] == '=' ? 1 : 0;
        while (begin < token->limit && std::isspace(static_cast<unsigned char>(m_bytes[begin])) != 0) {
            ++begin;
        }
        std::size_t end = begin;
        const char quote = begin < token->limit ? m_bytes[begin] : ' ';
        if (quote == '"' || quote == '\'') {
            end = std::min(m_bytes.find(quote, begin + 1), token->limit - 1) + 1;
        }
        while (end < token->limit && quote != '"' && quote != '\'' && std::isspace(static_cast<unsigned char>(m_bytes[end])) == 0) {
            ++end;
        }
        const std::string written(m_bytes.substr(begin, end - begin));
        if (spec::hasExpression(written)) {
            return; // the value is the input's
        }
        const bool isEmpty = written.empty() || written.starts_with("--");
        for (const auto& value : betterValues(isEmpty ? "" : m_d.found, m_d.allowed, leftOutValue(m_d.fix))) {
            replaceRange(FixKind::ReplaceValue, begin, isEmpty ? begin : end, written, value, value);
        }
    }

    void missingFlagValue()
    {
        const auto token = flagToken();
        if (!token) { // jsonl needs its rows
            const FixPlace* place = m_places.around(m_d.where.begin);
            if (place != nullptr && place->node->isScalar() && m_d.fix.starts_with("add --")) {
                const std::size_t end = valueEnd(*place);
                replaceRange(FixKind::InsertText, end, end, "", m_d.fix.substr(4), " " + m_d.fix.substr(4));
            }
            return;
        }
        const spec::RunnerFlag* flag = spec::findRunnerFlag(m_bytes.substr(token->begin + 2, token->end - token->begin - 2));
        const std::string byDefault = flag == nullptr ? "" : std::string(flag->field.defaultValue);
        const auto values = byDefault.empty() ? betterValues("", m_d.allowed) : Names { byDefault };
        for (const auto& value : values) {
            replaceRange(FixKind::InsertText, token->end, token->end, m_d.found, value, " " + value);
        }
        replaceRange(FixKind::RemoveEntry, token->begin, token->end, m_d.found, "", "");
    }

    /// Where text goes that is added to a scalar: before its closing quote.
    [[nodiscard]] std::size_t valueEnd(const FixPlace& place) const
    {
        const spec::SourceRange& where = place.node->where;
        const char first = where.begin < m_bytes.size() ? m_bytes[where.begin] : ' ';
        return first == '"' || first == '\'' ? where.end - 1 : where.end;
    }

    /// "--seed ${{inputs.seed}}" → "$[[--seed ${{inputs.seed}}]]".
    void optionalBare()
    {
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        if (place == nullptr || !place->node->isScalar()) {
            return;
        }
        const std::string_view range = bytes(place->node->where);
        const auto isSpace = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
        QuickFix fix { FixKind::InsertText, m_d.found, "$[[ ]]", dotted(place->path), {}, {}, {} };
        const auto groups = spec::findOptionalGroups(range);
        for (const auto& expression : spec::findExpressions(range)) {
            const bool isInside = std::any_of(groups.begin(), groups.end(),
                [&](const spec::OptionalGroup& group) { return group.begin < expression.begin && expression.end <= group.end; });
            if (isInside || bindingOf(expression.inner) != m_d.found) {
                continue;
            }
            std::size_t begin = expression.begin;
            std::size_t end = expression.end;
            while (begin > 0 && !isSpace(range[begin - 1])) {
                --begin;
            }
            while (end < range.size() && !isSpace(range[end])) {
                ++end;
            }
            std::size_t before = begin;
            while (before > 0 && isSpace(range[before - 1])) {
                --before;
            }
            std::size_t word = before;
            while (word > 0 && !isSpace(range[word - 1])) {
                --word;
            }
            begin = !range.substr(begin).starts_with("-") && range.substr(word, before - word).starts_with("-") ? word : begin;
            fix.patches.push_back({ place->node->where.begin + begin, place->node->where.begin + begin, "$[[" });
            fix.patches.push_back({ place->node->where.begin + end, place->node->where.begin + end, "]]" });
        }
        offer(std::move(fix));
    }

    void unclosedGroup()
    {
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        if (place == nullptr || !place->node->isScalar()) {
            return;
        }
        const std::string_view range = bytes(place->node->where);
        for (const auto& group : spec::findOptionalGroups(range)) {
            if (!group.closed) {
                const std::size_t close = range.find("}}", group.begin);
                std::size_t at = close == range.npos ? valueEnd(*place) - place->node->where.begin : close + 2;
                const bool half = range.substr(at).starts_with("]");
                at += place->node->where.begin;
                replaceRange(FixKind::InsertText, at, at + (half ? 1 : 0), "", "]]", "]]");
            }
        }
    }

    void unclosedQuote()
    {
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        if (place == nullptr || !place->node->isScalar()) {
            return;
        }
        const std::string& text = place->node->text;
        char open = '\0';
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\\' && open != '\'') {
                ++i;
            } else if (text[i] == open) {
                open = '\0';
            } else if (open == '\0' && (text[i] == '"' || text[i] == '\'')) {
                open = text[i];
            }
        }
        const std::size_t end = valueEnd(*place);
        const bool isQuoted = end != place->node->where.end;
        if (open != '\0' && !(isQuoted && m_bytes[end] == open)) {
            replaceRange(FixKind::InsertText, end, end, "", std::string(1, open), std::string(1, open));
        }
    }

    // ------------------------------------------------------------------------------------------
    // inputs as data

    /// Is this the input that a step splits, itself or by way of the pipeline's input?
    [[nodiscard]] bool isSplit(const Path& input) const
    {
        for (const auto& step : m_places.keys({ "jobs" })) {
            const auto data = spec::wholeExpression(m_places.scalar({ "jobs", step, "input_data" }));
            if (!data || !data->is({ "inputs" }, 2)) {
                if (m_places.has({ "jobs", step, "component" })) {
                    return true; // its input_data is in another file
                }
                continue;
            }
            const Path own { "jobs", step, "inputs", data->parts[1] };
            const std::string bound = m_places.scalar(own) + m_places.scalar(with(own, { "path" }));
            if (input == own || (input.size() == 2 && bound.find("parent.inputs." + input.back()) != std::string::npos)) {
                return true;
            }
        }
        return false;
    }

    void wrongKind()
    {
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        if (place == nullptr || place->path.size() < 3 || place->path.back() != "path" || m_d.severity != spec::Severity::Warning) {
            return;
        }
        const Path input(place->path.begin(), place->path.end() - 1);
        const bool isFile = m_d.found == "a file";
        if (!isFile || !isSplit(input)) {
            setValue(with(input, { "type" }), isFile ? "uri_file" : "uri_folder");
        }
    }

    void uriFileInput()
    {
        const auto data = spec::wholeExpression(m_places.scalar(spec::keysFromText(m_d.path)));
        const std::string step = m_places.stepOf(spec::keysFromText(m_d.path));
        if (!data || !data->is({ "inputs" }, 2) || step.empty()) {
            return;
        }
        const Path input { "jobs", step, "inputs", data->parts[1] };
        const std::string path = m_places.scalar(with(input, { "path" }));
        if (path.empty() || spec::hasExpression(path) || spec::dataPathKind(path) != spec::DataPathKind::Local) {
            return;
        }
        const std::size_t slash = path.rfind('/');
        QuickFix fix { FixKind::ReplaceValue, "uri_file", "uri_folder", dotted(input), {}, patchesTo(with(input, { "type" }), "uri_folder"), {} };
        const auto folder = patchesTo(with(input, { "path" }), slash == std::string::npos ? "." : path.substr(0, slash));
        fix.patches.insert(fix.patches.end(), folder.begin(), folder.end());
        offer(std::move(fix));
    }

    void tableMode()
    {
        Path path = spec::keysFromText(m_d.path);
        const FixPlace* input = path.size() == 5 ? m_places.at(Path(path.begin(), path.end() - 1)) : nullptr;
        if (input == nullptr) {
            return;
        }
        if (input->node->isMap()) {
            const bool isThere = m_places.has(path);
            setValue(path, "direct", isThere ? FixKind::ReplaceValue : FixKind::AddEntry);
        } else if (input->node->isScalar()) {
            replaceWhole(*input, fmt::format("{{type: mltable, path: '{}', mode: direct}}", input->node->text));
        }
    }

    // ------------------------------------------------------------------------------------------
    // files

    void codeMissing()
    {
        meantValue();
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        if (place == nullptr || !place->node->isScalar() || spec::hasExpression(place->node->text) || place->path.empty()) {
            return;
        }
        const std::string code = place->node->text;
        const Path owner(place->path.begin(), place->path.end() - 1);
        const std::string entry = m_places.scalar(with(owner, { "entry_script" }));
        if (!entry.empty()) {
            create(besides(code.ends_with(".py") ? code : code + "/" + scriptFile(entry)), starterEntryScript());
            return;
        }
        const Names words = text::splitCommandLine(m_places.scalar(with(owner, { "command" }))).value_or(Names {});
        const auto script = std::find_if(words.begin(), words.end(),
            [](const std::string& word) { return word.ends_with(".py") && word.front() != '/' && !spec::hasExpression(word); });
        if (script != words.end()) {
            create(besides(code.ends_with(".py") ? code : code + "/" + *script), starterCommandScript());
        }
    }

    void scriptMissing()
    {
        meantValue();
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        if (place == nullptr || place->path.empty() || spec::hasExpression(place->node->text)) {
            return;
        }
        const std::string code = m_places.scalar(with(Path(place->path.begin(), place->path.end() - 1), { "code" }));
        if (!code.empty() && !spec::hasExpression(code) && !code.ends_with(".py")) {
            create(besides(code + "/" + scriptFile(place->node->text)), starterEntryScript());
        }
    }

    void condaMissing()
    {
        createNamed(starterConda());
    }
    void environmentMissing()
    {
        createNamed(starterEnvironment());
    }
    void createNamed(std::string content)
    {
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        if (place != nullptr && place->node->isScalar() && m_d.message.find("there is no file") != std::string::npos) {
            create(besides(place->node->text), std::move(content));
        }
    }

    void noMlTable() { create(m_d.file, starterTable()); }

    /// A component with the ports that the step gives and takes.
    void componentMissing()
    {
        meantValue();
        const FixPlace* place = m_places.withValueAt(m_d.where.begin);
        if (place == nullptr || !place->node->isScalar() || place->path.size() != 3 || m_d.message.find("there is no file") == std::string::npos) {
            return;
        }
        const std::string step = place->path[1];
        const std::filesystem::path file = besides(place->node->text);
        std::vector<StarterPort> inputs;
        for (const auto& name : m_places.keys({ "jobs", step, "inputs" })) {
            inputs.push_back({ name, m_places.typeOf({ "jobs", step, "inputs", name }) });
        }
        std::vector<StarterPort> outputs;
        for (const auto& name : m_places.keys({ "jobs", step, "outputs" })) {
            outputs.push_back({ name, m_places.typeOf({ "jobs", step, "outputs", name }) });
        }
        const std::string name = asIdentifier(file.stem().string());
        QuickFix fix { FixKind::CreateFile, "", "", file.string(), {}, {}, {} };
        if (text::lower(m_places.scalar({ "jobs", step, "type" })) != "parallel") {
            fix.newFiles.push_back({ file.string(), starterCommandComponent(name, inputs, outputs) });
        } else if (const auto main = std::find_if(inputs.begin(), inputs.end(), [](const StarterPort& port) { return literalOf(port.type).empty() && port.type != "uri_file"; });
                   main != inputs.end()) {
            const std::string script = name + ".py";
            fix.newFiles.push_back({ file.string(), starterParallelComponent(name, inputs, outputs, main->name, script) });
            fix.newFiles.push_back({ (file.parent_path() / script).string(), starterEntryScript() });
        }
        offer(std::move(fix));
    }

    // ------------------------------------------------------------------------------------------
    // tables and scripts

    void unknownTransformation()
    {
        const std::string meant = meantWord(m_d.message);
        if (!meant.empty() && m_d.where.line > 0) {
            replaceRange(FixKind::RenameKey, m_d.where.begin, m_d.where.end, m_d.found, meant, meant);
        }
    }

    void twoReads()
    {
        const FixPlace* place = m_places.around(m_d.where.begin);
        if (place != nullptr && place->path.size() >= 2 && place->path[0] == "transformations") {
            remove({ place->path[0], place->path[1] });
        }
    }

    void parseArgs()
    {
        const std::size_t at = m_bytes.find("parse_args()", m_d.where.begin);
        if (at != m_bytes.npos && at < m_d.where.end) {
            replaceRange(FixKind::ReplaceValue, at, at + 12, "parse_args()", "parse_known_args()[0]", "parse_known_args()[0]");
        }
    }

    void runParameters()
    {
        const std::size_t at = m_bytes.find("def run()", m_d.where.begin);
        if (at != m_bytes.npos && at < m_d.where.end) {
            replaceRange(FixKind::ReplaceValue, at, at + 9, "run()", "run(mini_batch)", "def run(mini_batch)");
        }
    }

    void repairLines()
    {
        for (const auto& repair : lineRepairs(m_document.text, m_d.where.line)) {
            const bool moved = text::trim(repair.before) == text::trim(repair.after);
            const std::string path = moved && repair.patches.size() == 1 ? holderAfter(repair.patches) : std::string();
            offer({ moved ? FixKind::Reindent : FixKind::ReplaceLine, std::string(text::trim(repair.before)), std::string(text::trim(repair.after)),
                path, {}, repair.patches, {} });
        }
    }

    /// What the key of a moved line belongs to from then on: one line may be moved to several places.
    [[nodiscard]] std::string holderAfter(const std::vector<TextPatch>& patches) const
    {
        const std::string text = patched(m_bytes, patches);
        const spec::YamlDocument after = spec::parseYaml(spec::SourceText(m_d.file, text));
        const FixPlaces places(after);
        const FixPlace* key = places.withKeyAt(text.find_first_not_of(' ', patches.front().begin));
        return key == nullptr || key->path.size() < 2 ? std::string() : dotted(Path(key->path.begin(), key->path.end() - 1));
    }

    const spec::Diagnostic& m_d;
    spec::YamlDocument m_document;
    FixPlaces m_places;
    std::string_view m_bytes;
    std::vector<QuickFix> m_fixes;
};

} // namespace

std::vector<QuickFix> quickFixes(const spec::Diagnostic& diagnostic, std::string_view fileText)
{
    return Fixer(diagnostic, fileText).run();
}

} // namespace sheaf::edit
