// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/run/mini_batch_rows.h"

#include "core/base/clock.h"
#include "core/triage/slowness.h"
#include "ui/text/convert.h"

#include <QCoreApplication>

#include <algorithm>
#include <bit>
#include <numeric>

namespace sheaf::ui {

namespace {

using event::MiniBatchNow;

/// Seconds as a number that sorts as they do; 0: not known.
std::uint64_t sortable(double seconds)
{
    return seconds < 0 ? 0 : std::uint64_t { std::bit_cast<std::uint32_t>(static_cast<float>(seconds)) } + 1;
}

/// Place of each error text in the alphabet, by its number.
std::vector<std::uint32_t> ranksOf(const event::ErrorTexts& errors)
{
    std::vector<std::uint32_t> numbers(errors.size() + 1);
    std::iota(numbers.begin(), numbers.end(), 0U);
    std::sort(numbers.begin(), numbers.end(), [&](std::uint32_t a, std::uint32_t b) { return errors.text(a) < errors.text(b); });
    std::vector<std::uint32_t> ranks(numbers.size());
    for (std::size_t place = 0; place < numbers.size(); ++place) {
        ranks[numbers[place]] = static_cast<std::uint32_t>(place);
    }
    return ranks;
}

struct KeyOf {
    RowOrder order;
    std::int64_t nowMicros;
    const std::vector<std::uint32_t>& ranks;
    const std::unordered_map<std::uint32_t, std::int64_t>* wrote;

    std::uint64_t operator()(std::uint32_t number, const MiniBatchNow& now) const
    {
        switch (order) {
        case RowOrder::Number:
            break;
        case RowOrder::State:
            return static_cast<std::uint64_t>(now.state);
        case RowOrder::Tries:
            return now.tries();
        case RowOrder::Node:
            return now.wasTried() ? ((std::uint64_t { now.node.value } << 32U) | now.process.value) + 1 : 0;
        case RowOrder::Process:
            return now.wasTried() ? ((std::uint64_t { now.process.value } << 32U) | now.node.value) + 1 : 0;
        case RowOrder::Start:
            return static_cast<std::uint64_t>(std::max<std::int64_t>(0, now.startMicros));
        case RowOrder::Elapsed:
            return sortable(secondsOf(now, nowMicros));
        case RowOrder::RunTime:
            return sortable(now.lastEvent != 0 ? static_cast<double>(now.runSeconds) : -1);
        case RowOrder::ItemsOk:
            return now.itemsOk();
        case RowOrder::ItemsFailed:
            return now.lastEvent != 0 ? std::uint64_t { now.itemsFailed() } + 1 : 0;
        case RowOrder::Error:
            return now.error < ranks.size() ? ranks[now.error] : 0;
        case RowOrder::Silence: {
            if (now.state != event::MiniBatchState::Running) {
                return 0;
            }
            std::int64_t last = 0;
            if (wrote != nullptr) {
                const auto known = wrote->find(number);
                last = known != wrote->end() ? known->second : 0;
            }
            return sortable(silenceOf(now, last, nowMicros));
        }
        }
        return 0;
    }
};

void sortRows(std::vector<std::uint32_t>& rows, const RowFacts& facts, const RowsWanted& wanted)
{
    if (wanted.order == RowOrder::Number) {
        if (wanted.isDescending) {
            std::reverse(rows.begin(), rows.end());
        }
        return;
    }
    const std::vector<std::uint32_t> ranks = wanted.order == RowOrder::Error ? ranksOf(facts.step->errors) : std::vector<std::uint32_t>();
    const KeyOf keyOf { wanted.order, facts.nowMicros, ranks, facts.wrote };
    struct Keyed { std::uint64_t key; std::uint32_t number; };
    std::vector<Keyed> keys;
    keys.reserve(rows.size());
    for (const std::uint32_t number : rows) {
        const std::uint64_t key = keyOf(number, facts.step->miniBatches[number]);
        const bool isUnknown = key == 0 && wanted.order != RowOrder::State && wanted.order != RowOrder::Tries && wanted.order != RowOrder::ItemsOk;
        keys.push_back({ isUnknown ? ~std::uint64_t { 0 } : wanted.isDescending ? ~key : key, number }); // what has none comes last, either way
    }
    std::sort(keys.begin(), keys.end(), [](const Keyed& a, const Keyed& b) { return a.key != b.key ? a.key < b.key : a.number < b.number; });
    std::transform(keys.begin(), keys.end(), rows.begin(), [](const Keyed& one) { return one.number; });
}

QByteArray quoted(std::string_view text)
{
    QByteArray out(text.data(), static_cast<qsizetype>(text.size()));
    if (out.contains(',') || out.contains('"') || out.contains('\n') || out.contains('\r')) {
        out.replace("\"", "\"\"");
        out = '"' + out + '"';
    }
    return out;
}

} // namespace

double secondsOf(const MiniBatchNow& now, std::int64_t nowMicros)
{
    if (now.state == event::MiniBatchState::Running) {
        return nowMicros > 0 ? std::max(0.0, static_cast<double>(nowMicros - now.startMicros) / 1e6) : -1;
    }
    return now.lastEvent != 0 ? static_cast<double>(now.elapsedSeconds) : -1;
}

double silenceOf(const MiniBatchNow& now, std::int64_t wroteMicros, std::int64_t nowMicros)
{
    if (now.state != event::MiniBatchState::Running || nowMicros <= 0) {
        return -1;
    }
    // What was written before this try began is not its own: then it is silent since it began.
    return static_cast<double>(std::max<std::int64_t>(0, nowMicros - std::max(wroteMicros, now.startMicros))) / 1e6;
}

std::vector<std::uint32_t> arrangeRows(const RowFacts& facts, const RowsWanted& wanted)
{
    triage::MiniBatchFacts seen;
    seen.step = facts.step->name;
    seen.miniBatches = facts.step->miniBatches;
    seen.groups = facts.groups;
    seen.errors = &facts.step->errors;
    seen.inputBytes = facts.inputBytes;
    seen.nowMicros = facts.nowMicros;
    std::vector<std::uint8_t> slow;
    if (wanted.filter.asksForSlow()) {
        slow.resize(facts.step->miniBatches.size());
        for (const auto& mark : triage::slownessOf(*facts.step, { facts.nowMicros, {}, {} }).marks) {
            slow[mark.miniBatch.value] = 1;
        }
        seen.slow = slow;
    }
    std::vector<std::uint32_t> rows;
    if (wanted.filter.isEmpty()) {
        rows.resize(facts.step->miniBatches.size());
        std::iota(rows.begin(), rows.end(), 0U);
    } else {
        const auto chosen = triage::matching(wanted.filter, seen);
        rows.reserve(chosen.size());
        for (const MiniBatchIndex one : chosen) {
            rows.push_back(one.value);
        }
    }
    sortRows(rows, facts, wanted);
    return rows;
}

QString idList(std::span<const std::uint32_t> numbers)
{
    QString text;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t last = i;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) {
            ++last;
        }
        text += (text.isEmpty() ? QString() : QStringLiteral(",")) + QString::number(numbers[i]);
        if (last > i) {
            text += QLatin1Char('-') + QString::number(numbers[last]);
        }
        i = last + 1;
    }
    return text;
}

QString withFilterWord(const QString& filter, const QString& key, const QString& word)
{
    QStringList words;
    bool isPlaced = word.isEmpty();
    for (const std::string& one : triage::filterWords(toStd(filter))) {
        if (toQt(triage::filterKey(one)) != key) {
            words << toQt(one);
        } else if (!isPlaced) {
            words << word;
            isPlaced = true;
        }
    }
    if (!isPlaced) {
        words << word;
    }
    return words.join(QLatin1Char(' '));
}

QString complaintText(const triage::MiniBatchFilter& filter)
{
    const auto say = [](const char* text) { return QCoreApplication::translate("filter", text); };
    if (!filter.complaint()) {
        return {};
    }
    using Kind = triage::FilterComplaint::Kind;
    const auto& complaint = *filter.complaint();
    const QString key = toQt(complaint.key);
    const QString found = toQt(complaint.found);
    const QString allowed = toQt(complaint.allowed);
    switch (complaint.kind) {
    case Kind::NoSuchKey:
        return say("There is no key “%1”; there are %2").arg(found, allowed);
    case Kind::NoSuchState:
        return say("There is no state “%1”; there are %2").arg(found, allowed);
    case Kind::NotANumber:
        return say("“%1” wants figures, such as %2").arg(key, allowed);
    case Kind::NotYesOrNo:
        return say("“%1” is yes or no").arg(key);
    case Kind::BadRegex:
        return say("“%1” is not a regular expression: %2").arg(found, allowed);
    case Kind::NoValue:
        break;
    }
    return {};
}

QByteArray csvOf(const RowFacts& facts, std::span<const std::uint32_t> rows)
{
    QByteArray out = "mini_batch,state,tries,node,process,start,elapsed_seconds,run_seconds,process_seconds,items_ok,items_failed,failure_group,error\r\n";
    out.reserve(static_cast<qsizetype>(rows.size()) * 80);
    for (const std::uint32_t number : rows) {
        if (number >= facts.step->miniBatches.size()) {
            continue;
        }
        const MiniBatchNow& now = facts.step->miniBatches[number];
        const bool hasEnded = now.lastEvent != 0;
        const double seconds = secondsOf(now, facts.nowMicros);
        const std::uint32_t group = number < facts.groups.size() ? facts.groups[number] : 0;
        const auto figure = [](bool isKnown, double value) { return isKnown ? QByteArray::number(value, 'f', 3) : QByteArray(); };
        const auto count = [](bool isKnown, std::uint32_t value) { return isKnown ? QByteArray::number(value) : QByteArray(); };
        out += QByteArray::number(number) + ',' + json::enumName(now.state) + ',' + QByteArray::number(now.tries()) + ',' + count(now.wasTried(), now.node.value) + ','
            + count(now.wasTried(), now.process.value) + ',' + (now.startMicros > 0 ? QByteArray::fromStdString(isoTime(now.startMicros)) + 'Z' : QByteArray()) + ','
            + figure(seconds >= 0, seconds) + ',' + figure(hasEnded, static_cast<double>(now.runSeconds)) + ',' + figure(hasEnded, static_cast<double>(now.processSeconds)) + ','
            + count(hasEnded, now.itemsOk()) + ',' + count(hasEnded, now.itemsFailed()) + ',' + count(group != 0, group) + ','
            + quoted(facts.step->errors.text(now.error)) + "\r\n";
    }
    return out;
}

} // namespace sheaf::ui
