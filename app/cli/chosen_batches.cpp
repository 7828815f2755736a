// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/chosen_batches.h"

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/plan/input_bytes.h"
#include "core/triage/mini_batch_filter.h"
#include "core/triage/slowness.h"

namespace sheaf::cli {

Result<std::vector<MiniBatchIndex>> chosenBy(const std::string& words, const OpenRun& run, const event::StepPicture& step)
{
    triage::MiniBatchFacts facts = triage::factsOf(step);
    const triage::MiniBatchFilter filter(words);
    if (filter.complaint()) {
        std::string why = filter.complaint()->sentence();
        why.front() = text::lower(why.substr(0, 1)).front(); // it ends a sentence here
        return fail(ErrorCode::Invalid, { { "what", "--filter" }, { "found", words }, { "allowed", std::move(why) } });
    }
    std::vector<std::uint64_t> bytes;
    if (filter.asksForSize()) {
        const auto plan = plan::PlanFile::open(run.dir.plan(step.name));
        if (!plan) {
            return tl::unexpected<Error>(plan.error());
        }
        bytes = plan::inputBytesOf(*plan);
        facts.inputBytes = bytes;
    }
    facts.nowMicros = run.isOver() || run.isInterrupted() ? 0 : wallMicros();
    std::vector<std::uint8_t> slow;
    if (filter.asksForSlow()) {
        slow.resize(step.miniBatches.size());
        for (const auto& mark : triage::slownessOf(step, { facts.nowMicros, {}, {} }).marks) {
            slow[mark.miniBatch.value] = 1;
        }
        facts.slow = slow;
    }
    return triage::matching(filter, facts);
}

} // namespace sheaf::cli
