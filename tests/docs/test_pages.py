"""What the pages say is what happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import REPOSITORY
from tests.docs.checking import complaints, pages


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_the_page_is_right(page: Path, tmp_path: Path) -> None:
    """Each block of it does what stands there."""
    name = page.relative_to(REPOSITORY)
    found = [f"{name}:{one.line}: {one.message}" for one in complaints(page, tmp_path)]
    if found:
        pytest.fail(
            "\n\n".join((*found, f"Or: python -m tests.docs.rewrite {name}")), pytrace=False
        )
