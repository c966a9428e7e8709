"""Check everything that people write: guides, links, translations, phrases, question bank and judged questions."""

from rapport.check.move import rename_guide, retire_guide
from rapport.check.run import check, choose, sameness
from rapport.check.stamp import stamp
from rapport.content.problem import Level, Problem

__all__ = ["Level", "Problem", "check", "choose", "rename_guide", "retire_guide", "sameness", "stamp"]
