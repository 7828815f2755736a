// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/field_scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sheaf::plan {

FieldState scanFieldsBytewise(FieldState state, std::string_view bytes, char delimiter)
{
    const auto letter = static_cast<unsigned char>(delimiter);
    for (const char byte : bytes) {
        state = nextState(state, static_cast<unsigned char>(byte), letter);
    }
    return state;
}

#if defined(__x86_64__)

namespace {

constexpr std::size_t kBlock = 64;

struct Block
{
    __m256i low;
    __m256i high;
};

__attribute__((target("avx2,pclmul"))) inline std::uint64_t placesOf(
    const Block& block, __m256i letter)
{
    const auto low
        = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(block.low, letter)));
    const auto high
        = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(block.high, letter)));
    return static_cast<std::uint64_t>(high) << 32U | low;
}

/// Bit i of the answer is the parity of bits 0…i: with the places of quotes, "an odd number of
/// quotes up to here".
__attribute__((target("avx2,pclmul"))) inline std::uint64_t parityUpTo(std::uint64_t bits)
{
    const __m128i product = _mm_clmulepi64_si128(
        _mm_set_epi64x(0, static_cast<long long>(bits)), _mm_set1_epi8(static_cast<char>(0xFF)), 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

bool startsField(char byte, char delimiter)
{
    return byte == delimiter || byte == '\n' || byte == '\r';
}

/// Within a block the state follows from the parity of quotes, as long as every quote that would
/// open a field stands where one may: at the start of a field, or right behind a closing quote
/// (then the two are one). Otherwise it is a letter (5" pipe), parity is wrong, and the block is
/// walked byte by byte.
__attribute__((target("avx2,pclmul"))) FieldState scanBlocks(
    FieldState state, const char* at, std::size_t blocks, char delimiter)
{
    const __m256i quotes = _mm256_set1_epi8('"');
    const __m256i delimiters = _mm256_set1_epi8(delimiter);
    const __m256i newlines = _mm256_set1_epi8('\n');
    const __m256i returns = _mm256_set1_epi8('\r');
    for (; blocks > 0; --blocks, at += kBlock) {
        const Block block { _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)),
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + kBlock / 2)) };
        const std::uint64_t quoted = placesOf(block, quotes);
        if (quoted == 0) {
            if (state != FieldState::Quoted) {
                state = startsField(at[kBlock - 1], delimiter) ? FieldState::Start
                                                               : FieldState::Plain;
            }
            continue;
        }
        const std::uint64_t inside
            = parityUpTo(quoted) ^ (state == FieldState::Quoted ? ~std::uint64_t { 0 } : 0);
        const std::uint64_t opening = quoted & inside;
        const std::uint64_t closing = quoted & ~inside;
        const std::uint64_t starting
            = placesOf(block, delimiters) | placesOf(block, newlines) | placesOf(block, returns);
        const bool mayOpenFirst = state == FieldState::Start || state == FieldState::QuoteSeen;
        const std::uint64_t mayOpen = (starting | closing) << 1U | (mayOpenFirst ? 1U : 0U);
        if ((opening & ~mayOpen) != 0) {
            state = scanFieldsBytewise(state, std::string_view(at, kBlock), delimiter);
            continue;
        }
        const auto isLast = [](std::uint64_t places) { return places >> (kBlock - 1) != 0; };
        state = isLast(inside) ? FieldState::Quoted
            : isLast(closing)  ? FieldState::QuoteSeen
            : isLast(starting) ? FieldState::Start
                               : FieldState::Plain;
    }
    return state;
}

bool hasBlocks()
{
    static const bool has = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul");
    return has;
}

} // namespace

FieldState scanFields(FieldState state, std::string_view bytes, char delimiter)
{
    // A quote as delimiter would make every place ambiguous: only the bytewise walk defines what it
    // means.
    if (hasBlocks() && delimiter != '"') {
        const std::size_t blocks = bytes.size() / kBlock;
        state = scanBlocks(state, bytes.data(), blocks, delimiter);
        bytes.remove_prefix(blocks * kBlock);
    }
    return scanFieldsBytewise(state, bytes, delimiter);
}

#else

FieldState scanFields(FieldState state, std::string_view bytes, char delimiter)
{
    return scanFieldsBytewise(state, bytes, delimiter);
}

#endif

} // namespace sheaf::plan
