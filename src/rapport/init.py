"""`rapport init`: a knowledge base of one's own, with its name, some of the languages and three guides to begin with.

What makes pages (theme, styles, scripts) is copied from this checkout, so that a firm changes it as it likes; the
program stays here. The guides are ours, cut loose from all others, to be replaced.
"""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

from rapport.check import stamp
from rapport.content.catalogue import read_catalogue
from rapport.content.guides import read_guides
from rapport.content.homes import read_homes
from rapport.content.interface import country, read_catalogue_titles, read_interface
from rapport.content.yaml import dump_yaml, read_yaml
from rapport.errors import UsageError
from rapport.languages import LANGUAGE, LANGUAGES
from rapport.project import NAME, open_project

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from rapport.content.catalogue import CatalogueGuide
    from rapport.content.guides import Guide
    from rapport.project import Project

GUIDES = 3
"""Guides to begin with."""

_AS_IT_IS = ("theme", "docs/assets", "mkdocs.yml", "NOTICE", "content/standard.md", "search_index/ranking.yml")
_OURS = re.compile(r"card(-\w+)?\.png")
"""Pictures that show our name."""
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]\\]|\\.)*)\]\([^()\s]*\.md(?:#[^()\s]*)?\)")
_BRAND = re.compile(rf"\b{NAME}\b")

_CONFIG = """\
# What the site is called, on every page.
name = {name}

# The languages it is written in.
languages = {languages}

# Where the site will be: canonical addresses, the sitemap and previews of links name it.
# RAPPORT_SITE_URL goes before it.
# site_url = "https://help.example.com/"

# For a site of one's own people: true asks search engines to leave it alone, on every page and in robots.txt.
noindex = true

# The embedding model; see the program's own rapport.toml.
model = "default"
"""

_MAKEFILE = """\
# The program, as `make setup` leaves it in its checkout. Elsewhere: make build RAPPORT=/path/to/.venv/bin/rapport
RAPPORT ?= {rapport}
PORT ?= 8000

.PHONY: run build watch test

run: build
\t$(RAPPORT) serve --port $(PORT)

build:
\t$(RAPPORT) build

watch: build
\t$(RAPPORT) serve --watch --port $(PORT)

test:
\t$(RAPPORT) check --errors
\t$(RAPPORT) build
"""

_README = """\
# {name}

Made by `rapport init`. `make run` shows it, `make watch` while you write, `make test` before you publish.

The guides that are here show how one is made: write your own (`rapport new`, after adding it to
`content/guides.yml`), and give these up (`rapport retire`). To be made your own: `docs/*/index.md` and
`docs/*/about.md`, the themes in `i18n/catalogue/`, phrases in `i18n/`, the mark in `theme/partials/logo.html`, icons
in `docs/assets/images/` (and `card.png`, 1200 by 630, for previews of links), colours at the head of
`docs/assets/stylesheets/site.css`, `site_url` and `noindex` in `rapport.toml`. Once you have some twenty guides and
questions to measure with, fit the ranking to them with the program's `scripts/tune.py`.
"""


def init(target: Path, name: str, languages: Collection[str], program: Path) -> Project:
    """Lay down a project in a new or empty folder and open it; `program` is the checkout that it is made from.

    UsageError where the folder holds anything, the languages are unknown or fewer than one, or the program is not
    there as a checkout.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError("is not empty", where=target, mend="name a new folder")
    if not (program / "rapport.toml").is_file():
        raise UsageError("is no checkout", where=program, mend="install the program with `make setup` in a checkout")
    source = open_project(program)
    langs = [lang for lang in LANGUAGES if lang in languages]
    if not langs or len(langs) != len(set(languages)):
        raise UsageError(f"languages {', '.join(languages) or '(none)'}", mend=f"name some of {', '.join(LANGUAGES)}")
    _copy(source, target)
    _write(target / "rapport.toml", _CONFIG.format(name=json.dumps(name, ensure_ascii=False), languages=langs))
    _write(target / "Makefile", _MAKEFILE.format(rapport=program / ".venv" / "bin" / "rapport"))
    _write(target / "README.md", _README.format(name=name))
    _write(target / ".gitignore", "/site/\n/.site-*\n/search_index/*\n!/search_index/ranking.yml\n/.cache/\n")
    _content(source, target, name, langs)
    project = open_project(target)
    follow = [path for path in sorted(project.docs.glob("*/*/*.md")) if "\ntranslated:" in path.read_text("utf-8")]
    if follow:
        stamp(project, follow)
    return project


def _copy(source: Project, target: Path) -> None:
    for name in _AS_IT_IS:
        path = source.root / name
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(path, target / name, ignore=ignored)
        else:
            shutil.copy(path, target / name)
    for path in (target / "docs" / "assets" / "images").iterdir():
        if _OURS.fullmatch(path.name):
            path.unlink()


def _content(source: Project, target: Path, name: str, langs: Sequence[str]) -> None:
    catalogue = read_catalogue(source)
    written = {(guide.id, guide.lang): guide for guide in read_guides(source, catalogue)}
    whole = (one for one in catalogue.guides.values() if all((one.id, lang) in written for lang in langs))
    kept = {guide.id: guide for guide, _ in zip(whole, range(GUIDES), strict=False)}
    source_of = {one.id: one.source if one.source in langs else langs[0] for one in kept.values()}
    _write(target / "content" / "guides.yml", dump_yaml(_catalogue(kept.values(), source_of)))
    _write(target / "content" / "advice.yml", "sources: {}\n")
    homes, names = read_homes(source, catalogue), read_catalogue_titles(source, catalogue)
    for lang, interface in read_interface(source).items():
        if lang not in langs:
            continue
        docs, i18n = target / "docs" / lang, target / "i18n"
        words, _ = read_yaml(source.i18n / f"{lang}.yml", f"i18n/{lang}.yml")
        _write(i18n / f"{lang}.yml", dump_yaml(_branded(words, name)))
        themes = {guide.theme: names[lang].themes[guide.theme] for guide in kept.values()}
        titles = {
            "themes": {theme: {"title": text.title, "intro": text.intro} for theme, text in themes.items()},
            "guides": {guide: names[lang].guides[guide] for guide in kept},
        }
        _write(i18n / "catalogue" / f"{lang}.yml", dump_yaml(titles))
        _write(i18n / "advice" / f"{lang}.yml", "sources: {}\nadvice: {}\n")
        home = homes[lang]
        front = {key: getattr(home, key) for key in ("title", "description", "headline", "lead")}
        pointers = [{"guide": guide, "text": names[lang].guides[guide]} for guide in kept]
        page = dump_yaml(_branded(front, name) | {"needed": pointers, "newcomers": pointers})
        _write(docs / "index.md", f"---\n{page}---\n")
        about = interface.phrases
        _write(docs / "about.md", _branded(f"# {about.about}\n\n{about.footer}\n", name))
        for guide in kept:
            one = written[guide, lang]
            others = [country(other, lang) for other in LANGUAGE if other not in langs]
            _write(docs / one.theme / f"{guide}.md", _cut_loose(one, source_of[guide], others))
        for folder in (source.bank, source.judged):
            path = folder / f"{lang}.jsonl"
            if path.is_file():
                _write(target / path.relative_to(source.root), "".join(_questions(path, kept)))
    _write(target / "docs" / "index.md", dump_yaml({"title": name}).join(("---\n", "---\n")))


def _catalogue(kept: Iterable[CatalogueGuide], source_of: dict[str, str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for guide in kept:
        entry = {"scope": guide.scope, "advice": [], "source": source_of[guide.id], "demand": "real"}
        found.setdefault(guide.theme, {})[guide.id] = entry
    return found


def _cut_loose(guide: Guide, source: str, others: Iterable[str]) -> str:
    """Its text without what does not come along: links to other guides, our articles' advice, other countries."""
    text = _LINK.sub(r"\1", guide.document.text)
    for name in others:
        text = re.sub(rf"^- \*\*{re.escape(name)}[:：]\*\*.*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^advice: .*$", "advice: []", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^source: .*$", f"source: {source}", text, count=1, flags=re.MULTILINE)
    if guide.lang == source:
        return re.sub(r"^translated: .*\n", "", text, count=1, flags=re.MULTILINE)
    return text if "\ntranslated:" in text else text.replace("\nsource:", "\ntranslated: none\nsource:", 1)


def _branded(value: Any, name: str) -> Any:
    """A text, or all texts of a mapping, with another name in place of ours."""
    if isinstance(value, dict):
        return {key: _branded(inside, name) for key, inside in value.items()}
    return _BRAND.sub(lambda _: name, value) if isinstance(value, str) else value


def _questions(path: Path, kept: Collection[str]) -> Iterable[str]:
    for line in path.read_text("utf-8").split("\n"):
        entry = json.loads(line) if line.strip() else {"guide": ""}
        if entry["guide"] is None or entry["guide"] in kept:
            if "also" in entry:
                entry["also"] = [one for one in entry["also"] if one in kept]
            yield json.dumps(entry, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")
