"""A question as the search reads it. Pure."""

from __future__ import annotations

MAX_QUESTION = 2_000
"""Characters of a question that are looked at; the model reads no more than its first 512 pieces anyway."""


def clean_question(text: str) -> str:
    """One line without doubled spaces, cut at `MAX_QUESTION`; half characters become question marks."""
    # an argument that is not UTF-8 arrives with lone surrogates, which nothing downstream can encode
    text = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(text.split())[:MAX_QUESTION]
