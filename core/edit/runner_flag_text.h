// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/edit/edit.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The runner's flags inside the text of `program_arguments`: found, set and taken away, while all that is not the flag (the script's own
/// arguments, blanks, line ends, quotes, expressions) stays byte for byte. Pure; any thread.
namespace sheaf::edit {

class TextDraft;

/// One `--name value` or `--name=value` of the text.
struct FlagInText
{
    std::size_t begin = 0; // of "--"
    std::size_t end = 0; // behind the value, or the name when it stands alone
    std::string value; // without quotes; an expression as it is written
    bool hasValue = false;
    std::size_t valueBegin = 0; // quotes included
    std::size_t valueEnd = 0;
};

/// Every place of the flag, in order: the last one counts. `name` is without dashes.
[[nodiscard]] std::vector<FlagInText> findFlags(std::string_view arguments, std::string_view name);

/// The text with the flag's last place set to `value`, or with the flag behind all the rest; nullopt takes every place of it away, and an
/// optional group `$[[ … ]]` that only held it. Fails with Invalid when a quote is not closed or the value has several lines.
[[nodiscard]] Result<std::string> withFlag(std::string_view arguments, std::string_view name, const std::optional<std::string>& value);

/// The same for the value at `path` of a file: the lines of a block or folded text stay as they are. Arguments that are not there are made,
/// those that nothing is left of are taken away.
[[nodiscard]] Result<std::vector<TextPatch>> flagPatches(
    const spec::YamlDocument& document, const std::vector<std::string>& path, std::string_view name, const std::optional<std::string>& value);

/// One wish of flagPatches().
struct FlagEdit
{
    std::vector<std::string> path; // of the arguments; no two of a list of wishes are the same
    std::string name;
    std::optional<std::string> value;
};
/// Carries all of them out: they are proved together when they can be, so that many cost hardly more than one.
[[nodiscard]] Result<void> changeFlags(TextDraft& draft, const std::vector<FlagEdit>& edits);

} // namespace sheaf::edit
