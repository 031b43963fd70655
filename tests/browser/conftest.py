"""Debian's Chromium, headless, and a tab of it that fails its test where the page's script fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.parts import chromium, need

if TYPE_CHECKING:  # may be missing, and then only these tests are skipped
    from playwright.sync_api import Browser, Page

_SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
DEADLINE_MS = 20_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests of a file."""
    need("playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=_SWITCHES.split())
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab that fails its test where the page's script fails or its policy forbids something it does."""
    complaints: list[str] = []
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    opened.set_default_timeout(DEADLINE_MS)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda line: complaints.append(line.text) if "Policy" in line.text else None)
    opened.on("dialog", lambda dialog: (complaints.append("a dialog opened"), dialog.dismiss()))
    yield opened
    opened.close()
    assert complaints == []
