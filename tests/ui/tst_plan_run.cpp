// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/json.h"
#include "core/pipeline/resolver.h"
#include "core/plan/line_content.h"
#include "core/plan/plan_line.h"
#include "core/runtime/run_dir.h"
#include "tests/core/plan/plan_support.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/state/plan_state.h"
#include "ui/state/work_thread.h"
#include "ui/text/convert.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#endif

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

constexpr int kPipelines = 5;
constexpr int kStepsEach = 10;

/// Writes down what run() is given: the paths, or the ids of the rows.
const char* const kScript = "import argparse, json, os\n"
                            "parser = argparse.ArgumentParser()\n"
                            "parser.add_argument('--note')\n"
                            "folder = parser.parse_known_args()[0].note\n"
                            "os.makedirs(folder, exist_ok=True)\n"
                            "def run(mini_batch, context):\n"
                            "    if not isinstance(mini_batch, list) and len(mini_batch) == 0:\n"
                            "        given = {'ids': []}\n" // a slice of blank JSON lines has no columns either
                            "    elif not isinstance(mini_batch, list):\n"
                            "        given = {'ids': [int(value) for value in mini_batch['id']], 'columns': list(mini_batch.columns)}\n"
                            "    elif mini_batch and isinstance(mini_batch[0], dict):\n"
                            "        given = {'ids': [row['id'] for row in mini_batch]}\n"
                            "    else:\n"
                            "        given = {'paths': [os.fsencode(path).decode('utf-8', 'backslashreplace') for path in mini_batch]}\n"
                            "    with open(os.path.join(folder, '%d.json' % context.minibatch_index), 'x') as file:\n"
                            "        json.dump(given, file)\n"
                            "    return ['{\"output\": 1}' for _ in range(len(mini_batch))]\n";

/// Where a record begins in its file, and its number.
using Records = std::vector<std::pair<std::int64_t, int>>;

/// A random input, the fields of a step that splits it, and what is known of it.
struct Input {
    std::string type = "uri_folder";
    std::string path; // below the folder of the job
    std::string fields; // lines of the step
    std::string arguments;
    bool areFiles = false;
    std::map<std::string, Records> records; // of text files, by path below the root of the plan
};

class Maker
{
public:
    Maker(const test::TempFolder& folder, std::uint64_t seed)
        : m_folder(folder)
        , m_chance(seed)
    {
    }

    Input make(int number)
    {
        m_input = {};
        m_input.path = "data" + std::to_string(number);
        m_next = 0;
        switch (number % 5) {
        case 0:
            makeFolder();
            break;
        case 1:
            makeTable(false);
            break;
        case 2:
            makeJsonRows();
            break;
        case 3:
            makeTable(true);
            break;
        default:
            m_chance.oneIn(2) ? makeFileTable() : makeJsonTable();
            break;
        }
        return m_input;
    }

private:
    std::size_t below(std::size_t limit) { return m_chance.below(limit); }
    void write(const std::string& name, const std::string& bytes) { m_folder.write(m_input.path + "/" + name, bytes); }
    void setSize(std::size_t size) { m_input.fields += "    mini_batch_size: '" + std::to_string(size) + "'\n"; }
    void writeTable(const std::string& rest)
    {
        m_input.type = "mltable";
        write("MLTable", "type: mltable\n" + rest);
    }

    std::string oddName()
    {
        static const std::vector<std::string> kParts { "a", "B", " ", "'", "\"", "é", "日本", "😀", "-", "#", "%41", "\xff", "\\", "{x}", ",", "\n", "~" };
        std::string name = std::to_string(m_next++); // so that none is another's
        for (std::size_t i = 0; i < 1 + below(5); ++i) {
            name += kParts[below(kParts.size())];
        }
        return name;
    }

    void writeOddFiles(const std::string& ending)
    {
        for (std::size_t i = 0; i < 3 + below(25); ++i) {
            std::string folder;
            for (std::size_t depth = below(3); depth > 0; --depth) {
                folder += "d" + std::to_string(below(3)) + "/";
            }
            write(folder + oddName() + ending, std::string(m_chance.oneIn(3) ? 0 : below(100), 'x'));
        }
    }

    void makeFolder()
    {
        m_input.areFiles = true;
        writeOddFiles("");
        setSize(1 + below(7));
        if (m_chance.oneIn(3)) {
            m_input.fields += "    properties:\n      sheaf.keep_directories_apart: 'true'\n";
        }
    }

    void makeFileTable()
    {
        m_input.areFiles = true;
        writeOddFiles(".bin");
        writeTable("paths:\n  - pattern: ./**/*.bin\n  - pattern: ./*.bin\n");
        setSize(1 + below(4));
    }

    std::string cell(bool mayBreak)
    {
        switch (below(mayBreak ? 6 : 4)) {
        case 0:
            return "";
        case 1:
            return std::to_string(below(1000));
        case 2:
            return "\"a, \"\"quoted\"\" b\"";
        case 3:
            return "héllo";
        case 4:
            return "\"two\nlines\"";
        default:
            return "\"\n\"\"\r\n,\"";
        }
    }

    /// A CSV file; each record's place and number are kept under `name`.
    std::string csv(const std::string& name, const std::string& header, bool mayBreak, std::size_t rows)
    {
        const std::string end = m_chance.oneIn(2) ? "\n" : "\r\n";
        std::string text = (m_chance.oneIn(4) ? "\xEF\xBB\xBF" : "") + (header.empty() ? "" : header + end);
        Records& records = m_input.records[name];
        for (std::size_t row = 0; row < rows; ++row) {
            records.emplace_back(static_cast<std::int64_t>(text.size()), m_next);
            text += std::to_string(m_next++) + "," + cell(mayBreak) + "," + cell(mayBreak);
            text += row + 1 == rows && m_chance.oneIn(2) ? "" : end; // the last line may have no end
        }
        return text;
    }

    void makeTable(bool isPartitioned)
    {
        const bool mayBreak = m_chance.oneIn(2);
        std::string rest = isPartitioned ? "paths:\n  - pattern: ./**/*.csv\n" : "paths:\n  - pattern: ./*.csv\n";
        rest += "transformations:\n  - read_delimited:\n      delimiter: ','\n      header: all_files_same_headers\n      encoding: utf8\n";
        rest += mayBreak ? "      support_multi_line: true\n" : "";
        for (std::size_t i = 0; i < 1 + below(6); ++i) {
            // The number of the file keeps the order of the paths the order in which they are made.
            const std::string folder = isPartitioned ? "p" + std::to_string(below(2)) + "/q" + std::to_string(below(2)) + "/" : "";
            const std::string name = folder + std::to_string(10 + i) + ".csv";
            write(name, csv(name, "id,left,right", mayBreak, i == 0 ? 1 + below(40) : m_chance.oneIn(5) ? 0 : below(40)));
        }
        if (isPartitioned) {
            rest += "  - extract_columns_from_partition_format: '{store}/{brand}/{file}.csv'\n";
            m_input.fields += "    partition_keys: [brand, store]\n";
        } else {
            setSize(20 + below(600));
        }
        writeTable(rest);
    }

    void makeJsonTable()
    {
        for (std::size_t i = 0; i < 1 + below(3); ++i) {
            const std::string name = std::to_string(10 + i) + ".jsonl";
            write(name, jsonLines(name, 1 + below(30)));
        }
        writeTable("paths:\n  - pattern: ./*.jsonl\ntransformations:\n  - read_json_lines:\n      encoding: utf8\n");
        setSize(20 + below(400));
    }

    std::string jsonLines(const std::string& name, std::size_t rows)
    {
        std::string text;
        for (std::size_t row = 0; row < rows; ++row) {
            m_input.records[name].emplace_back(static_cast<std::int64_t>(text.size()), m_next);
            text += "{\"id\": " + std::to_string(m_next++) + ", \"words\": \"" + std::string(below(30), 'w') + "\"}\n";
            text += m_chance.oneIn(6) ? "\n" : "";
        }
        return text;
    }

    void makeJsonRows()
    {
        m_input.type = "uri_file";
        const std::string folder = m_input.path;
        write("rows.jsonl", jsonLines("rows.jsonl", 1 + below(60)));
        m_input.path = folder + "/rows.jsonl";
        m_input.arguments = "--amlbi_pf_enabled True --amlbi_pf_run_mode component --amlbi_file_format jsonl --amlbi_mini_batch_rows "
            + std::to_string(1 + below(9));
    }

    const test::TempFolder& m_folder;
    test::Chance m_chance;
    Input m_input;
    int m_next = 0;
};

QJsonObject jsonOf(const std::filesystem::path& path)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(test::readAll(path))).object();
}

/// What run() has to be given for a line, from what the test wrote: ids of the records that begin in its slices.
std::vector<int> idsOf(const std::string& line, const Input& input)
{
    std::vector<int> ids;
    const auto object = boost::json::parse(line).as_object();
    for (const auto& part : object.at("slices").as_array()) {
        const auto& slice = part.as_array();
        const auto found = input.records.find(std::string(slice.at(0).as_string().c_str()));
        if (found == input.records.end()) {
            return { -1 };
        }
        for (const auto& [begin, id] : found->second) {
            if (begin >= slice.at(1).as_int64() && begin < slice.at(2).as_int64()) {
                ids.push_back(id);
            }
        }
    }
    return ids;
}

std::vector<int> numbers(const QJsonArray& array)
{
    std::vector<int> values;
    for (const auto& value : array) {
        values.push_back(value.toInt());
    }
    return values;
}

} // namespace

/// What the studio shows before a run is what runs: fifty random inputs, planned here and run by the real sheaf, mpirun and Python.
class tst_plan_run : public QObject
{
    Q_OBJECT

    test::TempFolder m_folder;
    QString m_python;

    QString notesOf(int pipeline, int step) const
    {
        return toQt(m_folder.path() / ("notes" + std::to_string(pipeline)) / ("step" + std::to_string(step)));
    }

    /// Compares one step; `why` is told when it differs.
    void compare(const pipeline::StepSpec& step, const Input& input, const std::filesystem::path& planFolder, const std::filesystem::path& notes, bool withPreview)
    {
        WorkThread planner;
        WorkThread previewer;
        PlanState plan(planner, previewer);
        plan.ask(step, m_python);
        QTRY_VERIFY_WITH_TIMEOUT(plan.phase() != PlanState::Phase::Planning, 30000);
        QVERIFY2(plan.phase() == PlanState::Phase::Done, errorSentence(plan.error()).c_str());
        std::string lines;
        for (std::size_t i = 0; i < plan.lines().size(); ++i) {
            lines += std::string(plan.lines()[i]) + "\n";
        }
        QCOMPARE(lines, test::readAll(planFolder / "plan.jsonl"));
        QCOMPARE(json::serialize(*plan.header()) + "\n", test::readAll(planFolder / "plan.json"));

        std::multiset<int> given;
        for (std::size_t i = 0; i < plan.lines().size(); ++i) {
            const std::string line(plan.lines()[i]);
            const QJsonObject note = jsonOf(notes / (std::to_string(i) + ".json"));
            if (input.areFiles) {
                QStringList paths;
                for (const auto& path : plan::pathsOfLine(line)) {
                    paths << toQt(plan.header()->root + "/" + path);
                }
                QCOMPARE(note[QStringLiteral("paths")].toVariant().toStringList(), paths);
                continue;
            }
            const std::vector<int> ids = numbers(note[QStringLiteral("ids")].toArray());
            QVERIFY(ids == idsOf(line, input));
            given.insert(ids.begin(), ids.end());
        }
        QCOMPARE(QDir(toQt(notes)).entryList(QDir::Files).size(), static_cast<qsizetype>(plan.lines().size()));
        std::multiset<int> written;
        for (const auto& [file, records] : input.records) {
            for (const auto& [begin, id] : records) {
                written.insert(id);
            }
        }
        QVERIFY(given == written); // each row once, none left out
        if (withPreview) {
            comparePreview(plan, input, jsonOf(notes / "0.json"));
        }
    }

    void comparePreview(PlanState& plan, const Input& input, const QJsonObject& note)
    {
        plan.choose(0);
        QTRY_VERIFY_WITH_TIMEOUT(plan.previewPhase() != PlanState::PreviewPhase::Reading, 30000);
        QVERIFY2(plan.previewPhase() == PlanState::PreviewPhase::There, errorSentence(plan.previewError()).c_str());
        const auto& preview = plan.preview();
        const QJsonArray given = note[input.areFiles ? QStringLiteral("paths") : QStringLiteral("ids")].toArray();
        QCOMPARE(static_cast<qsizetype>(preview.count), given.size());
        for (std::size_t i = 0; i < preview.rows.size(); ++i) {
            const QJsonValue one = given[static_cast<qsizetype>(i)];
            const QString shown = toQt(preview.rows[i][0].value_or(""));
            QCOMPARE(input.areFiles ? toQt(plan.header()->root) + QLatin1Char('/') + shown : shown,
                input.areFiles ? one.toString() : QString::number(one.toInt()));
        }
        if (const QJsonArray columns = note[QStringLiteral("columns")].toArray(); !columns.isEmpty()) {
            QCOMPARE(static_cast<qsizetype>(preview.columns.size()), columns.size());
            for (qsizetype i = 0; i < columns.size(); ++i) {
                QCOMPARE(toQt(preview.columns[static_cast<std::size_t>(i)].first), columns[i].toString());
            }
        }
    }

private slots:
    void initTestCase()
    {
        m_python = QFile::exists(QStringLiteral("/usr/bin/python3")) ? QStringLiteral("/usr/bin/python3")
                                                                      : QStandardPaths::findExecutable(QStringLiteral("python3"));
        if (QProcess::execute(m_python, { QStringLiteral("-c"), QStringLiteral("import pandas") }) != 0) {
            QSKIP("this interpreter has no pandas");
        }
        m_folder.write("src/record.py", kScript);
    }

    void the_plan_is_what_runs_data()
    {
        QTest::addColumn<int>("number");
        for (int i = 0; i < kPipelines; ++i) {
            QTest::addRow("pipeline %d", i) << i;
        }
    }

    void the_plan_is_what_runs()
    {
        QFETCH(int, number);
        Maker maker(m_folder, 1000 + static_cast<std::uint64_t>(number));
        std::vector<Input> inputs;
        std::string text = "type: pipeline\njobs:\n";
        for (int i = 0; i < kStepsEach; ++i) {
            const Input input = maker.make(number * kStepsEach + i);
            text += "  step" + std::to_string(i) + ":\n    type: parallel\n    max_concurrency_per_instance: 1\n    mini_batch_error_threshold: 0\n"
                + input.fields + "    retry_settings: {max_retries: 0}\n    inputs:\n      data:\n        type: " + input.type + "\n        path: ./" + input.path
                + "\n        mode: direct\n    input_data: ${{inputs.data}}\n    task:\n      type: run_function\n      code: ./src\n"
                  "      entry_script: record.py\n      environment: azureml:any:1\n      program_arguments: --note "
                + toStd(notesOf(number, i)) + " " + input.arguments + "\n";
            inputs.push_back(input);
        }
        const std::string name = "run" + std::to_string(number);
        const auto file = m_folder.write(name + ".yml", text);
        QProcess sheaf;
        sheaf.setProcessChannelMode(QProcess::MergedChannels);
        sheaf.start(qEnvironmentVariable("SHEAF_BIN_DIR") + QStringLiteral("/sheaf"),
            { QStringLiteral("run"), toQt(file), QStringLiteral("--workspace"), toQt(m_folder.path()), QStringLiteral("--name"), toQt(name),
                QStringLiteral("--python"), m_python });
        QVERIFY(sheaf.waitForFinished(120000));
        QVERIFY2(sheaf.exitCode() == 0, sheaf.readAll().constData());

        // As the studio reads it, which knows nothing of that run.
        const auto resolved = pipeline::resolve({ file, {}, m_folder.path() / "elsewhere", true });
        const runtime::RunDir dir(m_folder.path() / ".sheaf" / "runs" / name);
        QCOMPARE(resolved.spec.steps.size(), inputs.size());
        for (const auto& step : resolved.spec.steps) { // one of them is looked into as well: each pipeline another kind of input
            const int index = std::stoi(step.name.substr(4));
            compare(step, inputs[static_cast<std::size_t>(index)], dir.plan(step.name), toPath(notesOf(number, index)), index == number);
            if (QTest::currentTestFailed()) {
                QFAIL(qPrintable(QStringLiteral("step %1 of %2").arg(toQt(step.name), toQt(file))));
            }
        }
    }
};

SHEAF_TEST(tst_plan_run)
#include "tst_plan_run.moc"
