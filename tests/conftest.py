"""One browser for all tests that need one: Playwright can be started only once in a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from rapport.lab.chromium import launch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

# a machine that is busy is slow, not wrong
expect.set_options(timeout=60_000)


WITH_MODEL = {
    "test_benchmarks.py", "test_cli.py", "test_init.py", "test_judged.py", "test_model.py", "test_new_language.py",
    "test_other_model.py", "test_private.py", "test_readme.py",
}  # fmt: skip
"""Files whose tests use the real model or this checkout's index, and not only by a fixture."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser and what needs the model, so that the rest can be run alone."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "browser" in fixtures:
            item.add_marker("browser")
        if "real_searcher" in fixtures or item.path.name in WITH_MODEL or item.path.parent.name == "browser":
            item.add_marker("model")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=1, help="Rounds of the tests that draw damages, kills and switches.")


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> int:
    """How often to repeat what draws by chance: 1 in the suite, more when somebody wants to know."""
    return int(request.config.getoption("--rounds"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()
