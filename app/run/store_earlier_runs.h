// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/runtime/take_over.h"

namespace sheaf {

/// Earlier runs of the workspace over their run.db. Owned by main; rank 0's job thread calls it.
class StoreEarlierRuns final : public runtime::EarlierRuns
{
public:
    [[nodiscard]] Result<std::vector<event::AttemptEnded>> doneIn(
        const runtime::RunDir& run, const std::string& step) override;
};

} // namespace sheaf
