"""What a built site ships that others have made, with its licences: the part of NOTICE that readers receive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapport.content.yaml import read_text
from rapport.errors import ContentError

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = "licenses.txt"
"""Relative to the site's root."""

SHIPPED = ("The embedding model", "In the browser")
"""Paragraphs of NOTICE, by their first line, that speak of what the site holds."""

_HEAD = """Rapport: texts CC BY 4.0, code MIT.
This site also holds the following, made by others. A site built without the browser's search holds less.
"""


def licences(notice: Path) -> str:
    """The text of `licenses.txt`; ContentError where NOTICE lacks one of the paragraphs."""
    paragraphs = {part.split("\n")[0]: part.strip() for part in re.split(r"\n{2,}", read_text(notice, notice.name))}
    for title in SHIPPED:
        if title not in paragraphs:
            raise ContentError(
                f"has no paragraph {title!r}", where=notice.name, mend="the site's licenses.txt is made of it"
            )
    return "\n\n".join([_HEAD.strip(), *(paragraphs[title] for title in SHIPPED)]) + "\n"
