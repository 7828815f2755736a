// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include <string_view>
#include <vector>
#endif

#include <QPlainTextEdit>

namespace sheaf::ui {

/// Two texts as lines that are gone (−), new (+) and some that stayed around them, as people know it. Read-only. Owned by the panel; main thread.
class DiffView : public QPlainTextEdit
{
    Q_OBJECT

public:
    explicit DiffView(QWidget* parent = nullptr);
    void setTexts(std::string_view before, std::string_view after);
    [[nodiscard]] int added() const { return m_added; }
    [[nodiscard]] int removed() const { return m_removed; }

protected:
    void changeEvent(QEvent* event) override;

private:
    enum class Kind { Kept, Added, Removed, Gap };
    void color();

    std::vector<Kind> m_lines;
    int m_added = 0;
    int m_removed = 0;
};

} // namespace sheaf::ui
