// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/edit/completion.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/source/code_editor.h"
#include "ui/source/completion_popup.h"
#include "ui/source/diff_view.h"
#include "ui/source/source_panel.h"
#include "ui/source/syntax_colors.h"
#include "ui/source/yaml_lexer.h"
#include "ui/state/app_context.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#endif

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDir>
#include <QInputMethodEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QSignalSpy>
#include <QTabWidget>
#include <QToolButton>
#include <QUndoStack>
#include <QUrl>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

const std::string kJob = "# a small one\n"
                         "type: pipeline\n"
                         "\n"
                         "jobs:\n"
                         "  first:\n"
                         "    type: command\n"
                         "    command: echo one\n"
                         "  second:\n"
                         "    type: parallel\n"
                         "    mini_batch_size: \"2\"\n"
                         "    logging_level: INFO\n"
                         "    inputs:\n"
                         "      files:\n"
                         "        type: uri_folder\n"
                         "        path: ./data\n"
                         "    input_data: ${{inputs.files}}\n"
                         "    task:\n"
                         "      type: run_function\n"
                         "      code: ./src\n"
                         "      entry_script: work.py\n"
                         "      environment: azureml:any:1\n";

double brightness(const QColor& color)
{
    const auto part = [](double value) { return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); };
    return 0.2126 * part(color.redF()) + 0.7152 * part(color.greenF()) + 0.0722 * part(color.blueF());
}

double contrast(const QColor& one, const QColor& other)
{
    const double a = brightness(one);
    const double b = brightness(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

/// The styles of a line's pieces as one letter a byte.
QString letters(const std::string& line, int& state)
{
    const auto styles = yamlStyles(line, state);
    state = styles.state;
    QString all;
    for (const auto& piece : styles.pieces) {
        all += QString(static_cast<qsizetype>(piece.length), QStringLiteral(" KSNW#BF.").at(piece.style));
    }
    return all;
}

QString letters(const std::string& line)
{
    int state = 0;
    return letters(line, state);
}

} // namespace

/// The text beside the canvas, by keys.
class tst_source : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<AppContext> m_context;
    std::unique_ptr<SourcePanel> m_panel;
    QString m_job;
    QList<QUrl> m_opened;

    CodeEditor& editor() const { return *m_panel->editor(); }
    const std::string& text() const { return *m_context->document.text(m_job); }
    std::string shown() const { return editor().text().toStdString(); }
    void type(const QString& words) const { QTest::keyClicks(&editor(), words); }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const { QTest::keyClick(&editor(), key, modifiers); }
    void open(const std::string& bytes, const std::string& name = "pipeline.yml")
    {
        m_job = toQt(m_folder->write(name, bytes));
        m_context->pipeline.open(m_job);
        m_panel->show();
        QVERIFY(m_panel->editor() != nullptr);
        editor().setFocus();
        QVERIFY(QTest::qWaitForWindowActive(m_panel.get()));
    }
    void at(const std::string& words, std::size_t behind = 0) const { editor().showOffset(static_cast<qint64>(text().find(words) + behind)); }

public slots:
    void takeUrl(const QUrl& url) { m_opened << url; }

private slots:
    void init()
    {
        m_folder = std::make_unique<test::TempFolder>();
        m_folder->write("src/work.py", "import os\n\n\ndef run(files):\n    # nothing\n    return [str(f) for f in files]\n");
        m_folder->write("data/a.txt", "");
        m_context = std::make_unique<AppContext>();
        m_panel = std::make_unique<SourcePanel>(*m_context);
        m_panel->resize(700, 600);
    }
    void cleanup()
    {
        m_panel.reset();
        m_context.reset();
        m_folder.reset();
    }

    void typing_is_one_step_of_undo_and_undo_brings_the_bytes_back()
    {
        open(kJob);
        at("echo one", 8);
        type(QStringLiteral(" two"));
        QCOMPARE(text(), QString::fromStdString(kJob).replace(QStringLiteral("echo one"), QStringLiteral("echo one two")).toStdString());
        QCOMPARE(m_context->document.undoStack().count(), 1);
        QCOMPARE(m_context->document.undoStack().undoText(), QStringLiteral("Typing in pipeline.yml"));
        type(QStringLiteral("x"));
        key(Qt::Key_Backspace);
        key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(text(), kJob);
        QCOMPARE(shown(), kJob);
        QCOMPARE(editor().cursorOffset(), static_cast<qint64>(kJob.find("echo one") + 8));
        key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(text().find("echo one two") != std::string::npos);
        QCOMPARE(shown(), text());
    }

    void what_is_typed_elsewhere_is_another_step()
    {
        open(kJob);
        at("echo one", 8);
        type(QStringLiteral("1"));
        at("INFO", 4);
        type(QStringLiteral("2"));
        QCOMPARE(m_context->document.undoStack().count(), 2);
        key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(text().find("echo one1") != std::string::npos);
        QVERIFY(text().find("INFO2") == std::string::npos);
    }

    void a_selection_that_is_typed_over_is_one_patch()
    {
        open(kJob);
        QSignalSpy changes(&m_context->document, &DocumentState::textChanged);
        const auto begin = static_cast<long>(kJob.find("echo"));
        editor().SendScintilla(QsciScintilla::SCI_SETSEL, begin, begin + 8);
        type(QStringLiteral("x"));
        QCOMPARE(changes.count(), 1);
        QVERIFY(text().find("command: x\n") != std::string::npos);
        key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(text(), kJob);
    }

    void a_patch_from_elsewhere_keeps_cursor_selection_and_place()
    {
        std::string many = kJob;
        for (int i = 0; i < 300; ++i) {
            many += "  # line " + std::to_string(i) + "\n";
        }
        open(many);
        const auto place = many.find("line 150");
        editor().showOffset(static_cast<qint64>(place));
        editor().SendScintilla(QsciScintilla::SCI_SETSEL, static_cast<long>(place), static_cast<long>(place + 8));
        const int top = editor().firstVisibleLine();
        QVERIFY(top > 50);
        m_context->document.apply({ QStringLiteral("a field"), { { m_job, { { 0, 0, "# new\n# lines\n" }, { many.find("INFO"), many.find("INFO") + 4, "DEBUG" } } } }, {}, {} });
        QCOMPARE(shown(), text());
        QVERIFY(text().find("logging_level: DEBUG") != std::string::npos);
        QCOMPARE(editor().selectedText(), QStringLiteral("line 150"));
        QCOMPARE(editor().firstVisibleLine(), top + 2);
        m_context->document.undoStack().undo();
        QCOMPARE(shown(), many);
        QCOMPARE(editor().firstVisibleLine(), top);
        QCOMPARE(editor().selectedText(), QStringLiteral("line 150"));
    }

    void line_ends_and_the_byte_order_mark_stay()
    {
        const std::string crlf = "\xEF\xBB\xBF" + QString::fromStdString(kJob).replace(QLatin1Char('\n'), QStringLiteral("\r\n")).toStdString();
        open(crlf);
        QCOMPARE(shown(), crlf.substr(3));
        at("echo one", 8);
        key(Qt::Key_Return);
        type(QStringLiteral("env: x"));
        std::string wanted = crlf;
        wanted.insert(crlf.find("echo one") + 8, "\r\n    env: x");
        QCOMPARE(text(), wanted);
        key(Qt::Key_Z, Qt::ControlModifier);
        key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(text(), crlf);
        QCOMPARE(shown(), crlf.substr(3));
        // What is pasted takes the line ends of the file.
        QApplication::clipboard()->setText(QStringLiteral("a\nb\n"));
        editor().showOffset(3);
        editor().paste();
        QTRY_COMPARE(text().substr(0, 9), std::string("\xEF\xBB\xBF" "a\r\nb\r\n"));
    }

    void letters_of_all_languages_stay()
    {
        const std::string words = "# Größe, 大きさ, 🙂\ntype: pipeline\n";
        open(words);
        at("pipeline");
        type(QStringLiteral("ß"));
        QCOMPARE(text(), std::string("# Größe, 大きさ, 🙂\ntype: ßpipeline\n"));
        key(Qt::Key_Backspace);
        QCOMPARE(text(), words);
    }

    void what_an_input_method_tries_is_not_in_the_file_until_it_is_settled()
    {
        open(kJob);
        at("echo one", 8);
        for (const char* tried : { "k", "か", "かn" }) {
            QInputMethodEvent trying(QString::fromUtf8(tried), {});
            QApplication::sendEvent(&editor(), &trying);
            QApplication::processEvents();
        }
        QCOMPARE(text(), kJob);
        QInputMethodEvent settled;
        settled.setCommitString(QStringLiteral("かん"));
        QApplication::sendEvent(&editor(), &settled);
        QVERIFY(text().find("echo oneかん\n") != std::string::npos);
        QCOMPARE(shown(), text());
        key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(text(), kJob);
        QCOMPARE(shown(), kJob);
        QInputMethodEvent again(QStringLiteral("x"), {});
        QApplication::sendEvent(&editor(), &again);
        QInputMethodEvent given; // up
        QApplication::sendEvent(&editor(), &given);
        QCOMPARE(shown(), kJob);
        QCOMPARE(m_context->document.undoStack().index(), 0);
    }

    void a_word_that_is_whole_lets_enter_end_the_line()
    {
        open(kJob);
        at("uri_folder", 10);
        key(Qt::Key_Return);
        type(QStringLiteral("mode: mount"));
        QVERIFY(!editor().popup()->isVisible());
        key(Qt::Key_Return);
        QVERIFY(text().find("        mode: mount\n        \n") != std::string::npos);
    }

    void a_file_that_is_not_utf8_is_shown_and_cannot_be_changed()
    {
        open("# caf\xE9\ntype: pipeline\n");
        QVERIFY(editor().isReadOnly());
        const auto* notice = m_panel->findChild<QLabel*>(QStringLiteral("source.notice"));
        QVERIFY(notice->isVisible());
        QVERIFY2(notice->text().contains(QStringLiteral("Byte 6")), qPrintable(notice->text()));
        type(QStringLiteral("x"));
        QCOMPARE(text(), std::string("# caf\xE9\ntype: pipeline\n"));
    }

    void a_completion_puts_a_key_and_goes_on_to_its_value()
    {
        open(kJob);
        at("    logging_level: INFO\n", 23);
        key(Qt::Key_Return);
        type(QStringLiteral("error_th"));
        QVERIFY(editor().popup()->isVisible());
        QCOMPARE(editor().popup()->list()->currentItem()->text(), QStringLiteral("error_threshold"));
        key(Qt::Key_Return);
        QVERIFY(text().find("    logging_level: INFO\n    error_threshold: \n    inputs:") != std::string::npos);
        QVERIFY(editor().popup()->isVisible()); // its default
        QCOMPARE(editor().popup()->list()->currentItem()->text(), QStringLiteral("-1"));
        key(Qt::Key_Escape);
        QVERIFY(!editor().popup()->isVisible());
        type(QStringLiteral("5"));
        QVERIFY(text().find("    error_threshold: 5\n") != std::string::npos);
        QCOMPARE(shown(), text());
    }

    void completion_is_asked_for_with_keys()
    {
        open(kJob);
        at("INFO", 0);
        editor().SendScintilla(QsciScintilla::SCI_DELETERANGE, static_cast<unsigned long>(editor().cursorOffset()), 4L);
        QTRY_VERIFY(text().find("logging_level: \n") != std::string::npos); // told without a key
        key(Qt::Key_Space, Qt::ControlModifier);
        QVERIFY(editor().popup()->isVisible());
        QCOMPARE(editor().popup()->list()->count(), 3);
        key(Qt::Key_Down);
        key(Qt::Key_Tab);
        QVERIFY(text().find("logging_level: WARNING\n") != std::string::npos);
        QVERIFY(!editor().popup()->isVisible());
    }

    void bindings_and_flags_appear_while_typing()
    {
        open(kJob);
        at("entry_script: work.py", 21);
        key(Qt::Key_Return);
        type(QStringLiteral("program_arguments: --err"));
        QVERIFY(editor().popup()->isVisible());
        key(Qt::Key_Tab);
        type(QStringLiteral("3 --in ${{"));
        QVERIFY(editor().popup()->isVisible());
        QCOMPARE(editor().popup()->list()->currentItem()->text(), QStringLiteral("${{inputs.files}}"));
        key(Qt::Key_Return);
        QVERIFY2(text().find("program_arguments: --error_threshold 3 --in ${{inputs.files}}\n") != std::string::npos, text().c_str());
    }

    void a_new_line_knows_where_it_begins()
    {
        open("type: pipeline\njobs:\n");
        at("jobs:", 5);
        key(Qt::Key_Return);
        type(QStringLiteral("step:"));
        key(Qt::Key_Return);
        type(QStringLiteral("type: command"));
        editor().popup()->hide();
        key(Qt::Key_Return);
        type(QStringLiteral("command: >-"));
        key(Qt::Key_Return);
        type(QStringLiteral("echo"));
        QCOMPARE(text(), std::string("type: pipeline\njobs:\n  step:\n    type: command\n    command: >-\n      echo\n"));
        open("paths:\n  - file: a.csv\n", "MLTable");
        at("a.csv", 5);
        key(Qt::Key_Return);
        type(QStringLiteral("x: 1"));
        QCOMPARE(text(), std::string("paths:\n  - file: a.csv\n    x: 1\n"));
    }

    void lines_are_commented_and_back()
    {
        open(kJob);
        const auto begin = static_cast<long>(kJob.find("  first:"));
        const auto end = static_cast<long>(kJob.find("  second:"));
        editor().SendScintilla(QsciScintilla::SCI_SETSEL, begin, end);
        key(Qt::Key_Slash, Qt::ControlModifier);
        QVERIFY(text().find("jobs:\n  # first:\n  #   type: command\n  #   command: echo one\n  second:") != std::string::npos);
        QCOMPARE(m_context->document.undoStack().count(), 1);
        key(Qt::Key_Slash, Qt::ControlModifier);
        QCOMPARE(text(), kJob);
    }

    void tab_indents_with_blanks()
    {
        open("a:\n");
        editor().showOffset(3);
        key(Qt::Key_Tab);
        type(QStringLiteral("b: 1"));
        QCOMPARE(text(), std::string("a:\n  b: 1"));
    }

    void findings_are_marked_in_the_text_and_explained()
    {
        open(QString::fromStdString(kJob).replace(QStringLiteral("INFO"), QStringLiteral("LOUD")).toStdString());
        QTRY_VERIFY(!editor().diagnostics().empty());
        const auto where = static_cast<long>(text().find("LOUD"));
        QCOMPARE(editor().SendScintilla(QsciScintilla::SCI_INDICATORVALUEAT, 8UL, where + 1), 1L);
        QCOMPARE(editor().SendScintilla(QsciScintilla::SCI_INDICATORVALUEAT, 8UL, where - 2), 0L);
        const long line = editor().SendScintilla(QsciScintilla::SCI_LINEFROMPOSITION, where);
        QVERIFY((editor().SendScintilla(QsciScintilla::SCI_MARKERGET, line) & (1 << 2)) != 0);
        const QString help = editor().helpText(where + 1);
        QVERIFY2(help.contains(QStringLiteral("LOUD")) && help.contains(QStringLiteral("INFO, WARNING, DEBUG")), qPrintable(help));
        QVERIFY(help.indexOf(QStringLiteral("LOUD")) < help.indexOf(QStringLiteral("Level of the user")));
        QVERIFY(editor().helpText(static_cast<qint64>(text().find("mini_batch_size") + 3)).contains(QStringLiteral("mini_batch_size")));
        // Mended: the mark goes.
        editor().SendScintilla(QsciScintilla::SCI_SETSEL, where, where + 4);
        type(QStringLiteral("DEBUG"));
        QTRY_COMPARE(editor().SendScintilla(QsciScintilla::SCI_INDICATORVALUEAT, 8UL, where + 1), 0L);
    }

    void files_open_in_tabs()
    {
        open(kJob);
        auto* tabs = m_panel->findChild<QTabWidget*>(QStringLiteral("source.tabs"));
        QCOMPARE(tabs->count(), 1);
        const QString script = toQt(m_folder->path() / "src" / "work.py");
        QTRY_VERIFY(m_context->pipeline.snapshot() != nullptr);
        m_context->selection.showPlace(script, 4);
        QCOMPARE(tabs->count(), 2);
        QCOMPARE(editor().file(), script);
        QCOMPARE(editor().cursorOffset(), 4);
        QCOMPARE(tabs->tabToolTip(1), script);
        type(QStringLiteral("x"));
        QCOMPARE(*m_context->document.text(script), std::string("impoxrt os\n\n\ndef run(files):\n    # nothing\n    return [str(f) for f in files]\n"));
        QCOMPARE(tabs->tabText(1), QStringLiteral("work.py •"));
        QCOMPARE(tabs->tabText(0), QStringLiteral("pipeline.yml"));
        QVERIFY(m_context->document.save());
        QCOMPARE(tabs->tabText(1), QStringLiteral("work.py"));
        m_context->selection.showPlace(m_job, 0);
        QCOMPARE(tabs->count(), 2);
        QCOMPARE(tabs->currentIndex(), 0);
        auto* menu = m_panel->findChild<QMenu*>(QStringLiteral("source.files.menu"));
        emit menu->aboutToShow();
        QStringList names;
        for (const QAction* action : menu->actions()) {
            names << action->text();
        }
        QCOMPARE(names, QStringList({ QStringLiteral("pipeline.yml"), QStringLiteral("src/work.py") }));
        key(Qt::Key_W, Qt::ControlModifier); // the job file stays
        QCOMPARE(tabs->count(), 2);
        QTest::mouseClick(m_panel->findChild<QToolButton*>(QStringLiteral("source.tab.close")), Qt::LeftButton);
        QCOMPARE(tabs->count(), 1);
        m_context->selection.showPlace(script, 4);
        QCOMPARE(tabs->count(), 2);
        key(Qt::Key_W, Qt::ControlModifier);
        QCOMPARE(tabs->count(), 1);
        open("type: pipeline\n", "other.yml");
        QCOMPARE(editor().file(), m_job);
        m_context->pipeline.close();
        QCOMPARE(tabs->count(), 0);
    }

    void text_and_step_select_each_other()
    {
        open(kJob);
        m_panel->raise();
        at("echo one");
        key(Qt::Key_Right);
        QTRY_COMPARE(m_context->selection.step(), QStringLiteral("first"));
        key(Qt::Key_End, Qt::ControlModifier);
        key(Qt::Key_Left);
        QTRY_COMPARE(m_context->selection.step(), QStringLiteral("second"));
        const qint64 before = editor().cursorOffset();
        m_context->selection.setStep(QStringLiteral("first"));
        QCOMPARE(editor().cursorOffset(), before); // the user is at work in the text
        auto* other = m_panel->findChild<QToolButton*>(QStringLiteral("source.files"));
        other->setFocus();
        m_context->selection.setStep(QStringLiteral("second"));
        QCOMPARE(editor().cursorOffset(), before); // it is there already
        m_context->selection.setStep(QStringLiteral("first"));
        QCOMPARE(editor().cursorOffset(), static_cast<qint64>(kJob.find("first:")));
    }

    void changes_since_the_save_are_shown()
    {
        open(kJob);
        at("echo one", 8);
        type(QStringLiteral("!"));
        m_panel->showChanges(SourcePanel::Changes::SinceSave);
        auto* diff = m_panel->findChild<DiffView*>(QStringLiteral("source.diff"));
        QVERIFY(diff->isVisible());
        QCOMPARE(diff->added(), 1);
        QCOMPARE(diff->removed(), 1);
        QVERIFY(diff->toPlainText().contains(QStringLiteral("−     command: echo one\n+     command: echo one!\n")));
        QVERIFY(!diff->toPlainText().contains(QStringLiteral("a small one"))); // too far away
        at("a small one");
        type(QStringLiteral("x"));
        QTRY_COMPARE(diff->added(), 2);
        QVERIFY(m_context->document.save());
        QTRY_COMPARE(diff->added(), 0);
        QVERIFY(m_panel->findChild<QLabel*>(QStringLiteral("source.changes.title"))->text().contains(QStringLiteral("nothing changed")));
    }

    void changes_since_the_last_run_are_shown()
    {
        open(kJob);
        m_context->history.setFolder(toQt(m_folder->path()));
        m_panel->showChanges(SourcePanel::Changes::SinceRun);
        const auto* title = m_panel->findChild<QLabel*>(QStringLiteral("source.changes.title"));
        QTRY_VERIFY(title->text().contains(QStringLiteral("not run yet")));
        // A run's folder as run_preparer leaves it.
        m_folder->write(".sheaf/runs/good-run/job.yml", "type: pipeline\n");
        m_folder->write(".sheaf/runs/good-run/steps/second/code/work.py", "import sys\n");
        m_folder->write(".sheaf/runs/good-run/run.json", "{\"format\":1,\"run\":\"good-run\",\"jobFile\":\"" + toStd(m_job) + "\"}");
        m_context->history.refresh();
        QTRY_VERIFY(!m_context->history.runs().empty());
        QTRY_VERIFY2(title->text().contains(QStringLiteral("good-run")), qPrintable(title->text()));
        auto* diff = m_panel->findChild<DiffView*>(QStringLiteral("source.diff"));
        QTRY_VERIFY(diff->added() > 10);
        QTRY_VERIFY(m_context->pipeline.snapshot() != nullptr);
        m_panel->openFile(toQt(m_folder->path() / "src/work.py"));
        QTRY_VERIFY2(diff->toPlainText().contains(QStringLiteral("− import sys")), qPrintable(diff->toPlainText()));
    }

    void words_are_found_and_replaced()
    {
        open(kJob);
        editor().showOffset(0);
        key(Qt::Key_F, Qt::ControlModifier);
        auto* words = m_panel->findChild<QLineEdit*>(QStringLiteral("source.find.words"));
        QVERIFY(words->isVisible());
        QTest::keyClicks(words, QStringLiteral("TYPE"));
        QCOMPARE(m_panel->findChild<QLabel*>(QStringLiteral("source.find.count"))->text(), QStringLiteral("5 found"));
        QTest::keyClick(words, Qt::Key_Return);
        QCOMPARE(editor().selectedText(), QStringLiteral("type"));
        QTest::keyClick(words, Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(editor().cursorOffset(), static_cast<qint64>(kJob.rfind("type") + 4)); // once around
        auto* with = m_panel->findChild<QLineEdit*>(QStringLiteral("source.find.with"));
        QTest::keyClicks(with, QStringLiteral("kind"));
        QTest::mouseClick(m_panel->findChild<QToolButton*>(QStringLiteral("source.find.all")), Qt::LeftButton);
        QCOMPARE(text(), QString::fromStdString(kJob).replace(QStringLiteral("type"), QStringLiteral("kind")).toStdString());
        QCOMPARE(m_context->document.undoStack().count(), 1);
        QTest::keyClick(words, Qt::Key_Escape);
        QVERIFY(!words->isVisible());
        QVERIFY(editor().hasFocus());
    }

    void the_file_opens_in_my_editor()
    {
        qunsetenv("VISUAL");
        open(kJob);
        QDesktopServices::setUrlHandler(QStringLiteral("file"), this, "takeUrl");
        m_panel->findChild<QAction*>(QStringLiteral("source.outside"))->trigger();
        QDesktopServices::unsetUrlHandler(QStringLiteral("file"));
        QCOMPARE(m_opened, QList<QUrl> { QUrl::fromLocalFile(m_job) });
    }

    // ---- colours

    void a_line_has_its_colours()
    {
        QCOMPARE(letters("a: 1 # b\n"), QStringLiteral("K. N ### "));
        QCOMPARE(letters("- a: \"x\"\n"), QStringLiteral(". K. SSS "));
        QCOMPARE(letters("a: {b: yes, c: [d]}\n"), QStringLiteral("K. .K. WWW. K. . .. "));
        QCOMPARE(letters("a: x ${{y.z}} --f 1\n"), QStringLiteral("K.   BBBBBBBB FFF   "));
        int state = 0;
        QCOMPARE(letters("a: >-\n", state), QStringLiteral("K. .. "));
        QCOMPARE(letters("  b: c\n", state), QStringLiteral("SSSSSS "));
        QCOMPARE(letters("b: c\n", state), QStringLiteral("K.   "));
        QCOMPARE(letters("a: 'x\n", state), QStringLiteral("K. SS "));
        QCOMPARE(letters("  y' # c\n", state), QStringLiteral("SSSS ### "));
        QCOMPARE(state, 0);
        for (const std::string line : { "", "\n", "\r\n", "'", "\"", "{", "[", "- - -", ":", "a:", "a: '", "${{", "a: ${{", "--", "a: --", "#", "a: |", "%x", "---", "\t\ta" }) {
            const auto styles = yamlStyles(line, 0);
            std::size_t length = 0;
            for (const auto& piece : styles.pieces) {
                length += piece.length;
            }
            QCOMPARE(length, line.size());
        }
    }

    void colours_of_text_can_be_read()
    {
        for (const auto choice : { ThemeChoice::Light, ThemeChoice::Dark }) {
            applyTheme(*qApp, choice);
            const SyntaxColors colors = syntaxColors();
            for (const QColor& color : { colors.key, colors.text, colors.string, colors.number, colors.word, colors.comment, colors.binding, colors.flag, colors.mark }) {
                for (const QColor& paper : { theme().surface, colors.currentLine }) {
                    QVERIFY2(contrast(color, paper) >= 4.5, qPrintable(color.name() + QLatin1Char(' ') + paper.name()));
                }
            }
            for (const QColor& paper : { colors.added, colors.removed, colors.selection }) {
                QVERIFY2(contrast(colors.text, paper) >= 4.5, qPrintable(paper.name()));
            }
        }
        applyTheme(*qApp, ThemeChoice::Light);
    }

    void steps_fold()
    {
        open(kJob);
        editor().SendScintilla(QsciScintilla::SCI_COLOURISE, 0UL, -1L);
        const auto isHead = [this](const std::string& words) {
            const long line = editor().SendScintilla(QsciScintilla::SCI_LINEFROMPOSITION, static_cast<long>(kJob.find(words)));
            return (editor().SendScintilla(QsciScintilla::SCI_GETFOLDLEVEL, line) & QsciScintilla::SC_FOLDLEVELHEADERFLAG) != 0;
        };
        QVERIFY(isHead("jobs:"));
        QVERIFY(isHead("first:"));
        QVERIFY(isHead("task:"));
        QVERIFY(!isHead("type: pipeline"));
        QVERIFY(!isHead("command: echo"));
    }

    /// Leaves pictures for a human to look at.
    void it_looks_well()
    {
        const QString out = qEnvironmentVariable("SHEAF_SHOTS", QDir::tempPath() + QStringLiteral("/sheaf-shots"));
        QDir().mkpath(out);
        for (const auto choice : { ThemeChoice::Light, ThemeChoice::Dark }) {
            applyTheme(*qApp, choice);
            const QString name = out + QStringLiteral("/source-") + themeKey(choice);
            QDir().mkpath(toQt(m_folder->path() / "data"));
            QFile sample(QStringLiteral(SHEAF_TEST_SOURCE "/resources/samples/score-table/pipeline.yml"));
            QVERIFY(sample.open(QIODevice::ReadOnly));
            open(sample.readAll().replace("max_concurrency_per_instance", "max_concurency_per_instance").replace("max_retries: 2", "max_retries: many").toStdString());
            QTRY_VERIFY(m_context->pipeline.snapshot() != nullptr && !editor().diagnostics().empty());
            at("    retry_settings:");
            QVERIFY(m_panel->grab().save(name + QStringLiteral(".png")));
            at("mini_batch_error_threshold: 0", 29);
            key(Qt::Key_Return);
            type(QStringLiteral("e"));
            QVERIFY(editor().popup()->isVisible());
            QVERIFY(editor().popup()->grab().save(name + QStringLiteral("-popup.png")));
            editor().popup()->hide();
            m_panel->showChanges(SourcePanel::Changes::SinceSave);
            m_panel->openFile(toQt(m_folder->path() / "src/work.py"), 12);
            type(QStringLiteral("import sys  # more"));
            key(Qt::Key_Return);
            key(Qt::Key_F, Qt::ControlModifier);
            QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("files"));
            QTRY_VERIFY(m_panel->findChild<DiffView*>(QStringLiteral("source.diff"))->added() > 0);
            QVERIFY(m_panel->grab().save(name + QStringLiteral("-script.png")));
            m_context->pipeline.close();
        }
        applyTheme(*qApp, ThemeChoice::Light);
    }
};

SHEAF_TEST(tst_source)
#include "tst_source.moc"
