// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/completion.h"

#include "core/base/text.h"
#include "core/edit/field_guide.h"
#include "core/spec/data_path.h"
#include "core/spec/ml_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace sheaf::edit {

namespace {

namespace fs = std::filesystem;
using Form = OutlineEntry::Form;

constexpr std::size_t kMostFiles = 500; // listed of a folder
constexpr std::size_t kMostItems = 200;

bool isWordByte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

std::string detailOf(const spec::Field& field)
{
    std::string detail;
    switch (field.type) {
    case spec::FieldType::Group:
    case spec::FieldType::Inputs:
    case spec::FieldType::Outputs:
    case spec::FieldType::Jobs:
    case spec::FieldType::TextMap:
        detail = "map";
        break;
    case spec::FieldType::TextList:
        detail = "list";
        break;
    case spec::FieldType::Bool:
        detail = "true, false";
        break;
    case spec::FieldType::Int:
    case spec::FieldType::Number:
        detail = field.unit.empty() ? "number" : field.unit == "s" ? "seconds" : std::string(field.unit);
        break;
    case spec::FieldType::Size:
        detail = "size";
        break;
    case spec::FieldType::Path:
        detail = "path";
        break;
    case spec::FieldType::Reference:
        detail = "binding";
        break;
    case spec::FieldType::Word: {
        const auto words = spec::allowedWords(field);
        detail = words.size() <= 3 ? text::join(words, ", ") : words.front() + ", …";
        break;
    }
    case spec::FieldType::Environment:
        detail = "environment";
        break;
    case spec::FieldType::Component:
        detail = "component";
        break;
    case spec::FieldType::Text:
        detail = "text";
        break;
    case spec::FieldType::Any:
        break;
    }
    if (field.required) {
        detail += detail.empty() ? "required" : ", required";
    }
    if (!field.defaultValue.empty()) {
        detail += fmt::format("{}default {}", detail.empty() ? "" : ", ", field.defaultValue);
    }
    return detail;
}

bool hasPrefix(std::string_view label, std::string_view word)
{
    return label.size() >= word.size() && text::lower(label.substr(0, word.size())) == text::lower(word);
}

class Lister
{
public:
    Lister(const YamlOutline& outline, std::size_t offset, const fs::path& file, const spec::SharedTexts& texts)
        : m_outline(outline)
        , m_offset(std::min(offset, outline.text().size()))
        , m_file(file)
        , m_guide(outline, file, texts)
        , m_spotted(placeIn(outline, m_offset))
        , m_rule(m_guide.at(m_spotted.place.path))
    {
    }

    Completions list()
    {
        const YamlPlace& place = m_spotted.place;
        m_found.begin = place.begin;
        m_found.end = place.end;
        if (place.kind == YamlPlace::Kind::Nowhere) {
            return {};
        }
        const bool isItem = m_spotted.entry >= 0 && m_outline.at(m_spotted.entry).isItem;
        if (isItem ? isMap() : place.kind == YamlPlace::Kind::Key && (m_spotted.entry < 0 || isMap())) {
            listKeys();
        } else {
            listValues();
        }
        settle();
        return std::move(m_found);
    }

private:
    [[nodiscard]] std::string_view text() const { return m_outline.text(); }
    [[nodiscard]] bool isMap() const { return !m_rule.fields.empty() || m_rule.names != FieldRule::Names::None; }

    void add(Completion::Kind kind, std::string insert, std::string label, std::string detail = {}, std::string help = {})
    {
        m_found.items.push_back({ std::move(insert), std::move(label), std::move(detail), std::move(help), kind });
    }

    /// What begins with the word first, then what holds it; nothing else.
    void settle()
    {
        const auto before = text().substr(m_found.begin, m_offset - std::min(m_offset, m_found.begin));
        auto& items = m_found.items;
        const std::string word = text::lower(before);
        const auto behind = std::stable_partition(items.begin(), items.end(),
            [&](const Completion& item) { return item.kind == Completion::Kind::Path || hasPrefix(item.label, before); });
        items.erase(std::remove_if(behind, items.end(),
                        [&](const Completion& item) { return word.size() < 3 || text::lower(item.label).find(word) == std::string::npos; }),
            items.end());
        // What is written in full already needs no help.
        if (items.size() == 1 && items.front().label == before && items.front().insert == before) {
            items.clear();
        }
        if (items.size() > kMostItems) {
            items.resize(kMostItems);
        }
    }

    // ---- keys

    void listKeys()
    {
        std::set<std::string, std::less<>> written;
        for (const int child : m_outline.children(m_spotted.entry)) {
            const OutlineEntry& entry = m_outline.at(child);
            const bool isHere = m_offset >= entry.keyBegin && m_offset <= entry.keyEnd;
            if (!isHere && !entry.isItem && !entry.isBare) {
                written.insert(entry.key);
            }
        }
        const bool isItemOfList = m_spotted.entry >= 0 && m_outline.at(m_spotted.entry).isItem;
        if (m_rule.names == FieldRule::Names::TableSteps && isItemOfList) {
            for (const auto& name : spec::tableTransformations()) {
                const bool isMap = !spec::tableArguments(name).empty();
                add(Completion::Kind::Key, keyText(name, isMap, name == "convert_column_types"), name, isMap ? "map" : "value");
            }
            return;
        }
        if (m_rule.names == FieldRule::Names::TablePaths || m_rule.names == FieldRule::Names::TableSteps || m_rule.names == FieldRule::Names::Conversions
            || m_rule.names == FieldRule::Names::TextItems) {
            return; // wants a dash first
        }
        if (m_rule.names == FieldRule::Names::Inputs || m_rule.names == FieldRule::Names::Outputs) {
            listPorts(written);
            return;
        }
        // Those that do something come before those that are only kept.
        for (const bool used : { true, false }) {
            for (const spec::Field& field : m_rule.fields) {
                const bool isUsed = field.use == spec::FieldUse::Used;
                if (isUsed == used && field.use != spec::FieldUse::Refused && !written.contains(field.name)) {
                    add(Completion::Kind::Key, keyText(field), std::string(field.name), detailOf(field), std::string(field.help));
                }
            }
        }
    }

    void listPorts(const std::set<std::string, std::less<>>& written)
    {
        if (!m_rule.isInStep || m_rule.isComponent) {
            return;
        }
        for (const auto& [name, type] : m_guide.ports(m_rule.step, m_rule.names == FieldRule::Names::Inputs ? "inputs" : "outputs")) {
            if (!written.contains(name)) {
                add(Completion::Kind::Key, keyText(name, false, false), name, type);
            }
        }
    }

    [[nodiscard]] std::string keyText(const spec::Field& field) const
    {
        const bool isMap = field.type == spec::FieldType::Group || field.type == spec::FieldType::Inputs || field.type == spec::FieldType::Outputs
            || field.type == spec::FieldType::Jobs || field.type == spec::FieldType::TextMap;
        const bool isList = field.type == spec::FieldType::TextList || field.name == "paths" || field.name == "transformations";
        return keyText(std::string(field.name), isMap, isList);
    }

    /// The key with its colon; a map goes on in the next line. A key that has its colon keeps it.
    [[nodiscard]] std::string keyText(const std::string& name, bool isMap, bool isList) const
    {
        const std::size_t next = text().find_first_not_of(" \t", m_found.end);
        if (next != std::string_view::npos && text()[next] == ':') {
            return name;
        }
        const bool isInBrackets = m_spotted.entry >= 0 && (m_outline.at(m_spotted.entry).form == Form::Flow || m_outline.at(m_spotted.entry).inFlow);
        if (isInBrackets || (!isMap && !isList)) {
            return name + ": ";
        }
        const std::size_t column = m_outline.column(m_found.begin);
        return name + ":" + eol() + std::string(column + 2, ' ') + (isList ? "- " : "");
    }

    [[nodiscard]] std::string eol() const
    {
        const std::size_t first = text().find('\n');
        return first != std::string_view::npos && first > 0 && text()[first - 1] == '\r' ? "\r\n" : "\n";
    }

    // ---- values

    void listValues()
    {
        const bool isBinding = openBinding();
        const bool isCommandLine = m_rule.field != nullptr && (m_rule.field->name == "program_arguments" || m_rule.field->name == "command");
        if (isBinding || isCommandLine) {
            if (!isBinding) {
                toToken();
            }
            const bool isWordOfFlag = !isBinding && m_rule.field->name == "program_arguments" && listFlags();
            if (!isWordOfFlag) {
                listBindings(isBinding);
            }
            return;
        }
        if (m_rule.field == nullptr) {
            return;
        }
        const spec::Field& field = *m_rule.field;
        switch (field.type) {
        case spec::FieldType::Bool:
            for (const char* word : { "true", "false" }) {
                add(Completion::Kind::Word, word, word, text::lower(field.defaultValue) == word ? "default" : "");
            }
            break;
        case spec::FieldType::Word:
            for (const auto& word : spec::allowedWords(field)) {
                add(Completion::Kind::Word, word, word, word == field.defaultValue ? "default" : "");
            }
            break;
        case spec::FieldType::Reference:
            listBindings(false);
            break;
        case spec::FieldType::Int:
        case spec::FieldType::Number:
        case spec::FieldType::Size:
            if (!field.defaultValue.empty()) {
                add(Completion::Kind::Word, std::string(field.defaultValue), std::string(field.defaultValue), "default");
            }
            break;
        case spec::FieldType::Path:
        case spec::FieldType::Component:
            listBindings(false);
            listPaths();
            break;
        default:
            listTexts();
        }
    }

    void listTexts()
    {
        const spec::Field& field = *m_rule.field;
        const std::string_view name = field.name;
        if (name.empty()) { // an input or output itself
            listBindings(false);
            if (m_rule.isInput && !openWord().empty() && openWord().find('/') != std::string::npos) {
                listPaths();
            }
        } else if (name == "entry_script" || name == "conda_file" || (name == "environment" && !openWord().starts_with("azureml:"))) {
            listPaths();
        } else if (name == "type") {
            const auto& path = m_spotted.place.path;
            const bool isStep = m_rule.isInStep;
            if (path.size() > 1 && path[path.size() - 2] == "environment") {
                return;
            }
            for (const char* word : m_guide.kind() == FileKind::Table ? std::vector<const char*> { "mltable" }
                     : isStep                                        ? std::vector<const char*> { "parallel", "command" }
                                                                     : std::vector<const char*> { "pipeline" }) {
                add(Completion::Kind::Word, word, word);
            }
        } else if (name == "$schema") {
            listSchemas();
        } else if (name == "compute" || name == "default_compute") {
            listComputes();
        } else if (!field.defaultValue.empty()) {
            add(Completion::Kind::Word, std::string(field.defaultValue), std::string(field.defaultValue), "default");
        }
    }

    void listSchemas()
    {
        const std::string type = m_guide.kind() == FileKind::Table ? "MLTable"
            : m_guide.kind() == FileKind::Pipeline                 ? "pipelineJob"
                                                                   : "";
        for (const char* kind : { "MLTable", "pipelineJob", "ParallelComponent", "commandComponent" }) {
            const std::string lower = text::lower(kind);
            if (type.empty() ? lower.ends_with("component") : type == kind) {
                const std::string address = fmt::format("https://azuremlschemas.azureedge.net/latest/{}.schema.json", kind);
                add(Completion::Kind::Word, address, address);
            }
        }
    }

    /// Those that the file names elsewhere.
    void listComputes()
    {
        std::set<std::string> seen;
        for (int i = 0; i < static_cast<int>(m_outline.entries().size()); ++i) {
            const auto& entry = m_outline.at(i);
            const bool isHere = m_offset >= entry.keyBegin && m_offset <= entry.end;
            if (!isHere && (entry.key == "compute" || entry.key == "default_compute")) {
                if (const std::string value = m_outline.scalar(i); !value.empty() && seen.insert(value).second) {
                    add(Completion::Kind::Word, value, value);
                }
            }
        }
    }

    /// What is written of the value before the cursor.
    [[nodiscard]] std::string openWord() const { return std::string(text().substr(m_found.begin, m_offset - m_found.begin)); }

    /// The word before the cursor only, in a line of words.
    void toToken()
    {
        std::size_t begin = m_offset;
        while (begin > m_found.begin && text()[begin - 1] != ' ' && text()[begin - 1] != '\n' && text()[begin - 1] != '\t') {
            --begin;
        }
        std::size_t end = m_offset;
        while (end < m_found.end && text()[end] != ' ' && text()[end] != '\n' && text()[end] != '\r' && text()[end] != '\t') {
            ++end;
        }
        m_found.begin = begin;
        m_found.end = std::max(end, m_offset);
    }

    // ---- bindings

    /// Whether the cursor is in "${{ … "; then that is what is replaced.
    bool openBinding()
    {
        const std::string before = openWord();
        const std::size_t open = before.rfind("${{");
        const bool isOpen = open != std::string::npos && before.find("}}", open) == std::string::npos;
        const std::size_t half = before.ends_with("${") ? before.size() - 2 : before.ends_with('$') ? before.size() - 1 : std::string::npos;
        if (!isOpen && half == std::string::npos) {
            return false;
        }
        m_found.begin += isOpen ? open : half;
        // Up to the braces that close it, when nothing but its own words lies between.
        std::size_t end = m_offset;
        while (end < text().size() && (isWordByte(text()[end]) || text()[end] == ' ')) {
            ++end;
        }
        if (text().substr(end).starts_with("}}")) {
            m_found.end = end + 2;
        } else {
            end = m_offset;
            while (end < text().size() && isWordByte(text()[end])) {
                ++end;
            }
            m_found.end = end;
        }
        return true;
    }

    void addBinding(const std::string& inner, std::string detail, std::string help = {})
    {
        const bool isSpaced = openWord().starts_with("${{ "); // as good as without
        const std::string written = isSpaced ? "${{ " + inner + " }}" : "${{" + inner + "}}";
        add(Completion::Kind::Binding, written, written, std::move(detail), std::move(help));
    }

    void listBindings(bool isTyped)
    {
        const std::string name = m_rule.field == nullptr ? "" : std::string(m_rule.field->name);
        const bool isOwn = name == "program_arguments" || name == "command";
        const bool wantsParent = m_rule.isInStep && !m_rule.isComponent;
        const auto ownInputs = [&] {
            for (const auto& [port, type] : m_guide.ports(m_rule.step, "inputs")) {
                addBinding("inputs." + port, type);
            }
        };
        const auto ownOutputs = [&] {
            for (const auto& [port, type] : m_guide.ports(m_rule.step, "outputs")) {
                addBinding("outputs." + port, type);
            }
        };
        if (!m_rule.isInStep) {
            return;
        }
        if (name == "input_data") {
            ownInputs();
        } else if (name == "append_row_to") {
            ownOutputs();
        } else if (isOwn || m_rule.isComponent) {
            if (isTyped || isOwn) {
                ownInputs();
                ownOutputs();
            }
        } else if (m_rule.isInput) {
            parentInputs();
            otherSteps();
        } else if (m_rule.isOutput) {
            for (const auto& [port, type] : m_guide.ports(-1, "outputs")) {
                addBinding("parent.outputs." + port, type);
            }
        } else if (isTyped && wantsParent) {
            parentInputs();
            ownInputs();
            ownOutputs();
            otherSteps();
        }
    }

    void parentInputs()
    {
        for (const auto& [port, type] : m_guide.ports(-1, "inputs")) {
            addBinding("parent.inputs." + port, type);
        }
    }

    void otherSteps()
    {
        for (const int step : m_guide.steps()) {
            if (step == m_rule.step) {
                continue;
            }
            const std::string& name = m_outline.at(step).key;
            for (const auto& [port, type] : m_guide.ports(step, "outputs")) {
                addBinding("parent.jobs." + name + ".outputs." + port, type);
            }
        }
    }

    // ---- flags of the runner

    /// Whether the place belongs to the runner: its flags, or the words of the flag before.
    bool listFlags()
    {
        const std::string_view all = text();
        const YamlPlace& place = m_spotted.place;
        std::size_t behind = m_found.begin;
        while (behind > place.begin && (all[behind - 1] == ' ' || all[behind - 1] == '\n' || all[behind - 1] == '\r' || all[behind - 1] == '\t')) {
            --behind;
        }
        std::size_t begin = behind;
        while (begin > place.begin && all[begin - 1] != ' ' && all[begin - 1] != '\n' && all[begin - 1] != '\t') {
            --begin;
        }
        const std::string_view previous = all.substr(begin, behind - begin);
        const std::string before = openWord();
        if (previous.starts_with("--") && !before.starts_with("-")) {
            const spec::RunnerFlag* flag = spec::findRunnerFlag(previous.substr(2));
            if (flag != nullptr) {
                const auto words = flag->field.type == spec::FieldType::Bool ? std::vector<std::string> { "True", "False" } : spec::allowedWords(flag->field);
                for (const auto& word : words) {
                    add(Completion::Kind::Word, word, word, word == flag->field.defaultValue ? "default" : "");
                }
                if (words.empty() && !flag->field.defaultValue.empty()) {
                    const std::string word(flag->field.defaultValue);
                    add(Completion::Kind::Word, word, word, "default");
                }
                return !words.empty() || !flag->field.defaultValue.empty();
            }
        }
        if (!before.empty() && !before.starts_with("-")) {
            return false;
        }
        const OutlineEntry& entry = m_outline.at(m_spotted.entry);
        const std::string_view value = all.substr(entry.valueBegin, entry.valueEnd - entry.valueBegin);
        for (const spec::RunnerFlag& flag : spec::runnerFlags()) {
            const std::string name = "--" + std::string(flag.field.name);
            const std::size_t at = value.find(name);
            const bool isWritten = at != std::string_view::npos && (at + name.size() == value.size() || !isWordByte(value[at + name.size()]))
                && entry.valueBegin + at != m_found.begin;
            if (flag.userMaySet && !isWritten) {
                add(Completion::Kind::Flag, name + " ", name, detailOf(flag.field), std::string(flag.field.help));
            }
        }
        return before.starts_with("-");
    }

    // ---- paths

    /// Files and folders that go on from what is written; one folder is listed.
    void listPaths()
    {
        const spec::Field& field = *m_rule.field;
        std::string typed = openWord();
        if (typed.find("${{") != std::string::npos || typed.starts_with("azureml:")) {
            return;
        }
        std::string scheme;
        for (const std::string_view known : { "file://", "file:" }) {
            if (typed.starts_with(known)) {
                scheme = known;
                typed.erase(0, known.size());
                break;
            }
        }
        const std::size_t slash = typed.rfind('/');
        const std::string inFolder = slash == std::string::npos ? "" : typed.substr(0, slash + 1);
        const std::string wanted = typed.substr(inFolder.size());
        const fs::path folder = (base() / fs::path(inFolder)).lexically_normal();
        const bool isScript = field.name == "entry_script";
        // A path beside the file is written ./so; a script below its code, a pattern and what goes on from a slash are not.
        const std::string prefix = scheme + (inFolder.empty() && !isScript ? "./" : inFolder);

        std::vector<std::pair<std::string, bool>> names;
        std::error_code error;
        std::size_t looked = 0;
        for (fs::directory_iterator at(folder, error), end; !error && at != end && looked < kMostFiles; at.increment(error), ++looked) {
            const std::string name = at->path().filename().string();
            const bool isFolder = at->is_directory(error);
            const bool isHidden = name.starts_with('.') && !wanted.starts_with('.');
            if (!isHidden && name != "__pycache__" && hasPrefix(name, wanted) && fits(at->path(), isFolder)) {
                names.emplace_back(name, isFolder);
            }
        }
        std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.second != b.second ? a.second : a.first < b.first; });
        for (const auto& [name, isFolder] : names) {
            const std::string path = prefix + name + (isFolder ? "/" : "");
            add(Completion::Kind::Path, path, path, isFolder ? "folder" : "file");
        }
    }

    /// The folder that the path is relative to.
    [[nodiscard]] fs::path base() const
    {
        const fs::path home = m_file.parent_path();
        if (m_rule.field->name != "entry_script") {
            return home;
        }
        const auto code = m_outline.child(m_outline.at(m_spotted.entry).parent, "code");
        const std::string value = code ? m_outline.scalar(*code) : "";
        return value.empty() || spec::dataPathKind(value) != spec::DataPathKind::Local ? home : spec::localPath(value, home);
    }

    [[nodiscard]] bool fits(const fs::path& path, bool isFolder) const
    {
        const std::string_view name = m_rule.field->name;
        const auto extension = path.extension();
        const bool isYaml = extension == ".yml" || extension == ".yaml";
        if (isFolder) {
            return true;
        }
        return name == "entry_script" ? extension == ".py"
            : name == "component" || name == "environment" || name == "conda_file" ? isYaml
            : name == "folder"    ? false
                                  : true;
    }

    const YamlOutline& m_outline;
    std::size_t m_offset;
    fs::path m_file;
    FieldGuide m_guide;
    PlaceInOutline m_spotted;
    FieldRule m_rule;
    Completions m_found;
};

FieldHelp helpOf(const spec::Field& field, const std::string& name, std::size_t begin, std::size_t end)
{
    return { name, std::string(field.help), spec::allowedText(field), std::string(field.unit), std::string(field.defaultValue), field.required, field.use,
        begin, end };
}

/// The flag that the offset is in: "--name" of "--name=value" too.
std::optional<FieldHelp> flagHelp(std::string_view text, std::size_t offset)
{
    const auto isPart = [](char c) { return isWordByte(c) || c == '-'; };
    std::size_t begin = offset;
    while (begin > 0 && isPart(text[begin - 1])) {
        --begin;
    }
    std::size_t end = offset;
    while (end < text.size() && isPart(text[end])) {
        ++end;
    }
    const auto word = text.substr(begin, end - begin);
    const spec::RunnerFlag* flag = word.starts_with("--") ? spec::findRunnerFlag(word.substr(2)) : nullptr;
    return flag == nullptr ? std::nullopt : std::optional(helpOf(flag->field, std::string(word), begin, end));
}

} // namespace

Completions completions(std::string_view text, std::size_t offset, const fs::path& file, const spec::SharedTexts& texts)
{
    const YamlOutline outline(text);
    return Lister(outline, offset, file, texts).list();
}

std::optional<FieldHelp> helpAt(std::string_view text, std::size_t offset, const fs::path& file)
{
    const YamlOutline outline(text);
    const PlaceInOutline here = placeIn(outline, offset);
    if (here.place.kind == YamlPlace::Kind::Nowhere) {
        return std::nullopt;
    }
    std::vector<std::string> path = here.place.path;
    int entry = here.entry;
    if (here.place.kind == YamlPlace::Kind::Key) {
        const int index = outline.lastBefore(offset);
        if (index < 0 || outline.at(index).isItem || offset > outline.at(index).keyEnd) {
            return std::nullopt;
        }
        entry = index;
        path = outline.path(index);
    }
    const FieldGuide guide(outline, file, {});
    const FieldRule rule = guide.at(path);
    if (rule.field == nullptr || rule.field->name.empty() || entry < 0) {
        return std::nullopt;
    }
    if (rule.field->name == "program_arguments" && here.place.kind == YamlPlace::Kind::Value) {
        if (auto help = flagHelp(text, offset)) {
            return help;
        }
    }
    const OutlineEntry& found = outline.at(entry);
    return helpOf(*rule.field, std::string(rule.field->name), found.keyBegin, found.keyEnd);
}

} // namespace sheaf::edit
