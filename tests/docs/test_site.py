"""The site is built without a complaint, and asks nothing of another host."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cli.running import REPOSITORY

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


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as CI and a person build it."""
    pytest.importorskip("material", reason="mkdocs-material is not installed")
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", ".mkdocs.yml", "-d", str(out)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def test_nothing_is_fetched_from_another_host(site: Path) -> None:
    """No page, no script and no style has an address elsewhere that a browser would ask."""
    pages = list(site.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        reader = _Fetched()
        reader.feed(page.read_text("utf-8"))
        elsewhere = [one for one in reader.addresses if urlsplit(one).netloc]
        assert elsewhere == [], page
    for style in site.rglob("*.css"):
        text = style.read_text("utf-8")
        assert "url(http" not in text.replace('"', ""), style
        assert "@import" not in text, style


def test_a_word_is_found_offline(site: Path) -> None:
    """The index of the search lies in the site, with the text of the pages."""
    index = (site / "search" / "search_index.json").read_text("utf-8")
    for word in ("apply-patches", "rerere", "absorbed", "plan_rebase"):
        assert word in index
