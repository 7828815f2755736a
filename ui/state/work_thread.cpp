// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/work_thread.h"

namespace sheaf::ui {

WorkThread::WorkThread(QObject* parent)
    : QObject(parent)
    , m_thread([this](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            for (auto& job : m_jobs.waitAll(std::chrono::milliseconds(500))) {
                if (stop.stop_requested()) {
                    return;
                }
                job();
            }
        }
    })
{
}

WorkThread::~WorkThread()
{
    m_thread.request_stop();
    m_jobs.put([] { });
    m_thread.join();
}

void WorkThread::handBack(Job job)
{
    if (m_answers.put(std::move(job))) {
        QMetaObject::invokeMethod(this, &WorkThread::drain, Qt::QueuedConnection);
    }
}

void WorkThread::drain()
{
    for (auto& answer : m_answers.takeAll()) {
        answer();
    }
}

} // namespace sheaf::ui
