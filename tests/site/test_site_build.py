"""Builds of changed copies of the project: what is missing, behind, broken; skeletons; watching."""

from __future__ import annotations

import re
import socket
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect
from site_html import read_page
from site_server import serve

from rapport.check import rename_guide, retire_guide
from rapport.content.blocks import Script, walk
from rapport.content.catalogue import read_catalogue
from rapport.content.guides import parse_guide, read_guide
from rapport.content.homes import read_homes
from rapport.content.scaffold import new_guide
from rapport.content.status import State, source_hash, status
from rapport.errors import ContentError, UsageError
from rapport.make import add_search
from rapport.site import build_site, watch
from rapport.site import swap as swapping
from rapport.site.build import _beside
from rapport.site.model import read_model
from rapport.site.policy import CONTENT_SECURITY_POLICY
from rapport.site.swap import swap
from rapport.site.watch import FOLDER, _rebuild, languages_of_change

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rapport.project import Project

GUIDE = "money/invoice-not-understood"


def set_key(path: Path, line: str) -> None:
    text = path.read_text("utf-8")
    key = line.split(":")[0]
    kept = [one for one in text.split("\n") if not one.startswith(f"{key}:")]
    kept.insert(1, line)
    path.write_text("\n".join(kept), "utf-8")


def test_a_page_missing_in_a_language_is_not_faked(own_project: Project, tmp_path: Path, browser: Browser) -> None:
    (own_project.docs / "ja" / f"{GUIDE}.md").unlink()
    out = tmp_path / "out"
    build_site(own_project, site_dir=out)
    assert not (out / "ja" / GUIDE).exists()
    assert f"ja/{GUIDE}/" not in (out / "sitemap.xml").read_text("utf-8")
    assert not [path for path in (out / "ja").rglob("*.html") if f"{GUIDE}/" in path.read_text("utf-8")]
    source = read_page(out, f"de/{GUIDE}/index.html")
    assert not source.all("link", hreflang="ja")
    notice = source.one("aside", id="missing-ja")
    assert notice.lang == "ja"
    assert "ドイツ語" in notice.text
    # readers of other languages are led to the source, whichever page they come from
    for lang in ("ru", "de"):
        link = read_page(out, f"{lang}/{GUIDE}/index.html").one("a", data_lang="ja", data_missing="")
        assert link.attrs["href"].endswith("#missing-ja")
        assert link.attrs["hreflang"] == "de"
    assert not read_page(out, f"ru/{GUIDE}/index.html").all("aside", id="missing-ja")
    page = browser.new_page()
    with serve(out) as base:
        page.goto(f"{base}ru/{GUIDE}/")
        page.locator(".languages summary").click()
        page.locator(".languages a[data-lang=ja]").click()
        page.wait_for_url(f"{base}de/{GUIDE}/#missing-ja")
        expect(page.locator("#missing-ja")).to_be_visible()
        assert page.evaluate("document.activeElement.lang") == "ja"
        page.locator("#missing-ja a").click()
        page.wait_for_url(f"{base}ja/")
    page.close()


def test_freshness(own_project: Project) -> None:
    source = read_guide(own_project, f"docs/de/{GUIDE}.md")
    set_key(own_project.docs / "es" / f"{GUIDE}.md", f"translated: {source_hash(source)}")
    set_key(own_project.docs / "nl" / f"{GUIDE}.md", "translated: 0123456789ab")
    (own_project.docs / "ja" / f"{GUIDE}.md").unlink()
    ru = own_project.docs / "ru" / f"{GUIDE}.md"
    ru.write_text("\n".join(x for x in ru.read_text("utf-8").split("\n") if not x.startswith("translated:")), "utf-8")
    model = read_model(own_project)
    assert [model.freshness(lang, "invoice-not-understood") for lang in ("de", "es", "nl", "ru", "ja")] == [
        State.SOURCE, State.CURRENT, State.BEHIND, State.UNCHECKED, State.MISSING,
    ]  # fmt: skip
    set_key(own_project.docs / "nl" / f"{GUIDE}.md", "source: nl")
    model = read_model(own_project)
    assert model.freshness("nl", "invoice-not-understood") is State.BEHIND
    rows = status(own_project)
    assert [row.state for row in rows] == [model.freshness(row.lang, row.guide) for row in rows]


def test_related_guides_are_derived(own_project: Project) -> None:
    model = read_model(own_project)
    for guide in model.guides.values():
        related = model.related(guide)
        assert guide not in related
        assert len(related) <= 4
        assert all(other.lang == guide.lang for other in related)
    friend = model.guides["ja", "friend-as-client"]
    assert "client-seeks-friendship" in [other.id for other in model.related(friend)]


def test_dates_and_titles_are_written_out(own_project: Project, tmp_path: Path) -> None:
    for lang in ("ru", "ja"):
        set_key(own_project.docs / lang / f"{GUIDE}.md", "reviewed: 2026-11-20")
    build_site(own_project, site_dir=tmp_path / "out")
    for lang, date in (("ru", "20\u00a0ноября 2026\u00a0г."), ("ja", "2026年11月20日")):
        assert date in (tmp_path / "out" / lang / GUIDE / "index.html").read_text("utf-8").replace("\u202f", "\u00a0")


def test_a_link_to_nothing_fails_and_the_old_site_stays(own_project: Project, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "index.html").write_text("old", "utf-8")
    path = own_project.docs / "nl" / f"{GUIDE}.md"
    path.write_text(path.read_text("utf-8") + "\n[weg](nowhere.md)\n", "utf-8")
    with pytest.raises(ContentError, match=r"nl/money/invoice-not-understood\.md.*nowhere\.md"):
        build_site(own_project, site_dir=out)
    assert [file.name for file in out.iterdir()] == ["index.html"]
    assert not [file.name for file in tmp_path.iterdir() if file.name.startswith(".out-new-")]


def test_a_broken_guide_fails_with_its_line(own_project: Project, tmp_path: Path) -> None:
    set_key(own_project.docs / "es" / f"{GUIDE}.md", "situations: [unclosed")
    with pytest.raises(ContentError, match=rf"^docs/es/{GUIDE}\.md:\d+: "):
        build_site(own_project, site_dir=tmp_path / "out")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("reviewed: 2026-11", "`reviewed` is no date: 2026-11"),
        ("reviewed: bald", "`reviewed` is no date: bald"),
        ("law_as_of: 2026-13-05", "`law_as_of` is no date: 2026-13-05"),
        ("advice: [X9]", "unknown advice 'X9'"),
    ],
)
def test_a_wrong_value_fails_with_its_line(own_project: Project, tmp_path: Path, key: str, message: str) -> None:
    set_key(own_project.docs / "es" / f"{GUIDE}.md", key)
    with pytest.raises(ContentError, match=rf"^docs/es/{GUIDE}\.md:2: {message}"):
        build_site(own_project, site_dir=tmp_path / "out")


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("docs/de/foo/index.md", "# Foo\n", "1: a theme's page is generated"),
        ("docs/de/money/index.md", "# Geld\n", "1: a theme's page is generated"),
        ("docs/de/money.md", "# Geld\n", "1: the site makes a page 'money' itself"),
        ("docs/de/ask.md", "# Fragen\n", "1: the site makes a page 'ask' itself"),
        ("docs/de/a/b/c.md", "# C\n", "1: lies where no page belongs"),
        ("docs/de/impressum.md", "# I\n\n<b onclick=x>y</b>\n", "3: HTML '<b'"),
        ("docs/de/impressum.md", "# I\n\n[x](#i){ href=y }\n", "3: attributes '{ href=y }'"),
    ],
)
def test_a_page_that_cannot_be_used_fails_with_its_line(
    own_project: Project, path: str, text: str, message: str
) -> None:
    (own_project.root / path).parent.mkdir(parents=True, exist_ok=True)
    (own_project.root / path).write_text(text, "utf-8")
    with pytest.raises(ContentError, match=rf"^{path}:{message}"):
        read_model(own_project)


def test_a_page_of_one_language_is_offered_in_that_one(own_project: Project, tmp_path: Path) -> None:
    (own_project.docs / "de" / "impressum.md").write_text("# Impressum\n\nJana Petersen\n", "utf-8")
    out = tmp_path / "out"
    build_site(own_project, site_dir=out)
    page = read_page(out, "de/impressum/index.html")
    assert [link.attrs["hreflang"] for link in page.all("link", rel="alternate")] == ["de"]
    assert sorted(link.attrs["data-lang"] for link in page.all("a", data_missing="")) == ["es", "ja", "nl", "ru"]
    sitemap = (out / "sitemap.xml").read_text("utf-8")
    assert [lang for lang in ("es", "ru", "ja", "nl", "de") if f"/{lang}/impressum/" in sitemap] == ["de"]
    assert "/nl/about/" in sitemap


def test_watching_survives_whatever_goes_wrong() -> None:
    said: list[str] = []

    def fail() -> None:
        raise KeyError("a\nb")

    assert not _rebuild(fail, "", said.append)
    assert said == ["not built: KeyError: 'a\\nb'; `rapport build` may tell more"]


def test_a_home_page_names_only_guides_of_the_catalogue(own_project: Project) -> None:
    path = own_project.docs / "de" / "index.md"
    path.write_text(path.read_text("utf-8").replace("guide: one-small-extra", "guide: one-small-extras"), "utf-8")
    with pytest.raises(ContentError, match=r"^docs/de/index\.md:\d+: `needed` names 'one-small-extras'"):
        read_model(own_project)


def test_a_new_guide_is_laid_down_in_all_languages(own_project: Project, tmp_path: Path) -> None:
    planned = next(
        g for g in read_catalogue(own_project).guides.values() if not list(own_project.docs.rglob(f"{g.id}.md"))
    )
    paths = new_guide(own_project, planned.theme, planned.id)
    assert [own_project.show(path) for path in paths] == [
        f"docs/{lang}/{planned.theme}/{planned.id}.md" for lang in ("es", "ru", "ja", "nl", "de")
    ]
    like = {
        guide.lang: guide for guide in read_model(own_project).guides.values() if guide.id == "invoice-not-understood"
    }
    for path in paths:
        guide = parse_guide(path.read_text("utf-8"), own_project.show(path))
        assert guide.advice == planned.advice
        assert [(s.id, s.heading) for s in guide.sections] == [(s.id, s.heading) for s in like[guide.lang].sections]
        first, model = (
            [block.written for block in walk(one.document.blocks) if isinstance(block, Script)][:3]
            for one in (guide, like[guide.lang])
        )
        assert first == model
    build_site(own_project, site_dir=tmp_path / "out")
    assert list((tmp_path / "out").rglob(planned.id)) == []  # nobody has written anything yet
    with pytest.raises(UsageError, match="is there in es, ru, ja, nl, de"):
        new_guide(own_project, planned.theme, planned.id)


def test_a_new_guide_must_be_in_the_catalogue(own_project: Project) -> None:
    with pytest.raises(UsageError, match="has no guide 'no-such-guide'"):
        new_guide(own_project, "money", "no-such-guide")
    with pytest.raises(UsageError, match=r"belongs to 'money'.*rapport new money late-payment"):
        new_guide(own_project, "start", "late-payment")


def test_which_languages_a_change_touches(own_project: Project) -> None:
    root = own_project.root
    assert languages_of_change(own_project, {f"{root}/docs/ja/money/x.md"}) == ("ja",)
    assert languages_of_change(own_project, {f"{root}/i18n/advice/ru.yml", f"{root}/docs/es/index.md"}) == ("es", "ru")
    assert len(languages_of_change(own_project, {f"{root}/theme/base.html"})) == 5


def test_a_page_that_is_not_utf_8_fails_with_its_line(own_project: Project, tmp_path: Path) -> None:
    path = own_project.docs / "de" / "about.md"
    path.write_bytes("# Über\n".encode() + "Grüße\n".encode("latin-1"))
    with pytest.raises(ContentError, match=r"^docs/de/about\.md:2: is not UTF-8"):
        build_site(own_project, site_dir=tmp_path / "out")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (r"text: .*", "text:", "`text` in `needed` is missing or not a text"),
        (r"text: .*", "text: [a]", "`text` in `needed` is missing or not a text"),
        (r"guide: .*", "guide: [a]", r"`needed` names \['a'\]"),
        (r"guide: .*", "guide:", "`needed` names None"),
        (r"title: ", "1: x\ntitle: ", "unknown key 1"),
        (r"headline: .*", "headline:", "`headline` is missing or not a text"),
    ],
)
def test_a_home_page_is_checked(own_project: Project, old: str, new: str, message: str) -> None:
    path = own_project.docs / "de" / "index.md"
    head, needed, rest = path.read_text("utf-8").partition("needed:\n")
    if old.startswith(("text", "guide")):
        rest = re.sub(old, new, rest, count=1)
    else:
        head = re.sub(old, new, head, count=1)
    path.write_text(head + needed + rest, "utf-8")
    with pytest.raises(ContentError, match=rf"^docs/de/index\.md:\d+: {message}"):
        read_homes(own_project, read_catalogue(own_project))


@pytest.mark.parametrize("knows_exchange", [True, False])
def test_a_site_takes_the_place_of_another_in_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knows_exchange: bool
) -> None:
    if not knows_exchange:
        monkeypatch.setattr(swapping, "_exchange", lambda one, other: False)
    target, fresh = tmp_path / "site", tmp_path / ".site-new-x"
    for folder, text in ((target, "old"), (fresh, "new")):
        folder.mkdir()
        (folder / "index.html").write_text(text, "utf-8")
    seen, over = set(), threading.Event()

    def watch_it() -> None:
        while not over.is_set():
            seen.add((target / "index.html").is_file())

    watching = threading.Thread(target=watch_it)
    watching.start()
    for _ in range(200):
        swap(fresh, target)
    over.set()
    watching.join()
    if knows_exchange:
        assert seen == {True}
    assert (target / "index.html").read_text("utf-8") == "old"
    swap(fresh, target)
    assert (target / "index.html").read_text("utf-8") == "new"
    assert (fresh / "index.html").read_text("utf-8") == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"site", ".site-new-x"}


@pytest.mark.parametrize("knows_exchange", [True, False])
def test_a_failed_switch_leaves_the_old_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knows_exchange: bool
) -> None:
    if not knows_exchange:
        monkeypatch.setattr(swapping, "_exchange", lambda one, other: False)
    target = tmp_path / "site"
    target.mkdir()
    (target / "index.html").write_text("old", "utf-8")
    with pytest.raises(FileNotFoundError):
        swap(tmp_path / ".site-new-x", target)
    assert (target / "index.html").read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("killed_before_the_end", [False, True])
def test_what_a_killed_build_leaves_is_put_right(tmp_path: Path, killed_before_the_end: bool) -> None:
    target = tmp_path / "site"
    for folder, text in ((".site-new-x-old", "old"), (".site-new-y", "half"), (".site-watch", "watched")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "index.html").write_text(text, "utf-8")
    if not killed_before_the_end:
        target.mkdir()
        (target / "index.html").write_text("new", "utf-8")
    with _beside(target) as fresh:
        assert fresh.is_dir()
        assert (target / "index.html").read_text("utf-8") == ("old" if killed_before_the_end else "new")
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"site", ".site-watch"}


def test_watching_needs_a_free_address(own_project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UsageError, match="cannot listen on 127"):
        watch(own_project, port=taken.getsockname()[1])


def test_watching_says_what_the_search_lacks(own_project: Project, tmp_path: Path) -> None:
    said: list[str] = []
    add_search(own_project, tmp_path, said.append)
    assert len(said) == 1
    assert said[0].startswith("without the browser's search: ")


def test_watching_rebuilds_what_changed(own_project: Project, browser: Browser) -> None:
    def add(folder: Path) -> None:
        (folder / "service-worker.js").write_text("// ours", "utf-8")

    own_project.site.mkdir()
    (own_project.site / "index.html").write_text("to publish", "utf-8")
    built = own_project.root / FOLDER
    stop, said = threading.Event(), []
    thread = threading.Thread(
        target=watch, args=(own_project,), kwargs={"port": 0, "stop": stop, "report": said.append, "finish": add}
    )
    thread.start()

    def wait_for(count: int) -> str:
        until = time.monotonic() + 240
        while len(said) < count and time.monotonic() < until:
            time.sleep(0.05)
        return str(said[count - 1])

    def wait_and_ask(count: int, addresses: Sequence[str]) -> str:
        """Meanwhile every address answers: urllib raises for a 404."""
        while len(said) < count:
            for one in addresses:
                urllib.request.urlopen(one).close()
        return wait_for(count)

    try:
        address = wait_for(2).split(" ")[0]
        before = (built / "ru" / "index.html").stat().st_mtime_ns
        page = browser.new_page()
        page.goto(f"{address}nl/{GUIDE}/")
        path = own_project.docs / "nl" / f"{GUIDE}.md"
        path.write_text(path.read_text("utf-8").replace("## ", "Zonnebloem.\n\n## ", 1), "utf-8")
        told = wait_and_ask(3, [f"{address}nl/{GUIDE}/", f"{address}nl/", f"{address}nl/money/"])
        assert told.startswith("built nl in ")
        expect(page.get_by_text("Zonnebloem.", exact=True)).to_be_visible()  # by itself
        with urllib.request.urlopen(f"{address}nl/{GUIDE}/") as answer:
            assert "Zonnebloem." in answer.read().decode()
            assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        with urllib.request.urlopen(f"{address}service-worker.js") as script:
            assert script.read() == b"// ours"

        pages = {one: one.stat().st_mtime_ns for one in built.rglob("*.html")}
        style = own_project.docs / "assets" / "stylesheets" / "site.css"
        style.write_text(style.read_text("utf-8") + "h1 { letter-spacing: 7px; }\n", "utf-8")
        (style.parent / "site.css~").write_text("of an editor", "utf-8")
        assert wait_for(4).startswith("styles put in place in ")
        expect(page.locator("h1")).to_have_css("letter-spacing", "7px")
        assert {one: one.stat().st_mtime_ns for one in built.rglob("*.html")} == pages
        assert pages[built / "ru" / "index.html"] == before
        (style.parent / "site.css~").unlink()

        path.unlink()  # a guide that is gone is gone from the site
        assert wait_for(5).startswith("built nl in ")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{address}nl/{GUIDE}/")
        path.write_text("no front matter", "utf-8")
        assert wait_for(6).startswith(f"docs/nl/{GUIDE}.md:1: has no front matter")
        page.close()
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()
    assert [path.name for path in own_project.site.rglob("*")] == ["index.html"]


def test_a_moved_address_leads_on(own_project: Project, tmp_path: Path, browser: Browser) -> None:
    """To the guide where it is written, with the section, else to its theme; and no list shows the old address."""
    rename_guide(own_project, "invoice-not-understood", "unclear-invoice")
    retire_guide(own_project, "sales-promised-too-much", "free-pitch")
    (own_project.docs / "ja" / "money" / "unclear-invoice.md").unlink()
    out = tmp_path / "out"
    build_site(own_project, site_dir=out)
    for old, lang, new in (
        ("money/invoice-not-understood", "de", "money/unclear-invoice/"),
        ("money/invoice-not-understood", "ja", "money/"),
        ("start/sales-promised-too-much", "nl", "start/"),
    ):
        page = (out / lang / old / "index.html").read_text("utf-8")
        assert f'<link rel="canonical" href="https://rapport.example/{lang}/{new}">' in page
        assert '<meta name="robots" content="noindex">' in page
    assert "invoice-not-understood/" not in (out / "sitemap.xml").read_text("utf-8")
    assert [path for path in (out / "de").rglob("*.html") if "invoice-not-understood" in path.read_text("utf-8")] == []
    with serve(out) as base:
        for scripts in (True, False):
            context = browser.new_context(java_script_enabled=scripts)
            page = context.new_page()
            page.goto(f"{base}de/money/invoice-not-understood/#steps")
            page.wait_for_url(f"{base}de/money/unclear-invoice/{'#steps' if scripts else ''}")
            context.close()


def test_images_of_guides_are_shown(own_project: Project, tmp_path: Path) -> None:
    path = own_project.docs / "de" / f"{GUIDE}.md"
    path.write_text(
        path.read_text("utf-8").replace("\n## ", "\n![Ein Ablauf](../../assets/images/card.png)\n\n## ", 1), "utf-8"
    )
    about = own_project.docs / "nl" / "about.md"
    about.write_text(about.read_text("utf-8") + "\n![Kaart](../assets/images/card.png)\n", "utf-8")
    (own_project.docs / "de" / "money" / ".#x.md").symlink_to("nobody@nowhere.1")
    (own_project.docs / "de" / "money" / "x.md~").write_text("draft", "utf-8")
    (own_project.docs / "assets" / "images" / "linked.png").symlink_to("/etc/passwd")
    out = tmp_path / "out"
    with pytest.raises(ContentError, match=r"docs/assets/images/linked\.png:1: is a link to another place"):
        build_site(own_project, site_dir=out)
    (own_project.docs / "assets" / "images" / "linked.png").unlink()
    build_site(own_project, site_dir=out)
    for page, above in ((f"de/{GUIDE}", "../../../"), ("nl/about", "../../")):
        address = f"{above}assets/images/card.png"
        image = read_page(out, f"{page}/index.html").one("img", loading="lazy")
        assert image.attrs["src"] == address
        assert (image.attrs["width"], image.attrs["height"]) == ("1200", "630")
        assert (out / page / address).resolve().is_file()
    assert not [found for found in out.rglob("*") if found.is_symlink() or found.name in ("x.md~", ".#x.md")]
    assert not (out / "de" / "assets").exists()
