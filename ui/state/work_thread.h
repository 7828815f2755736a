// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/mailbox.h"

#include <functional>
#include <memory>
#include <thread>
#endif

#include <QObject>
#include <QPointer>

namespace sheaf::ui {

/// One background thread that is given questions and hands back answers as values. Owned by AppContext, which has two: one that
/// reads (run records, files: quick) and one that works (starting runs, layout: may take a second).
/// `work` runs in its thread, `then` in the main thread and only while `guard` lives; answers come in the order of the questions.
/// What was not begun when it is destroyed is dropped: nothing that must be kept is written here.
class WorkThread : public QObject
{
    Q_OBJECT

public:
    explicit WorkThread(QObject* parent = nullptr);
    ~WorkThread() override;

    template <class Work, class Then>
    void ask(QObject* guard, Work work, Then then)
    {
        m_jobs.put([this, alive = QPointer<QObject>(guard), work = std::move(work), then = std::move(then)]() mutable {
            auto answer = std::make_shared<decltype(work())>(work());
            handBack([alive, answer, then = std::move(then)]() mutable {
                if (alive) {
                    then(std::move(*answer));
                }
            });
        });
    }

private:
    using Job = std::function<void()>;
    void handBack(Job job);
    void drain();

    Mailbox<Job> m_jobs;
    Mailbox<Job> m_answers;
    std::jthread m_thread;
};

} // namespace sheaf::ui
