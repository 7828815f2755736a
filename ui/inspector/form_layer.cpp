// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/form_layer.h"

#include "core/base/text.h"
#include "ui/text/convert.h"

namespace sheaf::ui {

FormLayer::Hit FormLayer::lookUp(const std::vector<std::string>& path) const
{
    Hit hit { root, {} };
    std::optional<spec::Scope> in = scope;
    for (const auto& key : path) {
        const spec::Field* field = in ? spec::findField(*in, key) : nullptr;
        const spec::YamlNode* next = hit.node != nullptr && hit.node->isMap() ? hit.node->find(key) : nullptr;
        std::string spelt = key;
        if (next == nullptr && hit.node != nullptr && hit.node->isMap() && field != nullptr && !field->formerly.empty()) {
            next = hit.node->find(field->formerly);
            spelt = next != nullptr ? std::string(field->formerly) : key;
        }
        hit.path.push_back(spelt);
        hit.node = next;
        in = field != nullptr && field->type == spec::FieldType::Group ? std::optional(field->group) : std::nullopt;
    }
    return hit;
}

const spec::YamlNode* FormLayer::port(const std::string& kind, const std::string& name) const
{
    const spec::YamlNode* ports = root != nullptr && root->isMap() ? root->find(kind) : nullptr;
    return ports != nullptr && ports->isMap() ? ports->find(name) : nullptr;
}

bool isThere(const spec::YamlNode* node)
{
    return node != nullptr && !node->isNull();
}

std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

void takeValue(FormCell& cell, const spec::Field& field, const spec::YamlNode& node)
{
    cell.text = node.text;
    if (node.isList() && field.type == spec::FieldType::TextList) {
        cell.items.clear();
        for (const auto& item : node.items) {
            cell.items.push_back(item.text);
        }
        cell.text = text::join(cell.items, ", ");
    } else if (!node.isScalar()) {
        cell.isElsewhere = field.type != spec::FieldType::TextMap;
        cell.text = cell.isElsewhere ? node.words() : std::string();
    }
}

FormRow makeRow(FormGroup group, const spec::Field& field, std::string id, FormCell cell)
{
    FormRow row;
    row.group = group;
    row.field = &field;
    row.label = toQt(id.starts_with("--") ? std::string_view(id) : field.name);
    row.id = std::move(id);
    row.cells.push_back(std::move(cell));
    row.isRequired = field.required;
    return row;
}

} // namespace sheaf::ui
