// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

/// The spacing scale in device-independent pixels: every margin and gap is one of these.
namespace sheaf::ui::space {

inline constexpr int kHair = 2;
inline constexpr int kSmall = 4;
inline constexpr int kMedium = 8;
inline constexpr int kLarge = 12;
inline constexpr int kPanel = 16;
inline constexpr int kWide = 24;
inline constexpr int kPage = 40;

} // namespace sheaf::ui::space
