"""A guide that was added since the last training is found by its bank, its situations and its text.

`tests/data/` holds heads that have learnt nothing of one guide (`rapport train --without GUIDE`). Real stories of
such a guide are found less often than by a head that knows it (DESIGN.md says how much); other questions are not.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rapport.content.catalogue import read_catalogue
from rapport.content.guides import read_guides
from rapport.content.questions import read_judged
from rapport.search.ranking import rank
from rapport.search.reading import read_reading

if TYPE_CHECKING:
    from rapport.project import Project
    from rapport.search.ask import Searcher

DATA = Path(__file__).resolve().parents[1] / "data"
GUIDES = ("late-payment", "silent-client")
FOUND = 0.8


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_added_since_the_training_is_found(real: Project, real_searcher: Searcher, guide: str) -> None:
    found = read_reading(real, DATA / f"reading-without-{guide}.json")
    assert found is not None
    model, head = found
    assert model == real_searcher.encoder.model.id  # type: ignore[attr-defined]
    assert guide not in head.classes
    catalogue = read_catalogue(real)
    right = {text: {guide} for one in read_guides(real, catalogue) if one.id == guide for text in one.situations}
    assert len(right) >= 20
    manner = {
        one.text: {guide, *one.also}
        for one in read_judged(real, catalogue)
        if one.guide == guide and one.kind != "real" and one.split == "tune"
    }
    assert len(manner) >= 10
    knowledge = dataclasses.replace(real_searcher.knowledge, reading=head)
    for asked in (right, manner):
        first = 0
        for text, guides in asked.items():
            ranking = rank(knowledge, *real_searcher.read(text))
            first += knowledge.guides[ranking.order[0]] in guides
        assert first / len(asked) >= FOUND
