"""Checks the script that applies a stack (lint floor; pure)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from patchkit.lint.rules import (
    BASHISM,
    LAST_LINE,
    LAST_PATCH,
    SCRIPT_BY_HAND,
    SCRIPT_FUZZ,
    SCRIPT_GOES_ON,
    SCRIPT_OUTDATED,
    SCRIPT_TARBALL,
)
from patchkit.lint.scene import SCRIPT, Scene
from patchkit.lint.stack import StackFolder
from patchkit.model.lint import Edit, Finding
from patchkit.model.shown import shown_line, shown_text
from patchkit.model.tree import Path, split_lines
from patchkit.syntax.shellfaults import ShellCommand, ShellScript, read_script

_OURS = re.compile(rb"(?m)^# patchkit apply-patches \d+$")
_BY_SH = re.compile(
    r"(?m)(?:^|[;&|])\s*(?:/bin/)?(?:sh|dash)\s+(?:-\w+\s+)*(?:\S*/)?apply-patches\b"
)
_SH_LINE = re.compile(rb"#!\s*(?:/usr)?/bin/(?:env\s+)?(?:sh|dash)\b")
_FUZZ = re.compile(r"(?:-F|--fuzz[= ]?)\s*(\d+)$|^(\d+)$")
_TARBALL = re.compile(r"[\w.+*/-]+\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz)")
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
_ASSIGNMENT = re.compile(r"(?m)^\s*(\w+)=([\"']?)([\w./+-]*(?:\$\{?\w+\}?[\w./+-]*)*)\2\s*$")
_MOST_SHOWN = 4


@dataclass(frozen=True, slots=True)
class _Script:
    """The script of a stack, read."""

    path: Path
    raw: bytes
    stack: StackFolder
    shell: ShellScript

    @property
    def text(self) -> str:
        return self.raw.decode("utf-8", "surrogateescape")


def script_findings(scene: Scene) -> Iterator[Finding]:
    """What is wrong with the apply-patches of each stack."""
    for stack in scene.stacks:
        path = posixpath.join(stack.root, SCRIPT)
        raw = scene.content(path)
        if raw is None or not stack.is_series_conf:
            continue
        wanted = scene.scripts.get(stack.root)
        if _OURS.search(raw):
            if wanted is not None and raw != wanted:
                yield _outdated(path, raw, wanted, stack)
            continue
        yield Finding(SCRIPT_BY_HAND, path, 1, "it is not patchkit's.", (stack.series,))
        shell = read_script(raw)
        if shell is not None:
            script = _Script(path, raw, stack, shell)
            yield from _bashisms(scene, script)
            yield from _last_line(script)
            yield from _applying(script)
            yield from _tarballs(scene, script)


def applies_by_git(scene: Scene, stack: StackFolder) -> bool:
    """Whether the script of a stack uses `git apply` or `git am`, and never `patch`."""
    raw = scene.content(posixpath.join(stack.root, SCRIPT))
    shell = None if raw is None else read_script(raw)
    if shell is None:
        return False
    return bool(_of_git(shell)) and not _of_patch(shell)


def _outdated(path: Path, raw: bytes, wanted: bytes, stack: StackFolder) -> Finding:
    edit = Edit(path, 0, len(split_lines(raw)), tuple(split_lines(wanted)))
    at, lines = next(
        (number, pair)
        for number, pair in enumerate(zip_longest(split_lines(raw), split_lines(wanted)), 1)
        if pair[0] != pair[1]
    )
    is_, should = ("nothing" if one is None else shown_line(one) for one in lines)
    told = f"it has `{is_}`, patchkit would write `{should}`."
    return Finding(SCRIPT_OUTDATED, path, at, told, (stack.series,), (edit,))


def _bashisms(scene: Scene, script: _Script) -> Iterator[Finding]:
    root = script.stack.root
    beside = [spec for spec in scene.specs if posixpath.dirname(spec.path) == root]
    caller = next((spec for spec in beside if _BY_SH.search(spec.text)), None)
    if caller is None and not _SH_LINE.match(script.raw):
        return
    found = script.shell.bashisms
    if not found:
        return
    told = ", ".join(dict.fromkeys(f"{one.what} (line {one.line})" for one in found[:_MOST_SHOWN]))
    more = len(found) - _MOST_SHOWN
    others = f" and {more} more" if more > 0 else ""
    who = "it says so itself" if caller is None else "as the spec runs it"
    concerns = () if caller is None else (caller.path,)
    yield Finding(
        BASHISM, script.path, found[0].line, f"run by sh ({who}), but bash only: {told}{others}.",
        concerns,
    )  # fmt: skip


def _last_line(script: _Script) -> Iterator[Finding]:
    losing = [loop for loop in script.shell.loops if not loop.keeps_last]
    for loop in losing:
        yield Finding(
            LAST_LINE, script.path, loop.line,
            "read fails at a last line without an end, and the loop leaves it out.",
            (script.stack.series,),
        )  # fmt: skip
    lines = script.stack.lines
    named = {number for number, _ in script.stack.entries}
    if losing and lines and len(lines) in named and not lines[-1].endswith(b"\n"):
        number = len(lines)
        edit = Edit(script.stack.series, number - 1, number, (lines[-1] + b"\n",))
        yield Finding(
            LAST_PATCH, script.stack.series, number,
            "the line has no end, and the loop of apply-patches leaves it out.",
            (script.path,), (edit,),
        )  # fmt: skip


def _applying(script: _Script) -> Iterator[Finding]:
    commands = _of_patch(script.shell)
    for command in commands:
        fuzz = _fuzz(command)
        if fuzz is None:
            told = "patch without -F lets up to 2 context lines differ."
            yield Finding(SCRIPT_FUZZ, script.path, command.line, told)
        elif fuzz:
            told = f"-F{fuzz} lets {fuzz} context line{'s' if fuzz > 1 else ''} differ."
            yield Finding(SCRIPT_FUZZ, script.path, command.line, told)
    for command in (*commands, *_of_git(script.shell)):
        if not command.is_checked:
            yield Finding(
                SCRIPT_GOES_ON, script.path, command.line,
                f"nothing happens when this fails: {shown_text(' '.join(command.words))}",
            )  # fmt: skip


def _of_patch(shell: ShellScript) -> list[ShellCommand]:
    return [
        one
        for one in shell.commands
        if one.words[:1] == ("patch",) and not {"--version", "-v", "--help"} & set(one.words)
    ]


def _of_git(shell: ShellScript) -> list[ShellCommand]:
    return [
        one
        for one in shell.commands
        if one.words[:1] == ("git",) and any(word in ("apply", "am") for word in one.words[1:4])
    ]


def _fuzz(command: ShellCommand) -> int | None:
    words = command.words
    for at, word in enumerate(words):
        if word in ("-F", "--fuzz"):
            following = words[at + 1] if at + 1 < len(words) else ""
            return int(following) if following.isdigit() else None
        if word.startswith(("-F", "--fuzz=")):
            found = _FUZZ.match(word)
            return int(found[1]) if found and found[1] else None
    return None


def _tarballs(scene: Scene, script: _Script) -> Iterator[Finding]:
    known = {name: value for name, _, value in _ASSIGNMENT.findall(script.text)}
    for command in script.shell.commands:
        if command.words[:1] != ("tar",) or not _unpacks(command):
            continue
        for word in command.words[1:]:
            name = _filled(word.strip("\"'"), known)
            if name is None or not _TARBALL.fullmatch(name) or _is_guarded(script, command):
                continue
            plain = posixpath.normpath(name)
            if not _is_here(scene, script.stack.root, plain):
                wanted = posixpath.join(script.stack.root, plain.encode("utf-8", "surrogateescape"))
                yield Finding(
                    SCRIPT_TARBALL, script.path, command.line,
                    f"it unpacks {shown_text(plain)}, which is not here.", (wanted,),
                )  # fmt: skip


def _unpacks(command: ShellCommand) -> bool:
    first = command.words[1] if len(command.words) > 1 else ""
    options = [word for word in command.words[1:] if word.startswith("-")]
    return "x" in first.split("=")[0] or any(
        "x" in word and not word.startswith("--") for word in options
    ) or "--extract" in options  # fmt: skip


def _is_guarded(script: _Script, command: ShellCommand) -> bool:
    """Whether it is inside an `if`, which is how scripts unpack what may be a folder already."""
    line = script.raw.split(b"\n")[command.line - 1]
    return line.startswith((b" ", b"\t"))


def _filled(word: str, known: dict[str, str]) -> str | None:
    """The word with the variables that the script sets to plain text."""
    for _ in range(3):
        names = _VARIABLE.findall(word)
        if not names:
            return word if "$" not in word else None
        if any(name not in known for name in names):
            return None
        word = _VARIABLE.sub(lambda found: known[found[1]], word)
    return None


def _is_here(scene: Scene, root: Path, name: str) -> bool:
    pattern = re.escape(name.encode("utf-8", "surrogateescape")).replace(rb"\*", rb"[^/]*")
    place = re.compile(re.escape(root + b"/" if root else b"") + pattern)
    return any(place.fullmatch(path) for path in scene.paths)
