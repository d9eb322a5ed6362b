"""What the siblings of a stack's variant did between two versions, and what the stack lacks (jobs
floor).

The variants are those that are asked for, else those of patchkit.yaml, else those that the files
name which the stack adds.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from patchkit.engine.versions import Version
from patchkit.errors import StackError
from patchkit.jobs.histories import UpstreamHistory
from patchkit.jobs.project import Project
from patchkit.jobs.siblingchoices import Ported, Proposals, Reach, SiblingChoices
from patchkit.model.entry import Entry
from patchkit.model.ignores import Ignore, Ignores
from patchkit.model.patchlist import PatchList
from patchkit.model.report import PortedPatch
from patchkit.model.siblings import FindingKind
from patchkit.model.tree import File, Overlay
from patchkit.model.tree import Path as TreePath
from patchkit.model.variants import ARCHITECTURES, INFERRED, Axis, Variant
from patchkit.siblings.families import families_of, templates_of
from patchkit.siblings.inferring import UpstreamPaths, inferred_axis
from patchkit.siblings.moves import moved_files
from patchkit.siblings.owncode import OwnCode
from patchkit.siblings.place_words import words_of
from patchkit.siblings.scene import Scene
from patchkit.workspace.beside import ignores_place
from patchkit.workspace.ignores import load_ignores, write_ignores
from patchkit.workspace.settings import Settings

if TYPE_CHECKING:
    from patchkit.siblings.comparing import Comparison


_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def compare_variants(
    project: Project,
    folder: Path,
    port: Ported,
    choices: SiblingChoices,
    asked: UpstreamHistory,
) -> tuple[Comparison, ...]:
    """A comparison for every variant of ours; none where the stack adds none.

    `folder` is that of the stack. Raises `StackError` for a variant that is not known,
    `IgnoreFormatError`, and `UpstreamError` where a tree cannot be read.
    """
    if not choices.may_concern(port, project.settings):
        return ()
    added = port.added()
    names = choices.variants or project.settings.variant
    found = list(_variants(project.settings, names, added, port))
    if not found:
        return ()
    # It brings the readers of all languages, and most stacks need none.
    from patchkit.siblings.comparing import Search, compare_siblings, with_notes

    ignores = load_ignores(ignores_place(project.settings, folder))
    trees = OwnCode(port.old), OwnCode(port.new)
    old, new = Overlay(trees[0], _files(port.ported.base)), Overlay(trees[1], port.ported.result)
    listings = old.listing(), new.listing()
    followed = _followed(port.ported.patches)
    is_limited = choices.reach is Reach.AT_HAND
    compared = []
    for axis, variant in found:
        moves = {**moved_files(*listings, axis), **followed}
        scene = Scene(axis, variant, old, new, added, moves, frozenset(port.ported.result))
        if not names:
            scene = replace(scene, is_upstreams=_is_upstreams(scene))
        # A guess is worth a look at the files that it rests on, unless somebody asks for more.
        is_doubtful = asked.source.is_partial or axis.name == INFERRED
        search = Search.FILES if is_limited and is_doubtful else Search.TREE
        history = asked.of_siblings()
        comparison = compare_siblings(scene, port.version, ignores, search, history)
        notes = [note for tree in trees for note in tree.notes()]
        comparison = with_notes(comparison, [*notes, *(history.notes() if history else ())])
        if choices.proposals is Proposals.STACKED:
            # The proposal for the next variant, perhaps of the same file, comes on top of this one.
            new = Overlay(new, comparison.proposed)
        compared.append(comparison)
    return tuple(compared)


def _files(versions: Mapping[TreePath, Version | None]) -> Mapping[TreePath, File | None]:
    return {path: None if one is None else one.file for path, one in versions.items()}


def _followed(patches: Sequence[PortedPatch]) -> Mapping[TreePath, TreePath]:
    return {
        file.new_path: file.old_path
        for patch in patches
        for file in patch.files
        if file.new_path is not None and file.old_path is not None
    }


def _variants(
    settings: Settings, names: Sequence[str], added: Mapping[TreePath, str], port: Ported
) -> Iterator[tuple[Axis, Variant]]:
    axes = axes_of(settings)
    if names:
        yield from dict.fromkeys(_named(name, axes) for name in names)
        return
    upstream = tuple(OwnCode(port.new).paths())
    left = dict.fromkeys(added)
    for axis in axes:
        templates = {one.path for path in added for one in templates_of(path, axis)}
        families = families_of(upstream, axis) if templates else {}
        for variant, paths in _named_in(axis, added, families).items():
            left = {path: None for path in left if path not in paths}
            found = axis.variant(variant)
            assert found is not None  # the axis named it
            yield axis, found
    yield from _inferred(left, upstream, port)


def axes_of(settings: Settings) -> tuple[Axis, ...]:
    """The architectures, with what patchkit.yaml adds to them, and its own axes."""
    own = dict(settings.variants)
    architectures = ARCHITECTURES.with_words(own.pop(ARCHITECTURES.name, {}))
    return (architectures, *(Axis(name, ()).with_words(words) for name, words in own.items()))


def _named(name: str, axes: Sequence[Axis]) -> tuple[Axis, Variant]:
    for axis in axes:
        variant = axis.variant(name)
        if variant is not None:
            return axis, variant
    known = ", ".join(one.name for axis in axes for one in axis.variants)
    raise StackError(
        f"{name}: no such variant.",
        f"Known are {known}; `variants:` in patchkit.yaml names others.",
    )


def _named_in(
    axis: Axis,
    added: Mapping[TreePath, str],
    families: Mapping[bytes, Mapping[str, tuple[TreePath, ...]]],
) -> Mapping[str, Sequence[TreePath]]:
    """The variants that added files with siblings name; each file is for the one that most name."""
    named: dict[TreePath, tuple[str, ...]] = {}
    for path in added:
        for template in templates_of(path, axis):
            others = set(families.get(template.path, {})) - set(template.variants)
            if others:
                named[path] = template.variants
    votes = Counter(variants[0] for variants in named.values() if len(variants) == 1)
    for variants in named.values():
        if not any(one in votes for one in variants):
            votes[variants[0]] += 1
    return {
        variant: [path for path, variants in named.items() if variant in variants]
        for variant, _ in votes.most_common()
    }


def _inferred(
    left: Mapping[TreePath, None], upstream: Sequence[TreePath], port: Ported
) -> Iterator[tuple[Axis, Variant]]:
    """What files that no table knows are variants of; the same variant is told once."""
    tree = Overlay(port.new, port.ported.result)
    paths = UpstreamPaths(upstream, left)
    seen: set[str] = set()
    for path in left:
        found = inferred_axis(path, tree, paths)
        if found is not None and found.variant.name not in seen:
            seen.add(found.variant.name)
            yield found.axis, found.variant


def _is_upstreams(scene: Scene) -> bool:
    """Whether upstream has more files of the variant than the stack adds: it is not the stack that
    brings it."""
    mentioned = Counter(
        path in scene.added
        for path in words_of(scene.axis).naming(scene.new_listing)
        if any(one.variants == (scene.variant.name,) for one in scene.axis.mentions(path))
    )
    return mentioned[False] > mentioned[True]


def with_proposals(
    series: PatchList, patches: Mapping[str, bytes], compared: Sequence[Comparison], strip: int
) -> tuple[PatchList, dict[str, bytes]]:
    """The series and patch files with the proposals on top, one patch a variant."""
    files = dict(patches)
    for one in compared:
        if one.report.proposal:
            name = _proposal_name(one.report.variant, files)
            series = series.inserted_after(None, Entry(name, None if strip == 1 else 1))
            files[name] = one.report.proposal
    return series, files


def _proposal_name(variant: str, there: Mapping[str, bytes]) -> str:
    """A name like those of the stack, with the next number where they are numbered."""
    name = f"follow-the-siblings-of-{variant}.patch"
    numbers = [posixpath.basename(one).partition("-")[0] for one in there]
    if numbers and all(one.isdecimal() for one in numbers):
        number = str(max(map(int, numbers)) + 1).zfill(len(numbers[0]))
        name = f"{number}-{name}"
    folders = {posixpath.dirname(one) for one in there}
    if len(folders) == 1:
        name = posixpath.join(*folders, name)
    while name in there:
        name = name.replace(".patch", "-more.patch")
    return name


def ignore_finding(
    project: Project, folder: Path, pattern: str, why: str, kind: str | None, symbol: str
) -> Ignores:
    """Record that findings are left on purpose, beside the stack in `folder`.

    What is recorded already is left as it is. Raises `StackError` where no reason is given, the
    kind is not known, or a text is not one line, `OutputError` where the file cannot be written.
    """
    pattern, symbol, why = pattern.strip(), symbol.strip(), " ".join(why.split())
    if not why:
        raise StackError("A finding is left for a reason only.", "Give it with --why.")
    if not pattern or _CONTROL.search(pattern + symbol):
        raise StackError("A pattern, and a symbol, is a text on one line.")
    known = {one.value: one for one in FindingKind}
    if kind is not None and kind not in known:
        raise StackError(f"{kind}: no such kind.", f"Known are {', '.join(known)}.")
    place = ignores_place(project.settings, folder)
    there = load_ignores(place)
    entry = Ignore(pattern, why, None if kind is None else known[kind], symbol)
    if any(replace(one, line=0) == entry for one in there.entries):
        return there
    ignores = there.added(entry)
    write_ignores(place, ignores)
    return ignores
