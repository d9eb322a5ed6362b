"""Compares the symbols of ours with those of its siblings (pure)."""

from __future__ import annotations

from collections.abc import Iterator

from patchkit.model.siblings import Finding, Rank
from patchkit.model.tree import Path
from patchkit.siblings.contracts import Contracts
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolcalls import Calls
from patchkit.siblings.symbolgaps import Gaps
from patchkit.siblings.symbolorphans import Orphans
from patchkit.siblings.symbolsignatures import Signatures
from patchkit.siblings.symbolunits import Unit, units_of
from patchkit.siblings.symbolviews import both_sources, view_of
from patchkit.syntax.parsing import Language, language_of

_RANKS = {rank: number for number, rank in enumerate(Rank)}


def symbol_findings(scene: Scene) -> tuple[Finding, ...]:
    """What siblings define, call and provide that ours does not, or does otherwise.

    By file, and in a file what breaks the build first.
    """
    old_sources, new_sources = both_sources(scene)
    found: dict[Finding, None] = {}
    for unit in units_of(scene, new_sources):
        if not _is_asked(scene, unit):
            continue
        view = view_of(scene, unit, new_sources)
        before = view_of(scene, unit, old_sources, _old_folder(scene, unit))
        contracts = tuple(Contracts(scene, view, before).findings())
        told = {(one.path, one.symbol) for one in contracts}
        signatures = (
            one
            for one in Signatures(scene, view, before).findings()
            if (one.path, one.symbol) not in told
        )
        calls = Calls(scene, view, before).findings()
        gaps = tuple(Gaps(scene, view, before).findings())
        orphans = Orphans(scene, view, before).findings({one.symbol for one in gaps})
        found.update(dict.fromkeys((*gaps, *orphans, *signatures, *calls, *contracts)))
    return tuple(sorted(found, key=_order))


def _order(one: Finding) -> tuple[Path, int, int, str]:
    return one.path, _RANKS[one.rank], one.line or 0, one.symbol


def _is_asked(scene: Scene, unit: Unit) -> bool:
    """Whether findings in the unit can be about a file that is told of."""
    near = (Language.MAKE, Language.SHELL)  # whatever includes them stands above their folder
    start = unit.folder + b"/" if unit.folder and unit.language not in near else b""
    return not scene.is_upstreams or any(
        language_of(path) is unit.language and path.startswith(start) for path in scene.added
    )


def _old_folder(scene: Scene, unit: Unit) -> Path:
    """Where the unit stood in the old version, by where a file of it stood."""
    for path in _family_paths(scene, unit):
        inside = path[len(unit.folder) :]
        before = scene.old_path(path)
        if before != path and before.endswith(inside):
            return before.removesuffix(inside)
    return unit.folder


def _family_paths(scene: Scene, unit: Unit) -> Iterator[Path]:
    for template in unit.templates:
        for paths in scene.new_families[template].values():
            yield from paths
