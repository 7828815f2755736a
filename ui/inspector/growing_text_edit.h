// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QPlainTextEdit>

namespace sheaf::ui {

/// A text that is as high as its lines where they wrap, up to a few; it scrolls only beyond that.
class GrowingTextEdit : public QPlainTextEdit
{
    Q_OBJECT

public:
    explicit GrowingTextEdit(QWidget* parent);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void grow();

    int m_width = 0;
};

} // namespace sheaf::ui
