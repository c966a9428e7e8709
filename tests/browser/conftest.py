"""A built site with the browser's copy of the search under a sub-path; needs a built index (`rapport build`)."""

from __future__ import annotations

import dataclasses
import shutil
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from fault_server import FaultServer, serve
from playwright.sync_api import Browser, BrowserContext, Error, Page, TimeoutError

from rapport.content.interface import read_interface
from rapport.embed.encoder import SmallEncoder
from rapport.embed.store import question_folder
from rapport.export import export_search
from rapport.project import Project, open_project
from rapport.search.ask import Searcher, open_searcher
from rapport.search.index import read_index
from rapport.site import build_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rapport.content.phrases import Phrases


PATIENCE_MS = 120_000
"""A machine that tests something else beside may stand still for a minute."""
NONSENSE = "wie wird das wetter morgen"
STORY = (
    "Der Kunde will eine kleine Änderung nach der anderen, alles umsonst, und die Korrekturrunden nehmen kein Ende. "
    "Außerdem versteht er die Rechnung nicht und fragt, wofür die Stunden waren. Beim Kick-off haben wir nichts "
    "darüber festgehalten, was zum Festpreis gehört."
)
LACKS = ("invoice-not-understood", "nl")
"""A guide, and a language that lacks it in `lacking`."""


@pytest.fixture(scope="session")
def project() -> Project:
    return open_project()


@pytest.fixture(scope="session")
def phrases(project: Project) -> Phrases:
    """German words of the interface; tests name keys, never texts, which people may improve."""
    return read_interface(project)["de"].phrases


@pytest.fixture(scope="session")
def searcher(project: Project) -> Searcher:
    return open_searcher(project)


@pytest.fixture(scope="session")
def site(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "site"
    knowledge, manifest = read_index(project)
    question = question_folder()
    build_site(
        project,
        site_dir=folder,
        strict=False,
        finish=lambda fresh: export_search(project, knowledge, manifest, question, fresh),
    )
    return folder


@pytest.fixture(scope="session")
def lacking(project: Project, tmp_path_factory: pytest.TempPathFactory) -> tuple[Searcher, dict[str, bytes]]:
    """The same knowledge base without `LACKS`: who asks it here, and the browser's copy to lay over the site."""
    guide, lang = LACKS
    root = tmp_path_factory.mktemp("lacking")
    for name in ("docs", "i18n", "content", "theme"):
        shutil.copytree(project.root / name, root / name)
    (root / "node_modules").symlink_to(project.root / "node_modules", target_is_directory=True)
    (path,) = (root / "docs" / lang).rglob(f"{guide}.md")
    path.unlink()
    knowledge, manifest = read_index(project)
    knowledge = dataclasses.replace(
        knowledge, texts={key: text for key, text in knowledge.texts.items() if key != (guide, lang)}
    )
    export_search(Project(root, project.model), knowledge, manifest, question_folder(), root / "site")
    files = {path.relative_to(root / "site").as_posix(): path.read_bytes() for path in (root / "site").rglob("*.*")}
    return Searcher(knowledge, SmallEncoder()), files


@pytest.fixture(scope="session")
def _server(site: Path) -> Iterator[FaultServer]:
    with serve(site) as server:
        yield server


@pytest.fixture
def server(_server: FaultServer) -> Iterator[FaultServer]:
    _server.reset()
    yield _server
    _server.reset()


@pytest.fixture
def context(browser: Browser, server: FaultServer) -> Iterator[BrowserContext]:
    """A new reader, who has nothing stored."""
    context = browser.new_context(locale="de-DE")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture(scope="session")
def _warm(browser: Browser, _server: FaultServer) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="de-DE", permissions=["clipboard-read", "clipboard-write"])
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def warm(_warm: BrowserContext, server: FaultServer) -> Iterator[BrowserContext]:
    """A reader who has asked before: everything is stored after the first test that uses it."""
    yield _warm
    for page in _warm.pages:
        page.close()


@pytest.fixture
def ask(server: FaultServer) -> Callable[..., Page]:
    """`ask(context, lang, question)`: the answer page, once the full ranking (or `stage`) is shown."""

    def open_answer(context: BrowserContext, lang: str, question: str, stage: str = "full") -> Page:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{server.base}{lang}/ask/?q={quote(question)}")
        try:
            # an answer that shows no guide is there all the same
            page.wait_for_selector(f'.answers[data-stage="{stage}"]', state="attached", timeout=PATIENCE_MS)
        except TimeoutError as error:
            shown = page.evaluate("document.querySelector('.answers')?.outerHTML.slice(0, 500)")
            raise AssertionError(f"no {stage} answer; the page shows {shown}; it said {said}") from error
        return page

    return open_answer


def wait_until(page: Page, question: str, given: object = None) -> None:
    """Wait until the page answers an asynchronous `question` with something truthy.

    Playwright's own `wait_for_function` does not wait for promises: it takes any for truthy.
    """
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not _answer(page, question, given):
        assert time.monotonic() < deadline, question
        page.wait_for_timeout(50)


def _answer(page: Page, question: str, given: object) -> object:
    try:
        return page.evaluate(question, given)
    except Error as error:
        if "garbage collected" in str(error):  # Chromium may drop a promise before it tells Playwright: ask again
            return None
        raise


def shown_guides(page: Page) -> list[str]:
    return [str(article.get_attribute("data-guide")) for article in page.locator("article.answer").all()]


@pytest.fixture
def browser_without_scripts(browser: Browser, server: FaultServer) -> Iterator[BrowserContext]:
    context = browser.new_context(java_script_enabled=False)
    yield context
    context.close()
