// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/shared_traits.h"

#include "core/base/text.h"
#include "core/plan/line_content.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

namespace sheaf::triage {

namespace {

constexpr double kNearlyAll = 0.8; // of the members
constexpr double kLift = 2; // times as often as among the others
constexpr double kChance = 0.05;
constexpr std::uint32_t kFewest = 3;
constexpr std::uint32_t kFewForPlace = 19; // others, for one alone to stand out by its place
constexpr std::uint32_t kSizesOfOthers = 4000; // files looked at to know what is usual
constexpr std::uint32_t kValues = 100'000; // kinds, folders and keys counted; what comes after is rare

/// How often a value is among members and others.
struct Tally {
    std::uint32_t with = 0;
    std::uint32_t others = 0;
};

/// Whether so many members have it by chance, when any mini-batch has it with the share of all: members are few, so the
/// probability that all of them do is an upper bound good enough.
bool isByChance(std::uint32_t with, double shareOfAll)
{
    return std::pow(shareOfAll, with) > kChance;
}

bool holds(std::uint32_t with, std::uint32_t of, std::uint32_t othersWith, std::uint32_t others)
{
    if (of < kFewest || others == 0 || with < kNearlyAll * of) {
        return false;
    }
    const double share = static_cast<double>(with) / of;
    const double usual = static_cast<double>(othersWith) / others;
    return share >= kLift * usual && !isByChance(with, static_cast<double>(with + othersWith) / (of + others));
}

/// The one value that holds best, if any does.
template <class Tallies> auto bestOf(const Tallies& tallies, std::uint32_t of, std::uint32_t others)
{
    auto best = tallies.end();
    for (auto one = tallies.begin(); one != tallies.end(); ++one) {
        const auto& [with, othersWith] = one->second;
        if (holds(with, of, othersWith, others)
            && (best == tallies.end() || with > best->second.with || (with == best->second.with && othersWith < best->second.others))) {
            best = one;
        }
    }
    return best;
}

std::string countsOf(const SharedTrait& trait, std::string_view doing, std::string_view did)
{
    return fmt::format("{} of {} {}; of the others {} of {} {}.", text::humanCount(trait.with), text::humanCount(trait.of), doing,
        text::humanCount(trait.othersWith), text::humanCount(trait.others), trait.othersWith == 1 && did == "do" ? "does" : did);
}

/// Which mini-batches are members, and which of the others have been tried: those that nobody has worked on yet say nothing.
struct Parts {
    enum class Part : std::uint8_t { Untried, Other, Member };
    std::vector<Part> parts;
    std::uint32_t members = 0;
    std::uint32_t others = 0;

    Parts(const event::FailureGroup& group, const event::StepPicture& step)
        : parts(step.total(), Part::Untried)
    {
        for (const MiniBatchIndex member : group.members) {
            if (member.value < parts.size() && !isMember(member.value)) {
                parts[member.value] = Part::Member;
                ++members;
            }
        }
        for (std::uint32_t i = 0; i < step.total(); ++i) {
            if (!isMember(i) && step.miniBatches[i].lastEvent != 0) {
                parts[i] = Part::Other;
                ++others;
            }
        }
    }
    [[nodiscard]] bool isMember(std::uint32_t index) const { return parts[index] == Part::Member; }
    [[nodiscard]] bool isOther(std::uint32_t index) const { return parts[index] == Part::Other; }
};

using Traits = std::vector<SharedTrait>;

/// Where the failed attempts of the group were: a mini-batch that failed on a bad node is tried again elsewhere, so its last
/// place says nothing.
void addNode(const event::FailureGroup& group, const event::StepPicture& step, const Parts& parts, Traits& traits)
{
    std::map<std::uint32_t, Tally> tallies;
    for (const auto& [node, attempts] : group.nodes) {
        tallies[node].with = attempts;
    }
    std::uint32_t others = 0;
    for (std::uint32_t i = 0; i < step.total(); ++i) {
        if (parts.isOther(i)) {
            ++tallies[step.miniBatches[i].node.value].others;
            ++others;
        }
    }
    const auto best = bestOf(tallies, group.attempts, others);
    if (best == tallies.end() || tallies.size() < 2) {
        return;
    }
    SharedTrait trait { TraitKind::Node, std::to_string(best->first), best->second.with, group.attempts, best->second.others, others, {} };
    const std::string what = group.attempts > parts.members ? "attempts that failed so were" : "ran";
    trait.sentence = fmt::format("{} of {} {} on node {}; of the other mini-batches {} of {} ran there.", text::humanCount(trait.with),
        text::humanCount(trait.of), what, trait.value, text::humanCount(trait.othersWith), text::humanCount(trait.others));
    traits.push_back(std::move(trait));
}

void addProcess(const event::StepPicture& step, const Parts& parts, Traits& traits)
{
    std::map<std::pair<std::uint32_t, std::uint32_t>, Tally> tallies;
    std::uint32_t members = 0;
    std::uint32_t others = 0;
    for (std::uint32_t i = 0; i < step.total(); ++i) {
        const event::MiniBatchNow& now = step.miniBatches[i];
        if (now.lastEvent == 0 || (parts.isMember(i) && now.state == event::MiniBatchState::Done)) {
            continue; // done elsewhere in a later attempt: where it failed is not known here
        }
        Tally& tally = tallies[{ now.node.value, now.process.value }];
        ++(parts.isMember(i) ? tally.with : tally.others);
        ++(parts.isMember(i) ? members : others);
    }
    const auto best = bestOf(tallies, members, others);
    if (best == tallies.end()) {
        return;
    }
    const auto& [place, tally] = *best;
    SharedTrait trait { TraitKind::Process, fmt::format("process{:03} of node {}", place.second, place.first), tally.with, members,
        tally.others, others, {} };
    trait.sentence = countsOf(trait, "ran in " + trait.value, "did");
    // The process says more than its node.
    std::erase_if(traits, [](const SharedTrait& one) { return one.kind == TraitKind::Node; });
    traits.push_back(std::move(trait));
}

/// Members that lie close together in the plan, or are its first or last ones.
void addPosition(const Parts& parts, Traits& traits)
{
    const auto total = static_cast<std::uint32_t>(parts.parts.size());
    const auto isMember = [](Parts::Part part) { return part == Parts::Part::Member; };
    const auto begin = std::find_if(parts.parts.begin(), parts.parts.end(), isMember);
    const auto end = std::find_if(parts.parts.rbegin(), parts.parts.rend(), isMember).base();
    const auto first = static_cast<std::uint32_t>(begin - parts.parts.begin());
    const auto last = static_cast<std::uint32_t>(end - parts.parts.begin()) - 1;
    const auto between = static_cast<std::uint32_t>(std::count(begin, end, Parts::Part::Other));
    SharedTrait trait { TraitKind::Position, first == last ? std::to_string(first) : fmt::format("{}-{}", first, last), parts.members,
        parts.members, between, parts.others, {} };
    const bool atEnd = last + 1 == total;
    const bool atStart = first == 0;
    if (parts.members == 1) {
        if ((atEnd || atStart) && parts.others >= kFewForPlace) {
            trait.sentence = atEnd ? "It is the last mini-batch, which may be smaller than the others." : "It is the first mini-batch.";
            traits.push_back(std::move(trait));
        }
        return;
    }
    const std::uint32_t span = last - first + 1;
    const double share = static_cast<double>(parts.members + between) / (parts.members + parts.others);
    // The first and the last of them may be any: so many times likelier than that all of them fall into a place chosen before.
    const double chance = static_cast<double>(parts.members) * std::pow(share, static_cast<double>(parts.members) - 1);
    if (parts.members < kFewest || chance > kChance || trait.othersWith * kLift > parts.others) {
        return;
    }
    trait.sentence = atStart ? fmt::format("All are among the first {} of {} mini-batches", text::humanCount(span), text::humanCount(total))
        : atEnd              ? fmt::format("All are among the last {} of {} mini-batches", text::humanCount(span), text::humanCount(total))
                             : fmt::format("All lie between mini-batch {} and {}", first, last);
    trait.sentence += trait.othersWith == 0 ? ", one after another." : fmt::format(", where {} others are.", text::humanCount(trait.othersWith));
    traits.push_back(std::move(trait));
}

/// ".csv", "" without one; a leading dot is a name.
std::string_view extensionOf(std::string_view path)
{
    const std::string_view name = path.substr(path.rfind('/') + 1); // npos + 1 is 0
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot);
}

std::string_view folderOf(std::string_view path)
{
    return path.substr(0, path.rfind('/') + 1);
}

/// What the plan knows of the inputs of members and others.
class Inputs
{
public:
    Inputs(const Parts& parts, const TraitSources& sources)
        : m_parts(parts)
        , m_sources(sources)
    {
    }

    void add(std::uint32_t index, bool withSize)
    {
        const bool isMember = m_parts.isMember(index);
        const std::string_view line = m_sources.planLine(MiniBatchIndex(index));
        const plan::LineContent content = plan::readLine(line);
        if (content.parts == 0) {
            return;
        }
        ++(isMember ? m_members : m_others);
        std::vector<std::string> paths;
        if (content.parts == 1) {
            paths.push_back(content.firstPath);
        } else {
            paths = plan::pathsOfLine(line);
        }
        m_seen.clear();
        for (const std::string& path : paths) {
            note(m_kinds, extensionOf(path), isMember);
        }
        m_seen.clear();
        for (const std::string& path : paths) {
            note(m_folders, folderOf(path), isMember);
        }
        m_seen.clear();
        for (const auto& [column, value] : content.key) {
            note(m_keys, column + "=" + value, isMember);
        }
        if (withSize) {
            addSize(content, paths, isMember);
        }
    }

    void tell(Traits& traits)
    {
        tellSize(traits);
        tellBest(traits, m_keys, TraitKind::Key, [](const std::string& value) { return "have the key " + value; });
        tellBest(traits, m_kinds, TraitKind::FileKind,
            [](const std::string& value) { return value.empty() ? std::string("hold a file without an extension") : "hold a " + value + " file"; });
        tellBest(traits, m_folders, TraitKind::Folder,
            [](const std::string& value) { return value.empty() ? std::string("hold files of the top folder") : "hold files of " + value; });
    }

private:
    using Tallies = std::unordered_map<std::string, Tally>;

    /// Counts a value once for the mini-batch that is being added.
    void note(Tallies& tallies, std::string_view value, bool isMember)
    {
        if (!m_seen.empty() && (m_seen.back() == value || std::find(m_seen.begin(), m_seen.end(), value) != m_seen.end())) {
            return;
        }
        m_seen.emplace_back(value);
        if (tallies.size() < kValues || tallies.contains(m_seen.back())) {
            Tally& tally = tallies[m_seen.back()];
            ++(isMember ? tally.with : tally.others);
        }
    }

    void addSize(const plan::LineContent& content, const std::vector<std::string>& paths, bool isMember)
    {
        std::uint64_t bytes = content.amount;
        if (content.hasSlices && !m_sources.slicesAreBytes) {
            return;
        }
        if (!content.hasSlices) {
            if (!m_sources.fileBytes) {
                return;
            }
            bytes = 0;
            for (const std::string& path : paths) {
                const auto size = m_sources.fileBytes(path);
                if (!size) {
                    return;
                }
                bytes += *size;
            }
        }
        (isMember ? m_memberBytes : m_otherBytes).push_back(bytes);
    }

    /// Members that are larger, or smaller, than is usual: a border that 4 in 5 of them are beyond, and half of the others at most.
    void tellSize(Traits& traits)
    {
        if (m_memberBytes.size() < kFewest || m_otherBytes.empty()) {
            return;
        }
        std::sort(m_memberBytes.begin(), m_memberBytes.end());
        std::sort(m_otherBytes.begin(), m_otherBytes.end());
        const std::uint64_t usual = m_otherBytes[m_otherBytes.size() / 2];
        const auto of = static_cast<std::uint32_t>(m_memberBytes.size());
        const auto others = static_cast<std::uint32_t>(m_otherBytes.size());
        // All of them beyond the border, if that holds, else 4 in 5.
        for (const std::size_t few : { std::size_t { 0 }, m_memberBytes.size() / 5 }) {
            SharedTrait trait { TraitKind::Size, {}, 0, of, 0, others, {} };
            const std::uint64_t atLeast = m_memberBytes[few];
            const std::uint64_t atMost = m_memberBytes[of - 1 - few];
            if (atLeast > usual) {
                trait.with = of - below(m_memberBytes, atLeast);
                trait.othersWith = others - below(m_otherBytes, atLeast);
                trait.value = "≥ " + text::humanBytes(atLeast);
                trait.sentence = countsOf(trait, fmt::format("have {} of input or more", text::humanBytes(atLeast)), "do");
            } else if (atMost < usual) {
                trait.with = below(m_memberBytes, atMost + 1);
                trait.othersWith = below(m_otherBytes, atMost + 1);
                trait.value = atMost == 0 ? "empty" : "≤ " + text::humanBytes(atMost);
                trait.sentence = countsOf(trait,
                    atMost == 0 ? std::string("have empty files only") : fmt::format("have {} of input or less", text::humanBytes(atMost)), "do");
            }
            if (trait.with > 0 && holds(trait.with, of, trait.othersWith, others)) {
                trait.sentence.replace(trait.sentence.size() - 1, 1, ", where " + text::humanBytes(usual) + " is usual.");
                traits.push_back(std::move(trait));
                return;
            }
        }
    }

    static std::uint32_t below(const std::vector<std::uint64_t>& sorted, std::uint64_t value)
    {
        return static_cast<std::uint32_t>(std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin());
    }

    template <class Words> void tellBest(Traits& traits, const Tallies& tallies, TraitKind kind, Words words) const
    {
        const auto best = bestOf(tallies, m_members, m_others);
        if (best == tallies.end()) {
            return;
        }
        SharedTrait trait { kind, best->first, best->second.with, m_members, best->second.others, m_others, {} };
        trait.sentence = countsOf(trait, words(trait.value), "do");
        traits.push_back(std::move(trait));
    }

    const Parts& m_parts;
    const TraitSources& m_sources;
    std::uint32_t m_members = 0;
    std::uint32_t m_others = 0;
    Tallies m_kinds;
    Tallies m_folders;
    Tallies m_keys;
    std::vector<std::string> m_seen;
    std::vector<std::uint64_t> m_memberBytes;
    std::vector<std::uint64_t> m_otherBytes;
};

} // namespace

std::vector<SharedTrait> sharedTraits(const event::FailureGroup& group, const event::StepPicture& step, const TraitSources& sources)
{
    const Parts parts(group, step);
    Traits traits;
    if (parts.members == 0 || parts.others == 0) {
        return traits;
    }
    addNode(group, step, parts, traits);
    addProcess(step, parts, traits);
    addPosition(parts, traits);
    if (sources.planLine) {
        Inputs inputs(parts, sources);
        // To ask for the size of a file costs a look at the disk: of the others, some evenly spread are enough.
        const std::uint32_t stride = std::max(1U, parts.others / kSizesOfOthers);
        std::uint32_t other = 0;
        for (std::uint32_t i = 0; i < step.total(); ++i) {
            if (parts.isMember(i)) {
                inputs.add(i, true);
            } else if (parts.isOther(i)) {
                inputs.add(i, other++ % stride == 0);
            }
        }
        inputs.tell(traits);
    }
    // What sets them apart most comes first.
    std::stable_sort(traits.begin(), traits.end(), [](const SharedTrait& a, const SharedTrait& b) {
        return static_cast<double>(a.othersWith) / std::max(1U, a.others) < static_cast<double>(b.othersWith) / std::max(1U, b.others);
    });
    return traits;
}

} // namespace sheaf::triage
