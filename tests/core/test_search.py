"""Asking: what an answer holds, as an object, as JSON, as text."""

from __future__ import annotations

import dataclasses
import io
import json
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.content.catalogue import read_catalogue
from rapport.content.interface import read_interface
from rapport.content.questions import read_judged
from rapport.errors import ContentError, UsageError
from rapport.search.answer import Outcome
from rapport.search.ask import Searcher
from rapport.search.question import MAX_QUESTION, clean_question
from rapport.search.show import answer_lines, print_answer, to_dict, to_json

if TYPE_CHECKING:
    from pathlib import Path

    from rapport.project import Project

QUESTION = "Der Kunde zahlt zu spät"
STORY = f"{QUESTION}, hat noch nicht gezahlt und versteht die Rechnung nicht. " * 4


@pytest.fixture
def torn(searcher: Searcher) -> Searcher:
    """Asks the small project, in which both guides always fit and have signs."""
    knowledge = searcher.knowledge
    settings = dataclasses.replace(knowledge.settings, close=9.0, undecided=9.0)
    texts = {key: dataclasses.replace(text, sign=f"Zeichen von {text.guide}") for key, text in knowledge.texts.items()}
    return Searcher(dataclasses.replace(knowledge, settings=settings, texts=texts), small.BagOfTerms())


def test_an_answer(searcher: Searcher) -> None:
    answer = searcher.ask(f"  {QUESTION}\n ")
    assert (answer.question, answer.lang) == (QUESTION, "de")
    assert (answer.outcome, answer.answered, answer.unwritten, answer.unwritten_title) == (
        Outcome.ANSWERED, True, None, "",
    )  # fmt: skip
    assert 0.9 < answer.confidence <= 1
    first, second = answer.hits
    assert (first.rank, first.guide, first.section, first.lang) == (1, "late-payment", "short-answer", "de")
    assert (first.title, first.heading) == ("Der Kunde zahlt zu spät", "short-answer de")
    assert first.url == "/de/money/late-payment/#short-answer"
    assert first.text == "Der Kunde zahlt zu spät. 0"
    assert first.matched == "zahlt zu spät, hat noch nicht gezahlt"
    assert (second.rank, second.guide) == (2, "invoice-unclear")
    assert first.score > second.score
    assert (first.fits, second.fits) == (True, False)


def test_answered_in_another_language(searcher: Searcher) -> None:
    answer = searcher.ask(QUESTION, "ja")
    assert answer.lang == "ja"
    assert [(hit.guide, hit.lang, hit.url) for hit in answer.hits] == [
        ("late-payment", "ja", "/ja/money/late-payment/#short-answer"),
        ("invoice-unclear", "ja", f"/ja/money/invoice-unclear/#{answer.hits[1].section}"),
    ]
    assert answer.hits[0].title == "顧客は支払いが遅い"
    assert answer.hits[0].matched == ""


def test_an_unwritten_guide_is_named_and_no_other_offered_as_the_answer(searcher: Searcher) -> None:
    answer = searcher.ask("Der Kunde verdient einen Abschied", "ru")
    assert (answer.outcome, answer.answered, answer.confidence) == (Outcome.UNWRITTEN, False, 0.0)
    assert (answer.unwritten, answer.unwritten_title) == ("leave-early", "Клиент выматывает, хочу уйти")
    assert {hit.guide for hit in answer.hits} == set(small.WRITTEN)


def test_what_has_no_answer_here(searcher: Searcher) -> None:
    answer = searcher.ask("Der Kunde spielt Tennis")
    assert (answer.outcome, answer.answered, answer.unwritten) == (Outcome.NOTHING, False, None)
    assert [hit.rank for hit in answer.hits] == [1, 2]


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_the_limit(searcher: Searcher, limit: int) -> None:
    hits = searcher.ask(QUESTION, limit=limit).hits
    assert [hit.guide for hit in hits] == ["late-payment", "invoice-unclear"][:limit]


@pytest.mark.parametrize(
    ("question", "lang", "limit", "message"),
    [
        ("", None, 5, "the question is empty"),
        (" \n\t\u3000", None, 5, "the question is empty"),
        (QUESTION, "en", 5, "no language 'en'; use one of es, ru, ja, nl, de"),
        (QUESTION, "", 5, "no language ''"),
        (QUESTION, "de", 0, "at least one guide must be asked for"),
        (QUESTION, "de", -1, "at least one guide must be asked for"),
    ],
)
def test_wrong_use(searcher: Searcher, question: str, lang: str | None, limit: int, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        searcher.ask(question, lang, limit)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "question",
    [
        "x" * 100_000,
        "請求書" * 5_000,
        "\x00\x07\x1b[31m",
        "😀👩‍👩‍👧🇯🇵",
        "\ud800",
        "a\ud800b",
        "‮שלום",
        "\u0301",
        "?!",
        "﷽" * 99,
    ],
)
def test_any_text_is_a_question(searcher: Searcher, question: str) -> None:
    answer = searcher.ask(question)
    assert len(answer.question) <= MAX_QUESTION
    assert json.loads(to_json(answer).encode())["question"] == answer.question
    assert [hit.rank for hit in answer.hits] == [1, 2]


@given(st.text(max_size=50))
@settings(max_examples=60, deadline=None)
def test_asking_never_fails_and_always_says_the_same(searcher: Searcher, question: str) -> None:
    if not clean_question(question):
        return
    first, second = (to_dict(searcher.ask(question)) for _ in range(2))
    del first["elapsed_ms"], second["elapsed_ms"]
    assert first == second
    assert 0 <= first["confidence"] <= 1
    scores = [hit["score"] for hit in first["results"]]
    assert scores == sorted(scores, reverse=True)
    assert np.isfinite(scores).all()


# -- JSON --------------------------------------------------------------------------------------------------------


def test_json_is_as_documented(searcher: Searcher) -> None:
    entry = json.loads(to_json(searcher.ask(QUESTION), "q-1"))
    assert list(entry) == [
        "id", "question", "foreign", "lang", "answered", "outcome", "confidence", "results", "touches", "choice",
        "elapsed_ms",
    ]  # fmt: skip
    assert {key: entry[key] for key in ("id", "question", "lang", "answered", "outcome")} == {
        "id": "q-1", "question": QUESTION, "lang": "de", "answered": True, "outcome": "answered",
    }  # fmt: skip
    assert list(entry["results"][0]) == [
        "rank", "guide", "section", "lang", "title", "heading", "url", "score", "fits", "text", "short",
    ]  # fmt: skip
    assert type(entry["elapsed_ms"]) is float


def test_json_of_a_long_text_between_two_guides(torn: Searcher) -> None:
    entry = to_dict(torn.ask(STORY))
    assert entry["touches"] == ["late-payment", "invoice-unclear"] == [hit["guide"] for hit in entry["results"]]
    assert entry["choice"] == {
        "a": {"guide": "late-payment", "sign": "Zeichen von late-payment"},
        "b": {"guide": "invoice-unclear", "sign": "Zeichen von invoice-unclear"},
    }
    assert [hit["short"] for hit in entry["results"]] == [
        "Der Kunde zahlt zu spät. 0", "Der Kunde versteht die Rechnung nicht. 0",
    ]  # fmt: skip
    short = to_dict(torn.ask(QUESTION))
    assert (short["touches"], short["choice"]) == ([], entry["choice"])


def test_json_of_an_unwritten_guide(searcher: Searcher) -> None:
    entry = to_dict(searcher.ask("Der Kunde verdient einen Abschied"))
    assert list(entry)[-1] == "unwritten"
    assert entry["unwritten"] == {"guide": "leave-early", "title": "Der Kunde zermürbt mich, ich will weg"}
    assert (entry["answered"], entry["outcome"]) == (False, "unwritten")


def test_json_is_one_line_in_plain_letters(searcher: Searcher) -> None:
    line = to_json(searcher.ask("顧客は支払いが遅い"))
    assert "\n" not in line
    assert "顧客は支払いが遅い" in line


# -- files of questions ------------------------------------------------------------------------------------------


def ask_file(searcher: Searcher, path: Path, data: bytes, lang: str | None = None) -> None:
    path.write_bytes(data)
    answer_lines(searcher, path, lang, 5)


def test_a_file_is_answered_line_by_line(
    searcher: Searcher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        {"id": "b", "lang": "ja", "text": QUESTION},
        {"id": 7, "text": "El cliente no entiende la factura"},
        {"text": "Der Kunde spielt Tennis", "lang": None},
        {"id": "b", "lang": "nl", "text": "Клиент выматывает, хочу уйти", "more": [1]},
    ]
    data = "\ufeff" + "\r\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    ask_file(searcher, tmp_path / "q.jsonl", data.encode())
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(entry["id"], entry["lang"], entry["outcome"]) for entry in found] == [
        ("b", "ja", "answered"), (7, "es", "answered"), (None, "de", "nothing"), ("b", "nl", "unwritten"),
    ]  # fmt: skip
    assert found[0]["results"][0]["guide"] == "late-payment"
    assert found[1]["results"][0]["guide"] == "invoice-unclear"


def test_the_command_s_language_goes_before_the_line_s(
    searcher: Searcher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask_file(searcher, tmp_path / "q", json.dumps({"lang": "ja", "text": QUESTION}).encode(), "es")
    assert json.loads(capsys.readouterr().out)["lang"] == "es"


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_has_no_answers(
    searcher: Searcher, tmp_path: Path, data: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    ask_file(searcher, tmp_path / "q", data)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"text": "a"', "is not JSON"),
        (b'"text"', "must be an object in braces"),
        (b'{"id": "x"}', "`text` is missing or empty"),
        (b'{"text": ""}', "`text` is missing or empty"),
        (b'{"text": "\\u200b \\u0007"}', "`text` is missing or empty"),
        (b'{"text": ["a"]}', "`text` is missing or empty"),
        (b'{"text": "a", "lang": "en"}', "no language 'en'; use one of es, ru, ja, nl, de"),
        (b'{"text": "a", "lang": ["de"]}', "no language ['de']"),
        (b'{"text": "a\\ud83d"}', "holds half a character"),
        (b'{"text": "\xe4"}', "is not UTF-8; save the file as UTF-8"),
        (b'{"text": "a", "id": ' + b"1" * 5000 + b"}", "is not JSON"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_printed(
    searcher: Searcher, tmp_path: Path, line: bytes, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    good = json.dumps({"text": QUESTION}).encode()
    with pytest.raises(ContentError) as caught:
        ask_file(searcher, tmp_path / "q.jsonl", good + b"\n\n" + line + b"\n" + good)
    assert str(caught.value).startswith(f"{(tmp_path / 'q.jsonl').as_posix()}:3: {message}")
    assert capsys.readouterr().out == ""


def test_standard_input(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pathlib import Path

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps({"text": QUESTION}).encode())))
    answer_lines(searcher, Path("-"), None, 1)
    assert [hit["guide"] for hit in json.loads(capsys.readouterr().out)["results"]] == ["late-payment"]


# -- for people --------------------------------------------------------------------------------------------------


def shown(searcher: Searcher, project: Project, capsys: pytest.CaptureFixture[str], question: str) -> list[str]:
    print_answer(searcher.ask(question), project)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_a_title_cannot_move_the_cursor(searcher: Searcher, built: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """An index may be older than the rule that refuses such a title."""
    texts = {
        key: dataclasses.replace(text, title="A\x1b]0;x\x07\x1b[2J\x9b1m\u202e")
        for key, text in searcher.knowledge.texts.items()
    }
    knowledge = dataclasses.replace(searcher.knowledge, texts=texts)
    lines = shown(Searcher(knowledge, small.BagOfTerms()), built, capsys, QUESTION)
    assert lines[0] == "A\\u001b]0;x\\u0007\\u001b[2J\\u009b1m\\u202e"
    assert not [one for line in lines for one in line if unicodedata.category(one) in ("Cc", "Cf")]


def test_what_people_see(searcher: Searcher, built: Project, capsys: pytest.CaptureFixture[str]) -> None:
    other = searcher.ask(QUESTION).hits[1]
    assert shown(searcher, built, capsys, QUESTION) == [
        "Der Kunde zahlt zu spät",
        "  answer_matched: zahlt zu spät, hat noch nicht gezahlt",
        "",
        "  short-answer de",
        "  Der Kunde zahlt zu spät. 0",
        "",
        "  /de/money/late-payment/#short-answer",
        "",
        "answer_also",
        "  Der Kunde versteht die Rechnung nicht",
        f"    {other.url}",
    ]


def test_what_fits_too_stands_before_what_is_only_near(
    built: Project, searcher: Searcher, capsys: pytest.CaptureFixture[str]
) -> None:
    wide = dataclasses.replace(searcher.knowledge.settings, close=9.0)
    both = Searcher(dataclasses.replace(searcher.knowledge, settings=wide), small.BagOfTerms())
    lines = shown(both, built, capsys, QUESTION)
    assert lines[6:10] == ["  /de/money/late-payment/#short-answer", "", *lines[8:10]]
    assert lines[8] == "Der Kunde versteht die Rechnung nicht"
    assert "answer_also" not in lines


def test_of_a_long_text_every_guide_has_its_short_answer_and_two_may_be_chosen(
    torn: Searcher, built: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = torn.ask(STORY).hits
    assert shown(torn, built, capsys, STORY) == [
        "answer_touches",
        "",
        "Der Kunde zahlt zu spät",
        f"  answer_matched: {first.matched}",
        "  Der Kunde zahlt zu spät. 0",
        f"  {first.url}",
        "",
        "Der Kunde versteht die Rechnung nicht",
        f"  answer_matched: {second.matched}",
        "  Der Kunde versteht die Rechnung nicht. 0",
        f"  {second.url}",
        "",
        "answer_choose",
        "  Zeichen von late-payment",
        f"    {first.url}",
        "  Zeichen von invoice-unclear",
        f"    {second.url}",
    ]


def test_what_is_near_needs_evidence_of_its_own(searcher: Searcher) -> None:
    high = dataclasses.replace(searcher.knowledge.settings, floor=1.0)
    strict = Searcher(dataclasses.replace(searcher.knowledge, settings=high), small.BagOfTerms())
    assert [hit.guide for hit in strict.ask(QUESTION).hits] == ["late-payment"]
    assert strict.ask("Der Kunde spielt Tennis").hits == ()
    assert strict.ask("Der Kunde verdient einen Abschied").hits == ()


def test_what_is_not_in_the_language_of_the_answer_is_marked(
    built: Project, searcher: Searcher, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {key: text for key, text in searcher.knowledge.texts.items() if key != ("late-payment", "de")}
    lacking = Searcher(dataclasses.replace(searcher.knowledge, texts=texts), small.BagOfTerms())
    first = lacking.ask(QUESTION).hits[0]
    assert (first.guide, first.lang, first.fits) == ("late-payment", "es", True)
    lines = shown(lacking, built, capsys, QUESTION)
    assert lines[0] == f"{small.title('late-payment', 'es')} (es)"
    assert f"  {first.url}" in lines


def test_what_people_see_where_nothing_fits(
    searcher: Searcher, built: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = shown(searcher, built, capsys, "Der Kunde spielt Tennis")
    assert lines[:3] == ["answer_nothing", "", "answer_nearest"]
    assert "answer_matched" not in "".join(lines)


def test_what_people_see_of_an_unwritten_guide(
    searcher: Searcher, built: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = shown(searcher, built, capsys, "Der Kunde verdient einen Abschied")
    assert lines[:3] == ["answer_unwritten Der Kunde zermürbt mich, ich will weg", "", "answer_nearest"]


def test_markup_in_texts_is_shown_as_it_is(
    searcher: Searcher, built: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(searcher, built, capsys, "[bold]Der Kunde zahlt zu spät[/bold]")[0] == "Der Kunde zahlt zu spät"


def test_missing_words_are_a_clear_error(searcher: Searcher, project: Project) -> None:
    (project.i18n / "de.yml").unlink()
    with pytest.raises(
        ContentError, match=r"^i18n/de\.yml: cannot be read \(No such file or directory\); put the file there"
    ):
        print_answer(searcher.ask(QUESTION), project)


FOREIGN = {
    "en": (
        "the client will not pay", "my client does not understand the invoice", "how do I say no to a client politely",
        "the project is running late and the client does not know yet", "client keeps asking for small extras for free",
        "my customer is always late with payments", "the client wants a discount", "they never answer my emails",
        "we promised too much in the sales phase", "she shouts at me on the phone", "unhappy customer",
        "what should I charge for a rush job", "endless revisions", "late payment", "raise my rates",
        "I made a mistake, how do I tell the client", "a friend wants it for free", "he calls me on weekends",
        "the meeting went badly and now he is angry", "is it ok to send a reminder", "the deadline is not realistic",
        "We need to talk about the invoice, the client says it is too high", "client wants everything yesterday",
    ),
    "fr": ("le client ne veut pas payer la facture", "mon client ne comprend pas la facture", "il veut une remise"),
    "it": ("il cliente non vuole pagare la fattura", "come dico di no a un cliente", "vuole uno sconto"),
    "pl": ("klient nie chce zapłacić faktury", "jak odmówić klientowi"),
    "uk": ("мій клієнт не розуміє рахунок", "як відмовити клієнту"),
    "ko": ("고객이 돈을 내지 않아요",),
    "tr": ("müşteri ödemek istemiyor",),
}  # fmt: skip


def test_a_question_in_another_language_is_answered_in_the_one_that_is_wanted(real_searcher: Searcher) -> None:
    answers = [
        real_searcher.ask(question, otherwise=otherwise)
        for questions in FOREIGN.values()
        for question in questions
        for otherwise in ("nl", "ja")
    ]
    foreign = [answer for answer in answers if answer.foreign]
    assert len(foreign) >= 0.9 * len(answers), [answer.question for answer in answers if not answer.foreign]
    assert [answer.lang for answer in foreign] == ["nl", "ja"] * (len(foreign) // 2)
    question = FOREIGN["en"][0]
    assert real_searcher.ask(question).lang == real_searcher.knowledge.languages[0]
    assert real_searcher.ask(question, "ru", otherwise="de").lang == "ru"


def test_hardly_a_question_of_ours_is_taken_for_foreign(real: Project, real_searcher: Searcher) -> None:
    asked = [one for one in read_judged(real, read_catalogue(real)) if one.split == "tune"][::7]
    answers = [(one.lang, real_searcher.ask(one.text, otherwise="de")) for one in asked]
    assert sum(answer.foreign for _, answer in answers) <= 0.02 * len(answers)
    assert sum(lang != answer.lang for lang, answer in answers) <= 0.02 * len(answers)


def test_that_a_question_is_in_another_language_is_said_once(
    real: Project, real_searcher: Searcher, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = real_searcher.ask("my client does not understand the invoice", otherwise="nl")
    print_answer(answer, real)
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.count(read_interface(real)["nl"].phrases.answer_foreign) == 1
    assert to_dict(answer)["foreign"]
