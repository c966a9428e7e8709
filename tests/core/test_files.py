"""Files that people write: YAML, JSON Lines, catalogue, settings, configuration. Every problem names file and line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import small
from modules import closure

from rapport.content.catalogue import CatalogueGuide, read_catalogue
from rapport.content.questions import parse_json_lines, read_bank, read_judged
from rapport.content.yaml import parse_yaml, read_text, read_yaml
from rapport.errors import ContentError, RapportError, UsageError
from rapport.project import Project, open_project
from rapport.search import build
from rapport.search.build import read_inputs, sources_digest
from rapport.search.knowledge import Settings
from rapport.search.settings import read_settings
from rapport.search.show import PHRASES, read_phrases
from rapport.types import BankQuestion, JudgedQuestion

if TYPE_CHECKING:
    from collections.abc import Callable


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ContentError) as caught:
        call()
    text = str(caught.value)
    assert "\n" not in text
    return text


# -- errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (RapportError("broken"), "broken"),
        (RapportError("broken", mend="mend it"), "broken; mend it"),
        (RapportError("broken", where="a.md"), "a.md: broken"),
        (RapportError("broken", where="a.md", line=3, mend="mend it"), "a.md:3: broken; mend it"),
        (RapportError("two\n  lines"), "two lines"),
    ],
)
def test_an_error_is_one_line(error: RapportError, text: str) -> None:
    assert str(error) == text


# -- text and YAML -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa: 1\n", "a: 1\n"),
        (b"a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
        (b"a: 1\rb: 2\r", "a: 1\nb: 2\n"),
        ("größer".encode(), "größer"),
        (b"", ""),
    ],
)
def test_read_text(tmp_path: Path, data: bytes, text: str) -> None:
    (tmp_path / "a").write_bytes(data)
    assert read_text(tmp_path / "a", "a") == text


def test_latin_1_is_refused_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("eins\nzwei\ngrößer\n".encode("latin-1"))
    assert refusal(lambda: read_text(tmp_path / "a", "docs/a.md")) == (
        "docs/a.md:3: is not UTF-8; save the file as UTF-8"
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refusal(lambda: read_text(tmp_path / "a", "docs/a.md")) == (
        "docs/a.md: cannot be read (No such file or directory); put the file there, readable for you"
    )


def test_yaml_gives_values_and_lines() -> None:
    value, lines = parse_yaml("a: 1\nb:\n  - x: {y: 2}\n    z: 3\n\nc: 2026-01-02\n", "f", first_line=2)
    assert value == {"a": 1, "b": [{"x": {"y": 2}, "z": 3}], "c": "2026-01-02"}
    there = [("a",), ("b",), ("b", 0), ("b", 0, "x", "y"), ("b", 0, "z"), ("c",)]
    assert [lines.of(*keys) for keys in there] == [2, 3, 4, 4, 5, 7]
    missing = [("d",), ("b", 1), ("b", 0, "q", "r"), ("a", "b")]
    assert [lines.of(*keys) for keys in missing] == [1, 3, 4, 2]


def test_yaml_that_names_a_part_again_and_again_is_read_at_once() -> None:
    text = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20))
    _, lines = parse_yaml(text, "f")
    assert lines.of("a19") == 20


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_empty_yaml_is_none(text: str) -> None:
    value, lines = parse_yaml(text, "f")
    assert value is None
    assert lines.of("a") == 1


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "the key 'a' stands twice"),
        ("a:\n  b: 1\n  b: 2\n", 3, "the key 'b' stands twice"),
        ("a: 1\nb: c: d\n", 2, "mapping values are not allowed"),
        ("a: [1, 2\nb: 3\n", 2, ""),
        ("a: 1\n\tb: 2\n", 2, ""),
        ("a: !!python/object:os.system {}\n", 1, "could not determine a constructor"),
        ("a: \x00\n", 1, ""),
        ("? [1]\n: 2\n", 1, ""),
    ],
)
def test_broken_yaml_is_refused_at_its_line(text: str, line: int, part: str) -> None:
    message = refusal(lambda: parse_yaml(text, "f.yml"))
    assert message.startswith(f"f.yml:{line}: the YAML cannot be read: ")
    assert part in message
    assert message.endswith("; mend or quote that line")


def test_yaml_lines_count_from_where_the_text_begins() -> None:
    assert refusal(lambda: parse_yaml("a: 1\na: 2\n", "f.md", first_line=2)).startswith("f.md:3: ")


def test_bom_and_crlf_do_not_shift_lines(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: c: d\r\n")
    assert refusal(lambda: read_yaml(tmp_path / "a.yml", "a.yml")).startswith("a.yml:2: ")


# -- catalogue ---------------------------------------------------------------------------------------------------


def test_catalogue(built: Project) -> None:
    catalogue = read_catalogue(built)
    assert list(catalogue.guides) == ["leave-early", "invoice-unclear", "late-payment"]
    assert catalogue.themes == ("fit", "money")
    assert catalogue.guides["late-payment"] == CatalogueGuide(
        "late-payment", "money", "What late-payment is.", ("A1",), "es"
    )
    assert catalogue.advice == ("A1",)


GUIDE = "  late-payment: {scope: s, advice: [A1], source: es}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1: must list themes and their guides"),
        ("- a\n", "1: must list themes and their guides"),
        ("a: 1\nmoney: late\n", "1: theme 'a' lists no guides"),
        ("money:\n" + GUIDE + "fit:\n" + GUIDE, "4: guide 'late-payment': stands in two themes"),
        ("money:\n  a: {scope: s, advice: [], source: es, title: x}\n", "2: guide 'a': unknown key 'title'"),
        ("money:\n  a: {scope: s, advice: []}\n", "2: guide 'a': lacks 'source'"),
        (
            "money:\n  a: {scope: s, advice: [], source: en}\n",
            "2: guide 'a': source 'en' is none of es, ru, ja, nl, de",
        ),
        ("money:\n  a: {scope: s, advice: [Z9], source: es}\n", "advice code 'Z9' is not in content/advice.yml"),
        ("money:\n  a: {scope: s, advice: A1, source: es}\n", "`advice` must be a list of codes"),
        ("money:\n  a: late\n", "2: guide 'a': must be a mapping"),
        ("money:\n  a: {scope: s, advice: [[A1]], source: es}\n", "advice code ['A1'] is not in content/advice.yml"),
        ("money:\n  a: {1: x, foo: y}\n", "2: guide 'a': unknown key 1"),
        ("money:\n  1: {scope: s, advice: [A1], source: es}\n", "2: guide 1: is no text"),
        ("1:\n" + GUIDE, "1: theme 1 is no text"),
        ("money:\n" + GUIDE + GUIDE, "3: the YAML cannot be read: the key 'late-payment' stands twice"),
    ],
)
def test_a_wrong_catalogue_is_refused(project: Project, text: str, message: str) -> None:
    (project.content / "guides.yml").write_text(text, "utf-8")
    found = refusal(lambda: read_catalogue(project))
    assert found.startswith("content/guides.yml:")
    assert message in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1: must hold `sources`"),
        ("sources: 1\n", "1: must hold `sources`"),
        ("- sources\n", "1: must hold `sources`"),
        ("sources:\n  de: {title: A}\n", "2: source 'de': has no advice by codes"),
        ("sources:\n  de: {title: A, advice: [[E1]]}\n", "2: source 'de': has no advice by codes"),
        ("sources:\n  de: {title: A, advice: {1: x, foo: y}}\n", "2: source 'de': has no advice by codes"),
        ("sources:\n  de: {advice: [E1]}\n", "2: source 'de': has no title"),
        ("sources:\n  5: {title: A, advice: []}\n", "2: source 5: is no language"),
    ],
)
def test_a_wrong_advice_list_is_refused(project: Project, text: str, message: str) -> None:
    (project.content / "advice.yml").write_text(text, "utf-8")
    assert refusal(lambda: read_catalogue(project)).startswith(f"content/advice.yml:{message}")


# -- bank and judged questions -----------------------------------------------------------------------------------


def test_the_bank_is_read_by_language_then_line(built: Project) -> None:
    bank = read_bank(built, read_catalogue(built))
    assert bank[0] == BankQuestion("invoice-unclear", "es", "El cliente no entiende la factura")
    assert bank[-1] == BankQuestion(None, "de", "Die Firma singt ein Lied")
    assert [question.lang for question in bank[::40]] == ["es", "ru", "ja", "nl", "de"]


def test_the_section_that_a_question_asks_for_is_kept_and_white_space_folded(project: Project) -> None:
    line = {"guide": "late-payment", "section": "why", "text": "  why  late\t? "}
    (project.bank / "es.jsonl").write_text("\n" + json.dumps(line) + "\r\n\n", "utf-8")
    first, *_ = read_bank(project, read_catalogue(project))
    assert first == BankQuestion("late-payment", "es", "why late ?", "why")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"guide": null, "text": "a"', "is not JSON"),
        ("[1]", "must be an object in braces"),
        ('{"guide": null, "text": "a", "lang": "de"}', "unknown key 'lang'; known are guide, section, text"),
        ('{"guide": null}', "`text` is missing or empty"),
        ('{"guide": null, "text": "  "}', "`text` is missing or empty"),
        ('{"guide": null, "text": 1}', "`text` is missing or empty"),
        ('{"text": "a"}', "`guide` is missing"),
        ('{"guide": "nobody", "text": "a"}', "no guide 'nobody' in the catalogue"),
        ('{"guide": ["late-payment"], "text": "a"}', "no guide ['late-payment'] in the catalogue"),
        ('{"guide": null, "section": "x", "text": "a"}', "unknown section 'x'"),
        ('{"guide": null, "text": "EINS"}', "stands already in line 1; delete one of them"),
        ('{"guide": null, "text": "a\\ud800b"}', "holds half a character"),
        ('{"guide": null, "text": ' + "9" * 5000 + "}", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('{"guide": null, "text": "a", "id": NaN}', "is not JSON"),
        ('{"guide": null, "text": "a", "id": 1e999}', "is not JSON"),
    ],
)
def test_a_wrong_bank_line_is_refused(project: Project, line: str, message: str) -> None:
    (project.bank / "nl.jsonl").write_text('{"guide": null, "text": "eins"}\n\n' + line + "\n", "utf-8")
    found = refusal(lambda: read_bank(project, read_catalogue(project)))
    assert found.startswith("content/questions/bank/nl.jsonl:3: ")
    assert message in found


def test_a_line_may_hold_characters_that_only_look_like_line_ends() -> None:
    text = '{"text": "a\u2028b\u0085c\x0bd"}\n{"text": "e"}'.replace("\x0b", "\\u000b")
    assert list(parse_json_lines(text, "f")) == [(1, {"text": "a\u2028b\u0085c\x0bd"}), (2, {"text": "e"})]


JUDGED = {"id": "de-1", "lang": "de", "kind": "short", "guide": "late-payment", "also": [], "text": "wann zahlt er"}


def _judged(project: Project, *changes: dict[str, object]) -> list[JudgedQuestion]:
    project.judged.mkdir(parents=True, exist_ok=True)
    for lang in small.WHO:
        (project.judged / f"{lang}.jsonl").write_text("", "utf-8")
    lines = [json.dumps({**JUDGED, **change}, ensure_ascii=False) + "\n" for change in changes]
    (project.judged / "de.jsonl").write_text("".join(lines), "utf-8")
    return read_judged(project, read_catalogue(project))


def test_judged_questions(project: Project) -> None:
    none = {"id": "de-2", "kind": "none", "guide": None, "text": "wie wird das wetter"}
    assert _judged(project, {"also": ["leave-early"], "section": "why"}, none) == [
        JudgedQuestion("de-1", "de", "short", "late-payment", ("leave-early",), "why", "wann zahlt er"),
        JudgedQuestion("de-2", "de", "none", None, (), None, "wie wird das wetter"),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": 1}, "`id` is missing or not a text"),
        ({"id": "de-0"}, "`id` 'de-0' stands already at content/questions/judged/de.jsonl:1"),
        ({"lang": "nl"}, "`lang` is 'nl'"),
        ({"kind": "none"}, "`kind` is 'none'"),
        ({"kind": "tall"}, "`kind` is 'tall'"),
        ({"guide": None}, "`kind` is 'short'"),
        ({"also": ["nobody"]}, "`also` is ['nobody']"),
        ({"also": None}, "`also` is None"),
        ({"also": "late-payment"}, "`also` is 'late-payment'"),
        ({"answer": 1}, "unknown key 'answer'"),
    ],
)
def test_a_wrong_judged_line_is_refused(project: Project, change: dict[str, object], message: str) -> None:
    found = refusal(lambda: _judged(project, {"id": "de-0"}, change))
    assert found.startswith("content/questions/judged/de.jsonl:2: ")
    assert message in found


# -- titles and ranking settings ---------------------------------------------------------------------------------


def test_a_guide_without_a_title_is_refused(project: Project) -> None:
    (project.i18n / "catalogue" / "ru.yml").write_text(
        "themes: {fit: {title: a, intro: b}, money: {title: a, intro: b}}\nguides: {late-payment: x}\n", "utf-8"
    )
    assert refusal(lambda: read_inputs(project)) == (
        "i18n/catalogue/ru.yml:2: the key `guides.leave-early` is missing; add it"
    )


def test_settings(built: Project) -> None:
    assert read_settings(built) == Settings(
        **{key: tuple(value) if isinstance(value, list) else value for key, value in small.SETTINGS.items()}
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("short_to: 200.0", "far: 200.0", "key 'far' is missing or unknown"),
        ("short_to: 200.0", "short_to: much", "`short_to` must be a number"),
        ("short_to: 200.0", "short_to: .nan", "`short_to` must be a number"),
        ("short_to: 200.0", "short_to: [1]", "`short_to` must be a number"),
        ("long_from: 400.0", "5: 1", "key '5' is missing or unknown"),
        ("short_to: 200.0", "short_to: 1" + "0" * 400, "`short_to` must be a number"),
        ("long_from: 400.0", "long_from: 200", "`long_from` must be larger than `short_to`"),
        ("- -2.0", "- no", "must be a list of 7 numbers"),
        ("- -2.0\n", "", "must be a list of 7 numbers"),
    ],
)
def test_wrong_settings_are_refused(project: Project, old: str, new: str, message: str) -> None:
    path = project.search_index / "ranking.yml"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    found = refusal(lambda: read_settings(project))
    assert found.startswith("search_index/ranking.yml:")
    assert message in found


# -- the project -------------------------------------------------------------------------------------------------


def test_the_project_is_found_from_any_folder_below(built: Project) -> None:
    assert open_project(built.root / "docs" / "de") == Project(built.root, "default")


def test_the_environment_names_the_project(built: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAPPORT_ROOT", str(built.docs))
    assert open_project().root == built.root


def test_no_project(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"^no rapport\.toml in .* or above; run the command inside a Rapport checkout$"
    ):
        open_project(tmp_path)


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("", "default"),
        ('model = "default"', "default"),
        ('model = "someone/some-model"', "someone/some-model"),
        ('model = "./model"', "{root}/model"),
        ('model = "/there/model"', "/there/model"),
    ],
)
def test_the_model_is_configured(tmp_path: Path, text: str, model: str) -> None:
    (tmp_path / "rapport.toml").write_text(text, "utf-8")
    assert open_project(tmp_path).model == model.format(root=tmp_path.resolve())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"model = ", "Invalid value"),
        (b'modell = "default"', "unknown key 'modell'; known are model, revision, name, languages, language, site_url"),
        (b'language = "en"', "`language` is none of ours; use one of es, ru, ja, nl, de"),
        (b"model = 1", "`model` must be a text"),
        (b'model = " "', "`model` must be a text"),
        (b'model = "gr\xf6\xdfer"', "can't decode"),
    ],
)
def test_a_wrong_configuration_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "rapport.toml").write_bytes(data)
    found = refusal(lambda: open_project(tmp_path))
    assert found.startswith("rapport.toml: ")
    assert message in found


def test_a_path_is_shown_from_the_root(built: Project, tmp_path: Path) -> None:
    assert built.show(built.docs / "de" / "a.md") == "docs/de/a.md"
    assert built.show(tmp_path) == tmp_path.as_posix()


@pytest.mark.parametrize("name", ["mymodel", "some/model", "./mymodel"])
def test_a_folder_beside_the_configuration_goes_before_the_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "rapport.toml").write_text(f'model = "{name}"', "utf-8")
    (tmp_path / name).mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    for folder in (tmp_path, tmp_path / "docs", tmp_path.parent):
        monkeypatch.chdir(folder)
        assert open_project(tmp_path).model == str((tmp_path / name).resolve())


# -- words of an answer ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("phrases: hello\n", "`phrases` is missing or holds no keys and values"),
        ("hello\n", "`phrases` is missing or holds no keys and values"),
        ("phrases: {answer_nothing: a}\n", "`phrases.answer_unwritten` is missing or not a text"),
        ("phrases: {answer_nothing: }\n", "`phrases.answer_nothing` is missing or not a text"),
    ],
)
def test_wrong_words_of_an_answer_are_refused(project: Project, text: str, message: str) -> None:
    (project.i18n / "nl.yml").write_text(text, "utf-8")
    assert refusal(lambda: read_phrases(project, "nl")) == f"i18n/nl.yml:1: {message}; run `rapport check`"
    (project.i18n / "nl.yml").write_text("phrases: [\n", "utf-8")
    assert refusal(lambda: read_phrases(project, "nl")).startswith("i18n/nl.yml:2: the YAML cannot be read: ")


def test_words_of_an_answer(real: Project) -> None:
    for lang in small.WHO:
        assert tuple(read_phrases(real, lang)) == PHRASES


# -- the program -------------------------------------------------------------------------------------------------


def test_another_algorithm_is_another_build(tmp_path: Path) -> None:
    """Whatever a build imports of ours, directly or not, names it."""
    package = tmp_path / "rapport"
    shutil.copytree(Path(build.__file__).parents[1], package, ignore=shutil.ignore_patterns("__pycache__"))
    assert sources_digest(package) == sources_digest()
    reached = closure("search.build")
    assert {"search.train", "search.ranking", "content.questions", "content.catalogue", "types"} <= reached
    for name in sorted(reached):
        before = sources_digest(package)
        path = package / f"{name.replace('.', '/')}.py"
        (path if path.exists() else package / name / "__init__.py").write_text("# changed\n", "utf-8")
        assert sources_digest(package) != before, name
