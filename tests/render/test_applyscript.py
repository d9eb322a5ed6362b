"""The generated apply-patches: what a spec file relies on, run in real shells."""

from __future__ import annotations

import os
import pty
import select
import shutil
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from patchkit.errors import PatchkitError
from patchkit.render.applyscript import apply_script

from .packaging import FIRST, INSTALLED_SHELLS, PATCHED, PATCHES, PRISTINE, SHELLS, Packaging

LINKED = {"link": "-> hello.c"}


@pytest.mark.parametrize("shell", SHELLS)
def test_applies_the_series(packaging: Packaging, shell: Sequence[str]) -> None:
    """The patched tree is in the current folder: hidden files, links and modes as well."""
    done = packaging.run(shell=shell)
    assert done.code == 0, done.output
    assert packaging.tree() == {**PATCHED, **LINKED}
    modes = {
        name: stat.S_IMODE((packaging.root / name).stat().st_mode) & 0o100
        for name in ("run.sh", "new/made.sh", "hello.c")
    }
    assert modes == {"run.sh": 0o100, "new/made.sh": 0o100, "hello.c": 0}
    assert (packaging.root / "hello.c").stat().st_uid == os.getuid()
    assert "apply-patches: patch 3 of 3: 0003-third.patch\n" in done.output
    assert list(packaging.root.glob(".apply-patches.*")) == []


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(FIRST.replace("three", "drei"), id="other context"),
        pytest.param(FIRST, id="applied already"),
        pytest.param("--- /dev/null\n+++ b/hello.c\n@@ -0,0 +1 @@\n+x\n", id="creates what exists"),
        pytest.param(FIRST.replace("hello.c", "nowhere.c"), id="no such file"),
        pytest.param("only words\n", id="no diff"),
        pytest.param(FIRST[:-12], id="truncated"),
    ],
)
def test_failing_patch_leaves_nothing(packaging: Packaging, shell: Sequence[str], bad: str) -> None:
    """A patch that fails is named with its number, and the folder is what it was before."""
    packaging.series(
        "0001-first.patch\n0002-bad.patch\n0003-third.patch\n", {"0002-bad.patch": bad}
    )
    before = packaging.snapshot()
    done = packaging.run(shell=shell)
    assert done.code == 1, done.output
    assert "patch 2 of 3 does not apply, nothing is changed here: 0002-bad.patch" in done.output
    assert "patch 3 of 3" not in done.output
    assert "saving rejects" not in done.output
    assert before == packaging.snapshot()
    assert list(packaging.root.glob(".apply-patches.*")) == []


@pytest.mark.parametrize("shell", SHELLS)
def test_runs_once(packaging: Packaging, shell: Sequence[str]) -> None:
    """A second run with the same series says so and touches nothing."""
    assert packaging.run(shell=shell).code == 0
    packaging.write("hello.c", "edited since\n")
    before = packaging.snapshot()
    again = packaging.run(shell=shell)
    assert again.code == 0
    assert "nothing to do" in again.output
    assert before == packaging.snapshot()


@pytest.mark.parametrize("shell", SHELLS)
def test_empty_flag_of_an_older_script(packaging: Packaging, shell: Sequence[str]) -> None:
    """The empty patch_flag of older scripts still stops the run, and the doubt is said."""
    packaging.write("patch_flag", "")
    before = packaging.snapshot()
    done = packaging.run(shell=shell)
    assert done.code == 0
    assert "cannot be told" in done.output
    assert before == packaging.snapshot()


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("series.conf", "0001-first.patch\n"),
        ("patches/0003-third.patch", FIRST),
    ],
)
def test_changed_series_is_said(
    packaging: Packaging, shell: Sequence[str], name: str, text: str
) -> None:
    """When the series or a patch changed since, the run fails and says what to remove."""
    assert packaging.run(shell=shell).code == 0
    packaging.write(name, text)
    before = packaging.snapshot()
    done = packaging.run(shell=shell)
    assert done.code == 3
    assert "the series changed since it was applied: remove the tree and patch_flag" in done.output
    assert before == packaging.snapshot()


def test_the_shells_agree_on_the_flag(packaging: Packaging) -> None:
    """A flag that one shell wrote is the same series to every other."""
    assert packaging.run().code == 0
    assert {0} == {packaging.run(shell=shell).code for shell in INSTALLED_SHELLS}


def test_the_flag_holds_the_posix_checksum(packaging: Packaging) -> None:
    """patch_flag is one line: the format, and cksum's sum of the sums of series and patches."""
    assert packaging.run().code == 0
    sums = subprocess.run(
        ["cksum", "./series.conf", *(f"./patches/{name}" for name in PATCHES)],
        cwd=packaging.root,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    total = subprocess.run(["cksum"], input=sums, stdout=subprocess.PIPE, check=True).stdout
    flag = (packaging.root / "patch_flag").read_bytes()
    assert b"patchkit apply-patches 1 " + total == flag


@pytest.mark.parametrize("name", ["demo-2.tar.xz", "demo-v2.0-rc1.tar.bz2", "demo-2.tar.tar"])
def test_other_tarballs(packaging: Packaging, name: str) -> None:
    """No version is built in, and the compression is the tarball's own affair."""
    (packaging.root / "demo-1.0.tar.gz").unlink()
    packaging.tarball(name, PRISTINE)
    done = packaging.run()
    assert done.code == 0, done.output
    assert packaging.tree() == {**PATCHED, **LINKED}


@pytest.mark.parametrize("top", ["", "./", "some other name/", "-x/", "./.hid/"])
def test_top_folder(packaging: Packaging, top: str) -> None:
    """One top folder is taken off whatever it is called, and none is needed."""
    packaging.tarball("demo-1.0.tar.gz", PRISTINE, top)
    done = packaging.run()
    assert done.code == 0, done.output
    assert packaging.tree() == {**PATCHED, **LINKED}


def test_tarball_that_leaves_its_folder(packaging: Packaging) -> None:
    """A tarball whose names lead elsewhere is not unpacked."""
    packaging.tarball("demo-1.0.tar.gz", PRISTINE, "../")
    before = packaging.snapshot()
    assert packaging.run().code == 2
    assert before == packaging.snapshot()


@pytest.mark.parametrize("shell", SHELLS)
def test_tarball_is_looked_for(packaging: Packaging, shell: Sequence[str]) -> None:
    """None or several tarballs are an error that names them; signatures do not count."""
    for name in ("demo-1.0.tar.gz.asc", "demo-1.0.tar.sign", "demo-vendor-1.tar.gz"):
        packaging.write(name, "")
    packaging.tarball("demo-v2.tar.gz", PRISTINE)
    several = packaging.run(shell=shell)
    assert several.code == 2
    assert "give one as an argument: demo-1.0.tar.gz demo-v2.tar.gz\n" in several.output
    (packaging.root / "demo-v2.tar.gz").unlink()
    (packaging.root / "demo-1.0.tar.gz").rename(packaging.root / "elsewhere.tgz")
    none = packaging.run(shell=shell)
    assert none.code == 2
    assert "no tarball demo-VERSION.tar.* is here" in none.output
    wrong = packaging.run("nothing.tgz", shell=shell)
    assert wrong.code == 2
    assert "there is no such tarball: nothing.tgz\n" in wrong.output
    assert packaging.run("elsewhere.tgz", "another", shell=shell).code == 2
    assert packaging.run("elsewhere.tgz", shell=shell).code == 0


@pytest.mark.parametrize(
    "name", ["-x.tar.gz", "host:x.tar.gz", "it's $HOME.tar.gz", "h\u00e9.tar.gz"]
)
def test_named_tarball(packaging: Packaging, name: str) -> None:
    """A tarball that is named may be called anything, and stand anywhere."""
    (packaging.root / "demo-1.0.tar.gz").rename(packaging.root / name)
    assert packaging.run(name).code == 0
    (packaging.root / "patch_flag").unlink()
    assert packaging.run(str(packaging.root / name)).code == 0


def test_any_single_tarball_without_a_package(packaging: Packaging) -> None:
    """A script made without a package takes the only tarball that there is."""
    packaging.script(package=None)
    (packaging.root / "demo-1.0.tar.gz").rename(packaging.root / "whatever.tar.gz")
    assert packaging.run().code == 0


@pytest.mark.parametrize("package", ["it's", "a b", "$(touch x)", "*", "-n", "@series@", "h\u00e9"])
def test_odd_package_names(packaging: Packaging, package: str) -> None:
    """A package name is text to the shell, whatever it looks like."""
    packaging.script(package=package)
    (packaging.root / "demo-1.0.tar.gz").rename(packaging.root / f"{package}-1.tar.gz")
    packaging.tarball("other-1.tar.gz", {})
    assert packaging.run().code == 0


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "name",
    [
        "two words.patch",
        'it\'s "quoted".patch',
        "$HOME `id` $(id).patch",
        "-leading.patch",
        "back\\slash\\n.patch",
        "st*r[a]?.patch",
        "h\u00e9llo.patch",
        "latin-\udce9.patch",
        "sub folder/x.patch",
        "tab\there.patch",
        "a#b.patch",
    ],
)
def test_odd_patch_names(packaging: Packaging, shell: Sequence[str], name: str) -> None:
    """A patch may have any name that fits on a line."""
    packaging.series(f"{name}\n", {name: FIRST})
    done = packaging.run(shell=shell, env={"LC_ALL": "C.UTF-8"})
    assert done.code == 0, done.output
    assert f"patch 1 of 1: {name}\n" in done.output
    assert packaging.tree()["hello.c"].startswith("one\none and a half\n")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("/etc/x.patch", "leads out of the folder: /etc/x.patch"),
        ("../x.patch", "leads out of the folder: ../x.patch"),
        ("a/../../x.patch", "leads out of the folder: a/../../x.patch"),
        ("..", "leads out of the folder: .."),
        ("gone.patch", "there is no such patch to read: patches/gone.patch"),
        (".", "there is no such patch to read: patches/."),
        ("0001-first.patch --verbose", "option not understood in: 0001-first.patch --verbose"),
        ("0001-first.patch -p1x", "option not understood in: 0001-first.patch -p1x"),
    ],
)
def test_bad_lines(packaging: Packaging, shell: Sequence[str], line: str, problem: str) -> None:
    """A line that cannot be meant is refused with its number before anything is unpacked."""
    packaging.series(f"# comment\n0001-first.patch\n{line}\n", {})
    before = packaging.snapshot()
    done = packaging.run(shell=shell)
    assert done.code == 2
    assert f"apply-patches: series.conf:3: {problem}\n" in done.output
    assert "patching file" not in done.output
    assert before == packaging.snapshot()


def test_no_series(packaging: Packaging) -> None:
    """In a folder without the series the script says where it belongs."""
    (packaging.root / "series.conf").unlink()
    done = packaging.run()
    assert done.code == 2
    assert "series.conf is not here: run this in the folder that holds it." in done.output


def test_empty_series(packaging: Packaging) -> None:
    """A series without patches unpacks the tarball, and the flag is written."""
    packaging.series("# nothing yet", {})
    assert packaging.run().code == 0
    assert packaging.tree() == {**PRISTINE, **LINKED}
    assert (packaging.root / "patch_flag").stat().st_size > 0


def test_fuzz(packaging: Packaging) -> None:
    """Fuzz is allowed as far as the script was made for, and shows in the log."""
    packaging.series("x.patch\n", {"x.patch": FIRST.replace(" four\n", " vier\n")})
    assert packaging.run().code == 1
    packaging.script(fuzz=1)
    done = packaging.run()
    assert done.code == 0
    assert "with fuzz 1" in done.output
    assert packaging.tree().keys() == {*PRISTINE, *LINKED}


def test_quilt_layout(packaging: Packaging) -> None:
    """The series file and the patches may stand where quilt or Debian have them."""
    (packaging.root / "series.conf").unlink()
    for name, text in PATCHES.items():
        packaging.write(f"debian/patches/{name}", text)
    packaging.write("debian/patches/series", "".join(f"{name}\n" for name in PATCHES))
    packaging.script(series="debian/patches/series", patches="debian/patches")
    assert packaging.run().code == 0
    assert PATCHED["hello.c"] == packaging.tree()["hello.c"]


def test_patches_beside_the_series(packaging: Packaging) -> None:
    """The patches may stand in the current folder itself."""
    for name, text in PATCHES.items():
        packaging.write(name, text)
    packaging.script(patches="")
    assert packaging.run().code == 0
    assert PATCHED["hello.c"] == packaging.tree()["hello.c"]


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_here_already(packaging: Packaging, shell: Sequence[str], tmp_path: Path) -> None:
    """Files are replaced, links as well and not what they lead to; folders are merged."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept\n")
    packaging.write("hello.c", "packager's own\n")
    packaging.write("doc/more.txt", "more\n")
    (packaging.root / ".hidden").symlink_to(outside / "kept.txt")
    (packaging.root / "link").symlink_to(outside)
    done = packaging.run(shell=shell)
    assert done.code == 0, done.output
    assert packaging.tree() == {**PATCHED, **LINKED, "doc/more.txt": "more\n"}
    assert "note: hello.c is here already, the tree's goes over it." in done.output
    assert [place.name for place in outside.iterdir()] == ["kept.txt"]
    assert (outside / "kept.txt").read_text() == "kept\n"


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("inside", "here", "problem"),
    [
        ({"series.conf": "x"}, {}, "a file that this script needs itself: series.conf"),
        ({"apply-patches": "x"}, {}, "a file that this script needs itself: apply-patches"),
        ({"patch_flag": "x"}, {}, "a file that this script needs itself: patch_flag"),
        ({"demo-1.0.tar.gz": "x"}, {}, "a file that this script needs itself: demo-1.0.tar.gz"),
        (
            {"patches/0001-first.patch": "x"},
            {},
            "a file that this script needs itself: patches/0001-first.patch",
        ),
        ({}, {"hello.c/x": "x"}, "hello.c is in the way"),
        ({}, {"doc": "x"}, "doc is in the way"),
        ({}, {"doc/guide.txt/x": "x"}, "doc/guide.txt is in the way"),
    ],
)
def test_no_room(
    packaging: Packaging,
    shell: Sequence[str],
    inside: dict[str, str],
    here: dict[str, str],
    problem: str,
) -> None:
    """A tree that would take away the script's own files, or a folder, is not moved in part."""
    packaging.tarball("demo-1.0.tar.gz", {**PRISTINE, **inside})
    for name, text in here.items():
        packaging.write(name, text)
    before = packaging.snapshot()
    done = packaging.run(shell=shell)
    assert done.code == 2
    assert problem in done.output
    assert before == packaging.snapshot()


@pytest.mark.parametrize("shell", SHELLS)
def test_environment_changes_nothing(packaging: Packaging, shell: Sequence[str]) -> None:
    """Variables that change how patch and tar behave are without effect."""
    env = {
        "POSIXLY_CORRECT": "1",
        "PATCH_GET": "1",
        "VERSION_CONTROL": "numbered",
        "PATCH_VERSION_CONTROL": "numbered",
        "SIMPLE_BACKUP_SUFFIX": ".bak",
        "QUOTING_STYLE": "c",
        "TAR_OPTIONS": "--strip-components=2",
    }
    done = packaging.run(shell=shell, env=env)
    assert done.code == 0, done.output
    assert packaging.tree() == {**PATCHED, **LINKED}


@pytest.mark.parametrize("content", [b"garbage", b""])
def test_broken_tarball(packaging: Packaging, content: bytes) -> None:
    """A tarball that cannot be unpacked, or holds nothing, is an error."""
    (packaging.root / "demo-1.0.tar.gz").write_bytes(content)
    before = packaging.snapshot()
    assert packaging.run().code == 2
    assert before == packaging.snapshot()


def _stub(folder: Path, name: str, body: str) -> dict[str, str]:
    """An environment in which the program `name` is a small script."""
    folder.mkdir()
    stub = folder / name
    stub.write_text(f"#!/bin/sh\n{body}\n")
    stub.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(("signal", "code"), [("HUP", 129), ("INT", 130), ("TERM", 143)])
def test_signals(
    packaging: Packaging, shell: Sequence[str], tmp_path: Path, signal: str, code: int
) -> None:
    """Killed in the middle of the series, the script takes its temporary folder away."""
    real = shutil.which("patch")
    env = _stub(
        tmp_path / "bin",
        "patch",
        f'case $* in *--version*) ;; *) kill -{signal} $PPID ;; esac\nexec {real} "$@"',
    )
    before = packaging.snapshot()
    assert code == packaging.run(shell=shell, env=env).code
    assert before == packaging.snapshot()
    assert list(packaging.root.glob(".apply-patches.*")) == []


@pytest.mark.parametrize("shell", SHELLS)
def test_signal_while_moving(packaging: Packaging, shell: Sequence[str], tmp_path: Path) -> None:
    """Once files move, a signal no longer stops the script half-way."""
    real = shutil.which("mv")
    env = _stub(tmp_path / "bin", "mv", f'kill -TERM $PPID\nexec {real} "$@"')
    assert packaging.run(shell=shell, env=env).code == 0
    assert packaging.tree() == {**PATCHED, **LINKED}


def test_move_that_fails(packaging: Packaging, tmp_path: Path) -> None:
    """When moving fails there is a code of its own, and no flag that would hide it."""
    env = _stub(tmp_path / "bin", "mv", "exit 1")
    done = packaging.run(env=env)
    assert done.code == 4
    assert "the tree is here in part" in done.output
    assert not (packaging.root / "patch_flag").exists()


def test_another_patch_program(packaging: Packaging, tmp_path: Path) -> None:
    """A patch program that is not GNU's is refused before it does something else."""
    env = _stub(tmp_path / "bin", "patch", "echo 'patch 2.0-12u11-Apple'")
    done = packaging.run(env=env)
    assert done.code == 2
    assert "the program patch is not GNU patch" in done.output


def test_missing_program(packaging: Packaging, tmp_path: Path) -> None:
    """A program that is not installed is named."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "cksum", "find", "mktemp", "sed", "xargs", "tar"):
        (folder / name).symlink_to(str(shutil.which(name)))
    done = packaging.run(env={"PATH": str(folder)})
    assert (done.code, done.output) == (2, "apply-patches: the program patch is not installed.\n")


def test_never_asks_on_the_terminal(packaging: Packaging) -> None:
    """On a terminal, too, a missing file or an applied patch is an error and not a question."""
    missing = FIRST.replace("hello.c", "nowhere.c")
    packaging.series("missing.patch\n", {"missing.patch": missing})
    terminal, other_end = pty.openpty()
    # The leader of a session that opens a terminal gets it as its own: /dev/tty works then.
    child = subprocess.Popen(
        ["sh", "-c", ': <"$0" && exec sh apply-patches', os.ttyname(other_end)],
        cwd=packaging.root,
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        start_new_session=True,
    )
    os.close(other_end)
    output = b""
    while select.select([terminal], [], [], 60)[0]:
        try:
            output += os.read(terminal, 4096)
        except OSError:  # how Linux says that the other end is closed
            break
    else:
        child.kill()
        pytest.fail(f"still waiting after: {output!r}")
    os.close(terminal)
    assert child.wait() == 1
    assert b"does not apply" in output
    assert b"File to patch" not in output


def test_first_lines() -> None:
    """The script says what it is, who made it, and how to call it."""
    script = apply_script(package="demo", strip=1, fuzz=0, flags=frozenset())
    first = script.split(b"\n")[:4]
    expected = [b"#!/bin/sh", b"# patchkit apply-patches 1", b"#"]
    assert [*expected, b"# Usage: sh apply-patches [TARBALL]"] == first


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize("dialect", ["sh", "dash", "bash"])
def test_shellcheck(dialect: str) -> None:
    """shellcheck has nothing to say, not even about style."""
    script = apply_script(
        package="a b", strip=1, fuzz=2, flags=frozenset({"x", "y"}), series="a b", patches=""
    )
    done = subprocess.run(
        ["shellcheck", "-S", "style", "-s", dialect, "-"],
        input=script,
        stdout=subprocess.PIPE,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.parametrize("package", ["", "a/b", "a\nb", "a\0b"])
def test_bad_package(package: str) -> None:
    """What cannot be part of a file name is no package."""
    with pytest.raises(PatchkitError, match="is not a package name"):
        apply_script(package=package, strip=1, fuzz=0, flags=frozenset())


@pytest.mark.parametrize("flag", ["", "a b", "a\n"])
def test_bad_flag(flag: str) -> None:
    """A flag that no guard could ever name is refused."""
    with pytest.raises(PatchkitError, match="is not a flag"):
        apply_script(package=None, strip=1, fuzz=0, flags=frozenset({flag}))
