"""Where our file would be, and what findings about symbols say (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from patchkit.model.shown import shown_path
from patchkit.model.siblings import SiblingPlace
from patchkit.model.tree import Path
from patchkit.model.variants import PLACEHOLDER
from patchkit.siblings.families import templates_of
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolviews import Sited
from patchkit.siblings.wording import listed
from patchkit.syntax.goconstraints import go_architecture
from patchkit.syntax.parsing import Language, language_of
from patchkit.syntax.targets import Target


def our_path(scene: Scene, sites: Iterable[Sited]) -> Path:
    """The file in which ours has what siblings have at these places, or would have it.

    That is the one beside the most of them, and of these one that is there.
    """
    found = Counter(_counterpart(scene, site) for site in sites)
    listings = (scene.new_listing, scene.old_listing)
    return max(found, key=lambda path: (found[path], *(path in one for one in listings), path))


def _counterpart(scene: Scene, site: Sited) -> Path:
    path = site.piece.path
    for template in templates_of(path, scene.axis):
        if site.variant not in template.variants:
            continue
        ours = scene.new_families.get(template.path, {}).get(scene.variant.name, ())
        if ours:
            return ours[0]
        return template.path.replace(PLACEHOLDER, _word_for(scene, path).encode())
    return path


def _word_for(scene: Scene, path: Path) -> str:
    if language_of(path) is Language.GO:
        found = go_architecture(Target(scene.axis, scene.variant))
        if found in scene.variant.words:
            return found
    return next(iter(scene.variant.words), scene.variant.name)


def places(sites: Iterable[Sited]) -> tuple[SiblingPlace, ...]:
    """Where siblings have it, one place for each."""
    found: dict[str, SiblingPlace] = {}
    for site in sites:
        found.setdefault(site.variant, site.place)
    return tuple(found[name] for name in sorted(found))


def variants_of(sites: Iterable[Sited]) -> str:
    """The variants as part of a sentence."""
    return listed(sorted({site.variant for site in sites}))


def at(path: Path, line: int) -> str:
    """A place in a file as part of a sentence."""
    return f"{shown_path(path.rpartition(b'/')[2])}:{line}"


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "result"), counted(2, "result")
    ('1 result', '2 results')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
