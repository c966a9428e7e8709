"""What was measured, for people: as text, and as a Markdown page with plots beside it."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING

from rapport.embed.parallel import cores
from rapport.lab.evaluate import ABLATIONS
from rapport.lab.measures import BINS, DRAWS, LEVEL, OUTCOMES, RANKING, length_names
from rapport.lab.plots import Value, bars, points
from rapport.lab.runs import FULL, OWN, SYSTEMS
from rapport.lab.tables import Table
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rapport.lab.measures import Confusion, Figure, Line, Part, Report
    from rapport.lab.plots import Plot

PLOTS = "plots"
"""Folder of the plots, beside the page."""
MOST_PAIRS = 20
MOST_BARS = 12
EXAMPLES = 3

_SPLITS = {
    "tune": "What the ranking was fitted to, and what is looked at while working: its figures are kind.",
    "hold": "What nothing was fitted to: these figures are the ones to tell.",
}


def render(report: Report, *, confused: bool = False) -> str:
    """The report as text; `confused`: with the guides that are taken for each other."""
    out = [", ".join(f"{name} {value}" for name, value in report.made_with.items())]
    for split, part in report.splits.items():
        out += [f"== {split} ==", *(table.as_text() for table in _tables(part, confused=confused))]
    return "\n\n".join(out)


def write_report(report: Report, path: Path) -> list[Path]:
    """Write the page and its plots; return the files."""
    folder = path.parent / PLOTS
    folder.mkdir(parents=True, exist_ok=True)
    pictures = plots(report)
    for plot in pictures:
        (folder / f"{plot.name}.svg").write_text(plot.svg, "utf-8", newline="\n")
    path.write_text(_page(report, pictures), "utf-8", newline="\n")
    return [path, *(folder / f"{plot.name}.svg" for plot in pictures)]


def _page(report: Report, pictures: Sequence[Plot]) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in report.made_with.items())
    out = [
        "# Search quality",
        "Made by `rapport eval --report`; do not edit.",
        f"{facts[:1].upper()}{facts[1:]}. {machine()}.",
        f"In parentheses {LEVEL} % intervals, from {DRAWS:,} bootstrap draws over cases: versions of one question in "
        "several languages stand or fall together. A guide itself counts 2 in nDCG@10, one that answers too counts 1; "
        "for the other measures either is right.",
    ]
    out += [f"![{_alternative(plot)}]({PLOTS}/{plot.name}.svg)" for plot in pictures]
    for split, part in report.splits.items():
        out += [f"## {split}", _SPLITS[split]]
        out += [table.as_markdown(3) for table in _tables(part, confused=True)]
    return "\n\n".join(out) + "\n"


def _alternative(plot: Plot) -> str:
    return plot.alternative.replace("[", "(").replace("]", ")")


def machine() -> str:
    """What was measured on, without any name of it: cores, memory, platform."""
    memory = ""
    if hasattr(os, "sysconf") and {"SC_PHYS_PAGES", "SC_PAGE_SIZE"} <= set(os.sysconf_names):
        memory = f", {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GB of memory"
    return f"{cores()} cores{memory}, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def _tables(part: Part, *, confused: bool) -> Iterator[Table]:
    yield _ranking_table("Right guides, beside other systems", [line for line in part.lines if line.system in SYSTEMS])
    for system, title in ((OWN, "Answered and refused"), (FULL, "Answered and refused, by the full model")):
        lines = [line for line in part.lines if line.system == system]
        measures = [name for name in OUTCOMES if any(name in line.figures for line in lines)]
        if measures:
            yield _outcome_table(title, lines, measures)
    ablated = [line for line in part.lines if line.group == "all" and line.system in ABLATIONS]
    own = part.line(OWN, "all")
    if ablated and own:
        yield _ranking_table("Signals left out, and alone", [own, *ablated])
    if confused:
        yield _confusion_table(part.confusions)


def _ranking_table(title: str, lines: Sequence[Line]) -> Table:
    rows = []
    for line in lines:
        if RANKING.keys() <= line.figures.keys():
            figures = [line.figures[name] for name in RANKING]
            counts = str(figures[0].questions), str(figures[0].cases)
            rows.append((line.group, *counts, line.system, *map(str, figures)))
    return Table(title, ("group", "questions", "cases", "system", *RANKING), rows)


def _outcome_table(title: str, lines: Sequence[Line], measures: Sequence[str]) -> Table:
    rows = [
        (
            line.group,
            *(
                f"{line.figures[name]}, {line.figures[name].questions}" if name in line.figures else ""
                for name in measures
            ),
        )
        for line in lines
        if any(name in line.figures for name in measures)
    ]
    note = "Each with its number of questions. " + "; ".join(f"{name}: {OUTCOMES[name]}" for name in measures) + "."
    return Table(title, ("group", *measures), rows, note)


def _confusion_table(found: Sequence[Confusion]) -> Table:
    rows = [(str(one.count), one.right, one.first, ", ".join(one.questions[:EXAMPLES])) for one in found[:MOST_PAIRS]]
    total = sum(one.count for one in found)
    note = f"{total} questions in {len(found)} pairs, the {len(rows)} most frequent shown."
    return Table("Taken for another guide", ("questions", "right guide", "first guide", "for example"), rows, note)


def plots(report: Report) -> list[Plot]:
    """Right guides by length and by language, calibration, confusion; each with both splits, where both were asked."""
    first = "Share of questions whose right guide comes first"
    return [
        _shares("success-by-length", f"{first}, by length of the text", report, length_names()),
        _shares("success-by-language", f"{first}, by language", report, LANGUAGES),
        points(
            "calibration",
            "What the confidence is worth",
            (f"confidence (mean of {BINS} bins)", "share whose first guide is right"),
            {
                split: [Value(b.right.value, b.right.low, b.right.high, b.confidence) for b in part.calibration]
                for split, part in report.splits.items()
            },
        ),
        _confusion_bars(report),
    ]


def _shares(name: str, title: str, report: Report, groups: Sequence[str]) -> Plot:
    def value(figure: Figure) -> Value:
        return Value(figure.value, figure.low, figure.high)

    series = {
        split: {
            line.group: value(line.figures["success@1"])
            for line in part.lines
            if line.system == OWN and line.group in groups and "success@1" in line.figures
        }
        for split, part in report.splits.items()
    }
    rows = [group for group in groups if any(group in values for values in series.values())]
    return bars(name, title, rows, series)


def _confusion_bars(report: Report) -> Plot:
    series = {
        split: {f"{one.right} → {one.first}": Value(one.count) for one in part.confusions}
        for split, part in report.splits.items()
    }
    counts: dict[str, float] = {}
    for values in series.values():
        for pair, value in values.items():
            counts[pair] = counts.get(pair, 0) + value.value
    rows = sorted(counts, key=lambda pair: (-counts[pair], pair))[:MOST_BARS]
    most = max((value.value for values in series.values() for value in values.values()), default=1)
    title = "Guides taken for another, right → first, questions"
    return bars("confusions", title, rows, series, most=max(4, -(-most // 4) * 4))
