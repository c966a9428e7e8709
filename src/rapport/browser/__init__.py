"""The browser's copy of the search: index, model, runtime and texts as files that any static host can serve."""

from rapport.browser.export import export_browser, exporter

__all__ = ["export_browser", "exporter"]
