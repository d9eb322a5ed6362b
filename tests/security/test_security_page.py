"""docs/explanation/security.md names tests that exist, all of them, and the limits as they are."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

from patchkit.limits import Limits
from tests.cli.running import REPOSITORY

_PAGE = REPOSITORY / "docs" / "explanation" / "security.md"


def test_every_line_names_its_tests() -> None:
    """Every threat has a test, and every attack is on the page."""
    page = _PAGE.read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    threats = [line for line in rows if not re.match(r"\| (threat|name) |\| `\w+` \| \d", line)]
    assert len(threats) > 20
    for line in threats:
        assert re.search(r"`test_\w+`( \||,)", line), line
    named = set(re.findall(r"`(test_\w+)`", page))
    here = Path(__file__)
    files = [place for place in here.parent.glob("test_*.py") if place != here]
    written = {
        name for place in files for name in re.findall(r"^def (test_\w+)", place.read_text(), re.M)
    }
    assert named == written


def test_the_limits_are_those_of_the_program() -> None:
    """The table has each limit with its value."""
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", _PAGE.read_text("utf-8"), re.M)
    assert {name: int(number) for name, number in rows} == asdict(Limits())
