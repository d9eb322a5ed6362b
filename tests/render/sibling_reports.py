"""A report on siblings with something of everything."""

from __future__ import annotations

from patchkit.model.report import UpstreamCommit
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

CHECKING = UpstreamCommit(
    "0123456789abcdef" * 2, "A U Thor", "2024-02-03T04:05:06+00:00", "Check what prepare returns"
)
EDIT = Finding(
    kind=FindingKind.EDIT,
    rank=Rank.BEHAVIOUR,
    path=b"src/start_riscv64.go",
    note="x86_64 and arm64 changed this; our file lacks it, and it can be merged in.",
    line=7,
    siblings=(SiblingPlace("x86_64", b"src/start_amd64.go", 8),),
    is_new=True,
    edit=SiblingEdit(
        EditState.PROPOSED, (b"\tprepare()\n",), (b"\tif !prepare() {\n", b"\t}\n"), (b"one\n",)
    ),
    commit=CHECKING,
    patch="0001-riscv64.patch",
)
FILE = Finding(
    kind=FindingKind.FILE,
    rank=Rank.BUILD,
    path=b"arch/riscv64.mk",
    note="x86_64 and arm64 have a file here, ours none.",
    siblings=tuple(SiblingPlace("arm64", b"arch/arm64-%d.mk" % at, at) for at in range(1, 10)),
    is_new=True,
)
LEFT = Finding(
    FindingKind.SYMBOL, Rank.BUILD, b"src/x.go", "A note.", symbol="sgx", ignored="Has none."
)
QUIET = Finding(FindingKind.PLACE, Rank.NOTHING, b"docs/x.md", "A note.", line=3)
SIBLINGS = SiblingReport(
    axis="architecture",
    variant="riscv64",
    columns=("riscv64", "x86_64", "arm64"),
    families=(
        Family(
            FamilyKind.FILE,
            b"src/start_{}.go",
            (
                Cell("riscv64", CellState.OURS, (b"src/start_riscv64.go",)),
                Cell("x86_64", CellState.CHANGED, (b"src/start_amd64.go",)),
            ),
        ),
        Family(
            FamilyKind.FOLDER,
            b"arch/{}",
            (Cell("riscv64", CellState.MISSING), Cell("arm64", CellState.NEW, (b"arch/arm64/x",))),
            is_new=True,
            is_inferred=True,
        ),
        Family(
            FamilyKind.PLACE,
            b"Makefile",
            (Cell("riscv64", CellState.DEFAULT), Cell("arm64", CellState.GONE)),
            place="ifeq ($(ARCH),…)",
            line=12,
        ),
    ),
    findings=(FILE, EDIT, LEFT, QUIET),
    proposal=b"a patch\n",
    unused_ignores=(UnusedIgnore(9, "gone/**", "It was there."),),
    notes=("src/odd.go was not compared: it cannot be read.",),
)
