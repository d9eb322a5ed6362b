"""A report in which every text tries to be something else than text."""

from __future__ import annotations

from dataclasses import replace

from patchkit.model.report import (
    Held,
    HeldCause,
    PortedFile,
    PortedPatch,
    Region,
    Report,
    Settled,
    Span,
    Status,
    Suggestion,
    UpstreamCommit,
)
from patchkit.model.siblings import (
    Cell,
    CellState,
    EditState,
    Family,
    FamilyKind,
    Finding,
    FindingKind,
    Rank,
    SiblingEdit,
    SiblingPlace,
    SiblingReport,
    UnusedIgnore,
)

from .reports import REPORT

ATTACK = (
    "</details></script><img src=x onerror=alert(1)> @everyone #123 !45 [x](http://a.invalid) "
    "www.a.invalid **bold** | `tick` \x1b[31m\u202e ]]> &amp; {0} \x00\x0b"
)
_FENCE = b"```````\n</details>\n@everyone #1\n"
_LINES = (b"````` five\n", b"</details>\n", b"@everyone #1 \x00\x1b\xff\n", b"```\n")
_COMMIT = UpstreamCommit("f" * 40, ATTACK, "2024-01-01", ATTACK, _FENCE)
HOSTILE_HELD = Region(
    1, (1,), Span(0, _LINES), Span(1, _LINES), Span(0, _LINES),
    Held(HeldCause.OVERLAP, ATTACK, None, Suggestion(ATTACK, ATTACK, _LINES), _COMMIT),
)  # fmt: skip
HOSTILE_SETTLED = replace(HOSTILE_HELD, settlement=Settled(ATTACK, ATTACK, (b"``````\n",)))
_HOSTILE_SIBLINGS = SiblingReport(
    ATTACK,
    ATTACK,
    (ATTACK, "x" + ATTACK),
    (Family(FamilyKind.PLACE, _FENCE, (Cell(ATTACK, CellState.OURS, (_FENCE,)),), place=ATTACK),),
    tuple(
        Finding(
            kind,
            rank,
            _FENCE,
            ATTACK,
            1,
            ATTACK,
            (SiblingPlace(ATTACK, _FENCE),) * 9,
            edit=edit,
            commit=_COMMIT,
            patch=ATTACK,
            ignored=ignored,
        )
        for kind, edit in (
            (FindingKind.SYMBOL, None),
            (FindingKind.EDIT, SiblingEdit(EditState.CONFLICT, _LINES, _LINES, _LINES, _LINES)),
        )
        for rank in Rank
        for ignored in (None, ATTACK)
    ),
    _FENCE,
    (UnusedIgnore(1, ATTACK, ATTACK),),
    (ATTACK,),
)
_PATH = b"a b/%41#x?\xff:" + ATTACK.encode()
HOSTILE = replace(
    REPORT,
    package=ATTACK,
    upstream=ATTACK,
    upstream_note=ATTACK,
    warnings=(ATTACK,),
    siblings=(_HOSTILE_SIBLINGS,),
    patches=(
        PortedPatch(
            ATTACK,
            Status.PARTIAL,
            (
                PortedFile(_PATH, _PATH, Status.PARTIAL, 1, 0, (HOSTILE_HELD, HOSTILE_SETTLED)),
                PortedFile(_PATH, None, Status.CONFLICTED, 1, 0, (HOSTILE_HELD,)),
            ),
            None,
            (ATTACK,),
            (_COMMIT,),
        ),
        PortedPatch("b" + ATTACK, Status.ABSORBED, (), None, (ATTACK,)),
        PortedPatch("c" + ATTACK, Status.BROKEN, (), None, (ATTACK,)),
    ),
)


def many(count: int) -> Report:
    """A report with so many patches, of which the last has a cause and the others follow."""
    held = REPORT.patches[3]
    follows = tuple(replace(held, name=f"{number:04}-later.patch") for number in range(count - 1))
    return replace(REPORT, patches=(*follows, REPORT.patches[2]))
