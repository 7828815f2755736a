// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/run_name.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <sys/random.h>

namespace sheaf::workspace {

namespace {

constexpr std::array<std::string_view, 64> kAdjectives { "amber", "brave", "bright", "brisk",
    "calm", "clear", "clever", "cool", "crisp", "deep", "eager", "early", "fair", "fine", "firm",
    "fresh", "gentle", "glad", "golden", "good", "grand", "green", "happy", "honest", "jolly",
    "keen", "kind", "large", "light", "lively", "loyal", "lucky", "mellow", "merry", "mild",
    "modest", "neat", "noble", "olive", "patient", "plain", "polite", "proud", "quick", "quiet",
    "rapid", "ready", "rosy", "round", "serene", "sharp", "silent", "silver", "simple", "smart",
    "smooth", "solid", "steady", "sunny", "swift", "tidy", "warm", "wise", "young" };
constexpr std::array<std::string_view, 64> kNouns { "acorn", "anchor", "apple", "arrow", "badger",
    "barley", "basket", "beacon", "birch", "bridge", "brook", "candle", "canyon", "cedar", "cherry",
    "clover", "comet", "coral", "crane", "dahlia", "ember", "falcon", "feather", "fern", "field",
    "forest", "garden", "grain", "harbor", "hazel", "heron", "hill", "island", "ivory", "juniper",
    "kettle", "lagoon", "lantern", "leaf", "lemon", "maple", "meadow", "mill", "oak", "oat",
    "orchard", "otter", "pebble", "pine", "plum", "prairie", "quartz", "raven", "reed", "river",
    "robin", "rye", "sparrow", "spruce", "stone", "straw", "thistle", "valley", "wheat" };
constexpr std::string_view kSuffix = "abcdefghijkmnpqrstuvwxyz23456789"; // no l, o, 0, 1

std::uint64_t randomBits()
{
    std::uint64_t bits = 0;
    while (::getrandom(&bits, sizeof bits, 0) != sizeof bits) { }
    return bits;
}

bool isLetterOrDigit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

} // namespace

bool isValidRunName(std::string_view name)
{
    return !name.empty() && name.size() <= 100 && isLetterOrDigit(name.front()) && name != "latest"
        && std::all_of(name.begin(), name.end(),
            [](char c) { return isLetterOrDigit(c) || c == '_' || c == '.' || c == '-'; });
}

std::string newRunName()
{
    std::uint64_t bits = randomBits();
    const auto take = [&bits](std::uint64_t count) {
        const std::uint64_t value = bits % count;
        bits /= count;
        return static_cast<std::size_t>(value);
    };
    std::string name(kAdjectives[take(kAdjectives.size())]);
    name += '_';
    name += kNouns[take(kNouns.size())];
    name += '_';
    for (int i = 0; i < 6; ++i) {
        name += kSuffix[take(kSuffix.size())];
    }
    return name;
}

} // namespace sheaf::workspace
