// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/line_repair.h"

#include "core/base/text.h"
#include "core/edit/yaml_layout.h"
#include "core/spec/field_table.h"
#include "core/spec/yaml_node.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace sheaf::edit {

namespace {

constexpr std::size_t kMostRepairs = 2;

// ---- how well a tree fits ------------------------------------------------------------------------

/// How many keys are unknown where they stand, or have the wrong kind of value.
int misfits(const spec::YamlNode& map, spec::Scope scope);

int misfitsOfStep(const spec::YamlNode& step)
{
    if (!step.isMap()) {
        return 1;
    }
    const spec::YamlNode* type = step.find("type");
    const bool isParallel = type != nullptr ? text::lower(type->text) == "parallel" : step.find("task") != nullptr;
    const bool whole = step.find("component") != nullptr || !isParallel || (step.find("task") != nullptr && step.find("input_data") != nullptr);
    return misfits(step, isParallel ? spec::Scope::ParallelNode : spec::Scope::CommandNode) + (whole ? 0 : 1);
}

int misfitsBelow(const spec::Field& field, const spec::YamlNode& value)
{
    int count = 0;
    switch (field.type) {
    case spec::FieldType::Group:
        return value.isMap() ? misfits(value, field.group) : 1;
    case spec::FieldType::Jobs:
        for (const auto& entry : value.entries) {
            count += misfitsOfStep(entry.value);
        }
        return value.isMap() && !value.entries.empty() ? count : 1;
    case spec::FieldType::Inputs:
    case spec::FieldType::Outputs:
        for (const auto& entry : value.entries) {
            count += entry.value.isMap() ? misfits(entry.value, field.type == spec::FieldType::Inputs ? spec::Scope::Input : spec::Scope::Output) : 0;
        }
        return value.isMap() ? count : 1;
    case spec::FieldType::Environment:
        return value.isMap() ? misfits(value, spec::Scope::Environment) : value.isScalar() ? 0 : 1;
    case spec::FieldType::TextMap:
        return value.isMap() ? 0 : 1;
    case spec::FieldType::TextList:
        return value.isList() ? 0 : 1;
    case spec::FieldType::Any:
    case spec::FieldType::Component:
        return 0;
    default:
        return value.isScalar() ? 0 : 1;
    }
}

int misfits(const spec::YamlNode& map, spec::Scope scope)
{
    int count = 0;
    for (const auto& entry : map.entries) {
        const spec::Field* field = spec::findField(scope, entry.key);
        count += field == nullptr ? (spec::findFormerField(scope, entry.key) == nullptr ? 1 : 0)
            : entry.value.isNull() && field->type != spec::FieldType::Jobs ? 1
                                                                    : misfitsBelow(*field, entry.value);
    }
    return count;
}

int misfitsOfFile(const spec::YamlNode& root)
{
    if (!root.isMap()) {
        return 1;
    }
    const spec::YamlNode* type = root.find("type");
    const std::string word = type == nullptr ? "" : text::lower(type->text);
    return root.find("paths") != nullptr || word == "mltable" ? misfits(root, spec::Scope::MlTable)
        : word == "parallel"                                  ? misfits(root, spec::Scope::ParallelComponent)
        : word == "command"                                   ? misfits(root, spec::Scope::CommandComponent)
                                                              : misfits(root, spec::Scope::Pipeline);
}

// ---- ways to mend --------------------------------------------------------------------------------

bool isWordChar(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.' || c == '$';
}

std::size_t indentOf(std::string_view line)
{
    return std::min(line.find_first_not_of(' '), line.size());
}

/// The line without a comment at its end.
std::string_view withoutComment(std::string_view line)
{
    const std::size_t comment = line.find(" #");
    return comment == line.npos ? line : line.substr(0, comment);
}

class Repairer
{
public:
    explicit Repairer(const spec::SourceText& text)
        : m_text(text)
    {
    }

    std::vector<LineRepair> run(int line)
    {
        tabs();
        for (const int number : { line, line - 1, line + 1, line - 2 }) {
            if (number >= 1 && number <= m_text.lineCount()) {
                mendLine(number);
            }
        }
        for (int number = 1; number <= m_text.lineCount(); ++number) {
            close(number);
        }
        std::stable_sort(m_found.begin(), m_found.end(), [](const Found& a, const Found& b) { return a.misfits < b.misfits; });
        std::vector<LineRepair> best;
        std::vector<const Found*> chosen;
        for (const auto& found : m_found) {
            const bool saysTheSame = std::any_of(chosen.begin(), chosen.end(), [&](const Found* other) { return sameMeaning(other->tree, found.tree); });
            if (best.size() < kMostRepairs && found.misfits == m_found.front().misfits && !saysTheSame) {
                best.push_back(found.repair);
                chosen.push_back(&found);
            }
        }
        return best;
    }

private:
    struct Found
    {
        LineRepair repair;
        int misfits = 0;
        spec::YamlNode tree; // as the file reads with it
    };

    [[nodiscard]] std::size_t offset(int number) const
    {
        return static_cast<std::size_t>(m_text.line(number).data() - m_text.bytes().data());
    }

    void attempt(LineRepair repair)
    {
        std::string after = patched(m_text.bytes(), repair.patches);
        if (!m_tried.insert(after).second) {
            return;
        }
        spec::YamlDocument document = spec::parseYaml(spec::SourceText(m_text.file(), std::move(after)));
        if (document.diagnostics.empty()) {
            const int misfits = misfitsOfFile(document.root);
            m_found.push_back({ std::move(repair), misfits, std::move(document.root) });
        }
    }

    void tryLine(int number, const std::string& after)
    {
        const std::string_view before = m_text.line(number);
        attempt({ std::string(before), after, { { offset(number), offset(number) + before.size(), after } } });
    }

    /// Tabs in indentations become blanks, all of one width.
    void tabs()
    {
        for (const std::size_t width : { std::size_t { 2 }, std::size_t { 4 }, std::size_t { 8 } }) {
            LineRepair repair;
            for (int number = 1; number <= m_text.lineCount(); ++number) {
                const std::string_view line = m_text.line(number);
                const std::size_t end = std::min(line.find_first_not_of(" \t"), line.size());
                const std::string_view indent = line.substr(0, end);
                if (indent.find('\t') == indent.npos) {
                    continue;
                }
                std::string blanks;
                for (const char c : indent) {
                    blanks.append(c == '\t' ? width : 1, ' ');
                }
                repair.before = repair.before.empty() ? std::string(line) : repair.before;
                repair.after = repair.after.empty() ? blanks + std::string(line.substr(end)) : repair.after;
                repair.patches.push_back({ offset(number), offset(number) + end, blanks });
            }
            if (!repair.patches.empty() && m_found.empty()) { // one width is as good as another
                attempt(std::move(repair));
            }
        }
    }

    void mendLine(int number)
    {
        const std::string line(m_text.line(number));
        if (text::trim(line).empty()) {
            return;
        }
        colon(number, line);
        quotes(number, line);
        indentation(number, line);
    }

    /// "key value" and "key" get a colon, "key:value" its blank.
    void colon(int number, const std::string& line)
    {
        std::size_t begin = indentOf(line);
        begin += line.compare(begin, 2, "- ") == 0 ? 2 : 0;
        std::size_t end = begin;
        while (end < line.size() && isWordChar(line[end])) {
            ++end;
        }
        if (end == begin) {
            return;
        }
        if (end < line.size() && line[end] == ':' && end + 1 < line.size() && line[end + 1] != ' ') {
            tryLine(number, line.substr(0, end + 1) + " " + line.substr(end + 1));
        } else if (end == line.size() || line[end] == ' ') {
            tryLine(number, line.substr(0, end) + ":" + line.substr(end));
        } else if (line[end] == ';' || line[end] == '=') {
            tryLine(number, line.substr(0, end) + ": " + std::string(text::trim(line.substr(end + 1))));
        }
    }

    /// A value with ": " in it, or beginning with a sign of YAML, is put into quotes; an opened quote is closed.
    void quotes(int number, const std::string& line)
    {
        const std::size_t colon = line.find(": ");
        if (colon == std::string::npos) {
            return;
        }
        const std::string value(text::trim(withoutComment(std::string_view(line).substr(colon + 2))));
        if (value.empty()) {
            return;
        }
        const std::string head = line.substr(0, colon + 2);
        std::string inner;
        for (const char c : value) {
            inner += c == '\'' ? std::string("''") : std::string(1, c);
        }
        const char first = value.front();
        if (first == '"' || first == '\'') {
            tryLine(number, head + value + first);
        } else if (value.back() == '"' || value.back() == '\'') {
            tryLine(number, head + value.back() + value);
        }
        tryLine(number, head + "'" + inner + "'");
    }

    /// As deep as a line near it, or one step deeper than the one above.
    void indentation(int number, const std::string& line)
    {
        const std::string rest = line.substr(indentOf(line));
        std::set<std::size_t> depths;
        for (int near = std::max(1, number - 6); near <= std::min(number + 3, m_text.lineCount()); ++near) {
            const std::string_view other = m_text.line(near);
            if (near != number && !text::trim(other).empty()) {
                depths.insert(indentOf(other));
                depths.insert(indentOf(other) + 2);
            }
        }
        depths.erase(indentOf(line));
        for (const std::size_t depth : depths) {
            tryLine(number, std::string(depth, ' ') + rest);
        }
    }

    /// Brackets and quotes that are opened in a line and not closed.
    void close(int number)
    {
        const std::string line(m_text.line(number));
        std::string open;
        char quote = '\0';
        for (std::size_t i = 0; i < line.size(); ++i) {
            const char c = line[i];
            const bool expression = line.compare(i, 3, "${{") == 0;
            if (quote != '\0') {
                quote = c == quote ? '\0' : quote;
            } else if ((c == '"' || c == '\'') && (i == 0 || !isWordChar(line[i - 1]))) {
                quote = c;
            } else if (expression) {
                i = std::min(line.find("}}", i), line.size() - 1) + 1;
            } else if (c == '[' || c == '{') {
                open += c == '[' ? ']' : '}';
            } else if (!open.empty() && c == open.back()) {
                open.pop_back();
            }
        }
        std::reverse(open.begin(), open.end());
        if (quote != '\0' || !open.empty()) {
            tryLine(number, std::string(text::trim(line).empty() ? line : line.substr(0, line.find_last_not_of(" \t") + 1))
                    + (quote != '\0' ? std::string(1, quote) : "") + open);
        }
    }

    const spec::SourceText& m_text;
    std::set<std::string> m_tried;
    std::vector<Found> m_found;
};

} // namespace

std::vector<LineRepair> lineRepairs(const spec::SourceText& text, int line)
{
    return Repairer(text).run(line);
}

} // namespace sheaf::edit
