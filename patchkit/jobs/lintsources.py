"""Finds the upstream that the stacks of a packaging repository are for (jobs floor)."""

from __future__ import annotations

import contextlib
import os
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from patchkit.errors import UpstreamError
from patchkit.jobs.project import Project, upstream_of
from patchkit.lint.scene import Scene
from patchkit.model import tree as trees
from patchkit.model.shown import shown_path
from patchkit.model.tree import Tree
from patchkit.sources.progress import Progress
from patchkit.sources.versions import tree_at
from patchkit.workspace.settings import Settings

_ARCHIVE = re.compile(rb"(?:.*[-_])?v?\d[\w.+~]*\.(?:tar|tar\.(?:gz|xz|bz2|zst)|tgz|txz|tbz2?)$")
_UNREAD = "its patches were not tried on it (PK601 to PK603)."


@dataclass(frozen=True, slots=True)
class NamedSource:
    """The upstream as it was named: a source folder or tarball `tree`, or `version` of an
    `upstream`; None: as the spec and the settings say."""

    tree: Path | None = None
    upstream: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class FoundSources:
    """The tree for each stack by its folder, and sentences on what could not be read."""

    trees: Mapping[trees.Path, Tree]
    notes: tuple[str, ...]


def upstream_trees(
    folder: Path,
    scene: Scene,
    settings: Settings,
    named: NamedSource | None,
    stack: contextlib.ExitStack,
    progress: Progress,
) -> FoundSources:
    """The upstream of each stack of a scene, as far as there is one without a network.

    What is opened is closed with `stack`. Raises `UpstreamError` for what was named; what is only
    found and cannot be read is a note.
    """
    roots = _roots(scene)
    found: dict[trees.Path, Tree] = {}
    notes: list[str] = []
    if named is not None and named.tree is not None:
        tree = tree_at(named.tree)
        tree.paths()  # says now whether it can be read
        return FoundSources(dict.fromkeys(roots[:1], tree), ())
    source = None if named is None else named.upstream
    is_asked = source is not None
    if source is None and settings.upstream is not None and os.path.lexists(settings.upstream):
        source = settings.upstream
    for root in roots:
        version = named.version if named is not None and named.version else None
        version = version or _version(scene, root, settings, folder)
        tarball = _tarball(scene, root)
        try:
            if tarball is not None and not is_asked:
                tree = tree_at(folder / os.fsdecode(tarball))
                tree.paths()
            elif source is not None and version is not None:
                upstream = upstream_of(Project(settings, folder), source, None, progress)
                stack.callback(upstream.close)
                tree = upstream.tree(version)
            else:
                continue
        except UpstreamError as error:
            if is_asked:
                raise
            where = shown_path(tarball) if tarball is not None else f"{source}"
            notes.append(f"{where} cannot be read, so {_UNREAD} {error.message}")
            continue
        found[root] = tree
    without = [root for root in roots if root not in found]
    if without and not notes:
        notes.append("No upstream here: the patches were not tried on it (PK601 to PK603).")
    return FoundSources(found, tuple(notes))


def _roots(scene: Scene) -> list[trees.Path]:
    stacks = [one.root for one in scene.stacks]
    specs = [posixpath.dirname(one.path) for one in scene.specs if one.patches]
    return list(dict.fromkeys((*stacks, *specs)))


def _version(scene: Scene, root: trees.Path, settings: Settings, folder: Path) -> str | None:
    """The version of the spec in the folder, else the one that the name of the folder has."""
    for spec in scene.specs:
        if posixpath.dirname(spec.path) == root and spec.value("Version"):
            return spec.value("Version")
    place = folder / os.fsdecode(root)
    versions = Project(settings, place).versions()
    if versions:
        return versions[0]
    name = place.resolve().name
    return name if settings.stack is not None and re.match(r"v?\d", name) else None


def _tarball(scene: Scene, root: trees.Path) -> trees.Path | None:
    """The archive of upstream's source in a folder: the first source of its spec that is there,
    else the only one that has a version in its name."""
    here = [path for path in scene.paths if posixpath.dirname(path) == root]
    archives = [path for path in here if _ARCHIVE.match(posixpath.basename(path))]
    for spec in scene.specs:
        if posixpath.dirname(spec.path) == root and spec.sources and spec.sources[0].file:
            first = posixpath.join(root, os.fsencode(spec.sources[0].file))
            if first in archives:
                return first
    return archives[0] if len(archives) == 1 else None
