// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "app/cli/open_run.h"

#include <string>
#include <vector>

namespace sheaf::cli {

/// What the words of --filter choose among the mini-batches of a step, the same in every verb: facts that are not in the picture (sizes, which
/// stand out, the time now) are looked up where the words ask for them. Invalid, ending a sentence, for words that are not understood.
[[nodiscard]] Result<std::vector<MiniBatchIndex>> chosenBy(const std::string& words, const OpenRun& run, const event::StepPicture& step);

} // namespace sheaf::cli
