"""The proof: the generated script is run for real before anything is put in place.

Floor above the engine and the writers. The stack is laid out in a scratch folder as a packager
would have it, with a tarball of the pristine files that it touches; `apply-patches` with fuzz 0
then has to give, by GNU patch and not by our own arithmetic, exactly the tree that the engine
came to, with every hunk at its very line.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
import subprocess
import tarfile
import threading
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from patchkit.errors import OutputError, PatchkitError, ProofError
from patchkit.model.series import decode_name, encode_name
from patchkit.model.shown import shown_name
from patchkit.model.stack import Layout
from patchkit.model.tree import EXECUTABLE, REGULAR, SUBMODULE, SYMLINK, File, split_lines
from patchkit.model.tree import Path as TreePath
from patchkit.render.applyscript import apply_script
from patchkit.workspace.scratch import quickest_folder, scratch, temporary_folder

_SCRIPT = "apply-patches"
_FLAG = "patch_flag"
_STEP = re.compile(rb"apply-patches: patch \d+ of \d+: (.*)")
_OWN_WORDS = b"apply-patches: "
_PLACED_ELSEWHERE = re.compile(rb"Hunk #\d+ succeeded .*")
_SHOWN_LENGTH = 200
_HINT = (
    "Nothing was written. This is a fault of patchkit, or of a patch program that is not "
    "GNU patch 2.7: please report it with the stack."
)


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
class Way:
    """How the script is run: what is run in its place, and what reads how it ended (its exit code)
    and what it said, and raises `ProofError` where that is not as it should be."""

    script: Callable[[bytes], bytes]
    read: Callable[[int, bytes], None]


def prove(
    *,
    series: bytes,
    layout: Layout,
    patches: Mapping[str, bytes],
    pristine: Mapping[TreePath, File | None],
    expected: Mapping[TreePath, File | None],
    strip: int,
    flags: frozenset[str],
    package: str,
    shell: str = "sh",
    within_fuzz: int | None = None,
    way: Way | None = None,
    halt: Halt | None = None,
) -> None:
    """Apply a stack with the generated script and compare what comes out, byte for byte.

    `series` and `patches` (by name) are what would be written. `pristine` has every file of the
    new upstream that a patch names, None where there is none; `expected` the same files as the
    engine left them; a path that only one of them has is taken to be the same in the other.
    Submodules are not looked at. `shell` runs the script. A stack that was not refreshed is proved
    `within_fuzz`: its hunks may stand at other lines, and need so much fuzz. `way` is another way
    to run the script than as it is. `halt` ends it.

    Raises `ProofError` when a patch does not apply, applies with fuzz or at another line, when a
    file differs in content, kind or executable bit, or when any other file appears; and
    `PatchkitError` when a program is missing, `OutputError` when the scratch folder cannot be
    written.
    """
    _require_programs(shell)
    script = apply_script(
        package=package,
        strip=strip,
        fuzz=within_fuzz or 0,
        flags=flags,
        series=layout.series,
        patches=layout.patches,
    )
    _require_no_clash(
        {path for path, file in expected.items() if file is not None}, layout, patches
    )
    before = _without_submodules({**expected, **pristine})
    after = _without_submodules({**pristine, **expected})
    way = way or Way(_as_it_is, partial(_read_output, within_fuzz=within_fuzz))
    scaffolding = {
        _SCRIPT: way.script(script),
        layout.series: series,
        **{layout.place_of(name): content for name, content in patches.items()},
    }
    trial = _Trial(scaffolding, f"{package}-0", before, after, shell, way, halt or Halt())
    quickest = quickest_folder(trial.size)
    if quickest != temporary_folder():
        # Memory may have run out: the usual place decides.
        with suppress(ProofError, OutputError, OSError):
            trial.run_in(quickest)
            return
    try:
        trial.run_in(temporary_folder())
    except OSError as error:
        raise OutputError(
            f"the proof cannot be run in {temporary_folder()}: {error.strerror or error}.",
            "Set TMPDIR to a folder that can be written and has room.",
        ) from error


@dataclass(frozen=True)
class _Trial:
    """What is run, and what has to come out."""

    scaffolding: Mapping[str, bytes]
    release: str
    pristine: Mapping[TreePath, File | None]
    expected: Mapping[TreePath, File | None]
    shell: str
    way: Way
    halt: Halt

    @property
    def size(self) -> int:
        """Bytes that it puts on the disk, about."""
        trees = (self.pristine, self.expected)
        files = (file for tree in trees for file in tree.values() if file is not None)
        return sum(map(len, self.scaffolding.values())) + sum(len(file.content) for file in files)

    def run_in(self, top: Path) -> None:
        """Run it in a folder of its own in `top`, and compare."""
        with scratch(top) as made:
            folder = made.folder / "stack"
            _lay_out(folder, self.scaffolding)
            tarball = f"{self.release}.tar.gz"
            _pack(self.pristine, self.release, folder / os.fsdecode(encode_name(tarball)))
            ended, said = _run(self.shell, folder, made.lock, self.halt)
            self.way.read(ended, said)
            own = {encode_name(name) for name in (*self.scaffolding, tarball, _FLAG)}
            _compare(self.expected, folder, _files_in(folder) - own)


def _as_it_is(script: bytes) -> bytes:
    return script


def _require_no_clash(made: Set[TreePath], layout: Layout, patches: Mapping[str, bytes]) -> None:
    own = (_SCRIPT, _FLAG, layout.series, *map(layout.place_of, patches))
    clash = next((name for name in own if encode_name(name) in made), None)
    if clash is not None:
        raise PatchkitError(
            f"{shown_name(clash)}: a patch changes a file of this name in the source tree, and the "
            "stack has one too: both are put into one folder for a build.",
            "Rename the file of the stack, or leave the change out of the patch.",
        )


def _require_programs(shell: str) -> None:
    for program in (shell, "patch", "tar", "gzip"):
        if shutil.which(program) is None:
            raise PatchkitError(
                f"the program {program} is missing: the proof cannot be run without it.",
                f"Install {'GNU ' if program in ('patch', 'tar') else ''}{program}.",
            )


def _without_submodules(files: Mapping[TreePath, File | None]) -> dict[TreePath, File | None]:
    return {path: file for path, file in files.items() if file is None or file.mode != SUBMODULE}


def _pack(files: Mapping[TreePath, File | None], top: str, place: Path) -> None:
    """Make a tarball of the files below one folder. It is read once, at once: to make it small
    would be wasted."""
    with tarfile.open(
        place,
        mode="w:gz",
        compresslevel=0,
        format=tarfile.GNU_FORMAT,
        encoding="utf-8",
        errors="surrogateescape",
    ) as archive:
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


def _lay_out(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        if name.startswith("/") or ".." in name.split("/"):
            raise PatchkitError(f"{shown_name(name)}: leads out of the folder of the stack.")
        place = folder / os.fsdecode(encode_name(name))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def _run(shell: str, folder: Path, lock: int, halt: Halt) -> tuple[int, bytes]:
    """Run the script; how it ended, and what it said."""
    temporary = folder.parent / "tmp"
    temporary.mkdir()
    process = subprocess.Popen(
        [shell, _SCRIPT],
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
        halt.watch(process)
        try:
            stdout, _ = process.communicate()
        except BaseException:
            process.kill()
            raise
    return process.returncode, stdout


def _read_output(status: int, stdout: bytes, *, within_fuzz: int | None) -> None:
    """Every patch must have gone in, and every hunk at its line where no fuzz is given."""
    patch = _SCRIPT
    said: list[bytes] = []
    for line in stdout.split(b"\n"):
        if step := _STEP.fullmatch(line):
            patch = decode_name(step[1])
            said = []
        elif within_fuzz is None and _PLACED_ELSEWHERE.fullmatch(line):
            raise ProofError(
                f"{shown_name(patch)}: GNU patch does not find it at its line: {_shown(line)}",
                _HINT,
            )
        elif line and not line.startswith(b"patching ") and not _PLACED_ELSEWHERE.fullmatch(line):
            said.append(line)
    if status == 1:
        reason = _cut(" ".join(_shown(line) for line in said if not line.startswith(_OWN_WORDS)))
        raise ProofError(f"{shown_name(patch)}: GNU patch does not apply it: {reason}", _HINT)
    if status != 0:
        reason = _cut(" ".join(map(_shown, said)))
        raise ProofError(f"the script ended with exit code {status}: {reason}", _HINT)


def _files_in(folder: Path) -> set[TreePath]:
    """Every file and symbolic link, by its path from the folder."""
    found: set[TreePath] = set()
    pending = [b""]
    while pending:
        below = pending.pop()
        with os.scandir(os.fsencode(folder) + b"/" + below) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(below + entry.name + b"/")
                else:
                    found.add(below + entry.name)
    return found


def _compare(expected: Mapping[TreePath, File | None], folder: Path, found: set[TreePath]) -> None:
    for path, file in sorted(expected.items()):
        actual = _read(folder / os.fsdecode(path)) if path in found else None
        difference = _difference(file, actual)
        if difference is not None:
            raise ProofError(f"{_shown(path)}: {difference}", _HINT)
    for path in sorted(found - expected.keys()):
        raise ProofError(
            f"{_shown(path)}: the script leaves this file behind, and no patch accounts for it.",
            _HINT,
        )


def _read(place: Path) -> File:
    mode = place.lstat().st_mode
    if stat.S_ISLNK(mode):
        # Path.readlink would tidy the target up.
        return File(os.fsencode(os.readlink(place)), SYMLINK)  # noqa: PTH115 (pathlib would tidy it)
    return File(place.read_bytes(), EXECUTABLE if mode & 0o100 else REGULAR)


def _difference(expected: File | None, actual: File | None) -> str | None:
    """What a person must know of how a file differs from what it should be, if it does."""
    if expected is None or actual is None:
        if expected is actual:
            return None
        return (
            "is there, but should be gone." if expected is None else "should be there, but is not."
        )
    if (expected.mode == SYMLINK) is not (actual.mode == SYMLINK):
        kinds = ("a symbolic link", "a regular file")
        return "should be {}, but is {}.".format(
            *(kinds if expected.mode == SYMLINK else kinds[::-1])
        )
    if expected.content != actual.content:
        return _first_difference(split_lines(expected.content), split_lines(actual.content))
    if (expected.mode ^ actual.mode) & 0o100 and expected.mode != SYMLINK:
        return f"should {'' if expected.mode & 0o100 else 'not '}be executable."
    return None


def _first_difference(expected: Sequence[bytes], actual: Sequence[bytes]) -> str:
    pairs = zip(expected, actual, strict=False)
    at = next(
        (at for at, (wanted, got) in enumerate(pairs) if wanted != got),
        min(len(expected), len(actual)),
    )
    wanted, got = (
        f'"{_cut(_shown(lines[at]))}"' if at < len(lines) else "nothing"
        for lines in (expected, actual)
    )
    return f"line {at + 1} should be {wanted}, but is {got}."


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…"


def _shown(text: bytes) -> str:
    return shown_name(decode_name(text))
