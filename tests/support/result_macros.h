// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <QTest>

/// VERIFY_OK(result): fails with the error's sentence. COMPARE_ERROR(result, ErrorCode::X): fails unless it failed with X.
#define VERIFY_OK(result)                                                                                              \
    do {                                                                                                               \
        const auto& verified = (result); /* evaluated once: it may be a call */                                       \
        QVERIFY2(verified.has_value(), verified.has_value() ? "" : sheaf::errorSentence(verified.error()).c_str());    \
    } while (false)
#define COMPARE_ERROR(result, expectedCode)                                                                            \
    do {                                                                                                               \
        QVERIFY2(!(result).has_value(), "should have failed");                                                         \
        QVERIFY2((result).error().code == (expectedCode), sheaf::errorSentence((result).error()).c_str());             \
    } while (false)
