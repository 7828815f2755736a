// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/monitor/series.h"
#include "tests/support/test_runner.h"

using namespace sheaf::monitor;

class tst_series : public QObject
{
    Q_OBJECT

private slots:
    void few_values_are_kept_as_they_are()
    {
        Series series(4);
        series.add(10, 1);
        series.add(20, 5);
        QCOMPARE(series.points().size(), 2U);
        QCOMPARE(series.points()[1].timeMicros, std::int64_t { 20 });
        QCOMPARE(series.points()[1].value, 5.0);
        QCOMPARE(series.stride(), 1U);
    }

    void a_long_run_fits_and_sums_and_peaks_stay_right()
    {
        for (const int count : { 4, 5, 7, 8, 9, 1000, 12345 }) {
            Series series(64);
            double sum = 0;
            for (int i = 0; i < count; ++i) {
                const double value = i == count / 3 ? 1e6 : i % 17;
                sum += value;
                series.add(i, value);
            }
            QVERIFY(series.points().size() <= 64U);
            double found = 0;
            double peak = 0;
            std::uint32_t values = 0;
            std::int64_t last = -1;
            for (const auto& point : series.points()) {
                found += point.value * point.values;
                peak = std::max(peak, point.peak);
                values += point.values;
                QVERIFY(point.timeMicros > last);
                last = point.timeMicros;
            }
            QCOMPARE(values, static_cast<std::uint32_t>(count));
            QVERIFY2(qAbs(found - sum) < 1e-6 * sum, std::to_string(count).c_str());
            QCOMPARE(peak, 1e6);
            QCOMPARE(last, std::int64_t { count - 1 });
        }
    }

    void cleared_it_begins_anew()
    {
        Series series(2);
        for (int i = 0; i < 100; ++i) {
            series.add(i, i);
        }
        QVERIFY(series.stride() > 1);
        series.clear();
        QVERIFY(series.points().empty());
        QCOMPARE(series.stride(), 1U);
    }
};

SHEAF_TEST(tst_series)
#include "tst_series.moc"
