// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/data_path.h"

#include "core/base/text.h"

#include <cctype>

namespace sheaf::spec {

namespace {

/// The scheme of "https://x" or "azureml:x:1", "" for a plain path. One letter is a Windows drive,
/// not a scheme.
std::string_view scheme(std::string_view value)
{
    std::size_t length = 0;
    while (length < value.size()
        && (std::isalnum(static_cast<unsigned char>(value[length])) != 0 || value[length] == '+'
            || value[length] == '-')) {
        ++length;
    }
    if (length < 2 || length >= value.size() || value[length] != ':') {
        return {};
    }
    const std::string_view word = value.substr(0, length);
    const bool isUrl = value.substr(length).starts_with("://");
    return isUrl || word == "azureml" || word == "file" ? word : std::string_view {};
}

} // namespace

DataPathKind dataPathKind(std::string_view value)
{
    value = text::trim(value);
    if (value.size() >= 3 && std::isalpha(static_cast<unsigned char>(value[0])) != 0
        && value[1] == ':' && (value[2] == '\\' || value[2] == '/')) {
        return DataPathKind::Windows;
    }
    const std::string_view word = scheme(value);
    return word.empty() || word == "file" ? DataPathKind::Local : DataPathKind::Cloud;
}

std::string withoutFileScheme(std::string_view value)
{
    value = text::trim(value);
    if (value.starts_with("file://localhost/")) {
        value.remove_prefix(16);
    } else if (value.starts_with("file://")) {
        value.remove_prefix(7);
    } else if (value.starts_with("file:")) {
        value.remove_prefix(5);
    }
    return std::string(value);
}

std::filesystem::path localPath(std::string_view value, const std::filesystem::path& folder)
{
    std::filesystem::path path = (folder / withoutFileScheme(value)).lexically_normal();
    if (!path.has_filename() && path.has_parent_path() && path != path.root_path()) {
        path = path.parent_path(); // "a/b/" is "a/b"
    }
    return path;
}

} // namespace sheaf::spec
