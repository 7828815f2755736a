// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/event/run_picture.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using namespace sheaf::event;

class tst_error_texts : public QObject
{
    Q_OBJECT

private slots:
    void a_text_is_kept_once()
    {
        ErrorTexts texts;
        const auto one = texts.noteOf("KeyError: 'x'");
        QCOMPARE(one, 1U);
        QCOMPARE(texts.noteOf("ValueError: y"), 2U);
        QCOMPARE(texts.noteOf("KeyError: 'x'"), one);
        QCOMPARE(texts.noteOf(""), 0U);
        QCOMPARE(texts.size(), std::size_t { 2 });
        QCOMPARE(texts.text(one), std::string_view("KeyError: 'x'"));
        QVERIFY(texts.text(0).empty());
        QVERIFY(texts.text(77).empty());
    }

    void texts_without_end_become_one_of_their_kind()
    {
        ErrorTexts texts;
        for (int i = 0; i < 20000; ++i) {
            (void)texts.noteOf("KeyError: 'customer_" + std::to_string(i) + "'");
        }
        const auto late = texts.noteOf("KeyError: 'customer_20000'");
        QCOMPARE(texts.noteOf("KeyError: 'customer_20001'"), late);
        QVERIFY(texts.text(late).starts_with("KeyError: "));
        QCOMPARE(texts.text(5), std::string_view("KeyError: 'customer_4'")); // earlier ones stay as they were
    }

    void a_long_text_is_cut_between_two_characters()
    {
        ErrorTexts texts;
        std::string text(1999, 'a');
        text += "\xC3\xA4 and more";
        QCOMPARE(texts.text(texts.noteOf(text)), std::string_view(text).substr(0, 1999));
    }

    void a_mini_batch_has_the_error_of_its_last_attempt()
    {
        RunPicture picture;
        ChangeSet changes;
        std::uint64_t sequence = 0;
        const auto tell = [&](Fact fact) { picture.apply(Event { ++sequence, 1000, std::move(fact) }, changes); };
        tell(RunStarted { "r", { "work" }, 1, false, 1, "h" });
        tell(StepPlanned { StepIndex(0), 2, 0, 0, 0 });
        const auto end = [&](AttemptOutcome outcome, bool final, const std::string& error) {
            AttemptEnded ended;
            ended.miniBatch = MiniBatchIndex(1);
            ended.outcome = outcome;
            ended.final = final;
            ended.error = error;
            tell(ended);
        };
        const StepPicture& step = picture.steps().front();
        QVERIFY(step.errorOf(MiniBatchIndex(1)).empty());
        end(AttemptOutcome::Exception, false, "KeyError: 'x'");
        QCOMPARE(step.errorOf(MiniBatchIndex(1)), std::string_view("KeyError: 'x'"));
        QVERIFY(step.errorOf(MiniBatchIndex(0)).empty());
        QVERIFY(step.errorOf(MiniBatchIndex(9)).empty());
        end(AttemptOutcome::Timeout, true, "run() took longer than 3 s");
        QCOMPARE(step.errorOf(MiniBatchIndex(1)), std::string_view("run() took longer than 3 s"));
        end(AttemptOutcome::Done, true, "");
        QVERIFY(step.errorOf(MiniBatchIndex(1)).empty());
        end(AttemptOutcome::Exception, true, "of an earlier attempt, told late"); // Done is for good
        QVERIFY(step.errorOf(MiniBatchIndex(1)).empty());
    }
};

SHEAF_TEST(tst_error_texts)
#include "tst_error_texts.moc"
