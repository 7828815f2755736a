// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "tests/support/test_runner.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#endif

#include <QApplication>
#include <QCheckBox>
#include <QImage>
#include <QPixmap>
#include <QSet>

#include <cmath>
#include <numbers>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

using Triple = std::array<double, 3>;
using Matrix = std::array<Triple, 3>;

Triple times(const Matrix& m, const Triple& v)
{
    Triple out {};
    for (std::size_t i = 0; i < 3; ++i) {
        out[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
    }
    return out;
}

/// Linear light of an sRGB colour (IEC 61966-2-1).
Triple linear(const QColor& color)
{
    const auto one = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return { one(color.redF()), one(color.greenF()), one(color.blueF()) };
}

/// Sight without one kind of cones: the matrices of Machado, Oliveira and Fernandes (2009), severity 1, on linear light.
Triple seen(const Triple& rgb, int sight)
{
    static const std::array<Matrix, 4> kSights { Matrix { Triple { 1, 0, 0 }, Triple { 0, 1, 0 }, Triple { 0, 0, 1 } },
        Matrix { Triple { 0.152286, 1.052583, -0.204868 }, Triple { 0.114503, 0.786281, 0.099216 }, Triple { -0.003882, -0.048116, 1.051998 } },
        Matrix { Triple { 0.367322, 0.860646, -0.227968 }, Triple { 0.280085, 0.672501, 0.047413 }, Triple { -0.011820, 0.042940, 0.968881 } },
        Matrix { Triple { 1.255528, -0.076749, -0.178779 }, Triple { -0.078411, 0.930809, 0.147602 }, Triple { 0.004733, 0.691367, 0.303900 } } };
    Triple out = times(kSights.at(static_cast<std::size_t>(sight)), rgb);
    for (double& c : out) {
        c = std::clamp(c, 0.0, 1.0);
    }
    return out;
}

/// CIELAB under D65.
Triple lab(const Triple& rgb)
{
    const Matrix toXyz { Triple { 0.4124564, 0.3575761, 0.1804375 }, Triple { 0.2126729, 0.7151522, 0.0721750 }, Triple { 0.0193339, 0.1191920, 0.9503041 } };
    const Triple xyz = times(toXyz, rgb);
    const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
    const double x = f(xyz[0] / 0.95047);
    const double y = f(xyz[1]);
    const double z = f(xyz[2] / 1.08883);
    return { 116 * y - 16, 500 * (x - y), 200 * (y - z) };
}

/// CIEDE2000 (Sharma, Wu and Dalal 2005).
double difference(const Triple& a, const Triple& b)
{
    const auto radians = [](double degrees) { return degrees * std::numbers::pi / 180; };
    const auto hue = [](double y, double x) {
        const double degrees = std::atan2(y, x) * 180 / std::numbers::pi;
        return x == 0 && y == 0 ? 0 : degrees < 0 ? degrees + 360 : degrees;
    };
    const double mean = (std::hypot(a[1], a[2]) + std::hypot(b[1], b[2])) / 2;
    const double g = 0.5 * (1 - std::sqrt(std::pow(mean, 7) / (std::pow(mean, 7) + std::pow(25.0, 7))));
    const double a1 = (1 + g) * a[1];
    const double a2 = (1 + g) * b[1];
    const double c1 = std::hypot(a1, a[2]);
    const double c2 = std::hypot(a2, b[2]);
    const double h1 = hue(a[2], a1);
    const double h2 = hue(b[2], a2);
    const double dL = b[0] - a[0];
    const double dC = c2 - c1;
    double dh = c1 * c2 == 0 ? 0 : h2 - h1;
    dh = dh > 180 ? dh - 360 : dh < -180 ? dh + 360 : dh;
    const double dH = 2 * std::sqrt(c1 * c2) * std::sin(radians(dh / 2));
    const double L = (a[0] + b[0]) / 2;
    const double C = (c1 + c2) / 2;
    double h = h1 + h2;
    if (c1 * c2 != 0) {
        h = std::abs(h1 - h2) <= 180 ? h / 2 : h < 360 ? (h + 360) / 2 : (h - 360) / 2;
    }
    const double t = 1 - 0.17 * std::cos(radians(h - 30)) + 0.24 * std::cos(radians(2 * h)) + 0.32 * std::cos(radians(3 * h + 6))
        - 0.20 * std::cos(radians(4 * h - 63));
    const double turn = 30 * std::exp(-std::pow((h - 275) / 25, 2));
    const double rc = 2 * std::sqrt(std::pow(C, 7) / (std::pow(C, 7) + std::pow(25.0, 7)));
    const double sl = 1 + 0.015 * std::pow(L - 50, 2) / std::sqrt(20 + std::pow(L - 50, 2));
    const double sc = 1 + 0.045 * C;
    const double sh = 1 + 0.015 * C * t;
    const double rt = -std::sin(radians(2 * turn)) * rc;
    return std::sqrt(std::pow(dL / sl, 2) + std::pow(dC / sc, 2) + std::pow(dH / sh, 2) + rt * dC / sc * dH / sh);
}

double contrast(const QColor& one, const QColor& other)
{
    const auto luminance = [](const QColor& color) {
        const Triple rgb = linear(color);
        return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
    };
    const double a = luminance(one);
    const double b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

} // namespace

/// The colours of the states, measured.
class tst_state_tone : public QObject
{
    Q_OBJECT

private slots:
    /// Not only another colour: a sign that it is checked, on a screen of any density.
    void a_checked_box_has_a_tick()
    {
        for (const ThemeChoice choice : { ThemeChoice::Dark, ThemeChoice::Light }) {
            applyTheme(*qApp, choice);
            for (const bool isEnabled : { true, false }) {
                QCheckBox box;
                box.setChecked(true);
                box.setEnabled(isEnabled);
                box.resize(24, 24);
                QPixmap seen(48, 48);
                seen.setDevicePixelRatio(2);
                seen.fill(theme().surface);
                box.render(&seen);
                const QImage image = seen.toImage();
                QSet<QRgb> inside; // within its outline
                for (int y = 20; y < 30; ++y) {
                    for (int x = 8; x < 24; ++x) {
                        inside.insert(image.pixel(x, y));
                    }
                }
                QVERIFY2(inside.size() > 2, isEnabled ? "enabled" : "disabled");
            }
        }
    }

    /// Pairs of the table that Sharma, Wu and Dalal publish for checking implementations.
    void the_measure_is_right()
    {
        const auto near = [](double a, double b) { return std::abs(a - b) < 0.0001; };
        QVERIFY(near(difference({ 50, 2.6772, -79.7751 }, { 50, 0, -82.7485 }), 2.0425));
        QVERIFY(near(difference({ 50, -1.3802, -84.2814 }, { 50, 0, -82.7485 }), 1.0000));
        QVERIFY(near(difference({ 50, 2.5, 0 }, { 73, 25, -18 }), 27.1492));
        QVERIFY(near(difference({ 50, 2.5, 0 }, { 56, -27, -3 }), 31.9030));
        QVERIFY(near(difference({ 60.2574, -34.0099, 36.2677 }, { 60.4626, -34.1751, 39.4387 }), 1.2644));
        QVERIFY(near(difference({ 2.0776, 0.0795, -1.1350 }, { 0.9033, -0.0636, -0.5514 }), 0.9082));
    }

    void any_two_states_are_apart_for_every_sight_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<int>("sight");
        const char* sights[] = { "all cones", "protan", "deutan", "tritan" };
        for (const bool dark : { false, true }) {
            for (int sight = 0; sight < 4; ++sight) {
                QTest::addRow("%s, %s", dark ? "dark" : "light", sights[sight]) << dark << sight;
            }
        }
    }
    void any_two_states_are_apart_for_every_sight()
    {
        QFETCH(bool, dark);
        QFETCH(int, sight);
        QString close;
        for (std::size_t i = 0; i < kTones.size(); ++i) {
            for (std::size_t j = i + 1; j < kTones.size(); ++j) {
                const double apart = difference(
                    lab(seen(linear(toneColor(kTones[i], dark)), sight)), lab(seen(linear(toneColor(kTones[j], dark)), sight)));
                if (apart < 15) {
                    close += QStringLiteral("%1 and %2: %3\n").arg(i).arg(j).arg(apart);
                }
            }
        }
        QVERIFY2(close.isEmpty(), qPrintable(close));
    }

    void words_and_glyphs_stand_out_from_what_is_behind_them_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void words_and_glyphs_stand_out_from_what_is_behind_them()
    {
        QFETCH(bool, dark);
        auto* application = qobject_cast<QApplication*>(QCoreApplication::instance());
        applyTheme(*application, dark ? ThemeChoice::Dark : ThemeChoice::Light);
        QString faint;
        for (const Tone tone : kTones) {
            for (const QColor& behind : { theme().surface, theme().raised }) {
                const double text = contrast(toneTextColor(tone), behind);
                if (text < 4.5) {
                    faint += QStringLiteral("text of %1 on %2: %3\n").arg(static_cast<int>(tone)).arg(behind.name()).arg(text);
                }
            }
        }
        for (const QColor& behind : { theme().window, theme().surface, theme().raised }) {
            if (contrast(theme().text, behind) < 7 || contrast(theme().muted, behind) < 4.5) {
                faint += QStringLiteral("text on %1\n").arg(behind.name());
            }
        }
        applyTheme(*application, ThemeChoice::Light);
        QVERIFY2(faint.isEmpty(), qPrintable(faint));
    }
};

SHEAF_TEST(tst_state_tone)
#include "tst_state_tone.moc"
