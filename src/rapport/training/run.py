"""`rapport train`: make `search_index/reading.json` anew."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from rapport.embed.encoder import SmallEncoder
from rapport.embed.store import ensure_question_copy
from rapport.errors import RapportError
from rapport.languages import LANGUAGES
from rapport.progress import Progress
from rapport.search.knowledge import NONE
from rapport.search.ranking import reading_logits
from rapport.search.reading import fold_path, rounded, without_path, write_reading
from rapport.training import head as settings
from rapport.training.examples import COMPOSED, TOLD_TIMES, make_examples, read_materials
from rapport.training.folds import FOLDS, fold_of
from rapport.training.head import fit_head, language_centres

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from rapport.project import Project
    from rapport.search.knowledge import ReadingHead
    from rapport.training.examples import Example
    from rapport.training.head import Fit
    from rapport.types import Floats

SEED = 0

LETTERS_A_SECOND = 9_000
"""What one core of an office machine reads; only for telling how long it will take."""


def train(
    project: Project,
    say: Callable[[str], None],
    seed: int = SEED,
    composed: int = COMPOSED,
    without: Sequence[str] = (),
) -> None:
    """Train the reading head on everything that the project has, and write it.

    For each guide of `without` a head that has learnt nothing of it is left beside those of the folds: what a guide is
    worth that is added later. The same materials and seed give the same head on the same kind of machine. Raises
    RapportError where there is nothing to train on or a guide is unknown, ModelError without the model.
    """
    started = time.perf_counter()
    materials = read_materials(project)
    for guide in without:
        if guide not in materials.guides:
            raise RapportError(f"there is no guide {guide!r}", mend="take an id of content/guides.yml")
    examples = make_examples(materials, seed, composed)
    if len({example.guide for example in examples}) < 2:
        raise RapportError("there is nothing to train on", mend="write bank questions for two guides at least")
    minutes = sum(len(example.text) for example in examples) / LETTERS_A_SECOND / 60
    say(f"reading {len(examples):,} examples, some {minutes:.0f} to {2 * minutes:.0f} minutes")
    encoder = SmallEncoder(ensure_question_copy(say))
    states = read_states(encoder, examples, say)
    centres = language_centres(examples[: len(materials.bank)], states[: len(materials.bank)])
    say("training the reading head")

    def fit(kept: Sequence[int]) -> Fit:
        with Progress(say, "training") as progress:
            chosen = [examples[at] for at in kept], [states[at] for at in kept]
            return fit_head(*chosen, materials.guides, centres, seed, progress.update)

    whole = fit(range(len(examples)))
    recipe: dict[str, Any] = {
        "seed": seed,
        "examples": {
            "bank": len(materials.bank),
            "stories": len(materials.stories),
            "real questions of tune": len(materials.real),
            "composed": len(examples) - len(materials.bank) - len(materials.stories) - len(materials.real),
        },
        "fewest and most examples of a guide": _extremes(examples),
        "epochs": settings.EPOCHS,
        "batch": settings.BATCH,
        "rate": settings.RATE,
        "decay": settings.DECAY,
        "label smoothing": settings.SMOOTHING,
        "told ones count": TOLD_TIMES,
        "loss": round(whole.loss, 4),
        "materials": digest_of(examples),
    }
    write_reading(project, encoder.model.id, whole.head, recipe)
    # what has learnt a question cannot measure with it: `scripts/tune.py` takes for each the head that has not seen it
    found: list[bool] = []
    for fold in range(FOLDS):
        say(f"training without fold {fold + 1} of {FOLDS} of the real questions")
        others = [at for at, example in enumerate(examples) if not example.case or fold_of(example.case) != fold]
        head = rounded(fit(others).head)
        write_reading(project, encoder.model.id, head, {"without": fold}, fold_path(project, fold))
        left_out = sorted(set(range(len(examples))) - set(others))
        found += [right_first(head, examples[at], states[at]) for at in left_out if examples[at].guide]
    if found:
        say(f"of {len(found)} real questions that a head had not learnt, it put {np.mean(found):.3f} right first")
    for guide in without:
        say(f"training without {guide}")
        head = fit([at for at, example in enumerate(examples) if example.guide != guide]).head
        write_reading(project, encoder.model.id, head, {"without": guide}, without_path(project, guide))
    taken = time.perf_counter() - started
    say(f"trained for {len(whole.head.classes) - 1} guides in {taken:.0f} s; now `rapport build`")


def right_first(head: ReadingHead, example: Example, states: Floats) -> bool:
    """Whether the head alone puts the example's guide before all others."""
    logits = reading_logits(head, states, LANGUAGES.index(example.lang))
    best = max((name for name in head.classes if name != NONE), key=lambda name: logits[head.classes.index(name)])
    return best == example.guide


def read_states(encoder: SmallEncoder, examples: Sequence[Example], say: Callable[[str], None]) -> list[Floats]:
    """The states of every example, `(pieces, d) float16`."""
    found: list[Any] = [None] * len(examples)
    with Progress(say, "reading") as progress:
        done = 0
        for places, states in encoder.states([example.text for example in examples]):
            for at, one in zip(places, states, strict=True):
                found[at] = one.astype(np.float16)
            done += len(places)
            progress.update(done, len(examples))
    return found


def digest_of(examples: Sequence[Example]) -> str:
    """SHA-256 over all examples in their order."""
    return hashlib.sha256("\n".join(json.dumps(asdict(one), sort_keys=True) for one in examples).encode()).hexdigest()


def _extremes(examples: Sequence[Example]) -> list[int]:
    counts = Counter(example.guide for example in examples if example.guide).values()
    return [min(counts), max(counts)]
