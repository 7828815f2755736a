// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
// bench-edit [--lines N]: from a keystroke in a job file of 2,000 lines to the canvas's answer; and the time that the main thread is held.
// bench-edit --start: from the start of a process to an empty canvas that can be edited.
#include "tests/bench/bench_run.h"
#include "ui/canvas/canvas_panel.h"
#include "ui/shell/main_window.h"
#include "ui/state/app_context.h"
#include "ui/style/theme.h"

#include <fmt/format.h>

#include <QApplication>
#include <QEventLoop>
#include <QProcess>

#include <algorithm>
#include <chrono>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds(Clock::time_point since)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - since).count();
}

std::string jobOf(int lines)
{
    std::string text = "type: pipeline\ninputs:\n  data: {type: uri_folder, path: ./data}\njobs:\n";
    int count = 4;
    for (int i = 0; count < lines; ++i) {
        text += fmt::format("  # step {0}\n  work_{0}:\n    type: parallel\n    inputs:\n      files:\n        type: uri_folder\n        path: {1}\n    outputs:\n"
                            "      rows:\n        type: uri_folder\n    input_data: ${{{{inputs.files}}}}\n    mini_batch_size: '10'\n    max_concurrency_per_instance: 2\n"
                            "    mini_batch_error_threshold: 5\n    retry_settings:\n      max_retries: 2\n      timeout: 60\n    resources:\n      instance_count: 2\n"
                            "    task:\n      type: run_function\n      code: ./src\n      entry_script: work.py\n      program_arguments: >-\n"
                            "        --rate 0.5\n        --resource_monitor_interval 10\n      append_row_to: ${{{{outputs.rows}}}}\n      environment: azureml:any:1\n\n",
            i, i == 0 ? "${{parent.inputs.data}}" : fmt::format("${{{{parent.jobs.work_{}.outputs.rows}}}}", (i - 1) / 2));
        count += 29;
    }
    return text;
}

int start(const char* program)
{
    std::vector<double> times;
    for (int i = 0; i < 7; ++i) {
        QProcess child;
        const auto begin = Clock::now();
        child.start(QString::fromLocal8Bit(program), { QStringLiteral("--child") });
        child.waitForFinished(60000);
        const double until = child.readAllStandardOutput().contains("ready") ? milliseconds(begin) : -1;
        times.push_back(until);
    }
    std::sort(times.begin(), times.end());
    fmt::print("start to an empty canvas: median {:.0f} ms, best {:.0f}, worst {:.0f}\n{{\"start_ms\":{:.0f}}}\n", times[3], times[0], times[6], times[3]);
    return times[0] < 0 ? 1 : 0;
}

/// What the studio's main does, up to the canvas; then it says so and ends.
int child(QApplication& application)
{
    const auto folder = bench::folderFor("start");
    bench::write(folder / "pipeline.yml", "type: pipeline\njobs:\n");
    AppContext context;
    applyTheme(application, ThemeChoice::Light);
    MainWindow window(context);
    window.show();
    window.openPath(QString::fromStdString((folder / "pipeline.yml").string()));
    auto* canvas = window.findChild<CanvasPanel*>();
    QObject::connect(&context.pipeline, &PipelineState::changed, &window, [&] {
        if (canvas->isVisible()) {
            canvas->repaint();
            fmt::print("ready\n");
            std::fflush(stdout);
            std::_Exit(0); // the end is not what is measured
        }
    });
    return QApplication::exec();
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    const auto has = [&](const char* word) { return std::find(words.begin(), words.end(), word) != words.end(); };
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("sheaf-bench"));
    if (has("--start")) {
        return start(argv[0]);
    }
    if (has("--child")) {
        return child(application);
    }
    applyTheme(application, ThemeChoice::Light);
    const int lines = std::stoi(bench::option(argc, argv, "lines", "2000"));
    const auto folder = bench::folderFor("edit");
    const std::string text = jobOf(lines);
    bench::write(folder / "pipeline.yml", text);
    bench::write(folder / "data/a.txt", "1\n");
    bench::write(folder / "src/work.py", "def run(files):\n    return files\n");

    AppContext context;
    CanvasPanel panel(context);
    panel.resize(1200, 800);
    panel.show();
    context.pipeline.open(QString::fromStdString((folder / "pipeline.yml").string()));
    const auto drawn = [&](auto&& does) {
        QEventLoop loop;
        const auto connection = QObject::connect(panel.scene(), &GraphScene::looksChanged, &loop, &QEventLoop::quit, Qt::QueuedConnection);
        const auto begin = Clock::now();
        does();
        const double held = milliseconds(begin);
        loop.exec();
        QObject::disconnect(connection);
        QApplication::processEvents();
        return std::pair(milliseconds(begin), held);
    };
    drawn([] {});
    std::vector<double> answers;
    std::vector<double> heldTimes;
    const std::string file = *context.document.text(context.document.jobFile());
    const std::size_t place = file.find("timeout: 60", file.size() / 2) + 9;
    for (int i = 0; i < 60; ++i) {
        const bool isIn = i % 2 == 0; // a digit typed, and taken back
        const auto [answer, held] = drawn([&] {
            context.document.apply({ QStringLiteral("Typing"), { { context.document.jobFile(), { { place, place + (isIn ? 0 : 1), isIn ? "1" : "" } } } }, {}, QStringLiteral("typing") });
        });
        answers.push_back(answer);
        heldTimes.push_back(held);
    }
    std::sort(answers.begin(), answers.end());
    std::sort(heldTimes.begin(), heldTimes.end());
    fmt::print("{} lines, {} steps: keystroke to canvas median {:.1f} ms, P95 {:.1f} ms; main thread held {:.2f} ms\n{{\"edit_ms\":{:.1f},\"edit_p95_ms\":{:.1f}}}\n", lines,
        panel.scene()->nodes().size(), answers[30], answers[57], heldTimes[30], answers[30], answers[57]);
    context.document.discardOnClose();
    return 0;
}
