// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/mini_batch_filter.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using namespace sheaf::triage;

namespace {

using event::AttemptOutcome;
using event::MiniBatchState;

/// Ten mini-batches of the step "score":
/// 0 done 0.5 s, 1 done 2.46 s on node 1, 2 KeyError, 3 KeyError 'B' at try 2, 4 timed out after 61 s, 5 retrying, 6 running for 40 s, 7 to 9 pending
event::StepPicture pictureOf()
{
    event::RunPicture picture;
    event::ChangeSet changes;
    std::uint64_t sequence = 0;
    const auto tell = [&](event::Fact fact) { picture.apply(event::Event { ++sequence, 1000000, std::move(fact) }, changes); };
    tell(event::RunStarted { "r", { "score" }, 2, false, 1, "h" });
    tell(event::StepPlanned { StepIndex(0), 10, 0, 0, 0 });
    const auto end = [&](std::uint32_t number, AttemptOutcome outcome, double seconds, const char* error, std::uint16_t picked = 1, std::uint32_t node = 0, bool final = true) {
        event::AttemptEnded ended;
        ended.miniBatch = MiniBatchIndex(number);
        ended.outcome = outcome;
        ended.final = final;
        ended.elapsedSeconds = seconds;
        ended.error = error;
        ended.picked = picked;
        ended.node = NodeIndex(node);
        ended.process = ProcessNumber(number);
        ended.items = 10 + number;
        ended.startMicros = 5;
        ended.code = number == 3 ? 1 : 0;
        tell(ended);
    };
    end(0, AttemptOutcome::Done, 0.5, "");
    end(1, AttemptOutcome::Done, 2.46, "", 1, 1);
    end(2, AttemptOutcome::Exception, 1, "KeyError: 'north east'");
    end(3, AttemptOutcome::Exception, 1, "KeyError: 'B'", 2, 1);
    end(4, AttemptOutcome::Timeout, 61, "run() took longer than 60 s", 3);
    end(5, AttemptOutcome::WorkerDied, 1, "the worker process was killed by signal 9 (Killed)", 1, 1, false);
    tell(event::AttemptStarted { StepIndex(0), MiniBatchIndex(6), AttemptId(9), NodeIndex(2), ProcessNumber(1), 20000000 });
    return picture.steps().front();
}

} // namespace

class tst_mini_batch_filter : public QObject
{
    Q_OBJECT

private slots:
    void the_words_choose_data()
    {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QString>("numbers");
        const auto row = [](const char* filter, const char* numbers) { QTest::newRow(filter) << filter << numbers; };
        row("", "0 1 2 3 4 5 6 7 8 9");
        row("state:failed", "2 3");
        row("state:failed,timedout", "2 3 4");
        row("state:timeout", "4");
        row("state:\"timed out\"", "4");
        row("state:unfinished", "5 6 7 8 9");
        row("state:r", "5 6");
        row("-state:unfinished", "0 1 2 3 4");
        row("node:1", "1 3 5");
        row("node:1,2", "1 3 5 6");
        row("node:>0", "1 3 5 6");
        row("proc:3-6", "3 4 5");
        row("try:>1", "3 4");
        row("try:1", "0 1 2 5 6"); // the one under way counts
        row("items:>=13", "3 4 5");
        row("dur:>1m", "4");
        row("dur:>30s", "4 6"); // running ones by how long they run now
        row("dur:<600ms", "0");
        row("dur:2.5s", "1"); // as it is shown
        row("dur:10-50s", "6");
        row("size:>1KB", "2 3 4 5 6 7 8 9");
        row("size:2.0kb", "4");
        row("err:keyerror", "2 3");
        row("err:keyError", "");
        row("err:\"north east\"", "2");
        row("err:/signal \\d+/", "5");
        row("err:/'[A-Z]'/,killed", "3 5");
        row("group:1", "2 3"); // what is quoted does not part them
        row("group:2", "4");
        row("group:>0", "2 3 4 5");
        row("-group:>0 -state:done", "6 7 8 9");
        row("id:3-5,9", "3 4 5 9");
        row("id:>7", "8 9");
        row("code:1", "3");
        row("slow:yes", "1 6");
        row("slow:no state:done", "0");
        row("step:sco", "0 1 2 3 4 5 6 7 8 9");
        row("step:train", "");
        row("3", "3");
        row("keyerror", "2 3");
        row("keyerror north", "2");
        row("keyerror -north", "3");
        row("\"timed out\"", "4");
        row("/key.*east/", "2");
        row("died", "5");
        row("/data/in", ""); // a path, not a regular expression
        row("KeyError:", "2 3"); // no key of ours: a word
        row("FAILED", "");
    }
    void the_words_choose()
    {
        QFETCH(QString, filter);
        QFETCH(QString, numbers);
        const event::StepPicture step = pictureOf();
        MiniBatchFacts facts = factsOf(step);
        std::vector<std::uint64_t> bytes;
        for (std::uint64_t i = 0; i < 10; ++i) {
            bytes.push_back(i * 512);
        }
        bytes[2] = 1025;
        const std::vector<std::uint8_t> slow { 0, 1, 0, 0, 0, 0, 1, 0, 0, 0 };
        facts.inputBytes = bytes;
        facts.slow = slow;
        facts.nowMicros = 60000000;
        const MiniBatchFilter understood(filter.toStdString());
        QVERIFY2(!understood.complaint(), understood.complaint() ? understood.complaint()->sentence().c_str() : "");
        QStringList found;
        for (const MiniBatchIndex one : matching(understood, facts)) {
            found << QString::number(one.value);
            QVERIFY(understood.matches(facts, one));
        }
        QCOMPARE(found.join(QLatin1Char(' ')), numbers);
    }

    void what_is_not_understood_is_said_data()
    {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* filter, const char* sentence) { QTest::newRow(filter) << filter << sentence; };
        row("state:purple", "There is no state \"purple\"; there are pending, running, retrying, done, failed, timedout, canceled, ignored, unfinished");
        row("stat:failed", "There is no key \"stat\"; there are state, node, proc, try, items, dur, size, group, id, slow, code, err, step");
        row("dur:fast", "\"dur\" wants figures, such as >30s, <500ms, 1m-5m, not \"fast\"");
        row("dur:>3MB", "\"dur\" wants figures, such as >30s, <500ms, 1m-5m, not \">3MB\"");
        row("node:a", "\"node\" wants figures, such as 2, >2, 2-5, not \"a\"");
        row("slow:very", "\"slow\" is yes or no, not \"very\"");
        row("state:", "\"state:\" has no value");
    }
    void what_is_not_understood_is_said()
    {
        QFETCH(QString, filter);
        QFETCH(QString, sentence);
        const MiniBatchFilter understood(("state:failed " + filter).toStdString());
        QVERIFY(understood.complaint());
        QCOMPARE(QString::fromStdString(understood.complaint()->sentence()), sentence);
        QCOMPARE(matching(understood, pictureOf()).size(), std::size_t { 2 }); // the other words stay in force
    }

    void a_bad_regular_expression_is_said()
    {
        const MiniBatchFilter filter("err:/(/");
        QVERIFY(filter.complaint());
        QCOMPARE(filter.complaint()->kind, FilterComplaint::Kind::BadRegex);
    }

    void a_size_that_is_not_known_is_not_found()
    {
        const MiniBatchFilter filter("size:>0");
        QVERIFY(filter.asksForSize());
        QVERIFY(!MiniBatchFilter("err:size").asksForSize());
        QVERIFY(matching(filter, pictureOf()).empty());
    }

    void the_words_of_a_filter_are_the_filter()
    {
        const auto words = filterWords("  state:failed,timedout -err:\"no such, file\"  /a b/ \"two words\" -x ");
        QCOMPARE(words, (std::vector<std::string> { "state:failed,timedout", "-err:\"no such, file\"", "/a b/", "\"two words\"", "-x" }));
        QCOMPARE(filterKey(words[0]), std::string("state"));
        QCOMPARE(filterKey(words[1]), std::string("err"));
        QVERIFY(filterKey(words[2]).empty());
    }
};

SHEAF_TEST(tst_mini_batch_filter)
#include "tst_mini_batch_filter.moc"
