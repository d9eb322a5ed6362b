"""Reports that no port would give: one as hostile as patch text can be, and a very large one."""

from __future__ import annotations

from patchkit.model.dependencies import BondKind, Dependencies, Reason, bond
from patchkit.model.patch import LineKind
from patchkit.model.report import (
    EvidenceLine,
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
    Suggestion,
    UpstreamCommit,
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

EVIL = "</script></style></title><img src=x onerror=alert(1)>\u202e\x1b[31m\"'{{7*7}}"
"""What breaks out of a script, a style, an attribute, the direction of text and a template."""

_STATUSES = tuple(Status)
_MODULES = 23


def hostile_report() -> Report:
    """A report in which every text that can come from outside is `EVIL`."""
    line = EVIL.encode() + b"\n"
    span = Span(1, (line,))
    commit = UpstreamCommit(EVIL, EVIL, EVIL, EVIL, b"+" + line)
    path = EVIL.encode() + b".html"
    held = Held(
        HeldCause.OVERLAP, EVIL, RegionRef(EVIL, path, 1), Suggestion(EVIL, EVIL, (line,)), commit
    )
    regions = (
        Region(1, (1,), span, Span(1, (b"<b>\n", line)), Span(1, ()), held),
        Region(2, (2,), span, span, span, Settled(EVIL, EVIL, (line, line))),
    )
    evidence = (EvidenceLine(LineKind.ADDED, line, is_there=False),)
    followed = Followed(FollowKind.SIMILAR, 80)
    file = PortedFile(path, path + b"x", Status.PARTIAL, 1, 0, regions, followed, evidence)
    content = b"From: %s\nSubject: %s\n\n%s\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+%s" % (
        EVIL.encode(), EVIL.encode(), EVIL.encode(), line,
    )  # fmt: skip
    patch = PortedPatch(EVIL, Status.PARTIAL, (file,), content, (EVIL,), (commit,))
    other = PortedPatch(EVIL + "2", Status.CONFLICTED, (), None, head=b"Subject: " + line)
    names = (patch.name, other.name)
    sided = ComparedLine(Side.NEW, line)
    hunk = HunkComparison(1, None, line, (ComparedLine(Side.OLD, line, LineKind.ADDED),))
    compared = FileComparison(path, path + b"x", Likeness.CHANGED, (sided,), (hunk,))
    return Report(
        EVIL, EVIL, EVIL, EVIL, EVIL, (patch, other), (EVIL,), (EVIL,),
        Dependencies(names, (bond(names[1], names[0], [Reason(BondKind.FILE, path)]),), names),
        StackComparison(EVIL, EVIL, (
            PatchComparison(
                Place(1, EVIL), Place(1, EVIL + "3"), (sided,), (compared,), (EVIL, ""), True
            ),
            PatchComparison(Place(2, names[1]), None, note=EVIL),
        )),
    )  # fmt: skip


def large_report(count: int) -> Report:
    """`count` patches of all statuses, those that met upstream with four regions; each needs the
    one before it in its module, and every fifth does something else in the new stack."""
    patches = tuple(_patch(at, count) for at in range(count))
    names = tuple(patch.name for patch in patches)
    bonds = (
        bond(names[at], names[at - _MODULES], [Reason(BondKind.LINES, b"src/file.c")])
        for at in range(_MODULES, count)
    )
    compared = (_compared(Place(at, name)) for at, name in enumerate(names, 1))
    return Report(
        "large", "1.0", "2.0", "generated", "", patches,
        dependencies=Dependencies(names, tuple(bonds)),
        comparison=StackComparison("1.0", "2.0", tuple(compared)),
    )  # fmt: skip


def _compared(place: Place) -> PatchComparison:
    if place.number % 5:
        return PatchComparison(place, place)
    lines = tuple(
        ComparedLine(Side.OLD if line % 2 else Side.NEW, b"line %d\n" % line, LineKind.ADDED)
        for line in range(30)
    )
    hunk = HunkComparison(1, 1, b"", lines)
    file = FileComparison(b"src/file.c", b"src/file.c", Likeness.CHANGED, (), (hunk,))
    return PatchComparison(place, place, files=(file,))


def _patch(at: int, count: int) -> PortedPatch:
    status = _STATUSES[at * 7 % len(_STATUSES)]
    name = f"{at:04d}-change-of-module-{at % _MODULES}.patch"
    has_met = status.rank >= Status.FOLLOWED.rank and status is not Status.UPSTREAMED
    files = tuple(
        PortedFile(
            b"src/module%d/file.c" % (at % _MODULES),
            b"src/module%d/file.c" % (at % _MODULES),
            status, 4, 2,
            tuple(_region(at, number, status) for number in ((1, 2) if has_met else ())),
        )
        for _ in range(2)
    )  # fmt: skip
    content = (
        f"From: A Developer <a@example.invalid>\nSubject: [PATCH {at}/{count}] Change it\n\nWhy.\n"
        f"---\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b{at}\n"
    )
    return PortedPatch(name, status, files, content.encode())


def _region(at: int, number: int, status: Status) -> Region:
    def span(word: str) -> Span:
        return Span(100 * number, _lines(at, word))

    settlement: Held | Settled = Settled("identical", "The same edit.", _lines(at, "theirs"))
    if status.needs_person:
        ref = RegionRef(f"{at - 1:04d}-change-of-module-{(at - 1) % _MODULES}.patch", b"x", 1)
        settlement = Held(HeldCause.OVERLAP, "Upstream and the patch changed the same lines.", ref)
    return Region(number, (number,), span("base"), span("theirs"), span("ours"), settlement)


def _lines(at: int, word: str) -> tuple[bytes, ...]:
    return tuple(
        f'\tif (value_{at + line} == {word if line % 3 else ""}) return call("text");\n'.encode()
        for line in range(9)
    )
