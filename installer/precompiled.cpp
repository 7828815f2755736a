// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
// Nothing: it gives the precompiled headers of modules.cmake a compiler's flags.
