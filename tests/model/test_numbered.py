"""Tests of `patchkit.model.numbered`; the oracles are the shell's `*` and sort(1)."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchkit.errors import StackError
from patchkit.model.entry import OFF, Entry
from patchkit.model.numbered import NumberedFolder, sorted_names
from tests.strategies.lists import sorted_by_shell

FOLDER = NumberedFolder(("100-a.patch", "200-b.patch"))


@settings(max_examples=25)
@given(st.lists(sorted_by_shell, max_size=8, unique=True))
def test_the_order_is_that_of_the_shell(some: list[str]) -> None:
    """`for i in DIR/*`, as patch-kernel.sh does it, and `ls | sort` give the same order."""
    with tempfile.TemporaryDirectory() as folder:
        for name in some:
            Path(folder, name).touch()
        script = 'for i in *; do [ -e "$i" ] && printf "%s\\n" "$i"; done; echo /; ls | sort'
        done = subprocess.run(
            ["sh", "-c", script], cwd=folder, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            capture_output=True, check=True,
        )  # fmt: skip
    globbed, _, listed = done.stdout.decode().partition("/\n")
    assert list(sorted_names(some)) == globbed.splitlines() == listed.splitlines()


def test_a_new_patch_must_sort_where_it_belongs() -> None:
    """A name that would put it elsewhere is refused."""
    longer = FOLDER.inserted_after("100-a.patch", Entry("150-c.patch"))
    assert ("100-a.patch", "150-c.patch", "200-b.patch") == longer.names
    with pytest.raises(StackError, match="order"):
        FOLDER.inserted_after("100-a.patch", Entry("300-c.patch"))
    with pytest.raises(StackError, match="order"):
        FOLDER.renamed("100-a.patch", "300-a.patch")


@pytest.mark.parametrize(
    "entry",
    [
        Entry("150-c.patch", 0),
        Entry("150-c.patch", is_reversed=True),
        Entry("150-c.patch", guards=(OFF,)),
        Entry(".150-c.patch"),
        Entry("folder/150-c.patch"),
    ],
)
def test_options_and_odd_names_are_refused(entry: Entry) -> None:
    """OpenWrt applies every file of the folder, with -p1."""
    with pytest.raises(StackError):
        FOLDER.inserted_after("100-a.patch", entry)


def test_what_is_held_is_mentioned_but_not_applied() -> None:
    """It waits for a person in a folder of its own."""
    held = FOLDER.commented_out("100-a.patch", "conflicts")
    assert (("200-b.patch",), ("100-a.patch",)) == (held.names, held.held)
    assert held.mentions("100-a.patch")
    with pytest.raises(StackError, match="no such patch"):
        held.removed("100-a.patch")
