// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/problems/problem_list.h"
#include "ui/problems/problem_model.h"
#include "ui/state/app_context.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"

#include <memory>
#endif

#include <QApplication>
#include <QContextMenuEvent>
#include <QDir>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTreeView>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

const std::string kJob = R"(type: pipeline
inputs:
  homes: {type: uri_folder, path: ./data}
jobs:
  score:
    type: parallel
    inputs:
      homes: ${{parent.inputs.homes}}
    input_data: ${{inputs.homes}}
    mini_batch_sise: 5
    error_treshold: 3
    task:
      type: run_function
      code: ./src
      entry_script: score.py
      environment: azureml:any:1
)";

/// Two steps, each with a component file of its own.
const std::string kTwoFiles = R"(type: pipeline
inputs:
  homes: {type: uri_folder, path: ./data}
jobs:
  one:
    type: parallel
    component: ./one.yml
    inputs:
      files: ${{parent.inputs.homes}}
  two:
    type: parallel
    component: ./two.yml
    inputs:
      files: ${{parent.inputs.homes}}
)";

const std::string kPart = R"(type: parallel
inputs:
  files: {type: uri_folder}
input_data: ${{inputs.files}}
mini_batch_sise: 5
task:
  type: run_function
  code: ./src
  entry_script: score.py
  environment: azureml:any:1
)";

std::string replaced(std::string text, const std::string& from, const std::string& to)
{
    const std::size_t at = text.find(from);
    return at == std::string::npos ? "'" + from + "' is not in the text" : text.replace(at, from.size(), to);
}

} // namespace

/// The list of findings: what is offered is for the row and the text that one looks at.
class tst_problems : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<AppContext> m_context;
    std::unique_ptr<ProblemList> m_list;
    QTreeView* m_view = nullptr;
    QString m_job;

    std::string job() const { return *m_context->document.text(m_job); }
    QPushButton* button(int number) const { return m_list->findChild<QPushButton*>(QStringLiteral("problems.fix.%1").arg(number)); }
    QStringList buttons() const
    {
        QStringList titles;
        for (const QPushButton* each : m_list->findChildren<QPushButton*>()) {
            titles << each->text();
        }
        return titles;
    }
    int rowOf(const char* words) const
    {
        for (int row = 0; row < m_view->model()->rowCount(); ++row) {
            if (m_view->model()->index(row, ProblemModel::Message).data().toString().contains(QString::fromLatin1(words))) {
                return row;
            }
        }
        return -1;
    }
    /// Makes the row current; its fixes are there when this returns.
    void choose(const char* words, const char* fix)
    {
        QVERIFY(rowOf(words) >= 0);
        m_view->setCurrentIndex(m_view->model()->index(rowOf(words), 0));
        QTRY_VERIFY2(buttons().join(QLatin1Char(' ')).contains(QString::fromLatin1(fix)), qPrintable(buttons().join(QLatin1Char(';'))));
    }
    void open(const std::string& text)
    {
        m_job = toQt(m_folder->write("job.yml", text));
        m_context->pipeline.open(m_job);
        QTRY_VERIFY(m_view->model()->rowCount() > 0);
    }

private slots:
    void init()
    {
        QSettings().clear();
        m_folder = std::make_unique<test::TempFolder>();
        m_folder->write("data/a.txt", "1\n");
        m_folder->write("src/score.py", "def run(batch):\n    return batch\n");
        m_context = std::make_unique<AppContext>();
        m_list = std::make_unique<ProblemList>(*m_context);
        m_list->resize(900, 260);
        m_list->show();
        m_view = m_list->findChild<QTreeView*>(QStringLiteral("problems.list"));
    }
    void cleanup()
    {
        m_list.reset();
        m_context->document.discardOnClose();
        m_context.reset();
    }

    void the_menu_of_a_row_has_the_fixes_of_that_row()
    {
        open(kJob);
        choose("mini_batch_sise", "mini_batch_size");
        const QPoint at = m_view->visualRect(m_view->model()->index(rowOf("error_treshold"), ProblemModel::Message)).center();
        QString first;
        QTimer later;
        connect(&later, &QTimer::timeout, this, [&] {
            if (auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) {
                later.stop();
                QAction* action = menu->actions().constFirst();
                first = action->text();
                menu->close();
                action->trigger();
            }
        });
        later.start(5);
        QTest::mouseClick(m_view->viewport(), Qt::RightButton, {}, at);
        QContextMenuEvent asked(QContextMenuEvent::Mouse, at, m_view->viewport()->mapToGlobal(at));
        QApplication::sendEvent(m_view->viewport(), &asked);
        QTRY_VERIFY(!first.isEmpty());
        QVERIFY2(first.contains(QStringLiteral("error_threshold")), qPrintable(first));
        QCOMPARE(job(), replaced(kJob, "error_treshold", "error_threshold"));
    }

    void the_keyboard_opens_the_menu_of_the_row_that_it_came_to()
    {
        open(kJob);
        choose("mini_batch_sise", "mini_batch_size");
        m_view->setCurrentIndex(m_view->model()->index(rowOf("error_treshold"), 0));
        QString first;
        QTimer later;
        connect(&later, &QTimer::timeout, this, [&] {
            if (auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) {
                later.stop();
                first = menu->actions().constFirst()->text();
                menu->close();
            }
        });
        later.start(5);
        m_view->actions().constFirst()->trigger();
        QTRY_VERIFY(!first.isEmpty());
        QVERIFY2(first.contains(QStringLiteral("error_threshold")), qPrintable(first));
    }

    /// The button was made for a text that is gone: never other bytes than those it names.
    void a_fix_of_an_older_text_changes_nothing_else()
    {
        open(kJob);
        choose("mini_batch_sise", "mini_batch_size");
        QSignalSpy failed(m_list.get(), &ProblemList::failed);
        const std::string shorter = replaced(kJob, "inputs:\n  homes: {type: uri_folder, path: ./data}\n", "inputs: {homes: {type: uri_folder, path: ./data}}\n# a comment\n");
        m_context->document.rewrite(QStringLiteral("type"), m_job, shorter);
        button(0)->click();
        QCOMPARE(job(), shorter);
        QCOMPARE(failed.count(), 1);
        QTRY_VERIFY(m_view->model()->rowCount() > 0 && !buttons().isEmpty());
        QSignalSpy changed(&m_context->pipeline, &PipelineState::changed);
        m_context->pipeline.reload();
        QVERIFY(changed.wait());
        choose("mini_batch_sise", "mini_batch_size");
        button(0)->click();
        QCOMPARE(job(), replaced(shorter, "mini_batch_sise", "mini_batch_size"));
    }

    /// Both findings have the same path and the same words.
    void a_fix_is_for_the_file_of_its_row()
    {
        const QString one = toQt(m_folder->write("one.yml", kPart));
        const QString two = toQt(m_folder->write("two.yml", kPart));
        open(kTwoFiles);
        const auto rowIn = [this](const char* file) {
            for (int row = 0; row < m_view->model()->rowCount(); ++row) {
                const bool isIt = m_view->model()->index(row, ProblemModel::Message).data().toString().contains(QLatin1String("mini_batch_sise"));
                if (isIt && m_view->model()->index(row, ProblemModel::Place).data().toString().startsWith(QString::fromLatin1(file))) {
                    return row;
                }
            }
            return -1;
        };
        QVERIFY(rowIn("one.yml") >= 0 && rowIn("two.yml") > rowIn("one.yml"));
        m_view->setCurrentIndex(m_view->model()->index(rowIn("one.yml"), 0));
        QTRY_VERIFY(buttons().join(QLatin1Char(' ')).contains(QLatin1String("mini_batch_size")));
        button(0)->click();
        QCOMPARE(*m_context->document.text(one), replaced(kPart, "mini_batch_sise", "mini_batch_size"));
        QCOMPARE(*m_context->document.text(two), kPart);
    }

    void a_fix_of_a_text_that_became_short_does_not_throw()
    {
        open(kJob);
        choose("error_treshold", "error_threshold");
        m_context->document.rewrite(QStringLiteral("type"), m_job, "type: pipeline\n");
        button(0)->click();
        QCOMPARE(job(), std::string("type: pipeline\n"));
    }

    void the_same_is_offered_once()
    {
        open(replaced(kJob, "      code: ./src\n", "     code: ./src\n"));
        QTRY_VERIFY(!buttons().isEmpty());
        QStringList titles = buttons();
        QVERIFY(titles.removeDuplicates() == 0);
    }

    void all_words_about_the_current_row_can_be_read()
    {
        m_list->resize(420, 260);
        open(kJob);
        choose("mini_batch_sise", "mini_batch_size");
        const auto* words = m_list->findChild<QLabel*>(QStringLiteral("problems.words"));
        QVERIFY(words != nullptr && words->isVisible() && words->wordWrap());
        const QString fix = m_view->model()->index(rowOf("mini_batch_sise"), ProblemModel::Fix).data().toString();
        QVERIFY2(!fix.isEmpty() && words->text().contains(fix), qPrintable(words->text()));
        QVERIFY(words->height() >= words->heightForWidth(words->width()));
        const QString tip = m_view->model()->index(rowOf("mini_batch_sise"), ProblemModel::Fix).data(Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains(fix.toHtmlEscaped()) && Qt::mightBeRichText(tip), qPrintable(tip)); // rich text wraps
    }

    void pictures()
    {
        const QString folder = qEnvironmentVariable("SHEAF_SHOTS");
        if (folder.isEmpty()) {
            return;
        }
        QDir().mkpath(folder);
        open(replaced(kJob, "type: run_function", "type: run_functions"));
        choose("mini_batch_sise", "mini_batch_size");
        for (const auto& [choice, name] : { std::pair { ThemeChoice::Dark, "dark" }, std::pair { ThemeChoice::Light, "light" } }) {
            applyTheme(*qApp, choice);
            QApplication::processEvents();
            QVERIFY(m_list->grab().save(QStringLiteral("%1/problems-%2.png").arg(folder, QString::fromLatin1(name))));
        }
    }
};

SHEAF_TEST(tst_problems)
#include "tst_problems.moc"
