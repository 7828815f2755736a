// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/conda_file.h"

#include "core/base/text.h"

#include <algorithm>

namespace sheaf::spec {

namespace {

/// "conda-forge::pandas=1.5" → pandas; "azureml[x]~=1.0" → azureml; options and addresses give "".
std::string packageName(std::string_view requirement)
{
    requirement = text::trim(requirement);
    if (requirement.starts_with('-') || requirement.find("://") != std::string_view::npos
        || requirement.starts_with('.') || requirement.starts_with('/')) {
        return {};
    }
    const std::size_t channel = requirement.find("::");
    if (channel != std::string_view::npos) {
        requirement.remove_prefix(channel + 2);
    }
    return std::string(
        text::trim(requirement.substr(0, requirement.find_first_of("=<>!~[;@ \t#"))));
}

void addName(std::vector<std::string>& names, const std::string& name)
{
    if (!name.empty() && name != "python" && name != "pip"
        && std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(name);
    }
}

} // namespace

std::vector<std::string> condaPackages(const YamlNode& environment)
{
    std::vector<std::string> names;
    const YamlNode* dependencies = environment.find("dependencies");
    if (dependencies == nullptr) {
        return names;
    }
    for (const auto& item : dependencies->items) {
        if (item.isScalar()) {
            addName(names, packageName(item.text));
        }
        const YamlNode* pip = item.find("pip");
        for (const auto& requirement : pip == nullptr ? std::vector<YamlNode> {} : pip->items) {
            addName(names, packageName(requirement.text));
        }
    }
    return names;
}

} // namespace sheaf::spec
