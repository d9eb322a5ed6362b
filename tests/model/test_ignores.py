"""patchkit.siblings: what is left on purpose, read, matched and extended byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.errors import IgnoreFormatError
from patchkit.model.ignores import Ignore, Ignores, parse_ignores
from patchkit.model.siblings import Finding, FindingKind, Rank, UnusedIgnore
from tests.strategies.decisions import any_ignore

FILE = b"""patchkit-siblings/1
# The Rust runtime is not ours.

ignore: src/runtime-rs/**
why: Out of scope,
why: see README.md.

ignore: linux_abi.rs
kind: missing-place
symbol: PCI_ROOT_BUS_PATH
why: The virt machine has none.
"""


def finding(
    path: bytes, kind: FindingKind = FindingKind.FILE, symbol: str = "", line: int | None = None
) -> Finding:
    """A finding about a file."""
    return Finding(kind, Rank.BUILD, path, "A note.", line, symbol)


def test_what_a_file_says() -> None:
    """Entries with their lines; a reason may go over several lines."""
    first, second = parse_ignores(FILE).entries
    assert Ignore("src/runtime-rs/**", "Out of scope, see README.md.", line=4) == first
    kind = FindingKind.PLACE
    why = "The virt machine has none."
    assert Ignore("linux_abi.rs", why, kind, "PCI_ROOT_BUS_PATH", 8) == second


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (finding(b"src/runtime-rs/arch/x.mk"), "Out of scope, see README.md."),
        (finding(b"src/runtime/arch/x.mk"), None),
        (finding(b"a/linux_abi.rs", FindingKind.PLACE, "PCI_ROOT_BUS_PATH"), "The virt"),
        (finding(b"a/linux_abi.rs", FindingKind.PLACE, "OTHER"), None),
        (finding(b"a/linux_abi.rs", FindingKind.SYMBOL, "PCI_ROOT_BUS_PATH"), None),
    ],
)
def test_what_is_ignored(one: Finding, why: str | None) -> None:
    """Path, kind and symbol must match; the reason goes with the finding."""
    (applied,) = parse_ignores(FILE).applied_to([one])
    assert (applied.ignored or "").startswith(why or "")
    assert (applied.ignored is None) == (why is None)


@pytest.mark.parametrize("pattern", ["src/runtime-rs", "runtime-rs", "src/runtime-rs/**"])
def test_a_folder_stands_for_all_below(pattern: str) -> None:
    """A pattern that matches a folder is for the files in it."""
    assert Ignore(pattern, "x").matches(finding(b"src/runtime-rs/arch/x.mk"))


def test_what_serves_nothing_is_told() -> None:
    """Entries that match no finding come back with their lines."""
    ignores = parse_ignores(FILE)
    found = [finding(b"src/runtime-rs/x")]
    why = "The virt machine has none."
    assert [UnusedIgnore(8, "linux_abi.rs", why)] == list(ignores.unused(found))


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        (b"patchkit-siblings/2\n", 1, "expected patchkit-siblings/1"),
        (b"patchkit-siblings/1", 1, "no newline"),
        (b"patchkit-siblings/1\nignore: x\n", 2, "no reason"),
        (b"patchkit-siblings/1\nwhy: x\n", 2, "before any ignore"),
        (b"patchkit-siblings/1\nignore:\n", 2, "expected ignore:"),
        (b"patchkit-siblings/1\n\nsrc/** because\n", 3, "expected ignore:"),
        (b"patchkit-siblings/1\nignore: x\nkind: wrong\n", 3, "wrong is not known"),
    ],
)
def test_bad_files(raw: bytes, line: int, words: str) -> None:
    """Every fault is told with its line, what was expected and what to do."""
    with pytest.raises(IgnoreFormatError, match=words) as caught:
        parse_ignores(raw, "there")
    assert (line, "there") == (caught.value.line, caught.value.source)
    assert caught.value.hints


@given(st.lists(any_ignore, max_size=4), st.sampled_from([b"", FILE]))
def test_what_is_added_is_there(more: list[Ignore], before: bytes) -> None:
    """An added entry is read back as it was, and all bytes before it are kept."""
    ignores = parse_ignores(before)
    for one in more:
        ignores = ignores.added(one)
    assert ignores == parse_ignores(ignores.raw)
    assert ignores.raw.startswith(before)
    kept = [(one.pattern, one.why, one.kind, one.symbol) for one in ignores.entries]
    assert [(one.pattern, one.why, one.kind, one.symbol) for one in more] == kept[
        len(parse_ignores(before).entries) :
    ]


def test_an_empty_file_ignores_nothing() -> None:
    """No file and no entries are the same."""
    assert Ignores() == parse_ignores(b"")
    assert (finding(b"x"),) == Ignores().applied_to([finding(b"x")])


def test_a_pattern_need_not_be_utf_8() -> None:
    """A path is bytes; what is ignored is so by them."""
    ignores = parse_ignores(b"patchkit-siblings/1\nignore: caf\xe9.c\nwhy: Old.\n")
    (applied,) = ignores.applied_to([finding(b"caf\xe9.c")])
    assert "Old." == applied.ignored
