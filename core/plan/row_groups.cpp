// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/row_groups.h"

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/plan/plan_line.h"
#include "core/plan/plan_watch.h"
#include "core/plan/python_call.h"

#include <utility>

namespace sheaf::plan {

namespace {

/// stdin: {"files": […]} or {"delta": folder, "version_as_of" or "timestamp_as_of": …}. stdout: one
/// JSON a line. It begins with a mark of its own, since an import may print.
constexpr const char* kScript = R"py(
import json, os

def say(value):
    sys.stdout.write("sheaf:" + json.dumps(value) + "\n")

def complain(error, path):
    text = "%s: %s" % (type(error).__name__, error)
    say({"error": readable(text), "path": readable(path)})

def readable(text):
    return text.encode("utf-8", "backslashreplace").decode("utf-8")

def arrow_groups():
    import pyarrow.parquet as parquet
    def groups(path):
        data = parquet.ParquetFile(path).metadata
        return [(data.row_group(i).num_rows, data.row_group(i).total_byte_size) for i in range(data.num_row_groups)]
    return groups

def fast_groups():
    import fastparquet
    def groups(path):
        return [(g.num_rows, g.total_byte_size) for g in fastparquet.ParquetFile(path).row_groups]
    return groups

def row_groups(files):
    reader = None
    for candidate in (arrow_groups, fast_groups):
        try:
            reader = candidate()
            break
        except ImportError:
            pass
    if reader is None:
        return say({"missing": "pyarrow"})
    for name in files:
        path = os.fsencode(name)
        try:
            groups = reader(os.fsdecode(path))
            size = os.stat(path).st_size
            whole = sum(g[1] for g in groups) or 1
            say({"groups": [[rows, size * unpacked // whole] for rows, unpacked in groups]})
        except Exception as error:
            return complain(error, name)

def delta(question):
    try:
        from deltalake import DeltaTable
    except ImportError:
        return say({"missing": "deltalake"})
    from urllib.parse import unquote, urlparse
    try:
        if "version_as_of" in question:
            table = DeltaTable(question["delta"], version=int(question["version_as_of"]))
        else:
            table = DeltaTable(question["delta"])
            moment = question["timestamp_as_of"]
            (getattr(table, "load_as_version", None) or table.load_with_datetime)(moment)
        files = [unquote(urlparse(u).path) if u.startswith("file:") else u for u in table.file_uris()]
        types = {f["name"]: f["type"] for f in json.loads(table.schema().to_json())["fields"]}
        columns = [[c, types.get(c, "string")] for c in table.metadata().partition_columns]
        say({"files": sorted(files), "columns": columns})
    except Exception as error:
        complain(error, question["delta"])

question = json.loads(sys.stdin.buffer.read().decode("utf-8"))
if "delta" in question:
    delta(question)
else:
    row_groups(question["files"])
)py";

constexpr std::string_view kMark = "sheaf:";

std::string textOf(const boost::json::object& object, const char* name)
{
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string().c_str())
                                                  : std::string();
}

/// The answers, or the error that the script (or its end) tells.
Result<std::vector<boost::json::object>> ask(
    const std::string& python, const std::string& question, PlanWatch& watch)
{
    watch.setReading("the packages of " + python);
    auto answer = callPython(python, kScript, question, watch);
    if (!answer) {
        return tl::unexpected<Error>(answer.error());
    }
    std::vector<boost::json::object> objects;
    for (const auto& line : text::split(answer->output, '\n')) {
        if (!line.starts_with(kMark)) {
            continue;
        }
        auto json = json::parse(std::string_view(line).substr(kMark.size()));
        if (!json || !json->is_object()) {
            continue;
        }
        auto& object = json->get_object();
        if (object.contains("missing")) {
            return fail(ErrorCode::PackageMissing,
                { { "package", textOf(object, "missing") }, { "python", python } });
        }
        if (object.contains("error")) {
            return watch.unreadable(textOf(object, "path"), textOf(object, "error"));
        }
        objects.push_back(std::move(object));
    }
    if (answer->exitCode != 0) {
        const auto lines = text::split(text::trim(answer->errors), '\n');
        return fail(ErrorCode::InterpreterMissing,
            { { "python", python },
                { "reason",
                    "it ended with " + std::to_string(answer->exitCode)
                        + " while it was asked for row groups: " + lines.back() } });
    }
    return objects;
}

tl::unexpected<Error> strange(const std::string& python)
{
    return fail(ErrorCode::Protocol,
        { { "peer", python },
            { "reason", "its answer about row groups is not of the agreed form" } });
}

std::uint64_t number(const boost::json::value& json)
{
    std::uint64_t value = 0;
    return json::fromJson(json, value) ? value : 0;
}

} // namespace

Result<std::vector<std::vector<RowGroup>>> readRowGroups(
    const std::string& python, const std::vector<std::string>& files, PlanWatch& watch)
{
    std::string question = "{\"files\":[";
    for (const auto& file : files) {
        question += question.back() == '[' ? "" : ",";
        appendJsonText(question, file);
    }
    auto answers = ask(python, question + "]}", watch);
    if (!answers) {
        return tl::unexpected<Error>(answers.error());
    }
    if (answers->size() != files.size()) {
        return strange(python);
    }
    std::vector<std::vector<RowGroup>> result(files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto* groups = (*answers)[i].if_contains("groups");
        if (groups == nullptr || !groups->is_array()) {
            return strange(python);
        }
        for (const auto& group : groups->get_array()) {
            if (!group.is_array() || group.get_array().size() != 2) {
                return strange(python);
            }
            result[i].push_back({ number(group.get_array()[0]), number(group.get_array()[1]) });
        }
    }
    return result;
}

Result<DeltaVersion> readDeltaVersion(const std::string& python,
    const std::string& folder,
    const boost::json::object& read,
    PlanWatch& watch)
{
    std::string question = "{\"delta\":";
    appendJsonText(question, folder);
    for (const char* key : { "version_as_of", "timestamp_as_of" }) {
        if (const auto* value = read.if_contains(key)) {
            question += std::string(",\"") + key + "\":" + boost::json::serialize(*value);
        }
    }
    auto answers = ask(python, question + "}", watch);
    if (!answers) {
        return tl::unexpected<Error>(answers.error());
    }
    DeltaVersion version;
    const boost::json::object answer = answers->empty() ? boost::json::object() : answers->front();
    const auto* columns = answer.if_contains("columns");
    const auto* files = answer.if_contains("files");
    if (columns == nullptr || !columns->is_array() || files == nullptr
        || !json::fromJson(*files, version.files)) {
        return strange(python);
    }
    version.partitionColumns = columns->get_array();
    return version;
}

} // namespace sheaf::plan
