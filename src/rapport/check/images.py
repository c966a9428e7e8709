"""Rules for the files of images: readable, and no larger than a page can bear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapport.content.files import image_files, image_size
from rapport.content.problem import Problem, from_error
from rapport.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rapport.project import Project

MOST_BYTES, MOST_PIXELS = 400_000, 2_400
"""Of a file, and of its longer side."""


def image_problems(project: Project) -> Iterator[Problem]:
    """Everything wrong with the images that texts may show."""
    for path in image_files(project):
        where = project.show(path)
        try:
            longest = max(image_size(path, where))
        except ContentError as error:
            yield from_error(error, where)
            continue
        if (size := path.stat().st_size) > MOST_BYTES:
            mend = f"save it with at most {MOST_BYTES // 1000} kB"
            yield Problem(where, 1, f"the image has {size // 1000:,} kB", mend)
        if longest > MOST_PIXELS:
            mend = f"save it with at most {MOST_PIXELS:,}"
            yield Problem(where, 1, f"the image has {longest:,} pixels on its longer side", mend)
