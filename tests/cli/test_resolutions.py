"""Recorded decisions from end to end: where they are found, what they do, what is said of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.demo import Demo, make_stack
from tests.cli.folders import contents_of, names_in, state_of
from tests.cli.running import Run, assert_done, assert_refused, run

RESOLUTION = b"""\
patchkit-resolutions/1

resolution
patch: 0004-main.patch
file: main.c
held: overlap
why: Ours says more.
base:
|main 10
theirs:
|our ten
ours:
|upstream's ten
result:
|upstream's and our ten
"""
AMENDMENT = b"""
amendment
patch: 0002-new.patch
file: new.txt
for: 1.0 -> 2.0
why: Three is the word of today.
before:
|two
after:
|three
"""


def record(folder: Path, raw: bytes = RESOLUTION) -> Path:
    """Write what was decided into a folder."""
    place = folder / "patchkit.resolutions"
    place.write_bytes(raw)
    return place


def words_of(done: Run) -> str:
    """What was printed, with single blanks."""
    return " ".join(done.stdout.split())


def test_a_recorded_resolution_settles_the_conflict(demo: Demo) -> None:
    """The patch is whole, the exit code 0; the file beside the stack is only read."""
    record(demo.stack)
    before = state_of(demo.stack)
    done = demo.rebase()
    assert_done(done)
    assert "0004-main.patch resolved" in words_of(done)
    assert "Next: review 0004-main.patch" in done.stdout
    assert before == state_of(demo.stack)
    out = contents_of(demo.out)
    patch = out["patches/0004-main.patch"]
    assert b"-upstream's ten\n+upstream's and our ten\n" in patch
    report = out["report.txt"].decode()
    assert "settled by a recorded resolution\n    Ours says more.\n" in report
    region = json.loads(out["report.json"])["patches"][-1]["files"][0]["regions"][0]
    assert {
        "rule": "resolution",
        "note": "Ours says more.",
        "result": ["upstream's and our ten\n"],
    } == region["settlement"]["settled"]


def test_a_patch_that_a_person_dropped(demo: Demo) -> None:
    """It is a comment in the series that says so, and its file is not written."""
    record(demo.stack, RESOLUTION[: RESOLUTION.index(b"result:")] + b"result: ours\n")
    assert_done(demo.rebase())
    series = (demo.out / "series.conf").read_text()
    assert (
        "# patchkit: dropped for 2.0, as a person decided, see report.txt: 0004-main.patch\n"
    ) in series
    assert "0004-main.patch" not in names_in(demo.out / "patches")
    assert "The result is the text of ours." in (demo.out / "report.txt").read_text()


def test_an_amendment_is_taken_or_named(clean_demo: Demo) -> None:
    """One that finds its lines is in the patch; of one that does not the report warns."""
    place = record(clean_demo.stack, RESOLUTION + AMENDMENT)
    done = clean_demo.rebase()
    assert_done(done)
    assert "warning" not in done.stdout
    out = contents_of(clean_demo.out)
    assert out["patches/0002-new.patch"].endswith(b"+one\n+three\n")
    assert "changed by a recorded amendment" in out["report.txt"].decode()

    place.write_bytes(RESOLUTION + AMENDMENT.replace(b"|two", b"|too"))
    done = clean_demo.rebase()
    assert_done(done)
    (warning,) = json.loads((clean_demo.out / "report.json").read_bytes())["warnings"]
    assert warning.startswith("The amendment ")
    assert warning.endswith(
        " to 0002-new.patch is not used: its lines are not once in what the patch makes of new.txt."
    )
    assert warning in words_of(done)
    assert "0002-new.patch unchanged" in words_of(done)

    place.write_bytes(RESOLUTION + AMENDMENT.replace(b"-> 2.0", b"-> 2.1"))
    done = clean_demo.rebase()
    assert_done(done)
    assert "warning" not in done.stdout
    assert "0002-new.patch unchanged" in words_of(done)


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        pytest.param("", ".", id="beside the settings"),
        pytest.param("resolutions: decided/patchkit.resolutions\n", "decided", id="as they say"),
    ],
)
def test_where_resolutions_are_found(demo: Demo, settings: str, place: str) -> None:
    """With a patchkit.yaml the stacks of all versions share one file."""
    project = demo.root / "project"
    (project / place).mkdir(parents=True)
    demo.stack.rename(project / "1.0")
    (project / "patchkit.yaml").write_text(f"name: demo\nupstream: ../upstream\n{settings}")
    record(project / "1.0", b"this one is not looked at\n")
    rebase = ("rebase", "--from", "1.0", "--to", "2.0")
    assert 1 == run(*rebase, cwd=project).exit_code
    record(project / place)
    assert_done(run(*rebase, cwd=project))


def test_the_option_names_another_file(demo: Demo) -> None:
    """What stands beside the stack does not count then; /dev/null is no decision at all."""
    broken = record(demo.stack, b"not looked at\n")
    elsewhere = record(demo.root)
    assert_done(demo.rebase("--resolutions", elsewhere))
    none = demo.rebase("--resolutions", "/dev/null")
    assert (1, "") == (none.exit_code, none.stderr)
    assert "0004-main.patch conflicted" in words_of(none)
    broken.unlink()
    without = demo.rebase().stdout
    assert (
        none.stdout.replace(" --resolutions /dev/null` lists", "` lists").splitlines()[:-1]
        == (without.splitlines()[:-1])
    )


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        pytest.param(None, ("no such file", "Leave --resolutions out"), id="missing"),
        pytest.param(b"resolution\n", (":1: expected patchkit-resolutions/1",), id="other file"),
        pytest.param(
            RESOLUTION.replace(b"|our ten", b"our ten"), (":11: not a field",), id="broken"
        ),
        pytest.param("folder", ("cannot be read: Is a directory",), id="folder"),
    ],
)
def test_a_file_that_is_of_no_use(
    demo: Demo, raw: bytes | str | None, words: tuple[str, ...]
) -> None:
    """The message names it, and the line; nothing is written."""
    place = demo.root / "decided"
    if isinstance(raw, str):
        place.mkdir()
    elif raw is not None:
        place.write_bytes(raw)
    assert_refused(demo.rebase("--resolutions", place), str(place), *words)
    assert not demo.out.exists()


def test_a_broken_file_beside_the_stack(demo: Demo) -> None:
    """It stops the port like any other input that is not understood."""
    place = record(demo.stack, RESOLUTION.replace(b"held: overlap", b"held: somehow"))
    assert_refused(demo.rebase(), f"{place}:6: no such cause: somehow.", "Known are overlap")


def test_resolutions_serve_a_quilt_stack_as_well(demo: Demo) -> None:
    """The file stands beside debian/, not in it."""
    files = {place.name: place.read_bytes() for place in (demo.stack / "patches").iterdir()}
    stack = make_stack(demo.root / "quilt-1.0", files, "debian/patches/series")
    record(stack)
    assert_done(demo.rebase("--stack", stack))
