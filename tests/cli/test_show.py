"""`patchkit show`: what a stack consists of."""

from __future__ import annotations

import json

from tests.cli.demo import LAYOUTS, PORTED, Demo, make_stack
from tests.cli.running import assert_done, assert_refused, run


def test_the_table(demo: Demo) -> None:
    """A row for each patch, with its size; statuses only where a report has them."""
    done = run("show", "--stack", demo.stack)
    assert_done(done)
    head, *rows, total = done.stdout.splitlines()
    assert ["#", "patch", "files", "hunks", "lines", "bytes", "status"] == head.split()
    size = str(demo.patch("0001-util.patch").stat().st_size)
    assert ["1", "0001-util.patch", "1", "1", "+1", "-1", size] == rows[0].split()
    assert 4 == len(rows)
    assert f"4 patches, 0 guarded away, in {demo.stack} (series.conf)." == total


def test_a_ported_stack_shows_its_statuses(demo: Demo) -> None:
    """Beside a report.json every patch shows how it was ported."""
    demo.rebase()
    document = json.loads(run("show", "--stack", demo.out, "--json").stdout)
    assert {
        "0001-util.patch": "shifted",
        "0002-new.patch": "unchanged",
        "0003-notes.patch": "unchanged",
    } == {patch["name"]: patch["status"] for patch in document["patches"]}
    assert "shifted" in run("show", "--stack", demo.out).stdout


def test_json(demo: Demo) -> None:
    """`--json` has the subject, the files and the size of each patch."""
    header = b"From: A <a@example.invalid>\nSubject: [PATCH] Make a new file\n\n---\n"
    demo.put("0002-new.patch", header + PORTED["0002-new.patch"])
    done = run("show", "--stack", demo.stack, "--json")
    assert_done(done)
    document = json.loads(done.stdout)
    assert ("patchkit-show/1", "series.conf", 0, []) == tuple(
        document[key] for key in ("schema", "dialect", "guarded", "warnings")
    )
    assert {
        "name": "0002-new.patch",
        "subject": "[PATCH] Make a new file",
        "files": ["new.txt"],
        "hunks": 1,
        "added": 2,
        "removed": 0,
        "bytes": demo.patch("0002-new.patch").stat().st_size,
        "status": None,
    } == document["patches"][1]


def test_who_touches_a_file(demo: Demo) -> None:
    """`--file` leaves the patches that touch one, with their numbers in the whole stack."""
    done = run("show", "--stack", demo.stack, "--file", "docs/*", "--file", "new.txt")
    assert_done(done)
    _, *rows, total = done.stdout.splitlines()
    assert [["2", "0002-new.patch"], ["3", "0003-notes.patch"]] == [row.split()[:2] for row in rows]
    assert f"2 of 4 patches, 0 guarded away, in {demo.stack} (series.conf)." == total
    document = json.loads(run("show", "--stack", demo.stack, "--file", "x", "--json").stdout)
    assert [] == document["patches"]


def test_every_layout(demo: Demo) -> None:
    """Each layout is recognised and named."""
    for number, layout in enumerate(LAYOUTS):
        stack = make_stack(demo.root / str(number), PORTED, layout)
        dialect = json.loads(run("show", "--stack", stack, "--json").stdout)["dialect"]
        assert ("series.conf" if layout == "series.conf" else "quilt") == dialect


def test_guarded_patches_are_counted(demo: Demo) -> None:
    """What no flag selects is not listed, but counted."""
    series = demo.stack / "series.conf"
    series.write_text(series.read_text().replace("0002", "+other 0002"))
    done = run("show", "--stack", demo.stack)
    assert_done(done)
    assert "0002-new.patch" not in done.stdout
    assert "3 patches, 1 guarded away" in done.stdout


def test_a_damaged_report_beside_the_stack(demo: Demo) -> None:
    """Statuses that cannot be read are not left out silently."""
    (demo.stack / "report.json").write_text("{}")
    done = run("show", "--stack", demo.stack)
    assert_refused(done, f"{demo.stack}/report.json: the key schema is missing", "move it away")
