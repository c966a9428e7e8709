"""The browser's copy of the index: arrays, chunks and texts, without a browser."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
import math
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest
import yaml
from test_cases import CASES, RANKING, close, tiny_knowledge
from test_javascript import ROOT, node

from rapport.content.guides import parse_guide
from rapport.embed.record import Encoded
from rapport.errors import ContentError, RapportError
from rapport.export.arrays import MOST_ROWS, index_parts
from rapport.export.pack import PIECE, Packer
from rapport.export.texts import _guide, best_script, common_words
from rapport.search.index import FaissVectors, quantise
from rapport.search.knowledge import Knowledge, Rows
from rapport.search.question import letters
from rapport.search.ranking import rank
from rapport.search.reading import rounded
from rapport.site.assets import SCRIPT_NAME, SCRIPTS, Assets
from rapport.types import Row, RowKind

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = """---
title: Titel
summary: Kurz.
situations: []
advice: []
source: de
---

# Titel

## Was Sie sagen können {#what-to-say}

!!! failure "Lieber nicht"
    „Na klar.“

!!! success "Am besten"
    „Gern, und zwar **morgen**.

    Passt das?“

Danach per [Mail](mail.md).
"""


def exported() -> tuple[Knowledge, dict[str, bytes]]:
    tiny = tiny_knowledge(RANKING["knowledge"])
    rng = np.random.default_rng(7)
    vectors = FaissVectors(*quantise(rng.normal(size=(len(tiny.rows), 3)).astype(np.float32)))
    fields = {name: getattr(tiny, name) for name in Knowledge.__dataclass_fields__}
    knowledge = Knowledge(**{**fields, "vectors": vectors, "reading": rounded(tiny.reading)})
    return knowledge, index_parts(knowledge)


def test_vectors_are_those_of_faiss() -> None:
    knowledge, parts = exported()
    packed = np.frombuffer(parts["vectors"], "<u1").astype(int)
    values = np.stack([packed & 15, packed >> 4], axis=1).reshape(len(knowledge.rows), -1) - 8
    scales = np.frombuffer(parts["scales"], "<f4")
    assert np.allclose(values * scales[:, None], knowledge.vectors.rows(), rtol=0, atol=1e-7)  # type: ignore[attr-defined]


def test_lexical_arrays_hold_the_index() -> None:
    knowledge, parts = exported()
    lexical = knowledge.lexical
    assert (np.cumsum(np.frombuffer(parts["term-keys"], "<u4").astype(np.uint64)) == lexical.keys).all()
    lengths = np.frombuffer(parts["term-lengths"], "<u2").astype(int)
    assert (np.concatenate([[0], np.cumsum(lengths)]) == lexical.starts).all()
    low, high = np.frombuffer(parts["posting-rows"], "<u1").reshape(2, -1).astype(int)
    steps = low + 256 * high
    for start, length in zip(lexical.starts[:-1], lengths, strict=True):
        span = slice(int(start), int(start) + length)
        assert (np.cumsum(steps[span]) == lexical.rows[span]).all()
    assert parts["posting-weights"] == lexical.weights.tobytes()


def test_the_browser_ranks_what_was_written_as_python_does(tmp_path: Path) -> None:
    knowledge, parts = exported()
    for name, data in parts.items():
        (tmp_path / name).write_bytes(data)
    script = [node(), "tests/js/rank_exported.mjs", str(tmp_path)]
    printed = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for case, there in zip(RANKING["rank"], json.loads(printed), strict=True):
        bm25 = knowledge.lexical.scores(case["question"])
        encoded = Encoded(np.array(case["vector"], np.float32), np.array(case["states"], np.float32))
        here = rank(knowledge, encoded, bm25, letters(case["question"]))
        assert close(there["bm25"], bm25)
        assert close(there["score"], here.score)
        assert close(there["features"], here.features)
        assert close([math.nan if value is None else value for value in there["reading"]], here.reading)
        section = [[number, anchor] for number, anchor in here.section.items()]
        assert (there["order"], sorted(there["section"])) == (list(here.order), sorted(section))
        assert there["outcome"] == here.outcome.value


def test_a_part_is_cut_into_verifiable_pieces(tmp_path: Path) -> None:
    data = np.random.default_rng(1).bytes(PIECE + 5)
    packer = Packer(tmp_path)
    packer.add("model", data)
    (chunks,) = packer.describe().values()
    files = [(tmp_path / chunk["name"]).read_bytes() for chunk in chunks]
    assert b"".join(map(gzip.decompress, files)) == data
    assert [len(file) for file in files] == [chunk["bytes"] for chunk in chunks]
    assert [hashlib.sha256(gzip.decompress(file)).hexdigest() for file in files] == [
        chunk["sha256"] for chunk in chunks
    ]
    assert [f"{hashlib.sha256(file).hexdigest()[:20]}.bin" for file in files] == [chunk["name"] for chunk in chunks]
    assert max(chunk["bytes"] for chunk in chunks) <= 4_000_000


def test_the_same_bytes_give_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        packer = Packer(tmp_path / name)
        packer.add("part", b"abc")
    one, two = ([path.name for path in (tmp_path / name).iterdir()] for name in ("one", "two"))
    assert one == two


def test_best_script_is_the_first_marked_best() -> None:
    guide = parse_guide(GUIDE, "docs/de/money/x.md")
    assert best_script(guide) == {
        "heading": "Was Sie sagen können", "scene": "", "label": "Am besten",
        "text": "„Gern, und zwar morgen.\n\nPasst das?“",
    }  # fmt: skip
    assert best_script(parse_guide(GUIDE.replace("!!! success", "!!! tip"), "docs/de/money/x.md")) is None


def test_the_first_sign_is_the_first_item_of_that_section() -> None:
    signs = "## Woran {#signs}\n\nVorab:\n\n- Es fehlt *ein\n  [Wort](y.md)*.\n- Zweitens.\n\n## Was Sie sagen"
    with_signs, without = (
        parse_guide(text, "docs/de/money/x.md") for text in (GUIDE.replace("## Was Sie sagen", signs), GUIDE)
    )
    assert _guide(with_signs)["sign"] == "Es fehlt ein Wort."
    assert _guide(without)["sign"] == ""


def test_what_one_should_rather_not_say_is_found_but_not_quoted() -> None:
    (section,) = _guide(parse_guide(GUIDE, "docs/de/money/x.md"))["sections"]
    assert section["lines"] == ["Danach per Mail."]
    assert section["scripts"] == ["„Na klar.“", "„Gern, und zwar morgen.", "Passt das?“"]


@pytest.mark.parametrize(("lang", "texts", "common"), [
    ("de", ["der Kunde zahlt", "der Kunde schreit", "das Angebot", "die Rechnung"], ["der", "kunde"]),
    ("ja", ["支払いです", "約束です", "値引き", "契約"], ["です"]),
])  # fmt: skip
def test_words_of_all_questions_are_common(lang: str, texts: list[str], common: list[str]) -> None:
    rows = [Row(RowKind.BANK, f"guide-{at}", None, lang, text) for at, text in enumerate(texts)]
    assert common_words(rows, lang) == common


NAMES = yaml.safe_load((CASES / "scripts.yml").read_text("utf-8"))


@pytest.mark.parametrize("name", NAMES["accepted"] + NAMES["refused"])
def test_names_of_scripts_are_those_that_browsers_accept(name: str) -> None:
    assert bool(SCRIPT_NAME.fullmatch(name)) == (name in NAMES["accepted"])


def test_scripts_are_listed_and_hashed_in_all_folders(tmp_path: Path) -> None:
    folder = tmp_path / SCRIPTS
    for name in ("b.js", "ask/a.js", "ask/deep/c.js"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("1", "utf-8")
    before = Assets(tmp_path)
    assert before.scripts == ["ask/a.js", "ask/deep/c.js", "b.js"]
    assert before.address(f"{SCRIPTS}/ask/a.js") == f"{SCRIPTS}-{before.code}/ask/a.js"
    (folder / "ask" / "deep" / "c.js").write_text("2", "utf-8")
    assert Assets(tmp_path).code != before.code
    (folder / "ask" / "deep" / "c.js").rename(folder / "ask" / "c.js")
    assert Assets(tmp_path).code != before.code


def test_a_script_that_browsers_would_refuse_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / SCRIPTS / "ask").mkdir(parents=True)
    (tmp_path / SCRIPTS / "ask" / "rpc_2.js").touch()
    with pytest.raises(
        ContentError, match=r"^docs/assets/javascripts/ask/rpc_2\.js: is no name for a script; name it "
    ):
        _ = Assets(tmp_path).code


def test_a_script_that_is_not_there_fails_the_build(tmp_path: Path) -> None:
    with pytest.raises(
        ContentError, match=r"^docs/assets/javascripts/x\.js: is named by a template or a style but cannot be read"
    ):
        Assets(tmp_path).address(f"{SCRIPTS}/x.js")


def test_more_rows_than_two_bytes_tell_are_refused() -> None:
    knowledge, _ = exported()
    many = Rows.of(list(knowledge.rows)[:1] * (MOST_ROWS + 1))
    with pytest.raises(RapportError) as caught:
        index_parts(dataclasses.replace(knowledge, rows=many))
    assert str(caught.value).startswith("the browser's copy holds at most 65,535 rows, and the index has 65,536; ")
