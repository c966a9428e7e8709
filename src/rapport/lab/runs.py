"""A run: what every system made of every judged question. Kept in a file, and written as TREC's tools read it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rapport.content.questions import parse_json_lines
from rapport.content.yaml import read_text
from rapport.errors import ContentError, UsageError
from rapport.search.answer import Outcome
from rapport.types import JudgedQuestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

OWN = "rapport"
"""Name of the search itself among the systems."""
FULL = "full"
"""The same search with questions embedded by the full model."""
SYSTEMS = (OWN, "bm25", "dense", FULL)
"""What is measured side by side."""

FORMAT = 1
"""Of a kept run; raise it when what a line holds changes."""
_MEND = "make it with `rapport eval --save`"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which judged questions are asked or compared; an empty part chooses all."""

    splits: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    def __contains__(self, question: JudgedQuestion) -> bool:
        return all(
            not chosen or value in chosen
            for chosen, value in (
                (self.splits, question.split),
                (self.kinds, question.kind),
                (self.languages, question.lang),
            )
        )

    def __str__(self) -> str:
        return " ".join(one for chosen in (self.splits, self.kinds, self.languages) for one in chosen) or "all"


@dataclass(frozen=True, slots=True)
class Result:
    """What one system made of one question."""

    ranking: tuple[tuple[str, float], ...]
    """(guide, score), best first, higher is better."""
    outcome: Outcome | None = None
    """None for a system that only ranks."""
    confidence: float = 0.0
    """Probability that the first guide answers, 0 to 1; 0 for a system that only ranks."""
    opens: str | None = None
    """Section at which the right guide would open, wherever it ranks; None where there is none or it is not written."""

    @property
    def first(self) -> str:
        """The guide that came first."""
        return self.ranking[0][0]


@dataclass(frozen=True, slots=True)
class Asked:
    """A judged question and the results of the systems, by name."""

    question: JudgedQuestion
    results: Mapping[str, Result]

    @property
    def right(self) -> frozenset[str]:
        """The guides that answer it; empty where none does."""
        return frozenset((self.question.guide, *self.question.also)) if self.question.guide else frozenset()


@dataclass(frozen=True, slots=True)
class Run:
    """Questions asked in one go."""

    made_with: dict[str, str]
    """What the figures depend on: `commit` (if there is one), `index`, `model`, `date`, and what was `asked`."""
    written: frozenset[str]
    """Guides that were written then."""
    asked: tuple[Asked, ...]

    def only(self, choice: Choice) -> Run:
        """The part of the run that `choice` wants; UsageError where that is nothing."""
        wanted = {one.id for one in choose([one.question for one in self.asked], choice)}
        return Run(self.made_with, self.written, tuple(one for one in self.asked if one.question.id in wanted))


def choose(questions: Iterable[JudgedQuestion], choice: Choice) -> list[JudgedQuestion]:
    """The questions that `choice` wants; UsageError where that is none."""
    found = [one for one in questions if one in choice]
    if not found:
        raise UsageError("no judged question is left", mend="choose others with --questions, --split, --kind or --lang")
    return found


def save_run(run: Run, path: Path) -> None:
    """Keep what the search itself found, as JSON Lines: what it was made with, then a line for every question."""
    head = {"format": FORMAT, "made_with": run.made_with, "written": sorted(run.written)}
    lines = [head, *({**asdict(one.question), **asdict(one.results[OWN])} for one in run.asked)]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, "utf-8", newline="\n")


def read_run(path: Path) -> Run:
    """A kept run; ContentError with file and line where it is none, or damaged."""
    where = path.as_posix()
    entries = list(parse_json_lines(read_text(path, where), where))
    if not entries or entries[0][1].get("format") != FORMAT:
        raise ContentError("is not a run of this version", where=where, line=1, mend=_MEND)
    asked: dict[str, Asked] = {}
    for line, entry in entries:
        try:
            if line == entries[0][0]:
                made_with = {str(key): str(value) for key, value in entry["made_with"].items()}
                written = frozenset(map(str, entry["written"]))
                continue
            one = _asked(entry)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what = f"is damaged ({type(error).__name__}: {error})"
            raise ContentError(what, where=where, line=line, mend=_MEND) from error
        if asked.setdefault(one.question.id, one) is not one:
            what = f"the question {one.question.id!r} stands twice"
            raise ContentError(what, where=where, line=line, mend=_MEND)
    if not asked:
        raise ContentError("holds no question", where=where, line=1, mend=_MEND)
    return Run(made_with, written, tuple(asked.values()))


def _asked(entry: dict[str, Any]) -> Asked:
    ranking = tuple((str(guide), float(score)) for guide, score in entry.pop("ranking"))
    outcome, confidence, opens = entry.pop("outcome"), float(entry.pop("confidence")), entry.pop("opens")
    if not ranking:
        raise ValueError("no guide is ranked")
    question = JudgedQuestion(**{**entry, "also": tuple(entry["also"])})
    texts = (question.id, question.lang, question.kind, question.text, *question.also)
    if not all(isinstance(text, str) for text in (*texts, question.guide or "", question.section or "", opens or "")):
        raise TypeError("something that must be a text is none")
    return Asked(question, {OWN: Result(ranking, Outcome(outcome), confidence, opens)})


def write_trec(run: Run, folder: Path) -> list[Path]:
    """`qrels.txt`, `run.txt` and `run-<system>.txt` for every other system, as trec_eval and ir-measures read them.

    A guide is judged 2, one of `also` 1. Whatever ranks by score keeps our order: no two scores of a question are the
    same (ties are told apart in the last place).
    """
    for one in run.asked:
        if len(one.question.id.split()) != 1:
            raise UsageError(
                f"the id {one.question.id!r} has a space, which parts the columns of TREC's files", mend="rename it"
            )
    folder.mkdir(parents=True, exist_ok=True)
    files = {"qrels.txt": [f"{one.question.id} 0 {guide} {grade}" for one in run.asked for guide, grade in grades(one)]}
    for system in run.asked[0].results:
        files["run.txt" if system == OWN else f"run-{system.replace(' ', '-')}.txt"] = [
            f"{one.question.id} Q0 {guide} {rank} {score:.9g} {system.replace(' ', '-')}"
            for one in run.asked
            for rank, (guide, score) in enumerate(_distinct(one.results[system].ranking), 1)
        ]
    for name, lines in files.items():
        (folder / name).write_text("".join(line + "\n" for line in lines), "utf-8", newline="\n")
    return [folder / name for name in files]


def grades(one: Asked) -> list[tuple[str, int]]:
    """How relevant the guides of a question are: the guide itself 2, `also` ones 1."""
    own = one.question.guide
    return [(guide, 2 if guide == own else 1) for guide in sorted(one.right)]


def _distinct(ranking: Iterable[tuple[str, float]]) -> Iterable[tuple[str, float]]:
    """The same order with falling scores, also as trec_eval reads them: with single precision."""
    last = np.float32(np.inf)
    for guide, score in ranking:
        last = min(np.float32(score), np.nextafter(last, np.float32(-np.inf)))
        yield guide, float(last)
