"""Check everything that people write: guides, links, translations, words, question bank and judged questions."""

from rapport.check.problem import Level, Problem
from rapport.check.run import check
from rapport.check.stamp import stamp

__all__ = ["Level", "Problem", "check", "stamp"]
