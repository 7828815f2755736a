// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/triage/sentence.h"

#include <vector>
#endif

#include <QString>

namespace sheaf::ui {

class AppContext;

/// Makes rich text of sentences and keeps where their nouns lead: an anchor of the text is the number of a link. A value of its page.
class SentenceLinks
{
public:
    void clear() { m_links.clear(); }
    /// Moments are written in local time.
    [[nodiscard]] QString html(const triage::Sentence& sentence);
    /// An anchor for a link that stands in no sentence.
    [[nodiscard]] QString anchor(const triage::Link& link);
    /// nullptr: not one of ours.
    [[nodiscard]] const triage::Link* at(const QString& anchor) const;

private:
    std::vector<triage::Link> m_links;
};

/// The sentence without links, moments in local time: for screen readers and tooltips.
[[nodiscard]] QString plainText(const triage::Sentence& sentence);

/// Goes where a noun leads: chooses the step, asks the frame for a page, a field, a log or a place, opens a file with the desktop.
void followLink(AppContext& context, const triage::Link& link);

} // namespace sheaf::ui
