// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/run_spec.h"

#include <string>
#include <vector>

/// The settings that a step really ran with, as text for terminal and reports, in the words of the job file.
namespace sheaf::triage {

/// The job file's word for a member of run.json: "parallel.maxRetries" → "retry_settings.max_retries". As it is where the job file has none.
[[nodiscard]] std::string settingWord(const std::string& field);

struct SettingInForce {
    std::string name; // settingWord()
    std::string value; // with its unit
    bool isSetByUser = false; // else a default
};

/// In the order of the job file. Pure.
[[nodiscard]] std::vector<SettingInForce> settingsInForce(const pipeline::StepSpec& step);

} // namespace sheaf::triage
