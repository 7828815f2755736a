// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/file_texts.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace sheaf::spec {

/// YAML files as they were parsed last: one that has not changed since (the same bytes where it is being edited, else inode, size and
/// time of last change) is not parsed again. Holds some hundred files, then begins anew. Owned by who reads the same files again and
/// again; not for several threads at a time.
class YamlFiles
{
public:
    /// readYaml() of the file as it is being edited. Never null. A file that cannot be read is asked for each time.
    [[nodiscard]] std::shared_ptr<const YamlDocument> read(const std::filesystem::path& file, const SharedTexts& texts);

private:
    /// What a file on disk was when it was read.
    struct Stamp
    {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::int64_t size = -1; // -1: read from an edited text
        std::int64_t changed = 0; // ns: content or name
        bool operator==(const Stamp&) const = default;
    };
    struct Known
    {
        Stamp stamp;
        std::shared_ptr<const YamlDocument> document;
    };
    static Stamp stampOf(const std::string& file);

    std::map<std::string, Known> m_known;
};

} // namespace sheaf::spec
