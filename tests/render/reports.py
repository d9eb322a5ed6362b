"""A report with something of everything."""

from __future__ import annotations

from patchkit.model.dependencies import BondKind, Dependencies, Reason, bond
from patchkit.model.patch import LineKind
from patchkit.model.report import (
    Followed,
    FollowKind,
    Held,
    HeldCause,
    PortedFile,
    PortedPatch,
    Region,
    RegionRef,
    Report,
    Settled,
    Span,
    Status,
)
from patchkit.model.stackdiff import (
    ComparedLine,
    FileComparison,
    HunkComparison,
    Likeness,
    PatchComparison,
    Place,
    Side,
    StackComparison,
)

CAUSE = Region(
    number=1,
    hunks=(2, 3),
    base=Span(100, (b"\tx := 1\n", b"old")),
    theirs=Span(100, (b"\tx := 2\r\n",)),
    ours=Span(120, (b"\tx := \x1b[31m3\n", b"trail  \n")),
    settlement=Held(HeldCause.OVERLAP, "Upstream and the patch changed the same lines."),
)
CONSEQUENCE = Region(
    number=1,
    hunks=(),
    base=Span(1, ()),
    theirs=Span(1, tuple(b"%d\n" % number for number in range(100))),
    ours=Span(1, ()),
    settlement=Held(
        HeldCause.FILE_GONE,
        "An earlier patch was to make this file.",
        RegionRef("0003-held.patch", b"src/x.go", 1),
    ),
)
RULED = Region(
    number=1,
    hunks=(1,),
    base=Span(3, (b"a\n",)),
    theirs=Span(3, (b"b\n",)),
    ours=Span(4, (b"b\n",)),
    settlement=Settled("identical", "Both sides made the same edit.", (b"b\n",)),
)
_NAMES = (
    "0001-same.patch", "0002-moved.patch", "0003-held.patch", "0004-later.patch", "0005-ruled.patch"
)  # fmt: skip
_MOVED = FileComparison(b"cmd/a.go", b"cmd/a.go", Likeness.CONTEXT)
_CHANGED = FileComparison(
    b"src/x.go",
    b"src/x.go",
    Likeness.CHANGED,
    hunks=(
        HunkComparison(
            1, 1, b"func main() {",
            (
                ComparedLine(Side.BOTH, b"a\n", LineKind.CONTEXT),
                ComparedLine(Side.OLD, b"b\n", LineKind.ADDED),
                ComparedLine(Side.NEW, b"caf\xe9\n", LineKind.ADDED),
            ),
        ),
    ),
)  # fmt: skip
_MESSAGE = (ComparedLine(Side.NEW, b"One more word.\n"),)
REPORT = Report(
    package="kata-containers",
    old_version="2.5.1",
    new_version="3.2.0",
    upstream="https://example.invalid/kata",
    upstream_note="A reduced upstream.",
    patches=(
        PortedPatch("0001-same.patch", Status.UNCHANGED, (), b"same\n"),
        PortedPatch(
            "0002-moved.patch",
            Status.FOLLOWED,
            (
                PortedFile(
                    b"cli/a.go",
                    b"cmd/a.go",
                    Status.FOLLOWED,
                    2,
                    2,
                    (),
                    Followed(FollowKind.SIMILAR, 87),
                ),
            ),
            b"moved\n",
        ),
        PortedPatch(
            "0003-held.patch",
            Status.PARTIAL,
            (PortedFile(b"src/x.go", b"src/y.go", Status.PARTIAL, 4, 2, (CAUSE,)),),
            b"latin \xe9\n",
            ("A note about it.",),
        ),
        PortedPatch(
            "0004-later.patch",
            Status.CONFLICTED,
            (PortedFile(b"gone-\xe9.go", None, Status.CONFLICTED, 1, 0, (CONSEQUENCE,)),),
            None,
        ),
        PortedPatch(
            "0005-ruled.patch",
            Status.RESOLVED,
            (PortedFile(b"r.go", b"r.go", Status.RESOLVED, 1, 1, (RULED,)),),
            b"ruled\n",
        ),
    ),
    guarded=("0006-virt.patch",),
    warnings=("unlisted.patch is not in the series.",),
    dependencies=Dependencies(
        tuple(_NAMES),
        (
            bond(_NAMES[3], _NAMES[2], [Reason(BondKind.LINES, b"src/x.go")]),
            bond(_NAMES[4], _NAMES[0], [Reason(BondKind.ORDER, b"r.go")]),
        ),
        (_NAMES[2],),
    ),
    comparison=StackComparison(
        "2.5.1",
        "3.2.0",
        (
            PatchComparison(Place(1, _NAMES[0]), Place(1, _NAMES[0])),
            PatchComparison(Place(2, _NAMES[1]), Place(2, _NAMES[1]), files=(_MOVED,)),
            PatchComparison(Place(3, _NAMES[2]), Place(3, _NAMES[2]), _MESSAGE, (_CHANGED,)),
            PatchComparison(Place(4, _NAMES[3]), None, note="left out, conflicts"),
            PatchComparison(Place(5, _NAMES[4]), Place(4, _NAMES[4])),
        ),
    ),
)
