"""The proof, made to fail for real: exit code 3, and nothing is written."""

from __future__ import annotations

import shutil

from tests.cli.demo import SHIFTED, Demo
from tests.cli.folders import state_of
from tests.cli.programs import put_before
from tests.cli.running import assert_refused, run

_ALTERING = """\
"$real" "$@" || exit
[ "$1" != -d ] || [ ! -f "$2/util.c" ] || echo altered >> "$2/util.c"
"""


def test_the_proof_fails(demo: Demo) -> None:
    """A patch program that gives something else: exit code 3, and nothing is written."""
    changes = put_before(demo.root / "bin", "patch", _ALTERING)
    done = demo.rebase(changes=changes)
    assert_refused(done, "util.c", "altered", "Nothing was written", exit_code=3)
    assert not demo.out.exists()
    demo.out.mkdir()
    (demo.out / "notes.txt").write_bytes(b"mine\n")
    before = state_of(demo.root)
    assert 3 == demo.rebase("--force", changes=changes).exit_code
    assert before == state_of(demo.root)


def test_refresh_is_proved_as_well(clean_demo: Demo) -> None:
    """The same patch program fails a refresh, and the stack stays as it was."""
    moved = SHIFTED.replace(b"@@ -17,7 +17,7 @@", b"@@ -16,7 +16,7 @@")
    clean_demo.put("0001-util.patch", moved)
    before = state_of(clean_demo.stack)
    changes = put_before(clean_demo.root / "bin", "patch", _ALTERING)
    done = run(
        *("refresh", "--stack", clean_demo.stack, "--upstream", clean_demo.upstream),
        changes=changes,
    )
    assert_refused(done, "util.c", "altered", exit_code=3)
    assert before == state_of(clean_demo.stack)


def test_a_machine_without_patch(demo: Demo) -> None:
    """Without GNU patch nothing can be proved, and that is what the message says."""
    programs = demo.root / "bin"
    programs.mkdir()
    for name in ("sh", "tar", "gzip"):
        (programs / name).symlink_to(shutil.which(name) or "missing")
    done = demo.rebase(changes={"PATH": str(programs)})
    assert_refused(done, "the program patch is missing", "Install GNU patch")
    assert not demo.out.exists()
