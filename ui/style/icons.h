// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QIcon>
#include <QString>

namespace sheaf::ui {

/// Our own line icons (resources/icons/<name>.svg), painted in the theme's text colour at the moment of painting: a change of
/// theme needs no new icons.
[[nodiscard]] QIcon icon(const QString& name);
/// The same in the colour of text on the accent, for the one button that stands out.
[[nodiscard]] QIcon iconOnAccent(const QString& name);
/// The same, painted straight into `box` in a colour of one's choice.
void paintIcon(QPainter& painter, const QRectF& box, const QString& name, const QColor& color);

} // namespace sheaf::ui
