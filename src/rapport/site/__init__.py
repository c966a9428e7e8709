"""The static site: what readers see, made of the guides. MkDocs enters in `hooks`, `view` and `build` only."""

from rapport.site.build import build_site
from rapport.site.watch import watch

__all__ = ["build_site", "watch"]
