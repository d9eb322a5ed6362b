"""What the siblings did, as text, as a page and as data."""

from __future__ import annotations

import copy
import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from patchkit.errors import PatchkitError
from patchkit.model.siblings import EditState, Rank, SiblingEdit, SiblingReport
from patchkit.render.html import report_html
from patchkit.render.json import load_report, report_document, siblings_json_document
from patchkit.render.markdown import report_markdown
from patchkit.render.siblings import (
    RANK_TITLES,
    finding_place,
    finding_title,
    siblings_digest,
    siblings_figures,
    siblings_text,
)
from patchkit.render.text import report_text
from tests.strategies.siblings import sibling_reports

from .hostile import HOSTILE
from .reports import REPORT
from .sibling_reports import EDIT, FILE, LEFT, QUIET, SIBLINGS

WITH = replace(REPORT, siblings=(SIBLINGS,))

TEXT = """\
riscv64 and its siblings (architecture)
=======================================

3 families; 1 likely to break the build, 1 to behave otherwise; 1 of no consequence, 1 ignored on \
purpose.
note: src/odd.go was not compared: it cannot be read.

riscv64  x86_64   arm64  family
-------------------------------
ours     changed  -      src/start_{}.go
MISSING  -        new    arch/{}/ (new, guessed)
default  -        gone   Makefile:12 ifeq ($(ARCH),…)

Likely breaks the build (1)
---------------------------

arch/riscv64.mk: missing file (new)
    x86_64 and arm64 have a file here, ours none.
    see arch/arm64-1.mk:1, arch/arm64-2.mk:2, arch/arm64-3.mk:3, arch/arm64-4.mk:4,
        arch/arm64-5.mk:5, arch/arm64-6.mk:6 and 3 more

Likely behaves otherwise (1)
----------------------------

src/start_riscv64.go:7: siblings' edit, proposed: if !prepare() {
    x86_64 and arm64 changed this; our file lacks it, and it can be merged in.
    -	prepare()
    +	if !prepare() {
    +	}
    upstream: 0123456789ab (A U Thor, 2024-02-03) Check what prepare returns
    see src/start_amd64.go:8

Ignored on purpose (1):
  - src/x.go: missing symbol sgx: Has none.

patchkit.siblings:9: gone/** matches no finding any more; delete the entry, or see whether its file
moved.
Not shown: 1 of no consequence (comments, formatting, what is
one sibling's own business, what ours has already); --json has them all.
`patchkit siblings --propose` puts what can be merged as a patch on top of the new stack.
"""


def test_the_text() -> None:
    """The figures, what was not looked at, the table, the findings by rank, what is left out."""
    assert TEXT == siblings_text(SIBLINGS)


def test_the_part_of_a_whole_report() -> None:
    """report.txt has the figures, what was not looked at, and every open finding; nothing else."""
    told = "\n".join(siblings_digest(SIBLINGS))
    assert told in report_text(WITH)
    assert siblings_figures(SIBLINGS) in told
    assert "note: src/odd.go was not compared: it cannot be read." in told
    assert "[build, new] arch/riscv64.mk: missing file" in told
    assert "[behaviour, new] src/start_riscv64.go:7: siblings' edit, proposed" in told
    assert "gone/** matches no finding any more" in told
    assert "src/x.go" not in told
    assert "docs/x.md" not in told


@pytest.mark.parametrize("state", EditState)
def test_figures_count_each_finding_once(state: EditState) -> None:
    """An edit that is there is told apart, and is no open finding."""
    edit = replace(EDIT, edit=SiblingEdit(state, (), ()))
    report = replace(SIBLINGS, findings=(edit, FILE, LEFT, QUIET))
    is_there = state is EditState.THERE
    assert (2 - is_there) == report.open
    assert ("1 followed already" in siblings_figures(report)) is is_there
    assert f"{1 - is_there} to behave otherwise" in siblings_figures(report)


def test_a_report_without_anything() -> None:
    """No family and no finding give the heading and the figures, and no empty table."""
    text = siblings_text(SiblingReport("architecture", "riscv64", ("riscv64",), (), ()))
    assert 4 == len(text.splitlines())
    assert "0 families; 0 likely to break the build" in text


@given(sibling_reports)
def test_any_report_as_text(report: SiblingReport) -> None:
    """Whatever it holds, every open finding is told with its place, nothing acts on a terminal, and
    a rank without open findings has no title."""
    text = siblings_text(report)
    assert text.endswith("\n")
    assert all(char in "\n\t" or unicodedata.category(char) != "Cc" for char in text)
    squeezed = "".join(text.split())
    for one in report.open_findings():
        assert "".join(finding_place(one).split()) in squeezed
        assert "".join(finding_title(one).split()) in squeezed
    for rank in (Rank.BUILD, Rank.BEHAVIOUR):
        has_any = any(one.rank is rank for one in report.open_findings())
        titled = any(line.startswith(f"{RANK_TITLES[rank]} (") for line in text.splitlines())
        assert titled is has_any


def test_hostile_text_stays_text() -> None:
    """Texts of strangers neither break out of a page nor move a cursor."""
    html = report_html(HOSTILE)
    assert (b"<img" not in html, 1) == (True, html.count(b"</script>"))
    (report,) = HOSTILE.siblings
    for text in (siblings_text(report), "\n".join(siblings_digest(report))):
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_every_report_tells_of_the_siblings() -> None:
    """Page and Markdown have the open findings; the page has those of no consequence as well."""
    html, markdown = report_html(WITH).decode(), report_markdown(WITH)
    for text in ("arch/riscv64.mk", "src/start_riscv64.go:7"):
        assert text in html
        assert text in markdown
    for text in ("docs/x.md:3", "Has none.", "gone/**", "was not compared", "Check what prepare"):
        assert text in html
    assert "docs/x.md" not in markdown


def _damaged(change: Callable[[dict[str, Any]], None]) -> bytes:
    document = copy.deepcopy(report_document(WITH, {}))
    change(document["siblings"][0])
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda one: one.pop("axis"), "siblings[0]: the key axis is missing"),
        (lambda one: one.update(families={}), "siblings[0].families: expected a list"),
        (lambda one: one["findings"][1].update(rank="bad"), "findings[1].rank: expected one of"),
        (lambda one: one["findings"][0].update(line="1"), "findings[0].line: expected a whole"),
        (lambda one: one["findings"][1]["edit"].update(state=""), "edit.state: expected one of"),
        (lambda one: one["families"][0]["cells"][0].update(paths=[1]), "paths[0]: expected a str"),
        (lambda one: one["families"][0].update(is_new=0), "is_new: expected true or false"),
    ],
)
def test_damaged_data(change: Callable[[dict[str, Any]], None], problem: str) -> None:
    """What has another shape is refused with its place."""
    with pytest.raises(PatchkitError) as caught:
        load_report(_damaged(change))
    assert problem in caught.value.message


def test_an_edit_that_somebody_took_out() -> None:
    """A finding on an edit without the edit is shown all the same."""
    report = load_report(_damaged(lambda one: one["findings"][1].update(edit=None)))
    assert "src/start_riscv64.go:7: sibling edit" in siblings_text(report.siblings[0])
    assert b"src/start_riscv64.go:7" in report_html(report)


def test_the_document_of_its_own() -> None:
    """What --json prints is the same data as in report.json, with the versions."""
    document = siblings_json_document(WITH)
    assert report_document(WITH, {})["siblings"] == document["siblings"]
    assert ("2.5.1", "3.2.0") == (document["from"], document["to"])
    assert "patchkit-siblings-report/1" == document["schema"]
