"""Compose examples: a question that counts, between parts that do not. Pure, and the same for the same seed."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING

from rapport.languages import LANGUAGE
from rapport.types import BankQuestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rapport.content.parts import Parts

SHORTEST_CORE = 30
"""Letters; bare words are no core of a story (half of it where words do not stand apart)."""

LONGEST = 700
"""Letters of a composed example; a core that leaves no room takes fewer parts (half where words do not stand apart)."""

SHARE_WITHOUT_CORE = 0.12
"""Of the examples, those made of background, small troubles and a question without an answer."""

_SHAPES = (
    (("opening", "background", "CORE", "ending"), 3),
    (("background", "CORE"), 3),
    (("CORE", "background", "ending"), 2),
    (("opening", "background", "background", "CORE"), 2),
    (("background", "trouble", "CORE", "ending"), 3),
    (("trouble", "CORE", "background"), 2),
    (("opening", "CORE", "trouble"), 2),
    (("background", "CORE", "trouble", "background", "ending"), 2),
    (("opening", "trouble", "background", "CORE", "ending"), 2),
    (("background", "background", "trouble", "CORE"), 1),
)
"""Orders of parts, and how often each is taken."""


def compose(cores: Sequence[BankQuestion], parts: Mapping[str, Parts], count: int, seed: int) -> Iterator[BankQuestion]:
    """`count` examples around `cores`, in languages that have parts; as many for every guide that has cores.

    What is right for a core is right for its example. A part is used as often as any other of its kind.
    """
    rng = random.Random(seed)
    by_guide: dict[str | None, list[BankQuestion]] = defaultdict(list)
    for core in cores:
        shortest = SHORTEST_CORE if LANGUAGE[core.lang].spaced else SHORTEST_CORE // 2
        if core.lang in parts and len(core.text) >= shortest:
            by_guide[core.guide].append(core)
    guides = sorted(guide for guide in by_guide if guide)
    decks = {(lang, kind): _Deck(texts, rng) for lang, of in parts.items() for kind, texts in of.items()}
    shapes, often = zip(*_SHAPES, strict=True)
    for number in range(count if guides else 0):
        without = by_guide[None] and rng.random() < SHARE_WITHOUT_CORE
        core = rng.choice(by_guide[None if without else guides[number % len(guides)]])
        yield BankQuestion(core.guide, core.lang, _text(core, rng.choices(shapes, often)[0], decks))


def _text(core: BankQuestion, shape: Sequence[str], decks: Mapping[tuple[str, str], _Deck]) -> str:
    spaced = LANGUAGE[core.lang].spaced
    room = (LONGEST if spaced else LONGEST // 2) - len(core.text)
    found = []
    for kind in shape:
        part = core.text if kind == "CORE" else decks[core.lang, kind].draw()
        if kind != "CORE":
            room -= len(part)
        if part and (kind == "CORE" or room >= 0):
            found.append(part)
    return (" " if spaced else "").join(found)


class _Deck:
    """Texts drawn like cards: none comes again before all have come."""

    def __init__(self, texts: Sequence[str], rng: random.Random) -> None:
        self._texts, self._rng = list(texts), rng
        self._left: list[str] = []

    def draw(self) -> str:
        """The next text; empty where there are none."""
        if not self._left:
            self._left = self._texts.copy()
            self._rng.shuffle(self._left)
        return self._left.pop() if self._left else ""
