// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/text.h"
#include "core/spec/field_table.h"
#include "core/spec/job_reader.h"
#include "tests/core/pipeline/job_mutations.h"
#include "tests/core/pipeline/resolved_job.h"
#include "tests/support/test_runner.h"

#include <cstdlib>
#include <map>
#include <set>

using namespace sheaf;
using sheaf::test::kJobs;
namespace fs = std::filesystem;

namespace {

/// A value in the text, and its type where the table knows it.
struct Spot
{
    spec::SourceRange where;
    std::string name;
    const spec::Field* field = nullptr;
};

void collect(const spec::YamlNode& node, const std::string& name, std::vector<Spot>& spots)
{
    if (node.isScalar()) {
        spots.push_back({ node.where, name, nullptr });
    }
    for (const auto& item : node.items) {
        collect(item, name, spots);
    }
    for (const auto& entry : node.entries) {
        collect(entry.value, entry.key, spots);
    }
}

const spec::Field* typedField(const std::string& name)
{
    for (const char* path : { "error_threshold", "mini_batch_error_threshold",
             "max_concurrency_per_instance", "logging_level", "mini_batch_size",
             "retry_settings.max_retries", "retry_settings.timeout", "resources.instance_count",
             "input_data", "task.append_row_to" }) {
        const std::string whole(path);
        if (whole == name || whole.ends_with("." + name)) {
            return spec::findFieldByPath(spec::Scope::ParallelNode, whole);
        }
    }
    return nullptr;
}

/// Every scalar of a file, each place once (aliases lead to the same place).
std::vector<Spot> spotsOf(const std::string& bytes)
{
    const auto document = spec::parseYaml(spec::SourceText("f", bytes));
    std::vector<Spot> spots;
    collect(document.root, "", spots);
    for (auto& spot : spots) {
        spot.field = typedField(spot.name);
    }
    std::sort(spots.begin(), spots.end(),
        [](const Spot& a, const Spot& b) { return a.where.begin < b.where.begin; });
    const auto same = [](const Spot& a, const Spot& b) { return a.where.begin == b.where.begin; };
    spots.erase(std::unique(spots.begin(), spots.end(), same), spots.end());
    return spots;
}

std::string withLineEnds(const std::string& bytes, const std::string& lineEnd)
{
    std::string result;
    for (const char c : bytes) {
        result += c == '\n' ? lineEnd : std::string(1, c);
    }
    return result;
}

} // namespace

/// Each clean job, broken one value at a time: nothing crashes, and a typed field that is wrong is
/// told on its line.
class tst_mutations : public QObject
{
    Q_OBJECT

    test::TempFolder m_folder;

    [[nodiscard]] fs::path copyOf(const std::string& name) const
    {
        fs::remove_all(m_folder.path() / name);
        fs::copy(kJobs / name, m_folder.path() / name, fs::copy_options::recursive);
        return m_folder.path() / name;
    }

    static void jobs()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("file");
        QTest::newRow("score") << "score"
                               << "pipeline.yml";
        QTest::newRow("regions") << "regions"
                                 << "pipeline.yml";
        QTest::newRow("train") << "regions"
                               << "components/train/train.yml";
        QTest::newRow("split") << "regions"
                               << "components/split/split.yml";
        QTest::newRow("files") << "files"
                               << "pipeline.yml";
        QTest::newRow("table") << "score"
                               << "data/MLTable";
    }

private slots:
    void a_wrong_value_is_told_on_its_line_data() { jobs(); }
    void a_wrong_value_is_told_on_its_line()
    {
        QFETCH(QString, name);
        QFETCH(QString, file);
        const fs::path folder = copyOf(name.toStdString());
        const fs::path target = folder / file.toStdString();
        const std::string clean = test::readAll(target);
        int typed = 0;
        for (const auto& spot : spotsOf(clean)) {
            // Values without a range of their own are only to crash nothing.
            const std::vector<std::string> bads = spot.field != nullptr
                ? std::vector<std::string> { "\"@wrong@\"", "[1, 2]", "{x: 1}", "-99",
                      "${{inputs.nowhere}}" }
                : std::vector<std::string> { "~", "[1, 2]", "'", "${{inputs.nowhere}}" };
            for (const auto& bad : bads) {
                std::string broken = clean;
                broken.replace(spot.where.begin, spot.where.end - spot.where.begin, bad);
                m_folder.write(fs::relative(target, m_folder.path()), broken);
                const auto resolved = pipeline::resolve(
                    { folder / "pipeline.yml", {}, m_folder.path() / "run", true });
                for (const auto& d : resolved.diagnostics) {
                    QVERIFY2(
                        !d.message.empty() && !d.code.empty() && !d.file.empty(), d.code.c_str());
                }
                // A value that the step lays another one over is never put together.
                const bool isLaidOver = bad.starts_with("$") && !file.endsWith("pipeline.yml");
                if (spot.field == nullptr || isLaidOver) {
                    continue;
                }
                ++typed;
                const bool told = std::any_of(resolved.diagnostics.begin(),
                    resolved.diagnostics.end(), [&](const spec::Diagnostic& d) {
                        return d.where.line == spot.where.line && d.file == target.string()
                            && d.severity == spec::Severity::Error;
                    });
                QVERIFY2(told,
                    (spot.name + " = " + bad + " in line " + std::to_string(spot.where.line))
                        .c_str());
            }
        }
        m_folder.write(fs::relative(target, m_folder.path()), clean);
        QVERIFY(typed > 0 || !file.contains("pipeline") || name == "regions");
    }

    void a_removed_or_doubled_line_crashes_nothing_data() { jobs(); }
    void a_removed_or_doubled_line_crashes_nothing()
    {
        QFETCH(QString, name);
        QFETCH(QString, file);
        const fs::path folder = copyOf(name.toStdString());
        const fs::path target = folder / file.toStdString();
        const auto lines = text::split(test::readAll(target), '\n');
        for (std::size_t i = 0; i < lines.size(); ++i) {
            for (const int kind : { static_cast<int>(i % 3), static_cast<int>((i + 1) % 3) }) {
                auto broken = lines;
                if (kind == 0) {
                    broken.erase(broken.begin() + static_cast<std::ptrdiff_t>(i));
                } else if (kind == 1) {
                    broken.insert(broken.begin() + static_cast<std::ptrdiff_t>(i), lines[i]);
                } else {
                    broken[i] = "  " + broken[i];
                }
                m_folder.write(fs::relative(target, m_folder.path()), text::join(broken, "\n"));
                const auto resolved = pipeline::resolve(
                    { folder / "pipeline.yml", {}, m_folder.path() / "run", true });
                for (const auto& d : resolved.diagnostics) {
                    QVERIFY2(!d.message.empty(), d.code.c_str());
                }
            }
        }
    }

    void line_ends_and_a_byte_order_mark_change_nothing_data() { jobs(); }
    void line_ends_and_a_byte_order_mark_change_nothing()
    {
        QFETCH(QString, name);
        QFETCH(QString, file);
        const fs::path folder = copyOf(name.toStdString());
        const fs::path target = folder / file.toStdString();
        const std::string clean = test::readAll(target);
        const auto spec = [&] {
            const auto resolved
                = pipeline::resolve({ folder / "pipeline.yml", {}, m_folder.path() / "run", true });
            return test::words(resolved) + json::serialize(resolved.spec);
        };
        const std::string expected = spec();
        for (const std::string& bytes : { withLineEnds(clean, "\r\n"), "\xEF\xBB\xBF" + clean,
                 "\xEF\xBB\xBF" + withLineEnds(clean, "\r\n") }) {
            m_folder.write(fs::relative(target, m_folder.path()), bytes);
            QCOMPARE(spec(), expected);
        }
    }

    void good_files_have_no_findings()
    {
        for (const auto& good : test::goodFiles()) {
            const auto resolved = pipeline::resolve({ good.folder / "pipeline.yml", {}, m_folder.path() / "run", true });
            for (const auto& d : resolved.diagnostics) {
                QVERIFY2(d.severity == spec::Severity::Note, spec::diagnosticText(d).c_str());
            }
        }
    }

    /// What people get wrong, over all good files: told at the right key.
    void mistakes_are_told_at_their_key()
    {
        int all = 0;
        int right = 0;
        int told = 0;
        std::map<std::string, std::pair<int, int>> kinds; // right, all
        std::string missed;
        std::map<std::string, int> seen;
        for (const auto& good : test::goodFiles()) {
            const fs::path home = m_folder.path() / "mistakes" / good.folder.filename();
            fs::create_directories(home.parent_path());
            fs::remove_all(home);
            fs::copy(good.folder, home, fs::copy_options::recursive);
            const fs::path target = home / good.file;
            for (const auto& mutant : test::mutantsOf(test::readAll(target))) {
                if (std::getenv("SHEAF_ALL_MISTAKES") == nullptr && seen[mutant.kind]++ % 3 != 0) {
                    continue; // a third of them is enough for every day
                }
                auto texts = std::make_shared<spec::FileTexts>();
                (*texts)[target.string()] = mutant.text;
                const auto resolved = pipeline::resolve({ home / "pipeline.yml", {}, m_folder.path() / "run", true, texts });
                const auto isTold = [](const spec::Diagnostic& d) { return d.severity != spec::Severity::Note; };
                const auto isRight = [&](const spec::Diagnostic& d) {
                    const bool atLine = std::find(mutant.lines.begin(), mutant.lines.end(), d.where.line) != mutant.lines.end();
                    const bool atPath = !mutant.path.empty() && d.path.ends_with(mutant.path);
                    return isTold(d) && ((d.file == target.string() && atLine) || atPath);
                };
                const bool isHit = std::any_of(resolved.diagnostics.begin(), resolved.diagnostics.end(), isRight);
                const bool isSeen = std::any_of(resolved.diagnostics.begin(), resolved.diagnostics.end(), isTold);
                ++all;
                right += isHit ? 1 : 0;
                told += isSeen ? 1 : 0;
                kinds[mutant.kind].first += isHit ? 1 : 0;
                ++kinds[mutant.kind].second;
                if (!isHit) {
                    missed += mutant.kind + (isSeen ? " (elsewhere) " : " ") + good.folder.filename().string() + "/" + good.file + ": " + mutant.what + "\n"
                        + (isSeen ? test::words(resolved) : std::string());
                }
            }
        }
        for (const auto& [kind, score] : kinds) {
            qInfo("%-28s %4d of %4d", kind.c_str(), score.first, score.second);
        }
        qInfo("%d of %d mistakes told at their key (%.1f %%), %d told anywhere", right, all, 100.0 * right / all, told);
        if (std::getenv("SHEAF_MISSED") != nullptr) {
            qInfo("%s", missed.c_str());
        }
        QVERIFY(all >= 300);
        QVERIFY2(right * 100 >= all * 97, missed.c_str());
    }

    void a_renamed_key_is_told_data() { jobs(); }
    void a_renamed_key_is_told()
    {
        QFETCH(QString, name);
        QFETCH(QString, file);
        const fs::path folder = copyOf(name.toStdString());
        const fs::path target = folder / file.toStdString();
        const std::string clean = test::readAll(target);
        for (const std::string& key : { std::string("retry_settings"), std::string("max_retries"),
                 std::string("task"), std::string("entry_script"), std::string("transformations"),
                 std::string("environment"), std::string("jobs"), std::string("inputs") }) {
            const std::size_t at = clean.find(key + ":");
            if (at == std::string::npos) {
                continue;
            }
            std::string broken = clean;
            broken.insert(at + key.size() - 1, "x");
            m_folder.write(fs::relative(target, m_folder.path()), broken);
            const auto resolved
                = pipeline::resolve({ folder / "pipeline.yml", {}, m_folder.path() / "run", true });
            const int line = spec::SourceText("f", broken).range(at, at).line;
            const bool told = std::any_of(resolved.diagnostics.begin(), resolved.diagnostics.end(),
                [&](const spec::Diagnostic& d) {
                    return d.code == "unknown-key" && d.where.line == line
                        && d.message.find("did you mean '" + key + "'") != std::string::npos;
                });
            QVERIFY2(told, (key + "\n" + test::words(resolved)).c_str());
        }
    }
};

SHEAF_TEST(tst_mutations)
#include "tst_mutations.moc"
