// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/local_file.h"

#include "core/base/paths.h"
#include "ui/text/convert.h"

#include <QFileInfo>

namespace sheaf::ui {

QString tidyPath(const QString& file)
{
    return toQt(toPath(QFileInfo(file).absoluteFilePath()).lexically_normal());
}

Result<void> writeWhole(const QString& file, const QByteArray& bytes)
{
    const auto path = toPath(file);
    if (auto made = paths::makeDirs(path.parent_path()); !made) {
        return made;
    }
    return paths::writeFile(path, std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}

} // namespace sheaf::ui
