// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/form_source.h"

namespace sheaf::ui {

const spec::YamlNode* FormSource::root(const std::string& file) const
{
    const auto found = files.find(file);
    return found == files.end() ? nullptr : &found->second->root;
}

FormSource readFormSource(std::shared_ptr<const pipeline::Resolved> resolved, const spec::SharedTexts& texts)
{
    FormSource source;
    source.resolved = std::move(resolved);
    if (!source.resolved) {
        return source;
    }
    const auto read = [&](const std::string& file) {
        if (!file.empty() && !source.files.contains(file)) {
            source.files.emplace(file, std::make_shared<const spec::YamlDocument>(spec::readYaml(file, texts)));
        }
    };
    read(source.resolved->written.file);
    for (const auto& step : source.resolved->written.steps) {
        if (step.component) {
            read(step.component->file);
        }
    }
    return source;
}

} // namespace sheaf::ui
