// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/style/state_tone.h"
#endif

#include <QWidget>

namespace sheaf::ui {

/// A state as glyph and word. Knows tones, not what they stand for.
class StateBadge : public QWidget
{
    Q_OBJECT

public:
    explicit StateBadge(QWidget* parent = nullptr);
    void setState(Tone tone, const QString& word);
    [[nodiscard]] const QString& word() const { return m_word; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Tone m_tone = Tone::Pending;
    QString m_word;
};

} // namespace sheaf::ui
