"""Measure the search on judged questions, beside BM25 alone, vectors alone and, where it is wanted, the full model."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from rapport.content.catalogue import read_catalogue
from rapport.content.questions import read_judged
from rapport.errors import UsageError
from rapport.lab.measures import make_report
from rapport.lab.runs import FULL, OWN, Asked, Choice, Result, Run, choose
from rapport.progress import Progress
from rapport.project import DEFAULT_MODEL
from rapport.search.ask import open_searcher
from rapport.search.index import current_build, read_manifest
from rapport.search.ranking import SIGNALS, centre, combine, comparable, nearest_language, rank, weights_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from rapport.lab.measures import Report
    from rapport.project import Project
    from rapport.search.ask import Searcher
    from rapport.search.knowledge import Knowledge
    from rapport.search.ranking import Numbers, Ranking
    from rapport.types import Floats, JudgedQuestion

    Places = NDArray[np.int64]

ABLATIONS = (*(f"without {name}" for name in SIGNALS), *(f"{name} alone" for name in SIGNALS))
"""The ranking again with some of its signals, the weights as they are."""


def evaluate(project: Project, folder: Path | None = None) -> Report:
    """Ask every judged question of `folder` (default: the project's own) and measure, each split by itself."""
    return make_report(ask_judged(project, lambda text: None, folder=folder))


def ask_judged(
    project: Project,
    say: Callable[[str], None],
    *,
    folder: Path | None = None,
    choice: Choice | None = None,
    full: bool = False,
    ablate: bool = False,
) -> Run:
    """Ask the chosen judged questions, each encoded once.

    `full`: embed them by the full model too; `ablate`: rank them again by some of the signals.
    """
    if full and project.model != DEFAULT_MODEL:
        raise UsageError(
            "--full compares the default model with its small copy, and rapport.toml names another model",
            mend="leave --full out",
        )
    choice = choice or Choice()
    questions = choose(read_judged(project, read_catalogue(project), folder), choice)
    searcher = open_searcher(project)
    made_with = {**_made_with(project), "asked": str(choice)}
    vectors = _full_vectors([one.text for one in questions], say) if full else None
    written = frozenset(guide for guide, _ in searcher.knowledge.texts)
    return Run(made_with, written, ask_all(searcher, questions, say, full=vectors, ablate=ablate))


def ask_all(
    searcher: Searcher,
    questions: Sequence[JudgedQuestion],
    say: Callable[[str], None],
    *,
    full: Floats | None = None,
    ablate: bool = False,
) -> tuple[Asked, ...]:
    """Results of all systems; `full` are the full model's vectors of the questions, `(questions, d)`.

    They stand in for those of the small copy; the states of the pieces stay its own.
    """
    rows_of = _rows_of(searcher.knowledge)
    asked = []
    with Progress(say, "questions asked") as progress:
        for at, question in enumerate(questions):
            asked.append(_ask(searcher, question, rows_of, full[at] if full is not None else None, ablate))
            progress.update(at + 1, len(questions))
    return tuple(asked)


def _made_with(project: Project) -> dict[str, str]:
    commit = git_commit(project.root)
    return {
        **({"commit": commit} if commit else {}),
        "index": current_build(project).name,
        "model": read_manifest(project).model.id,
        "date": date.today().isoformat(),
    }


def git_commit(folder: Path) -> str:
    """Short name of the commit checked out, with `-dirty` where files have changed; empty where git has none."""
    try:
        command = ["git", "-C", str(folder), "describe", "--always", "--dirty"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        return ""


def _full_vectors(texts: Sequence[str], say: Callable[[str], None]) -> Floats:
    from rapport.embed.embedder import SentenceEmbedder
    from rapport.embed.store import ensure_full

    embedder = SentenceEmbedder(str(ensure_full(say)), "query")
    with Progress(say, "embedding by the full model"):
        return embedder.encode(texts)


def _ask(
    searcher: Searcher, question: JudgedQuestion, rows_of: Sequence[Places], full: Floats | None, ablate: bool
) -> Asked:
    knowledge = searcher.knowledge
    encoded, words, length = searcher.read(question.text)
    ranking = rank(knowledge, encoded, words, length)
    centred = centre(encoded.vector, knowledge.means[nearest_language(encoded.vector, knowledge.means)])
    cosines = knowledge.vectors.cosines(centred.astype(np.float32))
    results = {
        OWN: _result(knowledge, question, ranking),
        "bm25": _ranked(knowledge, np.array([words[rows].max(initial=0.0) for rows in rows_of])),
        "dense": _ranked(knowledge, np.array([cosines[rows].max(initial=-1.0) for rows in rows_of])),
    }
    if full is not None:
        results[FULL] = _result(knowledge, question, rank(knowledge, replace(encoded, vector=full), words, length))
    if ablate:
        scores = ablations({name: getattr(ranking, name) for name in SIGNALS}, weights_for(knowledge.settings, length))
        results |= {name: _ranked(knowledge, score) for name, score in scores.items()}
    return Asked(question, results)


def _rows_of(knowledge: Knowledge) -> list[Places]:
    """The rows of each guide: its questions, situations and sections."""
    layout = knowledge.layout
    return [
        np.concatenate([rows, *(part.rows for part in layout.sections if part.guide == guide)])
        for guide, rows in enumerate(layout.questions)
    ]


def _result(knowledge: Knowledge, question: JudgedQuestion, ranking: Ranking) -> Result:
    opens = ranking.section.get(knowledge.guides.index(question.guide)) if question.guide else None
    return Result(
        tuple((knowledge.guides[at], float(ranking.score[at])) for at in ranking.order),
        ranking.outcome,
        ranking.correct,
        opens,
    )


def _ranked(knowledge: Knowledge, score: Numbers) -> Result:
    """Ties go to the guide that comes first in the catalogue, as in the ranking."""
    return Result(tuple((knowledge.guides[at], float(score[at])) for at in np.argsort(-score, kind="stable")))


def ablations(signals: Mapping[str, Numbers], weights: Sequence[float]) -> dict[str, Numbers]:
    """Scores of the guides by the names of `ABLATIONS`, from a question's signals by name and their weights."""
    weight = dict(zip(SIGNALS, weights, strict=True))
    kept = {f"without {name}": [other for other in SIGNALS if other != name] for name in SIGNALS}
    kept |= {f"{name} alone": [name] for name in SIGNALS}
    return {
        label: combine(
            list(comparable({name: signals[name] for name in names}).values()),
            [weight[name] if len(names) > 1 else 1.0 for name in names],
        )
        for label, names in kept.items()
    }
