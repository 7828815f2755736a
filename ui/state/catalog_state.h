// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include <string>
#include <vector>
#endif

#include <QFileSystemWatcher>
#include <QHash>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>
#include <QVector>

namespace sheaf::ui {

class DocumentState;
class WorkThread;

/// Something that can be added to a pipeline. A value.
struct CatalogEntry {
    enum class Kind {
        Template, // a new step with everything a step of its kind needs
        Component, // a step that uses a component file of the workspace
        Data, // a file or folder that becomes an input of the pipeline
    };
    struct Port {
        std::string name;
        std::string type; // uri_folder, mltable, string …; "" : not declared
        bool isSplit = false; // the input that is cut into mini-batches
        bool isOptional = false;
        bool operator==(const Port&) const = default;
    };
    Kind kind = Kind::Template;
    QString id; // "template:parallel-files", "component:./score.yml", "data:./data"
    QString title;
    QString description;
    QString icon;
    QString path; // relative to the folder of the job file, with ./
    std::string stepType; // parallel, command, pipeline; of data: uri_folder, uri_file, mltable
    std::vector<Port> inputs;
    std::vector<Port> outputs;

    bool operator==(const CatalogEntry&) const = default;
};

/// The YAML of a new step of this entry, indented from 0. `binding`: what its input `input` is bound to ("${{…}}"), "" : its own data or nothing.
/// `bindingType` is the type of what it is bound to.
[[nodiscard]] std::string blockOf(const CatalogEntry& entry, const std::string& step, const std::string& input, const std::string& binding,
    const std::string& bindingType, const std::string& dataPath);
/// The entry of a file or folder of the user: an MLTable folder, a folder, a file. `base`: the folder of the job file.
[[nodiscard]] CatalogEntry dataEntry(const QString& path, const QString& base);

/// What can be added: templates, component files and data found around the job file. Looked for in a thread when a job file is opened,
/// when its folders or component files change (a bounded number of them is watched), and when somebody comes back to the window. Remembers what is used often. Owned by AppContext; main thread.
class CatalogState : public QObject
{
    Q_OBJECT

public:
    CatalogState(DocumentState& document, WorkThread& worker, QObject* parent = nullptr);

    /// Templates, then components, then data; in each what was used most first.
    [[nodiscard]] const QVector<CatalogEntry>& entries() const { return m_entries; }
    [[nodiscard]] const CatalogEntry* find(const QString& id) const;
    void refresh();
    void noteUse(const QString& id);
    [[nodiscard]] double uses(const QString& id) const { return m_uses.value(id); }
    /// Asks the canvas to add this.
    void ask(const QString& id) { emit addAsked(id); }

signals:
    void changed();
    void addAsked(const QString& id);

private:
    void sort();

    DocumentState& m_document;
    WorkThread& m_worker;
    QVector<CatalogEntry> m_entries;
    QHash<QString, double> m_uses;
    int m_question = 0;
    QFileSystemWatcher m_watcher;
    QTimer m_settle;
};

} // namespace sheaf::ui
