"""A site is built again when anything that it is made from has changed, and not otherwise."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from rapport.site.inputs import is_current, record, site_inputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from rapport.project import Project


@pytest.fixture
def built(own_project: Project) -> Project:
    own_project.site.mkdir()
    (own_project.site / "index.html").write_text("a", "utf-8")
    record(own_project, site_inputs(own_project))
    return own_project


def append(path: str) -> Callable[[Project], object]:
    def change(project: Project) -> None:
        target = project.root / path
        target.parent.mkdir(exist_ok=True)
        target.write_text((target.read_text("utf-8") if target.exists() else "") + "\n", "utf-8")

    return change


def test_an_unchanged_site_is_current(built: Project) -> None:
    assert is_current(built, site_inputs(built))
    os.utime(built.docs / "index.md")  # the time of an input decides nothing
    assert is_current(built, site_inputs(built))


@pytest.mark.parametrize(
    "change",
    [
        append("docs/de/index.md"),
        append("docs/assets/stylesheets/site.css"),
        append("docs/nl/new.md"),
        append("i18n/ja.yml"),
        append("content/guides.yml"),
        append("theme/base.html"),
        append("mkdocs.yml"),
        append("rapport.toml"),
        append("NOTICE"),
        append("search_index/current"),
        append("site/index.html"),
        append("site/new.html"),
        lambda project: (project.docs / "es" / "about.md").unlink(),
        lambda project: (project.site / "index.html").unlink(),
        lambda project: (project.root / ".site-inputs").write_text("{", "utf-8"),
    ],
)
def test_whatever_changes_makes_it_stale(built: Project, change: Callable[[Project], object]) -> None:
    change(built)
    assert not is_current(built, site_inputs(built))


@pytest.mark.parametrize("name", ["RAPPORT_SITE_URL", "RAPPORT_OFFLINE"])
def test_so_does_a_setting(built: Project, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "0")
    assert not is_current(built, site_inputs(built))
