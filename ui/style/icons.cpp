// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/style/icons.h"

#include "ui/style/theme.h"

#include <QApplication>
#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QSvgRenderer>

/// The icons lie in a static library: nobody else tells the linker that they are wanted.
static void loadIcons()
{
    Q_INIT_RESOURCE(sheaf);
}

namespace sheaf::ui {

namespace {

const QByteArray& source(const QString& name)
{
    static const bool loaded = (loadIcons(), true);
    Q_UNUSED(loaded)
    static QHash<QString, QByteArray> sources;
    auto found = sources.find(name);
    if (found == sources.end()) {
        QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
        found = sources.insert(name, file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray());
    }
    return *found;
}

QPixmap rendered(const QString& name, const QSize& pixels, const QColor& color)
{
    const QString key = QStringLiteral("sheaf-icon/%1/%2x%3/%4").arg(name).arg(pixels.width()).arg(pixels.height()).arg(color.rgba());
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        pixmap = QPixmap(pixels);
        pixmap.fill(Qt::transparent);
        QByteArray svg = source(name);
        svg.replace("currentColor", color.name().toLatin1());
        QSvgRenderer renderer(svg);
        QPainter painter(&pixmap);
        renderer.render(&painter);
        painter.end();
        QPixmapCache::insert(key, pixmap);
    }
    return pixmap;
}

class SvgIconEngine : public QIconEngine
{
public:
    SvgIconEngine(QString name, bool isOnAccent)
        : m_name(std::move(name))
        , m_isOnAccent(isOnAccent)
    {
    }
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        paintIcon(*painter, rect, m_name, colorFor(mode));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override { return rendered(m_name, size, colorFor(mode)); }
    QIconEngine* clone() const override { return new SvgIconEngine(m_name, m_isOnAccent); }

private:
    QColor colorFor(QIcon::Mode mode) const
    {
        if (mode == QIcon::Disabled) {
            return QApplication::palette().color(QPalette::Disabled, QPalette::ButtonText);
        }
        return m_isOnAccent || mode == QIcon::Selected ? theme().accentText : theme().text;
    }
    QString m_name;
    bool m_isOnAccent;
};

} // namespace

QIcon icon(const QString& name)
{
    return QIcon(new SvgIconEngine(name, false));
}

QIcon iconOnAccent(const QString& name)
{
    return QIcon(new SvgIconEngine(name, true));
}

void paintIcon(QPainter& painter, const QRectF& box, const QString& name, const QColor& color)
{
    const double scale = painter.device()->devicePixelRatio() * qMax(1.0, painter.transform().m11());
    const QPixmap pixmap = rendered(name, (box.size() * scale).toSize(), color);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawPixmap(box, pixmap, QRectF(pixmap.rect()));
}

} // namespace sheaf::ui
