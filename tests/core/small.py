"""A small valid project, and an embedding that is a plain function of the text: two guides written, one planned."""

# ruff: noqa: E501

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

import numpy as np
import yaml

from rapport.embed.cache import VectorCache
from rapport.embed.record import Embedding, Encoded, ModelRecord
from rapport.languages import LANGUAGES
from rapport.project import Project, open_project
from rapport.search.analyser import terms
from rapport.search.knowledge import NONE, ReadingHead
from rapport.search.reading import write_reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rapport.types import Floats

D = 384
THEMES = {"invoice-unclear": "money", "late-payment": "money", "leave-early": "fit"}
SOURCES = {"invoice-unclear": "de", "late-payment": "es", "leave-early": "nl"}
WRITTEN = ("invoice-unclear", "late-payment")
SECTIONS = ("short-answer", "what-to-say", "why")

# per language: who, then for each guide and for none the ends of a question, one per situation or question
WHO = {
    "es": ("El cliente", "La empresa"),
    "ru": ("Клиент", "Заказчик"),
    "ja": ("顧客は", "取引先が"),
    "nl": ("De klant", "Het bedrijf"),
    "de": ("Der Kunde", "Die Firma"),
}
ENDS = {
    "es": {
        "invoice-unclear": ("no entiende la factura", "pregunta qué significa la factura", "no ve qué incluye la factura",
                            "pide explicar cada línea de la factura", "encuentra confusa la factura"),
        "late-payment": ("paga tarde", "no ha pagado todavía", "siempre se retrasa con el pago", "deja vencer el plazo",
                         "debe dinero hace meses"),
        "leave-early": ("me agota y quiero irme", "no encaja y quiero terminar", "merece una despedida",
                        "ya no me conviene, lo dejo", "se queda sin mí"),
        "none": ("busca una receta de sopa", "compra una bicicleta roja", "mira el tiempo de mañana", "juega al tenis",
                 "canta una canción"),
    },
    "ru": {
        "invoice-unclear": ("не понимает счёт", "спрашивает, что значит счёт", "не видит, за что счёт",
                            "просит объяснить каждую строку счёта", "считает счёт запутанным"),
        "late-payment": ("платит поздно", "ещё не заплатил", "вечно задерживает оплату", "пропустил срок оплаты",
                         "должен деньги давно"),
        "leave-early": ("выматывает, хочу уйти", "не подходит, хочу закончить", "заслуживает прощания",
                        "мне больше не нужен, ухожу", "останется без меня"),
        "none": ("ищет рецепт супа", "покупает красный велосипед", "смотрит погоду на завтра", "играет в теннис",
                 "поёт песню"),
    },
    "ja": {
        "invoice-unclear": ("請求書がわからない", "請求書の意味を聞く", "請求書の内訳が見えない", "請求書の各行の説明を求める",
                            "請求書が複雑だと言う"),
        "late-payment": ("支払いが遅い", "まだ入金しない", "いつも振込が遅れる", "支払期限を過ぎた", "何か月も未払いだ"),
        "leave-early": ("つらいので辞めたい", "合わないので終わりにしたい", "別れを告げる相手だ", "もう合わない、去る",
                        "私を失う"),
        "none": ("スープの作り方を探す", "赤い自転車を買う", "明日の天気を見る", "テニスをする", "歌を歌う"),
    },
    "nl": {
        "invoice-unclear": ("begrijpt de factuur niet", "vraagt wat de factuur betekent", "ziet niet wat op de factuur staat",
                            "wil uitleg bij elke regel van de factuur", "vindt de factuur verwarrend"),
        "late-payment": ("betaalt te laat", "heeft nog niet betaald", "is steeds te laat met geld", "laat de termijn verlopen",
                         "staat al maanden in de schuld"),
        "leave-early": ("put mij uit, ik wil weg", "past niet, ik wil stoppen", "verdient een afscheid",
                        "is niets meer voor mij, ik vertrek", "gaat verder zonder mij"),
        "none": ("zoekt een recept voor soep", "koopt een rode fiets", "bekijkt het weer van morgen", "speelt tennis",
                 "zingt een lied"),
    },
    "de": {
        "invoice-unclear": ("versteht die Rechnung nicht", "fragt, was die Rechnung bedeutet",
                            "sieht nicht, wofür die Rechnung ist", "will jede Zeile der Rechnung erklärt haben",
                            "findet die Rechnung verwirrend"),
        "late-payment": ("zahlt zu spät", "hat noch nicht gezahlt", "ist immer im Verzug mit Geld", "lässt die Frist verstreichen",
                         "schuldet seit Monaten Geld"),
        "leave-early": ("zermürbt mich, ich will weg", "passt nicht, ich will aufhören", "verdient einen Abschied",
                        "ist nichts mehr für mich, ich gehe", "bleibt ohne mich"),
        "none": ("sucht ein Rezept für Suppe", "kauft ein rotes Fahrrad", "schaut nach dem Wetter von morgen",
                 "spielt Tennis", "singt ein Lied"),
    },
}  # fmt: skip

SETTINGS = {
    "short": [0.0, 1.0, 0.8, 0.5, 0.2],
    "long": [0.0, 1.0, 0.8, 0.5, 0.2],
    "short_to": 200.0,
    "long_from": 400.0,
    "dense": 0.6,
    "section": 1.0,
    "answerable": [0.0, 0.5, 0.0, 3.0, 3.0, 0.0, -2.0],
    "correct": [0.0, 0.5, 0.0, 3.0, 3.0, 1.0, -2.0],
    "refuse_below": 0.5,
    "unwritten_lead": 0.2,
    "close": 1.5,
    "evidence": [0.0, 1.0, 1.0, 1.0, 0.0],
    "floor": 0.0,
    "undecided": 0.0,
}

RECORD = ModelRecord(
    id="bag-of-terms", fingerprint="1", question_prompt="", passage_prompt="", pooling="sum", dimensions=D
)


def vector(text: str) -> Floats:
    """`(D,) float32`, unit length: every term adds or takes 1 at a place that its CRC-32 names."""
    found = np.zeros(D, dtype=np.float64)
    for term in terms(text):
        code = zlib.crc32(term.encode())
        found[code % D] += 1 if code & 0x80000000 else -1
    found[zlib.crc32(text.encode()) % D] += 0.01  # so that no text is the zero vector
    return (found / np.linalg.norm(found)).astype(np.float32)


class BagOfTerms:
    """Both encoders in one; `seen` lists every text that it was asked for."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.seen += texts
        return np.stack([vector(text) for text in texts])

    def batches(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Floats]]:
        yield range(len(texts)), self.encode(texts)

    def encode_question(self, text: str) -> Encoded:
        self.seen.append(text)
        return Encoded(vector(text), np.stack([vector(term) for term in [*terms(text), text]]))


def reading_head() -> ReadingHead:
    """A head of plain numbers for the two written guides."""
    rng = np.random.default_rng(5)
    query, value, mean = rng.normal(size=(3, len(WRITTEN) + 1, D)).astype(np.float32)
    centres = rng.normal(size=(len(LANGUAGES), D), scale=0.01).astype(np.float32)
    return ReadingHead((*WRITTEN, NONE), query, value, mean, np.zeros(len(WRITTEN) + 1, np.float32), centres)


def embedding(encoder: BagOfTerms | None = None, cache: Path | None = None, record: ModelRecord = RECORD) -> Embedding:
    """What a build needs, without a model; with `cache` every text is embedded once."""
    encoder = encoder or BagOfTerms()
    if cache is None:
        return Embedding(record, encoder.encode, encoder.encode)
    asked, read = VectorCache(cache / "questions.vectors", D), VectorCache(cache / "passages.vectors", D)
    return Embedding(
        record,
        questions=lambda texts: asked.vectors(texts, encoder.batches),
        passages=lambda texts: read.vectors(texts, encoder.batches),
    )


def quiet(text: str) -> None:
    """A `say` that says nothing."""


def lay_down(root: Path, model: str = "default") -> Project:
    """Write the whole project below `root` and open it."""
    _write(root / "rapport.toml", f"model = {json.dumps(model)}\n")
    catalogue: dict[str, dict[str, object]] = {"fit": {}, "money": {}}
    for guide, theme in THEMES.items():
        catalogue[theme][guide] = {"scope": f"What {guide} is.", "advice": ["A1"], "source": SOURCES[guide]}
    _write_yaml(root / "content" / "guides.yml", catalogue)
    _write_yaml(root / "content" / "advice.yml", {"sources": {"de": {"title": "Artikel", "advice": {"A1": "One."}}}})
    _write_yaml(root / "search_index" / "ranking.yml", SETTINGS)
    write_reading(Project(root, model), RECORD.id, reading_head(), {"made": "by hand"})
    for lang in LANGUAGES:
        titles = {guide: title(guide, lang) for guide in THEMES}
        themes = {theme: {"title": theme, "intro": theme} for theme in catalogue}
        _write_yaml(root / "i18n" / "catalogue" / f"{lang}.yml", {"themes": themes, "guides": titles})
        phrases = {key: f"{key} {{title}}" if key == "answer_unwritten" else key for key in PHRASES}
        _write_yaml(root / "i18n" / f"{lang}.yml", {"phrases": phrases})
        for guide in WRITTEN:
            _write(root / path_of(guide, lang), guide_text(guide, lang))
        entries = [
            {"guide": None if guide == "none" else guide, "text": text}
            for guide in (*THEMES, "none")
            for text in questions(guide, lang)
        ]
        lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        _write(root / "content" / "questions" / "bank" / f"{lang}.jsonl", lines)
    return open_project(root)


PHRASES = (
    "answer_nothing", "answer_unwritten", "answer_touches", "answer_choose", "answer_nearest", "answer_matched",
    "answer_also", "answer_foreign",
)  # fmt: skip


def path_of(guide: str, lang: str) -> str:
    return f"docs/{lang}/{THEMES[guide]}/{guide}.md"


def title(guide: str, lang: str) -> str:
    """The first way to ask for a guide is its title."""
    return questions(guide, lang)[0]


def questions(guide: str, lang: str) -> list[str]:
    """The ten bank questions of a guide (or of `none`) in a language."""
    gap = "" if lang == "ja" else " "
    return [f"{who}{gap}{end}" for end in ENDS[lang][guide] for who in WHO[lang]]


def situations(guide: str, lang: str) -> list[str]:
    """The four situations of a guide; none of them is a bank question."""
    mark = "。" if lang == "ja" else ", "
    ends = ENDS[lang][guide]
    return [f"{ends[at]}{mark}{ends[at + 1]}" for at in range(4)]


def guide_text(guide: str, lang: str) -> str:
    lines = ["---", f"title: {title(guide, lang)}", f"summary: {ENDS[lang][guide][1]}", "situations:"]
    lines += [f'  - "{text}"' for text in situations(guide, lang)]
    lines += ["advice: [A1]", f"source: {SOURCES[guide]}", "---", "", f"# {title(guide, lang)}"]
    for number, section in enumerate(SECTIONS):
        lines += ["", f"## {section} {lang} {{#{section}}}", "", f"{questions(guide, lang)[number]}. **{number}**"]
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def _write_yaml(path: Path, data: object) -> None:
    _write(path, yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
