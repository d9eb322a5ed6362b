"""What is found in patches, against GNU patch and against what git writes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from patchkit.diffing.unified import parse_patch
from patchkit.lint.diffstat import file_list_problem
from patchkit.lint.rules import PATCH_BINARY, PATCH_LINE_ENDS, PATCH_MODE, PATCH_OUTSIDE
from patchkit.model.lint import LintRule
from tests.cli.demo import diff
from tests.lint.cases import CASES
from tests.lint.making import SPEC, clean, codes_in

TEXT = "Subject: a change\n\n"


def patched(folder: Path, patch: bytes) -> subprocess.CompletedProcess[bytes]:
    """GNU patch with a patch, on a file `f` of one line."""
    folder.joinpath("f").write_bytes(b"one\n")
    return subprocess.run(
        ["patch", "-p1", "-f"], cwd=folder, input=patch, capture_output=True, check=False
    )


def content_of(rule: LintRule) -> bytes:
    """The patch of a rule's case."""
    return CASES[rule.code].files["patches/0001-change.patch"]


def test_gnu_patch_refuses_binary_diffs(tmp_path: Path) -> None:
    """That is why they are an error."""
    done = patched(tmp_path, content_of(PATCH_BINARY))
    assert 0 != done.returncode
    assert b"binary diffs are not supported" in done.stdout + done.stderr


def test_gnu_patch_leaves_modes_out(tmp_path: Path) -> None:
    """Without a `diff --git` line it takes the text and not the mode; with one it takes both."""
    done = patched(tmp_path, content_of(PATCH_MODE))
    assert (0, 0) == (done.returncode, tmp_path.joinpath("f").stat().st_mode & 0o111)
    whole = content_of(PATCH_MODE).replace(b"old mode", b"diff --git a/f b/f\nold mode")
    assert [] == codes_in(clean() | {"patches/0001-change.patch": whole}, "PK506")
    tmp_path.joinpath("f").unlink()
    done = patched(tmp_path, whole)
    assert (0, 0o111) == (done.returncode, tmp_path.joinpath("f").stat().st_mode & 0o111)


def test_gnu_patch_refuses_what_leads_out(tmp_path: Path) -> None:
    """An absolute path, and one that leads upwards."""
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    tmp_path.joinpath("f").write_bytes(b"one\n")
    done = patched(inside, content_of(PATCH_OUTSIDE).replace(b"b/f", b"b/../../f"))
    assert 0 != done.returncode
    assert b"one\n" == tmp_path.joinpath("f").read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "is_found"),
    [
        (b"one\ntwo\n", b"one\ntwo\r\n", True),
        (b"one\r\ntwo\r\n", b"one\r\ntwo\n", True),
        (b"one\r\ntwo\r\n", b"one\r\n2\r\n", False),
        (b"one\ntwo\r\n", b"one\r\ntwo\n", False),
        (b"one\ntwo\n", b"one\nzwei\n", False),
        (None, b"one\r\n", False),
    ],
)
def test_line_ends(old: bytes | None, new: bytes, *, is_found: bool) -> None:
    """Added lines that are not like the lines of their file; a file of both kinds is its own."""
    patch = TEXT.encode() + diff("f", old, new)
    codes = codes_in(clean() | {"patches/0001-change.patch": patch}, "PK504")
    assert ([PATCH_LINE_ENDS.code] if is_found else []) == codes


def test_a_patch_with_cr_lf_in_itself(tmp_path: Path) -> None:
    """GNU patch takes the carriage returns off, so a file does not get those it should."""
    patch = TEXT.encode() + diff("f", b"one\n", b"two\n").replace(b"\n", b"\r\n")
    assert ["PK504"] == codes_in(clean() | {"patches/0001-change.patch": patch}, "PK504")
    done = patched(tmp_path, patch)
    assert b"Stripping trailing CRs" in done.stdout


@pytest.mark.parametrize(
    ("above", "is_described"),
    [
        ("", False),
        ("From: A <a@b>\nDate: today\n", False),
        ("Subject: [PATCH 1/2]\n", False),
        ("Subject: [PATCH 1/2]\n fix it\n", True),
        ("Description: why\n", True),
        ("Fix the thing.\n", True),
        ("Signed-off-by: A <a@b>\nIndex: f\n====\n", False),
        ("---\n f | 2 +-\n 1 file changed\n\n", False),
        ("修复\n", True),
        ("diff -u -r old/f new/f\n", False),
    ],
)
def test_descriptions(above: str, *, is_described: bool) -> None:
    """A subject or a line of text; headers, trailers and the list of files do not count."""
    patch = above.encode() + diff("f", b"one\n", b"two\n")
    codes = codes_in(clean() | {"patches/0001-change.patch": patch}, "PK502")
    assert ([] if is_described else ["PK502"]) == codes


def git(folder: Path, *command: str) -> bytes:
    """A git command of a person in a repository."""
    person = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    done = subprocess.run(["git", *person, *command], cwd=folder, capture_output=True, check=True)
    return done.stdout


@pytest.fixture
def mail(tmp_path: Path) -> bytes:
    """A patch by `git format-patch` with all that makes rows of its list odd."""
    long = "a-long-folder-name/another-long-name/a-third-one"
    names = ["plain.c", "a b.c", f"{long}/old-name-of-the-file.c", f"{long}/x/moved.c", "caf\xe9.c"]
    git(tmp_path, "init", "-q")
    for number, name in enumerate([*names, "gone.c", "logo.bin"]):
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("".join(f"{number} {line}\n" for line in range(40)))
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    for name in ("plain.c", "a b.c", "caf\xe9.c"):
        tmp_path.joinpath(name).write_text("changed\n")
    git(tmp_path, "mv", names[2], f"{long}/the-new-name-of-the-file-which-is-long.c")
    git(tmp_path, "mv", names[3], "plain-moved.c")
    tmp_path.joinpath("gone.c").unlink()
    tmp_path.joinpath("logo.bin").write_bytes(bytes(range(256)))
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qam", "two")
    return git(tmp_path, "format-patch", "-1", "--stdout", "-M")


def test_the_list_of_git_is_right(mail: bytes) -> None:
    """Whatever the rows look like: renames, shortened and quoted names, binary files."""
    assert 7 == len(parse_patch("p", mail).files)
    assert b"..." in mail
    assert b" => " in mail
    assert file_list_problem(parse_patch("p", mail)) is None


def test_a_list_that_was_left_behind(mail: bytes) -> None:
    """Any file that is taken out of the diff, or out of the list, is told by its name."""
    patch = parse_patch("p", mail)
    for at in range(len(patch.files)):
        kept = patch.files[:at] + patch.files[at + 1 :]
        raw = patch.prologue + b"".join(file.raw for file in kept) + patch.epilogue
        problem = file_list_problem(parse_patch("p", raw))
        assert problem is not None
        assert problem.message.startswith("listed and not changed: ")
        assert mail.splitlines()[problem.line - 1].startswith(b" ")
    without = b"".join(
        line for line in mail.splitlines(keepends=True) if not line.startswith(b" plain.c ")
    )
    problem = file_list_problem(parse_patch("p", without))
    assert problem is not None
    assert "changed and not listed: plain.c." == problem.message


def test_several_mails_in_one_file(mail: bytes) -> None:
    """Each has a list of its own; together they are that of the whole."""
    both = mail + mail.replace(b"plain.c", b"other.c")
    assert file_list_problem(parse_patch("p", both)) is None


def test_git_applies_binary_diffs() -> None:
    """Where a spec or a script applies the patches by git, only a diff without content is told."""
    patch = content_of(PATCH_BINARY)
    empty = patch[: patch.index(b"GIT binary")] + b"Binary files a/logo and b/logo differ\n"
    spec = SPEC.replace(b"License:", b"Patch1: 0001-change.patch\nLicense:").replace(
        b"sh apply-patches", b"%autosetup -Sgit -p1"
    )
    for raw, codes in ((patch, []), (empty, ["PK505"])):
        files = {"demo.spec": spec, "0001-change.patch": raw}
        assert codes == codes_in(files, "PK505")
        script = b"set -e\ngit apply $1\n"
        files = clean() | {"apply-patches": script, "patches/0001-change.patch": raw}
        assert codes == codes_in(files, "PK505")
