"""What makes guides alike: replies that are speeches, sentences that stand twice, turns that come back, by language.

A guide by itself may be sound and the next one too; whoever reads both hears the mould. Some of it is wrong (`check`
says so), the rest is counted (`rapport check --sameness`), because only a reader can tell where it hurts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from rapport.content.blocks import Items, Paragraph, Script, all_words
from rapport.content.problem import Level, Problem
from rapport.content.text import best_script, plain, scripts
from rapport.languages import LANGUAGE, LANGUAGES
from rapport.site.typography import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rapport.content.blocks import Section, Words
    from rapport.content.guides import Guide
    from rapport.content.style import Style

REPLY_WORDS, REPLY_CHARACTERS = 45, 110
"""The longest best reply: some twenty seconds on the telephone."""
SENTENCE = 6
"""Words from which on a sentence may stand in one guide only."""
RUN, RUN_GUIDES = 5, 3
"""So many words in a row stand in fewer guides than that."""
SECOND_BEAT = 8
"""A pitfall's second and last sentence is a blow where it has no more words."""

_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[»”“’』」)）]*\s*")
_BARE = re.compile(r"[^\w]+")
COUNTED = ("signs", "steps", "pitfalls", "checklist")


@dataclass(frozen=True, slots=True)
class Sameness:
    """Figures of one language."""

    lang: str
    guides: int
    reply_size: float
    """Median size of the best replies: words, or characters where words do not stand apart."""
    questions: int
    """Best replies that end in a question."""
    timed: int
    """Best replies that close on an hour or a day."""
    pitfalls: int
    two_beats: int
    """Pitfalls of two sentences of which the second is a blow."""
    same_counts: int
    """Guides that share the commonest numbers of signs, steps, pitfalls and lines to tick."""
    tics: tuple[tuple[str, int, int], ...]
    """(word, how often, in how many guides), commonest first."""


def sameness_problems(guides: Sequence[Guide], styles: Mapping[str, Style]) -> Iterator[Problem]:
    """What is wrong: in a best reply, in words that are used up, and between the guides of a language."""
    for guide in guides:
        yield from _reply_problems(guide)
        if style := styles.get(guide.lang):
            yield from _tic_problems(guide, style)
    for lang in LANGUAGES:
        yield from _shared_problems([guide for guide in guides if guide.lang == lang])


def measure(guides: Sequence[Guide], styles: Mapping[str, Style]) -> list[Sameness]:
    """Figures of every language that has guides."""
    by_lang: dict[str, list[Guide]] = defaultdict(list)
    for guide in guides:
        by_lang[guide.lang].append(guide)
    return [_measure(lang, by_lang[lang], styles.get(lang)) for lang in LANGUAGES if lang in by_lang]


def render(figures: Sequence[Sameness]) -> str:
    """The figures as a table, and below it each language's commonest turns."""
    rows = [("", *(one.lang for one in figures))]
    rows += [
        ("guides", *(str(one.guides) for one in figures)),
        ("best reply, median size", *(f"{one.reply_size:g}" for one in figures)),
        ("… that ends in a question", *(str(one.questions) for one in figures)),
        ("… that closes on an hour or day", *(str(one.timed) for one in figures)),
        ("pitfalls in two beats", *(f"{one.two_beats}/{one.pitfalls}" for one in figures)),
        ("guides with the commonest counts", *(str(one.same_counts) for one in figures)),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    for one in figures:
        if one.tics:
            lines.append(f"{one.lang}: " + ", ".join(f"{word} {hits} in {of}" for word, hits, of in one.tics))
    return "\n".join(lines)


def best(guide: Guide) -> Script | None:
    """The script marked best."""
    return next((found for section in guide.sections if (found := best_script(section.blocks))), None)


def size(text: str, lang: str) -> int:
    """Words, or characters where words do not stand apart; quotation marks and the like do not count."""
    if LANGUAGE[lang].spaced:
        return sum(bool(_BARE.sub("", word)) for word in text.split())
    return len("".join(text.split()).strip(LANGUAGE[lang].marks.quotes))


def _reply_problems(guide: Guide) -> Iterator[Problem]:
    script = best(guide)
    if not script:
        return
    text = plain(script.blocks)
    spaced = LANGUAGE[guide.lang].spaced
    most, unit = (REPLY_WORDS, "words") if spaced else (REPLY_CHARACTERS, "characters")
    if (found := size(text, guide.lang)) > most:
        mend = f"say it in {most}; what more there is belongs to push-back or into the written example"
        yield Problem(guide.path, script.line, f"the best reply has {found} {unit}", mend)
    if (asked := list(re.finditer(LANGUAGE[guide.lang].question, text))) and _BARE.sub("", text[asked[-1].end() :]):
        mend = "end it at the question: there the other side answers"
        yield Problem(guide.path, script.line, "the best reply speaks on after its question", mend)


def _tic_problems(guide: Guide, style: Style) -> Iterator[Problem]:
    hits: dict[str, list[int]] = defaultdict(list)
    for words in all_words(guide.document.blocks):
        for line, text in words.lines():
            for word, pattern in style.once.items():
                hits[word] += [line] * len(pattern.findall(text))
    for word, lines in hits.items():
        if len(lines) > 1:
            mend = "say it another way; once a guide is enough"
            yield Problem(guide.path, lines[1], f"“{word}” stands {len(lines)} times", mend, Level.HINT)


def _shared_problems(guides: Sequence[Guide]) -> Iterator[Problem]:
    sentences: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    runs: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for guide in guides:
        for line, words in _sentences(guide):
            if len(words) >= SENTENCE:
                sentences[words].setdefault(guide.path, line)
            for at in range(len(words) - RUN + 1):
                runs[words[at : at + RUN]].setdefault(guide.path, line)
    told: set[tuple[str, int]] = set()
    for found, least, what in ((sentences, 2, "the sentence"), (runs, RUN_GUIDES, "the words")):
        for words, places in found.items():
            if len(places) < least:
                continue
            (first, first_line), *others = places.items()
            for path, line in others:
                if (path, line) not in told:
                    told.add((path, line))
                    text = _joined(words, guides[0].lang)
                    where = f"stand{'s' if least == 2 else ''} in {len(places)} guides, first at {first}:{first_line}"
                    yield Problem(path, line, f"{what} “{text}” {where}", "say it another way")


def _sentences(guide: Guide) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Sentences that are this guide's own, as words without case and marks: no headings, labels, salutations."""
    for section in guide.sections:
        for words in _own_words(section):
            for sentence in _SENTENCE_END.split(words.plain.replace("\n", " ")):
                if found := _words(sentence, guide.lang):
                    yield words.line, found


def _own_words(section: Section) -> Iterator[Words]:
    blocks = [block for block in section.blocks if not (isinstance(block, Script) and block.kind == "example")]
    yield from all_words(blocks)
    for script in scripts(section.blocks):
        # salutation and signature are the same in all letters of a country
        if script.kind == "example":
            yield from (one.words for one in script.blocks[1:-1] if isinstance(one, Paragraph))


def _words(text: str, lang: str) -> tuple[str, ...]:
    parts = text.split() if LANGUAGE[lang].spaced else phrases(text)
    return tuple(bare for part in parts if (bare := _BARE.sub("", part).casefold()))


def _joined(words: tuple[str, ...], lang: str) -> str:
    return (" " if LANGUAGE[lang].spaced else "").join(words)


def _measure(lang: str, guides: Sequence[Guide], style: Style | None) -> Sameness:
    replies = [text for guide in guides if (script := best(guide)) and (text := plain(script.blocks))]
    pitfalls = [
        plain(item.blocks).replace("\n", " ")
        for guide in guides
        for section in guide.sections
        if section.id == "pitfalls"
        for block in section.blocks
        if isinstance(block, Items)
        for item in block.items
    ]
    counts = Counter(_counts(guide) for guide in guides)
    texts = [plain(guide.document.blocks) for guide in guides]
    tics = []
    for word, pattern in (style.once if style else {}).items():
        hits = [len(pattern.findall(text)) for text in texts]
        tics.append((word, sum(hits), sum(map(bool, hits))))
    return Sameness(
        lang=lang,
        guides=len(guides),
        reply_size=median(size(reply, lang) for reply in replies) if replies else 0,
        questions=sum(bool(re.search(LANGUAGE[lang].question, reply[-3:])) for reply in replies),
        timed=sum(bool(style and style.time and style.time.search(_last(reply))) for reply in replies),
        pitfalls=len(pitfalls),
        two_beats=sum(_two_beats(pitfall, lang) for pitfall in pitfalls),
        same_counts=counts.most_common(1)[0][1],
        tics=tuple(sorted((tic for tic in tics if tic[1]), key=lambda tic: -tic[1])),
    )


def _last(reply: str) -> str:
    return [sentence for sentence in _SENTENCE_END.split(reply) if sentence.strip()][-1]


def _counts(guide: Guide) -> tuple[int, ...]:
    found = dict.fromkeys(COUNTED, 0)
    for section in guide.sections:
        if section.id in found:
            found[section.id] += sum(len(block.items) for block in section.blocks if isinstance(block, Items))
    return tuple(found.values())


def _two_beats(pitfall: str, lang: str) -> bool:
    sentences = [words for sentence in _SENTENCE_END.split(pitfall) if (words := _words(sentence, lang))]
    return len(sentences) == 2 and len(sentences[1]) <= SECOND_BEAT
