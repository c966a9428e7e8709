from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rapport.site.typography import NBSP, phrases, set_spaces, title_html, words_html

CASES = yaml.safe_load(Path(__file__).with_name("typography.yml").read_text("utf-8"))


@pytest.mark.parametrize(("lang", "text", "want"), [(lang, *case) for lang, cases in CASES.items() for case in cases])
def test_spaces_that_do_not_break(lang: str, text: str, want: str) -> None:
    assert set_spaces(text, lang).replace(NBSP, "~") == want


@given(st.sampled_from(["es", "ru", "ja", "nl", "de"]), st.text())
def test_only_spaces_change_and_once_is_enough(lang: str, text: str) -> None:
    once = set_spaces(text, lang)
    assert once.replace(NBSP, " ") == text.replace(NBSP, " ")
    assert set_spaces(once, lang) == once


@given(st.text())
def test_phrases_lose_nothing(text: str) -> None:
    assert "".join(phrases(text)) == text


def test_titles_are_escaped_and_broken_in_japanese_only() -> None:
    assert title_html("お客様が親しくなろうとする", "ja") == "お客様が<wbr>親しくなろうと<wbr>する"
    assert title_html("<b> & 5 €", "es") == f"&lt;b&gt; &amp; 5{NBSP}€"
    assert words_html("見分け方", "ja") == "見分け方"
