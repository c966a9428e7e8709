"""Draw the cards that stories are written from: who tells, how long, in what order, with what beside the point.

A card is drawn for every story before anyone writes it, so that no hand falls into one manner. The same hand number,
language and guide give the same cards.

usage: python scripts/draw_cards.py LANG HAND PER_GUIDE NONE > cards.jsonl
"""

from __future__ import annotations

import argparse
import json
import random

from rapport.content.catalogue import read_catalogue
from rapport.languages import LANGUAGES
from rapport.project import open_project

TELLERS = (
    "freelancer", "freelancer in the first year", "freelancer of twenty years", "owner of an agency of five",
    "employee of an agency", "account manager", "consultant on site", "junior consultant", "project lead, IT services",
    "developer at a software house", "support technician", "independent adviser", "owner of a small firm",
    "team lead", "sales person of an IT firm", "the partner or a relative of the one it happened to",
    "student with a side job", "retired, still takes jobs", "employee who freelances in the evenings",
)  # fmt: skip
TRADES = (
    "web design", "mobile apps", "ERP roll-out", "network and server care", "IT security", "data analysis", "cloud",
    "online shops", "SEO", "advertising", "social media", "copywriting", "translation", "interpreting", "photography",
    "video", "illustration", "logos and print", "PR", "event organisation", "management consulting", "HR consulting",
    "coaching", "training and workshops", "bookkeeping", "tax advice", "legal advice", "architecture",
    "interior design", "engineering office", "surveying", "garden design", "joinery", "electrical work", "painting",
    "music production", "voice-over", "game art", "embedded software", "automation and AI", "market research",
    "grant writing", "editing books", "virtual assistance", "procurement consulting", "quality audits",
    "telephone systems", "CRM set-up", "UX research", "catering for firms", "cleaning firm", "career advice",
    "logistics consulting", "energy advice", "tutoring", "ghostwriting", "3D printing", "car fleet software",
    "hospital software", "public sector projects",
)  # fmt: skip
MANNERS = (
    "plain and factual", "angry", "ashamed", "amused", "tired", "afraid to ask", "proud and then unsure", "bitter",
    "polite and formal, to an advice column", "chatty, many asides", "dictated, hardly a full stop",
    "typed on a phone, slips and small letters", "slang of the trade", "regional colouring", "short of breath",
    "dry humour", "an older person's careful prose", "telegraphic notes", "a reply in a thread (@somebody)",
    "half a rant without a question",
)  # fmt: skip
SHAPES = (
    ("long background first, the trouble late", 4), ("in the middle of it, no introduction", 3),
    ("two troubles, the second is the one asked about", 3), ("tells what happened, asks nothing", 4),
    ("the question first, then the story", 3), ("title of a post only", 2), ("bare question, no story", 2),
    ("general question of principle", 2), ("what was said, quoted, and then?", 2),
    ("has already tried two things", 2), ("asks about something else first, the real matter slips out", 2),
)  # fmt: skip
SINCE = (
    "first contact",
    "two weeks in",
    "three months",
    "a year",
    "five years",
    "since ever",
    "job just delivered",
    "long over",
)
LENGTHS = ((60, 120, 1), (120, 220, 3), (220, 350, 4), (350, 500, 4), (500, 700, 4), (700, 1000, 2))
"""Letters from, to, and how often."""
NARROW = {"title of a post only": 90, "bare question, no story": 160}
"""Shapes that are short whatever was drawn, in letters at most."""


def draw(rng: random.Random, guide: str | None, guides: list[str]) -> dict[str, object]:
    """One card; lengths are in letters of a Latin script (Japanese needs half)."""
    shape = rng.choices([name for name, _ in SHAPES], [often for _, often in SHAPES])[0]
    low, high, _ = rng.choices(LENGTHS, [often for *_, often in LENGTHS])[0]
    length = rng.randint(low, high)
    card: dict[str, object] = {
        "guide": guide,
        "teller": rng.choice(TELLERS),
        "trade": rng.choice(TRADES),
        "known": rng.choice(SINCE),
        "manner": rng.choice(MANNERS),
        "shape": shape,
        "letters": min(length, NARROW.get(shape, length)),
    }
    if rng.random() < 0.5:
        card["borrow"] = rng.choice([name for name in guides if name != guide])
    if guide is not None:
        card["plain_words"] = rng.random() < 0.5
    return card


def main() -> None:
    """Print the cards of one hand as JSON Lines, in an order that mixes the guides."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lang", choices=LANGUAGES)
    parser.add_argument("hand", type=int)
    parser.add_argument("per_guide", type=int)
    parser.add_argument("none", type=int)
    given = parser.parse_args()
    guides = list(read_catalogue(open_project()).guides)
    rng = random.Random(f"{given.lang} {given.hand}")
    wanted = [*guides * given.per_guide, *[None] * given.none]
    rng.shuffle(wanted)
    for number, guide in enumerate(wanted):
        print(json.dumps({"card": number, **draw(rng, guide, guides)}, ensure_ascii=False))


if __name__ == "__main__":
    main()
