"""report.txt and the table on the terminal: complete, plain, and safe to look at."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from rich.console import Console
from rich.table import Table
from rich.text import Text

from patchkit.model.report import (
    AMENDMENT,
    RESOLUTION,
    PortedFile,
    PortedPatch,
    Report,
    Settled,
    Status,
)
from patchkit.render.summary import next_step, summary_table
from patchkit.render.terminal import print_report
from patchkit.render.text import report_text
from tests.strategies.reports import reports

from .reports import CAUSE, REPORT


def _printed(report: Report, width: int = 100) -> str:
    """What the terminal gets, without colour."""
    stream = io.StringIO()
    print_report(Console(file=stream, width=width, color_system=None), report)
    return stream.getvalue()


def _unsafe(text: str) -> list[str]:
    """The characters that do something else than print."""
    return [
        char
        for char in text
        if char not in "\n\t" and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    ]


@given(reports)
def test_nothing_unsafe_is_passed_through(report: Report) -> None:
    """Escape sequences, direction marks and bytes that are no text never reach the reader."""
    assert _unsafe(report_text(report)) == []
    assert _unsafe(_printed(report)) == []


@given(reports)
def test_every_patch_is_there(report: Report) -> None:
    """Both tables have a row for each patch, in order, with its figures."""
    rows = summary_table(report)
    assert [patch.status for patch in report.patches] == [row.status for row in rows]
    assert [len(patch.held) for patch in report.patches] == [row.held for row in rows]
    assert report_text(report).count(" patch") >= 1
    assert report_text(report).endswith(next_step(report) + "\n")
    assert "\n" not in next_step(report)


def test_the_whole_report() -> None:
    """The report says what was ported and what was not, with all the evidence, in this form."""
    expected = """\
kata-containers: patch stack ported from 2.5.1 to 3.2.0
=======================================================

Upstream: https://example.invalid/kata
          A reduced upstream.

Patch             Status      Files      Hunks  Held
----------------------------------------------------
0001-same.patch   unchanged       0        0/0
0002-moved.patch  followed        1        2/2
0003-held.patch   partial         1        2/4     1
0004-later.patch  conflicted      1        0/1     1
0005-ruled.patch  resolved        1        1/1

5 patches: 1 unchanged, 1 followed, 1 resolved, 1 partial, 1 conflicted; 2 regions held, 1 of them \
causes.

Warnings:
  - unlisted.patch is not in the series.

Left as they are, no flag selects them:
  - 0006-virt.patch

Old stack against new (`patchkit diff` shows what differs inside the patches):
  2.5.1 -> 3.2.0: 5 patches: 2 same, 1 context, 1 changed, 1 dropped.
  ! 0003-held.patch: changed (message, 1 file)
  < 0004-later.patch: dropped (left out, conflicts)

0002-moved.patch: followed
--------------------------
A file was moved upstream, and the patch went along.

  cli/a.go -> cmd/a.go: followed, 2 of 2 hunks carried
    followed: a file that is 87 % similar stands there

0003-held.patch: partial
------------------------
Some regions are held for a person, the rest is carried.
A note about it.
Needed by: 0004-later.patch.

  src/x.go -> src/y.go: partial, 2 of 4 hunks carried

    Region 1, hunks 2 and 3: held (overlap)
    Upstream and the patch changed the same lines.
    <<<<<<< ours, 3.2.0: src/y.go:120
      \tx := \\x1b[31m3
      trail{two_blanks}
    ||||||| base, 2.5.1: src/x.go:100
      \tx := 1
      old
      \\ No newline at end of file
    =======
      \tx := 2\\r
    >>>>>>> theirs, 2.5.1 with 0003-held.patch
    Settle it in your editor: patchkit resolve 0003-held.patch:src/y.go:1 --from 2.5.1 --to 3.2.0

0004-later.patch: conflicted
----------------------------
All regions are held for a person; nothing of the patch is carried.
Needs: 0003-held.patch.

  gone-\\xe9.go: conflicted, 0 of 1 hunk carried

    Region 1, the file as a whole: held (file-gone)
    An earlier patch was to make this file.
    This is a consequence of region 1 of src/x.go in 0003-held.patch.
    <<<<<<< ours, 3.2.0: (no file)
    ||||||| base, 2.5.1: gone-\\xe9.go:1
    =======
""".replace("{two_blanks}", "  ")
    text = report_text(REPORT)
    assert text.startswith(expected)
    assert "      59\n      (40 more lines, see report.json)\n    >>>>>>> theirs" in text
    assert text.endswith(
        "    Region 1, hunk 1: settled by the rule identical\n"
        "    Both sides made the same edit.\n"
        "    <<<<<<< ours, 3.2.0: r.go:4\n      b\n"
        "    ||||||| base, 2.5.1: r.go:3\n      a\n"
        "    =======\n      b\n"
        "    >>>>>>> theirs, 2.5.1 with 0005-ruled.patch\n"
        "    The result is the text of ours.\n"
        "\n"
        "Next: settle 1 held region (`patchkit resolve --from 2.5.1 --to 3.2.0`, with "
        "--stack and --out as for the rebase, lists them), first "
        "region 1 of src/y.go in 0003-held.patch (report.txt shows its three sides).\n"
    )


def _decided(rule: str, result: tuple[bytes, ...]) -> str:
    """The region of a report that a recorded decision settled so."""
    region = replace(CAUSE, settlement=Settled(rule, "Why it is so.", result))
    file = PortedFile(b"src/x.go", b"src/y.go", Status.RESOLVED, 4, 4, (region,))
    patches = (PortedPatch("0003-held.patch", Status.RESOLVED, (file,), b"x\n"),)
    text = report_text(replace(REPORT, patches=patches))
    return text[text.index("    Region 1") : text.rindex("\nNext: ")]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (
            (b"both\n", b"last"),
            "    The result is:\n      both\n      last\n      \\ No newline at end of file\n",
        ),
        (CAUSE.theirs.lines, "    The result is the text of theirs.\n"),
        (CAUSE.ours.lines, "    The result is the text of ours.\n"),
        ((), "    The result is no line.\n"),
    ],
)
def test_a_recorded_resolution_can_be_reviewed(result: tuple[bytes, ...], expected: str) -> None:
    """The three sides, why, and what became of them."""
    told = _decided(RESOLUTION, result)
    assert told.startswith(
        "    Region 1, hunks 2 and 3: settled by a recorded resolution\n    Why it is so.\n"
        "    <<<<<<< ours, 3.2.0: src/y.go:120\n"
    )
    assert "    ||||||| base, 2.5.1: src/x.go:100\n" in told
    assert told.endswith(f"    >>>>>>> theirs, 2.5.1 with 0003-held.patch\n{expected}")


def test_a_recorded_amendment_can_be_reviewed() -> None:
    """Why, and the lines before and after; there is nothing else to it."""
    lines = "".join(f"      {line}\n" for line in ("\tx := \\x1b[31m3", "trail  "))
    assert (
        "    Region 1, hunks 2 and 3: changed by a recorded amendment\n    Why it is so.\n"
        f"    <<<<<<< before: src/y.go:120\n{lines}    =======\n      after\n    >>>>>>> after\n"
    ) == _decided(AMENDMENT, (b"after\n",))


def test_long_and_wide_names_keep_the_columns() -> None:
    """A long name has a line of its own, a wide one takes two columns for each character."""
    names = ("long-" * 20 + ".patch", "修复.patch", "tab\there.patch")
    patches = tuple(PortedPatch(name, Status.SHIFTED, (), b"") for name in names)
    lines = report_text(replace(REPORT, patches=patches)).splitlines()
    assert names[0] in lines
    assert "修复.patch" + " " * 50 + "  shifted         0        0/0" in lines
    assert "tab\\there.patch" + " " * 45 + "  shifted         0        0/0" in lines


def test_long_notes_are_wrapped() -> None:
    """Sentences stay within 100 columns."""
    note = "many words " * 30
    patch = replace(REPORT.patches[1], notes=(note,))
    text = report_text(replace(REPORT, patches=(patch,), warnings=(note,), upstream_note=note))
    assert max(map(len, text.splitlines())) <= 100
    assert note.count("many") * 3 == text.count("many")


BROKEN = PortedPatch("0009-b.patch", Status.BROKEN, (), None)
PARTIAL = PortedPatch(
    "0003-p.patch",
    Status.PARTIAL,
    (PortedFile(b"x", b"x", Status.PARTIAL, 1, 0, (CAUSE,)),),
    b"",
)


@pytest.mark.parametrize(
    ("patches", "expected"),
    [
        ((), "nothing is left to do by hand"),
        ((PortedPatch("a", Status.MERGED, (), b""),), "nothing is left to do by hand"),
        (
            (PARTIAL, BROKEN),
            "Next: mend 0009-b.patch, which does not apply to 2.5.1, and run the same command",
        ),
        (
            (BROKEN, PARTIAL, BROKEN, BROKEN),
            "Next: mend 0009-b.patch and 2 other patches, which do not apply to 2.5.1",
        ),
        (
            (PARTIAL,),
            "Next: settle 1 held region (`patchkit resolve --from 2.5.1 --to 3.2.0`, with "
            "--stack and --out as for the rebase, lists them), first region 1 of x in",
        ),
        (
            (replace(PARTIAL, files=()),),
            "Next: port what is left of 0003-p.patch by hand in the new stack (report.txt",
        ),
        (
            (
                PortedPatch("r", Status.RESOLVED, (), b""),
                PortedPatch("a", Status.ABSORBED, (), None),
            ),
            "Next: review r and 1 other patch (report.txt says why), then build.",
        ),
    ],
)
def test_next_step(patches: tuple[PortedPatch, ...], expected: str) -> None:
    """The last line names the first thing to do: broken patches, held regions, then reviews."""
    report = replace(REPORT, patches=patches)
    assert expected in next_step(report)
    assert _printed(report).splitlines()[-1] == next_step(report)


def test_markup_is_shown_as_it_is() -> None:
    """A name that looks like markup is a name, on a narrow console, too."""
    name = "[red]alert[/red] [/] [link=x]y.patch"
    report = replace(
        REPORT,
        package="[bold]p",
        upstream_note="[/nothing]",
        warnings=("[blink]w",),
        patches=(PortedPatch(name, Status.RESOLVED, (), b""),),
    )
    printed = _printed(report)
    for text in (name, "[bold]p", "[/nothing]", "[blink]w", f"Next: review {name}"):
        assert text in printed


def test_narrow_terminal_loses_nothing() -> None:
    """On a narrow console names are folded and not cut."""
    name = "0001-" + "abcdefghij" * 8 + ".patch"
    report = replace(REPORT, patches=(PortedPatch(name, Status.MERGED, (), b""),))
    printed = _printed(report, width=60)
    table = printed[printed.index("Patch ") :]
    assert name in "".join(line.split("  ")[0].strip() for line in table.splitlines())
    assert "merged" in printed


def test_colour_only_where_it_is_asked_for() -> None:
    """With colours the words are the same; without there is no escape sequence."""
    stream = io.StringIO()
    console = Console(file=stream, width=100, color_system="standard", force_terminal=True)
    print_report(console, REPORT)
    assert "\x1b[" in stream.getvalue()
    assert "\x1b[" not in _printed(REPORT)


@given(reports)
def test_the_table_is_the_one_that_rich_makes(report: Report) -> None:
    """Where no name is folded, to the byte: however wide the characters of the names are."""
    table = Table(box=None, pad_edge=False)
    for heading in ("Patch", "Status", "Files", "Hunks", "Held"):
        numbers = heading in ("Files", "Hunks", "Held")
        table.add_column(heading, justify="right" if numbers else "left", no_wrap=True)
    for row in summary_table(report):
        counts = (str(row.files), f"{row.carried}/{row.hunks}", str(row.held or ""))
        table.add_row(Text(row.patch), row.status.value, *counts)
    stream = io.StringIO()
    Console(file=stream, width=10_000, color_system=None).print(table)
    assert stream.getvalue() in _printed(report, width=10_000)
