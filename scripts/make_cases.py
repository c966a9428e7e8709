"""Write the `rank:` part of tests/cases/ranking.yml anew, after a wanted change of the ranking; then read the diff."""

import sys
from pathlib import Path

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "cases" / "ranking.yml"
HEADING = "\n# Questions against it; `bm25` are the scores of its rows, see lexical.py.\nrank:\n"
QUESTIONS = (
    ("Rechnung offen, der Kunde zahlt nicht", (0.9, 0.2, 0.3)),
    ("otro cambio en el pago", (0.4, 0.9, 0.1)),
    ("der Kunde schreit", (-0.3, -0.2, 0.93)),
    ("Wein als Geschenk", (-0.4, 0.55, 0.75)),
    ("Wetter morgen", (-0.5, -0.5, -0.55)),
    ("", (0.1, 0.2, 0.97)),
)
VALUES = (
    "language", "reading", "reading_none", "head", "log_none", "near", "near_none", "lexical", "lexical_none", "text",
    "evidence", "score", "order",
)  # fmt: skip
LAST_VALUES = ("features", "answerable", "correct")


def show(value: object) -> str:
    if isinstance(value, np.ndarray):
        return "[" + ", ".join(".nan" if np.isnan(x) else str(round(float(x), 7)) for x in value) + "]"
    return f"{value:.7f}" if isinstance(value, float) else str(list(value) if isinstance(value, tuple) else value)


def main() -> None:
    sys.path.insert(0, str(ROOT / "tests"))
    from test_cases import tiny_knowledge

    from rapport.embed.record import Encoded
    from rapport.search.question import letters
    from rapport.search.ranking import rank

    kept = CASES.read_text("utf-8").split(HEADING.splitlines()[1])[0].rstrip("\n") + "\n"
    knowledge = tiny_knowledge(yaml.safe_load(kept)["knowledge"])
    lines = []
    for text, direction in QUESTIONS:
        vector = np.array(direction, np.float32)
        vector /= np.linalg.norm(vector)
        bm25 = knowledge.lexical.scores(text)
        # three pieces: what the text is about, and two words beside the point
        states = np.stack([vector, vector[::-1] / 3, np.full(3, 0.2, np.float32)]).round(4)
        ranking = rank(knowledge, Encoded(vector, states), bm25, letters(text))
        rows = ", ".join(show(row) for row in states)
        lines += [
            f'  - question: "{text}"',
            f"    vector: {show(vector)}",
            f"    states: [{rows}]",
            f"    bm25: {show(bm25)}",
        ]
        lines += [f"    {name}: {show(getattr(ranking, name))}" for name in VALUES]
        lines.append("    section: {" + ", ".join(f"{a}: {b}" for a, b in ranking.section.items()) + "}")
        lines += [f"    {name}: {show(getattr(ranking, name))}" for name in LAST_VALUES]
        lines.append(f"    outcome: {ranking.outcome.value}")
    CASES.write_text(kept + HEADING + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
