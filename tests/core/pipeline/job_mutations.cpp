// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "tests/core/pipeline/job_mutations.h"

#include "core/base/text.h"
#include "core/spec/expression.h"
#include "core/spec/field_table.h"
#include "core/spec/validator.h"
#include "core/spec/yaml_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>

namespace sheaf::test {

namespace fs = std::filesystem;
using spec::Field;
using spec::FieldType;
using spec::Scope;
using spec::YamlEntry;
using spec::YamlNode;

namespace {

/// An entry of the file: what it is to the table of fields.
struct Spot
{
    std::string path;
    const YamlEntry* entry = nullptr;
    const Field* field = nullptr; // null for names that the user gives
    Scope scope = Scope::Pipeline; // of the map that it is in
};

std::string joined(const std::string& path, const std::string& name)
{
    return path.empty() ? name : path + "." + name;
}

class Walker
{
public:
    explicit Walker(const YamlNode& root)
    {
        const YamlNode* type = root.find("type");
        const std::string word = type == nullptr ? "" : type->text;
        walk(root, root.find("paths") != nullptr ? Scope::MlTable
                : word == "parallel"             ? Scope::ParallelComponent
                : word == "command"              ? Scope::CommandComponent
                                                 : Scope::Pipeline,
            "");
    }

    std::vector<Spot> spots;

private:
    /// What came through an alias or `<<` stands elsewhere.
    static bool isHere(const YamlEntry& entry) { return !entry.merged && entry.value.where.begin >= entry.keyWhere.end; }

    void walk(const YamlNode& map, Scope scope, const std::string& path)
    {
        for (const auto& entry : map.entries) {
            const Field* field = spec::findField(scope, entry.key);
            if (field == nullptr || !isHere(entry)) {
                continue;
            }
            const std::string here = joined(path, entry.key);
            spots.push_back({ here, &entry, field, scope });
            below(*field, entry, scope, here);
        }
    }

    void below(const Field& field, const YamlEntry& entry, Scope scope, const std::string& path)
    {
        const bool isComponent = scope == Scope::ParallelComponent || scope == Scope::CommandComponent;
        if (field.type == FieldType::Group) {
            walk(entry.value, field.group, path);
        } else if (field.type == FieldType::Environment) {
            walk(entry.value, Scope::Environment, path);
        } else if (field.type == FieldType::Inputs) {
            named(entry.value, isComponent ? Scope::InputDeclaration : Scope::Input, path);
        } else if (field.type == FieldType::Outputs) {
            named(entry.value, Scope::Output, path);
        } else if (field.type == FieldType::Jobs) {
            for (const auto& step : entry.value.entries) {
                const YamlNode* type = step.value.find("type");
                spots.push_back({ joined(path, step.key), &step, nullptr, scope });
                walk(step.value, type != nullptr && type->text == "parallel" ? Scope::ParallelNode : Scope::CommandNode, joined(path, step.key));
            }
        } else if (entry.key == "transformations") {
            for (std::size_t i = 0; i < entry.value.items.size(); ++i) {
                for (const auto& one : entry.value.items[i].entries) {
                    spots.push_back({ fmt::format("{}.{}", path, i), &one, nullptr, Scope::MlTable });
                }
            }
        }
    }

    void named(const YamlNode& map, Scope scope, const std::string& path)
    {
        for (const auto& entry : map.entries) {
            if (isHere(entry)) {
                spots.push_back({ joined(path, entry.key), &entry, nullptr, scope });
                walk(entry.value, scope, joined(path, entry.key));
            }
        }
    }
};

/// A tree as text, to see whether a mutation means anything.
std::string meaningOf(const YamlNode& node)
{
    std::string all = node.isScalar() ? "'" + node.text + "'" : node.isNull() ? "~" : "";
    for (const auto& item : node.items) {
        all += "[" + meaningOf(item) + "]";
    }
    for (const auto& entry : node.entries) {
        all += "{" + entry.key + ":" + meaningOf(entry.value) + "}";
    }
    return all;
}

class Mutator
{
public:
    explicit Mutator(const std::string& text)
        : m_text("f", text)
        , m_document(spec::parseYaml(m_text))
        , m_spots(Walker(m_document.root).spots)
    {
    }

    std::vector<Mutant> run()
    {
        const std::string meaning = meaningOf(m_document.root);
        for (const auto& spot : m_spots) {
            keys(spot);
            if (spot.field != nullptr) {
                types(spot);
                missing(spot);
            }
            paths(spot);
            mainInput(spot);
            modes(spot);
            cycles(spot);
        }
        expressions();
        flags();
        ownOptions();
        lines();
        brackets();
        // What says the same as before is no mistake.
        std::erase_if(m_mutants, [&](const Mutant& mutant) {
            const auto after = spec::parseYaml(spec::SourceText("f", mutant.text));
            return after.diagnostics.empty() && meaningOf(after.root) == meaning;
        });
        return std::move(m_mutants);
    }

private:
    [[nodiscard]] const std::string& bytes() const { return m_text.bytes(); }
    [[nodiscard]] int lineOf(std::size_t at) const { return m_text.range(at, at).line; }

    void add(const std::string& kind, const std::string& what, const std::string& text, std::vector<int> lines, const std::string& path)
    {
        m_mutants.push_back({ kind, what, text, std::move(lines), path });
    }
    void replace(const std::string& kind, const Spot& spot, std::size_t begin, std::size_t end, const std::string& by)
    {
        std::string text = bytes();
        text.replace(begin, end - begin, by);
        add(kind, spot.path + " → " + by, text, { lineOf(begin) }, spot.path);
    }
    void setValue(const std::string& kind, const Spot& spot, const std::string& value)
    {
        const auto& where = spot.entry->value.where;
        const bool empty = where.begin == where.end;
        replace(kind, spot, where.begin, where.end, (empty ? " " : "") + value);
        m_mutants.back().lines = { lineOf(spot.entry->keyWhere.begin), lineOf(where.begin) };
    }

    // --- keys

    std::string typo(const std::string& word, int kind)
    {
        std::string wrong = word;
        const std::size_t at = 1 + m_random() % std::max<std::size_t>(1, word.size() - 2);
        switch (kind) {
        case 0:
            wrong.erase(at, 1);
            break;
        case 1:
            std::swap(wrong[at], wrong[at - 1]);
            break;
        case 2:
            wrong.insert(at, 1, word[at]);
            break;
        case 3:
            wrong = word.ends_with('s') ? word.substr(0, word.size() - 1) : word + "s";
            break;
        default: // camelCase, or a capital
            wrong.clear();
            for (std::size_t i = 0; i < word.size(); ++i) {
                const bool up = (i > 0 && word[i - 1] == '_') || (i == 0 && word.find('_') == word.npos);
                if (word[i] != '_') {
                    wrong += up ? static_cast<char>(std::toupper(word[i])) : word[i];
                }
            }
        }
        return wrong;
    }

    void keys(const Spot& spot)
    {
        const auto& key = spot.entry->keyWhere;
        const bool isName = spot.field == nullptr && spot.scope != Scope::MlTable;
        if (isName || spot.entry->key.front() == '$') {
            return;
        }
        const std::string wrong = typo(spot.entry->key, m_typos++ % 5);
        if (wrong == spot.entry->key || spec::findField(spot.scope, wrong) != nullptr || spec::findFormerField(spot.scope, wrong) != nullptr) {
            return;
        }
        const bool quoted = bytes()[key.begin] == '"' || bytes()[key.begin] == '\'';
        replace("misspelt key", spot, key.begin + (quoted ? 1 : 0), key.end - (quoted ? 1 : 0), wrong);
        duplicate(spot);
    }

    void duplicate(const Spot& spot)
    {
        const int line = lineOf(spot.entry->keyWhere.begin);
        const std::string whole(m_text.line(line));
        if (spot.field == nullptr || !spot.entry->value.isScalar() || lineOf(spot.entry->value.where.end) != line
            || text::trim(whole).front() == '-' || whole.find('{') < whole.find(':')) {
            return;
        }
        std::string text = bytes();
        const auto end = static_cast<std::size_t>(m_text.line(line).data() - bytes().data()) + whole.size();
        text.insert(end, "\n" + whole.substr(0, whole.find(':')) + ": other");
        add("duplicate key", spot.path, text, { line, line + 1 }, spot.path);
    }

    // --- values

    void types(const Spot& spot)
    {
        const Field& field = *spot.field;
        if (field.use != spec::FieldUse::Used || spec::hasExpression(spot.entry->value.text) != (field.type == FieldType::Reference)) {
            return;
        }
        switch (field.type) {
        case FieldType::Int:
            for (const char* bad : { "many", "true", "1.5", "[1, 2]", "'5 s'" }) {
                setValue("wrong type", spot, bad);
            }
            range(spot);
            break;
        case FieldType::Number:
            setValue("wrong type", spot, "much");
            range(spot);
            break;
        case FieldType::Bool:
            for (const char* bad : { "1", "ja", "[true]", "ture" }) {
                setValue("bool and number mixed", spot, bad);
            }
            break;
        case FieldType::Word:
            setValue("unknown word", spot, typo(spot.entry->value.text, 0) + "x");
            setValue("unknown word", spot, "7");
            break;
        case FieldType::Size:
            for (const char* bad : { "ten", "0", "-3", "10 parsecs", "1.5", "{size: 1}" }) {
                setValue("wrong type", spot, bad);
            }
            break;
        case FieldType::Reference:
            for (const char* bad : { "5", "inputs.x", "'{{inputs.x}}'", "$inputs.x" }) {
                setValue("wrong type", spot, bad);
            }
            break;
        case FieldType::Group:
        case FieldType::TextMap:
        case FieldType::Inputs:
        case FieldType::Outputs:
        case FieldType::Jobs:
            setValue("wrong type", spot, "word");
            setValue("wrong type", spot, "[a, b]");
            break;
        case FieldType::TextList:
            setValue("wrong type", spot, "word");
            setValue("wrong type", spot, "{a: b}");
            break;
        case FieldType::Text:
        case FieldType::Path:
            setValue("wrong type", spot, "[a, b]");
            setValue("wrong type", spot, "{a: b}");
            break;
        default:
            break;
        }
        if (field.name == "type" && (spot.scope == Scope::ParallelNode || spot.scope == Scope::CommandNode || spot.scope == Scope::Pipeline)) {
            setValue("unknown word", spot, typo(spot.entry->value.text, 1));
        }
    }

    void range(const Spot& spot)
    {
        const Field& field = *spot.field;
        if (field.hasRange) {
            setValue("out of range", spot, field.minusOneToo ? "-2" : fmt::format("{:.0f}", field.minimum - 1));
            setValue("out of range", spot, fmt::format("{:.0f}", field.maximum + 1));
            if (field.aboveMinimum) {
                setValue("out of range", spot, "0");
            }
        }
    }

    void missing(const Spot& spot)
    {
        static const std::array<std::string_view, 10> kNeeded { "input_data", "task", "code", "entry_script", "command", "jobs", "environment",
            "paths", "component", "type" };
        const bool inTask = spot.scope == Scope::Task;
        const bool inStep = spot.scope == Scope::ParallelNode || spot.scope == Scope::CommandNode;
        const bool isFile = spot.scope == Scope::Pipeline || spot.scope == Scope::MlTable;
        const std::string_view name = spot.field->name;
        const bool isType = name == "type" && (inTask || spot.scope == Scope::ParallelNode);
        const bool isCode = (name == "code" || name == "environment") && !inTask;
        const bool needed = std::find(kNeeded.begin(), kNeeded.end(), name) != kNeeded.end() && (inTask || inStep || isFile)
            && (name != "type" || isType) && !(isCode && name == "code");
        const int first = lineOf(spot.entry->keyWhere.begin);
        const int last = lineOf(std::max(spot.entry->value.where.end, spot.entry->keyWhere.end));
        const std::string_view line = m_text.line(first);
        if (!needed || text::trim(line).front() == '-' || line.find('{') < line.find(':')) {
            return;
        }
        const auto begin = static_cast<std::size_t>(line.data() - bytes().data());
        const std::string_view end = m_text.line(last);
        std::string text = bytes();
        text.erase(begin, static_cast<std::size_t>(end.data() - bytes().data()) + end.size() + 1 - begin);
        // Told at what it is missing from, or at what is wrong without it.
        const std::size_t dot = spot.path.rfind('.');
        add("missing field", spot.path, text, {}, dot == std::string::npos ? std::string() : spot.path.substr(0, spot.path.find('.', 5)));
        for (int number = 1; number <= m_text.lineCount() && dot != std::string::npos; ++number) {
            if (lineOf(ownerOf(spot.path)) <= number && number <= first) {
                m_mutants.back().lines.push_back(number);
            }
        }
        if (dot == std::string::npos) {
            m_mutants.back().lines = { 0, 1, first };
        }
    }

    [[nodiscard]] std::size_t ownerOf(const std::string& path) const
    {
        const std::string step = path.substr(0, path.find('.', path.find('.') + 1));
        const auto owner = std::find_if(m_spots.begin(), m_spots.end(), [&](const Spot& spot) { return spot.path == step; });
        return owner == m_spots.end() ? 0 : owner->entry->keyWhere.begin;
    }

    void paths(const Spot& spot)
    {
        const std::string& value = spot.entry->value.text;
        const bool isPath = spot.field != nullptr
            && (spot.field->name == "path" || spot.field->name == "code" || spot.field->name == "entry_script" || spot.field->name == "component"
                || spot.field->name == "conda_file");
        const bool isOutput = spot.scope == Scope::Output;
        if (!isPath || isOutput || !spot.entry->value.isScalar() || spec::hasExpression(value)) {
            return;
        }
        setValue("wrong path", spot, value + "x");
        setValue("wrong path", spot, "./nowhere/" + fs::path(value).filename().string());
    }

    // --- inputs

    void mainInput(const Spot& spot)
    {
        if (spot.field == nullptr || spot.field->name != "input_data" || spot.scope != Scope::ParallelNode) {
            return;
        }
        const std::string step = spot.path.substr(0, spot.path.rfind('.'));
        for (const auto& other : m_spots) {
            const std::string name = other.entry->key;
            if (other.path == step + ".outputs." + name) {
                setValue("wrong input_data", spot, "${{outputs." + name + "}}");
            }
            if (other.path == step + ".inputs." + name && other.entry->value.isScalar() && spec::yamlNumber(other.entry->value.text)) {
                setValue("wrong input_data", spot, "${{inputs." + name + "}}");
            }
        }
        setValue("wrong input_data", spot, "${{inputs.nowhere}}");
        setValue("wrong input_data", spot, "[${{inputs.a}}, ${{inputs.b}}]");
    }

    void modes(const Spot& spot)
    {
        if (spot.field != nullptr && spot.field->name == "mode" && spot.entry->value.text == "direct" && spot.path.starts_with("jobs.")) {
            setValue("mode of a table", spot, "ro_mount");
            m_mutants.back().path = spot.path;
        }
    }

    void cycles(const Spot& spot)
    {
        const auto parts = text::split(spot.path, '.');
        if (parts.size() != 4 || parts[0] != "jobs" || parts[2] != "inputs") {
            return;
        }
        for (const auto& other : m_spots) {
            const auto out = text::split(other.path, '.');
            if (out.size() == 4 && out[2] == "outputs" && out[1] == parts[1]) {
                const std::string to = fmt::format("${{{{parent.jobs.{}.outputs.{}}}}}", out[1], out[3]);
                if (spot.entry->value.isScalar()) {
                    setValue("cycle", spot, to);
                    m_mutants.back().path = "jobs." + parts[1];
                    m_mutants.back().lines.push_back(lineOf(ownerOf(spot.path)));
                }
                return;
            }
        }
    }

    // --- expressions and flags

    void expressions()
    {
        for (const auto& expression : spec::findExpressions(bytes())) {
            const int line = lineOf(expression.begin);
            const auto put = [&](const char* kind, const std::string& inner, const char* close = "}}") {
                std::string text = bytes();
                text.replace(expression.begin, expression.end - expression.begin, "${{" + inner + close);
                std::vector<int> lines { line };
                // Folded texts are told where they begin.
                for (const auto& spot : m_spots) {
                    const auto& where = spot.entry->value.where;
                    if (spot.entry->value.isScalar() && where.begin <= expression.begin && expression.end <= where.end) {
                        lines.push_back(lineOf(where.begin));
                    }
                }
                add(kind, expression.inner + " → " + inner + close, text, lines, "");
            };
            const std::string last = expression.parts.back();
            const std::string head = expression.inner.substr(0, expression.inner.size() - last.size());
            put("dangling reference", head + last + "_gone");
            put("dangling reference", head + typo(last + "e", 1));
            put("unclosed expression", expression.inner, "");
            put("unclosed expression", expression.inner, "}");
            if (expression.is({ "parent", "jobs" }, 5)) {
                put("dangling reference", fmt::format("parent.jobs.{}x.{}.{}", expression.parts[2], expression.parts[3], last));
                put("wrong form of a reference", fmt::format("jobs.{}.{}.{}", expression.parts[2], expression.parts[3], last));
                put("wrong form of a reference", fmt::format("parent.job.{}.{}.{}", expression.parts[2], expression.parts[3], last));
            } else if (expression.parts.size() == 3) {
                put("wrong form of a reference", "parent." + expression.parts[1].substr(0, expression.parts[1].size() - 1) + "." + last);
                put("wrong form of a reference", last);
            } else if (expression.parts.size() == 2) {
                put("wrong form of a reference", expression.parts[0].substr(0, expression.parts[0].size() - 1) + "." + last);
                put("wrong form of a reference", "parent.outputs." + last);
            }
        }
    }

    void flags()
    {
        for (const auto& flag : spec::runnerFlags()) {
            const std::string name = "--" + std::string(flag.field.name);
            for (std::size_t at = bytes().find(name + " "); at != std::string::npos; at = bytes().find(name + " ", at + 1)) {
                const auto line = [&](const std::string& text, const char* kind) {
                    std::vector<int> lines { lineOf(at), lineOf(at) - 1 };
                    for (const auto& spot : m_spots) {
                        if (spot.entry->key == "program_arguments") {
                            lines.push_back(lineOf(spot.entry->value.where.begin));
                        }
                    }
                    add(kind, name, text, lines, "");
                };
                for (int kind = 0; kind < 4; ++kind) {
                    std::string text = bytes();
                    text.replace(at + 2, name.size() - 2, typo(name.substr(2), kind));
                    line(text, "misspelt flag");
                }
                std::string text = bytes();
                const std::size_t value = at + name.size() + 1;
                const std::size_t end = text.find_first_of(" \n", value);
                text.replace(value, end - value, "wrong!");
                line(text, "wrong value of a flag");
                text = bytes();
                text.replace(value, end - value, "-77");
                line(text, "wrong value of a flag");
            }
        }
    }

    /// Options that the script defines itself.
    void ownOptions()
    {
        for (const auto& spot : m_spots) {
            const auto& where = spot.entry->value.where;
            if (spot.field == nullptr || spot.field->name != "program_arguments" || !spot.entry->value.isScalar()) {
                continue;
            }
            for (std::size_t at = bytes().find("--", where.begin); at < where.end; at = bytes().find("--", at + 2)) {
                const std::size_t end = bytes().find_first_of(" =\n", at);
                const std::string name = bytes().substr(at + 2, end - at - 2);
                if (name.size() >= 5 && spec::findRunnerFlag(name) == nullptr) {
                    replace("misspelt option of the script", spot, at + 2, end, typo(name, 1));
                    m_mutants.back().lines.push_back(lineOf(where.begin));
                }
            }
        }
    }

    // --- lines

    void lines()
    {
        for (const auto& spot : m_spots) {
            const int number = lineOf(spot.entry->keyWhere.begin);
            const std::string line(m_text.line(number));
            const std::size_t indent = line.find_first_not_of(' ');
            const auto begin = static_cast<std::size_t>(m_text.line(number).data() - bytes().data());
            if (begin + indent != spot.entry->keyWhere.begin || spot.entry->value.isMap() || spot.entry->value.isList()) {
                continue; // not alone in its line, or more than a line
            }
            const auto put = [&](const char* kind, const std::string& by) {
                std::string text = bytes();
                text.replace(begin, line.size(), by);
                add(kind, line + " → " + by, text, { number - 1, number, number + 1 }, spot.path);
            };
            put("wrong indentation", "  " + line);
            put("wrong indentation", " " + line);
            if (indent >= 2) {
                put("wrong indentation", line.substr(2));
                put("wrong indentation", line.substr(1));
                put("tab", std::string(indent / 2, '\t') + line.substr(indent));
            }
            std::string without = line;
            const std::size_t colon = line.find(':', indent);
            put("missing colon", without.erase(colon, 1));
            if (colon + 1 < line.size() && spot.entry->value.isScalar() && spot.entry->value.plain) {
                put("missing blank", line.substr(0, colon + 1) + line.substr(std::min(line.find_first_not_of(' ', colon + 1), line.size())));
            }
        }
    }

    /// A bracket or quote that is opened and not closed.
    void brackets()
    {
        for (std::size_t at = 0; at < bytes().size(); ++at) {
            const char c = bytes()[at];
            const bool inExpression = at > 0 && (bytes()[at - 1] == '}' || (at + 1 < bytes().size() && bytes()[at + 1] == '}'));
            if ((c != ']' && c != '}' && c != '"') || inExpression || m_text.line(lineOf(at)).find('#') == 0) {
                continue;
            }
            std::string text = bytes();
            text.erase(at, 1);
            const int line = lineOf(at);
            Mutant mutant { "unclosed bracket or quote", std::string(m_text.line(line)), text, {}, "" };
            for (int number = line - 1; number <= line + 2; ++number) {
                mutant.lines.push_back(number);
            }
            for (const auto& spot : m_spots) { // folded texts are told where they begin
                const auto& where = spot.entry->value.where;
                if (where.begin <= at && at < where.end && spot.entry->value.isScalar()) {
                    mutant.lines.push_back(lineOf(where.begin));
                }
            }
            m_mutants.push_back(mutant);
        }
    }

    spec::SourceText m_text;
    spec::YamlDocument m_document;
    std::vector<Spot> m_spots;
    std::vector<Mutant> m_mutants;
    std::mt19937 m_random { 7 }; // NOLINT: the same mistakes in every run
    int m_typos = 0;
};

} // namespace

std::vector<GoodFile> goodFiles()
{
    const fs::path jobs = fs::path(SHEAF_TEST_DATA) / "jobs";
    const fs::path samples = fs::path(SHEAF_TEST_SOURCE) / "resources" / "samples";
    std::vector<GoodFile> files;
    for (const char* job : { "files", "regions", "score" }) {
        files.push_back({ jobs / job, "pipeline.yml" });
    }
    for (const char* sample : { "many-models", "score-table", "seven-bad-files" }) {
        files.push_back({ samples / sample, "pipeline.yml" });
    }
    files.push_back({ jobs / "regions", "components/train/train.yml" });
    files.push_back({ jobs / "regions", "components/split/split.yml" });
    files.push_back({ jobs / "score", "data/MLTable" });
    files.push_back({ samples / "score-table", "data/MLTable" });
    return files;
}

std::vector<Mutant> mutantsOf(const std::string& text)
{
    return Mutator(text).run();
}

} // namespace sheaf::test
