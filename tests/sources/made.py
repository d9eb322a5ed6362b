"""Made source trees: drawn by hypothesis, and put into git, onto disk and into archives."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import strategies as st

from patchkit.model.tree import EXECUTABLE, REGULAR, SYMLINK, File

SAMPLE = {
    b"README": File(b"no final newline"),
    b"run.sh": File(b"#!/bin/sh\n", EXECUTABLE),
    b"empty": File(b""),
    b"newlines": File(b"\n\n\n"),
    b"dos.txt": File(b"one\r\ntwo\r\n"),
    b"binary": File(bytes(range(256)) * 3 + b"\n"),
    b"src/deep/er/main.c": File(b"int main(void);\n"),
    b"src/main.c": File(b"int main(void);\n"),
    b"src/sub/" + b"long-name-" * 12 + b".c": File(b"long\n"),
    b"link": File(b"./src//main.c", SYMLINK),
    b"src/up": File(b"../src/", SYMLINK),
    b"broken": File(b"nowhere", SYMLINK),
    b"with blank/a b": File(b"blank\n"),
    b"caf\xc3\xa9": File(b"UTF-8 name\n"),
    b"Latin\xe9": File(b"Latin-1 name\n"),
    b"new\nline": File(b"newline in the name\n"),
    b'quo"te\\back\ttab': File(b"quoted\n"),
    b"HEAD:src": File(b"looks like a revision\n"),
    b"-rf": File(b"looks like an option\n"),
    b"*": File(b"looks like a pattern\n"),
    b" missing": File(b"looks like an answer of cat-file\n"),
    b"...": File(b"dots\n"),
}
"""A tree with all that is odd in names, modes and contents."""

_ODD_NAMES = (b"a b", b"caf\xe9", b"caf\xc3\xa9", b"x\ny", b'"', b"\\", b"-f", b"\x01", b"*", b"~")
_names = st.one_of(st.sampled_from((b"a", b"b", b"c.c")), st.sampled_from(_ODD_NAMES))
_regular = st.builds(File, st.binary(max_size=600), st.sampled_from((REGULAR, EXECUTABLE)))
_links = st.builds(File, st.sampled_from((b"a", b"./a/", b"../b", b"caf\xe9")), st.just(SYMLINK))


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> dict[bytes, File]:
    """Files by path; no path leads through another file."""
    files: dict[bytes, File] = {}
    for name in draw(st.lists(_names, unique=True, max_size=5)):
        if depth and draw(st.booleans()):
            below = draw(trees(depth - 1))
            files |= {name + b"/" + path: file for path, file in below.items()}
        else:
            files[name] = draw(st.one_of(_regular, _regular, _links))
    return files


def git(git_dir: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """Run git in a repository; its standard output."""
    environment = {
        **os.environ,
        "GIT_DIR": str(git_dir),
        "GIT_AUTHOR_NAME": "A U Thor",
        "GIT_AUTHOR_EMAIL": "author@example.invalid",
        "GIT_AUTHOR_DATE": "2020-02-02T02:02:02Z",
        "GIT_COMMITTER_NAME": "C O Mitter",
        "GIT_COMMITTER_EMAIL": "committer@example.invalid",
        "GIT_COMMITTER_DATE": "2020-02-02T02:02:02Z",
        "LC_ALL": "C",
    }
    command = ["git", "-c", "safe.directory=*", *arguments]
    ran = subprocess.run(command, input=stdin, env=environment, capture_output=True, check=False)
    assert ran.returncode == 0, (arguments, ran.stderr)
    return ran.stdout


def new_repository(git_dir: Path, *options: str) -> Path:
    """An empty bare repository from which partial clones may be made."""
    git(git_dir, "init", "--quiet", "--bare", "--initial-branch=main", *options)
    git(git_dir, "config", "uploadpack.allowFilter", "true")
    git(git_dir, "config", "uploadpack.allowAnySHA1InWant", "true")
    return git_dir


def commit(git_dir: Path, files: Mapping[bytes, File], message: str = "made") -> str:
    """Commit a tree without a parent; the id of the commit. No work tree takes part."""
    git(git_dir, "read-tree", "--empty")
    index = b"".join(
        b"%o %s\t%s\0" % (file.mode, _written(git_dir, file.content), path)
        for path, file in files.items()
    )
    git(git_dir, "update-index", "-z", "--index-info", stdin=index)
    tree = git(git_dir, "write-tree").decode().strip()
    return git(git_dir, "commit-tree", "-m", message, tree).decode().strip()


def write_files(root: Path, files: Mapping[bytes, File]) -> Path:
    """Put a tree onto disk."""
    for path, file in files.items():
        place = root / os.fsdecode(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        if file.mode == SYMLINK:
            os.symlink(file.content, os.fsencode(place))  # noqa: PTH211 (it would tidy the target)
        else:
            place.write_bytes(file.content)
            place.chmod(0o755 if file.mode == EXECUTABLE else 0o644)
    root.mkdir(exist_ok=True)
    return root


def write_tar(
    archive: Path,
    files: Mapping[bytes, File],
    *,
    top: str = "",
    tar_format: int = tarfile.GNU_FORMAT,
) -> Path:
    """Put a tree into an uncompressed tar archive; `top` is put before each name."""
    with tarfile.open(archive, "w", format=tar_format, errors="surrogateescape") as written:
        for path, file in files.items():
            member = tarfile.TarInfo(top + path.decode("utf-8", "surrogateescape"))
            member.mode = file.mode & 0o777
            if file.mode == SYMLINK:
                member.type = tarfile.SYMTYPE
                member.linkname = file.content.decode("utf-8", "surrogateescape")
                written.addfile(member)
            else:
                member.size = len(file.content)
                written.addfile(member, io.BytesIO(file.content))
    return archive


def _written(git_dir: Path, content: bytes) -> bytes:
    return git(git_dir, "hash-object", "-w", "--stdin", stdin=content).strip()
