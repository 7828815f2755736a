// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/port_rows.h"

#include "core/base/text.h"
#include "ui/text/convert.h"

#include <algorithm>
#include <set>

namespace sheaf::ui {

namespace {

class PortRows
{
public:
    PortRows(const std::vector<FormLayer>& layers, const std::string& step)
        : m_layers(layers)
        , m_step(step)
    {
    }

    std::vector<FormRow> rows(bool isInput)
    {
        addPorts(isInput);
        return std::move(m_rows);
    }

private:
    FormRow& put(FormGroup group, const spec::Field& field, std::string id, FormCell cell)
    {
        m_rows.push_back(makeRow(group, field, std::move(id), std::move(cell)));
        return m_rows.back();
    }


    void addPorts(bool isInput)
    {
        const std::string kind = isInput ? "inputs" : "outputs";
        for (const std::string& name : portNames(kind)) {
            addPort(isInput, kind, name);
        }
    }

    /// Those of the component first, as the resolver has them.
    std::vector<std::string> portNames(const std::string& kind) const
    {
        std::vector<std::string> names;
        for (auto layer = m_layers.rbegin(); layer != m_layers.rend(); ++layer) {
            const spec::YamlNode* ports = layer->root != nullptr && layer->root->isMap() ? layer->root->find(kind) : nullptr;
            for (const auto& entry : ports != nullptr ? ports->entries : std::vector<spec::YamlEntry> {}) {
                if (std::find(names.begin(), names.end(), entry.key) == names.end()) {
                    names.push_back(entry.key);
                }
            }
        }
        return names;
    }

    std::string typeInForce(bool isInput, const std::string& kind, const std::string& name) const
    {
        for (const FormLayer& layer : m_layers) {
            const spec::YamlNode* node = layer.port(kind, name);
            const spec::YamlNode* type = node != nullptr && node->isMap() ? node->find("type") : nullptr;
            if (isThere(type)) {
                return text::lower(type->text);
            }
        }
        return isInput ? std::string() : "uri_folder";
    }

    static bool isLiteralType(const std::string& type)
    {
        return type == "string" || type == "number" || type == "integer" || type == "boolean";
    }

    void addPort(bool isInput, const std::string& kind, const std::string& name)
    {
        const spec::Scope scope = isInput ? spec::Scope::Input : spec::Scope::Output;
        const std::string type = typeInForce(isInput, kind, name);
        const FormLayer& own = m_layers.front();
        const spec::YamlNode* node = own.port(kind, name);
        const bool isDeclared = m_layers.size() > 1 && m_layers.back().port(kind, name) != nullptr;

        FormCell cell;
        cell.step = m_step;
        cell.root = own.prefix.size();
        std::vector<std::string> path = joined(own.prefix, { kind, name });
        std::string valueKey; // of the entry that holds the value
        if (node != nullptr && node->isMap()) {
            for (const char* key : { "path", "value", "default" }) {
                if (valueKey.empty() && isThere(node->find(key))) {
                    valueKey = key;
                }
            }
            valueKey = !valueKey.empty() ? valueKey : isLiteralType(type) ? (m_step.empty() ? "default" : "value") : "path";
            const spec::YamlNode* value = node->find(valueKey);
            cell.isWritten = isThere(value);
            cell.text = cell.isWritten ? value->text : std::string();
            path.push_back(valueKey);
        } else if (isThere(node)) {
            cell.isWritten = true;
            cell.text = node->isScalar() ? node->text : node->words();
            cell.isElsewhere = !node->isScalar();
        } else if (!isInput && m_step.empty()) {
            path.push_back("path");
        }
        cell.origin = cell.isWritten ? FormOrigin::Pipeline : FormOrigin::Default;
        cell.place = { FormOrigin::Pipeline, own.file, path, {}, cell.isWritten };
        const spec::Field& field = *spec::findField(scope, valueKey.empty() ? "path" : valueKey);
        const std::string id = kind + "." + name;
        FormRow& row = put(isInput ? FormGroup::Inputs : FormGroup::Outputs, field, id, std::move(cell));
        row.kind = FormRow::Kind::Port;
        row.label = toQt(name);
        row.caption = toQt(type);
        row.isRequired = isInput && (!isDeclared || !hasOwnDefault(kind, name));
        row.defaultText = portDefault(isInput, kind, name);
        const bool isLone = isThere(node) && node->isScalar();
        const std::string loneText = isLone ? node->text : std::string();
        const std::size_t first = m_rows.size();
        addPortFields(isInput, kind, name);
        for (std::size_t i = first; i < m_rows.size(); ++i) {
            FormCell& below = m_rows[i].cells.front();
            below.isLone = isLone && below.place.origin == FormOrigin::Pipeline;
            below.loneText = loneText;
            below.valueKey = !isLiteralType(type) ? "path" : m_step.empty() ? "default" : "value";
        }
    }

    /// The component can do without a value.
    bool hasOwnDefault(const std::string& kind, const std::string& name) const
    {
        const spec::YamlNode* declared = m_layers.back().port(kind, name);
        if (declared == nullptr || !declared->isMap()) {
            return false;
        }
        const spec::YamlNode* optional = declared->find("optional");
        return isThere(declared->find("default")) || isThere(declared->find("path")) || (isThere(optional) && spec::yamlBool(optional->text).value_or(false));
    }

    QString portDefault(bool isInput, const std::string& kind, const std::string& name) const
    {
        if (!isInput) {
            return !m_step.empty() ? FormModel::tr("a folder of the run") : FormModel::tr("outputs/%1 of the run").arg(toQt(name));
        }
        const spec::YamlNode* declared = m_layers.size() > 1 ? m_layers.back().port(kind, name) : nullptr;
        if (declared == nullptr || !declared->isMap()) {
            return FormModel::tr("a value, a path or ${{…}}");
        }
        for (const char* key : { "default", "path" }) {
            if (const spec::YamlNode* value = declared->find(key); isThere(value)) {
                return toQt(value->text);
            }
        }
        const spec::YamlNode* optional = declared->find("optional");
        return isThere(optional) && spec::yamlBool(optional->text).value_or(false) ? FormModel::tr("none: it is optional") : FormModel::tr("a value, a path or ${{…}}");
    }

    /// Type, mode and the like, of the step's own map and of the component's declaration.
    void addPortFields(bool isInput, const std::string& kind, const std::string& name)
    {
        const bool hasDeclaration = m_layers.size() > 1 && m_layers.back().port(kind, name) != nullptr;
        std::set<std::string> done { "value" };
        if (!hasDeclaration) { // the value itself; a component may have a path for when none is given
            done.insert("path");
        }
        const auto add = [&](spec::Scope scope, const FormLayer& layer) {
            for (const spec::Field& field : spec::fields(scope)) {
                const std::string fieldName(field.name);
                const bool isValue = fieldName == "default" && !hasDeclaration; // the value itself
                if (field.use == spec::FieldUse::Used && !isValue && done.insert(fieldName).second) {
                    addPortField(field, layer, kind, name);
                }
            }
        };
        if (hasDeclaration) {
            add(isInput ? spec::Scope::InputDeclaration : spec::Scope::Output, m_layers.back());
        }
        add(isInput ? spec::Scope::Input : spec::Scope::Output, m_layers.front());
    }

    void addPortField(const spec::Field& field, const FormLayer& home, const std::string& kind, const std::string& name)
    {
        const std::string fieldName(field.name);
        FormCell cell;
        cell.step = m_step;
        cell.root = home.prefix.size();
        cell.place = { home.origin, home.file, joined(home.prefix, { kind, name, fieldName }), {}, false };
        for (const FormLayer& layer : m_layers) {
            const spec::YamlNode* node = layer.port(kind, name);
            const bool isValue = fieldName == "path" && layer.origin == FormOrigin::Pipeline;
            const spec::YamlNode* value = node != nullptr && node->isMap() && !isValue ? node->find(fieldName) : nullptr;
            const FormPlace place { layer.origin, layer.file, joined(layer.prefix, { kind, name, fieldName }), {}, isThere(value) };
            if (!cell.isWritten && isThere(value)) {
                cell.isWritten = true;
                cell.origin = layer.origin;
                cell.place = place;
                cell.root = layer.prefix.size();
                takeValue(cell, field, *value);
            }
        }
        FormRow& row = put(kind == "inputs" ? FormGroup::Inputs : FormGroup::Outputs, field, kind + "." + name + "." + fieldName, std::move(cell));
        row.parent = kind + "." + name;
        row.defaultText = toQt(field.defaultValue);
    }

    const std::vector<FormLayer>& m_layers;
    const std::string& m_step;
    std::vector<FormRow> m_rows;
};

} // namespace

std::vector<FormRow> portRows(const std::vector<FormLayer>& layers, const std::string& step, bool isInput)
{
    return PortRows(layers, step).rows(isInput);
}

} // namespace sheaf::ui
