"""Show answers: as JSON for programs, as text for people, line by line for files of questions."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rapport.characters import printable
from rapport.content.questions import parse_json_lines
from rapport.content.yaml import read_yaml
from rapport.errors import ContentError, UsageError
from rapport.output import tell_json
from rapport.search.answer import Outcome
from rapport.search.question import clean_question

if TYPE_CHECKING:
    from pathlib import Path

    from rapport.project import Project
    from rapport.search.answer import Answer, Hit
    from rapport.search.ask import Searcher

WIDTH = 88

PHRASES = (
    "answer_nothing", "answer_unwritten", "answer_touches", "answer_matched", "answer_choose", "answer_nearest",
    "answer_also", "answer_foreign",
)  # fmt: skip
"""Phrases of the interface that an answer for people needs."""


def to_dict(answer: Answer, identifier: object = None) -> dict[str, Any]:
    """An answer as the documented JSON object."""
    entry: dict[str, Any] = {
        "id": identifier,
        "question": answer.question,
        "foreign": answer.foreign,
        "lang": answer.lang,
        "answered": answer.answered,
        "outcome": answer.outcome.value,
        "confidence": answer.confidence,
        "results": [_hit(hit) for hit in answer.hits],
        "touches": [hit.guide for hit in answer.hits if hit.fits] if answer.touches else [],
        "choice": asdict(answer.choice) if answer.choice else None,
        "elapsed_ms": answer.elapsed_ms,
    }
    if answer.unwritten:
        entry["unwritten"] = {"guide": answer.unwritten, "title": answer.unwritten_title}
    return entry


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "guide": hit.guide,
        "section": hit.section,
        "lang": hit.lang,
        "title": hit.title,
        "heading": hit.heading,
        "url": hit.url,
        "score": hit.score,
        "fits": hit.fits,
        "text": hit.text,
        "short": hit.short,
    }


def to_json(answer: Answer, identifier: object = None) -> str:
    """One line of JSON."""
    return json.dumps(to_dict(answer, identifier), ensure_ascii=False)


def answer_lines(
    searcher: Searcher, source: Path, lang: str | None, limit: int, *, otherwise: str | None = None
) -> None:
    """Answer a JSON Lines file of `{"id", "lang", "text"}` (`-`: standard input), one JSON line each, in order.

    All lines are read and checked before the first is answered: a wrong one is a ContentError with its line, and
    nothing is printed.
    """
    where = "standard input" if str(source) == "-" else source.as_posix()
    questions = []
    for line, entry in parse_json_lines(_read(source, where), where):
        text = entry.get("text")
        if not isinstance(text, str) or not clean_question(text):
            raise ContentError("`text` is missing or empty", where=where, line=line)
        wanted = entry.get("lang", lang) if lang is None else lang
        if wanted is not None and wanted not in searcher.knowledge.languages:
            languages = ", ".join(searcher.knowledge.languages)
            raise ContentError(f"no language {wanted!r}", where=where, line=line, mend=f"use one of {languages}")
        questions.append((entry.get("id"), text, wanted))
    for identifier, text, wanted in questions:
        tell_json(to_json(searcher.ask(text, wanted, limit, otherwise=otherwise), identifier))


def _read(source: Path, where: str) -> str:
    try:
        data = sys.stdin.buffer.read() if str(source) == "-" else source.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot be read ({error.strerror})", where=where, mend="name a readable file") from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ContentError("is not UTF-8", where=where, line=line, mend="save the file as UTF-8") from error


def print_answer(answer: Answer, project: Project) -> None:
    """The answer for people: the first guide at length, what else fits, then what is near by title.

    Of a text that tells of several situations each guide with its short answer.
    """
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    phrases = read_phrases(project, answer.lang)

    class Pipe(Console):
        """rich's own answer to a broken pipe is to leave with status 1, which means "not answered" here."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    console = Pipe(width=min(WIDTH, Console().width), highlight=False, soft_wrap=False)

    def line(text: str, style: str = "", indent: int = 0) -> None:
        console.print(Padding(Text(printable(text), style=style), (0, 0, 0, indent)))

    if answer.foreign:
        line(phrases["answer_foreign"], "dim")
    if answer.outcome is Outcome.NOTHING:
        line(phrases["answer_nothing"], "bold")
    elif answer.outcome is Outcome.UNWRITTEN:
        line(phrases["answer_unwritten"].replace("{title}", answer.unwritten_title), "bold")
    elif answer.touches:
        line(phrases["answer_touches"])
        console.print()
    others = [hit for hit in answer.hits if not hit.fits]
    for hit in answer.hits:
        if not hit.fits:
            continue
        if hit.rank > 1:
            console.print()
        line(_title(hit, answer.lang), "bold")
        if hit.matched:
            line(f"{phrases['answer_matched']}: {hit.matched}", "dim", 2)
        if answer.touches:
            line(hit.short, "", 2)
        elif hit.rank == 1:
            console.print()
            line(hit.heading, "bold", 2)
            line(hit.text, "", 2)
            console.print()
        line(hit.url, "cyan underline", 2)
    if answer.choice:
        console.print()
        line(phrases["answer_choose"], "bold")
        for option, hit in zip((answer.choice.a, answer.choice.b), answer.hits, strict=False):
            line(option.sign, "", 2)
            line(hit.url, "cyan", 4)
    if others:
        console.print()
        line(phrases["answer_also" if answer.answered else "answer_nearest"], "dim")
    for hit in others:
        line(_title(hit, answer.lang), "", 2)
        line(f"{hit.url}", "cyan", 4)


def _title(hit: Hit, lang: str) -> str:
    """The title, with the code of its language where that is not the answer's."""
    return hit.title if hit.lang == lang else f"{hit.title} ({hit.lang})"


def read_phrases(project: Project, lang: str) -> dict[str, str]:
    """The phrases of an answer in a language; of the others only the build makes sure that they are all there."""
    path, mend = project.i18n / f"{lang}.yml", "run `rapport check`"
    where = project.show(path)
    data, lines = read_yaml(path, where)
    phrases = data.get("phrases") if isinstance(data, dict) else None
    if not isinstance(phrases, dict):
        raise ContentError(
            "`phrases` is missing or holds no keys and values", where=where, line=lines.of("phrases"), mend=mend
        )
    for key in PHRASES:
        if not isinstance(phrases.get(key), str):
            raise ContentError(
                f"`phrases.{key}` is missing or not a text", where=where, line=lines.of("phrases", key), mend=mend
            )
    return {key: phrases[key] for key in PHRASES}
