// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/text.h"
#include "core/edit/pipeline_edit.h"
#include "core/edit/text_draft.h"
#include "core/edit/yaml_layout.h"

#include <algorithm>
#include <optional>
#include <set>

/// Disabled steps: their lines with a mark, at the column of the step's key.
///   "  score:" is "  #| score:"; a line that is not indented so far is "  #|<" and the whole line; an empty line is "  #|".
namespace sheaf::edit {

namespace {

constexpr std::string_view kMark = "#|";

std::string encoded(std::string_view line, std::size_t indent)
{
    const std::string blanks(indent, ' ');
    if (line.empty()) {
        return blanks + std::string(kMark);
    }
    if (line.starts_with(blanks)) {
        return blanks + std::string(kMark) + " " + std::string(line.substr(indent));
    }
    return blanks + std::string(kMark) + "<" + std::string(line);
}

/// The line behind its mark as it was; nullopt when it has none.
std::optional<std::string> decoded(std::string_view line)
{
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    const std::string_view rest = line.substr(indent);
    if (indent == 0 || !rest.starts_with(kMark)) {
        return std::nullopt;
    }
    const std::string_view behind = rest.substr(kMark.size());
    if (behind.empty()) {
        return "";
    }
    if (behind.front() == '<') {
        return std::string(behind.substr(1));
    }
    return behind.front() == ' ' ? std::optional(std::string(line.substr(0, indent)) + std::string(behind.substr(1))) : std::nullopt;
}

/// The key that a decoded line begins with.
std::string keyOf(std::string_view line)
{
    line = text::trim(line);
    if (!line.empty() && (line.front() == '"' || line.front() == '\'')) {
        return std::string(line.substr(1, line.find(line.front(), 1) - 1));
    }
    return std::string(text::trim(line.substr(0, line.find(':'))));
}

/// What stands behind the key in its line.
std::string_view behindKey(std::string_view line)
{
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    const bool isQuoted = indent < line.size() && (line[indent] == '"' || line[indent] == '\'');
    const std::size_t from = isQuoted ? line.find(line[indent], indent + 1) : indent;
    const std::size_t colon = line.find(':', std::min(from, line.size()));
    return colon == line.npos ? std::string_view() : text::trim(line.substr(colon + 1));
}

/// The lines below `jobs:` of a text that need not be YAML: offsets of the first and behind the last.
std::pair<std::size_t, std::size_t> jobsRegion(std::string_view bytes, const Lines& lines)
{
    std::size_t begin = bytes.npos;
    for (std::size_t at = bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0; at < bytes.size(); at = lines.next(at)) {
        const std::string_view line = bytes.substr(at, lines.end(at) - at);
        if (line.empty() || line.front() == ' ' || line.front() == '\t' || line.front() == '#') {
            continue;
        }
        if (begin != bytes.npos) {
            return { begin, at };
        }
        if (keyOf(line) == "jobs") {
            begin = lines.next(at);
        }
    }
    return { std::min(begin, bytes.size()), bytes.size() };
}

/// The steps' lines, decoded.
struct Group
{
    std::vector<std::string> lines;
    std::size_t indent = 0;
    std::size_t begin = 0; // of the first mark
    std::size_t end = 0; // of the last line, without its line end
};

std::vector<Group> groupsOf(std::string_view bytes)
{
    std::vector<Group> groups;
    if (bytes.find(kMark) == bytes.npos) {
        return groups;
    }
    const Lines lines(bytes);
    const auto [from, to] = jobsRegion(bytes, lines);
    bool isOpen = false;
    for (std::size_t at = from; at < to; at = lines.next(at)) {
        const std::size_t end = lines.end(at);
        const std::string_view line = bytes.substr(at, end - at);
        const auto was = decoded(line);
        if (!was) {
            isOpen = false;
            continue;
        }
        const std::size_t indent = line.find('#');
        const std::string_view rest = line.substr(indent + kMark.size());
        const bool isKey = rest.size() > 1 && rest[0] == ' ' && rest[1] != ' ' && rest[1] != '\t' && rest[1] != '#' && rest.find(':') != rest.npos
            && !keyOf(rest).empty() && keyOf(rest).find(' ') == std::string::npos; // a drawn table is no step
        if (isKey) {
            groups.push_back({ { *was }, indent, at + indent, end });
            isOpen = true;
        } else if (isOpen && groups.back().indent == indent) {
            groups.back().lines.push_back(*was);
            groups.back().end = end;
        } else {
            isOpen = false;
        }
    }
    return groups;
}

/// Marks in the text of a step that is not disabled are that text's.
void dropThoseInside(std::vector<Group>& groups, const spec::YamlDocument& document)
{
    const spec::YamlNode* jobs = document.root.find("jobs");
    if (groups.empty() || jobs == nullptr) {
        return;
    }
    const YamlLayout layout(document.text);
    for (const auto& entry : jobs->entries) {
        if (!entry.merged) {
            const std::size_t end = layout.entryEnd(entry);
            std::erase_if(groups, [&](const Group& group) { return group.begin > entry.keyWhere.begin && group.begin < end; });
        }
    }
}

/// The value of the step from column 0.
std::string blockOfGroup(const Group& group)
{
    const std::string_view beside = behindKey(group.lines.front());
    std::vector<std::string> lines;
    std::size_t column = group.indent;
    if (!beside.empty() && beside.front() != '#' && beside.front() != '&') {
        lines.emplace_back(beside);
    } else {
        const auto first = std::find_if(group.lines.begin() + 1, group.lines.end(), [](const std::string& line) {
            return !text::trim(line).empty() && text::trim(line).front() != '#';
        });
        column = first == group.lines.end() ? 0 : first->find_first_not_of(' ');
    }
    for (std::size_t i = 1; i < group.lines.size(); ++i) {
        const std::size_t blanks = std::min(group.lines[i].find_first_not_of(' '), group.lines[i].size());
        lines.push_back(group.lines[i].substr(std::min(blanks, column)));
    }
    return text::join(lines, "\n");
}

std::vector<Group> disabledGroups(const spec::YamlDocument& document)
{
    std::vector<Group> groups = groupsOf(document.text.bytes());
    dropThoseInside(groups, document);
    return groups;
}

/// Its lines as they were.
std::vector<TextPatch> decodingOf(std::string_view text, const Group& group)
{
    const Lines lines(text);
    std::vector<TextPatch> patches;
    std::size_t at = group.begin - group.indent;
    for (const auto& line : group.lines) {
        patches.push_back({ at, lines.end(at), line });
        at = lines.next(at);
    }
    return patches;
}

} // namespace

std::vector<DisabledStep> disabledSteps(std::string_view text)
{
    std::vector<Group> groups = groupsOf(text);
    if (!groups.empty()) { // reading the whole file is worth it only now
        dropThoseInside(groups, spec::parseYaml(spec::SourceText("", std::string(text))));
    }
    std::vector<DisabledStep> steps;
    for (const auto& group : groups) {
        steps.push_back({ keyOf(group.lines.front()), blockOfGroup(group), group.begin, group.end });
    }
    return steps;
}

namespace {

/// "jobs.score" of one step, "jobs" of several: what a refusal is about.
std::string wordFor(const std::vector<std::string>& steps)
{
    return steps.size() == 1 ? "jobs." + steps.front() : "jobs";
}

Result<std::string> disabledTogether(const std::string& text, const std::vector<std::string>& steps)
{
    auto draft = TextDraft::of(text);
    if (!draft) {
        return tl::unexpected<Error>(draft.error());
    }
    const YamlLayout layout(draft->document().text);
    const Lines& lines = layout.lines();
    std::vector<TextPatch> patches;
    for (const auto& step : steps) {
        const spec::YamlEntry* entry = draft->ownEntry({ "jobs", step });
        if (entry == nullptr) {
            return refused("jobs." + step, "nothing", "there is no such step in this file");
        }
        const std::size_t indent = lines.column(entry->keyWhere.begin);
        if (layout.isFlow(*draft->find({ "jobs" })) || indent == 0 || !lines.onlyBlanksBefore(entry->keyWhere.begin)) {
            return refused("jobs." + step, "a step in { }", "only a step on lines of its own can be disabled");
        }
        const std::size_t end = lines.end(layout.entryEnd(*entry));
        for (std::size_t at = entry->keyWhere.begin - indent; at <= end && at < text.size(); at = lines.next(at)) {
            const std::size_t stop = std::min(lines.end(at), end);
            patches.push_back({ at, stop, encoded(std::string_view(text).substr(at, stop - at), indent) });
        }
    }
    const auto before = [](const TextPatch& a, const TextPatch& b) { return a.begin < b.begin; };
    std::sort(patches.begin(), patches.end(), before);
    const std::set<std::string> gone(steps.begin(), steps.end());
    spec::YamlNode expected = draft->root();
    spec::YamlNode& jobs = *expected.find("jobs");
    std::erase_if(jobs.entries, [&](const spec::YamlEntry& one) { return gone.contains(one.key); });
    jobs.kind = jobs.entries.empty() ? spec::YamlNode::Kind::Null : jobs.kind;
    if (auto done = draft->take(patches, expected, steps.size() == 1 ? KeyPath { "jobs", steps.front() } : KeyPath { "jobs" }); !done) {
        return tl::unexpected<Error>(done.error());
    }
    std::vector<TextPatch> back;
    std::set<std::string> found;
    for (const auto& group : disabledGroups(draft->document())) {
        if (const std::string name = keyOf(group.lines.front()); gone.contains(name) && found.insert(name).second) {
            const auto decoding = decodingOf(draft->text(), group);
            back.insert(back.end(), decoding.begin(), decoding.end());
        }
    }
    if (found.size() != gone.size() || patched(draft->text(), back) != text) {
        return refused(wordFor(steps), "a way of writing that would not come back", "it can be changed in the text");
    }
    return draft->text();
}

Result<std::string> enabledTogether(const std::string& text, const std::vector<std::string>& steps)
{
    auto draft = TextDraft::of(text);
    if (!draft) {
        return tl::unexpected<Error>(draft.error());
    }
    const std::set<std::string> wanted(steps.begin(), steps.end());
    const spec::YamlNode* jobs = draft->find({ "jobs" });
    std::vector<TextPatch> patches;
    std::set<std::string> found;
    for (const auto& group : disabledGroups(draft->document())) { // in the order of the file
        if (const std::string name = keyOf(group.lines.front()); wanted.contains(name) && found.insert(name).second) {
            const auto decoding = decodingOf(text, group);
            patches.insert(patches.end(), decoding.begin(), decoding.end());
        }
    }
    for (const auto& step : steps) {
        if (!found.contains(step)) {
            return refused("jobs." + step, "nothing", "there is no disabled step of this name");
        }
        if (jobs != nullptr && jobs->find(step) != nullptr) {
            return refused("jobs." + step, step, "there is a step of this name already: rename it first");
        }
    }
    if (const spec::YamlEntry* entry = draft->ownEntry({ "jobs" }); entry != nullptr && jobs->entries.empty()) { // {} or null: the steps take its place
        const std::size_t colon = YamlLayout(draft->document().text).behindColon(*entry);
        if (jobs->where.end > colon && jobs->where.end < patches.front().begin) {
            patches.insert(patches.begin(), { colon, jobs->where.end, "" });
        }
    }
    const std::string now = patched(text, patches);
    spec::YamlDocument after = spec::parseYaml(spec::SourceText("", now));
    spec::YamlNode* nowJobs = after.root.find("jobs");
    const bool areThere = nowJobs != nullptr && std::all_of(steps.begin(), steps.end(), [&](const auto& step) { return nowJobs->find(step) != nullptr; });
    if (spec::hasErrors(after.diagnostics) || !areThere) {
        return refused(wordFor(steps), "lines that are no YAML here", "they can be mended in the text");
    }
    std::erase_if(nowJobs->entries, [&](const spec::YamlEntry& entry) { return wanted.contains(entry.key); });
    spec::YamlNode before = draft->root();
    if (spec::YamlNode* old = before.find("jobs"); old != nullptr && old->entries.empty()) {
        old->kind = spec::YamlNode::Kind::Map;
    }
    if (!sameMeaning(before, after.root)) {
        return refused(wordFor(steps), "lines that change the steps around them", "they can be mended in the text");
    }
    return now;
}

/// Together, which reads the file once. A refusal that is not about a certain step leads to the halves, down to the step that hinders.
template <class Does>
Result<std::string> togetherOrHalves(const std::string& text, const std::vector<std::string>& steps, Does does)
{
    auto all = steps.empty() ? Result<std::string>(text) : does(text, steps);
    if (all || steps.size() < 2 || all.error().arg("what") != wordFor(steps)) {
        return all;
    }
    const auto middle = steps.begin() + std::ssize(steps) / 2;
    const auto first = togetherOrHalves(text, { steps.begin(), middle }, does);
    return first ? togetherOrHalves(*first, { middle, steps.end() }, does) : first;
}

} // namespace

Result<std::string> withStepsDisabled(const std::string& text, const std::vector<std::string>& steps)
{
    return togetherOrHalves(text, steps, disabledTogether);
}

std::string withoutDisabledSteps(std::string text, const std::vector<std::string>& steps)
{
    const auto disabled = disabledSteps(text);
    for (auto step = disabled.rbegin(); step != disabled.rend(); ++step) { // from the last to the first: places before stay
        if (std::find(steps.begin(), steps.end(), step->name) != steps.end()) {
            const Lines lines(text);
            const std::size_t begin = lines.begin(step->begin);
            text.erase(begin, lines.next(step->end) - begin);
        }
    }
    return text;
}

Result<std::string> withStepsEnabled(const std::string& text, const std::vector<std::string>& steps)
{
    return togetherOrHalves(text, steps, enabledTogether);
}

} // namespace sheaf::edit
