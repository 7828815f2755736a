// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "app/cli/open_run.h"

#include <CLI/CLI.hpp>

namespace sheaf::cli {

/// The words that all verbs about one run share.
inline void addRunChoice(CLI::App& verb, RunChoice& choice)
{
    verb.add_option("RUN", choice.run, "Name of the run, a unique beginning of it, or 'latest'")
        ->required();
    verb.add_option("--workspace", choice.workspace,
            "Folder whose .sheaf/ holds the run. Default: the nearest folder above this one with a "
            ".sheaf/")
        ->type_name("DIR");
}

} // namespace sheaf::cli
