"""What `rapport build` does, part by part; each part only if its inputs changed."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from rapport.errors import RapportError
from rapport.project import DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Callable

    from rapport.project import Project


def make_index(project: Project, say: Callable[[str], None]) -> None:
    """Model copy and index. Raises RapportError in one line; the index in use stays as it was."""
    # one of the libraries configures logging when imported unless somebody has done so before
    logging.getLogger().addHandler(logging.NullHandler())
    started = time.monotonic()
    try:
        from rapport.build import build_index
        from rapport.embed.open import open_embedding
    except ImportError as error:
        raise RapportError(
            f"building needs more than asking does ({error.name} is not installed)",
            mend='run `make setup`, or pip install -e ".[build]"',
        ) from error
    built = build_index(project, open_embedding(project, say), say)
    if built is None:
        say("the index is up to date")
    else:
        say(f"index built in {time.monotonic() - started:.0f} s: {project.show(built)}")


def make_site(project: Project, say: Callable[[str], None]) -> None:
    """The site, with the browser's copy of the index in use; with a model of one's own, search by words only."""
    from rapport.browser import exporter
    from rapport.site import build_site

    started = time.monotonic()
    export = exporter(project)
    if project.model != DEFAULT_MODEL:
        say("the browser has no copy of this model: the site will search by words only")
    build_site(project, finish=export)
    say(f"site built in {time.monotonic() - started:.0f} s: {project.show(project.site)}/")
