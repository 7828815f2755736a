// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/error.h"
#include "tests/support/result_macros.h"
#include "tests/support/test_runner.h"

#include <cerrno>
#include <set>

using namespace sheaf;

class tst_error : public QObject
{
    Q_OBJECT

private slots:
    void each_code_has_a_sentence_of_its_own()
    {
        std::set<std::string> seen;
        for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code) {
            const std::string sentence = errorSentence(Error { static_cast<ErrorCode>(code), {} });
            QVERIFY2(sentence.size() > 8, std::to_string(code).c_str());
            QVERIFY2(sentence.back() == '.', sentence.c_str());
            QVERIFY2(seen.insert(sentence).second, sentence.c_str());
        }
    }

    void arguments_fill_the_sentence()
    {
        const Error error { ErrorCode::StepMissing,
            { { "step", "scroe" }, { "known", "score, report" } } };
        QCOMPARE(errorSentence(error),
            std::string("There is no step 'scroe'. There is: score, report."));
        QCOMPARE(error.arg("known"), std::string("score, report"));
        QCOMPARE(error.arg("other"), std::string());
    }

    void braces_in_an_argument_stay_as_they_are()
    {
        const Error error { ErrorCode::Parse,
            { { "what", "{reason}" }, { "reason", "{what} {" } } };
        QCOMPARE(errorSentence(error), std::string("{reason} cannot be read: {what} {."));
    }

    void the_system_s_number_decides_the_code()
    {
        COMPARE_ERROR(Result<void>(failErrno("f", ENOENT)), ErrorCode::NotFound);
        COMPARE_ERROR(Result<void>(failErrno("f", ENOTDIR)), ErrorCode::NotFound);
        COMPARE_ERROR(Result<void>(failErrno("f", EACCES)), ErrorCode::NoPermission);
        COMPARE_ERROR(Result<void>(failErrno("f", EROFS)), ErrorCode::NoPermission);
        COMPARE_ERROR(Result<void>(failErrno("f", ENOSPC)), ErrorCode::Io);
        QCOMPARE(failErrno("a/b", ENOSPC).value().arg("path"), std::string("a/b"));
    }
};

SHEAF_TEST(tst_error)
#include "tst_error.moc"
