"""A question as the search reads it. Pure."""

from __future__ import annotations

from rapport.search.analyser import normalise, runs

MAX_QUESTION = 2_000
"""Characters of a question that are looked at; the model reads no more than its first 512 pieces anyway."""

LONG = 200
"""Letters and digits from which on a text may tell of more than one situation; a Japanese one counts for two."""


def clean_question(text: str) -> str:
    """One line without doubled spaces, cut at `MAX_QUESTION`; half characters become question marks."""
    # an argument that is not UTF-8 arrives with lone surrogates, which nothing downstream can encode
    text = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(text.split())[:MAX_QUESTION]


def words(question: str) -> list[str]:
    """Its words, and of Japanese each character; all of them terms of the analyser."""
    return [word for run, cjk in runs(normalise(question)) for word in (run if cjk else (run,))]


def letters(question: str) -> int:
    """How many letters and digits it has; a Japanese one counts for two."""
    return sum(len(run) * (2 if cjk else 1) for run, cjk in runs(normalise(question)))


def is_long(question: str) -> bool:
    """Whether it tells a story rather than one situation."""
    return letters(question) >= LONG
