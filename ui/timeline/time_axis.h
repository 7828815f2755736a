// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QString>

#include <cstdint>
#include <vector>

namespace sheaf::ui {

/// A span of time over some pixels. A value.
class TimeAxis
{
public:
    struct Mark {
        double x = 0;
        QString text;
    };

    void setSpan(std::int64_t fromMicros, std::int64_t toMicros); // at least a millisecond
    void setWidth(double pixels) { m_width = pixels > 1 ? pixels : 1; }
    [[nodiscard]] std::int64_t from() const { return m_from; }
    [[nodiscard]] std::int64_t to() const { return m_to; }
    [[nodiscard]] std::int64_t length() const { return m_to - m_from; }
    [[nodiscard]] double xOf(std::int64_t micros) const;
    [[nodiscard]] std::int64_t microsAt(double x) const;
    /// The moment under `x` stays there; above 1 is closer.
    void zoomAt(double x, double factor);
    void pan(double pixels);
    /// Round moments, some 100 pixels apart: since `zeroMicros`, or as clock when that is 0.
    [[nodiscard]] std::vector<Mark> marks(std::int64_t zeroMicros) const;

private:
    std::int64_t m_from = 0;
    std::int64_t m_to = 1000000;
    double m_width = 1;
};

} // namespace sheaf::ui
