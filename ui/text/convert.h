// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QString>

#include <filesystem>
#include <string>
#include <string_view>

/// The edge between core's text (UTF-8) and Qt's: the only place that crosses it.
namespace sheaf::ui {

[[nodiscard]] inline QString toQt(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}
[[nodiscard]] inline QString toQt(const std::filesystem::path& path)
{
    return QString::fromStdString(path.string());
}
[[nodiscard]] inline QString toQt(const std::string& text)
{
    return QString::fromStdString(text);
}
[[nodiscard]] inline QString toQt(const char* text)
{
    return QString::fromUtf8(text);
}
[[nodiscard]] inline std::string toStd(const QString& text)
{
    return text.toStdString();
}
[[nodiscard]] inline std::filesystem::path toPath(const QString& text)
{
    return { text.toStdString() };
}

} // namespace sheaf::ui
