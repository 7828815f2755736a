// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/edit_value.h"

#include "core/spec/override.h"
#include "core/spec/yaml_node.h"

namespace sheaf::edit {

namespace {

std::string singleQuoted(std::string_view text)
{
    std::string all = "'";
    for (const char c : text) {
        all += c == '\'' ? "''" : std::string(1, c);
    }
    return all + "'";
}

} // namespace

std::string editValue(std::string_view text)
{
    std::string plain(text);
    if (plain.find('\n') != std::string::npos) {
        return plain; // several lines are text to the last blank
    }
    const bool begins = plain.starts_with('[') || plain.starts_with('{');
    const spec::YamlNode read = spec::valueFromText(plain);
    return read.isScalar() && read.text == plain && !begins ? plain : singleQuoted(plain);
}

std::string editText(std::string_view text)
{
    const bool meansMore = spec::yamlBool(text) || spec::yamlNumber(text) || text == "~" || text == "null";
    return meansMore ? singleQuoted(text) : editValue(text);
}

std::string editList(const std::vector<std::string>& items)
{
    std::string all = "[";
    for (const auto& item : items) {
        const bool isOpen = item.find_first_of(",[]{}#:&*!|>'\"%@`\\ \t") != std::string::npos || item.empty();
        all += (all.size() > 1 ? ", " : "") + (isOpen ? singleQuoted(item) : editText(item));
    }
    return all + "]";
}

} // namespace sheaf::edit
