// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/settings_model.h"

#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QBrush>

namespace sheaf::ui {

namespace {

/// Collects rows; knows which fields the file set.
class Rows
{
public:
    explicit Rows(const pipeline::StepSpec& step)
        : m_step(step)
    {
    }
    void group(const QString& name) { m_group = name; }
    void add(const char* name, const QString& value, const char* alias = nullptr)
    {
        rows.push_back({ m_group, QString::fromLatin1(name), value, isSet(name) || (alias != nullptr && isSet(alias)) });
    }
    void addAlways(const QString& name, const QString& value) { rows.push_back({ m_group, name, value, true }); }

    std::vector<SettingRow> rows;

private:
    [[nodiscard]] bool isSet(std::string_view name) const
    {
        for (const auto& set : m_step.setByUser) {
            // "task.entry_script" is the field "entry_script"; runner flags are kept with their dashes.
            const std::string_view bare = std::string_view(set).substr(std::min(set.find_first_not_of('-'), set.size()));
            if (bare == name || (bare.size() > name.size() && bare.ends_with(name) && bare[bare.size() - name.size() - 1] == '.')) {
                return true;
            }
        }
        return false;
    }
    const pipeline::StepSpec& m_step;
    QString m_group;
};

/// "jobs.STEP.resources.instance_count=3" sets the field instance_count of STEP; one for a whole map sets all in it.
bool isOverridden(const std::string& step, const std::string& field, const std::vector<std::string>& overrides)
{
    const std::string head = "jobs." + step + ".";
    return std::any_of(overrides.begin(), overrides.end(), [&](const std::string& word) {
        const std::string path = word.substr(0, word.find('='));
        if (!path.starts_with(head)) {
            return false;
        }
        const std::string own = "." + path.substr(head.size());
        return own.ends_with("." + field) || field.starts_with(own.substr(1) + ".");
    });
}

QString limit(std::int64_t value)
{
    return value < 0 ? SettingsModel::tr("%1 (any number)").arg(value) : countText(static_cast<std::uint64_t>(value));
}

QString list(const std::vector<std::string>& values, const QString& separator)
{
    QStringList texts;
    for (const auto& value : values) {
        texts << toQt(value);
    }
    return texts.join(separator);
}

QString yesNo(bool value)
{
    return value ? SettingsModel::tr("yes") : SettingsModel::tr("no");
}

QString batchSize(const pipeline::ParallelSettings& p)
{
    if (!p.partitionKeys.empty()) {
        return SettingsModel::tr("one per partition");
    }
    if (!p.miniBatchSizeText.empty()) {
        return toQt(p.miniBatchSizeText);
    }
    return p.miniBatchSize > 0 ? countText(static_cast<std::uint64_t>(p.miniBatchSize)) : SettingsModel::tr("1 file, or 1 MiB of a table");
}

void addParallel(Rows& rows, const pipeline::StepSpec& step)
{
    const auto& p = step.parallel;
    rows.group(SettingsModel::tr("Splitting"));
    rows.add("input_data", toQt(p.inputData));
    rows.add("mini_batch_size", batchSize(p));
    if (!p.partitionKeys.empty()) {
        rows.add("partition_keys", list(p.partitionKeys, QStringLiteral(", ")));
    }
    rows.group(SettingsModel::tr("Workers"));
    rows.add("resources.instance_count", countText(static_cast<std::uint64_t>(step.instanceCount)), "instance_count");
    rows.add("max_concurrency_per_instance",
        p.maxConcurrencyPerInstance == 0 ? SettingsModel::tr("one per core of the node") : countText(static_cast<std::uint64_t>(p.maxConcurrencyPerInstance)),
        "process_count_per_node");
    rows.group(SettingsModel::tr("Failures"));
    rows.add("retry_settings.max_retries", countText(static_cast<std::uint64_t>(p.maxRetries)), "max_retries");
    rows.add("retry_settings.timeout", durationText(p.timeoutSeconds), "timeout");
    rows.add("error_threshold", limit(p.errorThreshold));
    rows.add("mini_batch_error_threshold", limit(p.miniBatchErrorThreshold));
    rows.add("allowed_failed_percent", SettingsModel::tr("%1 %").arg(p.allowedFailedPercent));
    rows.add("task_overhead_timeout", durationText(p.taskOverheadTimeoutSeconds));
    rows.add("progress_update_timeout", durationText(p.progressUpdateTimeoutSeconds));
    rows.add("first_task_creation_timeout", durationText(p.firstTaskCreationTimeoutSeconds));
    rows.group(SettingsModel::tr("Script"));
    rows.add("code", toQt(p.code));
    rows.add("entry_script", toQt(p.entryScript));
    rows.add("program_arguments", list(p.programArguments, QStringLiteral(" ")));
    rows.add("logging_level", toQt(p.loggingLevel));
    rows.group(SettingsModel::tr("Result"));
    rows.add("append_row_to", p.appendRowTo.empty() ? SettingsModel::tr("nothing: summary only") : toQt(p.appendRowTo));
    if (!p.appendRowFile.empty()) {
        rows.add("append_row_file", toQt(p.appendRowFile));
        rows.add("append_row_dataframe_header", yesNo(p.appendRowDataframeHeader));
    }
    rows.group(SettingsModel::tr("Watching"));
    rows.add("resource_monitor_interval", p.resourceMonitorIntervalSeconds > 0 ? durationText(p.resourceMonitorIntervalSeconds) : SettingsModel::tr("off"));
    rows.add("copy_logs_to_parent", yesNo(p.copyLogsToParent));
    if (!p.profilingModule.empty()) {
        rows.add("profiling_module", toQt(p.profilingModule));
    }
}

void addCommand(Rows& rows, const pipeline::StepSpec& step)
{
    rows.group(SettingsModel::tr("Command"));
    rows.add("command", toQt(step.command.command));
    rows.add("code", step.command.code.empty() ? SettingsModel::tr("none: an empty folder") : toQt(step.command.code));
    rows.add("limits.timeout", step.command.timeoutSeconds > 0 ? durationText(step.command.timeoutSeconds) : SettingsModel::tr("none"));
    rows.add("resources.instance_count", countText(static_cast<std::uint64_t>(step.instanceCount)), "instance_count");
}

} // namespace

std::vector<SettingRow> settingsInForce(const pipeline::StepSpec& step, const std::vector<std::string>& overrides)
{
    Rows rows(step);
    if (step.kind == pipeline::StepKind::Parallel) {
        addParallel(rows, step);
    } else {
        addCommand(rows, step);
    }
    rows.group(SettingsModel::tr("Surroundings"));
    rows.add("compute", step.compute.empty() ? SettingsModel::tr("this machine") : toQt(step.compute));
    rows.add("environment", step.environment.empty() ? SettingsModel::tr("none named") : toQt(step.environment));
    for (const auto& [name, value] : step.environmentVariables) {
        rows.addAlways(QStringLiteral("environment_variables.") + toQt(name), toQt(value));
    }
    rows.group(SettingsModel::tr("Inputs"));
    for (const auto& input : step.inputs) {
        const QString from = input.fromStep.empty() ? QString() : SettingsModel::tr("%1 of step %2: ").arg(toQt(input.fromOutput), toQt(input.fromStep));
        rows.addAlways(QStringLiteral("inputs.") + toQt(input.name), from + toQt(input.value));
    }
    rows.group(SettingsModel::tr("Outputs"));
    for (const auto& output : step.outputs) {
        rows.addAlways(QStringLiteral("outputs.") + toQt(output.name), toQt(output.path));
    }
    for (auto& row : rows.rows) {
        row.isOverride = row.isSetByUser && isOverridden(step.name, toStd(row.name), overrides);
    }
    return std::move(rows.rows);
}

void SettingsModel::setRows(std::vector<SettingRow> rows)
{
    beginResetModel();
    m_rows.clear();
    QString group;
    for (auto& row : rows) {
        if (row.group != group) {
            group = row.group;
            m_rows.push_back({ group, {}, {}, false });
        }
        m_rows.push_back(std::move(row));
    }
    endResetModel();
}

int SettingsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SettingsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : Columns;
}

QVariant SettingsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const SettingRow& row = m_rows[static_cast<std::size_t>(index.row())];
    const bool isHead = row.name.isEmpty();
    switch (role) {
    case Qt::DisplayRole:
        if (isHead) {
            return index.column() == Name ? row.group : QString();
        }
        return index.column() == Name ? row.name : index.column() == Value ? row.value : row.isOverride ? tr("set by --set") : row.isSetByUser ? tr("set in the file") : tr("default");
    case Qt::ToolTipRole:
        return index.column() == Value ? row.value : QString();
    case Qt::FontRole:
        return isHead ? textFont(0, true) : row.isSetByUser && index.column() == Value ? textFont(0, true) : textFont(0);
    case Qt::ForegroundRole:
        return QBrush(isHead || index.column() == Origin || (index.column() == Value && !row.isSetByUser) ? theme().muted : theme().text);
    default:
        return {};
    }
}

QVariant SettingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    const QString names[] = { tr("Setting"), tr("In force"), tr("From") };
    return section < Columns ? names[section] : QString();
}

} // namespace sheaf::ui
