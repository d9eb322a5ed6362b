"""Checks that a packaging repository is for one version (lint floor; pure)."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator

from patchkit.lint.rules import VERSION_DIFFERS
from patchkit.lint.scene import SCRIPT, Scene
from patchkit.lint.spec import Spec
from patchkit.lint.stack import StackFolder
from patchkit.model.lint import Finding
from patchkit.model.shown import shown_name, shown_path
from patchkit.model.tree import Path

_NUMBER = r"v?\d+(?:\.\d+)+(?:[-~.]?(?:rc|alpha|beta|pre)[.\d]*)?"
_TAR = r"\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|zip)"
_TARBALL = re.compile(
    rf"(?:(?P<stem>[A-Za-z][\w.+]*(?:-[A-Za-z][\w.+]*)*)[-_])?(?P<version>{_NUMBER}){_TAR}$"
)
_WORD = re.compile(
    rf"(?<![\w.])(?:(?P<stem>[A-Za-z][\w+]*(?:-[A-Za-z][\w+]*)*)[-_])?(?P<version>{_NUMBER})(?={_TAR}|[\s/\"';)]|$)"
)
_REPORT = b"report.json"


def version_findings(scene: Scene) -> Iterator[Finding]:
    """Everything that is for another version than the spec of its folder."""
    for spec in scene.specs:
        folder = posixpath.dirname(spec.path)
        name, version = spec.value("Name"), spec.value("Version")
        # A package of several stacks has a version for each.
        stacks = [stack for stack in scene.stacks if stack.root == folder]
        if not name or not version:
            continue
        yield from _sources(spec, name, version)
        yield from _tarballs(scene, spec, name, version)
        for stack in stacks:
            yield from _script(scene, spec, stack, name, version)
            yield from _series(scene, spec, stack, name, version)


def _sources(spec: Spec, name: str, version: str) -> Iterator[Finding]:
    for tag in spec.sources:
        found = _TARBALL.match(tag.file or "")
        if found is None or _same(found["version"], version):
            continue
        if found["stem"] in (None, name):
            told = f"{tag.label} is {shown_name(tag.file or '')}, but Version is {version}."
            yield Finding(VERSION_DIFFERS, spec.path, tag.line, told)


def _tarballs(scene: Scene, spec: Spec, name: str, version: str) -> Iterator[Finding]:
    folder = posixpath.dirname(spec.path)
    named = {tag.file for tag in spec.sources}
    for path in scene.paths:
        if posixpath.dirname(path) != folder:
            continue
        file = posixpath.basename(path).decode("utf-8", "surrogateescape")
        found = _TARBALL.fullmatch(file)
        if found is None or found["stem"] != name or file in named:
            continue
        if not _same(found["version"], version):
            yield _finding(spec, path, None, f"it is for {found['version']}", version)


def _script(
    scene: Scene, spec: Spec, stack: StackFolder, name: str, version: str
) -> Iterator[Finding]:
    path = posixpath.join(stack.root, SCRIPT)
    text = scene.text(path)
    if text is None:
        return
    lines = [
        (number, found)
        for number, line in enumerate(text.splitlines(), 1)
        if not line.lstrip().startswith("#")
        for found in _WORD.finditer(line)
    ]
    stems = {found["stem"] for _, found in lines if found["stem"]}
    for number, found in lines:
        is_own = found["stem"] in (None, name) or stems == {found["stem"]}
        if is_own and not _same(found["version"], version):
            yield _finding(spec, path, number, f"it uses {found[0]}", version)
            return


def _series(
    scene: Scene, spec: Spec, stack: StackFolder, name: str, version: str
) -> Iterator[Finding]:
    report = posixpath.join(stack.root, _REPORT)
    ported = _ported_to(scene.content(report))
    if ported is not None and not _same(ported, version):
        told = f"the series was ported to {ported}, as {shown_path(report)} says"
        yield _finding(spec, stack.series, 1, told, version, (report,))
    own = re.compile(rf"#.*(?<![\w-]){re.escape(name)}[- ]({_NUMBER})\b", re.IGNORECASE)
    for number, raw in enumerate(stack.lines, 1):
        text = raw.decode("utf-8", "replace").rstrip()
        if text and not text.startswith("#"):
            return
        found = own.match(text)
        if found is not None and not _same(found[1], version):
            yield _finding(spec, stack.series, number, f"its heading says {found[1]}", version)


def _ported_to(raw: bytes | None) -> str | None:
    """The version that a report of patchkit beside the series is for."""
    try:
        report = json.loads(raw or b"null")
    except ValueError:
        return None
    is_report = isinstance(report, dict) and str(report.get("schema", "")).startswith("patchkit-")
    version = report.get("to") if is_report else None
    return version if isinstance(version, str) else None


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(version: str) -> str:
    return re.sub(r"[~_-]", "", version.lower().lstrip("v"))


def _finding(
    spec: Spec, path: Path, line: int | None, told: str, version: str,
    concerns: tuple[Path, ...] = (),
) -> Finding:  # fmt: skip
    message = f"{told}, but {shown_path(spec.path)} is for {version}."
    return Finding(VERSION_DIFFERS, path, line, message, (spec.path, *concerns))
