"""Runs the script on a stack in a scratch folder, and gives what it leaves (proof floor).

A port goes on meanwhile, in the same interpreter: what is done for each of thousands of files here
is held down to a few calls of the system.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from patchkit.errors import PatchkitError
from patchkit.model.series import decode_name, encode_name
from patchkit.model.shown import shown_name
from patchkit.model.tree import EXECUTABLE, REGULAR, SYMLINK, File
from patchkit.model.tree import Path as TreePath
from patchkit.workspace.disk import write_all
from patchkit.workspace.scratch import scratch

SCRIPT = "apply-patches"
FLAG = "patch_flag"
_IN_ONE_GO = 1 << 20
_MADE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


class Halt:
    """By which another thread ends a proof at once; its outcome is of no use then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_asked = False
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self) -> None:
        """End the script that runs, and any that begins."""
        with self._lock:
            self._is_asked = True
            if self._process is not None:
                self._process.kill()

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """This is the script that is to be ended."""
        with self._lock:
            self._process = process
            if self._is_asked:
                process.kill()


@dataclass(frozen=True)
class Trial:
    """What is run: the files of a stack by name, SCRIPT among them, with a tarball of the pristine
    files, whose folder has the name `release`; and what reads how the script ended (its exit code)
    and what it said. `shell` runs the script, `halt` ends it."""

    scaffolding: Mapping[str, bytes]
    release: str
    pristine: Mapping[TreePath, File | None]
    read: Callable[[int, bytes], None]
    shell: str
    halt: Halt

    @property
    def size(self) -> int:
        """Bytes that it puts on the disk, about."""
        pristine = sum(len(file.content) for file in self.pristine.values() if file is not None)
        return 2 * (sum(map(len, self.scaffolding.values())) + pristine)

    def run_in(self, top: Path, compare: Callable[[Iterator[tuple[TreePath, File]]], None]) -> None:
        """Run it in a folder of its own in `top`, and have all files compared that it leaves, but
        for the stack's own. Raises what `read` and `compare` raise and `OSError`."""
        with scratch(top) as made:
            folder = made.folder / "stack"
            tarball = f"{self.release}.tar.0"
            _lay_out(folder, self.scaffolding)
            _pack(self.pristine, self.release, folder / os.fsdecode(encode_name(tarball)))
            self.read(*self._run(folder, made.lock))
            own = {encode_name(name) for name in (*self.scaffolding, tarball, FLAG)}
            compare((path, _read(folder, path)) for path in _files_in(folder) if path not in own)

    def _run(self, folder: Path, lock: int) -> tuple[int, bytes]:
        """Run the script; how it ended, and what it said."""
        temporary = folder.parent / "tmp"
        temporary.mkdir()
        process = subprocess.Popen(
            [self.shell, SCRIPT],
            cwd=folder,
            # Nothing else: variables change what patch, tar and the shell do.
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "LC_ALL": "C",
                "TMPDIR": str(temporary),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Should this process be killed, the folder is in use until the script has ended.
            pass_fds=(lock,),
        )
        with process:
            self.halt.watch(process)
            try:
                stdout, _ = process.communicate()
            except BaseException:
                process.kill()
                raise
        return process.returncode, stdout


def _lay_out(folder: Path, files: Mapping[str, bytes]) -> None:
    for name in files:
        if name.startswith("/") or ".." in name.split("/"):
            raise PatchkitError(f"{shown_name(name)}: leads out of the folder of the stack.")
    for parent in {(folder / name).parent for name in files}:
        parent.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        descriptor = os.open(os.fsencode(folder) + b"/" + encode_name(name), _MADE, 0o644)
        try:
            write_all(descriptor, content)
        finally:
            os.close(descriptor)


def _pack(files: Mapping[TreePath, File | None], top: str, place: Path) -> None:
    """Make a tarball of the files below one folder. It is read once, at once: to make it small
    would be wasted."""
    with (
        place.open("wb", buffering=_IN_ONE_GO) as target,
        tarfile.open(
            fileobj=target,
            mode="w",
            format=tarfile.GNU_FORMAT,
            encoding="utf-8",
            errors="surrogateescape",
        ) as archive,
    ):
        folder = tarfile.TarInfo(top)
        folder.type = tarfile.DIRTYPE
        folder.mode = 0o755
        archive.addfile(folder)
        for path, file in sorted(files.items()):
            if file is None:
                continue
            entry = tarfile.TarInfo(f"{top}/{decode_name(path)}")
            if file.mode == SYMLINK:
                entry.type = tarfile.SYMTYPE
                entry.linkname = decode_name(file.content)
                archive.addfile(entry)
            else:
                entry.mode = file.mode & 0o777
                entry.size = len(file.content)
                archive.addfile(entry, io.BytesIO(file.content))


def _files_in(folder: Path) -> Iterator[TreePath]:
    """Every file and symbolic link, by its path from the folder."""
    pending = [b""]
    while pending:
        below = pending.pop()
        with os.scandir(os.fsencode(folder) + b"/" + below) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(below + entry.name + b"/")
                else:
                    yield below + entry.name


def _read(folder: Path, path: TreePath) -> File:
    place = os.fsencode(folder) + b"/" + path
    try:
        descriptor = os.open(place, _READ)
    except OSError as problem:
        if problem.errno != errno.ELOOP:
            raise
        # Path.readlink would tidy the target up.
        return File(os.readlink(place), SYMLINK)  # noqa: PTH115 (pathlib would tidy it)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        facts = os.fstat(descriptor)
        content = file.read(facts.st_size + 1) or b""
        if len(content) != facts.st_size:
            content += file.read()
    return File(content, EXECUTABLE if facts.st_mode & stat.S_IXUSR else REGULAR)
