// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "ui/inspector/form_model.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sheaf::ui {

/// One change of a file that the form asks for.
struct FormChange {
    std::string file;
    std::vector<std::string> path;
    std::string flag; // not "": this flag inside the text at `path`, `value` as it is
    std::optional<std::string> value; // as edit.h takes it; nullopt takes the entry away
    bool isFolded = false; // `value` is the lines of the folded text that is there
    std::size_t root = 0; // maps that become empty go as well, but not the first so many keys of the path
};

/// What a person typed for a row, for all its steps: each value goes where it is written. "" resets.
[[nodiscard]] std::vector<FormChange> setChanges(const FormRow& row, const std::string& typed);
/// Takes what is written away, so that the component's value or the default is in force.
[[nodiscard]] std::vector<FormChange> resetChanges(const FormRow& row);
/// Writes the value that is in force at another place, and takes it away where it would count more.
[[nodiscard]] std::vector<FormChange> moveChanges(const FormRow& row, const FormPlace& to);

/// One entry of a map: set, named anew (`oldName` differs), or taken away (no value). "" as old name: a new one.
[[nodiscard]] std::vector<FormChange> entryChanges(
    const FormRow& row, const std::string& oldName, const std::string& name, const std::optional<std::string>& value);

/// A new input or output of the chosen step (declared in its component file, when it has one) or of the pipeline.
struct NewPort {
    bool isInput = true;
    std::string name;
    std::string type;
    std::string value; // may be ""
};
[[nodiscard]] std::vector<FormChange> portChanges(const FormSource& source, const std::string& step, const NewPort& port);
/// Takes an input or output away, with its declaration.
[[nodiscard]] std::vector<FormChange> withoutPortChanges(const FormSource& source, const FormRow& row);

/// The texts of the files after the changes. Changes of one step are carried out one after the other, those of different steps together. Fails
/// when one of them cannot be done: then none is.
using TextOfFile = std::function<const std::string*(const std::string& file)>;
[[nodiscard]] Result<std::map<std::string, std::string>> textsAfter(const std::vector<FormChange>& changes, const TextOfFile& textOf);

} // namespace sheaf::ui
