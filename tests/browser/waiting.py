"""A condition in a page in, its coming true out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # may be missing, and then only tests of the browser are skipped
    from playwright.sync_api import Page


def wait_for(page: Page, script: str, argument: object = None) -> None:
    """Until the script's function returns something true in the page."""
    page.wait_for_function(script, arg=argument)
