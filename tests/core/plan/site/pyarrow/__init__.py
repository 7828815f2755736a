# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: The Sheaf authors
print("an import that prints")
