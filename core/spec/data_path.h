// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sheaf::spec {

/// What a `path:` value (reference §1.7) points at, told from its form alone.
enum class DataPathKind {
    Local, // relative or absolute, with or without file:
    Cloud, // azureml:…, https://, wasbs://, abfss://, … : not on this machine
    Windows, // C:\…
};

[[nodiscard]] DataPathKind dataPathKind(std::string_view value);
/// A local value without "file:", "file://".
[[nodiscard]] std::string withoutFileScheme(std::string_view value);
/// A local value as an absolute, tidy path; relative ones begin at `folder`.
[[nodiscard]] std::filesystem::path localPath(
    std::string_view value, const std::filesystem::path& folder);
/// The local value that was most likely meant when nothing is there: names that are missing are replaced by the nearest beside them.
/// "" when no name is near enough. Reads folders.
[[nodiscard]] std::string nearestPath(std::string_view value, const std::filesystem::path& folder);

} // namespace sheaf::spec
