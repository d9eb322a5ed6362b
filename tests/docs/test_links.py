"""Links of the pages that stand outside of the site lead somewhere; those inside mkdocs checks."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from pymdownx.slugs import slugify

from tests.cli.running import REPOSITORY

_PARSER = MarkdownIt("commonmark").enable("table")
_SLUG = slugify(case="lower")
_PAGES = ("README.md", "CHANGELOG.md", "series/kata-containers/README.md")


@pytest.mark.parametrize("name", _PAGES)
def test_links_lead_somewhere(name: str) -> None:
    """To a file of the repository, and to a heading that it has."""
    page = REPOSITORY / name
    for link in _links(page):
        place, _, anchor = link.partition("#")
        if "://" in place or place.startswith("mailto:"):
            continue
        target = (page.parent / place) if place else page
        assert target.exists(), link
        assert not anchor or anchor in set(_anchors(target)), link


def _links(page: Path) -> Iterator[str]:
    for token in _PARSER.parse(page.read_text("utf-8")):
        for child in token.children or ():
            if child.type in ("link_open", "image"):
                yield str(child.attrs["href" if child.type == "link_open" else "src"])


def _anchors(page: Path) -> Iterator[str]:
    tokens = _PARSER.parse(page.read_text("utf-8"))
    for heading, words in itertools.pairwise(tokens):
        if heading.type == "heading_open":
            yield _SLUG("".join(one.content for one in words.children or ()), "-")
