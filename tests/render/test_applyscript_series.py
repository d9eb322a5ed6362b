"""The generated apply-patches reads a series line exactly as `patchkit.model.series` does."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from patchkit.errors import SeriesFormatError
from patchkit.model.series import decode_name, parse_series

from .packaging import PATCHED, SHELLS, Packaging

FLAGS = ("virt", "x-y")

NAMES = st.sampled_from(
    [
        "a.patch",
        "two words",
        "-p",
        "-R",
        "-x",
        "+y",
        "a#b",
        "#",
        "b\\c",
        "it's",
        '"q"',
        "$a",
        "é",
        "*",
    ]
)
OPTIONS = st.sampled_from(
    [
        "-p0",
        "-p12",
        "-p1x",
        "-p",
        "-p0001",
        "-p00001",
        "3",
        "--strip=2",
        "--strip=",
        "-R",
        "-Rx",
        "--reverse",
        "-p 1",
    ]
)
OTHERS = st.sampled_from(
    [
        "+virt",
        "-virt",
        "+other",
        "-x-y",
        "-!virt",
        "+!no",
        "-!",
        "#c",
        "-",
        "+",
        "\\n",
        "-p\t2",
        "\x0b",
        "\udcff",
    ]
)
WORDS = NAMES | OPTIONS | OTHERS
BLANKS = st.sampled_from([" ", "\t", "  ", "\r", "", "\x0c"])
LINES = st.lists(st.tuples(BLANKS, WORDS), max_size=5).map(
    lambda parts: "".join(blank + word for blank, word in parts)
)
ENDS = st.sampled_from(["\n", "\r\n", " \n", "\n\n"])
SERIES = st.tuples(st.lists(st.tuples(LINES, ENDS), max_size=6), LINES).map(
    lambda parts: "".join(line + end for line, end in parts[0]) + parts[1]
)


def _expected(series: str) -> list[str] | str:
    """What the model says: a line for each selected patch, or the place of the error."""
    try:
        parsed = parse_series(series.encode("utf-8", "surrogateescape"), "series.conf")
    except SeriesFormatError as error:
        return f"series.conf:{error.line}:"
    return [
        f"{entry.name}|-p{1 if entry.strip is None else entry.strip}"
        + ("|-R" if entry.is_reversed else "")
        for entry in parsed.selected(frozenset(FLAGS))
    ]


def _names(series: str) -> set[str]:
    """Every patch that is named before the first line that is not understood."""
    names = set()
    raw = series.encode("utf-8", "surrogateescape")
    for end in [at + 1 for at, byte in enumerate(raw) if byte == ord("\n")] + [len(raw)]:
        with contextlib.suppress(SeriesFormatError):
            names |= {entry.name for entry in parse_series(raw[:end]).entries}
    return names


def _run(folder: Packaging, series: str, shell: Sequence[str]) -> list[str] | str:
    """What the script does: the calls of a patch program that only notes how it was called."""
    stub = folder.root / "bin" / "patch"
    stub.parent.mkdir()
    stub.write_text(
        "#!/bin/sh\n"
        'case $1 in --version) echo "GNU patch 2"; exit ;; esac\n'
        'case $4 in -R) more="|-R" ;; *) more= ;; esac\n'
        'printf "%s\\n" "$(cat)|$3$more" >>calls\n'
    )
    stub.chmod(0o755)
    folder.tarball("demo-1.tar.gz", PATCHED)
    folder.write("series.conf", series)
    folder.script(flags=FLAGS)
    done = folder.run(shell=shell, env={"PATH": f"{stub.parent}{os.pathsep}{os.environ['PATH']}"})
    if done.code == 2:
        place = re.search(r"^apply-patches: (series\.conf:\d+:)", done.output, re.MULTILINE)
        assert place is not None, done.output
        return place[1]
    assert done.code == 0, done.output
    calls = folder.root / "calls"
    noted = decode_name(calls.read_bytes()).split("\n")[:-1] if calls.exists() else []
    # To patch, -p01 is -p1.
    return [re.sub(r"\|-p0+(?=\d)", "|-p", call) for call in noted]


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=40, deadline=None)
@given(series=SERIES)
@example(series="")
@example(series="a.patch")
@example(
    series="  # c\n\n\t\r\na.patch -p 2\t-R # why\r\n+virt -other a.patch --strip=0\n-virt b\\c"
)
@example(series="-p1\n-R\n-R -p1\n+virt\n-a.patch\n")
@example(series="+no +virt a\n-no b\n-virt +x-y c\n+! d\n-! e\n- f\n+ g\n-!virt h\n+!no i")
@example(series="+virt -a.patch\n")
@example(series="a#b # c #d\n#e")
@example(series="\ufeffa.patch\n")
@example(series="\ufeff# a comment after a byte order mark\na.patch\n")
@example(series="a -p1 -p2\na -p1x\n")
@example(series="a -p 1 -R\n")
def test_reads_lines_as_the_model_does(shell: Sequence[str], series: str) -> None:
    """The same patches, levels and directions come out, or the error names the same line."""
    expected = _expected(series)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Packaging(Path(scratch))
        for name in _names(series):
            folder.write(f"patches/{name}", name)
        assert expected == _run(folder, series, shell)
