// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/fingerprint.h"

#include <xxhash.h>

namespace sheaf {

struct Fingerprint::State {
    XXH3_state_t* xxh3 = XXH3_createState();
    State() { XXH3_64bits_reset(xxh3); }
    ~State() { XXH3_freeState(xxh3); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Fingerprint::Fingerprint()
    : m_state(std::make_unique<State>())
{
}

Fingerprint::~Fingerprint() = default;

void Fingerprint::add(std::string_view bytes)
{
    XXH3_64bits_update(m_state->xxh3, bytes.data(), bytes.size());
}

std::uint64_t Fingerprint::value() const
{
    return XXH3_64bits_digest(m_state->xxh3);
}

} // namespace sheaf
