"""The languages that Rapport is written in."""

from __future__ import annotations

LANGUAGES = ("es", "ru", "ja", "nl", "de")
