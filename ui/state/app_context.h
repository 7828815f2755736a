// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/state/catalog_state.h"
#include "ui/state/document_state.h"
#include "ui/state/history_state.h"
#include "ui/state/pipeline_state.h"
#include "ui/state/plan_state.h"
#include "ui/state/run_state.h"
#include "ui/state/selection_state.h"
#include "ui/state/settings_state.h"
#include "ui/state/work_thread.h"

#include <utility>

namespace sheaf::ui {

/// Owns all shared state; built once in main (or in a test) and given to the shell. Main thread.
class AppContext
{
public:
    AppContext()
    {
        // The first to hear of it: the panels find nothing chosen. A run that is opened again is the same one.
        QObject::connect(&run, &RunState::opened, &selection, [this, last = QString()]() mutable {
            const QString folder = QString::fromStdString(run.dir().path().string());
            if (std::exchange(last, folder) != folder) {
                selection.forgetRun();
            }
        });
    }

    WorkThread reader; // quick reads
    WorkThread worker; // what may take a while
    WorkThread resolver; // understands the pipeline file after each change
    WorkThread checker; // waits for interpreters
    WorkThread planner; // may be busy with one plan for minutes
    WorkThread previewer; // waits for interpreters that read a mini-batch
    SettingsState settings;
    SelectionState selection;
    DocumentState document;
    CatalogState catalog { document, worker };
    PipelineState pipeline { document, resolver, checker, settings };
    PlanState plan { planner, previewer };
    RunState run { reader, worker };
    HistoryState history { reader, worker, run };
};

} // namespace sheaf::ui
