"""An edition kept: its documents first, then its row, so that no row ever names a document that is not there."""

from __future__ import annotations

import structlog
from sqlalchemy import Connection

from jobs.app import App
from monitor.core.publication import Publication
from monitor.reports.publishing import Made
from monitor.store import archive, publications, writing

log = structlog.get_logger()


class PublishedMeanwhile(Exception):
    """Somebody else published the same edition first; nothing was written."""


def documents(app: App, made: Made) -> None:
    """Keep an edition's documents; raise OSError where the disk does not take them."""
    archive.keep(app.settings.var_dir, made.documents)


def row(db: Connection, made: Made) -> None:
    """Write the edition down, once its documents are kept; raise PublishedMeanwhile."""
    one = made.publication
    if not publications.add_once(db, one):
        raise PublishedMeanwhile(f"{one.service} {one.period.name} #{one.edition}")
    log.info("publication.made", service=one.service, period=one.period.name, edition=one.edition)


def publish(app: App, made: Made) -> None:
    """Documents, then the row; raise OSError or PublishedMeanwhile."""
    documents(app, made)
    with writing(app.engine) as db:
        row(db, made)


def lost(app: App, one: Publication) -> dict[str, str]:
    """The documents of an edition that are gone or changed, by name, with what to do about it."""
    found: dict[str, str] = {}
    for name, digest in one.documents.items():
        try:
            archive.read(app.settings.var_dir, digest, name)
        except archive.NotAsPublished as error:
            found[name] = str(error)
    return found


def kept(app: App, one: Publication) -> dict[str, bytes]:
    """The documents of an edition as they were published; raise archive.NotAsPublished for one gone or changed."""
    return {name: archive.read(app.settings.var_dir, digest, name) for name, digest in one.documents.items()}
