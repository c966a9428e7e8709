"""Phrases of the interface: complete in every language, and an error that names file, line and key where not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from rapport.content.catalogue import read_catalogue
from rapport.content.interface import counted, read_advice_texts, read_catalogue_titles, read_interface
from rapport.errors import ContentError
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    from rapport.project import Project
    from rapport.site.model import SiteModel


def change(path: Path, old: str, new: str) -> int:
    """Replace a text that stands once; returns its 1-based line."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (path, old, text.count(old))
    path.write_text(text.replace(old, new), "utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_missing_key_is_named_in_any_language(own_project: Project, lang: str) -> None:
    path = own_project.i18n / f"{lang}.yml"
    path.write_text(re.sub(r"\n  copied: .*", "", path.read_text("utf-8")), "utf-8")
    with pytest.raises(ContentError, match=rf"^i18n/{lang}\.yml:1: the key `phrases.copied` is missing"):
        read_interface(own_project)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_unknown_key_is_named_in_any_language(own_project: Project, lang: str) -> None:
    line = change(own_project.i18n / f"{lang}.yml", "  copied: ", "  copyed: x\n  copied: ")
    with pytest.raises(ContentError, match=rf"^i18n/{lang}\.yml:{line}: the key `phrases.copyed` is unknown"):
        read_interface(own_project)


def test_a_missing_plural_form_is_named(own_project: Project) -> None:
    change(own_project.i18n / "ru.yml", "few: '{n} ситуации', many: '{n} ситуаций'", "few: '{n} ситуации'")
    with pytest.raises(ContentError, match=r"`phrases\.count\.many` is missing"):
        read_interface(own_project)


def test_an_empty_phrase_is_refused(own_project: Project) -> None:
    path = own_project.i18n / "nl.yml"
    path.write_text(re.sub(r"copied: .*", "copied: ''", path.read_text("utf-8")), "utf-8")
    with pytest.raises(ContentError, match=r"^i18n/nl\.yml:\d+: `phrases\.copied` must be a text"):
        read_interface(own_project)


def test_titles_and_advice_are_complete(own_project: Project) -> None:
    catalogue = read_catalogue(own_project)
    path = own_project.i18n / "catalogue" / "de.yml"
    path.write_text(re.sub(r"\n  late-payment: .*", "", path.read_text("utf-8")), "utf-8")
    with pytest.raises(ContentError, match=r"^i18n/catalogue/de\.yml:\d+: the key `guides.late-payment` is missing"):
        read_catalogue_titles(own_project, catalogue)
    (own_project.i18n / "advice" / "ja.yml").unlink()
    with pytest.raises(ContentError, match=r"^i18n/advice/ja\.yml:1: is missing"):
        read_advice_texts(own_project, catalogue)


@pytest.mark.parametrize(
    ("lang", "number", "form"),
    [
        ("ru", 1, "one"), ("ru", 2, "few"), ("ru", 5, "many"), ("ru", 11, "many"), ("ru", 12, "many"),
        ("ru", 21, "one"), ("ru", 52, "few"), ("ru", 111, "many"), ("de", 1, "one"), ("de", 0, "other"),
        ("es", 1, "one"), ("nl", 2, "other"), ("ja", 1, "other"),
    ],
)  # fmt: skip
def test_counted(lang: str, number: int, form: str) -> None:
    forms = {name: f"{name} {{n}}" for name in ("one", "few", "many", "other")}
    if lang == "ja":
        forms = {"other": "other {n}"}
    assert counted(forms, lang, number) == f"{form} {number}"


def test_phrases_are_of_their_language(model: SiteModel) -> None:
    """No phrase is left over from another language, and texts to fill in keep their place."""
    by_key: dict[str, set[str]] = {}
    for lang in LANGUAGES:
        phrases = model.interface[lang].phrases
        for key in phrases.__slots__:
            value = getattr(phrases, key)
            if isinstance(value, str):
                by_key.setdefault(key, set()).add(value)
        assert "{language}" in phrases.missing_banner
        assert "{date}" in phrases.reviewed
    alike = {key for key, values in by_key.items() if len(values) < 4}
    assert alike <= {"mail"}
