"""Specs and settings of strangers run nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.demo import PORTED, make_demo, make_stack
from tests.cli.running import run
from tests.cli.test_upgrade import BY, SPEC
from tests.security.canaries import Canary, canary

_MACROS = {
    "a shell command": "%global x %({0})",
    "one in a tag": "URL: %({0})",
    "one in a comment": "# %({0})",
    "one that is put together": "%define p %%\n%{{expand:%{{p}}({0})}}",
    "lua": "%{{lua:os.execute('{0}')}}",
    "macros of a file": "%{{load:{1}}}",
    "another file": "%include {1}",
}


@pytest.fixture
def bait(tmp_path: Path) -> Canary:
    """The program that the specs name."""
    made = canary(tmp_path / "bait")
    (tmp_path / "bait" / "macros").write_text(f"%x %({made.program})\n")
    return made


@pytest.mark.parametrize("macro", _MACROS.values(), ids=_MACROS)
def test_a_spec_that_runs_a_program(tmp_path: Path, bait: Canary, macro: str) -> None:
    """rpm expands macros when it reads a spec: one that runs a program is not handed to it, and
    stays as it is; its version is read, and lint reads it, with readers of our own."""
    demo = make_demo(tmp_path / "in", PORTED)
    line = macro.format(bait.program, bait.program.with_name("macros"))
    spec = demo.stack / "demo.spec"
    spec.write_text(f"{line}\n{SPEC}")
    before = spec.read_bytes()
    done = run(
        *("upgrade", "--to", "2.0", "--upstream", demo.upstream, "--stack", demo.stack), changes=BY
    )
    assert 1 == done.exit_code, done
    assert "PATCHKIT_TRUST_SPEC" in done.stdout
    assert run("lint", demo.stack).exit_code in (0, 1)
    assert before == spec.read_bytes()
    assert not bait.has_run


def test_a_trusted_spec(tmp_path: Path, bait: Canary) -> None:
    """Whoever says so has it read by rpm; then the program runs: the test above can fail."""
    pytest.importorskip("specfile", reason="the rpm bindings of the system are not there")
    demo = make_demo(tmp_path / "in", PORTED)
    (demo.stack / "demo.spec").write_text(f"%global x %({bait.program} >&2)x\n{SPEC}")
    run(
        *("upgrade", "--to", "2.0", "--upstream", demo.upstream, "--stack", demo.stack),
        changes={**BY, "PATCHKIT_TRUST_SPEC": "1"},
    )
    assert bait.has_run


@pytest.mark.parametrize(
    "settings",
    [
        "name: !!python/object/apply:os.system ['{0}']\n",
        "name: !!python/name:os.system\n",
        "name: !evil {0}\n",
        "upstream: ext::{0}\n",
        "upstream: --upload-pack={0}\n",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nname: *c\n",
    ],
)
def test_settings(tmp_path: Path, bait: Canary, settings: str) -> None:
    """A `patchkit.yaml` has text, and no tags that make objects."""
    stack = make_stack(tmp_path / "in" / "demo-1.0", PORTED)
    (stack / "patchkit.yaml").write_text(settings.format(bait.program))
    done = run("check", "--at", "1.0", "--stack", stack, cwd=stack)
    assert (2, "patchkit: error: ") == (done.exit_code, done.stderr[:17])
    assert not bait.has_run


@pytest.mark.parametrize("name", ["../outside.patch", "/etc/passwd", "link.patch", "folder"])
def test_a_series_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    """Patches are regular files of the stack's folder; a link out of it is not followed."""
    stack = make_stack(tmp_path / "demo-1.0", PORTED)
    (tmp_path / "outside.patch").write_bytes(PORTED["0001-util.patch"])
    (stack / "patches" / "link.patch").symlink_to("../../outside.patch")
    (stack / "patches" / "folder").mkdir()
    (stack / "series.conf").write_text(f"{name}\n")
    done = run("show", "--stack", stack)
    assert (2, "patchkit: error: ") == (done.exit_code, done.stderr[:17])
