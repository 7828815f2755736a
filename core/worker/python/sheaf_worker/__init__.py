# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python end of Sheaf's worker protocol (core/worker/worker_protocol.h)."""
