// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/paths.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/state/document_state.h"
#endif

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
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

    /// A session that changes the file and is killed.
    void killSession() const
    {
        QProcess session;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("SHEAF_TEST_KILLED_SESSION"), m_file);
        environment.insert(QStringLiteral("SHEAF_TEST_KILLED_DATA"), qEnvironmentVariable("XDG_DATA_HOME"));
        session.setProcessEnvironment(environment);
        session.start(QCoreApplication::applicationFilePath(), { QStringLiteral("--class"), QStringLiteral("tst_document"), QStringLiteral("a_session_that_is_killed") });
        QVERIFY(session.waitForFinished(20000));
        QCOMPARE(session.exitStatus(), QProcess::CrashExit);
    }

private slots:
    void init()
    {
        m_folder = std::make_unique<test::TempFolder>();
        m_file = QString::fromStdString(m_folder->write("pipeline.yml", kText).string());
    }

    void cleanup() { QDir(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/drafts")).removeRecursively(); }

    void what_is_opened_and_saved_is_the_same_bytes()
    {
        DocumentState document;
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
        DocumentState document;
        document.open(m_file);
        const QSignalSpy failed(&document, &DocumentState::failed);
        QVERIFY(!document.edit(QStringLiteral("Set"), m_file, { { { "jobs", "a", "command" }, "'ls'" }, { { "jobs", "a", "command", "x" }, "1" } }));
        QCOMPARE(failed.count(), 1);
        QCOMPARE(*document.text(m_file), kText);
        QCOMPARE(document.undoStack().count(), 0);
    }

    void typing_is_one_step_until_somebody_pauses()
    {
        DocumentState document;
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
        DocumentState document;
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
            DocumentState document;
            document.open(m_file);
            document.discardOnClose();
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
            document.discardOnClose();
        }
    }

    void the_same_lines_are_not_merged()
    {
        writeAsAnother("a: 1\n");
        DocumentState document;
        document.open(m_file);
        const QSignalSpy conflict(&document, &DocumentState::conflictFound);
        QVERIFY(document.edit(QStringLiteral("Set"), m_file, { { { "a" }, "2" } }));
        writeAsAnother("a: 3\n");
        QTRY_COMPARE(conflict.count(), 1);
        QVERIFY(!document.settle(m_file, DocumentState::Choice::Both));
        QCOMPARE(*document.text(m_file), std::string("a: 2\n"));
        QCOMPARE(document.conflicts().size(), 1);
        document.discardOnClose();
    }

    void save_as_takes_the_changes_of_all_files_along()
    {
        const QString beside = QString::fromStdString(m_folder->write("part.yml", "type: command\nversion: 1\n").string());
        const QString other = QString::fromStdString((m_folder->path() / "other.yml").string());
        DocumentState document;
        document.open(m_file);
        QVERIFY(document.edit(QStringLiteral("Set"), m_file, { { { "jobs", "a", "command" }, "'ls'" } }));
        QVERIFY(document.edit(QStringLiteral("Set"), beside, { { { "version" }, "2" } }));
        CanvasNotes notes;
        notes.places[QStringLiteral("a")] = QPointF(40, 60);
        document.setCanvas(QStringLiteral("Move"), notes);
        QVERIFY(document.saveAs(other));
        document.open(other);
        QVERIFY(document.text(other)->find("command: 'ls'") != std::string::npos);
        QCOMPARE(*document.text(beside), std::string("type: command\nversion: 2\n"));
        QCOMPARE(paths::readFile(m_folder->path() / "part.yml").value_or(std::string()), std::string("type: command\nversion: 2\n"));
        QCOMPARE(onDisk(), kText); // the first one stays as it was saved
        QVERIFY(document.canvas() == notes);
        document.open(m_file);
        QVERIFY(!document.hasDraft()); // what was changed is in the other file
    }

    void save_as_stops_when_a_file_beside_cannot_be_saved()
    {
        const QString beside = QString::fromStdString(m_folder->write("part.yml", "version: 1\n").string());
        const auto other = m_folder->path() / "other.yml";
        DocumentState document;
        document.open(m_file);
        QVERIFY(document.edit(QStringLiteral("Set"), beside, { { { "version" }, "2" } }));
        m_folder->write("part.yml", "version: 3\n"); // a conflict comes first
        QVERIFY(!document.saveAs(QString::fromStdString(other.string())));
        QVERIFY(!std::filesystem::exists(other));
        QVERIFY(document.isDirty(beside));
        QCOMPARE(*document.text(beside), std::string("version: 2\n"));
        QCOMPARE(document.conflicts(), QStringList { beside });
    }

    void a_conflict_ends_when_the_other_side_takes_its_change_back()
    {
        writeAsAnother("a: 1\n");
        DocumentState document;
        document.open(m_file);
        const QSignalSpy conflict(&document, &DocumentState::conflictFound);
        QVERIFY(document.edit(QStringLiteral("Set"), m_file, { { { "a" }, "2" } }));
        writeAsAnother("a: 3\n");
        QTRY_COMPARE(conflict.count(), 1);
        writeAsAnother("a: 1\n");
        QTRY_VERIFY(document.conflicts().isEmpty());
        QVERIFY(document.isDirty()); // what was changed here is still not saved
        document.undoStack().undo();
        QVERIFY(!document.isDirty());
        document.undoStack().redo();
        QVERIFY(document.save());
        QCOMPARE(onDisk(), std::string("a: 2\n"));
    }

    void a_change_that_does_not_fit_the_text_is_refused()
    {
        DocumentState document;
        document.open(m_file);
        const QSignalSpy failed(&document, &DocumentState::failed);
        const std::size_t size = kText.size();
        document.apply({ QStringLiteral("Late"), { { m_file, { { size + 1, size + 2, "x" } } } }, {}, {} });
        document.apply({ QStringLiteral("Late"), { { m_file, { { 0, size + 2, "x" } } } }, {}, {} });
        document.apply({ QStringLiteral("Crossed"), { { m_file, { { 5, 9, "x" }, { 3, 4, "y" } } } }, {}, {} });
        QCOMPARE(failed.count(), 3);
        QCOMPARE(*document.text(m_file), kText);
        QCOMPARE(document.undoStack().count(), 0);
    }

    void places_are_on_disk_as_soon_as_something_was_moved()
    {
        CanvasNotes notes;
        notes.places[QStringLiteral("a")] = QPointF(40, 60);
        DocumentState document;
        document.open(m_file);
        document.setCanvas(QStringLiteral("Move"), notes);
        DocumentState next;
        next.open(m_file);
        QVERIFY(next.canvas() == notes);
    }

    void two_windows_keep_each_others_places()
    {
        DocumentState here;
        DocumentState there;
        here.open(m_file);
        there.open(m_file);
        CanvasNotes mine;
        mine.places[QStringLiteral("a")] = QPointF(40, 60);
        mine.frames << CanvasFrame { false, QStringLiteral("Mine"), QRectF(0, 0, 100, 100) };
        here.setCanvas(QStringLiteral("Move"), mine);
        CanvasNotes theirs;
        theirs.places[QStringLiteral("b")] = QPointF(80, 20);
        theirs.frames << CanvasFrame { true, QStringLiteral("Theirs"), QRectF(0, 200, 100, 100) };
        there.setCanvas(QStringLiteral("Move"), theirs);
        DocumentState next;
        next.open(m_file);
        QCOMPARE(next.canvas().places.keys(), QStringList({ QStringLiteral("a"), QStringLiteral("b") }));
        QCOMPARE(next.canvas().frames.size(), 2);
        there.undoStack().undo(); // takes back what was done there, and no more
        next.open(m_file);
        QCOMPARE(next.canvas().places.keys(), QStringList({ QStringLiteral("a") }));
        QCOMPARE(next.canvas().frames.size(), 1);
    }

    void places_that_cannot_be_kept_are_told_once()
    {
        m_folder->write(".sheaf", "a file where a folder should be");
        DocumentState document;
        document.open(m_file);
        const QSignalSpy failed(&document, &DocumentState::failed);
        CanvasNotes notes;
        notes.places[QStringLiteral("a")] = QPointF(40, 60);
        document.setCanvas(QStringLiteral("Move"), notes);
        notes.places[QStringLiteral("a")] = QPointF(50, 60);
        document.setCanvas(QStringLiteral("Move"), notes);
        QCOMPARE(failed.count(), 1);
    }

    void another_name_takes_the_place_along()
    {
        writeAsAnother("inputs:\n  x: 1\njobs:\n  a:\n    type: command\n    inputs:\n      x: ${{parent.inputs.x}}\n");
        DocumentState document;
        document.open(m_file);
        CanvasNotes notes;
        notes.places[QStringLiteral("a")] = QPointF(40, 60);
        notes.places[QStringLiteral("b")] = QPointF(1, 1); // of a step that is no more
        notes.places[QStringLiteral("input:x")] = QPointF(10, 20);
        document.setCanvas(QStringLiteral("Move"), notes);
        QVERIFY(document.renameStep(QStringLiteral("a"), QStringLiteral("b")));
        QVERIFY(document.renamePipelinePort(true, QStringLiteral("x"), QStringLiteral("y")));
        QVERIFY(!document.renameStep(QStringLiteral("b"), QStringLiteral("not a name")));
        QCOMPARE(*document.text(m_file), std::string("inputs:\n  y: 1\njobs:\n  b:\n    type: command\n    inputs:\n      x: ${{parent.inputs.y}}\n"));
        QCOMPARE(document.canvas().places, (QMap<QString, QPointF> { { QStringLiteral("b"), QPointF(40, 60) }, { QStringLiteral("input:y"), QPointF(10, 20) } }));
        QCOMPARE(document.undoStack().count(), 3);
        document.undoStack().undo();
        document.undoStack().undo();
        QVERIFY(document.canvas() == notes);
    }

    /// Not a test: the session that the next test kills.
    void a_session_that_is_killed()
    {
        const QString file = qEnvironmentVariable("SHEAF_TEST_KILLED_SESSION");
        if (file.isEmpty()) {
            QSKIP("only as a child of the next test");
        }
        qputenv("XDG_DATA_HOME", qgetenv("SHEAF_TEST_KILLED_DATA")); // the runner gave this process folders of its own
        DocumentState document;
        document.open(file);
        QVERIFY(document.edit(QStringLiteral("Set"), file, { { { "jobs", "a", "command" }, "unsaved" } }));
        const QDir drafts(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/drafts"));
        QTRY_VERIFY(!drafts.entryList({ QStringLiteral("*-%1.json").arg(QCoreApplication::applicationPid()) }).isEmpty());
        std::raise(SIGKILL);
    }

    void a_killed_session_leaves_a_draft()
    {
        killSession();
        QCOMPARE(onDisk(), kText);

        DocumentState document;
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

    void a_draft_does_not_cover_what_was_written_since()
    {
        killSession();
        std::string since = kText;
        since.replace(since.find("kept"), 4, "of another program");
        writeAsAnother(since);
        DocumentState document;
        document.open(m_file);
        QVERIFY(document.hasDraft());
        const QSignalSpy conflict(&document, &DocumentState::conflictFound);
        document.restoreDraft();
        QCOMPARE(conflict.count(), 1);
        QVERIFY(document.text(m_file)->find("unsaved") != std::string::npos);
        QVERIFY(!document.save());
        QCOMPARE(onDisk(), since);
        QVERIFY(document.settle(m_file, DocumentState::Choice::Both));
        QVERIFY(document.save());
        QVERIFY(onDisk().find("of another program") != std::string::npos);
        QVERIFY(onDisk().find("unsaved") != std::string::npos);
    }

    void a_draft_of_an_earlier_version_is_understood()
    {
        killSession();
        const QDir drafts(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/drafts"));
        QFile draft(drafts.filePath(drafts.entryList({ QStringLiteral("*.json") }).value(0)));
        QVERIFY(draft.open(QIODevice::ReadOnly));
        QJsonObject kept = QJsonDocument::fromJson(draft.readAll()).object();
        draft.close();
        QJsonObject texts = kept[QStringLiteral("texts")].toObject();
        for (const QString& file : texts.keys()) {
            texts[file] = texts[file].toObject()[QStringLiteral("text")].toString();
        }
        QVERIFY(!texts.isEmpty());
        kept[QStringLiteral("texts")] = texts;
        QVERIFY(draft.open(QIODevice::WriteOnly));
        draft.write(QJsonDocument(kept).toJson());
        draft.close();

        DocumentState document;
        const QSignalSpy conflict(&document, &DocumentState::conflictFound);
        document.open(m_file);
        QVERIFY(document.hasDraft());
        document.restoreDraft();
        QCOMPARE(conflict.count(), 0);
        QVERIFY(document.text(m_file)->find("command: 'unsaved'") != std::string::npos);
    }

    void a_draft_of_a_file_that_was_deleted_is_not_lost()
    {
        killSession();
        std::filesystem::remove(toPath());
        DocumentState document;
        const QSignalSpy conflict(&document, &DocumentState::conflictFound);
        document.open(m_file);
        QVERIFY(document.hasDraft());
        document.restoreDraft();
        QCOMPARE(conflict.count(), 0); // there is no other text to choose
        QVERIFY(document.save());
        QVERIFY(onDisk().find("unsaved") != std::string::npos);
    }
};

SHEAF_TEST(tst_document)
#include "tst_document.moc"
