"""What the shared cases (`tests/cases/analyser.yml`) cannot say: what holds for any text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.search.analyser import GRAM, normalise, runs, term_key, terms

ANY = st.text(max_size=60) | st.text("äßÄẞйЙё́̆ガか゛ﾞｶﾞＡ１請求々書 _-.'’İıﬁ", max_size=30)


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("Größe STRASSE", "grosse strasse"),
        ("¿Cuánto cuesta el año?", "¿cuanto cuesta el ano?"),
        ("Счёт и ЙОД", "счет и йод"),
        ("и\u0306 йод", "й йод"),
        ("ガギ か゛ ｶﾞ", "ガギ か ゙ ガ"),
        ("ＡＢＣ１２３", "abc123"),
        ("Één coördinatie", "een coordinatie"),
        ("ﬁnal ½", "final 1⁄2"),
    ],
)
def test_normalise(text: str, gives: str) -> None:
    assert normalise(text) == gives


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ("Rechnungskorrektur|Rechnung", {"_rec", "rech", "echn", "chnu", "hnun", "nung"}),
        ("projectleider|projecten", {"_pro", "proj", "roje", "ojec", "ject"}),
        ("счёта|счет", {"_сче", "счет"}),
        ("facturación|factura", {"_fac", "fact", "actu", "ctur", "tura"}),
        ("請求書|請求", {"請", "求", "請求"}),
        ("支払いが|支払期限", {"支", "払", "支払"}),
    ],
)
def test_what_related_words_share(text: str, shared: set[str]) -> None:
    left, right = (set(terms(word)) for word in text.split("|"))
    assert left & right == shared


def test_terms_keep_order_and_repetitions() -> None:
    assert terms("zu zu spät") == ["zu", "zu", "spat", "_spa", "spat"]


def test_a_run_of_mixed_scripts_is_cut() -> None:
    assert list(runs("pdf請求書v2 支払 a_b")) == [
        ("pdf", False), ("請求書", True), ("v2", False), ("支払", True), ("a", False), ("b", False),
    ]  # fmt: skip
    assert terms("PDF請求書v2") == ["pdf", "_pdf", "請", "求", "書", "請求", "求書", "v2"]


@given(ANY)
def test_normalise_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(ANY)
def test_form_and_case_do_not_matter(text: str) -> None:
    assert terms(unicodedata.normalize("NFD", text)) == terms(unicodedata.normalize("NFC", text)) == terms(text)


@given(ANY)
def test_terms_of_any_text_can_be_stored(text: str) -> None:
    for term in terms(text):
        assert term
        assert len(term) <= max(GRAM, len(normalise(text)))
        assert not any(character.isspace() for character in term)
        assert 0 <= term_key(term) < 2**32


@given(ANY)
def test_runs_leave_nothing_out(text: str) -> None:
    found = [run for run, _ in runs(text)]
    assert all(found)
    assert "".join(found) == "".join(character for character in text if character.isalnum())


@given(ANY, ANY)
def test_texts_apart_do_not_touch(left: str, right: str) -> None:
    assert terms(f"{left} | {right}") == terms(left) + terms(right)


@given(st.text(alphabet=st.characters(categories=["Cs"]), min_size=1))
def test_half_characters_are_no_terms(text: str) -> None:
    assert terms(text) == []
