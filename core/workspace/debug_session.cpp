// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/debug_session.h"

#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/plan/line_content.h"
#include "core/plan/plan_line.h"
#include "core/runtime/launcher.h"
#include "core/runtime/worker_start.h"
#include "core/store/event_store.h"
#include "core/worker/child_process.h"
#include "core/worker/worker_process.h"
#include "core/workspace/code_snapshot.h"
#include "core/workspace/recorded_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cctype>

namespace sheaf::workspace {

namespace fs = std::filesystem;

namespace {

/// All that is read of the run.
struct Read
{
    runtime::RunDir dir;
    pipeline::RunSpec spec;
    std::size_t step = 0; // index in spec.steps
    plan::PlanFile plan;
    DebugSubject subject;

    [[nodiscard]] const pipeline::StepSpec& stepSpec() const { return spec.steps[step]; }
};

Result<pipeline::RunSpec> readSpec(const Workspace& workspace, const runtime::RunDir& dir)
{
    std::error_code ignored;
    if (!fs::exists(dir.spec(), ignored)) {
        return fail(ErrorCode::RunMissing, { { "run", dir.name() }, { "workspace", workspace.folder().string() } });
    }
    return workspace::readSpec(dir);
}

std::optional<event::AttemptEnded> lastAttempt(const runtime::RunDir& dir, StepIndex step, MiniBatchIndex miniBatch)
{
    std::optional<event::AttemptEnded> last;
    if (auto store = store::EventStore::openForReading(dir.database())) {
        if (const auto events = store->attemptsOf(step, miniBatch)) {
            for (const auto& event : *events) {
                if (const auto* ended = std::get_if<event::AttemptEnded>(&event.fact)) {
                    last = *ended;
                }
            }
        }
    }
    return last;
}

Result<Read> readAll(const Workspace& workspace, const DebugRequest& request)
{
    const auto dir = workspace.runDir(request.run);
    auto spec = readSpec(workspace, dir);
    if (!spec) {
        return tl::unexpected<Error>(spec.error());
    }
    const auto step = std::find_if(spec->steps.begin(), spec->steps.end(), [&](const auto& one) { return one.name == request.step; });
    if (step == spec->steps.end()) {
        std::vector<std::string> known;
        for (const auto& one : spec->steps) {
            known.push_back(one.name);
        }
        return fail(ErrorCode::StepMissing, { { "step", request.step }, { "known", text::join(known, ", ") } });
    }
    if (step->kind != pipeline::StepKind::Parallel) {
        return fail(ErrorCode::Invalid,
            { { "what", "STEP" }, { "found", request.step }, { "allowed", "it is a command step, which has no mini-batches" } });
    }
    std::error_code ignored;
    if (!fs::exists(dir.plan(request.step) / "plan.json", ignored)) {
        return fail(ErrorCode::Invalid,
            { { "what", "STEP" }, { "found", request.step }, { "allowed", "it was not begun in this run: its mini-batches are not known" } });
    }
    auto plan = plan::PlanFile::open(dir.plan(request.step));
    if (!plan) {
        return tl::unexpected<Error>(plan.error());
    }
    if (request.miniBatch.value >= plan->count()) {
        return fail(ErrorCode::Invalid,
            { { "what", "the mini-batch" }, { "found", std::to_string(request.miniBatch.value) },
                { "allowed", fmt::format("step {} has {} mini-batches, numbered from 0", request.step, plan->count()) } });
    }
    const auto index = static_cast<std::size_t>(step - spec->steps.begin());
    DebugSubject subject;
    subject.python = spec->python;
    subject.entryScript = step->parallel.entryScript;
    subject.isAsync = step->parallel.asyncMode;
    subject.kind = plan->header().kind;
    subject.root = plan->header().root;
    subject.inputs = plan::pathsOfLine(plan->line(request.miniBatch));
    subject.recorded = lastAttempt(dir, StepIndex(static_cast<std::uint32_t>(index)), request.miniBatch);
    subject.code = step->parallel.code;
    subject.snapshot = dir.code(request.step, subject.recorded ? subject.recorded->code : 0);
    if (auto changed = changedCode(subject.code, subject.snapshot)) {
        subject.changed = std::move(*changed);
    } else {
        subject.isCodeThere = false;
    }
    return Read { dir, std::move(*spec), index, std::move(*plan), std::move(subject) };
}

/// Puts other folders in place of the step's outputs wherever a text names them. Inputs stand for themselves: one may lie below an output.
class Moves
{
public:
    Moves(const Read& read, const fs::path& outputs)
        : m_own(read.dir.outputs() / read.stepSpec().name)
        , m_outputs(outputs)
    {
        const auto& step = read.stepSpec();
        add(m_own, outputs, true);
        for (const auto& output : step.outputs) {
            add(output.path, asideOf(output), true);
        }
        const fs::path folder = runtime::workerOutputDir(step, m_own);
        const auto owner = std::find_if(step.outputs.begin(), step.outputs.end(), [&](const auto& output) {
            return output.name == step.parallel.appendRowTo && fs::path(output.path).parent_path() == folder;
        });
        if (owner != step.outputs.end()) {
            add(folder, asideOf(*owner).parent_path(), false); // what else is in it is not the step's
        }
        for (const auto& input : step.inputs) {
            if (input.value.starts_with("/")) {
                add(input.value, input.value, true);
            }
        }
        std::stable_sort(m_moves.begin(), m_moves.end(), [](const Move& a, const Move& b) { return a.from.size() > b.from.size(); });
    }

    [[nodiscard]] fs::path asideOf(const pipeline::StepOutput& output) const
    {
        const fs::path path = output.path;
        const fs::path below = path.lexically_relative(m_own);
        if (!below.empty() && *below.begin() != "..") {
            return (m_outputs / below).lexically_normal();
        }
        return output.type == pipeline::DataType::UriFile ? m_outputs / output.name / path.filename() : m_outputs / output.name;
    }

    [[nodiscard]] std::string applied(std::string_view text) const
    {
        std::string moved;
        std::size_t at = 0;
        while (at < text.size()) {
            const bool begins = at == 0 || !(isOfName(text[at - 1]) || text[at - 1] == '/');
            const auto move = begins ? std::find_if(m_moves.begin(), m_moves.end(), [&](const Move& one) { return stands(one, text, at); })
                                     : m_moves.end();
            if (move != m_moves.end()) {
                moved += move->to;
                at += move->from.size();
            } else {
                moved += text[at++];
            }
        }
        return moved;
    }

private:
    struct Move
    {
        std::string from;
        std::string to;
        bool withContents; // what lies below goes with it
    };

    void add(const fs::path& from, const fs::path& to, bool withContents)
    {
        if (const std::string text = from.string(); text.size() > 1) {
            m_moves.push_back({ text, to.string(), withContents });
        }
    }
    static bool isOfName(char letter)
    {
        return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '.' || letter == '_' || letter == '-'
            || static_cast<unsigned char>(letter) >= 0x80;
    }
    static bool stands(const Move& move, std::string_view text, std::size_t at)
    {
        if (text.compare(at, move.from.size(), move.from) != 0) {
            return false;
        }
        const std::size_t end = at + move.from.size();
        return end == text.size() || (text[end] == '/' ? move.withContents || end + 1 == text.size() : !isOfName(text[end]));
    }

    fs::path m_own;
    fs::path m_outputs;
    std::vector<Move> m_moves;
};

/// A folder that was not there before.
Result<fs::path> makeFolder(const Workspace& workspace, const DebugRequest& request)
{
    const fs::path parent = workspace.folder() / ".sheaf" / "debug";
    if (auto made = paths::makeDirs(parent); !made) {
        return tl::unexpected<Error>(made.error());
    }
    for (int number = 1;; ++number) {
        const fs::path folder = parent / fmt::format("{}-{}-{}-{}", request.run, request.step, request.miniBatch.value, number);
        std::error_code error;
        if (fs::create_directory(folder, error)) {
            return folder;
        }
        if (error) {
            return failErrno(folder.string(), error.value());
        }
    }
}

/// Folders that processes are in; those of other users cannot be seen.
std::vector<std::string> foldersInUse()
{
    std::vector<std::string> folders;
    std::error_code error;
    for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
        std::error_code gone;
        if (auto folder = fs::read_symlink(it->path() / "cwd", gone); !gone) {
            folders.push_back(folder.string() + "/");
        }
    }
    return folders;
}

/// The line goes in as it is: nothing but Python reads all that may be in it.
std::string startText(const worker::WorkerStart& start, const DebugSession& session, MiniBatchIndex miniBatch, std::string_view line)
{
    std::string text = "{\"start\":" + json::serialize(start) + ",\"miniBatch\":" + std::to_string(miniBatch.value) + ",\"rows\":";
    plan::appendJsonText(text, session.rows.string());
    text += ",\"result\":";
    plan::appendJsonText(text, session.result.string());
    text += ",\"line\":";
    text += line;
    return text + "}\n";
}

} // namespace

Result<DebugSubject> debugSubject(const Workspace& workspace, const DebugRequest& request)
{
    auto read = readAll(workspace, request);
    if (!read) {
        return tl::unexpected<Error>(read.error());
    }
    return std::move(read->subject);
}

Result<DebugSession> prepareDebug(const Workspace& workspace, const DebugRequest& request)
{
    auto read = readAll(workspace, request);
    if (!read) {
        return tl::unexpected<Error>(read.error());
    }
    const auto& step = read->stepSpec();
    if (request.presentCode && !read->subject.isCodeThere) {
        return fail(ErrorCode::NotFound, { { "path", read->subject.code.string() } });
    }
    const auto folder = makeFolder(workspace, request);
    if (!folder) {
        return tl::unexpected<Error>(folder.error());
    }
    DebugSession session;
    session.folder = *folder;
    session.code = *folder / "code";
    session.outputs = *folder / "outputs";
    session.rows = *folder / "rows.txt";
    session.result = *folder / "result.json";
    const fs::path startFile = *folder / "START.json";
    const fs::path& code = request.presentCode ? read->subject.code : read->subject.snapshot;
    if (const auto copied = takeCodeSnapshot(code, session.code); !copied) {
        return tl::unexpected<Error>(copied.error());
    }

    const Moves moves(*read, session.outputs);
    const fs::path runOutputDir = runtime::workerOutputDir(step, read->dir.outputs() / step.name);
    const fs::path outputDir = moves.applied(runOutputDir.string());
    std::vector<fs::path> folders { session.outputs, outputDir, *folder / "temp", *folder / "logs" };
    for (const auto& output : step.outputs) {
        const fs::path path = moves.asideOf(output);
        folders.push_back(output.type == pipeline::DataType::UriFile ? path.parent_path() : path);
    }
    for (const auto& one : folders) {
        if (auto made = paths::makeDirs(one); !made) {
            return tl::unexpected<Error>(made.error());
        }
    }

    worker::WorkerStart start = runtime::workerStart(read->plan.header(), step, session.code, outputDir);
    for (auto& argument : start.arguments) {
        argument = moves.applied(argument);
    }
    start.node = std::to_string(read->subject.recorded ? read->subject.recorded->node.value : 0);
    start.process = "process000";
    start.logDir = (*folder / "logs").string();
    start.tempDir = (*folder / "temp").string();
    start.profilingModule.clear();

    auto environment = runtime::workerEnvironment(read->spec, step, runOutputDir);
    for (auto& [name, value] : environment) {
        value = moves.applied(value);
    }
    environment.emplace("AZUREML_CR_NODE_RANK", start.node);
    environment.emplace("PATH", runtime::searchPath(read->dir));
    session.environment = worker::childEnvironment(worker::withWorkerPackage(std::move(environment)));
    // -B: the copy of the code gets nothing that is not the user's.
    // The interpreter's own modules are no frozen ones: debugpy could not stop in what they call.
    session.words = { read->spec.python, "-B", "-X", "frozen_modules=off", "-m", "sheaf_worker.debug_one", startFile.string() };
    if (auto written = paths::writeFile(startFile, startText(start, session, request.miniBatch, read->plan.line(request.miniBatch))); !written) {
        return tl::unexpected<Error>(written.error());
    }
    session.subject = std::move(read->subject);
    sweepDebugFolders(workspace);
    return session;
}

void sweepDebugFolders(const Workspace& workspace)
{
    std::vector<std::pair<fs::file_time_type, fs::path>> folders;
    std::error_code error;
    for (fs::directory_iterator it(workspace.folder() / ".sheaf" / "debug", error), end; !error && it != end; it.increment(error)) {
        std::error_code gone;
        const auto changed = fs::last_write_time(it->path(), gone);
        if (it->path().filename().string().starts_with('.')) { // what an earlier sweep could not end
            fs::remove_all(it->path(), gone);
        } else if (!gone && it->is_directory(gone)) {
            folders.emplace_back(changed, it->path());
        }
    }
    if (folders.size() <= kKeptDebugFolders) {
        return;
    }
    std::sort(folders.begin(), folders.end(), std::greater<>());
    const auto inUse = foldersInUse();
    for (std::size_t i = kKeptDebugFolders; i < folders.size(); ++i) {
        const fs::path& folder = folders[i].second;
        const fs::path real = fs::canonical(folder, error);
        if (std::any_of(inUse.begin(), inUse.end(), [&](const std::string& used) { return used.starts_with(real.string() + "/"); })) {
            continue;
        }
        // By another name first: nobody looks into one that is half gone.
        const fs::path gone = folder.parent_path() / (".removed-" + folder.filename().string());
        fs::rename(folder, gone, error);
        if (!error) {
            fs::remove_all(gone, error);
        }
    }
}

std::optional<DebugResult> readDebugResult(const DebugSession& session)
{
    const auto text = paths::readFile(session.result);
    if (!text) {
        return std::nullopt;
    }
    auto result = json::deserialize<DebugResult>(*text, session.result.string());
    return result ? std::optional(std::move(*result)) : std::nullopt;
}

bool isAsRecorded(const event::AttemptEnded& recorded, const DebugResult& result)
{
    return result.outcome == json::enumName(recorded.outcome) && result.error == recorded.error
        && (recorded.outcome != event::AttemptOutcome::Done || result.returned == recorded.returned);
}

} // namespace sheaf::workspace
