// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/store/history_store.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using sheaf::store::HistoryStore;
using sheaf::store::RunRow;

namespace {

std::string namesOf(const std::vector<RunRow>& rows)
{
    std::string names;
    for (const RunRow& row : rows) {
        names += row.run + ' ';
    }
    return names;
}

} // namespace

class tst_history_store : public QObject
{
    Q_OBJECT

private slots:
    void a_row_comes_back_whole_and_is_replaced_by_a_later_one()
    {
        const test::TempFolder folder;
        auto store = HistoryStore::open(folder.path() / "workspace.db");
        VERIFY_OK(store);
        RunRow row { "calm-fox", "My 'run'", "/jobs/a.yml", event::RunState::Failed, true, 10, 20,
            "It failed.", 7, 2 };
        VERIFY_OK(store->upsert(row));
        auto rows = store->list();
        VERIFY_OK(rows);
        QCOMPARE(rows->size(), std::size_t { 1 });
        const RunRow& back = rows->front();
        QCOMPARE(back.run, row.run);
        QCOMPARE(back.displayName, row.displayName);
        QCOMPARE(back.jobFile, row.jobFile);
        QCOMPARE(back.state, row.state);
        QCOMPARE(back.interrupted, true);
        QCOMPARE(back.startedMicros, std::int64_t { 10 });
        QCOMPARE(back.endedMicros, std::int64_t { 20 });
        QCOMPARE(back.message, row.message);
        QCOMPARE(back.miniBatches, 7U);
        QCOMPARE(back.miniBatchesFailed, 2U);
        row.state = event::RunState::Completed;
        VERIFY_OK(store->upsert(row));
        QCOMPARE(store->list().value().size(), std::size_t { 1 });
        QCOMPARE(store->list().value().front().state, event::RunState::Completed);
    }

    void runs_are_listed_newest_first()
    {
        const test::TempFolder folder;
        auto store = HistoryStore::open(folder.path() / "workspace.db");
        VERIFY_OK(store);
        for (const auto& [name, started] : std::vector<std::pair<std::string, int>> {
                 { "b", 5 }, { "a", 5 }, { "c", 9 }, { "d", 1 } }) {
            RunRow row;
            row.run = name;
            row.startedMicros = started;
            VERIFY_OK(store->upsert(row));
        }
        QCOMPARE(namesOf(store->list().value()), std::string("c a b d "));
        VERIFY_OK(store->remove("a"));
        VERIFY_OK(store->remove("nobody"));
        QCOMPARE(namesOf(store->list().value()), std::string("c b d "));
    }

    void two_windows_share_one_index()
    {
        const test::TempFolder folder;
        auto one = HistoryStore::open(folder.path() / "workspace.db");
        auto two = HistoryStore::open(folder.path() / "workspace.db");
        VERIFY_OK(one);
        VERIFY_OK(two);
        for (int i = 0; i < 20; ++i) {
            RunRow row;
            row.run = "run-" + std::to_string(i);
            VERIFY_OK((i % 2 == 0 ? *one : *two).upsert(row));
        }
        QCOMPARE(one->list().value().size(), std::size_t { 20 });
        auto reader = HistoryStore::openForReading(folder.path() / "workspace.db");
        VERIFY_OK(reader);
        QCOMPARE(reader->list().value().size(), std::size_t { 20 });
        COMPARE_ERROR(reader->remove("run-1"), ErrorCode::Database);
    }

    void a_damaged_index_says_so()
    {
        const test::TempFolder folder;
        COMPARE_ERROR(
            HistoryStore::openForReading(folder.path() / "workspace.db"), ErrorCode::NotFound);
        const auto file = folder.write("workspace.db", std::string(5000, 'x'));
        COMPARE_ERROR(HistoryStore::open(file), ErrorCode::Database);
        COMPARE_ERROR(HistoryStore::open(folder.path() / "no" / "folder.db"), ErrorCode::Database);
    }
};

SHEAF_TEST(tst_history_store)
#include "tst_history_store.moc"
