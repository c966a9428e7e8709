"""Read the ranking's few numbers, `search_index/ranking.yml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapport.content.yaml import read_yaml
from rapport.errors import ContentError
from rapport.search.knowledge import Settings
from rapport.search.ranking import FEATURES, OWN_FEATURES, SIGNALS
from rapport.search.stored import a_number

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


_MEND = "run scripts/tune.py"


def read_settings(project: Project) -> Settings:
    """`search_index/ranking.yml`; ContentError where a number is missing, unknown or of the wrong kind."""
    path = project.search_index / "ranking.yml"
    where = project.show(path)
    data, lines = read_yaml(path, where)
    try:
        return to_settings(data)
    except SettingError as error:
        raise ContentError(str(error), where=where, line=lines.of(error.key), mend=_MEND) from error


class SettingError(ValueError):
    """When a setting is missing, unknown or of the wrong kind."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(what)
        self.key = key


def to_settings(data: object) -> Settings:
    """The settings that a file of them holds; SettingError."""
    names = set(Settings.__dataclass_fields__)
    if not isinstance(data, dict) or set(data) != names:
        odd = sorted(set(map(str, data)) ^ names) if isinstance(data, dict) else sorted(names)
        raise SettingError(odd[0], f"key {odd[0]!r} is missing or unknown")
    values: dict[str, object] = {}
    for key, value in data.items():
        wanted = LISTS.get(key, 0)
        is_list = isinstance(value, list)
        try:
            numbers = tuple(map(a_number, value if isinstance(value, list) else [value]))
        except ValueError:
            numbers = ()
        if is_list != bool(wanted) or len(numbers) != (wanted or 1):
            raise SettingError(key, f"`{key}` must be {f'a list of {wanted} numbers' if wanted else 'a number'}")
        values[key] = numbers if wanted else numbers[0]
    settings = Settings(**values)  # type: ignore[arg-type]
    if settings.long_from <= settings.short_to:
        raise SettingError("long_from", "`long_from` must be larger than `short_to`")
    return settings
