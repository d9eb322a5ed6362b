"""Every operation of a patch against everything that upstream may have done to the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from patchkit.model.report import FollowKind, Held, HeldCause, Status
from patchkit.model.series import Entry
from patchkit.model.tree import File, Path

from .making import (
    Files,
    diff,
    edited,
    file,
    link,
    numbered,
    only_file,
    port,
    port_one,
    program,
    stack_of,
)

TEXT = numbered(20)
PATCHED = edited(TEXT, (b"line 10\n", b"ten\n"))
UPSTREAM = edited(TEXT, (b"line 18\n", b"eighteen\n"))
BOTH = edited(PATCHED, (b"line 18\n", b"eighteen\n"))
CLASHING = edited(TEXT, (b"line 10\n", b"dix\n"))
OTHER = numbered(9, "another")
KEPT = file(b"kept\n")


def _with(**files: File) -> Files:
    return {b"kept": KEPT, **{name.encode(): found for name, found in files.items()}}


@dataclass(frozen=True)
class Case:
    """A change of the stack, what upstream did, and what must come of it."""

    old: Files
    theirs: Files
    new: Files
    status: Status
    result: Mapping[Path, File | None]
    cause: HeldCause | None = None


FINDING = ("-M", "-C", "--find-copies-harder")
EMPTY = file(b"")
CASES = {
    # --- create
    "create, upstream did nothing": Case(
        _with(), _with(n=file(OTHER)), _with(), Status.UNCHANGED, {b"n": file(OTHER)}
    ),
    "create, upstream did the same": Case(
        _with(), _with(n=file(OTHER)), _with(n=file(OTHER)), Status.UPSTREAMED, {b"n": file(OTHER)}
    ),
    "create, upstream made another": Case(
        _with(),
        _with(n=file(OTHER)),
        _with(n=file(TEXT)),
        Status.CONFLICTED,
        {b"n": file(TEXT)},
        HeldCause.FILE_EXISTS,
    ),
    "create, upstream made it with another mode": Case(
        _with(),
        _with(n=program(OTHER)),
        _with(n=file(OTHER)),
        Status.CONFLICTED,
        {b"n": file(OTHER)},
        HeldCause.MODE,
    ),
    "create, upstream made a link": Case(
        _with(),
        _with(n=file(OTHER)),
        _with(n=link(b"kept")),
        Status.CONFLICTED,
        {b"n": link(b"kept")},
        HeldCause.KIND,
    ),
    "create a program": Case(
        _with(), _with(n=program(OTHER)), _with(), Status.UNCHANGED, {b"n": program(OTHER)}
    ),
    "create an empty file": Case(_with(), _with(n=EMPTY), _with(), Status.UNCHANGED, {b"n": EMPTY}),
    "create an empty file, upstream did the same": Case(
        _with(), _with(n=EMPTY), _with(n=EMPTY), Status.UPSTREAMED, {b"n": EMPTY}
    ),
    "create a link": Case(
        _with(), _with(n=link(b"kept")), _with(), Status.UNCHANGED, {b"n": link(b"kept")}
    ),
    "create a link, upstream did the same": Case(
        _with(),
        _with(n=link(b"kept")),
        _with(n=link(b"kept")),
        Status.UPSTREAMED,
        {b"n": link(b"kept")},
    ),
    "create a link, upstream made another": Case(
        _with(),
        _with(n=link(b"kept")),
        _with(n=link(b"gone")),
        Status.CONFLICTED,
        {b"n": link(b"gone")},
        HeldCause.FILE_EXISTS,
    ),
    # --- delete
    "delete, upstream did nothing": Case(
        _with(f=file(TEXT)), _with(), _with(f=file(TEXT)), Status.UNCHANGED, {b"f": None}
    ),
    "delete, upstream did the same": Case(
        _with(f=file(TEXT)), _with(), _with(), Status.UPSTREAMED, {}
    ),
    "delete, upstream changed it": Case(
        _with(f=file(TEXT)),
        _with(),
        _with(f=file(UPSTREAM)),
        Status.CONFLICTED,
        {b"f": file(UPSTREAM)},
        HeldCause.FILE_CHANGED,
    ),
    "delete, upstream made it a program": Case(
        _with(f=file(TEXT)), _with(), _with(f=program(TEXT)), Status.UNCHANGED, {b"f": None}
    ),
    "delete, upstream made it a link": Case(
        _with(f=file(TEXT)),
        _with(),
        _with(f=link(b"kept")),
        Status.CONFLICTED,
        {b"f": link(b"kept")},
        HeldCause.FILE_CHANGED,
    ),
    "delete, upstream renamed it": Case(
        _with(f=file(TEXT)), _with(), _with(r=file(TEXT)), Status.FOLLOWED, {b"r": None}
    ),
    "delete, upstream renamed and changed it": Case(
        _with(f=file(TEXT)),
        _with(),
        _with(r=file(UPSTREAM)),
        Status.CONFLICTED,
        {b"r": file(UPSTREAM)},
        HeldCause.FILE_CHANGED,
    ),
    "delete, upstream moved it to one of two places": Case(
        _with(f=file(TEXT)),
        _with(),
        _with(r=file(TEXT), s=file(TEXT)),
        Status.CONFLICTED,
        {},
        HeldCause.FILE_AMBIGUOUS,
    ),
    "delete an empty file": Case(
        _with(f=EMPTY), _with(), _with(f=EMPTY), Status.UNCHANGED, {b"f": None}
    ),
    "delete an empty file, upstream filled it": Case(
        _with(f=EMPTY),
        _with(),
        _with(f=file(TEXT)),
        Status.CONFLICTED,
        {b"f": file(TEXT)},
        HeldCause.FILE_CHANGED,
    ),
    "delete a link": Case(
        _with(f=link(b"kept")), _with(), _with(f=link(b"kept")), Status.UNCHANGED, {b"f": None}
    ),
    # --- modify
    "modify an empty file": Case(
        _with(f=EMPTY), _with(f=file(TEXT)), _with(f=EMPTY), Status.UNCHANGED, {b"f": file(TEXT)}
    ),
    "empty a file": Case(
        _with(f=file(TEXT)), _with(f=EMPTY), _with(f=file(TEXT)), Status.UNCHANGED, {b"f": EMPTY}
    ),
    "empty a file, upstream changed it": Case(
        _with(f=file(TEXT)),
        _with(f=EMPTY),
        _with(f=file(UPSTREAM)),
        Status.CONFLICTED,
        {b"f": file(UPSTREAM)},
        HeldCause.OVERLAP,
    ),
    "change a link": Case(
        _with(f=link(b"kept")),
        _with(f=link(b"else")),
        _with(f=link(b"kept")),
        Status.UNCHANGED,
        {b"f": link(b"else")},
    ),
    "change a link, upstream did the same": Case(
        _with(f=link(b"kept")),
        _with(f=link(b"else")),
        _with(f=link(b"else")),
        Status.UPSTREAMED,
        {b"f": link(b"else")},
    ),
    "change a link, upstream changed it, too": Case(
        _with(f=link(b"kept")),
        _with(f=link(b"else")),
        _with(f=link(b"third")),
        Status.CONFLICTED,
        {b"f": link(b"third")},
        HeldCause.OVERLAP,
    ),
    "change a link, upstream removed it": Case(
        _with(f=link(b"kept")),
        _with(f=link(b"else")),
        _with(),
        Status.CONFLICTED,
        {},
        HeldCause.FILE_GONE,
    ),
    # --- mode
    "mode, upstream changed the text": Case(
        _with(f=file(TEXT)),
        _with(f=program(TEXT)),
        _with(f=file(UPSTREAM)),
        Status.UNCHANGED,
        {b"f": program(UPSTREAM)},
    ),
    "mode, upstream did the same": Case(
        _with(f=file(TEXT)),
        _with(f=program(TEXT)),
        _with(f=program(TEXT)),
        Status.UPSTREAMED,
        {b"f": program(TEXT)},
    ),
    "mode and text, upstream did the mode": Case(
        _with(f=file(TEXT)),
        _with(f=program(PATCHED)),
        _with(f=program(UPSTREAM)),
        Status.UNCHANGED,
        {b"f": program(BOTH)},
    ),
    "mode and text, upstream did the text": Case(
        _with(f=file(TEXT)),
        _with(f=program(PATCHED)),
        _with(f=file(PATCHED)),
        Status.RESOLVED,
        {b"f": program(PATCHED)},
    ),
    "mode and text, upstream clashes with the text": Case(
        _with(f=file(TEXT)),
        _with(f=program(PATCHED)),
        _with(f=file(CLASHING)),
        Status.PARTIAL,
        {b"f": program(CLASHING)},
        HeldCause.OVERLAP,
    ),
    "text, upstream changed the mode": Case(
        _with(f=file(TEXT)),
        _with(f=file(PATCHED)),
        _with(f=program(TEXT)),
        Status.UNCHANGED,
        {b"f": program(PATCHED)},
    ),
    "mode, upstream removed the file": Case(
        _with(f=file(TEXT)),
        _with(f=program(TEXT)),
        _with(),
        Status.CONFLICTED,
        {},
        HeldCause.FILE_GONE,
    ),
    "mode, upstream renamed the file": Case(
        _with(f=file(TEXT)),
        _with(f=program(TEXT)),
        _with(r=file(TEXT)),
        Status.FOLLOWED,
        {b"r": program(TEXT)},
    ),
    # --- rename
    "rename, upstream did nothing": Case(
        _with(f=file(TEXT)),
        _with(g=file(TEXT)),
        _with(f=file(TEXT)),
        Status.UNCHANGED,
        {b"f": None, b"g": file(TEXT)},
    ),
    "rename, upstream changed the text": Case(
        _with(f=file(TEXT)),
        _with(g=file(TEXT)),
        _with(f=file(UPSTREAM)),
        Status.UNCHANGED,
        {b"f": None, b"g": file(UPSTREAM)},
    ),
    "rename, upstream did the same": Case(
        _with(f=file(TEXT)),
        _with(g=file(TEXT)),
        _with(g=file(TEXT)),
        Status.UPSTREAMED,
        {b"g": file(TEXT)},
    ),
    "rename, upstream renamed it elsewhere": Case(
        _with(f=file(TEXT)),
        _with(g=file(TEXT)),
        _with(r=file(UPSTREAM)),
        Status.FOLLOWED,
        {b"r": None, b"g": file(UPSTREAM)},
    ),
    "rename, upstream removed it": Case(
        _with(f=file(TEXT)),
        _with(g=file(TEXT)),
        _with(),
        Status.CONFLICTED,
        {},
        HeldCause.FILE_GONE,
    ),
    "rename, upstream has another file there": Case(
        _with(f=file(TEXT)),
        _with(g=file(TEXT)),
        _with(f=file(TEXT), g=file(OTHER)),
        Status.CONFLICTED,
        {b"f": file(TEXT), b"g": file(OTHER)},
        HeldCause.FILE_EXISTS,
    ),
    "rename and edit, upstream has another file there": Case(
        _with(f=file(TEXT)),
        _with(g=file(PATCHED)),
        _with(f=file(UPSTREAM), g=file(OTHER)),
        Status.PARTIAL,
        {b"f": file(BOTH), b"g": file(OTHER)},
        HeldCause.FILE_EXISTS,
    ),
    "rename and edit, upstream changed the text": Case(
        _with(f=file(TEXT)),
        _with(g=file(PATCHED)),
        _with(f=file(b"0\n" + UPSTREAM)),
        Status.SHIFTED,
        {b"f": None, b"g": file(b"0\n" + BOTH)},
    ),
    "rename and edit, upstream did the edit": Case(
        _with(f=file(TEXT)),
        _with(g=file(PATCHED)),
        _with(f=file(PATCHED)),
        Status.RESOLVED,
        {b"f": None, b"g": file(PATCHED)},
    ),
    "rename and edit, upstream did the rename": Case(
        _with(f=file(TEXT)),
        _with(g=file(PATCHED)),
        _with(g=file(UPSTREAM)),
        Status.RESOLVED,
        {b"g": file(BOTH)},
    ),
    "rename and edit, upstream clashes with the edit": Case(
        _with(f=file(TEXT)),
        _with(g=file(PATCHED)),
        _with(f=file(CLASHING)),
        Status.PARTIAL,
        {b"f": None, b"g": file(CLASHING)},
        HeldCause.OVERLAP,
    ),
    "rename and edit, upstream renamed and clashes": Case(
        _with(f=file(TEXT)),
        _with(g=file(PATCHED)),
        _with(g=file(CLASHING)),
        Status.CONFLICTED,
        {b"g": file(CLASHING)},
        HeldCause.OVERLAP,
    ),
    "rename and mode, upstream did the rename": Case(
        _with(f=file(TEXT)),
        _with(g=program(TEXT)),
        _with(g=file(TEXT)),
        Status.RESOLVED,
        {b"g": program(TEXT)},
    ),
    "rename and mode": Case(
        _with(f=file(TEXT)),
        _with(g=program(TEXT)),
        _with(f=file(UPSTREAM)),
        Status.UNCHANGED,
        {b"f": None, b"g": program(UPSTREAM)},
    ),
    "rename, upstream made it a link": Case(
        _with(f=file(TEXT)),
        _with(g=file(TEXT)),
        _with(f=link(b"kept")),
        Status.CONFLICTED,
        {b"f": link(b"kept")},
        HeldCause.KIND,
    ),
    # --- copy
    "copy, upstream changed the text": Case(
        _with(f=file(TEXT)),
        _with(f=file(TEXT), g=file(PATCHED)),
        _with(f=file(UPSTREAM)),
        Status.UNCHANGED,
        {b"f": file(UPSTREAM), b"g": file(BOTH)},
    ),
    "copy, upstream did the same": Case(
        _with(f=file(TEXT)),
        _with(f=file(TEXT), g=file(PATCHED)),
        _with(f=file(TEXT), g=file(PATCHED)),
        Status.UPSTREAMED,
        {b"f": file(TEXT), b"g": file(PATCHED)},
    ),
    "copy, upstream has another file there": Case(
        _with(f=file(TEXT)),
        _with(f=file(TEXT), g=file(PATCHED)),
        _with(f=file(TEXT), g=file(OTHER)),
        Status.CONFLICTED,
        {b"f": file(TEXT), b"g": file(OTHER)},
        HeldCause.FILE_EXISTS,
    ),
    "copy, upstream renamed the source": Case(
        _with(f=file(TEXT)),
        _with(f=file(TEXT), g=file(PATCHED)),
        _with(r=file(UPSTREAM)),
        Status.FOLLOWED,
        {b"r": file(UPSTREAM), b"g": file(BOTH)},
    ),
    "copy, upstream removed the source": Case(
        _with(f=file(TEXT)),
        _with(f=file(TEXT), g=file(PATCHED)),
        _with(),
        Status.CONFLICTED,
        {},
        HeldCause.FILE_GONE,
    ),
    "copy, upstream clashes with the edit": Case(
        _with(f=file(TEXT)),
        _with(f=file(TEXT), g=file(PATCHED)),
        _with(f=file(CLASHING)),
        Status.PARTIAL,
        {b"f": file(CLASHING), b"g": file(CLASHING)},
        HeldCause.OVERLAP,
    ),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_operation_against_upstream(case: Case) -> None:
    """The status, why a region is held, and every file; GNU patch proves them."""
    patch = diff(case.old, case.theirs, *FINDING)
    ported, whole = port_one(patch, case.old, case.new)
    assert case.status is ported.status
    causes = [
        region.settlement.cause for region in ported.held if isinstance(region.settlement, Held)
    ]
    assert ([] if case.cause is None else [case.cause]) == causes
    assert dict(case.result) == {path: whole.result.get(path) for path in case.result}
    assert (case.status is Status.UNCHANGED) == (ported.content == patch)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=name)
        for name, case in CASES.items()
        if not name.startswith("copy")  # patch cannot take a copy back
    ],
)
def test_operation_taken_back(case: Case) -> None:
    """The same change written the other way round and listed with -R ends in the same files."""
    patch = diff(case.theirs, case.old, "-M")
    entry = Entry("back.patch", is_reversed=True)
    ported = port(stack_of(patch, entries=[entry]), case.old, case.new)
    assert dict(case.result) == {path: ported.result.get(path) for path in case.result}
    assert case.status is ported.patches[0].status


def test_a_followed_file_says_how_it_was_found() -> None:
    """The evidence of a rename goes with the file, also where the patch renames it in turn."""
    case = CASES["rename, upstream renamed it elsewhere"]
    ported, _ = port_one(diff(case.old, case.theirs, "-M"), case.old, case.new)
    found = only_file(ported)
    assert (b"f", b"g") == (found.old_path, found.new_path)
    assert found.followed is not None
    assert FollowKind.SIMILAR is found.followed.kind
