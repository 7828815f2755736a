// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/plan_line.h"
#include "tests/support/test_runner.h"

#include <QProcess>

using namespace sheaf::plan;

class tst_plan_line : public QObject
{
    Q_OBJECT
private slots:
    void text_becomes_json_that_python_turns_back_into_the_same_bytes()
    {
        std::string text
            = "a\"b\\c\n\x01 \x7f K\xC3\xB6ln \xF0\x9F\x90\x8D \xED\xA0\x80 \xC0\xAF \xF5 \xE2\x82";
        for (int byte = 1; byte < 256; ++byte) {
            text += static_cast<char>(byte);
        }
        std::string json;
        appendJsonText(json, text);
        QProcess python;
        python.start("/usr/bin/python3",
            { "-c",
                "import sys,json,os; "
                "sys.stdout.buffer.write(os.fsencode(json.loads(sys.stdin.buffer.read().decode()))"
                ")" });
        python.write(json.data(), static_cast<qint64>(json.size()));
        python.closeWriteChannel();
        QVERIFY(python.waitForFinished());
        QCOMPARE(python.readAllStandardOutput(), QByteArray::fromStdString(text));
        QCOMPARE(python.exitCode(), 0);
    }

    void messages_are_always_utf8()
    {
        QCOMPARE(readableText("K\xC3\xB6ln \xFF!"), std::string("K\xC3\xB6ln \\xff!"));
        QCOMPARE(readableText("\xED\xA0\x80"), std::string("\\xed\\xa0\\x80"));
    }
};

SHEAF_TEST(tst_plan_line)
#include "tst_plan_line.moc"
