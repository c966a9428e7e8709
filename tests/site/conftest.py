"""The site, built once and served as a plain static host would: no special headers, no compression."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from site_html import read_pages
from site_server import SEARCH_FILES, serve

from rapport.project import Project, open_project
from rapport.site import build_site
from rapport.site.model import SiteModel, read_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("docs", "i18n", "content", "theme", "mkdocs.yml", "rapport.toml", "NOTICE")


def copy_project(target: Path) -> Project:
    """The parts of the checkout that the site is made from, to be changed at will."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part)
        else:
            shutil.copy(source, target / part)
    return open_project(target)


@pytest.fixture(scope="session")
def model() -> SiteModel:
    return read_model(open_project(ROOT))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "site"
    build_site(open_project(ROOT), site_dir=folder)
    return folder


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, object]:
    return read_pages(site)


@pytest.fixture(scope="session")
def base(site: Path) -> Iterator[str]:
    """Address of the served site, with a slash at the end."""
    with serve(site) as address:
        yield address


def is_problem(message: ConsoleMessage) -> bool:
    """Errors, but for the search's own files: they are not MkDocs' but written into the built site afterwards."""
    return message.type == "error" and not message.location["url"].endswith(SEARCH_FILES)


@pytest.fixture
def context(browser: Browser, base: str) -> Iterator[BrowserContext]:
    """A fresh reader; any request to another host, error in the console or blocked script fails the test."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}, service_workers="block")
    context.set_default_timeout(60_000)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    problems: list[str] = []
    context.on("request", lambda request: None if request.url.startswith(base) else problems.append(request.url))
    context.on("console", lambda message: problems.append(message.text) if is_problem(message) else None)
    context.on("weberror", lambda error: problems.append(str(error.error)))
    yield context
    context.close()
    assert not problems


@pytest.fixture
def own_project(tmp_path: Path) -> Project:
    return copy_project(tmp_path)
