"""Checks the series of each stack against its folder and the spec (lint floor; pure)."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterator

from patchkit.lint.rules import (
    SERIES_DOUBLED,
    SERIES_GUARDED,
    SERIES_MISSING,
    SERIES_OUTSIDE,
    SERIES_SPEC,
    SERIES_UNLISTED,
    SERIES_UNREADABLE,
)
from patchkit.lint.scene import SCRIPT, Scene
from patchkit.lint.stack import NamedPatch, StackFolder
from patchkit.model.lint import Edit, Finding
from patchkit.model.series import decode_name, encode_name
from patchkit.model.shown import shown_name, shown_path
from patchkit.model.tree import Path

_SUFFIXES = (b".patch", b".diff")
_MOST_COMPARED = 100


def series_findings(scene: Scene) -> Iterator[Finding]:
    """What is wrong with the series of each stack."""
    for stack in scene.stacks:
        for line, problem in stack.faults:
            yield Finding(SERIES_UNREADABLE, stack.series, line, problem)
        yield from _lines(scene, stack)
        yield from _unlisted(scene, stack)
        yield from _spec(scene, stack)


def _lines(scene: Scene, stack: StackFolder) -> Iterator[Finding]:
    first: dict[Path, NamedPatch] = {}
    unnamed = _unnamed(scene, stack)
    for named in stack.named:
        name = shown_name(named.entry.name)
        is_selected = named.entry.selected_by(scene.flags)
        if named.path is None:
            told = f"{name} leads out of the folder."
            yield Finding(SERIES_OUTSIDE, stack.series, named.line, told)
            continue
        if named.path in first:
            yield _doubled(stack, named, first[named.path])
            continue
        first[named.path] = named
        if not is_selected:
            guards = " ".join(map(str, named.entry.guards))
            told = f"{name} is left out by {shown_name(guards)}."
            yield Finding(SERIES_GUARDED, stack.series, named.line, told, (named.path,))
        if scene.content(named.path) is None and is_selected:
            folder = shown_path(stack.patches or b".")
            told = f"{name} is not in {folder}/.{_near(named, unnamed)}"
            if named.path in scene.present:
                told = f"{name} is a symbolic link that leads nowhere, or out of the repository."
            yield Finding(SERIES_MISSING, stack.series, named.line, told, _places(stack, named))


def _places(stack: StackFolder, named: NamedPatch) -> tuple[Path, ...]:
    """Where the patch may have been, when the folder went with it."""
    raw = encode_name(named.entry.name)
    folders = dict.fromkeys((stack.patches, posixpath.join(stack.root, b"patches"), stack.root))
    return tuple(posixpath.normpath(posixpath.join(folder, raw)) for folder in folders)


def _doubled(stack: StackFolder, named: NamedPatch, first: NamedPatch) -> Finding:
    told = f"{shown_name(named.entry.name)} is listed twice, first on line {first.line}."
    between = [number for number, _ in stack.entries if first.line < number < named.line]
    edits: tuple[Edit, ...] = ()
    # With patches between, either place may be the right one.
    if not between and named.entry == first.entry:
        edits = (Edit(stack.series, named.line - 1, named.line, ()),)
    return Finding(SERIES_DOUBLED, stack.series, named.line, told, edits=edits)


def _near(named: NamedPatch, unnamed: list[Path]) -> str:
    if len(unnamed) > _MOST_COMPARED:
        return ""
    name = posixpath.basename(named.entry.name)
    names = {decode_name(posixpath.basename(path)): path for path in unnamed}
    near = difflib.get_close_matches(name, names, n=1)
    return f" Is {shown_name(near[0])} meant?" if near else ""


def _unnamed(scene: Scene, stack: StackFolder) -> list[Path]:
    """The patch files beside those of the series that it does not list."""
    listed = {named.path for named in stack.named}
    folders = {stack.patches} | {posixpath.dirname(path) for path in listed if path is not None}
    is_whole = stack.patches != stack.root
    return [
        path
        for path in scene.paths
        if path.endswith(_SUFFIXES)
        and path not in listed
        and (
            posixpath.dirname(path) in folders
            or (is_whole and path.startswith(stack.patches + b"/"))
        )
    ]


def _unlisted(scene: Scene, stack: StackFolder) -> Iterator[Finding]:
    comments = [line.partition(b"#")[2] for line in stack.lines if b"#" in line]
    scripts = [scene.content(posixpath.join(stack.root, SCRIPT)) or b""]
    said = b"\n".join((*comments, *scripts)).decode("utf-8", "surrogateescape")
    texts = [said, *(spec.text for spec in scene.specs)]
    for path in _unnamed(scene, stack):
        word = re.escape(decode_name(posixpath.basename(path)))
        if any(re.search(rf"(?<![\w.+~-]){word}(?![\w+~-])", text) for text in texts):
            continue
        told = f"{shown_path(stack.series)} does not list it."
        yield Finding(SERIES_UNLISTED, path, None, told, (stack.series,))


def _spec(scene: Scene, stack: StackFolder) -> Iterator[Finding]:
    """Where spec and series both list patches, they list the same ones."""
    spec = next((one for one in scene.specs if posixpath.dirname(one.path) == stack.root), None)
    if spec is None or not spec.patches:
        return
    in_spec = {tag.file: tag for tag in spec.patches if tag.file is not None}
    in_series = {
        posixpath.basename(named.entry.name): named
        for named in stack.named
        if named.entry.selected_by(scene.flags)
    }
    if not set(in_spec) & set(in_series):
        return  # two stacks that have nothing to do with each other
    for name, named in in_series.items():
        if name not in in_spec:
            told = f"{shown_name(name)} is no PatchN: of {shown_path(spec.path)}."
            yield Finding(SERIES_SPEC, stack.series, named.line, told, (spec.path,))
    for name, tag in in_spec.items():
        if name not in in_series:
            told = f"{tag.label}: {shown_name(name)} is not in {shown_path(stack.series)}."
            yield Finding(SERIES_SPEC, spec.path, tag.line, told, (stack.series,))
    shared = [name for name in in_series if name in in_spec]
    order = sorted(shared, key=lambda name: _number(in_spec[name].number, in_spec[name].line))
    if shared != order:
        name = next(one for one, other in zip(shared, order, strict=True) if one != other)
        told = f"{shown_name(name)} stands at another place in {shown_path(spec.path)}."
        yield Finding(SERIES_SPEC, stack.series, in_series[name].line, told, (spec.path,))


def _number(number: str, line: int) -> tuple[int, int]:
    return (int(number) if number else -1, line)
