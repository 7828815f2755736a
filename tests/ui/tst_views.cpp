// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "tests/support/test_runner.h"
#include "ui/text/error_text.h"
#endif

using namespace sheaf;
using namespace sheaf::ui;

/// Item models and views by themselves.
class tst_views : public QObject
{
    Q_OBJECT

private slots:
    void every_error_has_a_sentence_and_says_its_arguments()
    {
        for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code) {
            const ErrorText text = errorText(Error { static_cast<ErrorCode>(code), {} });
            QVERIFY2(!text.sentence.isEmpty(), qPrintable(QString::number(code)));
        }
        const ErrorText missing = errorText(Error { ErrorCode::NotFound, { { "path", "/no/such" } } });
        QVERIFY(missing.sentence.contains(QStringLiteral("/no/such")));
    }
};

SHEAF_TEST(tst_views)
#include "tst_views.moc"
