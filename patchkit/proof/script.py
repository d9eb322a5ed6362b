"""The proof: the generated script is run for real before anything is put in place.

Floor above the engine and the writers. The stack is laid out in a scratch folder as a packager
would have it, with a tarball of the pristine files that it touches; `apply-patches` with fuzz 0
then has to give, by GNU patch and not by our own arithmetic, exactly the tree that the engine
came to, with every hunk at its very line.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from patchkit.errors import OutputError, PatchkitError, ProofError
from patchkit.model.series import decode_name, encode_name
from patchkit.model.shown import shown_name
from patchkit.model.stack import Layout
from patchkit.model.tree import SUBMODULE, SYMLINK, File, split_lines
from patchkit.model.tree import Path as TreePath
from patchkit.proof.trial import FLAG, SCRIPT, Halt, Trial
from patchkit.render.applyscript import apply_script
from patchkit.workspace.scratch import quickest_folder, temporary_folder

_STEP = re.compile(rb"apply-patches: patch \d+ of \d+: (.*)")
_OWN_WORDS = b"apply-patches: "
_PLACED_ELSEWHERE = re.compile(rb"Hunk #\d+ succeeded .*")
_SHOWN_LENGTH = 200
_HINT = (
    "Nothing was written. This is a fault of patchkit, or of a patch program that is not "
    "GNU patch 2.7: please report it with the stack."
)


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
        SCRIPT: way.script(script),
        layout.series: series,
        **{layout.place_of(name): content for name, content in patches.items()},
    }
    trial = Trial(scaffolding, f"{package}-0", before, way.read, shell, halt or Halt())
    compare = partial(_compare, after)
    quickest = quickest_folder(trial.size)
    if quickest != temporary_folder():
        # Memory may have run out: the usual place decides.
        with suppress(ProofError, OutputError, OSError):
            trial.run_in(quickest, compare)
            return
    try:
        trial.run_in(temporary_folder(), compare)
    except OSError as error:
        raise OutputError(
            f"the proof cannot be run in {temporary_folder()}: {error.strerror or error}.",
            "Set TMPDIR to a folder that can be written and has room.",
        ) from error


def _as_it_is(script: bytes) -> bytes:
    return script


def _require_no_clash(made: Set[TreePath], layout: Layout, patches: Mapping[str, bytes]) -> None:
    own = (SCRIPT, FLAG, layout.series, *map(layout.place_of, patches))
    clash = next((name for name in own if encode_name(name) in made), None)
    if clash is not None:
        raise PatchkitError(
            f"{shown_name(clash)}: a patch changes a file of this name in the source tree, and the "
            "stack has one too: both are put into one folder for a build.",
            "Rename the file of the stack, or leave the change out of the patch.",
        )


def _require_programs(shell: str) -> None:
    for program in (shell, "patch", "tar"):
        if shutil.which(program) is None:
            raise PatchkitError(
                f"the program {program} is missing: the proof cannot be run without it.",
                f"Install {'GNU ' if program in ('patch', 'tar') else ''}{program}.",
            )


def _without_submodules(files: Mapping[TreePath, File | None]) -> dict[TreePath, File | None]:
    return {path: file for path, file in files.items() if file is None or file.mode != SUBMODULE}


def _read_output(status: int, stdout: bytes, *, within_fuzz: int | None) -> None:
    """Every patch must have gone in, and every hunk at its line where no fuzz is given."""
    patch = SCRIPT
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


def _compare(
    expected: Mapping[TreePath, File | None], left: Iterable[tuple[TreePath, File]]
) -> None:
    found: set[TreePath] = set()
    problems: list[tuple[TreePath, str]] = []
    for path, file in left:
        found.add(path)
        if path not in expected:
            problem = "the script leaves this file behind, and no patch accounts for it."
            problems.append((path, problem))
        elif difference := _difference(expected[path], file):
            problems.append((path, difference))
    absent = ((path, _difference(expected[path], None)) for path in expected.keys() - found)
    problems += [(path, difference) for path, difference in absent if difference]
    if problems:
        path, problem = min(problems)
        raise ProofError(f"{_shown(path)}: {problem}", _HINT)


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
