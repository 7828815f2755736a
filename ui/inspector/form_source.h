// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/resolver.h"
#include "core/spec/file_texts.h"

#include <map>
#include <memory>
#include <string>

namespace sheaf::ui {

/// What the form reads: a pipeline as it was understood, and the trees of the files that it was understood from. The trees hold what the
/// reader refused as well (a number that is none), which a form must show. Values that do not change; any thread.
struct FormSource {
    std::shared_ptr<const pipeline::Resolved> resolved; // null: nothing is open
    std::map<std::string, std::shared_ptr<const spec::YamlDocument>> files; // by absolute path

    /// The tree of a file, or null.
    [[nodiscard]] const spec::YamlNode* root(const std::string& file) const;
};

/// Reads the job file and the component files of its steps again, as they are being edited. Slow for large files: not in the main thread.
[[nodiscard]] FormSource readFormSource(std::shared_ptr<const pipeline::Resolved> resolved, const spec::SharedTexts& texts);

} // namespace sheaf::ui
