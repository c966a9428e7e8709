"""What `rapport build` and `rapport serve --watch` do, part by part; each part only if its inputs changed."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from rapport.disk import require_room
from rapport.errors import RapportError
from rapport.progress import Progress, phase
from rapport.project import DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rapport.project import Project

ROOM = 300_000_000
"""Bytes that index and site take while the old ones are still there."""


def make_index(project: Project, say: Callable[[str], None]) -> None:
    """Model copy and index. Raises RapportError in one line; the index in use stays as it was."""
    say(phase(0))  # before the libraries, which take seconds
    require_room(project.root, ROOM, "a build")
    # one of the libraries configures logging when imported unless somebody has done so before
    logging.getLogger().addHandler(logging.NullHandler())
    with Progress(say, "starting"):
        from rapport.embed.open import open_embedding
        from rapport.search.build import build_index

    started = time.monotonic()
    built = build_index(project, open_embedding(project, say), say)
    if built is None:
        say("the index is up to date")
    else:
        say(f"index built in {time.monotonic() - started:.0f} s: {project.show(built)}")


def make_site(project: Project, say: Callable[[str], None]) -> None:
    """The site, with the browser's copy of the index in use; with a model of one's own, search by words only."""
    say(phase(3))
    with Progress(say, "building the site"):
        _make_site(project, say)


def _make_site(project: Project, say: Callable[[str], None]) -> None:
    from rapport.export import exporter
    from rapport.site import build_site
    from rapport.site.build import site_address
    from rapport.site.inputs import is_current, record, site_inputs

    started = time.monotonic()
    export = exporter(project)
    if project.model != DEFAULT_MODEL:
        say("the browser has no copy of this model: the site will search by words only")
    if not site_address(project):
        say("the site has no address yet: before it is published, set `site_url` in rapport.toml, or RAPPORT_SITE_URL")
    inputs = site_inputs(project)
    if is_current(project, inputs):
        say("the site is up to date")
        return
    build_site(project, finish=export)
    record(project, inputs)
    say(f"site built in {time.monotonic() - started:.0f} s: {project.show(project.site)}/")


def watch_site(project: Project, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve the site, rebuilt after every change."""
    from rapport.site import watch

    watch(project, host=host, port=port, report=say, finish=lambda folder: add_search(project, folder, say))


def add_search(project: Project, folder: Path, say: Callable[[str], None]) -> None:
    """What `make_site` adds to the pages in `folder`; without a usable index a line that says so, and pages only."""
    from rapport.export import exporter

    try:
        exporter(project, offline=False)(folder)  # what is edited must not be kept
    except RapportError as error:
        say(f"without the browser's search: {error}")
