"""Which names can be missing in the files that are told of (pure)."""

from __future__ import annotations

from patchkit.siblings.families import templates_of
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolviews import Sited, UnitView, sited_in
from patchkit.syntax.parsing import Language
from patchkit.syntax.symbols import DefinitionKind


def names_asked(scene: Scene, view: UnitView) -> frozenset[str] | None:
    """The names, without the words of variants, that siblings define in or beside the files which
    are told of; None where all are."""
    if not scene.is_upstreams or view.unit.language is Language.GO:
        return None
    templates = {one.path for path in scene.added for one in templates_of(path, scene.axis)}
    beside = {
        path
        for template in templates
        for paths in scene.new_families.get(template, {}).values()
        for path in paths
    }
    pieces = [one for one in view.pieces if one.path in beside or one.path in scene.added]
    return frozenset(
        scene.axis.neutral(site.definition.name.encode()).decode()
        for sibling in view.siblings
        for site in sited_in(sibling, view.own_of(sibling, pieces))
        if not is_private(site)
    )


def is_private(site: Sited) -> bool:
    """Whether only its own file can use it: of a C file that is no header, all but functions and
    variables."""
    one = site.definition
    is_seen = one.kind in (DefinitionKind.FUNCTION, DefinitionKind.VALUE, DefinitionKind.METHOD)
    return one.is_private or (site.piece.path.endswith(b".c") and not is_seen)
