// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/ml_table.h"

#include "core/base/text.h"
#include "core/spec/data_path.h"
#include "core/spec/findings.h"
#include "core/spec/validator.h"
#include "core/spec/yaml_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sheaf::spec {

namespace {

namespace bj = boost::json;

constexpr Field kIncludePath { .name = "include_path_column",
    .type = FieldType::Bool,
    .help = "Add the column Path",
    .defaultValue = "false" };
constexpr Field kEncoding { .name = "encoding",
    .type = FieldType::Word,
    .help = "Encoding of the files",
    .defaultValue = "utf8",
    .words = "utf8|iso88591|latin1|ascii|utf16|utf32|utf8bom|windows1252" };

constexpr std::array kDelimited {
    Field { .name = "infer_column_types",
        .type = FieldType::Bool,
        .help = "Guess types from the first rows",
        .defaultValue = "true" },
    kEncoding,
    Field { .name = "header",
        .type = FieldType::Word,
        .help = "Which files begin with column names",
        .defaultValue = "all_files_same_headers",
        .words = "all_files_same_headers|no_header|from_first_file|all_files_different_headers" },
    Field { .name = "delimiter",
        .type = FieldType::Text,
        .help = "What parts columns",
        .defaultValue = "," },
    Field { .name = "empty_as_string",
        .type = FieldType::Bool,
        .help = "Empty is a text, not a gap",
        .defaultValue = "false" },
    kIncludePath,
    Field { .name = "support_multi_line",
        .type = FieldType::Bool,
        .help = "Quoted values may hold line ends",
        .defaultValue = "false" },
};
constexpr std::array kParquet { kIncludePath };
constexpr std::array kJsonLines {
    kIncludePath,
    Field { .name = "invalid_lines",
        .type = FieldType::Word,
        .help = "What to do with a bad line",
        .defaultValue = "error",
        .words = "error|drop" },
    kEncoding,
};
constexpr std::array kDelta {
    Field { .name = "timestamp_as_of", .type = FieldType::Text, .help = "State at this time" },
    Field { .name = "version_as_of",
        .type = FieldType::Int,
        .help = "State of this version",
        .minimum = 0,
        .maximum = 9e15,
        .hasRange = true },
    kIncludePath,
};
constexpr std::array kSample {
    Field { .name = "probability",
        .type = FieldType::Number,
        .help = "Share of rows kept",
        .minimum = 0,
        .maximum = 1,
        .hasRange = true,
        .required = true },
    Field { .name = "seed", .type = FieldType::Int, .help = "Same seed, same rows" },
};
constexpr Field kCount { .name = "count",
    .type = FieldType::Int,
    .help = "Number of rows",
    .minimum = 0,
    .maximum = 9e15,
    .hasRange = true };
constexpr Field kColumnType { .name = "column_type",
    .type = FieldType::Word,
    .help = "New type of the columns",
    .words = "int|float|string|boolean|datetime|stream|stream_info" };
constexpr Field kMismatch { .name = "mismatch_as",
    .type = FieldType::Word,
    .help = "What other values become",
    .defaultValue = "error",
    .words = "true|false|error" };

constexpr std::array kConversion {
    Field { .name = "columns", .type = FieldType::TextList, .help = "Columns that get the type", .required = true },
    kColumnType,
    Field { .name = "true_values", .type = FieldType::TextList, .help = "Words that mean true" },
    Field { .name = "false_values", .type = FieldType::TextList, .help = "Words that mean false" },
    Field { .name = "formats", .type = FieldType::TextList, .help = "Forms of dates, as %Y-%m-%d" },
    kMismatch,
};
constexpr std::array kPaths {
    Field { .name = "file", .type = FieldType::Path, .help = "A file of the table" },
    Field { .name = "folder", .type = FieldType::Path, .help = "A folder with files of the table" },
    Field { .name = "pattern", .type = FieldType::Path, .help = "Files of the table as a pattern: ./*.csv, ./**/*.parquet" },
};

/// Columns named in a partition format: what stands in braces, up to a colon.
std::optional<std::vector<std::string>> columnsOf(const std::string& format)
{
    std::vector<std::string> columns;
    std::size_t at = 0;
    while ((at = format.find_first_of("{}", at)) != std::string::npos) {
        const std::size_t close = format.find_first_of("{}", at + 1);
        if (format[at] == '}' || close == std::string::npos || format[close] == '{') {
            return std::nullopt;
        }
        const std::string inner = format.substr(at + 1, close - at - 1);
        columns.push_back(inner.substr(0, inner.find(':')));
        if (columns.back().empty()) {
            return std::nullopt;
        }
        at = close + 1;
    }
    return columns;
}

class TableReader
{
public:
    explicit TableReader(MlTable& table)
        : m_table(table)
        , m_file(table.file.string())
    {
    }

    void read(const YamlNode& root)
    {
        if (!root.isMap()) {
            report(Severity::Error, "wrong-type", root.where, "",
                "an MLTable file is a map with paths",
                { root.words(), "a map", "begin with paths:" });
            return;
        }
        for (const auto& entry : root.entries) {
            readKey(entry);
        }
        if (root.find("paths") == nullptr) {
            report(Severity::Error, "missing-field", {}, "paths", "the table has no paths",
                { "nothing", "a list of files, folders and patterns",
                    "add paths: with an entry such as - file: ./data.csv" });
        }
        checkReads();
        checkTraits(root);
    }

private:
    void report(Severity severity,
        const char* code,
        const SourceRange& where,
        const std::string& path,
        std::string message,
        Finding words)
    {
        m_table.diagnostics.push_back(
            finding(severity, code, { m_file, where, path }, std::move(message), std::move(words)));
    }

    void readKey(const YamlEntry& entry)
    {
        if (findField(Scope::MlTable, entry.key) == nullptr) {
            const auto names = fieldNames(Scope::MlTable);
            report(Severity::Warning, "unknown-key", entry.keyWhere, entry.key,
                fmt::format("'{}' is not a key of an MLTable and is not used{}", entry.key,
                    didYouMean(entry.key, names)),
                { entry.key, text::join(names, ", "), "remove it, or check its name" });
        } else if (entry.key == "type" && text::lower(entry.value.text) != "mltable") {
            report(Severity::Error, "unknown-word", entry.value.where, "type",
                fmt::format("the type of an MLTable is mltable, not '{}'", entry.value.words()),
                { entry.value.words(), "mltable", "write type: mltable, or leave it out" });
        } else if (entry.key == "paths") {
            readPaths(entry);
        } else if (entry.key == "transformations" && !entry.value.isNull()) {
            readTransformations(entry.value);
        }
    }

    // ------------------------------------------------------------------------------------------
    // paths

    void readPaths(const YamlEntry& entry)
    {
        if (!entry.value.isList() || entry.value.items.empty()) {
            report(Severity::Error, "wrong-type",
                entry.value.isNull() ? entry.keyWhere : entry.value.where, "paths",
                "paths must be a list with at least one entry",
                { entry.value.words(), "a list", "write entries such as - file: ./data.csv" });
            return;
        }
        for (std::size_t i = 0; i < entry.value.items.size(); ++i) {
            readPath(entry.value.items[i], fmt::format("paths.{}", i));
        }
    }

    void readPath(const YamlNode& item, const std::string& path)
    {
        const YamlEntry* only
            = item.isMap() && item.entries.size() == 1 ? &item.entries.front() : nullptr;
        const auto kind = only == nullptr ? std::nullopt : kindOf(only->key);
        if (!kind || !only->value.isScalar() || text::trim(only->value.text).empty()) {
            report(Severity::Error, "wrong-type", item.where, path,
                "an entry of paths is file:, folder: or pattern: with a place",
                { only == nullptr ? item.words() : only->key, "file, folder or pattern",
                    "write - file: ./data.csv" });
            return;
        }
        const std::string& value = only->value.text;
        if (dataPathKind(value) != DataPathKind::Local) {
            const bool isWindows = dataPathKind(value) == DataPathKind::Windows;
            report(Severity::Error, isWindows ? "windows-path" : "cloud-data", only->value.where,
                path, fmt::format("'{}' cannot be reached from this machine", value),
                { value, "a local path",
                    "copy the data to this machine and write its path, relative to the MLTable "
                    "file" });
            return;
        }
        m_table.paths.push_back({ *kind, withoutFileScheme(value), only->value.where });
    }

    static std::optional<MlTablePathKind> kindOf(const std::string& key)
    {
        return key == "file"   ? std::optional(MlTablePathKind::File)
            : key == "folder"  ? std::optional(MlTablePathKind::Folder)
            : key == "pattern" ? std::optional(MlTablePathKind::Pattern)
                               : std::nullopt;
    }

    // ------------------------------------------------------------------------------------------
    // transformations

    void readTransformations(const YamlNode& list)
    {
        if (!list.isList()) {
            report(Severity::Error, "wrong-type", list.where, "transformations",
                "transformations must be a list",
                { list.words(), "a list", "begin each transformation with '- '" });
            return;
        }
        for (std::size_t i = 0; i < list.items.size(); ++i) {
            const YamlNode& item = list.items[i];
            const std::string path = fmt::format("transformations.{}", i);
            if (item.isScalar()) {
                readTransformation(item.text, item.where, YamlNode {}, path);
            } else if (item.isMap() && item.entries.size() == 1) {
                readTransformation(item.entries.front().key, item.entries.front().keyWhere,
                    item.entries.front().value, path);
            } else {
                report(Severity::Error, "wrong-type", item.where, path,
                    item.isMap()
                        ? "an entry of transformations has one name; here are several"
                        : "an entry of transformations is a name, or a name with arguments",
                    { item.words(), "one name with its arguments",
                        "begin each transformation with '- ', and indent its arguments below it" });
            }
        }
    }

    void readTransformation(const std::string& name,
        const SourceRange& where,
        const YamlNode& arguments,
        const std::string& path)
    {
        const auto& names = tableTransformations();
        if (std::find(names.begin(), names.end(), name) == names.end()) {
            report(Severity::Error, "unknown-transformation", where, path,
                fmt::format(
                    "the transformation '{}' is not supported{}", name, didYouMean(name, names)),
                { name, text::join(names, ", "),
                    "use one of the transformations named, or do it in the script" });
            return;
        }
        const std::size_t before = errorCount();
        bj::value value = argumentsOf(name, where, arguments, path + "." + name);
        if (errorCount() == before) {
            m_table.transformations.push_back({ name, std::move(value), where });
        }
    }

    [[nodiscard]] std::size_t errorCount() const
    {
        return static_cast<std::size_t>(
            std::count_if(m_table.diagnostics.begin(), m_table.diagnostics.end(),
                [](const Diagnostic& d) { return d.severity == Severity::Error; }));
    }

    bj::value argumentsOf(const std::string& name,
        const SourceRange& where,
        const YamlNode& node,
        const std::string& path)
    {
        if (name == "read_delimited") {
            return object(kDelimited, node, where, path);
        }
        if (name == "read_parquet") {
            return object(kParquet, node, where, path);
        }
        if (name == "read_json_lines") {
            return object(kJsonLines, node, where, path);
        }
        if (name == "read_delta_lake") {
            return deltaLake(node, where, path);
        }
        if (name == "take_random_sample") {
            return object(kSample, node, where, path);
        }
        if (name == "drop_columns" || name == "keep_columns") {
            return names(node, where, path, name);
        }
        if (name == "convert_column_types") {
            return conversions(node, where, path);
        }
        if (name == "skip" || name == "take") {
            const YamlNode* count = node.isMap() ? node.find("count") : &node;
            return count == nullptr ? bj::value() : scalar(kCount, *count, where, path);
        }
        if (name == "filter") {
            return filterText(node, where, path);
        }
        return partitionFormat(node, where, path);
    }

    bj::value object(std::span<const Field> known,
        const YamlNode& node,
        const SourceRange& where,
        const std::string& path)
    {
        bj::object result;
        if (!node.isNull() && !node.isMap()) {
            wrongArguments(node, where, path, "a map of arguments");
        }
        for (const auto& entry : node.entries) {
            const auto field = std::find_if(known.begin(), known.end(),
                [&](const Field& candidate) { return candidate.name == entry.key; });
            if (entry.key == "path_column" || entry.key == "partition_size") {
                continue; // written by the service's tools, means nothing to a reader
            }
            if (field == known.end()) {
                std::vector<std::string> words;
                std::transform(known.begin(), known.end(), std::back_inserter(words),
                    [](const Field& f) { return std::string(f.name); });
                report(Severity::Warning, "unknown-key", entry.keyWhere, path + "." + entry.key,
                    fmt::format("'{}' is not an argument here and is not used{}", entry.key,
                        didYouMean(entry.key, words)),
                    { entry.key, text::join(words, ", "), "remove it, or check its name" });
            } else if (!entry.value.isNull()) {
                result[entry.key]
                    = scalar(*field, entry.value, entry.keyWhere, path + "." + entry.key);
            }
        }
        for (const auto& field : known) {
            if (field.required && !result.contains(field.name)) {
                report(Severity::Error, "missing-field", where, path,
                    fmt::format("{} is missing", field.name),
                    { "nothing", allowedText(field), fmt::format("add {}", field.name) });
            }
        }
        return result;
    }

    /// A scalar in the type of its field; words in their canonical spelling.
    bj::value scalar(
        const Field& field, const YamlNode& node, const SourceRange& where, const std::string& path)
    {
        if (!node.isScalar()) {
            wrongArguments(node, where, path, allowedText(field));
            return {};
        }
        FieldValue value;
        value.text = node.text;
        if (field.name == kEncoding.name) {
            std::erase_if(value.text, [](char c) { return c == '-' || c == '_'; });
        }
        value.file = m_file;
        value.where = node.where;
        if (auto problem = checkValue(field, value, path)) {
            m_table.diagnostics.push_back(std::move(*problem));
            return {};
        }
        switch (field.type) {
        case FieldType::Bool:
            return yamlBool(value.text).value_or(false);
        case FieldType::Int:
            return yamlInt(value.text).value_or(0);
        case FieldType::Number:
            return yamlNumber(value.text).value_or(0);
        case FieldType::Word:
            return bj::value(text::lower(text::trim(value.text)));
        default:
            return bj::value(value.text);
        }
    }

    bj::value deltaLake(const YamlNode& node, const SourceRange& where, const std::string& path)
    {
        bj::value result = object(kDelta, node, where, path);
        const bool hasOne = result.as_object().contains("timestamp_as_of")
            != result.as_object().contains("version_as_of");
        if (!hasOne) {
            report(Severity::Error, "missing-field", where, path,
                "read_delta_lake needs timestamp_as_of or version_as_of, and not both",
                { "", "one of the two", "add version_as_of: 0 or timestamp_as_of" });
        }
        return result;
    }

    bj::value names(const YamlNode& node,
        const SourceRange& where,
        const std::string& path,
        const std::string& what)
    {
        bj::array result;
        if (node.isScalar()) {
            result.emplace_back(node.text);
        }
        for (const auto& item : node.items) {
            if (item.isScalar()) {
                result.emplace_back(item.text);
            } else {
                wrongArguments(item, where, path, "names of columns");
            }
        }
        if (result.empty()) {
            wrongArguments(
                node, where, path, what + " with the name of a column or a list of names");
        }
        return result;
    }

    bj::value conversions(const YamlNode& node, const SourceRange& where, const std::string& path)
    {
        bj::array result;
        if (!node.isList() && !node.isMap()) {
            wrongArguments(node, where, path, "a list of columns and column_type");
            return result;
        }
        if (node.isMap()) {
            result.push_back(conversion(node, where, path));
        }
        for (const auto& item : node.items) {
            result.push_back(conversion(item, where, path));
        }
        return result;
    }

    /// {columns, column_type: word, true_values…}; also {column_type: {datetime: {formats: […]}}},
    /// as the service's tools save it.
    bj::value conversion(const YamlNode& item, const SourceRange& where, const std::string& path)
    {
        bj::object result;
        const YamlNode* columns = item.find("columns");
        const YamlNode* type = item.find("column_type");
        if (!item.isMap() || columns == nullptr || type == nullptr) {
            wrongArguments(item, where, path, "columns and column_type");
            return result;
        }
        result["columns"] = names(*columns, where, path, "columns");
        const bool isNested = type->isMap() && type->entries.size() == 1;
        YamlNode word = *type;
        if (isNested) {
            word = YamlNode {};
            word.kind = YamlNode::Kind::Scalar;
            word.text = type->entries.front().key;
            word.where = type->entries.front().keyWhere;
            conversionOptions(type->entries.front().value, result, path);
        }
        result["column_type"] = scalar(kColumnType, word, where, path + ".column_type");
        conversionOptions(item, result, path);
        return result;
    }

    void conversionOptions(const YamlNode& item, bj::object& result, const std::string& path)
    {
        for (const auto& entry : item.entries) {
            if (entry.key == "true_values" || entry.key == "false_values"
                || entry.key == "formats") {
                result[entry.key] = names(entry.value, entry.keyWhere, path, entry.key);
            } else if (entry.key == "mismatch_as") {
                result[entry.key]
                    = scalar(kMismatch, entry.value, entry.keyWhere, path + ".mismatch_as");
            } else if (entry.key != "columns" && entry.key != "column_type") {
                report(Severity::Warning, "unknown-key", entry.keyWhere, path + "." + entry.key,
                    fmt::format("'{}' is not an argument here and is not used", entry.key),
                    { entry.key,
                        "columns, column_type, true_values, false_values, mismatch_as, formats",
                        "remove it, or check its name" });
            }
        }
    }

    bj::value filterText(const YamlNode& node, const SourceRange& where, const std::string& path)
    {
        const YamlNode* expression = node.isMap() ? node.find("expression") : &node;
        if (expression == nullptr || !expression->isScalar()
            || text::trim(expression->text).empty()) {
            wrongArguments(node, where, path, "an expression such as 'col(\"x\") > 32'");
            return {};
        }
        return bj::value(expression->text);
    }

    bj::value partitionFormat(
        const YamlNode& node, const SourceRange& where, const std::string& path)
    {
        YamlNode unquoted;
        const YamlNode* format = node.isMap() ? node.find("partition_format") : &node;
        if (format == nullptr && node.isMap() && node.entries.size() == 1
            && node.entries.front().value.isNull()) {
            // {day:yyyy/MM} without quotes, as the service's own pages write it, is a map to YAML.
            unquoted.kind = YamlNode::Kind::Scalar;
            unquoted.text = "{" + node.entries.front().key + "}";
            unquoted.where = node.where;
            format = &unquoted;
        }
        if (format == nullptr || !format->isScalar()) {
            wrongArguments(node, where, path, "a format such as '{Store}/{Brand}.csv'");
            return {};
        }
        const auto columns = columnsOf(format->text);
        if (!columns || columns->empty()) {
            report(Severity::Error, "bad-partition-format", format->where, path,
                fmt::format(
                    "'{}' is not a partition format: it needs columns in braces, each brace closed",
                    format->text),
                { format->text, "a format such as {Store}/{Brand}/{file_name}.{extension}",
                    "put each column's name into braces" });
        }
        return bj::value(format->text);
    }

    void wrongArguments(const YamlNode& node,
        const SourceRange& where,
        const std::string& path,
        const std::string& allowed)
    {
        const bool hasPlace = !node.isNull() && node.where.line > 0;
        report(Severity::Error, "wrong-type", hasPlace ? node.where : where, path,
            fmt::format("here must be {}, not {}", allowed, node.words()),
            { node.words(), allowed, "write " + allowed });
    }

    // ------------------------------------------------------------------------------------------
    // rules

    void checkReads()
    {
        const MlTableTransformation* first = m_table.read();
        for (const auto& transformation : m_table.transformations) {
            if (transformation.isRead() && &transformation != first) {
                report(Severity::Error, "two-reads", transformation.where, "transformations",
                    fmt::format("the table is read twice: {} in line {} and {}", first->name,
                        first->where.line, transformation.name),
                    { transformation.name, "one read transformation", "keep one of them" });
            }
        }
    }

    void checkTraits(const YamlNode& root)
    {
        const YamlNode* traits = root.find("traits");
        if (traits == nullptr) {
            return;
        }
        std::vector<std::string> kept;
        for (const auto& entry : traits->entries) {
            if (entry.value.isScalar()) {
                kept.push_back(entry.value.text);
            }
            for (const auto& item : entry.value.items) {
                kept.push_back(item.text);
            }
        }
        for (const auto& transformation : m_table.transformations) {
            if (transformation.name != "drop_columns") {
                continue;
            }
            for (const auto& column : transformation.arguments.as_array()) {
                const std::string name(column.as_string());
                if (std::find(kept.begin(), kept.end(), name) != kept.end()) {
                    report(Severity::Error, "trait-dropped", transformation.where,
                        "transformations",
                        fmt::format(
                            "the column '{}' is named in traits and cannot be dropped", name),
                        { name, "other columns", "take it out of traits or out of drop_columns" });
                }
            }
        }
    }

    MlTable& m_table;
    std::string m_file;
};

} // namespace

std::vector<std::string> partitionColumns(const std::string& format)
{
    return columnsOf(format).value_or(std::vector<std::string> {});
}

std::span<const Field> tablePathFields()
{
    return kPaths;
}

const std::vector<std::string>& tableTransformations()
{
    static const std::vector<std::string> names { "read_delimited", "read_parquet",
        "read_json_lines", "read_delta_lake", "convert_column_types", "drop_columns",
        "keep_columns", "extract_columns_from_partition_format", "filter", "skip", "take",
        "take_random_sample" };
    return names;
}

std::span<const Field> tableArguments(std::string_view transformation)
{
    const std::pair<std::string_view, std::span<const Field>> all[] = { { "read_delimited", kDelimited },
        { "read_parquet", kParquet }, { "read_json_lines", kJsonLines }, { "read_delta_lake", kDelta },
        { "take_random_sample", kSample }, { "convert_column_types", kConversion } };
    for (const auto& [name, fields] : all) {
        if (name == transformation) {
            return fields;
        }
    }
    return {};
}

MlTable readMlTable(const std::filesystem::path& folder, const SharedTexts& texts)
{
    MlTable table;
    table.file = folder / "MLTable";
    std::error_code error;
    if (std::filesystem::is_directory(folder, error)
        && !std::filesystem::exists(table.file, error) && editedText(texts, table.file) == nullptr) {
        table.diagnostics.push_back(
            finding(Severity::Error, "no-mltable", { table.file.string(), {}, "" },
                fmt::format("the folder {} has no file named MLTable", folder.string()),
                { folder.string(), "a folder with a file named MLTable",
                    "put a file named exactly MLTable into it, with paths:" }));
        return table;
    }
    YamlDocument document = readYaml(table.file, texts);
    table.diagnostics = std::move(document.diagnostics);
    if (hasErrors(table.diagnostics)) {
        return table; // not YAML: what follows from that is no news
    }
    TableReader(table).read(document.root);
    return table;
}

} // namespace sheaf::spec
