// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/log_sources.h"
#include "app/cli/run_options.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "core/base/text.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <thread>
#include <variant>

namespace sheaf::cli {

namespace {

using namespace std::chrono_literals;
constexpr auto kLook = 200ms;

struct LogsOptions
{
    RunChoice choice;
    LogFilter filter;
    std::int64_t miniBatch = -1;
    bool follow = false;
};

/// Prints from several files; a head line says when the file changes.
class Printer
{
public:
    void print(const std::string& title, const std::string& bytes)
    {
        if (bytes.empty()) {
            return;
        }
        if (title != m_title) {
            fmt::print("{}{}\n", m_title.empty() ? "" : "\n",
                coloured(Colour::Bold, "==> " + title + " <=="));
            m_title = title;
        }
        printUserText(bytes);
        if (bytes.back() != '\n') {
            fmt::print("\n");
        }
    }

private:
    std::string m_title;
};

void printAll(const OpenRun& run,
    const LogFilter& filter,
    std::vector<LogSource>& sources,
    Printer& printer,
    bool toEnd)
{
    findLogSources(run, filter, sources);
    for (auto& source : sources) {
        for (std::string bytes = readNew(source, toEnd); !bytes.empty();
             bytes = readNew(source, toEnd)) {
            printer.print(source.title, bytes);
        }
    }
    std::fflush(stdout);
}

int printFiles(OpenRun& run, const LogsOptions& options)
{
    std::vector<LogSource> sources;
    Printer printer;
    while (options.follow) {
        // Whether it goes on is asked first, so that the last lines are not missed.
        run.refresh();
        const bool ended = run.isOver() || run.isInterrupted();
        printAll(run, options.filter, sources, printer, false);
        if (ended) {
            break;
        }
        std::this_thread::sleep_for(kLook);
    }
    printAll(run, options.filter, sources, printer, true);
    if (sources.empty()) {
        run.refresh();
        fmt::print(stderr, "sheaf: no log files of that kind {}in {}\n",
            run.isOver() ? "" : "yet ", harmlessLine(run.dir.path().string()));
        findLogSources(run, {}, sources);
        for (const auto& source : sources) {
            fmt::print(stderr, "  there is  {}\n", source.title);
        }
    }
    return 0;
}

void printAttempt(const OpenRun& run, const std::string& step, const event::AttemptEnded& attempt)
{
    fmt::print("{}\n",
        coloured(Colour::Bold,
            fmt::format("==> mini-batch {}, hand-out {}: {} on node {} {}, {} <==",
                attempt.miniBatch.value, attempt.picked, json::enumName(attempt.outcome),
                attempt.node.value, runtime::RunDir::processName(attempt.process),
                text::humanSeconds(attempt.elapsedSeconds))));
    for (const auto& range : attempt.logs) {
        const std::string bytes
            = readRange(run.dir.userLog(step, range.stream, attempt.node, attempt.process),
                range.begin, range.end);
        if (!bytes.empty()) {
            fmt::print("-- {}\n", json::enumName(range.stream));
            printUserText(bytes);
            fmt::print("{}", bytes.back() == '\n' ? "" : "\n");
        }
    }
    // A traceback ends with the error; the stack of what hung does not say why it was taken.
    std::string why = attempt.traceback;
    if (why.find(attempt.error) == std::string::npos) {
        why = attempt.error + (why.empty() ? "" : "\n") + why;
    }
    if (!why.empty()) {
        fmt::print("-- error\n");
        printUserText(why);
        fmt::print("{}", why.back() == '\n' ? "" : "\n");
    }
}

/// The step that --batch is about: the one named, else the only parallel one.
Result<StepIndex> stepOfBatch(const OpenRun& run, const std::string& named)
{
    if (!named.empty()) {
        return run.stepIndex(named);
    }
    std::vector<std::string> parallel;
    for (const auto& step : run.spec.steps) {
        if (step.kind == pipeline::StepKind::Parallel) {
            parallel.push_back(step.name);
        }
    }
    if (parallel.size() == 1) {
        return run.stepIndex(parallel.front());
    }
    return fail(ErrorCode::Invalid,
        { { "what", "STEP" }, { "found", "" },
            { "allowed",
                "--batch needs the name of a step here: " + text::join(parallel, ", ") } });
}

int printMiniBatch(OpenRun& run, const LogsOptions& options)
{
    const auto step = stepOfBatch(run, options.filter.step);
    if (!step) {
        return complain(step.error());
    }
    const std::string& name = run.spec.steps[step->value].name;
    if (run.spec.steps[step->value].kind != pipeline::StepKind::Parallel) {
        return complain({ ErrorCode::Invalid,
            { { "what", "--batch" }, { "found", std::to_string(options.miniBatch) },
                { "allowed", "step " + name + " is a command step, which has no mini-batches" } } });
    }
    const auto* picture = run.picture.step(name);
    if (picture == nullptr || options.miniBatch >= picture->total()) {
        return complain({ ErrorCode::Invalid,
            { { "what", "--batch" }, { "found", std::to_string(options.miniBatch) },
                { "allowed",
                    fmt::format("step {} has {} mini-batches, numbered from 0", name,
                        picture != nullptr ? picture->total() : 0) } } });
    }
    const auto attempts = run.store->attemptsOf(
        *step, MiniBatchIndex(static_cast<std::uint32_t>(options.miniBatch)));
    if (!attempts) {
        return complain(attempts.error());
    }
    for (const auto& event : *attempts) {
        if (const auto* attempt = std::get_if<event::AttemptEnded>(&event.fact)) {
            printAttempt(run, name, *attempt);
        }
    }
    if (attempts->empty()) {
        fmt::print(stderr, "sheaf: mini-batch {} of step {} has not ended any attempt yet\n",
            options.miniBatch, name);
    }
    return 0;
}

int logs(LogsOptions options)
{
    auto run = openRun(options.choice);
    if (!run) {
        return complain(run.error());
    }
    options.filter.process = processWord(options.filter.process);
    if (!options.filter.step.empty()) {
        if (const auto step = run->stepIndex(options.filter.step); !step) {
            return complain(step.error());
        }
    }
    return options.miniBatch >= 0 ? printMiniBatch(*run, options) : printFiles(*run, options);
}

} // namespace

void addLogs(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<LogsOptions>();
    auto* verb
        = app.add_subcommand("logs", "Print what the entry scripts and commands of a run wrote");
    verb->footer(
        "A head line ==> step node process stream <== says where the lines that follow come from.");
    addRunChoice(*verb, options->choice);
    verb->add_option("STEP", options->filter.step, "This step only");
    verb->add_option("--node", options->filter.node, "This node only: 0, 1, …")->type_name("N");
    verb->add_option(
            "--process", options->filter.process, "This worker process only: 3 or process003")
        ->type_name("P");
    auto* batch = verb->add_option("--batch", options->miniBatch,
                          "What one mini-batch wrote in each of its attempts, and its errors")
                      ->type_name("K")
                      ->check(CLI::NonNegativeNumber);
    verb->add_flag("--follow,-f", options->follow, "Go on printing until the run ends")
        ->excludes(batch);
    verb->callback([options, &exitCode] { exitCode = logs(*options); });
}

} // namespace sheaf::cli
