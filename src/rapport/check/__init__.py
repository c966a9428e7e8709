"""Check everything that people write: guides, links, translations, phrases, question bank and judged questions."""

from rapport.check.run import check, choose, sameness
from rapport.check.stamp import stamp
from rapport.content.problem import Level, Problem

__all__ = ["Level", "Problem", "check", "choose", "sameness", "stamp"]
