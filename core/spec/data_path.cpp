// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/data_path.h"

#include "core/base/text.h"

#include <cctype>
#include <vector>

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

/// Names in a folder; a folder of very many is not read through for a hint.
std::vector<std::string> namesIn(const std::filesystem::path& folder)
{
    constexpr std::size_t kMost = 2000;
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end && names.size() < kMost; it.increment(error)) {
        names.push_back(it->path().filename().string());
    }
    return names;
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

std::string nearestPath(std::string_view value, const std::filesystem::path& folder)
{
    const std::string_view written = text::trim(value);
    const std::string plain = withoutFileScheme(written);
    const std::string scheme(written.substr(0, written.size() - plain.size()));
    std::filesystem::path at = plain.starts_with('/') ? std::filesystem::path("/") : folder;
    std::vector<std::string> names = text::split(plain, '/');
    std::error_code error;
    for (auto& name : names) {
        if (!name.empty() && !std::filesystem::exists(at / name, error)) {
            const auto near = text::nearest(name, namesIn(at));
            if (!near) {
                return {};
            }
            name = *near;
        }
        at /= name;
    }
    return scheme + text::join(names, "/");
}

} // namespace sheaf::spec
