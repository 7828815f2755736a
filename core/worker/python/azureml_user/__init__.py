# SPDX-License-Identifier: GPL-3.0-or-later
"""Helpers that entry scripts of parallel jobs import."""
