// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/event/failure_groups.h"
#include "tests/support/test_runner.h"

#include <fmt/format.h>

#include <random>

using namespace sheaf;
using namespace sheaf::event;

namespace {

std::string tracebackOf(int line, const std::string& code, const std::string& error, bool isDeep = false)
{
    std::string text = "Traceback (most recent call last):\n  File \"/runs/brave-otter/code/src/score.py\", line " + std::to_string(line)
        + ", in run\n    " + code + "\n";
    if (isDeep) {
        text += "  File \"/opt/venv/lib/python3.11/site-packages/pandas/io/parsers/readers.py\", line 912, in read_csv\n    return _read(path)\n";
    }
    return text + error + "\n";
}

/// Twelve causes as users plant them; each message carries what differs from one mini-batch to the next.
AttemptEnded failureOf(int cause, int seed)
{
    AttemptEnded ended;
    ended.outcome = AttemptOutcome::Exception;
    const auto raised = [&](int line, const std::string& code, const std::string& error, bool isDeep = false) {
        ended.error = error;
        ended.traceback = tracebackOf(line, code, error, isDeep);
    };
    switch (cause) {
    case 0: raised(31, "rows[name]", fmt::format("KeyError: 'customer_{}'", seed)); break;
    case 1: raised(44, "rows[name]", fmt::format("KeyError: 'customer_{}'", seed)); break; // the same words at another line
    case 2: raised(52, "float(text)", fmt::format("ValueError: could not convert string to float: '{}.{}x'", seed, seed % 7)); break;
    case 3: raised(60, "pd.read_csv(path)", fmt::format("pandas.errors.ParserError: Error tokenizing data. C error: Expected {} fields in line {}, saw {}", seed % 9, seed, seed % 11), true); break;
    case 4: raised(60, "pd.read_csv(path)", fmt::format("FileNotFoundError: [Errno 2] No such file or directory: '/data/in/part-{:05}.csv'", seed), true); break;
    case 5: raised(71, "raise RuntimeError(text)", fmt::format("RuntimeError: bad checksum {:08x}{:04x} in /data/{}/x.bin", 0x12345678 + seed * 7919, seed & 0xffff, seed)); break;
    case 6: raised(80, "np.zeros(n)", fmt::format("MemoryError: Unable to allocate {}.{} GiB for an array", seed % 30, seed % 10)); break;
    case 7: ended.outcome = AttemptOutcome::Timeout; ended.error = fmt::format("run() took longer than {} s", seed % 60); break;
    case 8: ended.outcome = AttemptOutcome::WorkerDied; ended.error = "the worker process was killed by signal 9 (Killed)"; break;
    case 9: ended.outcome = AttemptOutcome::WorkerDied; ended.error = "the worker process was killed by signal 11 (Segmentation fault)"; break;
    case 10: ended.outcome = AttemptOutcome::WorkerDied; ended.error = "the worker process exited with 3"; break;
    case 11: ended.outcome = AttemptOutcome::BadReturn; ended.error = fmt::format("run() returned None for {} files", seed); break;
    default: break;
    }
    return ended;
}

double pairs(double n)
{
    return n * (n - 1) / 2;
}

} // namespace

class tst_failure_groups : public QObject
{
    Q_OBJECT

private slots:
    void the_innermost_frame_of_the_user_is_the_place()
    {
        const CodePlace place = userPlace("Traceback (most recent call last):\n"
                                          "  File \"/w/src/score.py\", line 12, in run\n    return [clean(row) for row in mini_batch]\n"
                                          "  File \"/w/src/prep/clean.py\", line 7, in clean\n    return float(row)\n"
                                          "  File \"/usr/lib/python3.11/json/decoder.py\", line 355, in raw_decode\n    raise X\n"
                                          "json.decoder.JSONDecodeError: Expecting value\n");
        QCOMPARE(place.file, std::string("/w/src/prep/clean.py"));
        QCOMPARE(place.line, 7);
        QCOMPARE(place.function, std::string("clean"));
        QCOMPARE(place.text, std::string("return float(row)"));
    }

    void of_a_chain_the_last_exception_counts()
    {
        const CodePlace place = userPlace("Traceback (most recent call last):\n  File \"/w/a.py\", line 3, in load\n    x = d[k]\nKeyError: 'k'\n\n"
                                          "The above exception was the direct cause of the following exception:\n\n"
                                          "Traceback (most recent call last):\n  File \"/w/b.py\", line 9, in run\n    raise Bad() from e\nBad: no\n");
        QCOMPARE(place.file, std::string("/w/b.py"));
        QCOMPARE(place.line, 9);
    }

    void what_is_no_traceback_has_no_place()
    {
        QCOMPARE(userPlace("").line, 0);
        QCOMPARE(userPlace("  File \"/w/a.py\n  File \"").line, 0);
        QCOMPARE(userPlace("  File \"<frozen importlib._bootstrap>\", line 5, in f\n").line, 0);
    }

    void details_are_left_out_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("kept");
        QTest::newRow("number") << "Expected 12 fields in line 3, saw 14.5" << "Expected # fields in line #, saw #";
        QTest::newRow("name with a number") << "no column price_2 in sheet3" << "no column price_# in sheet#";
        QTest::newRow("quoted") << "could not convert string to float: '1.2.3x'" << QString::fromUtf8("could not convert string to float: '…'");
        QTest::newRow("apostrophe") << "can't pickle this" << "can't pickle this";
        QTest::newRow("path") << "cannot open /data/a b.csv" << QString::fromUtf8("cannot open … b.csv");
        QTest::newRow("address") << "<X object at 0x7f00aa12>" << QString::fromUtf8("<X object at …>");
        QTest::newRow("id") << "row 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is gone" << QString::fromUtf8("row … is gone");
        QTest::newRow("file with a number") << "part-00017.csv has no header" << QString::fromUtf8("… has no header");
        QTest::newRow("a plain sentence") << "The model is not fitted." << "The model is not fitted.";
        QTest::newRow("nothing") << "" << "";
    }
    void details_are_left_out()
    {
        QFETCH(QString, message);
        QTEST(QString::fromStdString(withoutDetails(message.toStdString())), "kept");
    }

    void ten_thousand_failures_of_twelve_causes()
    {
        std::mt19937 random(7);
        FailureGroups groups;
        std::vector<int> causes;
        for (std::uint32_t i = 0; i < 10'000; ++i) {
            const int cause = static_cast<int>(random() % 12);
            causes.push_back(cause);
            AttemptEnded ended = failureOf(cause, static_cast<int>(random() % 100'000));
            ended.miniBatch = MiniBatchIndex(i);
            ended.node = NodeIndex(cause == 8 ? 3 : random() % 4);
            groups.add(ended, 1'000 + i);
        }
        // Adjusted Rand index: 1 when the groups are the causes, about 0 when they are chance.
        std::map<std::pair<const FailureGroup*, int>, double> both;
        std::map<const FailureGroup*, double> byGroup;
        std::map<int, double> byCause;
        for (std::uint32_t i = 0; i < causes.size(); ++i) {
            const FailureGroup* group = groups.groupOf(MiniBatchIndex(i));
            QVERIFY(group != nullptr);
            ++both[{ group, causes[i] }];
            ++byGroup[group];
            ++byCause[causes[i]];
        }
        const auto sum = [](const auto& counts) {
            double all = 0;
            for (const auto& [key, count] : counts) {
                all += pairs(count);
            }
            return all;
        };
        const double expected = sum(byGroup) * sum(byCause) / pairs(static_cast<double>(causes.size()));
        const double index = (sum(both) - expected) / ((sum(byGroup) + sum(byCause)) / 2 - expected);
        QVERIFY2(index >= 0.95, qPrintable(QString::number(index)));
        QCOMPARE(groups.groups().size(), std::size_t { 12 });
        for (const FailureGroup& group : groups.groups()) {
            if (group.signature.exception == "signal 9") {
                QCOMPARE(group.nodes.size(), std::size_t { 1 });
                QCOMPARE(group.nodes.begin()->first, 3U);
            }
            QCOMPARE(group.attempts, static_cast<std::uint32_t>(group.members.size()));
            QVERIFY(group.firstMicros < group.lastMicros);
        }
    }

    void a_mini_batch_that_is_tried_again_is_one_member()
    {
        FailureGroups groups;
        for (const int cause : { 0, 0, 7, 0 }) {
            AttemptEnded ended = failureOf(cause, 5);
            ended.miniBatch = MiniBatchIndex(4);
            groups.add(ended, 10);
        }
        QCOMPARE(groups.groups().size(), std::size_t { 2 });
        QCOMPARE(groups.groups()[0].attempts, 3U);
        QCOMPARE(groups.groups()[0].members.size(), std::size_t { 1 });
        QCOMPARE(groups.groupOf(MiniBatchIndex(4)), &groups.groups()[0]);
        QVERIFY(groups.groupOf(MiniBatchIndex(5)) == nullptr);
    }

    /// Looking through all members each time would take many minutes here.
    void a_hundred_thousand_that_change_their_group_are_quick()
    {
        FailureGroups groups;
        AttemptEnded ended;
        for (const auto outcome : { AttemptOutcome::Timeout, AttemptOutcome::LoadTimeout, AttemptOutcome::Timeout }) {
            ended.outcome = outcome;
            for (std::uint32_t i = 0; i < 100'000; ++i) {
                ended.miniBatch = MiniBatchIndex(i);
                groups.add(ended, 10);
            }
        }
        QCOMPARE(groups.groups().size(), std::size_t { 2 });
        QCOMPARE(groups.groups()[0].members.size(), std::size_t { 100'000 });
        QCOMPARE(groups.groups()[1].members.size(), std::size_t { 100'000 });
        QCOMPARE(groups.groups()[0].attempts, 200'000U);
    }

    void every_way_to_fail_has_its_cause_data()
    {
        QTest::addColumn<int>("outcome");
        QTest::addColumn<QString>("error");
        QTest::addColumn<int>("cause");
        const auto row = [](const char* name, AttemptOutcome outcome, const char* error, FailureCause cause) {
            QTest::newRow(name) << static_cast<int>(outcome) << error << static_cast<int>(cause);
        };
        row("memory", AttemptOutcome::Exception, "MemoryError", FailureCause::OutOfMemory);
        row("memory of numpy", AttemptOutcome::Exception, "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 3 GiB", FailureCause::OutOfMemory);
        row("memory of torch", AttemptOutcome::Exception, "torch.cuda.OutOfMemoryError: CUDA out of memory.", FailureCause::OutOfMemory);
        row("signal", AttemptOutcome::WorkerDied, "the worker process was killed by signal 9 (Killed)", FailureCause::Signal);
        row("exit", AttemptOutcome::WorkerDied, "the worker process exited with 3", FailureCause::Exit);
        row("lost", AttemptOutcome::Lost, "", FailureCause::Lost);
        row("load", AttemptOutcome::LoadFailed, "OSError: gone", FailureCause::LoadFailed);
        row("load time", AttemptOutcome::LoadTimeout, "", FailureCause::LoadTimeout);
        row("time", AttemptOutcome::Timeout, "", FailureCause::Timeout);
        row("raised", AttemptOutcome::Exception, "KeyError: 'MemoryError'", FailureCause::Exception);
    }
    void every_way_to_fail_has_its_cause()
    {
        QFETCH(int, outcome);
        QFETCH(QString, error);
        QFETCH(int, cause);
        QCOMPARE(static_cast<int>(signatureOf(static_cast<AttemptOutcome>(outcome), error.toStdString(), {}).cause), cause);
    }
};

SHEAF_TEST(tst_failure_groups)
#include "tst_failure_groups.moc"
