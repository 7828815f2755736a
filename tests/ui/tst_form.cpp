// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/text.h"
#include "core/edit/pipeline_edit.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/inspector/form_changes.h"
#include "ui/inspector/promote_dialog.h"
#include "ui/inspector/section_header.h"
#include "ui/inspector/step_form.h"
#include "ui/state/app_context.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"

#include <functional>
#include <memory>
#endif

#include <QApplication>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSettings>
#include <QSignalSpy>
#include <QTableWidget>
#include <QToolButton>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

const std::string kJob = R"(type: pipeline
display_name: tryout # the name

inputs:
  homes:
    type: uri_folder
    path: ./data
  rounds: 3
outputs:
  scores:
    type: uri_file

jobs:
  train:
    type: command
    code: ./src
    command: >-
      python train.py
      --homes ${{inputs.homes}}
      --model ${{outputs.model}}
    environment: azureml:any:1
    inputs:
      homes: ${{parent.inputs.homes}}
      rounds: 5
    outputs:
      model:
        type: uri_folder
  score:
    type: parallel
    inputs:
      homes:
        type: uri_folder
        path: ${{parent.inputs.homes}}
      model: ${{parent.jobs.train.outputs.model}}
    outputs:
      scores: ${{parent.outputs.scores}}
    input_data: ${{inputs.homes}}
    mini_batch_size: "5" # small
    retry_settings:
      max_retries: 1
    task:
      type: run_function
      code: ./src
      entry_script: score.py
      program_arguments: >-
        --model ${{inputs.model}}
        --allowed_failed_percent 20
      append_row_to: ${{outputs.scores}}
      environment:
        image: some/image
  again:
    type: parallel
    component: ./score.yml
    inputs:
      files: ${{parent.inputs.homes}}
    resources:
      instance_count: 2
)";

const std::string kComponent = R"(type: parallel
name: score_files
inputs:
  files:
    type: uri_folder
  level:
    type: integer
    default: 4
outputs:
  out:
    type: uri_file
input_data: ${{inputs.files}}
mini_batch_size: "9"
task:
  type: run_function
  code: ./src
  entry_script: score.py
  program_arguments: --level ${{inputs.level}} --error_threshold 7
  append_row_to: ${{outputs.out}}
  environment: azureml:any:1
)";

std::string replaced(std::string text, const std::string& from, const std::string& to)
{
    const std::size_t at = text.find(from);
    return at == std::string::npos ? "'" + from + "' is not in the text" : text.replace(at, from.size(), to);
}

/// A picture for people, when a folder for them is named.
void shot(QWidget& widget, const QString& name)
{
    if (const QString folder = qEnvironmentVariable("SHEAF_SHOTS"); !folder.isEmpty()) {
        QDir().mkpath(folder);
        QApplication::processEvents();
        QVERIFY(widget.grab().save(QStringLiteral("%1/%2.png").arg(folder, name)));
    }
}

/// A source without files on disk, for the pure model.
FormSource sourceOf(const test::TempFolder& folder, const std::string& job)
{
    pipeline::ResolveRequest request;
    request.jobFile = folder.write("job.yml", job);
    request.checkPaths = false;
    return readFormSource(std::make_shared<const pipeline::Resolved>(pipeline::resolve(request)), {});
}

/// Something that may stand for a field.
std::string exampleOf(const spec::Field& field)
{
    switch (field.type) {
    case spec::FieldType::Bool:
        return "true";
    case spec::FieldType::Int:
    case spec::FieldType::Number:
        return "7";
    case spec::FieldType::Size:
        return "10kb";
    case spec::FieldType::Word:
        return spec::allowedWords(field).back();
    case spec::FieldType::TextList:
        return "[store, brand]";
    case spec::FieldType::TextMap:
        return "{ONE: a}";
    case spec::FieldType::Reference:
        return "${{inputs.data}}";
    default:
        return "some_word";
    }
}

} // namespace

/// The form: what is typed goes into the text, what is in the text is shown.
class tst_form : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<AppContext> m_context;
    std::unique_ptr<StepForm> m_form;
    QString m_job;
    QString m_component;

    std::string text(const QString& file) const
    {
        const std::string* bytes = m_context->document.text(file);
        return bytes != nullptr ? *bytes : "nothing";
    }
    std::string job() const { return text(m_job); }
    const FormRow* row(const std::string& id) const { return m_form->model().row(id); }
    template <class Widget> Widget* child(const QString& name) const { return m_form->findChild<Widget*>(name); }
    QLineEdit* line(const char* id) const
    {
        m_form->focusField(QString::fromLatin1(id));
        return child<QLineEdit>(QStringLiteral("form.") + QString::fromLatin1(id));
    }
    /// Both texts whole when they differ.
    static void same(const std::string& is, const std::string& expected)
    {
        QVERIFY2(is == expected, (is + "\nexpected:\n" + expected).c_str());
    }
    static void type(QLineEdit* edit, const char* words, Qt::Key end = Qt::Key_Return)
    {
        edit->selectAll();
        QTest::keyClicks(edit, QString::fromLatin1(words));
        QTest::keyClick(edit, end);
    }
    /// The form has read the text as it is now.
    void catchUp()
    {
        QSignalSpy refreshed(m_form.get(), &StepForm::refreshed);
        m_context->pipeline.reload();
        QVERIFY(refreshed.wait());
    }
    void choose(const QStringList& steps)
    {
        m_context->selection.setSteps(steps);
        QCOMPARE(static_cast<int>(m_form->model().steps().size()), static_cast<int>(steps.size()));
    }
    /// Opens the menu of a row and triggers an action of it.
    void trigger(const char* id, const char* action)
    {
        m_form->focusField(QString::fromLatin1(id));
        auto* button = child<QToolButton>(QStringLiteral("form.menu.") + QString::fromLatin1(id));
        QVERIFY(button != nullptr);
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY(QApplication::activePopupWidget() != nullptr);
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        auto* found = menu->findChild<QAction*>(QStringLiteral("form.menu.") + QString::fromLatin1(action));
        QVERIFY2(found != nullptr, action);
        menu->close();
        found->trigger();
    }

    /// By the menu of the row and its dialog.
    void renamePort(const char* id, const char* name)
    {
        trigger(id, "rename");
        auto* dialog = child<QInputDialog>(QStringLiteral("form.renamePort"));
        QVERIFY(dialog != nullptr);
        dialog->setTextValue(QString::fromLatin1(name));
        dialog->accept();
        QTRY_VERIFY(child<QInputDialog>(QStringLiteral("form.renamePort")) == nullptr);
    }

private slots:
    void init()
    {
        QSettings().clear();
        m_folder = std::make_unique<test::TempFolder>();
        m_folder->write("data/a.txt", "1\n");
        m_folder->write("src/score.py", "def run(batch):\n    return batch\n");
        m_component = toQt(m_folder->write("score.yml", kComponent));
        m_job = toQt(m_folder->write("job.yml", kJob));
        m_context = std::make_unique<AppContext>();
        m_form = std::make_unique<StepForm>(*m_context);
        m_form->resize(460, 760);
        m_form->show();
        m_context->pipeline.open(m_job);
        QTRY_VERIFY(!m_form->model().rows().empty());
        choose({ QStringLiteral("score") });
    }
    void cleanup()
    {
        m_form.reset();
        m_context->document.discardOnClose();
        m_context.reset();
    }

    void typing_changes_exactly_these_bytes()
    {
        type(line("mini_batch_size"), "12");
        same(job(), replaced(kJob, "\"5\" # small", "\"12\" # small"));
        catchUp();
        type(line("retry_settings.timeout"), "90");
        same(job(), replaced(replaced(kJob, "\"5\" # small", "\"12\" # small"), "max_retries: 1\n", "max_retries: 1\n      timeout: 90\n"));
        QCOMPARE(m_context->document.undoStack().undoText(), QStringLiteral("Set timeout of score → 90"));
    }

    void the_first_group_is_open_and_needs_one_look()
    {
        QVERIFY(child<SectionHeader>(QStringLiteral("form.group.parallel"))->isChecked());
        QVERIFY(child<QLineEdit>(QStringLiteral("form.mini_batch_size"))->isVisible());
        QVERIFY(child<QLineEdit>(QStringLiteral("form.task.entry_script")) == nullptr); // built when it is opened
        auto* header = child<SectionHeader>(QStringLiteral("form.group.script"));
        QTest::keyClick(header, Qt::Key_Return);
        QVERIFY(child<QLineEdit>(QStringLiteral("form.task.entry_script"))->isVisible());
        QTest::keyClick(header, Qt::Key_Space);
        QVERIFY(!child<QLineEdit>(QStringLiteral("form.task.entry_script"))->isVisible());
    }

    void reset_takes_the_entry_away_and_its_empty_map_too()
    {
        line("retry_settings.max_retries");
        auto* reset = child<QToolButton>(QStringLiteral("form.reset.retry_settings.max_retries"));
        QVERIFY(reset->isVisible());
        QTest::mouseClick(reset, Qt::LeftButton);
        same(job(), replaced(kJob, "    retry_settings:\n      max_retries: 1\n", ""));
        catchUp();
        QVERIFY(!reset->isVisible());
        QCOMPARE(line("retry_settings.max_retries")->placeholderText(), QStringLiteral("2"));
    }

    void an_emptied_field_is_a_reset_but_a_step_keeps_what_it_needs()
    {
        QLineEdit* edit = line("mini_batch_size");
        edit->selectAll();
        QTest::keyClick(edit, Qt::Key_Backspace);
        QTest::keyClick(edit, Qt::Key_Return);
        same(job(), replaced(kJob, "    mini_batch_size: \"5\" # small\n", ""));
        edit = line("task.entry_script");
        edit->selectAll();
        QTest::keyClick(edit, Qt::Key_Backspace);
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(job().find("entry_script: score.py") != std::string::npos);
        QCOMPARE(edit->text(), QStringLiteral("score.py"));
    }

    void a_flag_writes_itself_into_the_arguments()
    {
        type(line("--allowed_failed_percent"), "25");
        same(job(), replaced(kJob, "percent 20", "percent 25"));
        catchUp();
        type(line("--resource_monitor_interval"), "30");
        const std::string both = replaced(replaced(kJob, "percent 20", "percent 25"), "percent 25\n", "percent 25\n        --resource_monitor_interval 30\n");
        same(job(), both);
        catchUp();
        trigger("--allowed_failed_percent", "reset");
        same(job(), replaced(both, "        --allowed_failed_percent 25\n", ""));
    }

    void a_value_is_changed_where_it_lives()
    {
        choose({ QStringLiteral("again") });
        QCOMPARE(row("mini_batch_size")->cell().origin, FormOrigin::Component);
        QLineEdit* edit = line("mini_batch_size");
        QCOMPARE(child<QLabel>(QStringLiteral("form.note.mini_batch_size"))->text(), QStringLiteral("in score.yml"));
        type(edit, "11");
        same(job(), kJob);
        same(text(m_component), replaced(kComponent, "\"9\"", "\"11\""));
        catchUp();
        type(line("resources.instance_count"), "3");
        same(job(), replaced(kJob, "instance_count: 2", "instance_count: 3"));
    }

    void a_value_can_be_written_for_this_step_only_and_back_in_the_component()
    {
        choose({ QStringLiteral("again") });
        trigger("mini_batch_size", "place.1"); // the pipeline file
        const std::string own = job();
        QVERIFY2(own.find("instance_count: 2\n    mini_batch_size: 9\n") != std::string::npos, own.c_str());
        same(text(m_component), kComponent);
        catchUp();
        QCOMPARE(row("mini_batch_size")->cell().origin, FormOrigin::Pipeline);
        type(line("mini_batch_size"), "3");
        catchUp();
        trigger("mini_batch_size", "place.2"); // the component
        same(job(), kJob);
        same(text(m_component), replaced(kComponent, "\"9\"", "\"3\""));
    }

    void a_flag_that_counts_more_is_what_the_field_shows()
    {
        choose({ QStringLiteral("again") });
        const FormRow* threshold = row("error_threshold");
        QCOMPARE(threshold->cell().origin, FormOrigin::Flag);
        QCOMPARE(threshold->text(), QStringLiteral("7"));
        type(line("error_threshold"), "8");
        same(text(m_component), replaced(kComponent, "--error_threshold 7", "--error_threshold 8"));
    }

    void several_steps_are_set_in_one_gesture()
    {
        choose({ QStringLiteral("score"), QStringLiteral("again") });
        QVERIFY(row("name") == nullptr);
        QCOMPARE(line("mini_batch_size")->placeholderText(), QStringLiteral("several values"));
        QVERIFY(line("mini_batch_size")->text().isEmpty());
        type(line("mini_batch_size"), "64");
        same(job(), replaced(kJob, "\"5\" # small", "\"64\" # small"));
        same(text(m_component), replaced(kComponent, "\"9\"", "\"64\""));
        QCOMPARE(m_context->document.undoStack().count(), 1);
        m_context->document.undoStack().undo();
        same(job(), kJob);
        same(text(m_component), kComponent);
    }

    void one_visit_of_a_field_is_one_step_of_undo()
    {
        QLineEdit* edit = line("mini_batch_size");
        type(edit, "1");
        QTest::keyClicks(edit, QStringLiteral("2"));
        QTest::keyClick(edit, Qt::Key_Return);
        QTest::keyClick(edit, Qt::Key_Up);
        QTest::keyClick(edit, Qt::Key_Return);
        same(job(), replaced(kJob, "\"5\" # small", "\"13\" # small"));
        QCOMPARE(m_context->document.undoStack().count(), 1);
        m_context->document.undoStack().undo();
        same(job(), kJob);
    }

    void typing_is_written_a_moment_later_and_the_cursor_stays()
    {
        QLineEdit* edit = line("mini_batch_size");
        edit->setCursorPosition(0);
        QTest::keyClicks(edit, QStringLiteral("1"));
        QTRY_COMPARE(job(), replaced(kJob, "\"5\" # small", "\"15\" # small"));
        catchUp();
        QCOMPARE(edit->cursorPosition(), 1);
        QCOMPARE(edit->text(), QStringLiteral("15"));
    }

    void what_is_wrong_is_not_written_and_said()
    {
        QLineEdit* edit = line("retry_settings.max_retries");
        type(edit, "many");
        same(job(), kJob);
        auto* note = child<QLabel>(QStringLiteral("form.note.retry_settings.max_retries"));
        QVERIFY(note != nullptr && note->isVisible());
        QVERIFY2(note->text().contains(QStringLiteral("not a whole number")), qPrintable(note->text()));
        QVERIFY(edit->property("invalid").toBool());
        QTest::keyClick(edit, Qt::Key_Escape);
        QCOMPARE(edit->text(), QStringLiteral("1"));
        QVERIFY(!note->isVisible());
        same(job(), kJob);
    }

    void a_wrong_value_of_the_file_is_shown_with_what_is_wrong()
    {
        m_context->document.rewrite(QStringLiteral("type"), m_job, replaced(kJob, "max_retries: 1", "max_retries: some"));
        catchUp();
        QCOMPARE(line("retry_settings.max_retries")->text(), QStringLiteral("some"));
        QVERIFY(child<QLabel>(QStringLiteral("form.note.retry_settings.max_retries"))->text().contains(QStringLiteral("'some'")));
    }

    void the_form_follows_the_text()
    {
        QLineEdit* edit = line("mini_batch_size");
        edit->setFocus();
        m_context->document.rewrite(QStringLiteral("type"), m_job, replaced(kJob, "\"5\" # small", "77 # small"));
        QTRY_COMPARE(edit->text(), QStringLiteral("77"));
        m_context->document.undoStack().undo();
        QTRY_COMPARE(edit->text(), QStringLiteral("5"));
    }

    void numbers_step_and_words_are_chosen()
    {
        QLineEdit* edit = line("retry_settings.max_retries");
        QTest::keyClick(edit, Qt::Key_Down);
        QTest::keyClick(edit, Qt::Key_Down); // not below 0
        QTest::keyClick(edit, Qt::Key_Return);
        same(job(), replaced(kJob, "max_retries: 1", "max_retries: 0"));
        catchUp();
        m_form->focusField(QStringLiteral("logging_level"));
        auto* level = child<QComboBox>(QStringLiteral("form.logging_level"));
        QCOMPARE(level->itemText(0), QStringLiteral("default (INFO)"));
        QTest::keyClick(level, Qt::Key_Down);
        QTest::keyClick(level, Qt::Key_Down);
        QTRY_VERIFY(job().find("    logging_level: WARNING\n") != std::string::npos);
    }

    void a_word_in_another_case_is_not_changed_by_looking_at_it()
    {
        const std::string lower = replaced(kJob, "    mini_batch_size:", "    logging_level: debug\n    mini_batch_size:");
        m_context->document.rewrite(QStringLiteral("type"), m_job, lower);
        catchUp();
        m_form->focusField(QStringLiteral("logging_level"));
        auto* level = child<QComboBox>(QStringLiteral("form.logging_level"));
        QCOMPARE(level->currentText(), QStringLiteral("DEBUG"));
        choose({});
        same(job(), lower);
    }

    void a_folded_command_keeps_its_lines()
    {
        choose({ QStringLiteral("train") });
        m_form->focusField(QStringLiteral("command"));
        auto* edit = child<QPlainTextEdit>(QStringLiteral("form.command"));
        QCOMPARE(edit->toPlainText(), QStringLiteral("python train.py\n--homes ${{inputs.homes}}\n--model ${{outputs.model}}"));
        edit->moveCursor(QTextCursor::End);
        QTest::keyClick(edit, Qt::Key_Return);
        QTest::keyClicks(edit, QStringLiteral("--fast"));
        QTest::keyClick(edit, Qt::Key_Return, Qt::ControlModifier);
        same(job(), replaced(kJob, "--model ${{outputs.model}}\n    env", "--model ${{outputs.model}}\n      --fast\n    env"));
    }

    void a_list_changes_item_by_item()
    {
        const std::string keys = replaced(kJob, "    retry_settings:", "    partition_keys:\n      - store # first\n      - brand\n    retry_settings:");
        m_context->document.rewrite(QStringLiteral("type"), m_job, keys);
        catchUp();
        QCOMPARE(line("partition_keys")->text(), QStringLiteral("store, brand"));
        type(line("partition_keys"), "store, year, week");
        same(job(), replaced(keys, "      - brand\n", "      - year\n      - week\n"));
    }

    void variables_are_a_table()
    {
        m_form->focusField(QStringLiteral("environment_variables"));
        QTest::mouseClick(child<QToolButton>(QStringLiteral("form.add.environment_variables")), Qt::LeftButton);
        auto* table = child<QTableWidget>(QStringLiteral("form.environment_variables"));
        table->item(0, 0)->setText(QStringLiteral("LEVEL"));
        catchUp();
        table->item(0, 1)->setText(QStringLiteral("true"));
        QVERIFY2(job().find("    environment_variables:\n      LEVEL: 'true'\n") != std::string::npos, job().c_str());
        catchUp();
        table->setCurrentCell(0, 0);
        QTest::mouseClick(child<QToolButton>(QStringLiteral("form.remove.environment_variables")), Qt::LeftButton);
        same(job(), kJob);
    }

    /// That other entry keeps its value; what was typed stays, with the reason.
    void a_name_of_a_table_that_is_taken_is_refused_in_words()
    {
        const std::string two = replaced(kJob, "    retry_settings:", "    environment_variables:\n      LEVEL: 'true'\n      MODE: fast\n    retry_settings:");
        m_context->document.rewrite(QStringLiteral("type"), m_job, two);
        catchUp();
        m_form->focusField(QStringLiteral("environment_variables"));
        auto* table = child<QTableWidget>(QStringLiteral("form.environment_variables"));
        const auto said = [this] {
            const auto* note = child<QLabel>(QStringLiteral("form.note.environment_variables"));
            return note != nullptr && note->isVisible() && note->text().contains(QLatin1String("already an entry named LEVEL"));
        };
        QTest::mouseClick(child<QToolButton>(QStringLiteral("form.add.environment_variables")), Qt::LeftButton);
        QVERIFY(!said());
        table->item(2, 0)->setText(QStringLiteral("LEVEL"));
        QVERIFY(said());
        QCOMPARE(table->item(2, 0)->text(), QStringLiteral("LEVEL"));
        same(job(), two);
        catchUp(); // nothing of this table is another
        QVERIFY(said());
        QCOMPARE(table->item(2, 0)->text(), QStringLiteral("LEVEL"));
        table->item(2, 0)->setText(QStringLiteral("LEVELS"));
        QVERIFY(!said());
        same(job(), replaced(two, "      MODE: fast\n", "      MODE: fast\n      LEVELS: ''\n"));
        catchUp();
        table->item(1, 0)->setText(QStringLiteral("LEVEL")); // of an entry that is there
        QVERIFY(said());
        QCOMPARE(table->item(1, 0)->text(), QStringLiteral("LEVEL"));
        QVERIFY(job().find("      MODE: fast\n") != std::string::npos);
        choose({ QStringLiteral("again") }); // it is nobody else's
        choose({ QStringLiteral("score") });
        m_form->focusField(QStringLiteral("environment_variables"));
        table = child<QTableWidget>(QStringLiteral("form.environment_variables"));
        QVERIFY(!said());
        QCOMPARE(table->item(1, 0)->text(), QStringLiteral("MODE"));
    }

    void an_input_gets_fields_added_and_taken_away()
    {
        choose({ QStringLiteral("train") });
        m_form->focusField(QStringLiteral("inputs.homes.type"));
        auto* types = child<QComboBox>(QStringLiteral("form.inputs.homes.type"));
        types->setCurrentIndex(types->findText(QStringLiteral("uri_folder")));
        emit types->activated(types->currentIndex());
        const std::string typed = replaced(kJob, "      homes: ${{parent.inputs.homes}}\n      rounds",
            "      homes:\n        path: ${{parent.inputs.homes}}\n        type: uri_folder\n      rounds");
        same(job(), typed);
        catchUp();
        QTest::mouseClick(child<QPushButton>(QStringLiteral("form.addInput")), Qt::LeftButton);
        QTest::keyClicks(child<QLineEdit>(QStringLiteral("form.addInput.name")), QStringLiteral("seed"));
        auto* newType = child<QComboBox>(QStringLiteral("form.addInput.type"));
        newType->setCurrentIndex(newType->findText(QStringLiteral("integer")));
        QTest::keyClicks(child<QLineEdit>(QStringLiteral("form.addInput.value")), QStringLiteral("42"));
        QTest::mouseClick(child<QPushButton>(QStringLiteral("form.addInput.add")), Qt::LeftButton);
        same(job(), replaced(typed, "      rounds: 5\n", "      rounds: 5\n      seed: 42\n"));
        catchUp();
        trigger("inputs.seed", "remove");
        same(job(), typed);
    }

    void a_component_gets_the_declaration_of_a_new_input()
    {
        choose({ QStringLiteral("again") });
        m_form->focusField(QStringLiteral("inputs.files"));
        QTest::mouseClick(child<QPushButton>(QStringLiteral("form.addInput")), Qt::LeftButton);
        QTest::keyClicks(child<QLineEdit>(QStringLiteral("form.addInput.name")), QStringLiteral("model"));
        QTest::keyClicks(child<QLineEdit>(QStringLiteral("form.addInput.value")), QStringLiteral("${{parent.jobs.train.outputs.model}}"));
        QTest::keyClick(child<QLineEdit>(QStringLiteral("form.addInput.value")), Qt::Key_Return);
        same(text(m_component), replaced(kComponent, "    default: 4\n", "    default: 4\n  model:\n    type: uri_folder\n"));
        same(job(), replaced(kJob, "      files: ${{parent.inputs.homes}}\n", "      files: ${{parent.inputs.homes}}\n      model: ${{parent.jobs.train.outputs.model}}\n"));
        m_context->document.undoStack().undo();
        same(job(), kJob);
        same(text(m_component), kComponent);
    }

    void no_binding_is_offered_that_makes_a_circle()
    {
        QStringList offered;
        const FormSource source = sourceOf(*m_folder, kJob);
        choose({ QStringLiteral("train") });
        for (const auto& binding : FormModel::bindings(source, *row("inputs.homes"))) {
            offered << binding.text;
        }
        QVERIFY(offered.contains(QStringLiteral("${{parent.inputs.homes}}")));
        QVERIFY(offered.contains(QStringLiteral("${{parent.jobs.again.outputs.out}}")));
        QVERIFY(!offered.contains(QStringLiteral("${{parent.jobs.score.outputs.scores}}"))); // score waits for train
        QVERIFY(!offered.contains(QStringLiteral("${{parent.jobs.train.outputs.model}}")));
    }

    void a_binding_is_picked_with_the_keyboard()
    {
        choose({ QStringLiteral("train") });
        trigger("inputs.rounds", "binding");
        auto* filter = child<QLineEdit>(QStringLiteral("form.bindings.filter"));
        QVERIFY(filter != nullptr);
        QTest::keyClicks(filter, QStringLiteral("rounds"));
        QTest::keyClick(filter, Qt::Key_Return);
        same(job(), replaced(kJob, "rounds: 5", "rounds: ${{parent.inputs.rounds}}"));
    }

    void a_value_is_promoted_to_an_input_of_the_pipeline()
    {
        choose({ QStringLiteral("train") });
        trigger("inputs.rounds", "promote");
        auto* dialog = child<PromoteDialog>(QStringLiteral("form.promote"));
        QVERIFY(dialog != nullptr);
        auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("form.promote.name"));
        QCOMPARE(name->text(), QStringLiteral("rounds_2"));
        name->setText(QStringLiteral("epochs"));
        dialog->accept();
        QVERIFY2(job().find("rounds: ${{parent.inputs.epochs}}") != std::string::npos, job().c_str());
        QCOMPARE(m_context->document.undoStack().count(), 1);
    }

    void a_step_is_renamed_and_stays_chosen()
    {
        choose({ QStringLiteral("train") });
        type(line("name"), "fit");
        QVERIFY(job().find("  fit:\n    type: command") != std::string::npos);
        QVERIFY(job().find("${{parent.jobs.fit.outputs.model}}") != std::string::npos);
        QTRY_COMPARE(m_context->selection.step(), QStringLiteral("fit"));
        type(line("name"), "1st");
        QVERIFY(job().find("1st") == std::string::npos);
    }

    void a_renamed_step_keeps_its_place_on_the_canvas()
    {
        CanvasNotes notes;
        notes.places[QStringLiteral("train")] = { 40, 80 };
        notes.places[QStringLiteral("input:homes")] = { 4, 8 };
        m_context->document.setCanvas(QStringLiteral("move"), notes);
        choose({ QStringLiteral("train") });
        type(line("name"), "fit");
        QCOMPARE(m_context->document.canvas().places.value(QStringLiteral("fit")), QPointF(40, 80));
        QVERIFY(!m_context->document.canvas().places.contains(QStringLiteral("train")));
        QCOMPARE(m_context->document.undoStack().count(), 2);
        m_context->document.undoStack().undo();
        same(job(), kJob);
        QVERIFY(m_context->document.canvas() == notes);
        catchUp();
        choose({});
        renamePort("inputs.homes", "houses");
        QCOMPARE(m_context->document.canvas().places.value(QStringLiteral("input:houses")), QPointF(4, 8));
        QVERIFY(!m_context->document.canvas().places.contains(QStringLiteral("input:homes")));
    }

    void a_port_of_a_step_is_renamed_and_bindings_follow()
    {
        choose({ QStringLiteral("train") });
        renamePort("outputs.model", "best");
        std::string expected = replaced(kJob, "--model ${{outputs.model}}\n    env", "--model ${{outputs.best}}\n    env");
        expected = replaced(replaced(expected, "      model:\n", "      best:\n"), "train.outputs.model", "train.outputs.best");
        same(job(), expected);
        QCOMPARE(m_context->document.undoStack().undoText(), QStringLiteral("Rename model of train → best"));
        m_context->document.undoStack().undo();
        same(job(), kJob);
    }

    void a_port_of_a_component_is_renamed_in_both_files_but_not_for_others()
    {
        choose({ QStringLiteral("again") });
        renamePort("inputs.level", "height"); // only declared
        same(job(), kJob);
        same(text(m_component), replaced(replaced(kComponent, "  level:", "  height:"), "inputs.level", "inputs.height"));
        m_context->document.undoStack().undo();
        const std::string two = kJob + "  third:\n    type: parallel\n    component: score.yml\n    inputs:\n      files: ${{parent.inputs.homes}}\n";
        m_context->document.rewrite(QStringLiteral("type"), m_job, two);
        catchUp();
        renamePort("inputs.level", "height");
        same(job(), two);
        same(text(m_component), kComponent);
        auto* note = child<QLabel>(QStringLiteral("form.note.inputs.level"));
        QVERIFY2(note->isVisible() && note->text().contains(QStringLiteral("third")), qPrintable(note->text()));
        catchUp(); // the same text read again takes nothing back
        QVERIFY2(note->isVisible() && note->text().contains(QStringLiteral("third")), qPrintable(note->text()));
        type(line("mini_batch_size"), "9"); // nor does an edit of another row
        QVERIFY2(note->isVisible() && note->text().contains(QStringLiteral("third")), qPrintable(note->text()));
    }

    void a_field_is_promoted_by_way_of_an_input_of_the_step()
    {
        trigger("mini_batch_size", "promote");
        auto* dialog = child<PromoteDialog>(QStringLiteral("form.promote"));
        QVERIFY(dialog != nullptr);
        dialog->accept();
        std::string expected = replaced(kJob, "mini_batch_size: \"5\" # small", "mini_batch_size: \"${{inputs.mini_batch_size}}\" # small");
        expected = replaced(expected, "      model: ${{parent.jobs.train.outputs.model}}\n",
            "      model: ${{parent.jobs.train.outputs.model}}\n      mini_batch_size: ${{parent.inputs.mini_batch_size}}\n");
        expected = replaced(expected, "  rounds: 3\n", "  rounds: 3\n  mini_batch_size: \"5\"\n");
        same(job(), expected);
        QCOMPARE(m_context->document.undoStack().count(), 1);
    }

    void a_variable_gets_another_name()
    {
        const std::string with = replaced(kJob, "    retry_settings:", "    environment_variables:\n      LEVEL: 'true' # on\n      OTHER: b\n    retry_settings:");
        m_context->document.rewrite(QStringLiteral("type"), m_job, with);
        catchUp();
        m_form->focusField(QStringLiteral("environment_variables"));
        auto* table = child<QTableWidget>(QStringLiteral("form.environment_variables"));
        table->item(1, 0)->setText(QStringLiteral("THIRD"));
        same(job(), replaced(with, "OTHER: b", "THIRD: b"));
        catchUp();
        QCOMPARE(table->item(1, 0)->text(), QStringLiteral("THIRD"));
        QCOMPARE(table->item(1, 1)->text(), QStringLiteral("b"));
        table->item(1, 0)->setText({}); // an entry goes by Remove
        QCOMPARE(table->item(1, 0)->text(), QStringLiteral("THIRD"));
        table->item(1, 0)->setText(QStringLiteral("LEVEL")); // taken: nothing of the other is lost
        same(job(), replaced(with, "OTHER: b", "THIRD: b"));
    }

    void a_refused_value_is_not_shown_for_another_step()
    {
        QLineEdit* edit = line("mini_batch_error_threshold");
        type(edit, "abc");
        QVERIFY(edit->property("invalid").toBool());
        choose({ QStringLiteral("again") });
        QCOMPARE(edit->text(), QString());
        QVERIFY(!edit->property("invalid").toBool());
        auto* note = child<QLabel>(QStringLiteral("form.note.mini_batch_error_threshold"));
        QVERIFY(note == nullptr || !note->isVisible());
        same(job(), kJob);
    }

    void what_is_written_like_the_default_is_no_other_value()
    {
        choose({ QStringLiteral("score"), QStringLiteral("again") });
        QVERIFY(row("resources.instance_count")->isSeveral()); // the default and 2
        m_context->document.rewrite(QStringLiteral("type"), m_job, replaced(kJob, "instance_count: 2", "instance_count: 1"));
        catchUp();
        QVERIFY(!row("resources.instance_count")->isSeveral());
        QCOMPARE(line("resources.instance_count")->text(), QStringLiteral("1"));
    }

    void a_refused_new_input_keeps_its_words()
    {
        choose({ QStringLiteral("train") });
        m_form->focusField(QStringLiteral("inputs.homes"));
        QTest::mouseClick(child<QPushButton>(QStringLiteral("form.addInput")), Qt::LeftButton);
        auto* name = child<QLineEdit>(QStringLiteral("form.addInput.name"));
        QTest::keyClicks(name, QStringLiteral("seed"));
        QTest::keyClicks(child<QLineEdit>(QStringLiteral("form.addInput.value")), QStringLiteral("42"));
        m_context->document.rewrite(QStringLiteral("type"), m_job, "- no\nyaml: [\n");
        QTest::mouseClick(child<QPushButton>(QStringLiteral("form.addInput.add")), Qt::LeftButton);
        same(job(), "- no\nyaml: [\n");
        QVERIFY(name->isVisible());
        QCOMPARE(name->text(), QStringLiteral("seed"));
        auto* problem = child<QLabel>(QStringLiteral("form.addInput.problem"));
        QVERIFY(problem != nullptr && problem->isVisible() && !problem->text().isEmpty());
        m_context->document.undoStack().undo();
        QTest::mouseClick(child<QPushButton>(QStringLiteral("form.addInput.add")), Qt::LeftButton);
        QVERIFY2(job().find("      seed:\n        type: ") != std::string::npos, job().c_str());
        QVERIFY(!name->isVisible());
    }

    void a_disabled_step_can_be_enabled()
    {
        const auto disabled = edit::withStepsDisabled(kJob, { "again" });
        QVERIFY(disabled.has_value());
        m_context->document.rewrite(QStringLiteral("type"), m_job, *disabled);
        catchUp();
        m_context->selection.setSteps({ QStringLiteral("again") });
        auto* enable = child<QPushButton>(QStringLiteral("form.enable"));
        QVERIFY(enable != nullptr && enable->isVisible());
        QVERIFY(child<QLabel>(QStringLiteral("hint.title")) != nullptr);
        bool isSaid = false;
        for (const QLabel* label : m_form->findChildren<QLabel*>(QStringLiteral("hint.title"))) {
            isSaid = isSaid || (label->isVisible() && label->text() == QStringLiteral("Step again is disabled"));
        }
        QVERIFY(isSaid);
        shot(*m_form, QStringLiteral("form-disabled"));
        QTest::mouseClick(enable, Qt::LeftButton);
        same(job(), kJob);
        QTRY_COMPARE(static_cast<int>(m_form->model().steps().size()), 1);
        QVERIFY(!enable->isVisible());
    }

    void steps_of_one_component_change_it_once()
    {
        const std::string keys = replaced(kComponent, "mini_batch_size: \"9\"\n", "partition_keys: [a, b, c, d] # four\n");
        const std::string two = kJob + "  third:\n    type: parallel\n    component: ./score.yml\n    inputs:\n      files: ${{parent.inputs.homes}}\n";
        m_context->document.rewrite(QStringLiteral("type"), m_component, keys);
        m_context->document.rewrite(QStringLiteral("type"), m_job, two);
        catchUp();
        m_context->selection.setSteps({ QStringLiteral("again"), QStringLiteral("third") });
        QTRY_COMPARE(static_cast<int>(m_form->model().steps().size()), 2);
        QCOMPARE(line("partition_keys")->text(), QStringLiteral("a, b, c, d"));
        type(line("partition_keys"), "a, b, c");
        same(text(m_component), replaced(keys, "[a, b, c, d]", "[a, b, c]"));
        same(job(), two);
    }

    void without_a_step_the_pipeline_is_edited()
    {
        choose({});
        type(line("display_name"), "other");
        same(job(), replaced(kJob, "tryout # the name", "other # the name"));
        catchUp();
        m_form->focusField(QStringLiteral("settings.continue_on_step_failure"));
        auto* goesOn = child<QComboBox>(QStringLiteral("form.settings.continue_on_step_failure"));
        QCOMPARE(goesOn->itemText(0), QStringLiteral("default (True)"));
        type(line("inputs.homes"), "./other");
        QVERIFY(job().find("    path: ./other\n") != std::string::npos);
    }

    void the_filter_finds_by_name_and_help()
    {
        auto* filter = child<QLineEdit>(QStringLiteral("form.filter"));
        QTest::keyClicks(filter, QStringLiteral("timeout"));
        QVERIFY(child<QLineEdit>(QStringLiteral("form.retry_settings.timeout"))->isVisible());
        QVERIFY(child<QLineEdit>(QStringLiteral("form.--task_overhead_timeout"))->isVisible());
        QVERIFY(!child<QLineEdit>(QStringLiteral("form.mini_batch_size"))->isVisible());
        QVERIFY(!child<SectionHeader>(QStringLiteral("form.group.result"))->isVisible());
        filter->clear();
        QVERIFY(child<QLineEdit>(QStringLiteral("form.mini_batch_size"))->isVisible());
        child<QPushButton>(QStringLiteral("form.changedOnly"))->click();
        QVERIFY(child<QLineEdit>(QStringLiteral("form.retry_settings.max_retries"))->isVisible());
        QVERIFY(!child<QLineEdit>(QStringLiteral("form.retry_settings.timeout"))->isVisible());
        QTest::keyClick(m_form.get(), Qt::Key_F, Qt::ControlModifier);
    }

    void a_finding_leads_to_its_field()
    {
        m_context->selection.showField(QStringLiteral("jobs.score.task.program_arguments.--allowed_failed_percent"));
        QVERIFY(child<QLineEdit>(QStringLiteral("form.--allowed_failed_percent"))->isVisible());
        m_context->selection.showField(QStringLiteral("jobs.train.inputs.homes.path"));
        QCOMPARE(m_context->selection.step(), QStringLiteral("train"));
        QVERIFY(child<QLineEdit>(QStringLiteral("form.inputs.homes"))->isVisible());
    }

    void tab_goes_from_top_to_bottom()
    {
        line("retry_settings.max_retries");
        line("task.entry_script");
        line("mini_batch_size");
        int last = -1;
        QWidget* at = child<SectionHeader>(QStringLiteral("form.group.parallel"));
        int visited = 0;
        for (; visited < 30 && at != nullptr; ++visited) {
            const int y = at->mapTo(m_form.get(), QPoint(0, 0)).y();
            QVERIFY2(y >= last - 12, qPrintable(at->objectName())); // buttons of a row begin a little lower or higher
            last = y;
            do {
                at = at->nextInFocusChain();
            } while (!at->isVisible() || (at->focusPolicy() & Qt::TabFocus) == 0 || at->focusProxy() != nullptr);
        }
        QCOMPARE(visited, 30);
    }

    // ---- for people ----------------------------------------------------------------------------

    void pictures()
    {
        const auto all = [&](const QString& theme) {
            choose({ QStringLiteral("score") });
            shot(*m_form, QStringLiteral("form-%1-parallel").arg(theme));
            line("retry_settings.max_retries");
            line("task.entry_script");
            type(line("retry_settings.timeout"), "soon");
            m_form->resize(460, 1000);
            child<QScrollArea>(QStringLiteral("form.scroll"))->ensureVisible(0, 0);
            shot(*m_form, QStringLiteral("form-%1-open").arg(theme));
            QTest::keyClick(line("retry_settings.timeout"), Qt::Key_Escape);
            choose({ QStringLiteral("again") });
            m_form->focusField(QStringLiteral("inputs.files.mode"));
            shot(*m_form, QStringLiteral("form-%1-component").arg(theme));
            choose({ QStringLiteral("score"), QStringLiteral("again") });
            shot(*m_form, QStringLiteral("form-%1-several").arg(theme));
            choose({ QStringLiteral("train") });
            m_form->focusField(QStringLiteral("command"));
            shot(*m_form, QStringLiteral("form-%1-command").arg(theme));
            choose({});
            line("display_name");
            line("inputs.homes");
            shot(*m_form, QStringLiteral("form-%1-pipeline").arg(theme));
        };
        all(QStringLiteral("light"));
        applyTheme(*qApp, ThemeChoice::Dark);
        all(QStringLiteral("dark"));
        applyTheme(*qApp, ThemeChoice::Light);
    }
};

/// Every field of the table and every flag of the runner has its row.
class tst_form_model : public QObject
{
    Q_OBJECT

private slots:
    void every_field_that_counts_has_a_row_data()
    {
        QTest::addColumn<bool>("isParallel");
        QTest::addColumn<bool>("isComponent");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("example");
        const std::function<void(spec::Scope, const std::string&, bool, bool)> add = [&](spec::Scope scope, const std::string& prefix, bool isParallel, bool isComponent) {
            for (const auto& field : spec::fields(scope)) {
                const std::string dotted = prefix + std::string(field.name);
                const bool isOther = field.type == spec::FieldType::Component || field.name == "type";
                if (field.use != spec::FieldUse::Used || isOther) {
                    continue;
                }
                if (field.type == spec::FieldType::Group) {
                    add(field.group, dotted + ".", isParallel, isComponent);
                } else if (field.type == spec::FieldType::Inputs || field.type == spec::FieldType::Outputs) {
                    const bool isInput = field.type == spec::FieldType::Inputs;
                    add(!isInput ? spec::Scope::Output : isComponent ? spec::Scope::InputDeclaration : spec::Scope::Input, dotted + ".data.", isParallel, isComponent);
                } else {
                    const std::string name = std::string(isParallel ? "parallel " : "command ") + (isComponent ? "component " : "step ") + dotted;
                    QTest::newRow(name.c_str()) << isParallel << isComponent << toQt(dotted) << toQt(exampleOf(field));
                }
                if (field.type == spec::FieldType::Environment) {
                    for (const char* below : { "image", "conda_file" }) {
                        const std::string name = std::string(isParallel ? "parallel " : "command ") + (isComponent ? "component " : "step ") + dotted + "." + below;
                        QTest::newRow(name.c_str()) << isParallel << isComponent << toQt(dotted + "." + below) << QStringLiteral("some_word");
                    }
                }
            }
        };
        add(spec::Scope::ParallelNode, "", true, false);
        add(spec::Scope::ParallelComponent, "", true, true);
        add(spec::Scope::CommandNode, "", false, false);
        add(spec::Scope::CommandComponent, "", false, true);
    }

    /// Written, it is shown; shown, it can be changed to another text at this very place.
    void every_field_that_counts_has_a_row()
    {
        QFETCH(const bool, isParallel);
        QFETCH(const bool, isComponent);
        QFETCH(const QString, path);
        QFETCH(const QString, example);
        const test::TempFolder folder;
        std::vector<std::string> keys = text::split(toStd(path), '.');
        std::string body = std::string("type: ") + (isParallel ? "parallel" : "command") + "\n";
        for (std::size_t depth = 0; depth < keys.size(); ++depth) {
            body += std::string(2 * depth, ' ') + keys[depth] + (depth + 1 == keys.size() ? ": " + toStd(example) + "\n" : ":\n");
        }
        std::string job = "type: pipeline\njobs:\n  one:\n";
        if (isComponent) {
            folder.write("part.yml", body);
            job += std::string("    type: ") + (isParallel ? "parallel" : "command") + "\n    component: ./part.yml\n";
        } else {
            for (const auto& each : text::split(body, '\n')) {
                job += each.empty() ? "" : "    " + each + "\n";
            }
        }
        const FormSource source = sourceOf(folder, job);
        const FormModel model(source, { QStringLiteral("one") });
        std::vector<std::string> wanted = isComponent ? keys : std::vector<std::string> { "jobs", "one" };
        if (!isComponent) {
            wanted.insert(wanted.end(), keys.begin(), keys.end());
        }
        const FormRow* found = nullptr;
        for (const FormRow& candidate : model.rows()) {
            const bool isEntry = !candidate.cell().entries.empty() && candidate.cell().place.path == wanted;
            found = candidate.cell().isWritten && candidate.cell().place.path == wanted && candidate.cell().place.flag.empty() ? &candidate : isEntry ? &candidate : found;
        }
        QVERIFY2(found != nullptr, "no row shows it");
        QVERIFY(!found->field->help.empty());
        QVERIFY(!FormModel::helpText(*found).isEmpty());
        const bool isNumber = found->field->type == spec::FieldType::Int;
        QVERIFY(!isNumber || found->field->hasRange);
    }

    void every_field_of_the_pipeline_has_a_row()
    {
        const test::TempFolder folder;
        const FormModel model(sourceOf(folder, kJob), {});
        const auto expect = [&](spec::Scope scope, const std::string& prefix) {
            for (const auto& field : spec::fields(scope)) {
                const bool isOther = field.type == spec::FieldType::Group || field.type == spec::FieldType::Jobs || field.type == spec::FieldType::Inputs
                    || field.type == spec::FieldType::Outputs;
                if (field.use == spec::FieldUse::Used && !isOther) {
                    QVERIFY2(model.row(prefix + std::string(field.name)) != nullptr, std::string(field.name).c_str());
                }
            }
        };
        expect(spec::Scope::Pipeline, "");
        expect(spec::Scope::Settings, "settings.");
        QVERIFY(model.row("inputs.homes") != nullptr);
        QVERIFY(model.row("outputs.scores.type") != nullptr);
    }

    /// Many steps at once give the text that one after the other would.
    void many_steps_are_one_change_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("value");
        for (const auto& [id, value] : { std::pair { "mini_batch_size", "64" }, std::pair { "retry_settings.timeout", "90" }, std::pair { "--allowed_failed_percent", "3" },
                 std::pair { "task.program_arguments", "--a\n--b" }, std::pair { "partition_keys", "x, y" }, std::pair { "retry_settings.max_retries", "" },
                 std::pair { "inputs.data.mode", "direct" }, std::pair { "inputs.more.type", "uri_folder" } }) {
            QTest::newRow(id) << QString::fromLatin1(id) << QString::fromLatin1(value);
        }
    }

    void many_steps_are_one_change()
    {
        QFETCH(const QString, id);
        QFETCH(const QString, value);
        const test::TempFolder folder;
        std::string job = "type: pipeline\njobs:\n";
        QStringList names;
        for (int i = 0; i < 12; ++i) {
            names << QStringLiteral("s%1").arg(i);
            job += "  s" + std::to_string(i) + ":\n    type: parallel\n    inputs:\n      data: {type: uri_folder, path: ./data}\n      more: ./data\n    input_data: ${{inputs.data}}\n"
                + (i % 2 == 0 ? "    mini_batch_size: 3 # three\n    retry_settings:\n      max_retries: 1\n" : "")
                + "    task:\n      type: run_function\n      code: ./src\n      entry_script: score.py\n"
                + (i % 3 == 0       ? "      program_arguments: >-\n        --one 1\n        --allowed_failed_percent 20\n"
                        : i % 3 == 1 ? "      program_arguments: --one 1\n"
                                     : "")
                + "      environment: azureml:any:1\n";
        }
        const auto after = [&](const std::string& text, const QStringList& steps) {
            const FormModel model(sourceOf(folder, text), steps);
            const auto texts = textsAfter(setChanges(*model.row(toStd(id)), toStd(value)), [&](const std::string&) { return &text; });
            if (!texts) {
                return "refused: " + errorSentence(texts.error());
            }
            return texts->empty() ? std::string() : texts->begin()->second; // nothing to change
        };
        std::string oneByOne = job;
        for (const QString& name : names) {
            if (const std::string next = after(oneByOne, { name }); value.isEmpty() && next.empty()) {
                continue;
            } else {
                oneByOne = next;
            }
        }
        const std::string together = after(job, names);
        QVERIFY2(together == oneByOne, (together + "\nexpected:\n" + oneByOne).c_str());
        QVERIFY(together != job);
    }

    void what_is_no_yaml_is_named()
    {
        const std::string broken = "type: [parallel\n";
        const auto texts = textsAfter({ { "/some/where/score.yml", { "name" }, {}, "x", false, 0 } }, [&](const std::string&) { return &broken; });
        QVERIFY(!texts.has_value());
        QCOMPARE(texts.error().arg("what"), std::string("score.yml"));
    }

    void every_flag_has_a_row_and_writes_itself_data()
    {
        QTest::addColumn<QString>("flag");
        for (const auto& flag : spec::runnerFlags()) {
            if (flag.userMaySet) {
                QTest::newRow(std::string(flag.field.name).c_str()) << toQt(flag.field.name);
            }
        }
    }

    void every_flag_has_a_row_and_writes_itself()
    {
        QFETCH(const QString, flag);
        const test::TempFolder folder;
        const FormSource source = sourceOf(folder, kJob);
        const FormModel model(source, { QStringLiteral("score") });
        const FormRow* found = model.row("--" + toStd(flag));
        QVERIFY(found != nullptr);
        QVERIFY(!found->field->help.empty());
        QVERIFY(found->field->type != spec::FieldType::Int || found->field->hasRange);
        const std::string value = exampleOf(*found->field);
        const auto texts = textsAfter(setChanges(*found, value), [](const std::string&) { return &kJob; });
        QVERIFY(texts.has_value());
        const FormSource after = sourceOf(folder, texts->begin()->second);
        const FormModel now(after, { QStringLiteral("score") });
        QCOMPARE(now.row(found->id)->text(), toQt(value));
        const auto back = textsAfter(resetChanges(*now.row(found->id)), [&](const std::string&) { return &texts->begin()->second; });
        QVERIFY(back.has_value());
        if (!found->canReset()) { // was not there before
            QCOMPARE(back->begin()->second, kJob);
        }
    }
};

SHEAF_TEST(tst_form)
SHEAF_TEST(tst_form_model)
#include "tst_form.moc"
