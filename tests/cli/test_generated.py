"""Conflicts in generated files, from the command line to the report."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from patchkit.render.schemas import Schema
from tests.cli.demo import Demo, diff, numbered
from tests.cli.running import assert_done, run


def lock(word: str) -> bytes:
    """A lock file in which three places are somebody's."""
    content = numbered("module", 60)
    for at in (10, 30, 50):
        content = content.replace(b"module %d\n" % at, b"%b %d\n" % (word.encode(), at))
    return content


def with_lock(demo: Demo, name: str = "go.sum") -> Demo:
    """The project with a file that upstream and a patch changed in three places."""
    for version, word in (("1.0", "module"), ("2.0", "upstream")):
        (demo.upstream / version / name).write_bytes(lock(word))
    demo.put("0004-lock.patch", diff(name, lock("module"), lock("ours")))
    return demo


def held(document: dict[str, Any]) -> list[dict[str, Any]]:
    """What is held, in the order of the report."""
    return [
        region["settlement"]["held"]
        for patch in document["patches"]
        for file in patch["files"]
        for region in file["regions"]
        if "held" in region["settlement"]
    ]


def test_one_cause_with_its_command(clean_demo: Demo) -> None:
    """Three conflicts of a lock file are one held region; the schema knows its cause."""
    done = with_lock(clean_demo).rebase("--json")
    assert_done(done, 1)
    document = json.loads(done.stdout)
    Draft202012Validator(json.loads(Schema.REPORT.document())).validate(document)
    (only,) = held(document)
    assert "regenerate" == only["cause"]
    assert "`go mod tidy`" in only["note"]
    assert 1 == document["summary"]["causes"]
    report = (clean_demo.out / "report.txt").read_text()
    assert "held (regenerate)" in report


def test_patterns_of_the_project(clean_demo: Demo) -> None:
    """patchkit.yaml says what else is generated, and what is not."""
    with_lock(clean_demo)
    with_lock(clean_demo, "api.c").put(
        "0005-api.patch", diff("api.c", lock("module"), lock("ours"))
    )
    with_lock(clean_demo)
    (clean_demo.stack / "patchkit.yaml").write_text(
        'generated:\n  - "!go.sum"\n  - {pattern: api.c, command: make api}\n'
    )
    causes = [one["cause"] for one in held(json.loads(clean_demo.rebase("--json").stdout))]
    assert ["overlap"] * 3 + ["regenerate"] == causes


def test_it_may_be_left_to_be_made(clean_demo: Demo) -> None:
    """`resolve --take ours` settles it for the next rebase."""
    with_lock(clean_demo)
    assert_done(clean_demo.rebase(), 1)
    done = run(
        *("resolve", "--stack", clean_demo.stack, "--out", clean_demo.out),
        *("0004:go.sum", "--take", "ours", "--by", "A <a@example.invalid>", "--why", "made later"),
    )
    assert_done(done)
    assert_done(clean_demo.rebase())
    assert "made later" in (clean_demo.out / "report.txt").read_text()
