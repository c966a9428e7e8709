"""A tiny corpus in BEIR's layout, in two languages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CORPUS = [
    {"_id": "p1", "title": "Rechnung", "text": "Der Kunde versteht die Rechnung nicht und fragt nach jeder Zeile."},
    {"_id": "p2", "title": "", "text": "Der Kunde zahlt zu spät; die Frist ist verstrichen."},
    {"_id": "p3", "title": "Factuur", "text": "De klant begrijpt de factuur niet en wil uitleg."},
    {"_id": "p4", "text": "De klant betaalt te laat en laat de termijn verlopen.", "metadata": {"url": ""}},
    {"_id": "p5", "title": "Suppe", "text": ""},
]
QUERIES = [
    {"_id": "q1", "text": "Rechnung verstehen"},
    {"_id": "q2", "text": "klant betaalt te laat"},
    {"_id": "q3", "text": "not judged"},
]
QRELS = [("q1", "p1", 2), ("q1", "p3", 1), ("q2", "p4", 1), ("q2", "p5", 0)]


def lay_down(folder: Path) -> Path:
    (folder / "qrels").mkdir(parents=True)
    for name, entries in (("corpus", CORPUS), ("queries", QUERIES)):
        lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        (folder / f"{name}.jsonl").write_text(lines, "utf-8")
    rows = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, row)) for row in QRELS)]
    (folder / "qrels" / "test.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder
