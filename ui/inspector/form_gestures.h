// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/error.h"
#include "ui/inspector/form_changes.h"
#endif

#include <QCoreApplication>

namespace sheaf::ui {

class AppContext;

/// What the form does to the files, each call one step of undo or nothing: then the error says why, and the caller tells it. Owned by the
/// form; main thread.
class FormGestures
{
    Q_DECLARE_TR_FUNCTIONS(FormGestures)

public:
    explicit FormGestures(AppContext& context)
        : m_context(context)
    {
    }

    /// Steps of undo with the same `visit` become one.
    Result<void> carryOut(const QString& title, const std::vector<FormChange>& changes, const QString& visit = {});
    /// An input or output of a step; of the pipeline when `step` is "".
    Result<void> renamePort(const FormSource& source, const QString& step, bool isInput, const QString& from, const QString& to);
    /// The value at `path` of the step becomes an input of the pipeline.
    Result<void> promote(const QString& step, const std::vector<std::string>& path, const QString& name, const QString& type);
    Result<void> enable(const QStringList& steps);

private:
    Result<void> applyAll(const QString& title, const std::map<std::string, std::string>& texts, const QString& visit = {});

    AppContext& m_context;
};

} // namespace sheaf::ui
