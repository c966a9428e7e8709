"""A sixth language is one record and files: Italian is added to a copy, and everything works in it.

Nothing else of the program is touched, so this test fails where Italian would need more than its record.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from site_server import serve

from rapport.content.interface import country
from rapport.embed.store import model_folder
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("src", "docs", "i18n", "content", "theme", "mkdocs.yml", "rapport.toml", "NOTICE", "search_index/ranking.yml")

RECORD = """    Language(
        code="it",
        name="Italiano",
        territory="IT",
        marks=Marks("«»“”", {"«": "»", "“": "”"}, "“", "„‚‹›「」『』", "«…», and “…” inside"),
        law=Law(
            reference=r"\\b[Aa]rtt?\\.\\s?\\d+(?:-\\w+)?|\\b[Ll]egge\\s(?:n\\.\\s?)?\\d+/\\d{4}",
            mention=r"\\b[Ll]egge\\b|[Cc]odice civile|GDPR|[Dd]ecreto|[Rr]egolamento",
            contract=r"(?:del|del tuo|del vostro|del nostro|di un) (?:contratto|accordo)",
        ),
        months="gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre",
        units="€|%|euro|or[ae]|minut[oi]|giorn[oi]|settiman[ae]|mes[ei]|km|h",
    ),
"""
"""All that the program is told of Italian."""

SMALL, CHANGE = "one-small-extra", "price-a-change"
THEME = "scope"
ELSEWHERE = "money/invoice-not-understood"
"""A guide that Italian does not have."""

BANK = {
    SMALL: [
        "Il cliente mi chiede un piccolo favore gratis ogni settimana",
        "già che ci sei puoi sistemare anche questo? e non vuole pagare",
        "Una modifica da cinque minuti, dice, ma sono già dieci",
        "come rispondo quando il cliente aggiunge una cosa da niente fuori contratto",
        "mi scrive su Teams se gli faccio al volo un altro banner",
        "piccola richiesta extra non prevista nel preventivo",
        "Il referente vuole un'altra schermata e dice che è solo un attimo",
        "non so dire di no ai favori del cliente",
        "Mi chiedono un ritocco al logo fuori dal preventivo, dieci minuti dicono loro",
        "quando un favore diventa lavoro non pagato",
        "La segretaria del cliente mi manda ogni giorno una cosetta in più",
        "aggiunta minuscola senza ordine d'acquisto, la faccio?",
        "un altro report, solo questa volta, e sempre gratis",
        "piccoli extra che mangiano il margine",
        "il cliente dice: tanto per te è un minuto",
        "faccio un lavoretto in più o lo metto in fattura?",
        "mi chiede una traduzione di due righe fuori accordo",
        "come metto un prezzo a una richiesta da mezz'ora",
        "extra non concordati nel contratto di manutenzione",
        "Un ticket che non è un guasto ma una voglia nuova, piccola",
    ],
    CHANGE: [
        "Il cliente vuole cambiare il progetto a metà, quanto gli chiedo?",
        "come preparo un preventivo per una variante importante",
        "hanno deciso di rifare tutto il modulo ordini, serve un'offerta per la modifica",
        "change request grossa a progetto avviato, come la presento al comitato",
        "vogliono aggiungere due lingue al sito, devo dare un prezzo",
        "modifica che sposta la data di consegna e costa di più",
        "quanto far pagare un cambiamento chiesto dopo la firma",
        "preparare tre opzioni con prezzo per una variazione",
        "variante in corso d'opera, come la faccio firmare",
        "il committente allarga il perimetro e vuole un numero domani",
        "quanto costa aggiungere un magazzino al progetto ERP",
        "proposta economica per una richiesta di modifica",
        "hanno cambiato idea dopo l'approvazione del disegno",
        "cambio di scopo da 40 ore, come presento la cifra",
        "modifica al contratto con nuovo prezzo e nuova data",
        "Il cliente vuole una funzione in più grande come un mese",
        "mi hanno chiesto tre scenari di prezzo per la variante",
        "ordine integrativo per lavori aggiuntivi",
        "come calcolo il prezzo di una modifica urgente e grossa",
        "nuovo requisito dopo il via libera, serve preventivo",
    ],
    None: [
        "ricetta della carbonara",
        "che tempo fa domani a Torino",
        "orari dei treni per Bologna",
        "come si coltiva il basilico sul balcone",
        "migliori film del 2025",
        "quanto dura la batteria di un'auto elettrica",
    ],
}
QUESTIONS = {
    SMALL: "Scusa, una cosina al volo: il cliente mi chiede di nuovo un piccolo extra senza pagarlo",
    CHANGE: "A metà lavoro il cliente vuole una grossa modifica, che prezzo e che opzioni gli propongo?",
}
WRITTEN_IN_ALL = (f"{THEME}/{SMALL}", f"{THEME}/{CHANGE}", ELSEWHERE)
KEPT_QUESTIONS = 20
"""Per guide and language: the copy must be built in a minute."""


def lay_down(root: Path) -> None:
    for part in PARTS:
        source, target = ROOT / part, root / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(source, target)
    settings = root / "rapport.toml"  # what is left of the guides is not complete
    settings.write_text(settings.read_text("utf-8").replace("complete = true", "complete = false"), "utf-8")
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    shrink(root)
    record = root / "src" / "rapport" / "languages.py"
    text = record.read_text("utf-8")
    assert text.count("\n)\n\nLANGUAGE = ") == 1
    record.write_text(text.replace("\n)\n\nLANGUAGE = ", f"\n{RECORD})\n\nLANGUAGE = "), "utf-8")
    for folder in ("", "catalogue", "advice"):
        shutil.copy(root / "i18n" / folder / "es.yml", root / "i18n" / folder / "it.yml")
    docs = root / "docs" / "it"
    (docs / THEME).mkdir(parents=True)
    for name in ("index.md", "about.md"):
        shutil.copy(root / "docs" / "es" / name, docs / name)
    for guide in (SMALL, CHANGE):
        written = (root / "docs" / "es" / THEME / f"{guide}.md").read_text("utf-8")
        # the words stay Spanish, which is nothing to the program; names of countries are those of the language
        for lang in LANGUAGES:
            own = country("es", "it") if lang != "es" else "Italia"
            name = own if lang == "es" else country(lang, "it")
            written = written.replace(f"**{country(lang, 'es')}:**", f"**{name}:**")
        if "\ntranslated:" not in written:
            written = re.sub(r"^source: .*\n", r"\g<0>translated: 000000000000\n", written, count=1, flags=re.MULTILINE)
        (docs / THEME / f"{guide}.md").write_text(written, "utf-8")
    lines = [{"guide": guide, "text": text} for guide, texts in BANK.items() for text in texts]
    write_lines(root / "content" / "questions" / "bank" / "it.jsonl", lines)


def shrink(root: Path) -> None:
    """Three guides, and a few questions about them: the rest would only cost time."""
    for path in (root / "docs").glob("*/*/*.md"):
        if not any(path.as_posix().endswith(f"/{guide}.md") for guide in WRITTEN_IN_ALL):
            path.unlink()
    kept = {guide.split("/")[1] for guide in WRITTEN_IN_ALL}
    for kind in ("bank", "judged"):
        for path in (root / "content" / "questions" / kind).glob("*.jsonl"):
            lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
            few = [
                line
                for guide in (*kept, None)
                for line in [line for line in lines if line["guide"] == guide][:KEPT_QUESTIONS]
            ]
            write_lines(path, few)


def write_lines(path: Path, lines: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


class Copy:
    """The copy with Italian, and its command."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.root = root
        own = cache / "models" / model_folder().name
        own.mkdir(parents=True)
        for part in ("full", "weights.bin"):
            (own / part).symlink_to(model_folder() / part)
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(root / "src"),
            "RAPPORT_CACHE": str(cache),
            "RAPPORT_ROOT": str(root),
        }

    def rapport(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rapport", *arguments],
            env=self._environment, cwd=self.root, capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("italian")
    lay_down(folder / "rapport")
    copy = Copy(folder / "rapport", folder / "cache")
    stamped = copy.rapport("check", "--stamp", *(f"docs/it/{THEME}/{guide}.md" for guide in (SMALL, CHANGE)))
    assert stamped.returncode == 0, stamped.stderr
    built = copy.rapport("build")
    assert built.returncode == 0, built.stderr
    return copy


def test_it_is_checked(copy: Copy) -> None:
    """A language that has just begun is sound; what it lacks for a better search it is told."""
    done = copy.rapport("check")
    told = done.stdout.splitlines()
    assert [line for line in told if ": hint: " not in line] == []
    assert any(line.startswith("content/questions/bank/it.jsonl:1: hint: 0 questions for ") for line in told)
    assert any(line.startswith("content/questions/judged/it.jsonl:1: hint: is missing") for line in told)
    assert done.returncode == 0


def test_its_rules_are_its_own(copy: Copy) -> None:
    """Its quotation marks, its country first: what the record says is held against its guides."""
    path = copy.root / "docs" / "it" / THEME / f"{SMALL}.md"
    sound = path.read_text("utf-8")
    try:
        path.write_text(sound.replace("- **Italia:**", "- **Spagna:**").replace("«", "„", 1), "utf-8")
        told = copy.rapport("check").stdout
    finally:
        path.write_text(sound, "utf-8")
    assert "Italia is missing in across-cultures" in told
    assert "foreign quotation mark „ in it" in told


@pytest.mark.parametrize("guide", [SMALL, CHANGE])
def test_it_is_asked(copy: Copy, guide: str) -> None:
    answer = json.loads(copy.rapport("ask", "--json", QUESTIONS[guide]).stdout)
    assert (answer["lang"], answer["outcome"]) == ("it", "answered")
    first = answer["results"][0]
    assert (first["guide"], first["lang"]) == (guide, "it")
    assert first["url"].startswith(f"/it/{THEME}/{guide}/")


def test_a_guide_that_it_lacks_is_shown_in_another_language(copy: Copy) -> None:
    question = "Der Kunde versteht die Rechnung nicht und fragt, wofür die Stunden waren"
    answer = json.loads(copy.rapport("ask", "--json", "--lang", "it", question).stdout)
    first = answer["results"][0]
    assert (first["guide"], first["lang"]) == (ELSEWHERE.split("/")[1], "es")


def test_status_has_a_column_for_it(copy: Copy) -> None:
    head, *rows = copy.rapport("status").stdout.splitlines()
    assert head.split()[-1] == "it"
    assert any(row.startswith(SMALL) for row in rows)


def test_the_site_has_it(copy: Copy) -> None:
    site = copy.root / "site"
    page = (site / "it" / THEME / SMALL / "index.html").read_text("utf-8")
    assert '<html lang="it" data-language="it">' in page
    for lang in (*LANGUAGES, "it"):
        other = (site / lang / THEME / SMALL / "index.html").read_text("utf-8")
        assert f'hreflang="it" href="https://rapport.example/it/{THEME}/{SMALL}/"' in other
        assert "Italiano" in other
    lacking = (site / "de" / ELSEWHERE / "index.html").read_text("utf-8")
    assert not re.search(r'rel="alternate" hreflang="it"', lacking)
    assert f"/it/{THEME}/{SMALL}/" in (site / "sitemap.xml").read_text("utf-8")
    assert "Italiano" in (site / "index.html").read_text("utf-8")
    assert "it" in json.loads((site / "ask" / "manifest.json").read_text("utf-8"))["languages"]


@pytest.fixture(scope="module")
def base(copy: Copy) -> Iterator[str]:
    with serve(copy.root / "site") as address:
        yield address


def test_the_browser_finds_in_it(browser: Browser, base: str) -> None:
    context = browser.new_context(locale="it-IT")
    page = context.new_page()
    page.goto(f"{base}it/ask/?q={QUESTIONS[CHANGE]}")
    page.wait_for_selector('.answers[data-stage="full"]', timeout=120_000)
    first = page.locator("article.answer").first
    expect(first).to_have_attribute("data-guide", CHANGE)
    expect(first.locator("h2 a")).to_have_attribute("hreflang", "it")
    page.goto(base)
    expect(page.locator("html")).to_have_attribute("lang", "it")
    expect(page.locator(".choices li").first).to_have_attribute("lang", "it")
    context.close()
