"""What the browser gets of the search: index, model, runtime and texts as files that any static host can serve."""

from rapport.export.release import export_search, exporter

__all__ = ["export_search", "exporter"]
