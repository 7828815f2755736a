// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/repair.h"
#include "tests/support/test_runner.h"
#include "tests/ui/real_run.h"
#include "ui/run/mini_batch_table.h"
#include "ui/shell/main_window.h"
#include "ui/state/app_context.h"

#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QAbstractItemView>
#include <QDialog>
#include <QLabel>
#include <QMenu>
#include <QSettings>
#include <QtTest>

#include <memory>

using namespace sheaf;
using namespace sheaf::ui;
using event::MiniBatchState;

/// From the failed mini-batches of a real run to its whole output, by the dialog that shows the exact list.
class tst_repair : public QObject
{
    Q_OBJECT

    test::RealRun m_run;
    std::unique_ptr<AppContext> m_context;
    std::unique_ptr<MainWindow> m_window;

    QDialog* dialog() const { return m_window->findChild<QDialog*>(QStringLiteral("repair")); }
    template <class T> T* in(const char* name) const
    {
        return dialog() != nullptr ? dialog()->findChild<T*>(QString::fromLatin1(name)) : nullptr;
    }
    void click(const char* name) const { QTest::mouseClick(in<QAbstractButton>(name), Qt::LeftButton); }
    [[nodiscard]] std::uint32_t count(MiniBatchState state) const { return m_context->run.step(QStringLiteral("work"))->count(state); }
    [[nodiscard]] bool hasEnded() const { return m_context->run.isOver() && !m_context->run.isActive() && !m_context->run.isStarting(); }
    QStringList listed() const
    {
        QStringList numbers;
        const auto* model = in<QAbstractItemView>("repair.list")->model();
        for (int row = 0; row < model->rowCount(); ++row) {
            numbers << model->index(row, 0).data().toString();
        }
        return numbers;
    }
    QByteArray output() const
    {
        QFile file(QString::fromStdString(m_context->run.spec().steps.front().outputs.front().path));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private slots:
    void initTestCase()
    {
        QSettings().clear();
        m_run.write("def run(paths):\n    n = number(paths[0])\n    if n in (2, 5, 7):\n        raise KeyError('station')\n    return [f'row {n}']\n", 10,
            "    retry_settings: {max_retries: 0}\n");
        QCOMPARE(m_run.sheaf({ QStringLiteral("run"), QStringLiteral("pipeline.yml"), QStringLiteral("--name"), QStringLiteral("first") }), 0);
        m_context = std::make_unique<AppContext>();
        m_window = std::make_unique<MainWindow>(*m_context);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_window->openPath(m_run.path() + QStringLiteral("/.sheaf/runs/first"));
        QTRY_VERIFY(m_context->run.isLoaded() && m_context->run.isOver());
        m_context->selection.setStep(QStringLiteral("work"));
        QCOMPARE(count(MiniBatchState::Failed), 3U);
    }

    void the_exact_list_is_shown_first_and_escape_runs_nothing()
    {
        m_context->selection.askRepair(QStringLiteral("id:2,3"));
        QTRY_VERIFY(dialog() != nullptr && dialog()->isVisible());
        const QAbstractItemModelTester tester(in<QAbstractItemView>("repair.list")->model());
        QCOMPARE(listed(), QStringList { QStringLiteral("2") });
        QVERIFY(in<QLabel>("repair.note")->text().contains(QStringLiteral("done already")));
        QVERIFY(in<QLabel>("repair.heading")->text().startsWith(QStringLiteral("1 of 10")));
        click("repair.failed");
        QCOMPARE(listed(), (QStringList { QStringLiteral("2"), QStringLiteral("5"), QStringLiteral("7") }));
        QTest::keyClick(dialog(), Qt::Key_Escape);
        QTRY_VERIFY(dialog() == nullptr);
        QVERIFY(hasEnded());
    }

    void what_cannot_be_understood_chooses_none()
    {
        m_context->selection.askRepair(QStringLiteral("sate:failed id:2"));
        QTRY_VERIFY(dialog() != nullptr && dialog()->isVisible());
        QCOMPARE(listed(), QStringList());
        QVERIFY(!in<QAbstractButton>("repair.run")->isEnabled());
        QVERIFY(in<QLabel>("repair.note")->text().contains(QStringLiteral("no key \"sate\"")));
        QTest::keyClick(dialog(), Qt::Key_Escape);
        QTRY_VERIFY(dialog() == nullptr);
    }

    void a_mini_batch_is_ignored_and_counted_again()
    {
        m_context->selection.askRepair(QStringLiteral("id:5"));
        QTRY_VERIFY(dialog() != nullptr);
        click("repair.ignore");
        QTRY_COMPARE_WITH_TIMEOUT(count(MiniBatchState::Ignored), 1U, 30000);
        QTRY_VERIFY_WITH_TIMEOUT(hasEnded(), 30000);
        m_context->selection.askRepair(QStringLiteral("state:ignored"));
        QTRY_VERIFY(dialog() != nullptr);
        QCOMPARE(listed(), QStringList { QStringLiteral("5") });
        click("repair.count");
        QTRY_COMPARE_WITH_TIMEOUT(count(MiniBatchState::Failed), 3U, 30000);
        QTRY_VERIFY_WITH_TIMEOUT(hasEnded(), 30000);
    }

    void an_ignored_one_is_counted_again_where_it_is_seen()
    {
        m_context->selection.showPage(QStringLiteral("batches"));
        auto* table = m_window->findChild<MiniBatchTable*>();
        auto* view = m_window->findChild<QAbstractItemView*>(QStringLiteral("run.batches.table"));
        view->selectAll();
        {
            QMenu menu;
            table->fillMenu(menu);
            QVERIFY(!menu.findChild<QAction*>(QStringLiteral("run.batches.countAgain"))->isVisible()); // none is ignored
        }
        m_context->selection.askRepair(QStringLiteral("id:5"));
        QTRY_VERIFY(dialog() != nullptr);
        click("repair.ignore");
        QTRY_COMPARE_WITH_TIMEOUT(count(MiniBatchState::Ignored), 1U, 30000);
        QTRY_VERIFY_WITH_TIMEOUT(hasEnded(), 30000);
        view->selectAll(); // of those that were chosen only the ignored one is meant
        QMenu menu;
        table->fillMenu(menu);
        menu.findChild<QAction*>(QStringLiteral("run.batches.countAgain"))->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(count(MiniBatchState::Failed), 3U, 30000);
        QTRY_VERIFY_WITH_TIMEOUT(hasEnded(), 30000);
    }

    void a_mended_script_is_offered_and_completes_the_output()
    {
        m_run.writeScript("def run(paths):\n    return [f'row {number(paths[0])}']\n");
        m_context->selection.showPage(QStringLiteral("verdict"));
        auto* note = m_window->findChild<QLabel*>(QStringLiteral("verdict.codeNote"));
        QTRY_VERIFY(note->isVisible());
        QVERIFY2(note->text().startsWith(QStringLiteral("entry.py is not what this run ran")), qPrintable(note->text()));
        m_context->selection.askRepair({});
        QTRY_VERIFY(dialog() != nullptr);
        QTRY_VERIFY(in<QLabel>("repair.codeNote")->isVisible());
        QVERIFY(in<QLabel>("repair.codeNote")->text().contains(QStringLiteral("entry.py")));
        QVERIFY(in<QAbstractButton>("repair.ownCode")->isChecked());
        QVERIFY(test::keepShot(*dialog(), QStringLiteral("repair")));
        click("repair.run");
        QTRY_COMPARE_WITH_TIMEOUT(count(MiniBatchState::Done), 10U, 30000);
        QTRY_VERIFY_WITH_TIMEOUT(hasEnded(), 30000);
        QCOMPARE(output(), QByteArray("row 0\nrow 1\nrow 2\nrow 3\nrow 4\nrow 5\nrow 6\nrow 7\nrow 8\nrow 9\n"));
        const auto& step = *m_context->run.step(QStringLiteral("work"));
        for (std::uint32_t i = 0; i < step.total(); ++i) {
            QCOMPARE(step.miniBatches[i].code, i == 2 || i == 5 || i == 7 ? 1U : 0U);
        }
    }
};

SHEAF_TEST(tst_repair)
#include "tst_repair.moc"
