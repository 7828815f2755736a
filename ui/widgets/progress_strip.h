// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/style/state_tone.h"

#include <vector>
#endif

#include <QWidget>

namespace sheaf::ui {

struct Share {
    Tone tone = Tone::Pending;
    std::uint64_t count = 0;
};

/// Draws counts per state as one stacked bar; a share that is not zero is never thinner than two pixels.
void paintShares(QPainter& painter, const QRectF& box, const std::vector<Share>& shares, double radius);

/// The bar as a widget.
class ProgressStrip : public QWidget
{
    Q_OBJECT

public:
    explicit ProgressStrip(QWidget* parent = nullptr);
    void setShares(std::vector<Share> shares);
    [[nodiscard]] QSize sizeHint() const override { return { 200, 10 }; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<Share> m_shares;
};

} // namespace sheaf::ui
