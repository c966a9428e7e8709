"""Every built page, as text: languages, links, policy, weight."""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from site_html import Page

from rapport.languages import LANGUAGES
from rapport.search.question import MAX_QUESTION
from rapport.site.model import SiteModel, guide_url
from rapport.site.policy import CONTENT_SECURITY_POLICY, PAGE_POLICY

if TYPE_CHECKING:
    from pathlib import Path

HOST = "https://rapport.example/"
XHTML = "{http://www.w3.org/1999/xhtml}link"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
Pages = dict[str, Page]


def in_languages(pages: Pages) -> list[Page]:
    return [page for path, page in pages.items() if path.split("/")[0] in LANGUAGES]


def url_of(path: str) -> str:
    return HOST + path.removesuffix("index.html")


def test_every_guide_has_its_page(pages: Pages, model: SiteModel) -> None:
    for guide in model.guides.values():
        page = pages[guide_url(guide) + "index.html"]
        assert page.one("h1").text.replace("\u00a0", " ") == guide.title
        assert [e.attrs["id"] for e in page.all("h2")][: len(guide.sections)] == [
            section.id for section in guide.sections
        ]


def test_only_themes_with_guides_are_shown(pages: Pages, model: SiteModel) -> None:
    for lang in LANGUAGES:
        written = {guide.theme for guide in model.guides_of(lang)}
        assert {path.split("/")[1] for path in pages if re.fullmatch(rf"{lang}/[a-z]+/index\.html", path)} == (
            written | {"about", "ask", "sources"}
        )


def test_html_lang_is_the_language_of_the_address(pages: Pages) -> None:
    for page in in_languages(pages):
        assert page.elements[0].attrs["lang"] == page.path.split("/")[0]
    for path in ("index.html", "404.html"):
        assert pages[path].elements[0].attrs["lang"] == "mul"
        assert {e.lang for e in pages[path].all("strong")} == set(LANGUAGES)


def test_no_sixth_language_anywhere(site: Path) -> None:
    pattern = re.compile(r"""(?:lang|hreflang)=["']?en\b|["'/]en/|locale["'] content=["']en""")
    for path in site.rglob("*"):
        if path.suffix in {".html", ".xml", ".txt", ".js"}:
            assert not pattern.search(path.read_text("utf-8")), path
    assert not (site / "zz").exists()


def test_names_for_search_engines(pages: Pages) -> None:
    for page in in_languages(pages):
        assert page.one("title").text.strip()
        assert 20 <= len(page.one("meta", name="description").attrs["content"]) <= 320, page.path
        assert page.one("link", rel="canonical").attrs["href"] == url_of(page.path)
        assert page.one("meta", property="og:url").attrs["content"] == url_of(page.path)
    for lang in LANGUAGES:
        titles = [page.one("title").text for page in in_languages(pages) if page.path.startswith(f"{lang}/")]
        assert len(titles) == len(set(titles))


def test_cards_and_icons_are_there(pages: Pages, site: Path) -> None:
    for page in pages.values():
        for image in page.all("meta", property="og:image"):
            file = site / image.attrs["content"].removeprefix(HOST)
            assert file.read_bytes()[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)
        assert page.all("link", rel="icon", type="image/svg+xml")


def test_hreflang_is_mutual(pages: Pages) -> None:
    alternates = {
        url_of(page.path): {
            e.attrs["hreflang"]: e.attrs["href"] for e in page.all("link", rel="alternate") if "hreflang" in e.attrs
        }
        for page in [*in_languages(pages), pages["index.html"]]
    }
    for url, others in alternates.items():
        is_home = url.removeprefix(HOST).rstrip("/") in ("", *LANGUAGES)
        assert others.pop("x-default", None) == (HOST if is_home else None)
        assert url == HOST or others[url.removeprefix(HOST)[:2]] == url
        for lang, other in others.items():
            assert other.startswith(f"{HOST}{lang}/")
            assert {k: v for k, v in alternates[other].items() if k != "x-default"} == others


def test_sitemap_names_exactly_the_pages(pages: Pages, site: Path) -> None:
    root = ET.fromstring((site / "sitemap.xml").read_text("utf-8"))
    urls = [loc.text for loc in root.iter(f"{SITEMAP}loc")]
    assert sorted(urls) == sorted(url_of(path) for path in pages if path != "404.html")
    for url in root.iter(f"{SITEMAP}url"):
        languages = [link.get("hreflang") for link in url.iter(XHTML)]
        address = (url.findtext(f"{SITEMAP}loc") or "").removeprefix(HOST).rstrip("/")
        assert (languages[-1] == "x-default") == (address in ("", *LANGUAGES))
        assert set(languages) <= {*LANGUAGES, "x-default"}


def test_links_lead_somewhere(pages: Pages, site: Path) -> None:
    for page in pages.values():
        folder = "" if page.path == "404.html" else posixpath.dirname(page.path)
        for element in page.elements:
            address = element.attrs.get("href") or element.attrs.get("src") or element.attrs.get("action") or ""
            if not address or (element.tag == "link" and element.attrs["rel"] in {"canonical", "alternate"}):
                continue
            parts = urlsplit(address)
            assert not parts.scheme, (page.path, address)
            assert not parts.netloc, (page.path, address)
            path = parts.path.lstrip("/") if page.path == "404.html" else posixpath.join(folder, parts.path)
            target = posixpath.normpath(path) if parts.path else page.path
            file = site / target / "index.html" if (site / target).is_dir() else site / target
            assert file.is_file(), (page.path, address)
            if parts.fragment:
                there = pages[file.relative_to(site).as_posix()].ids
                assert unquote(parts.fragment) in there, (page.path, address)


def test_the_policy_is_the_server_s(pages: Pages) -> None:
    policies = {page.one("meta", http_equiv="Content-Security-Policy").attrs["content"] for page in pages.values()}
    assert policies == {PAGE_POLICY}
    assert f"{PAGE_POLICY}; frame-ancestors 'none'" == CONTENT_SECURITY_POLICY


def test_every_box_takes_as_much_as_the_search(pages: Pages, site: Path) -> None:
    limits = {box.attrs["maxlength"] for page in pages.values() for box in page.all("input", name="q")}
    assert limits == {str(MAX_QUESTION)}
    (script,) = site.glob("assets/javascripts-*/ask/question.js")
    assert f"export const MAX_QUESTION = {MAX_QUESTION};" in script.read_text("utf-8")


def test_all_scripts_lie_in_one_folder_that_names_their_hash(pages: Pages, site: Path) -> None:
    """So no page of one release ever runs a script of another, nor is one served that a browser has kept of another."""
    (folder,) = site.glob("assets/javascripts*")
    assert re.fullmatch(r"javascripts-[0-9a-f]{12}", folder.name)
    addresses = [e.attrs["src"] for page in pages.values() for e in page.all("script")]
    assert addresses
    assert not [address for address in addresses if f"/{folder.name}/" not in f"/{address}" or "?" in address]
    for script in folder.rglob("*.js"):
        for other in re.findall(r"""(?:from|import) "(\.[^"]+)";""", script.read_text("utf-8")):
            target = (script.parent / other).resolve()
            assert target.is_file(), (script, other)
            assert target.is_relative_to(folder.resolve()), (script, other)


def test_all_other_files_that_a_page_needs_are_named_with_their_hash(pages: Pages, site: Path) -> None:
    """A host may let browsers keep them for a year; what a style names is no exception."""
    rels = {"stylesheet", "icon", "apple-touch-icon"}
    named = {
        posixpath.normpath(posixpath.join("/", posixpath.dirname(page.path), e.attrs["href"]))
        for page in pages.values()
        for e in page.all("link")
        if e.attrs["rel"] in rels and page.path != "404.html"
    }
    assert {address.rpartition(".")[2].partition("?")[0] for address in named} == {"css", "png", "svg"}
    for style in site.rglob("*.css"):
        of = posixpath.join("/", style.parent.relative_to(site).as_posix())
        found = re.findall(r"""(?:url\(|@import )["']?([^"')]+)""", style.read_text("utf-8"))
        named |= {posixpath.normpath(posixpath.join(of, address)) for address in found}
    assert any("/voices.svg?" in address for address in named)
    for address in named:
        path, _, version = address.lstrip("/").partition("?v=")
        assert version == hashlib.sha256((site / path).read_bytes()).hexdigest()[:8], address


def test_the_site_names_the_licences_of_what_it_ships(pages: Pages, site: Path) -> None:
    text = (site / "licenses.txt").read_text("utf-8")
    for name, licence in (
        ("intfloat/multilingual-e5-small", "MIT"),
        ("onnxruntime-web", "MIT"),
        ("@huggingface/tokenizers", "Apache 2.0"),
    ):
        assert re.search(rf"^  {name} +{licence}$", text, re.MULTILINE)
    assert "torch" not in text
    for page in in_languages(pages):
        assert [a for a in page.all("a") if a.attrs["href"].endswith("licenses.txt")], page.path


def test_policy_holds_without_inline_code(pages: Pages) -> None:
    for page in pages.values():
        policy = page.one("meta", http_equiv="Content-Security-Policy").attrs["content"]
        directives = {name: values for name, *values in (part.split() for part in policy.split(";"))}
        assert directives["default-src"] == ["'none'"]
        assert directives["script-src"] == ["'self'", "'wasm-unsafe-eval'"]
        assert directives["style-src"] == ["'self'"]
        assert directives["connect-src"] == ["'self'"]
        tags = [element.tag for element in page.elements]
        # a policy rules only what follows it
        assert tags.index("meta") < tags.index("title")
        assert "style" not in tags
        for element in page.elements:
            assert element.tag != "script" or ("src" in element.attrs and not element.text.strip())
            assert not [name for name in element.attrs if name == "style" or name.startswith("on")], page.path


def test_ids_are_unique(pages: Pages) -> None:
    for page in pages.values():
        ids = [e.attrs["id"] for e in page.elements if "id" in e.attrs]
        assert len(ids) == len(set(ids)), page.path


def test_nothing_of_materials_is_shipped(site: Path) -> None:
    names = {path.name for path in site.rglob("*") if path.is_file()}
    assert not [name for name in names if re.search(r"bundle|lunr|palette|search_index|\.py$|\.map$", name)]


def test_a_guide_weighs_little(pages: Pages, site: Path) -> None:
    shared = sum(path.stat().st_size for path in (site / "assets").rglob("*") if path.suffix in {".js", ".css", ".svg"})
    heaviest = max(len(page.source.encode()) for page in pages.values())
    assert shared + heaviest < 300_000  # not even compressed
    assert all(len(gzip.compress(page.source.encode())) < 30_000 for page in pages.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sources_show_every_advice_and_who_carries_it(lang: str, pages: Pages, model: SiteModel) -> None:
    page = pages[f"{lang}/sources/index.html"]
    items = [e for e in page.all("li") if e.attrs.get("id") in model.catalogue.advice]
    assert [e.attrs["id"] for e in items] == list(model.catalogue.advice)
    for item in items:
        carriers = model.carriers(lang, item.attrs["id"])
        text = item.text.replace("\u00a0", " ")
        assert model.advice[lang].advice[item.attrs["id"]] in text
        assert (item.attrs.get("class") == "open") == (not carriers)
        assert all(guide.title in text for guide in carriers)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_home_shows_what_it_shall(lang: str, pages: Pages, model: SiteModel) -> None:
    page = pages[f"{lang}/index.html"]
    written = [one for one in model.homes[lang].needed if model.guide(lang, one.guide)]
    assert len(model.homes[lang].needed) == 5
    assert len([e for e in page.all("span") if e.attrs.get("class") == "said-line"]) == len(written)
    assert {e.attrs["action"] for e in page.all("form")} == {"ask/"}
    assert {e.attrs["name"] for e in page.all("input")} == {"q"}


def test_links_to_unwritten_guides_are_text(pages: Pages, model: SiteModel) -> None:
    for guide in model.guides.values():
        page = pages[guide_url(guide) + "index.html"]
        for target in model.catalogue.guides.values():
            if model.guide(guide.lang, target.id) is None:
                assert f"/{target.id}/" not in page.source
                assert f"/{target.id}.md" not in page.source


def test_japanese_headings_break_by_phrase(pages: Pages) -> None:
    long = [page for page in in_languages(pages) if page.path.startswith("ja/") and len(page.one("h1").text) > 12]
    assert len(long) > 5
    assert all("<wbr>" in page.source.split("<h1>")[1].split("</h1>")[0] for page in long)
