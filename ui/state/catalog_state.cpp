// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/catalog_state.h"

#include "core/base/text.h"
#include "core/spec/yaml_node.h"
#include "ui/state/document_state.h"
#include "ui/state/outside_changes.h"
#include "ui/state/work_thread.h"
#include "ui/text/convert.h"

#include <fmt/format.h>

#include <QDir>
#include <QFileInfo>
#include <QSettings>

#include <filesystem>
#include <optional>
#include <utility>

namespace sheaf::ui {

namespace {

namespace fs = std::filesystem;

constexpr int kDeepest = 4; // folders below the job file
constexpr int kMostFiles = 4000;
constexpr std::uintmax_t kLargestComponent = 256 * 1024;
/// Folders first: new files show there. Component files are watched since they are written in place.
constexpr std::size_t kMostWatched = 200;
constexpr int kSettleMilliseconds = 400;
constexpr double kForgetting = 0.8; // what was used long ago counts less
constexpr std::string_view kImage = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04";

CatalogEntry templateEntry(const char* id, const QString& title, const QString& description, const QString& icon, const char* stepType, const char* dataType)
{
    CatalogEntry entry;
    entry.id = QStringLiteral("template:") + QString::fromLatin1(id);
    entry.title = title;
    entry.description = description;
    entry.icon = icon;
    entry.stepType = stepType;
    const bool isParallel = entry.stepType == "parallel";
    entry.inputs.push_back({ "data", dataType, isParallel, false });
    entry.outputs.push_back({ isParallel ? "results" : "result", isParallel ? "uri_file" : "uri_folder", false, false });
    return entry;
}

QVector<CatalogEntry> templates()
{
    return {
        templateEntry("parallel-files", CatalogState::tr("Parallel over files"), CatalogState::tr("run() is called with a list of files, some at a time"),
            QStringLiteral("parallel"), "parallel", "uri_folder"),
        templateEntry("parallel-table", CatalogState::tr("Parallel over a table"), CatalogState::tr("run() is called with a pandas DataFrame, a part of an MLTable at a time"),
            QStringLiteral("parallel"), "parallel", "mltable"),
        templateEntry("parallel-keys", CatalogState::tr("Parallel by partition keys"),
            CatalogState::tr("run() is called once for each combination of column values, with its rows"), QStringLiteral("parallel"), "parallel", "mltable"),
        templateEntry("command", CatalogState::tr("Command"), CatalogState::tr("One shell command, once"), QStringLiteral("command"), "command", ""),
    };
}

std::vector<CatalogEntry::Port> portsOf(const spec::YamlNode* map, const std::string& main)
{
    std::vector<CatalogEntry::Port> ports;
    if (map == nullptr) {
        return ports;
    }
    for (const auto& entry : map->entries) {
        const auto* type = entry.value.find("type");
        const auto* optional = entry.value.find("optional");
        ports.push_back({ entry.key, type != nullptr ? type->text : "", entry.key == main, optional != nullptr && spec::yamlBool(optional->text).value_or(false) });
    }
    return ports;
}

std::string textOf(const spec::YamlNode& root, const char* key)
{
    const auto* node = root.find(key);
    return node != nullptr && node->isScalar() ? node->text : std::string();
}

/// A component file, or nothing.
std::optional<CatalogEntry> componentOf(const fs::path& file, const fs::path& base)
{
    const auto document = spec::readYaml(file);
    const auto& root = document.root;
    if (!root.isMap() || spec::hasErrors(document.diagnostics)) {
        return std::nullopt;
    }
    std::string type = text::lower(textOf(root, "type"));
    const bool isComponentSchema = textOf(root, "$schema").find("omponent") != std::string::npos;
    if (type.empty()) {
        type = root.find("command") != nullptr ? "command" : root.find("task") != nullptr ? "parallel" : root.find("jobs") != nullptr ? "pipeline" : "";
    }
    const bool isStep = (type == "command" && root.find("command") != nullptr) || (type == "parallel" && root.find("task") != nullptr)
        || (type == "pipeline" && isComponentSchema && root.find("jobs") != nullptr);
    if (!isStep) {
        return std::nullopt;
    }
    CatalogEntry entry;
    entry.kind = CatalogEntry::Kind::Component;
    entry.path = QStringLiteral("./") + toQt(file.lexically_relative(base));
    if (entry.path.startsWith(QStringLiteral("./../"))) {
        entry.path = entry.path.mid(2);
    }
    entry.id = QStringLiteral("component:") + entry.path;
    const std::string shown = textOf(root, "display_name");
    const std::string name = textOf(root, "name");
    entry.title = toQt(!shown.empty() ? shown : !name.empty() ? name : file.stem().string());
    entry.description = toQt(textOf(root, "description"));
    entry.stepType = type;
    entry.icon = type == "parallel" ? QStringLiteral("parallel") : type == "pipeline" ? QStringLiteral("pipeline") : QStringLiteral("command");
    std::string main = textOf(root, "input_data"); // ${{inputs.name}}
    if (const auto dot = main.rfind('.'); dot != std::string::npos) {
        main = std::string(text::trim(std::string_view(main).substr(dot + 1, main.find('}') - dot - 1)));
    }
    entry.inputs = portsOf(root.find("inputs"), main);
    entry.outputs = portsOf(root.find("outputs"), "");
    return entry;
}

bool isPassedOver(const std::string& folder)
{
    return folder.starts_with('.') || folder == "node_modules" || folder == "__pycache__" || folder == "venv" || folder == "outputs";
}

struct Found {
    std::vector<CatalogEntry> components;
    std::vector<CatalogEntry> data;
    std::vector<fs::path> folders; // that were looked through
    std::vector<fs::path> files; // components, or what may become one

    [[nodiscard]] QStringList places() const
    {
        QStringList all;
        for (const auto* paths : { &folders, &files }) {
            for (const auto& path : *paths) {
                if (static_cast<std::size_t>(all.size()) < kMostWatched) {
                    all << toQt(path);
                }
            }
        }
        return all;
    }
};

Found look(const fs::path& jobFile)
{
    Found found;
    const fs::path base = jobFile.parent_path();
    found.folders.push_back(base);
    std::error_code error;
    int files = 0;
    fs::recursive_directory_iterator walk(base, fs::directory_options::skip_permission_denied, error);
    for (const fs::recursive_directory_iterator end; walk != end && files < kMostFiles; walk.increment(error)) {
        if (error) {
            break;
        }
        const fs::path& path = walk->path();
        const std::string name = path.filename().string();
        if (walk->is_directory(error)) {
            if (isPassedOver(name) || walk.depth() >= kDeepest) {
                walk.disable_recursion_pending();
                continue;
            }
            found.folders.push_back(path);
            if (fs::exists(path / "MLTable", error)) {
                found.data.push_back(dataEntry(toQt(path), toQt(base)));
            } else if (walk.depth() == 0 && name != "src" && name != "code" && name != "script" && name != "scripts") {
                found.data.push_back(dataEntry(toQt(path), toQt(base)));
            }
            continue;
        }
        ++files;
        const std::string extension = path.extension().string();
        if ((extension == ".yml" || extension == ".yaml") && path != jobFile && walk->file_size(error) <= kLargestComponent) {
            found.files.push_back(path);
            if (auto component = componentOf(path, base)) {
                found.components.push_back(std::move(*component));
            }
        } else if (walk.depth() <= 1 && (extension == ".csv" || extension == ".jsonl" || extension == ".parquet")) {
            found.data.push_back(dataEntry(toQt(path), toQt(base)));
        }
    }
    const auto byTitle = [](const CatalogEntry& a, const CatalogEntry& b) { return a.title.localeAwareCompare(b.title) < 0; };
    std::sort(found.components.begin(), found.components.end(), byTitle);
    std::sort(found.data.begin(), found.data.end(), byTitle);
    return found;
}

/// One input of a step as block lines: bound, with its data, or bare.
std::string inputLines(const std::string& name, const std::string& type, const std::string& value)
{
    const bool isData = type == "uri_folder" || type == "uri_file" || type == "mltable" || type.ends_with("_model");
    if (!isData) {
        return fmt::format("  {}: {}\n", name, value);
    }
    return fmt::format("  {}:\n    type: {}\n    path: {}\n    mode: {}\n", name, type, value, type == "mltable" ? "direct" : "ro_mount");
}

} // namespace

std::string blockOf(const CatalogEntry& entry, const std::string& step, const std::string& input, const std::string& binding, const std::string& bindingType,
    const std::string& dataPath)
{
    if (entry.kind == CatalogEntry::Kind::Component) {
        std::string block = fmt::format("type: {}\ncomponent: {}\n", entry.stepType, toStd(entry.path));
        std::string inputs;
        for (const auto& port : entry.inputs) {
            if (port.name == input && !binding.empty()) {
                inputs += fmt::format("  {}: {}\n", port.name, binding);
            }
        }
        return block + (inputs.empty() ? "" : "inputs:\n" + inputs);
    }
    const std::string data = binding.empty() ? dataPath : binding;
    if (entry.stepType == "command") {
        const std::string type = bindingType.empty() ? "uri_folder" : bindingType;
        return fmt::format("type: command\ncode: ./src\ncommand: >-\n  python {0}.py --data ${{{{inputs.data}}}} --result ${{{{outputs.result}}}}\n"
                           "environment:\n  image: {1}\ninputs:\n{2}outputs:\n  result:\n    type: uri_folder\n",
            step, kImage, inputLines("data", type, data));
    }
    const bool isTable = entry.inputs.front().type == "mltable";
    const bool byKeys = entry.id.endsWith(QStringLiteral("keys"));
    const std::string cut = byKeys ? "partition_keys:\n  - key\n" : isTable ? "mini_batch_size: \"1mb\"\n" : "mini_batch_size: \"10\"\n";
    return fmt::format("type: parallel\ninputs:\n{0}outputs:\n  results:\n    type: uri_file\ninput_data: ${{{{inputs.data}}}}\n{1}"
                       "max_concurrency_per_instance: 2\nmini_batch_error_threshold: 0\nretry_settings:\n  max_retries: 2\n  timeout: 60\n"
                       "resources:\n  instance_count: 1\ntask:\n  type: run_function\n  code: ./src\n  entry_script: {2}.py\n"
                       "  append_row_to: ${{{{outputs.results}}}}\n  environment:\n    image: {3}\n",
        inputLines("data", isTable ? "mltable" : "uri_folder", data), cut, step, kImage);
}

CatalogEntry dataEntry(const QString& path, const QString& base)
{
    const QFileInfo info(path);
    CatalogEntry entry;
    entry.kind = CatalogEntry::Kind::Data;
    QString relative = QDir(base).relativeFilePath(info.absoluteFilePath());
    entry.path = relative.startsWith(QStringLiteral("..")) ? relative : QStringLiteral("./") + relative;
    // What lies far away is named by its whole path: dots would say less.
    if (relative.startsWith(QStringLiteral("../../.."))) {
        entry.path = info.absoluteFilePath();
    }
    entry.id = QStringLiteral("data:") + entry.path;
    entry.title = info.fileName();
    const bool isTable = info.isDir() && QFileInfo::exists(path + QStringLiteral("/MLTable"));
    entry.stepType = isTable ? "mltable" : info.isDir() ? "uri_folder" : "uri_file";
    entry.icon = isTable ? QStringLiteral("table") : info.isDir() ? QStringLiteral("folder") : QStringLiteral("file");
    entry.description = (isTable ? CatalogState::tr("Table (MLTable folder)") : info.isDir() ? CatalogState::tr("Folder") : CatalogState::tr("File"))
        + QStringLiteral(" · ") + entry.path;
    entry.outputs.push_back({ toStd(entry.title), entry.stepType, false, false });
    return entry;
}

CatalogState::CatalogState(DocumentState& document, WorkThread& worker, QObject* parent)
    : QObject(parent)
    , m_document(document)
    , m_worker(worker)
    , m_entries(templates())
{
    const QSettings settings;
    const QVariantMap kept = settings.value(QStringLiteral("catalog/uses")).toMap();
    for (auto use = kept.begin(); use != kept.end(); ++use) {
        m_uses[use.key()] = use->toDouble() * kForgetting;
    }
    connect(&document, &DocumentState::opened, this, &CatalogState::refresh);
    connect(&document, &DocumentState::closed, this, [this] {
        ++m_question;
        m_settle.stop();
        watchOnly(m_watcher, {});
        m_entries = templates();
        sort();
        emit changed();
    });
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleMilliseconds);
    connect(&m_settle, &QTimer::timeout, this, &CatalogState::refresh);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_settle, qOverload<>(&QTimer::start));
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_settle, qOverload<>(&QTimer::start));
    whenBack(this, [this] { refresh(); });
}

const CatalogEntry* CatalogState::find(const QString& id) const
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(), [&](const CatalogEntry& entry) { return entry.id == id; });
    return found == m_entries.end() ? nullptr : &*found;
}

void CatalogState::refresh()
{
    if (!m_document.isOpen()) {
        return;
    }
    const int question = ++m_question;
    m_worker.ask(
        this, [file = toPath(m_document.jobFile())] { return look(file); },
        [this, question](const Found& found) {
            if (question != m_question) {
                return;
            }
            const QVector<CatalogEntry> before = std::exchange(m_entries, templates());
            for (const auto& entry : found.components) {
                m_entries << entry;
            }
            for (const auto& entry : found.data) {
                m_entries << entry;
            }
            sort();
            watchOnly(m_watcher, found.places());
            if (m_entries != before) { // who is choosing from the list keeps their place in it
                emit changed();
            }
        });
}

void CatalogState::sort()
{
    std::stable_sort(m_entries.begin(), m_entries.end(), [this](const CatalogEntry& a, const CatalogEntry& b) {
        return a.kind != b.kind ? a.kind < b.kind : uses(a.id) > uses(b.id);
    });
}

void CatalogState::noteUse(const QString& id)
{
    m_uses[id] += 1;
    QVariantMap kept;
    for (auto use = m_uses.cbegin(); use != m_uses.cend(); ++use) {
        if (*use > 0.05) {
            kept[use.key()] = *use;
        }
    }
    QSettings settings;
    settings.setValue(QStringLiteral("catalog/uses"), kept);
    sort();
    emit changed();
}

} // namespace sheaf::ui
