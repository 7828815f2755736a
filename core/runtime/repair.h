// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <string>
#include <vector>

namespace sheaf::runtime {

/// What the user wants mended in one parallel step: these mini-batches run again and no others, those not counted as failed (or
/// counted again). Written as RunDir::repair() before the coordinator of a run that is over starts again, which takes the file away
/// when the run has ended; or sent to one that lives, as the request "repair " and this as one line of JSON. A value.
struct RepairRequest {
    std::string step;
    std::string run; // event::MiniBatchList: failed, ignored or unfinished ones
    std::string ignore; // event::MiniBatchList: failed ones
    std::string unignore; // event::MiniBatchList: ignored ones
    std::int64_t code = -1; // state of the user's code to run: RunDir::code(step, code); -1: the one that the step ran last
    std::vector<std::string> changedFiles {}; // of that state against the one before it
    std::string id {}; // of this request, so that it is carried out once
};
BOOST_DESCRIBE_STRUCT(RepairRequest, (), (step, run, ignore, unignore, code, changedFiles, id))

} // namespace sheaf::runtime
