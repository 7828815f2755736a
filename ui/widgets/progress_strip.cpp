// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/widgets/progress_strip.h"

#include "ui/style/theme.h"

#include <QPainterPath>

namespace sheaf::ui {

void paintShares(QPainter& painter, const QRectF& box, const std::vector<Share>& shares, double radius)
{
    std::uint64_t total = 0;
    for (const Share& share : shares) {
        total += share.count;
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath outline;
    outline.addRoundedRect(box, radius, radius);
    painter.setClipPath(outline, Qt::IntersectClip);
    QColor empty = theme().border;
    empty.setAlphaF(0.55F);
    painter.fillRect(box, empty);
    // Small shares first get their least width; what is left is divided by count.
    double least = 0;
    std::uint64_t big = 0;
    const auto isSmall = [&](const Share& share) { return static_cast<double>(share.count) * box.width() < 2.5 * static_cast<double>(total); };
    for (const Share& share : shares) {
        if (share.count > 0) {
            (isSmall(share) ? least += 2.5 : 0);
            big += isSmall(share) ? 0 : share.count;
        }
    }
    double x = box.left();
    for (const Share& share : shares) {
        if (share.count == 0 || total == 0) {
            continue;
        }
        const double width = isSmall(share) ? 2.5 : (box.width() - least) * static_cast<double>(share.count) / static_cast<double>(big);
        if (share.tone != Tone::Pending) {
            painter.fillRect(QRectF(x, box.top(), width, box.height()), toneColor(share.tone));
        }
        x += width;
    }
    painter.restore();
}

ProgressStrip::ProgressStrip(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFixedHeight(10);
}

void ProgressStrip::setShares(std::vector<Share> shares)
{
    m_shares = std::move(shares);
    update();
}

void ProgressStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintShares(painter, QRectF(rect()), m_shares, height() / 2.0);
}

} // namespace sheaf::ui
