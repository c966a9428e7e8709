"""The sections of a guide, in their order: ids are the same in all languages, headings stand in `i18n/<lang>.yml`."""

from __future__ import annotations

SECTION_IDS = (
    "short-answer",
    "signs",
    "what-to-say",
    "push-back",
    "why",
    "steps",
    "pitfalls",
    "when-not",
    "across-cultures",
    "checklist",
)

SHORT_ANSWER, SIGNS = SECTION_IDS[:2]
