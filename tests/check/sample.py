"""A small knowledge base without a single problem: two guides written in five languages, one only planned."""

from __future__ import annotations

import datetime
import json
import shutil
from pathlib import Path

import yaml

from rapport.check import stamp
from rapport.content.sections import SECTION_IDS
from rapport.languages import LANGUAGES
from rapport.project import Project, open_project

ROOT = Path(__file__).parents[2]
TODAY = datetime.date(2026, 6, 1)

THEMES = {"invoice-not-understood": "money", "late-payment": "money", "leave-early": "fit"}
SOURCES = {"invoice-not-understood": "de", "late-payment": "es", "leave-early": "nl"}
WRITTEN = ("invoice-not-understood", "late-payment")
NEIGHBOUR = {"invoice-not-understood": "late-payment", "late-payment": "invoice-not-understood"}
ADVICE = {"es": "E", "ru": "R", "ja": "J", "nl": "N", "de": "D"}

TITLES = {
    "es": ("No entiende la factura", "Paga tarde"),
    "ru": ("Счёт непонятен", "Платит поздно"),
    "ja": ("請求書がわからない", "入金が遅い"),
    "nl": ("De factuur is onduidelijk", "De klant betaalt laat"),
    "de": ("Die Rechnung ist unklar", "Der Kunde zahlt spät"),
}
SENTENCES = {
    "es": "Hoy hablamos con calma sobre la meta y el precio.",
    "ru": "Сегодня мы спокойно говорим о цели и о цене.",
    "ja": "今日は目標と金額について落ち着いて話します。",
    "nl": "Vandaag praten we rustig over het doel en de prijs.",
    "de": "Heute sprechen wir ruhig über das Ziel und den Preis.",
}
LATER = {
    "es": "Mañana lo apuntamos todo y lo enviamos por correo.",
    "ru": "Завтра мы всё запишем и отправим по почте.",
    "ja": "明日はすべてを書きとめてメールで送ります。",
    "nl": "Morgen schrijven we alles op en sturen we een mail.",
    "de": "Morgen schreiben wir alles auf und schicken eine Mail.",
}
"""The sentence of the second guide: none may stand in two."""
QUOTED = {"es": "«Sí.»", "ru": "«Да.»", "ja": "「はい。」", "nl": "‘Ja.’", "de": "„Ja.“"}
REPLIES = {"es": "«No.»", "ru": "«Нет.»", "ja": "「いいえ。」", "nl": "‘Nee.’", "de": "„Nein.“"}
COUNTRIES = {
    "es": "España Rusia Japón Países·Bajos Alemania",
    "ru": "Россия Испания Япония Нидерланды Германия",
    "ja": "日本 スペイン ロシア オランダ ドイツ",
    "nl": "Nederland Spanje Rusland Japan Duitsland",
    "de": "Deutschland Spanien Russland Japan Niederlande",
}
SITUATIONS = {
    "es": "primera segunda tercera cuarta",
    "ru": "первая вторая третья четвёртая",
    "ja": "一つ目 二つ目 三つ目 四つ目",
    "nl": "eerste tweede derde vierde",
    "de": "erste zweite dritte vierte",
}


def lay_down(root: Path) -> Project:
    """Write the whole sample below `root` and open it."""
    (root / "rapport.toml").write_text('model = "default"\n', "utf-8")
    _content(root)
    (root / "search_index").mkdir()
    shutil.copy(ROOT / "search_index" / "ranking.yml", root / "search_index" / "ranking.yml")
    (root / "i18n").mkdir()
    for lang in LANGUAGES:
        shutil.copy(ROOT / "i18n" / f"{lang}.yml", root / "i18n" / f"{lang}.yml")
        _words(root, lang)
        for guide in WRITTEN:
            path = root / "docs" / lang / THEMES[guide] / f"{guide}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(guide_text(guide, lang), "utf-8")
        (root / "docs" / lang / "about.md").write_text(f"# Rapport\n\n{SENTENCES[lang]}\n", "utf-8")
        _questions(root, lang)
    (root / "docs" / "index.md").write_text("# Rapport\n", "utf-8")
    project = open_project(root)
    stamp(project, [p for g in WRITTEN for lang in LANGUAGES if (p := path_of(g, lang)) and lang != SOURCES[g]])
    return project


def path_of(guide: str, lang: str) -> str:
    return f"docs/{lang}/{THEMES[guide]}/{guide}.md"


def guide_text(guide: str, lang: str) -> str:
    """A guide of ninety-odd lines; `translated` is not in it."""
    words = yaml.safe_load((ROOT / "i18n" / f"{lang}.yml").read_text("utf-8"))
    title, sentence = TITLES[lang][WRITTEN.index(guide)], (SENTENCES, LATER)[WRITTEN.index(guide)][lang]
    front = [
        "---",
        f"title: {title}",
        f"summary: {sentence}",
        "situations:",
        *(f"  - {title} {word}" for word in SITUATIONS[lang].split()),
        f"advice: [{ADVICE[SOURCES[guide]]}1]",
        f"source: {SOURCES[guide]}",
        "reviewed: 2026-05-01",
        "---",
        "",
        f"# {title}",
    ]
    bullets = [f"- {sentence}"] * 3
    colon, end = ("：", "") if lang == "ja" else (":", " ")
    countries = [name.replace("·", " ") for name in COUNTRIES[lang].split()]
    bodies = {
        "short-answer": [sentence],
        "signs": bullets,
        "what-to-say": _scripts(lang, words["labels"]),
        "push-back": [f"**{REPLIES[lang]}**", "", QUOTED[lang], "", f"**{QUOTED[lang]}**", "", QUOTED[lang]],
        "why": [*[sentence] * (51 if lang != "ja" else 71), "", f"[{title}]({NEIGHBOUR[guide]}.md#why)"],
        "steps": [f"{number}. {sentence}" for number in range(1, 5)],
        "pitfalls": bullets,
        "when-not": [f"[{title}](../fit/leave-early.md)" if guide == "late-payment" else sentence],
        "across-cultures": [f"- **{country}{colon}**{end}{sentence}" for country in countries],
        "checklist": [f"- [ ] {sentence}"] * 4,
    }
    parts = [
        line for name in SECTION_IDS for line in ("", f"## {words['sections'][name]} {{#{name}}}", "", *bodies[name])
    ]
    return "\n".join([*front, *parts, ""])


def _scripts(lang: str, labels: dict[str, str]) -> list[str]:
    lines: list[str] = []
    for kind, title in (("failure", "weak"), ("tip", "better"), ("success", "best"), ("example", "")):
        lines += [f'!!! {kind} "{labels.get(title, "Mail")}"', f"    {QUOTED[lang]}", ""]
    return lines[:-1]


def _content(root: Path) -> None:
    catalogue: dict[str, dict[str, object]] = {"money": {}, "fit": {}}
    for guide, theme in THEMES.items():
        source = SOURCES[guide]
        catalogue[theme][guide] = {"scope": f"What {guide} is.", "advice": [f"{ADVICE[source]}1"], "source": source}
    sources = {
        lang: {"title": "Article", "advice": {f"{ADVICE[lang]}1": "One.", f"{ADVICE[lang]}2": "Two."}}
        for lang in LANGUAGES
    }
    _write_yaml(root / "content" / "guides.yml", catalogue)
    _write_yaml(root / "content" / "advice.yml", {"sources": sources})


def _words(root: Path, lang: str) -> None:
    themes = {theme: {"title": theme, "intro": "One. Two."} for theme in ("money", "fit")}
    _write_yaml(
        root / "i18n" / "catalogue" / f"{lang}.yml", {"themes": themes, "guides": {guide: guide for guide in THEMES}}
    )
    advice = {f"{letter}{number}": "Text." for letter in ADVICE.values() for number in (1, 2)}
    about = {source: {"about": "An article."} for source in LANGUAGES}
    _write_yaml(root / "i18n" / "advice" / f"{lang}.yml", {"sources": about, "advice": advice})


def _questions(root: Path, lang: str) -> None:
    bank = [(guide, f"bank {guide} {number}") for guide in THEMES for number in range(20)]
    bank += [(None, f"bank none {number}") for number in range(100)]
    _write_lines(
        root / "content" / "questions" / "bank" / f"{lang}.jsonl", [{"guide": g, "text": text} for g, text in bank]
    )
    judged = [(guide, f"judged {guide} {number}") for guide in WRITTEN for number in range(3)]
    judged += [(None, f"judged none {number}") for number in range(30)]
    lines = [
        {"id": f"{lang}-{n}", "lang": lang, "kind": "short" if g else "none", "guide": g, "also": [], "text": text}
        for n, (g, text) in enumerate(judged)
    ]
    _write_lines(root / "content" / "questions" / "judged" / f"{lang}.jsonl", lines)


def _write_yaml(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")


def _write_lines(path: Path, entries: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries), "utf-8")
