"""The site is built without a complaint, and asks nothing of another host."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.cli.running import REPOSITORY

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_FETCHED = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "object": ("data",),
    "video": ("src",),
    "audio": ("src",),
}
"""What a browser fetches by itself when it shows a page; a link is followed by a person."""


class _Fetched(HTMLParser):
    """The addresses that a page makes a browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and given.get("rel") == "canonical":
            return
        self.addresses += [given[one] or "" for one in _FETCHED.get(tag, ()) if given.get(one)]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The site, built as CI and a person build it."""
    pytest.importorskip("material", reason="mkdocs-material is not installed")
    command = [sys.executable, "-m", "mkdocs", "build", "-f", ".mkdocs.yml", "-d"]
    done = subprocess.run(
        [*command, str(tmp_path / "site")],
        cwd=REPOSITORY,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return tmp_path / "site"


def test_the_site_is_whole_and_asks_nothing_of_another_host(
    site: Path, request: pytest.FixtureRequest
) -> None:
    """Every link and anchor leads somewhere, which mkdocs checks; no page, script or style has an
    address elsewhere that a browser would ask; and a search in the browser asks for none."""
    pages = list(site.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        reader = _Fetched()
        reader.feed(page.read_text("utf-8"))
        assert [one for one in reader.addresses if urlsplit(one).netloc] == [], page
    for style in site.rglob("*.css"):
        text = style.read_text("utf-8")
        assert "url(http" not in text.replace('"', ""), style
        assert "@import" not in text, style
    # Where there is no browser, all before this has been looked at.
    browser: Browser = request.getfixturevalue("browser")
    with _served(site) as address:
        opened = browser.new_page()
        asked: list[str] = []
        opened.on("request", lambda one: asked.append(one.url))
        opened.goto(f"{address}/tutorial.html")
        opened.locator("label.md-search__icon, input.md-search__input").first.click()
        opened.locator("input.md-search__input").press_sequentially("rerere")
        opened.locator(".md-search-result__item").first.wait_for()
        assert [one for one in asked if not one.startswith(f"{address}/")] == []
        opened.close()


class _Quiet(SimpleHTTPRequestHandler):
    """Says nothing of each request."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The address at which a folder is served on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
