"""The siblings of a variant in `report.html`, in a real browser."""

from __future__ import annotations

from dataclasses import replace

from patchkit.model.report import Report, UpstreamCommit
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
from tests.browser.conftest import Opens
from tests.browser.stacks import EVIL


def test_the_wall_of_the_kata_port(opened: Opens, kata: Report) -> None:
    """A table with a column for each variant, ours first, and the findings by rank, folded."""
    page = opened(kata)
    section = page.locator("#siblings1")
    heads = section.locator("thead").first.locator("th").all_inner_texts()
    assert ["Family", "riscv64"] == heads[:2]
    row = section.get_by_role("row", name="src/runtime/virtcontainers/qemu_{}.go")
    assert ["ours", "changed", "changed", "changed", "changed"] == row.locator(
        "td"
    ).all_inner_texts()
    finding = section.locator("details.finding", has_text="handleImagePath(config)").first
    assert not finding.locator(".diff").is_visible()
    finding.locator("summary").first.click()
    assert "if err := q.handleImagePath(config); err != nil {" in finding.inner_text()
    finding.get_by_role("link", name="0004-virtcontainers").click()
    assert page.locator("#p4").is_visible()


def test_hostile_names_stay_text(opened: Opens, kata: Report) -> None:
    """Whatever a path, a line, a commit or a reason holds is shown and never acts."""
    evil = EVIL.encode()
    commit = UpstreamCommit("0" * 40, EVIL, "2023-01-01", EVIL, evil)
    edit = SiblingEdit(EditState.CONFLICT, (evil,), (evil,), (evil,), (evil,))
    place = SiblingPlace(EVIL, evil, 3)
    findings = tuple(
        Finding(
            FindingKind.EDIT, Rank.BUILD, evil, EVIL, 1, EVIL, (place,), edit=edit, commit=commit,
            patch=EVIL, ignored=ignored,
        )
        for ignored in (None, EVIL)
    )  # fmt: skip
    cells = (Cell(EVIL, CellState.MISSING, (evil,)), Cell("arm64", CellState.NEW, (evil,)))
    family = Family(FamilyKind.PLACE, evil, cells, place=EVIL, line=1)
    siblings = SiblingReport(
        EVIL, EVIL, (EVIL, "arm64"), (family,), findings, evil, (UnusedIgnore(1, EVIL, EVIL),),
        (EVIL,),
    )  # fmt: skip
    page = opened(replace(kata, siblings=(siblings,)))
    assert "MISSING" in page.locator("#siblings1 .wall").inner_text()
    assert 0 == page.locator("img").count()
