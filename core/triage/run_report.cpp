// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/run_report.h"

#include "core/base/text.h"
#include "core/triage/budgets.h"
#include "core/triage/failed_now.h"
#include "core/triage/run_comparison.h"
#include "core/triage/settings_in_force.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <iterator>
#include <string_view>

namespace sheaf::triage {

using event::MiniBatchState;

namespace {

constexpr std::size_t kCells = 2000;
constexpr std::size_t kColumns = 80;
constexpr int kCell = 12; // CSS pixels from one to the next
constexpr std::size_t kFailedListed = 20000;
constexpr std::size_t kGroupsOpen = 3; // whose tracebacks are in view at once

/// The worst first: what a cell that stands for many shows.
constexpr std::array kWorstFirst { MiniBatchState::Failed, MiniBatchState::TimedOut, MiniBatchState::Canceled, MiniBatchState::Retrying,
    MiniBatchState::Running, MiniBatchState::Pending, MiniBatchState::Ignored, MiniBatchState::Done };

constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--line:#d9dde4;--text:#1d232e;--muted:#5b6473;--accent:#1f5fbf;
--Pending:#b0b6c2;--Running:#0028da;--Retrying:#d18120;--Done:#376f55;--Failed:#a10300;--TimedOut:#b55dfd;--Canceled:#34001a;--Ignored:#544860}
@media (prefers-color-scheme:dark){:root{--ground:#15181d;--card:#1d2127;--line:#343a44;--text:#e4e7ec;--muted:#9aa3b2;--accent:#7fb0ff;
--Pending:#636a77;--Running:#50cbf9;--Retrying:#eba50c;--Done:#378b5f;--Failed:#e1210f;--TimedOut:#a857e4;--Canceled:#94a1a5;--Ignored:#60309c}}
*{box-sizing:border-box}
body{margin:0;padding:32px 16px;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,sans-serif}
main{max-width:1060px;margin:0 auto}
h1{font-size:1.35rem;line-height:1.35;margin:.2em 0 .4em;font-weight:600}
h2{font-size:1.15rem;margin:0 0 .6em}
h3{font-size:1rem;margin:1.6em 0 .5em}
section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:20px 24px;margin:16px 0}
.muted,caption{color:var(--muted)}
.state{display:inline-block;border:1px solid currentColor;border-radius:999px;padding:0 .7em;font-size:.85rem;font-weight:600}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:600;color:var(--muted)}
th,td{padding:4px 12px 4px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
td.n,th.n{text-align:right;white-space:nowrap;overflow-wrap:normal}
td.set{font-weight:600}
code,pre{font-family:ui-monospace,monospace;font-size:.85rem}
pre{margin:.5em 0;padding:10px 12px;background:var(--ground);border:1px solid var(--line);border-radius:6px;overflow-x:auto;max-height:32em}
summary{cursor:pointer;padding:4px 0}
ul{margin:.3em 0;padding-left:1.3em}
svg{display:block;max-width:100%;height:auto;margin:.4em 0}
.legend span{display:inline-block;margin-right:1.2em;white-space:nowrap}
.legend i{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.4em}
.scroll{max-height:40em;overflow:auto}
@media print{body{padding:0;background:#fff}section{border:0;padding:8px 0}.scroll,pre{max-height:none}}
)css";

std::string escaped(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default:
            // No page may hold other control characters; a terminal's colours begin with one.
            out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? std::string("\xEF\xBF\xBD") : std::string(1, c);
        }
    }
    return out;
}

std::string localTime(std::int64_t micros)
{
    if (micros <= 0) {
        return "–";
    }
    const auto seconds = static_cast<std::time_t>(micros / 1'000'000);
    std::tm parts {};
    ::localtime_r(&seconds, &parts);
    std::array<char, 64> text {};
    std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S %Z", &parts);
    return text.data();
}

std::string_view wordOf(MiniBatchState state)
{
    switch (state) {
    case MiniBatchState::Pending:
        return "not run";
    case MiniBatchState::Running:
        return "running";
    case MiniBatchState::Retrying:
        return "to be tried again";
    case MiniBatchState::Done:
        return "done";
    case MiniBatchState::Failed:
        return "failed";
    case MiniBatchState::TimedOut:
        return "timed out";
    case MiniBatchState::Canceled:
        return "canceled";
    case MiniBatchState::Ignored:
        return "ignored";
    }
    return "";
}

std::string_view wordOf(BudgetKind kind)
{
    switch (kind) {
    case BudgetKind::FailedMiniBatches:
        return "Failed mini-batches";
    case BudgetKind::FailedItems:
        return "Failed items";
    case BudgetKind::FailedPercent:
        return "Failed percent";
    case BudgetKind::Retries:
        return "Retries";
    case BudgetKind::Progress:
        return "Time without progress";
    }
    return "";
}

/// The outcome in words, and the state whose colour it has.
std::pair<std::string_view, MiniBatchState> faceOf(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Waiting:
        return { "Waiting", MiniBatchState::Pending };
    case Outcome::Running:
        return { "Running", MiniBatchState::Running };
    case Outcome::Interrupted:
        return { "Interrupted", MiniBatchState::Canceled };
    case Outcome::Completed:
        return { "Completed", MiniBatchState::Done };
    case Outcome::CompletedWithFailures:
        return { "Completed with failures", MiniBatchState::Retrying };
    case Outcome::Failed:
        return { "Failed", MiniBatchState::Failed };
    case Outcome::Canceled:
        return { "Canceled", MiniBatchState::Canceled };
    }
    return { "", MiniBatchState::Pending };
}

class Page
{
public:
    Page(const pipeline::RunSpec& spec, const event::RunPicture& picture, const ReportMoment& moment)
        : m_spec(spec)
        , m_picture(picture)
        , m_moment(moment)
    {
    }

    std::string write()
    {
        add(R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="generator" content="Sheaf"><title>{} – Sheaf</title><style>{}</style></head><body><main>
)",
            escaped(m_spec.run), kStyle);
        head();
        for (const auto& step : m_spec.steps) {
            stepSection(step);
        }
        nodes();
        add("</main></body></html>\n");
        return std::move(m_html);
    }

private:
    template <class... Args> void add(fmt::format_string<Args...> format, Args&&... args)
    {
        fmt::format_to(std::back_inserter(m_html), format, std::forward<Args>(args)...);
    }
    void badge(Outcome outcome)
    {
        const auto [word, colour] = faceOf(outcome);
        add(R"html(<span class="state" style="color:var(--{})">{}</span>)html", json::enumName(colour), word);
    }

    void head()
    {
        const Verdict verdict = verdictOf(m_picture, m_spec, m_moment.liveness);
        add("<header><p class=\"muted\"><strong>{}</strong> &nbsp;", escaped(m_spec.run));
        badge(verdict.outcome);
        add("</p><h1>{}</h1>\n", escaped(verdict.what.text()));
        const bool isOver = m_moment.liveness == Liveness::Gone;
        const double took = m_picture.workedSeconds(m_picture.startedMicros(), isOver ? m_picture.endedMicros() : m_moment.micros);
        add("<p class=\"muted\">{}<br>Started {}{}{}<br>Told {} by Sheaf {}</p></header>\n", escaped(m_spec.jobFile), localTime(m_picture.startedMicros()),
            took > 0 ? ", took " + text::humanSeconds(took) : "",
            m_picture.resumes() == 0 ? ""
                : m_picture.resumes() == 1 ? ", resumed once" : fmt::format(", resumed {} times", m_picture.resumes()),
            localTime(m_moment.micros), escaped(m_spec.sheafVersion));
        if (!verdict.why.empty()) {
            add("<section><h2>Why</h2><ul>\n");
            for (const auto& sentence : verdict.why) {
                add("<li>{}</li>\n", escaped(sentence.text()));
            }
            add("</ul></section>\n");
        }
        if (!verdict.next.empty()) {
            add("<section><h2>What to do next</h2><ul>\n");
            for (const auto& action : verdict.next) {
                add("<li>{}", escaped(action.text.text()));
                if (action.command) {
                    const auto& command = *action.command;
                    add("<br><code>sheaf {} {}{}{}</code>", escaped(command.verb), escaped(command.subject), command.rest.empty() ? "" : " ", escaped(command.rest));
                }
                add("</li>\n");
            }
            add("</ul></section>\n");
        }
    }

    void stepSection(const pipeline::StepSpec& spec)
    {
        const auto* step = m_picture.step(spec.name);
        const auto verdict = verdictOf(m_picture, m_spec, spec.name, m_moment.liveness);
        add("<section><h2>{} &nbsp;", escaped(spec.name));
        badge(verdict ? verdict->outcome : Outcome::Waiting);
        add("</h2>\n");
        if (verdict && m_spec.steps.size() > 1) {
            add("<p>{}</p>\n", escaped(verdict->what.text()));
        }
        if (step != nullptr) {
            if (step->total() > 0) {
                counts(*step);
                grid(*step);
                times(*step);
            }
            budgets(*step, spec);
            groups(*step);
            failed(*step);
            for (const auto& warning : step->warnings) {
                add("<p class=\"muted\">{}</p>\n", escaped(warning));
            }
        }
        settings(spec);
        add("</section>\n");
    }

    void counts(const event::StepPicture& step)
    {
        add("<p class=\"legend\">");
        for (auto state = kWorstFirst.rbegin(); state != kWorstFirst.rend(); ++state) {
            if (step.count(*state) > 0) {
                add("<span><i style=\"background:var(--{})\"></i>{} {}</span>", json::enumName(*state), text::humanCount(step.count(*state)), wordOf(*state));
            }
        }
        add("<span class=\"muted\">of {} mini-batches</span></p>\n", text::humanCount(step.total()));
    }

    void grid(const event::StepPicture& step)
    {
        const std::size_t total = step.total();
        const std::size_t perCell = (total + kCells - 1) / kCells;
        const std::size_t cells = (total + perCell - 1) / perCell;
        const std::size_t columns = std::min(cells, kColumns);
        const std::size_t rows = (cells + columns - 1) / columns;
        add(R"(<svg width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" aria-label="States of the mini-batches, in order of their numbers">)",
            columns * kCell, rows * kCell);
        add("\n");
        std::string marks;
        for (std::size_t cell = 0; cell < cells; ++cell) {
            const std::size_t first = cell * perCell;
            const std::size_t end = std::min(total, first + perCell);
            std::array<std::size_t, event::kMiniBatchStates> states {};
            for (std::size_t i = first; i < end; ++i) {
                ++states[static_cast<std::size_t>(step.miniBatches[i].state)];
            }
            const auto worst = *std::find_if(kWorstFirst.begin(), kWorstFirst.end(), [&](MiniBatchState state) { return states[static_cast<std::size_t>(state)] > 0; });
            const std::size_t x = cell % columns * kCell;
            const std::size_t y = cell / columns * kCell;
            add(R"html(<rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="var(--{})"><title>)html", x + 1, y + 1, kCell - 2, kCell - 2, json::enumName(worst));
            if (perCell == 1) {
                add("{}: {}", first, wordOf(worst));
            } else {
                add("{}–{}: {} of {} {}", first, end - 1, states[static_cast<std::size_t>(worst)], end - first, wordOf(worst));
            }
            add("</title></rect>\n");
            if (worst == MiniBatchState::Failed) {
                fmt::format_to(std::back_inserter(marks), "M{} {}l4 4m0 -4l-4 4", x + 4, y + 4);
            } else if (worst == MiniBatchState::TimedOut) {
                fmt::format_to(std::back_inserter(marks), "M{} {}v3h3", x + 6, y + 3);
            }
        }
        if (!marks.empty()) { // not by colour alone
            add(R"(<path d="{}" fill="none" stroke="#fff" stroke-width="1.5" pointer-events="none"/>)", marks);
        }
        add("</svg>\n");
        if (perCell > 1) {
            add("<p class=\"muted\">A cell stands for {} mini-batches and shows the worst of them.</p>\n", text::humanCount(perCell));
        }
    }

    void times(const event::StepPicture& step)
    {
        const StepTiming timing = timingOf(m_picture, step);
        add("<h3>Times</h3><table><tr><th class=\"n\">The step</th><th class=\"n\">Median</th><th class=\"n\">95 % within</th><th class=\"n\">Slowest</th>"
            "<th class=\"n\">Tries that failed</th></tr>\n");
        const auto seconds = [&](double value) { return timing.done > 0 ? text::humanSeconds(value) : std::string("–"); };
        add("<tr><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr></table>\n",
            timing.wall > 0 ? text::humanSeconds(timing.wall) : std::string("–"), seconds(timing.median), seconds(timing.p95), seconds(timing.worst),
            text::humanCount(step.attemptsFailed));
        add("<p class=\"muted\">Median, 95 % and slowest are of the mini-batches that were done.</p>\n");
    }

    void budgets(const event::StepPicture& step, const pipeline::StepSpec& spec)
    {
        const auto all = budgetsOf(step, spec, m_moment.liveness == Liveness::Gone ? 0 : m_moment.micros, m_picture.lifeMicros());
        if (all.empty()) {
            return;
        }
        add("<h3>Budgets</h3><table><tr><th>Of</th><th>Setting</th><th>Used</th></tr>\n");
        for (const auto& budget : all) {
            add("<tr><td>{}</td><td><code>{}</code></td><td{}>{}</td></tr>\n", wordOf(budget.kind), escaped(budget.setting), budget.isCrossed ? " class=\"set\"" : "",
                escaped(budget.text));
        }
        add("</table>\n");
    }

    void groups(const event::StepPicture& step)
    {
        const auto& all = step.failures.groups();
        if (all.empty() && step.initTraceback.empty()) {
            return;
        }
        add("<h3>Failures by cause</h3>\n");
        if (!step.initTraceback.empty()) {
            add("<details open><summary>init()</summary><pre>{}</pre></details>\n", escaped(step.initTraceback));
        }
        auto order = largestGroups(step);
        const std::size_t failedNow = order.size();
        for (std::size_t number = 1; number <= all.size(); ++number) { // those of which none is failed any more
            if (std::none_of(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(failedNow), [&](const auto& one) { return one.first == number; })) {
                order.emplace_back(number, 0);
            }
        }
        for (std::size_t i = 0; i < order.size(); ++i) {
            const auto [number, now] = order[i];
            const auto& group = all[number - 1];
            const std::size_t members = group.members.size();
            add("<details{}><summary><strong>{}</strong> {} failed{} · {}</summary>\n", i < kGroupsOpen ? " open" : "", text::humanCount(now),
                now == 1 ? "mini-batch" : "mini-batches", members > now ? fmt::format(", {} at some time", text::humanCount(members)) : std::string(),
                escaped(group.firstError));
            std::vector<std::string> where;
            for (const auto& [node, attempts] : group.nodes) {
                where.push_back(std::to_string(node));
            }
            add("<p class=\"muted\">Cause {}: {} tries on node {}, first of mini-batch {} at {}, last at {}</p>\n", number, text::humanCount(group.attempts),
                text::join(where, ", "), group.firstMiniBatch.value, localTime(group.firstMicros), localTime(group.lastMicros));
            if (!group.firstTraceback.empty()) {
                add("<pre>{}</pre>\n", escaped(group.firstTraceback));
            }
            add("</details>\n");
        }
    }

    void failed(const event::StepPicture& step)
    {
        const std::size_t count = step.count(MiniBatchState::Failed) + step.count(MiniBatchState::TimedOut);
        if (count == 0) {
            return;
        }
        add("<h3>Mini-batches that failed</h3>\n");
        if (count > kFailedListed) {
            add("<p>The first {} of {} are listed. All: <code>sheaf batches {} {} --state failed,timedout</code></p>\n", text::humanCount(kFailedListed),
                text::humanCount(count), escaped(m_spec.run), escaped(step.name));
        }
        add("<div class=\"scroll\"><table><tr><th class=\"n\">Mini-batch</th><th>State</th><th class=\"n\">Tries</th><th class=\"n\">Node</th><th>Worker</th>"
            "<th class=\"n\">Took</th><th class=\"n\">Items</th><th class=\"n\">Cause</th><th>Error</th></tr>\n");
        std::size_t listed = 0;
        for (std::size_t i = 0; i < step.miniBatches.size() && listed < kFailedListed; ++i) {
            const auto& one = step.miniBatches[i];
            if (!isFailed(one.state)) {
                continue;
            }
            ++listed;
            const MiniBatchIndex number(static_cast<std::uint32_t>(i));
            const std::size_t cause = step.failures.numberOf(number);
            add("<tr><td class=\"n\">{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{:03}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
                "<td class=\"n\">{}</td><td>{}</td></tr>\n",
                i, wordOf(one.state), one.picked, one.node.value, one.process.value, text::humanSeconds(static_cast<double>(one.elapsedSeconds)),
                text::humanCount(one.items), cause > 0 ? std::to_string(cause) : std::string(), escaped(step.errorOf(number)));
        }
        add("</table></div>\n");
    }

    void settings(const pipeline::StepSpec& spec)
    {
        add("<h3>Settings in force</h3><details><summary>In the words of the job file, with the defaults</summary>"
            "<table><tr><th>Setting</th><th>In force</th><th>From</th></tr>\n");
        for (const auto& setting : settingsInForce(spec)) {
            add("<tr><td><code>{}</code></td><td{}>{}</td><td class=\"muted\">{}</td></tr>\n", escaped(setting.name), setting.isSetByUser ? " class=\"set\"" : "",
                escaped(setting.value), setting.isSetByUser ? "set" : "default");
        }
        add("</table>");
        if (!m_spec.overrides.empty()) {
            add("<p class=\"muted\">Set for this run alone: <code>{}</code></p>", escaped("--set " + text::join(m_spec.overrides, " --set ")));
        }
        add("</details>\n");
    }

    void nodes()
    {
        if (m_picture.nodes().empty()) {
            return;
        }
        add("<section><h2>Nodes</h2><table><tr><th class=\"n\">Node</th><th>Host</th><th class=\"n\">Cores</th><th class=\"n\">Memory</th>"
            "<th class=\"n\">Done</th><th class=\"n\">Failed tries</th></tr>\n");
        for (const auto& node : m_picture.nodes()) {
            std::uint64_t done = 0;
            std::uint64_t failed = 0;
            for (const auto& step : m_picture.steps()) {
                for (const auto& worker : step.workers) {
                    done += worker.node == node.node ? worker.done : 0;
                    failed += worker.node == node.node ? worker.failed : 0;
                }
            }
            add("<tr><td class=\"n\">{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
                node.node.value, escaped(node.host), node.cores, text::humanBytes(node.memoryBytes), text::humanCount(done), text::humanCount(failed));
        }
        add("</table></section>\n");
    }

    const pipeline::RunSpec& m_spec;
    const event::RunPicture& m_picture;
    const ReportMoment& m_moment;
    std::string m_html;
};

} // namespace

std::string reportHtml(const pipeline::RunSpec& spec, const event::RunPicture& picture, const ReportMoment& moment)
{
    return Page(spec, picture, moment).write();
}

} // namespace sheaf::triage
