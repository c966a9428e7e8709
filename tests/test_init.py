"""A knowledge base of one's own: another name, two of the languages, three guides, and none of ours shines through."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rapport.content.catalogue import read_catalogue
from rapport.errors import ContentError, UsageError
from rapport.init import init
from rapport.languages import LANGUAGE, LANGUAGES
from rapport.project import open_project

ROOT = Path(__file__).parents[1]
NAME = "Rat: Müller & Söhne"
OTHERS = [lang for lang in LANGUAGE if lang not in ("nl", "de")]


def rapport(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own: which languages there are is a process's matter."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_SITE")}
    return subprocess.run(
        [sys.executable, "-m", "rapport", *arguments],
        cwd=root, env={**clean, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("eigene firma") / "wissen"
    done = rapport(ROOT, "init", str(folder), "--name", NAME, "--lang", "de", "--lang", "nl")
    assert done.returncode == 0, done.stderr
    tested = subprocess.run(
        ["make", "test", f"RAPPORT='{sys.executable}' -m rapport"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "0 errors, 0 hints" in tested.stderr
    assert "the site has no address yet: before it is published, set `site_url`" in tested.stderr
    return folder


def pages(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root / "site").as_posix(): path.read_text("utf-8") for path in root.rglob("site/**/*.html")
    }


def test_its_pages_are_its_own(own: Path) -> None:
    found = pages(own)
    guides = [path for path in found if path.count("/") == 3]
    assert len(guides) == 6
    assert {path.split("/")[0] for path in found if "/" in path} == {"de", "nl", "ask"}
    for path, text in found.items():
        assert not re.search(r"\brapport\b(?!\.example|\.scheme|\.lang)", text, re.IGNORECASE), path
        assert not re.search(rf'hreflang="({"|".join(OTHERS)})"|card(-\w+)?\.png', text), path
        assert "Rat: Müller &amp; Söhne" in text, path
        assert '<meta name="robots" content="noindex">' in text, path
        assert "/sources/" not in text, path  # it has no articles to name
    assert (own / "site" / "robots.txt").read_text("utf-8") == "User-agent: *\nDisallow: /\n"
    assert json.loads((own / "site" / "ask" / "manifest.json").read_text("utf-8"))["languages"] == ["nl", "de"]


def test_it_is_asked_in_its_languages(own: Path) -> None:
    answer = json.loads(rapport(own, "ask", "--json", "Ich will die Anfrage freundlich ablehnen").stdout)
    assert (answer["lang"], answer["results"][0]["guide"]) == ("de", "decline-a-project")
    done = rapport(own, "ask", "x", "--lang", "es")
    assert (done.returncode, done.stderr) == (
        2, "rapport: Invalid value for '--lang': 'es' is not one of nl, de. (see `rapport --help`)\n",
    )  # fmt: skip
    assert rapport(own, "status").stdout.split("\n")[0].split() == ["guide", "nl", "de"]


def test_an_address_and_search_engines_by_setting(own: Path) -> None:
    config = own / "rapport.toml"
    before = config.read_text("utf-8")
    text = before.replace("noindex = true", "noindex = false").replace("# site_url", "site_url")
    try:
        config.write_text(text, "utf-8")
        done = rapport(own, "build")
        assert done.returncode == 0, done.stderr
        assert "the site has no address yet" not in done.stderr
        page = (own / "site" / "de" / "index.html").read_text("utf-8")
        assert '<link rel="canonical" href="https://help.example.com/de/">' in page
        assert "noindex" not in page
        robots = "User-agent: *\nAllow: /\n\nSitemap: https://help.example.com/sitemap.xml\n"
        assert (own / "site" / "robots.txt").read_text("utf-8") == robots
    finally:
        config.write_text(before, "utf-8")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("name = 1", "`name` must be a text"),
        ('languages = ["de", "xx"]', "`languages` must list languages; write some of es, ru, ja, nl, de"),
        ("languages = []", "`languages` must list languages"),
        ('site_url = "help.example.com"', "`site_url` must be an address; write it whole"),
        ('noindex = "yes"', "`noindex` must be true or false"),
        (
            'nmae = "x"',
            "unknown key 'nmae'; known are model, revision, name, languages, language, site_url, noindex, complete",
        ),
    ],
)
def test_a_wrong_setting_is_told(tmp_path: Path, config: str, message: str) -> None:
    (tmp_path / "rapport.toml").write_text(config, "utf-8")
    with pytest.raises(ContentError, match=rf"^rapport\.toml: {re.escape(message)}"):
        open_project(tmp_path)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="is not empty; name a new folder"):
        init(tmp_path, "A", ["de"], ROOT)
    with pytest.raises(UsageError, match="is no checkout"):
        init(tmp_path / "new", "A", ["de"], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_languages_are_those_of_the_project_that_was_opened_last(tmp_path: Path) -> None:
    (tmp_path / "rapport.toml").write_text('languages = ["de", "es"]', "utf-8")
    try:
        assert open_project(tmp_path).languages == ("es", "de") == LANGUAGES
    finally:
        real = open_project(ROOT)
    assert tuple(LANGUAGE) == real.languages == LANGUAGES
    assert read_catalogue(real).guides
