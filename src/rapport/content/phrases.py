"""The phrases of the interface, as a type: a key that is not here does not exist, in any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Counted = Mapping[str, str]
"""Plural form → text with `{n}`."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """`phrases` of `i18n/<lang>.yml`. Texts in braces are filled in when shown."""

    # the site and its frame
    mail: str  # title of a written example that is a mail
    tagline: str
    skip: str
    home: str
    themes: str
    situations: str
    about: str
    sources: str
    footer: str
    licence: str
    legal: str
    scheme: str
    breadcrumb: str
    count: Counted

    # asking
    ask_title: str
    ask_label: str
    ask_label_home: str
    ask_placeholder: str
    ask_button: str
    ask_lead: str
    ask_filter: str
    ask_found: Counted
    ask_none: str
    ask_all: str
    ask_noscript: str

    # answers, on the site and in the terminal
    answer_nothing: str
    answer_unwritten: str  # {title}
    answer_touches: str  # above the guides for a text that tells of several situations
    answer_choose: str  # above two signs, of which the reader takes the nearer one
    answer_nearest: str
    answer_matched: str

    # answers, in the browser
    answer_other_words: str
    answer_suggestions: str
    answer_ask: str  # {question}
    answer_no_suggestions: str
    answer_by_words: Counted
    answer_foreign: str
    answer_also: str
    answer_themes: str
    answer_open: str  # {heading}
    answer_whole: str
    answer_loading_label: str
    answer_loading: str  # {done}, {total}
    answer_starting: str
    answer_cancel: str
    answer_resume: str
    answer_load: str  # {total}
    answer_again: str
    answer_reload: str
    answer_not_kept: str
    answer_not_stored: str
    answer_saver: str  # {total}
    answer_unsupported: str
    answer_no_model: str
    answer_storage: str  # {total}
    answer_full: str  # {total}
    answer_memory: str
    answer_network: str
    answer_damaged: str
    answer_outdated: str
    answer_broken: str
    answer_no_search: str
    answer_cancelled: str
    answer_offline: str
    answer_offline_title: str
    answer_offline_page: str

    # languages
    language_switch: str
    language_missing: str
    missing_banner: str  # {language}
    missing_back: str

    # home
    needed: str
    themes_title: str
    themes_lead: str
    newcomers: str
    newcomers_lead: str

    # theme
    other_themes: str

    # guide
    contents: str
    copy: str
    copied: str
    copy_failed: str
    they_say: str  # before what the other side answers, for screen readers
    you_say: str
    slot_hint: str
    slot_label: str  # {text}
    slots_open: Counted
    familiar: str
    related: str
    versions: str
    state_source: str
    state_current: str
    state_behind: str
    state_unchecked: str
    state_missing: str
    basis: str
    basis_lead: str
    reviewed: str  # {date}
    not_reviewed: str
    law_as_of: str  # {date}
    print: str
    checklist_hint: str

    # sources
    sources_title: str
    sources_lead: str
    sources_original: str  # {language}
    sources_carried: str
    sources_open: str
    sources_planned: str
    sources_count: Counted

    # neither found nor chosen
    choose: str
    choose_again: str
    not_found: str
    not_found_text: str
    not_found_home: str
