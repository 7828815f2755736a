// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/preview.h"

#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/plan/line_content.h"
#include "core/plan/plan_line.h"
#include "core/plan/plan_watch.h"
#include "core/plan/python_call.h"
#include "core/runtime/worker_start.h"

#include <functional>
#include <string_view>

namespace sheaf::workspace {

namespace {

constexpr std::string_view kMark = "sheaf:"; // preview.py begins its answer with it

/// The package is found as for workers: before everything else.
std::string script()
{
    std::string words = "sys.dont_write_bytecode = True\nsys.path.insert(0, ";
    plan::appendJsonText(words, paths::workerDir().string());
    return words + ")\nfrom sheaf_worker import preview\npreview.main()\n";
}

/// The line goes in as it is: nothing but Python reads all that may be in it.
std::string question(const PreviewRequest& request)
{
    return "{\"start\":" + json::serialize(runtime::workerStart(*request.header, request.settings)) + ",\"rows\":"
        + std::to_string(request.rows) + ",\"columns\":" + std::to_string(request.columns) + ",\"letters\":"
        + std::to_string(request.letters) + ",\"line\":" + request.line + "}";
}

tl::unexpected<Error> unreadable(const PreviewRequest& request, const std::string& reason)
{
    const std::string path = request.header->root + "/" + plan::readLine(request.line).firstPath;
    return fail(ErrorCode::InputUnreadable, { { "step", request.step }, { "path", path }, { "reason", reason } });
}

Result<MiniBatchPreview> understand(const PreviewRequest& request, const plan::PythonAnswer& answer)
{
    const std::size_t mark = answer.output.rfind("\n" + std::string(kMark));
    if (answer.exitCode != 0 || mark == std::string::npos) {
        const auto lines = text::split(text::trim(answer.errors), '\n');
        const std::string last = lines.empty() ? std::string() : lines.back();
        return unreadable(request, request.python + " ended with " + std::to_string(answer.exitCode) + (last.empty() ? "" : ": " + last));
    }
    const auto told = json::parse(text::trim(std::string_view(answer.output).substr(mark + 1 + kMark.size())));
    if (!told || !told->is_object()) {
        return fail(ErrorCode::Protocol, { { "peer", request.python }, { "reason", "its preview is no JSON object" } });
    }
    const auto word = [&](const char* name) {
        std::string value;
        const auto* found = told->get_object().if_contains(name);
        return found != nullptr && json::fromJson(*found, value) ? value : std::string();
    };
    if (const std::string package = word("missing"); !package.empty()) {
        return fail(ErrorCode::PackageMissing, { { "package", package }, { "python", request.python } });
    }
    if (const std::string error = word("error"); !error.empty()) {
        return unreadable(request, error);
    }
    MiniBatchPreview preview;
    if (!json::fromJson(*told, preview)) {
        return fail(ErrorCode::Protocol, { { "peer", request.python }, { "reason", "its preview is not of the agreed form" } });
    }
    return preview;
}

} // namespace

Result<MiniBatchPreview> previewMiniBatch(
    const PreviewRequest& request, std::stop_token stop, std::chrono::milliseconds atMost)
{
    // The call looks every few milliseconds whether it is to stop; that is when we look at the clock.
    const auto end = std::chrono::steady_clock::now() + atMost;
    std::stop_source source;
    bool isLate = false;
    const std::function<void(const plan::PlanProgress&)> look = [&](const plan::PlanProgress&) {
        isLate = isLate || std::chrono::steady_clock::now() >= end;
        if (isLate || stop.stop_requested()) {
            source.request_stop();
        }
    };
    plan::PlanRequest words;
    words.step = request.step;
    plan::PlanWatch watch(words, source.get_token(), look);
    const auto answer = plan::callPython(request.python, script(), question(request), watch);
    if (!answer) {
        return isLate && answer.error().code == ErrorCode::Canceled
            ? unreadable(request, "reading it took longer than " + text::humanSeconds(std::chrono::duration<double>(atMost).count()))
            : tl::unexpected<Error>(answer.error());
    }
    return understand(request, *answer);
}

} // namespace sheaf::workspace
