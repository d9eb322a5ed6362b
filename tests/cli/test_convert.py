"""`patchkit convert`: a stack in another dialect, and back."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from patchkit.render.schemas import Schema
from tests.cli.demo import HELD, Demo
from tests.cli.folders import contents_of, names_in
from tests.cli.running import assert_done, assert_refused, run

DIALECTS = ("openeuler", "quilt", "debian", "suse", "yocto", "openwrt", "rpm")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_there_and_back(demo: Demo, dialect: str) -> None:
    """Without `--to` it goes back to what it was, with the bytes that it had."""
    there, back = demo.root / "there", demo.root / "back"
    assert_done(run("convert", demo.stack, "--to", dialect, "--out", there))
    asked = ("--to", "openeuler") if dialect == "openeuler" else ()
    assert_done(run("convert", there, *asked, "--out", back))
    files = contents_of(back)
    assert contents_of(demo.stack) == {
        path: raw for path, raw in files.items() if path != "apply-patches"
    }


@pytest.mark.parametrize("dialect", DIALECTS)
def test_json(demo: Demo, dialect: str) -> None:
    """The document follows the schema that `--schema` prints, and `--dry-run` writes nothing."""
    out = demo.root / "there"
    done = run("convert", demo.stack, "--to", dialect, "--out", out, "--json", "--dry-run")
    assert_done(done)
    document = json.loads(done.stdout)
    schema = json.loads(run("convert", "--schema").stdout)
    assert schema == json.loads(Schema.CONVERSION.document())
    Draft202012Validator(schema).validate(document)
    assert list(HELD) == [patch["was"] for patch in document["patches"]]
    assert "there" not in names_in(demo.root)


def test_what_is_told(demo: Demo) -> None:
    """New names, and what only the sidecar keeps."""
    (demo.stack / "series.conf").write_text("# why\n0004-main.patch\n0001-util.patch\n")
    for name in ("0002-new.patch", "0003-notes.patch"):
        demo.patch(name).unlink()
    done = run("convert", "--stack", demo.stack, "--to", "openwrt", "--out", demo.root / "there")
    assert_done(done)
    assert [
        "The comments of series.conf are in patchkit.origin only.",
        "0004-main.patch is 100-main.patch.",
        "0001-util.patch is 110-util.patch.",
        f"Converted 2 patches from series.conf to openwrt, into {demo.root / 'there'}.",
    ] == done.stdout.splitlines()


def test_what_cannot_be_said_is_refused_with_its_line(demo: Demo) -> None:
    """Nothing is written."""
    series = demo.stack / "series.conf"
    series.write_text(series.read_text().replace("0002-new.patch", "0002-new.patch -R"))
    done = run("convert", demo.stack, "--to", "yocto", "--out", demo.root / "there")
    assert_refused(done, "series.conf:3: 0002-new.patch: applied in reverse", "interdiff")
    assert "there" not in names_in(demo.root)


def test_usage(demo: Demo) -> None:
    """Two stacks, none to go back to, no output, a dialect that nobody knows."""
    out = ("--out", demo.root / "there")
    assert_refused(run("convert", demo.stack, *out), "no patchkit.origin", "Say with --to")
    assert_refused(run("convert", demo.stack, "--stack", demo.stack, "--to", "rpm", *out), "Two")
    assert_refused(run("convert", demo.stack, "--to", "rpm"), "--out")
    assert_refused(run("convert", demo.stack, "--to", "deb", *out), "'deb'", "openwrt")
