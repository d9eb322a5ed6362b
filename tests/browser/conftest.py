"""A browser, and a page that notes what must not happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from patchkit.model.report import Report
from patchkit.render.html import report_html
from tests.render.kata import kata_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Opens: TypeAlias = Callable[[Report], "Page"]


@pytest.fixture(scope="session")
def kata(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The real port of the shipped stack without decisions: five open regions in four patches."""
    return kata_report(tmp_path_factory.mktemp("kata"))


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opens]:
    """Opens the page of a report from disk. At the end no script may have failed, no message may
    have been logged, and nothing but the file may have been asked for."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    place = tmp_path / "report.html"
    seen: list[str] = []
    page.on("pageerror", lambda error: seen.append(f"error: {error}"))
    page.on("console", lambda message: seen.append(f"logged: {message.text}"))
    page.on("dialog", lambda dialog: seen.append(f"dialog: {dialog.message}"))
    page.on("request", lambda request: seen.append(request.url.partition("#")[0]))

    def opens(report: Report) -> Page:
        place.write_bytes(report_html(report))
        page.goto(place.as_uri())
        return page

    yield opens
    context.close()
    assert [place.as_uri()] == seen
