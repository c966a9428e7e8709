"""Read the ranking's few numbers, `search_index/ranking.yml`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rapport.content.yaml import read_yaml
from rapport.errors import ContentError
from rapport.search.knowledge import Settings
from rapport.search.ranking import FEATURES, OWN_FEATURES, SIGNALS

if TYPE_CHECKING:
    from rapport.project import Project

LISTS = {
    "short": len(SIGNALS),
    "long": len(SIGNALS),
    "answerable": FEATURES + 1,
    "correct": FEATURES + 1,
    "evidence": OWN_FEATURES + 1,
}
"""How many numbers those settings have that are lists."""


def read_settings(project: Project) -> Settings:
    """`search_index/ranking.yml`; ContentError where a number is missing, unknown or of the wrong kind."""
    path = project.search_index / "ranking.yml"
    where = project.show(path)
    data, lines = read_yaml(path, where)
    names = set(Settings.__dataclass_fields__)
    if not isinstance(data, dict) or set(data) != names:
        odd = sorted(set(map(str, data)) ^ names) if isinstance(data, dict) else sorted(names)
        raise ContentError(
            f"key {odd[0]!r} is missing or unknown", where=where, line=lines.of(odd[0]), mend="run scripts/tune.py"
        )
    values: dict[str, object] = {}
    for key, value in data.items():
        wanted = LISTS.get(key, 0)
        numbers = value if isinstance(value, list) else [value]
        sound = all(_is_number(number) for number in numbers)
        if not sound or isinstance(value, list) != bool(wanted) or (wanted and len(numbers) != wanted):
            kind = f"a list of {wanted} numbers" if wanted else "a number"
            raise ContentError(f"`{key}` must be {kind}", where=where, line=lines.of(key), mend="run scripts/tune.py")
        values[key] = tuple(map(float, numbers)) if wanted else float(numbers[0])
    settings = Settings(**values)  # type: ignore[arg-type]
    if settings.long_from <= settings.short_to:
        what = "`long_from` must be larger than `short_to`"
        raise ContentError(what, where=where, line=lines.of("long_from"), mend="run scripts/tune.py")
    return settings


def _is_number(value: object) -> bool:
    """Whether YAML's value is a number that a float can hold."""
    try:
        return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]
    except OverflowError:
        return False
