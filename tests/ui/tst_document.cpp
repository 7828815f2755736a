// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/paths.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/state/document_state.h"
#include "ui/state/work_thread.h"
#endif

#include <QDir>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>

#include <csignal>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

const std::string kText = "\xEF\xBB\xBFtype: pipeline # kept\r\njobs:\r\n  a:\r\n    type: command\r\n    command: 'echo'"; // BOM, CRLF, no last line end

} // namespace

/// The texts that are edited: bytes, undo, what other programs do to the files, and what a killed session leaves.
class tst_document : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::TempFolder> m_folder;
    QString m_file;

    [[nodiscard]] std::string onDisk() const { return paths::readFile(toPath()).value_or(std::string()); }
    [[nodiscard]] std::filesystem::path toPath() const { return m_folder->path() / "pipeline.yml"; }
    void writeAsAnother(const std::string& text) const { QVERIFY(paths::writeFile(toPath(), text)); }

private slots:
    void init()
    {
        m_folder = std::make_unique<test::TempFolder>();
        m_file = QString::fromStdString(m_folder->write("pipeline.yml", kText).string());
    }

    void what_is_opened_and_saved_is_the_same_bytes()
    {
        WorkThread worker;
        DocumentState document(worker);
        document.open(m_file);
        QVERIFY(document.edit(QStringLiteral("Set"), m_file, { { { "jobs", "a", "command" }, "'ls'" } }));
        QVERIFY(document.isDirty());
        QCOMPARE(onDisk(), kText);
        QVERIFY(document.save());
        std::string wanted = kText;
        wanted.replace(wanted.find("echo"), 4, "ls");
        QCOMPARE(onDisk(), wanted);
        QVERIFY(!document.isDirty());
        document.undoStack().undo();
        QVERIFY(document.isDirty());
        QVERIFY(document.save());
        QCOMPARE(onDisk(), kText);
    }

    void a_refused_edit_changes_nothing()
    {
        WorkThread worker;
        DocumentState document(worker);
        document.open(m_file);
        const QSignalSpy failed(&document, &DocumentState::failed);
        QVERIFY(!document.edit(QStringLiteral("Set"), m_file, { { { "jobs", "a", "command" }, "'ls'" }, { { "jobs", "a", "command", "x" }, "1" } }));
        QCOMPARE(failed.count(), 1);
        QCOMPARE(*document.text(m_file), kText);
        QCOMPARE(document.undoStack().count(), 0);
    }

    void typing_is_one_step_until_somebody_pauses()
    {
        WorkThread worker;
        DocumentState document(worker);
        document.open(m_file);
        const auto type = [&](const char* letter, std::size_t place, const char* key) {
            document.apply({ QStringLiteral("Typing"), { { m_file, { { place, place, letter } } } }, {}, QString::fromLatin1(key) });
        };
        type("x", 3, "typing");
        type("y", 4, "typing");
        QCOMPARE(document.undoStack().count(), 1);
        type("z", 5, "elsewhere");
        QCOMPARE(document.undoStack().count(), 2);
        document.undoStack().undo();
        document.undoStack().undo();
        QCOMPARE(*document.text(m_file), kText);
        QVERIFY(!document.isDirty());
    }

    void a_file_that_another_program_wrote_is_read_again()
    {
        WorkThread worker;
        DocumentState document(worker);
        document.open(m_file);
        const QSignalSpy reloaded(&document, &DocumentState::reloaded);
        writeAsAnother("type: pipeline\n");
        QTRY_COMPARE(reloaded.count(), 1);
        QCOMPARE(*document.text(m_file), std::string("type: pipeline\n"));
        QVERIFY(!document.isDirty());
        document.undoStack().undo(); // nothing is lost
        QCOMPARE(*document.text(m_file), kText);
        QVERIFY(document.isDirty());
        // Another change, twice in a row: the watcher holds on to a file that was replaced.
        QVERIFY(document.save());
        writeAsAnother("type: x\n");
        QTRY_COMPARE(reloaded.count(), 2);
    }

    void both_changed_three_choices()
    {
        const std::string base = "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n";
        for (const auto choice : { DocumentState::Choice::Mine, DocumentState::Choice::Theirs, DocumentState::Choice::Both }) {
            writeAsAnother(base);
            WorkThread worker;
            DocumentState document(worker);
            document.open(m_file);
            document.discardDraft();
            const QSignalSpy conflict(&document, &DocumentState::conflictFound);
            QVERIFY(document.edit(QStringLiteral("Set"), m_file, { { { "a" }, "10" } }));
            writeAsAnother("a: 1\nb: 2\nc: 3\nd: 4\ne: 50\n");
            QTRY_COMPARE(conflict.count(), 1);
            QVERIFY(!document.save()); // not before one chose
            QCOMPARE(onDisk(), std::string("a: 1\nb: 2\nc: 3\nd: 4\ne: 50\n"));
            QVERIFY(document.settle(m_file, choice));
            QVERIFY(document.save());
            const std::string wanted = choice == DocumentState::Choice::Mine ? "a: 10\nb: 2\nc: 3\nd: 4\ne: 5\n"
                : choice == DocumentState::Choice::Theirs                    ? "a: 1\nb: 2\nc: 3\nd: 4\ne: 50\n"
                                                                             : "a: 10\nb: 2\nc: 3\nd: 4\ne: 50\n";
            QCOMPARE(onDisk(), wanted);
            // What was not taken is a step away.
            document.undoStack().undo();
            QCOMPARE(*document.text(m_file), choice == DocumentState::Choice::Mine ? std::string("a: 1\nb: 2\nc: 3\nd: 4\ne: 50\n") : std::string("a: 10\nb: 2\nc: 3\nd: 4\ne: 5\n"));
            document.discardDraft();
        }
    }

    void the_same_lines_are_not_merged()
    {
        writeAsAnother("a: 1\n");
        WorkThread worker;
        DocumentState document(worker);
        document.open(m_file);
        const QSignalSpy conflict(&document, &DocumentState::conflictFound);
        QVERIFY(document.edit(QStringLiteral("Set"), m_file, { { { "a" }, "2" } }));
        writeAsAnother("a: 3\n");
        QTRY_COMPARE(conflict.count(), 1);
        QVERIFY(!document.settle(m_file, DocumentState::Choice::Both));
        QCOMPARE(*document.text(m_file), std::string("a: 2\n"));
        QCOMPARE(document.conflicts().size(), 1);
        document.discardDraft();
    }

    /// Not a test: the session that the next test kills.
    void a_session_that_is_killed()
    {
        const QString file = qEnvironmentVariable("SHEAF_TEST_KILLED_SESSION");
        if (file.isEmpty()) {
            QSKIP("only as a child of the next test");
        }
        qputenv("XDG_DATA_HOME", qgetenv("SHEAF_TEST_KILLED_DATA")); // the runner gave this process folders of its own
        WorkThread worker;
        DocumentState document(worker);
        document.open(file);
        QVERIFY(document.edit(QStringLiteral("Set"), file, { { { "jobs", "a", "command" }, "unsaved" } }));
        const QDir drafts(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/drafts"));
        QTRY_VERIFY(!drafts.entryList({ QStringLiteral("*-%1.json").arg(QCoreApplication::applicationPid()) }).isEmpty());
        std::raise(SIGKILL);
    }

    void a_killed_session_leaves_a_draft()
    {
        QProcess session;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("SHEAF_TEST_KILLED_SESSION"), m_file);
        environment.insert(QStringLiteral("SHEAF_TEST_KILLED_DATA"), qEnvironmentVariable("XDG_DATA_HOME"));
        session.setProcessEnvironment(environment);
        session.start(QCoreApplication::applicationFilePath(), { QStringLiteral("--class"), QStringLiteral("tst_document"), QStringLiteral("a_session_that_is_killed") });
        QVERIFY(session.waitForFinished(20000));
        QCOMPARE(session.exitStatus(), QProcess::CrashExit);
        QCOMPARE(onDisk(), kText);

        WorkThread worker;
        DocumentState document(worker);
        const QSignalSpy found(&document, &DocumentState::draftFound);
        document.open(m_file);
        QCOMPARE(found.count(), 1);
        QCOMPARE(*document.text(m_file), kText); // only offered
        document.restoreDraft();
        QVERIFY(document.text(m_file)->find("command: 'unsaved'") != std::string::npos);
        document.undoStack().undo();
        QCOMPARE(*document.text(m_file), kText);
        document.undoStack().redo();
        QVERIFY(document.save());
        QTRY_VERIFY(QDir(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/drafts")).entryList({ QStringLiteral("*.json") }).isEmpty());
        document.close();
        document.open(m_file);
        QVERIFY(!document.hasDraft());
    }
};

SHEAF_TEST(tst_document)
#include "tst_document.moc"
