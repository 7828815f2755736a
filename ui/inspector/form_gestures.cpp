// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/form_gestures.h"

#include "core/edit/pipeline_edit.h"
#include "core/edit/port_rename.h"
#include "ui/state/app_context.h"
#include "ui/text/convert.h"

namespace sheaf::ui {

Result<void> FormGestures::carryOut(const QString& title, const std::vector<FormChange>& changes, const QString& visit)
{
    const auto texts = textsAfter(changes, [this](const std::string& file) { return m_context.document.text(toQt(file)); });
    if (!texts) {
        return tl::unexpected<Error>(texts.error());
    }
    return applyAll(title, *texts, visit);
}

Result<void> FormGestures::applyAll(const QString& title, const std::map<std::string, std::string>& texts, const QString& visit)
{
    Gesture gesture { title, {}, {}, visit };
    gesture.mergesLate = true;
    for (const auto& [file, text] : texts) {
        const std::string* now = m_context.document.text(toQt(file));
        if (now == nullptr) {
            return fail(ErrorCode::NotFound, { { "path", file } });
        }
        gesture.parts.push_back({ toQt(file), DocumentState::difference(*now, text) });
    }
    m_context.document.apply(gesture);
    return {};
}

Result<void> FormGestures::renamePort(const FormSource& source, const QString& step, bool isInput, const QString& from, const QString& to)
{
    if (step.isEmpty()) {
        return m_context.document.renamePipelinePort(isInput, from, to);
    }
    const std::string job = toStd(m_context.document.jobFile());
    const spec::StepDefinition* definition = source.resolved ? source.resolved->written.step(toStd(step)) : nullptr;
    const std::string component = definition != nullptr && definition->component && definition->component->file != job ? definition->component->file : std::string();
    const std::string* jobText = m_context.document.text(toQt(job));
    if (jobText == nullptr) {
        return fail(ErrorCode::NotFound, { { "path", job } });
    }
    edit::PortTexts texts { *jobText, {} };
    if (const std::string* text = component.empty() ? nullptr : m_context.document.text(toQt(component))) {
        texts.component = *text;
    }
    using Kind = edit::PortRef::Kind;
    const auto renamed = edit::withStepPortRenamed(texts, { isInput ? Kind::StepInput : Kind::StepOutput, toStd(step), toStd(from) }, toStd(to));
    if (!renamed) {
        return tl::unexpected<Error>(renamed.error());
    }
    std::map<std::string, std::string> all { { job, renamed->job } };
    if (renamed->component) {
        all.emplace(component, *renamed->component);
    }
    return applyAll(tr("Rename %1 of %2 → %3").arg(from, step, to), all);
}

Result<void> FormGestures::promote(const QString& step, const std::vector<std::string>& path, const QString& name, const QString& type)
{
    const QString file = m_context.document.jobFile();
    const std::string* text = m_context.document.text(file);
    if (text == nullptr) {
        return fail(ErrorCode::NotFound, { { "path", toStd(file) } });
    }
    const auto now = edit::promoted(*text, toStd(step), path, toStd(name), toStd(type));
    if (!now) {
        return tl::unexpected<Error>(now.error());
    }
    return applyAll(tr("Promote %1 of %2 to input %3").arg(toQt(path.back()), step, name), { { toStd(file), *now } });
}

Result<void> FormGestures::enable(const QStringList& steps)
{
    const QString file = m_context.document.jobFile();
    const std::string* text = m_context.document.text(file);
    if (text == nullptr) {
        return fail(ErrorCode::NotFound, { { "path", toStd(file) } });
    }
    std::vector<std::string> names;
    for (const QString& step : steps) {
        names.push_back(toStd(step));
    }
    const auto all = edit::withStepsEnabled(*text, names);
    if (!all) {
        return tl::unexpected<Error>(all.error());
    }
    return applyAll(steps.size() == 1 ? tr("Enable %1").arg(steps.first()) : tr("Enable %n steps", nullptr, static_cast<int>(steps.size())), { { toStd(file), *all } });
}

} // namespace sheaf::ui
