"""Checks for names that some file systems take for one (lint floor; pure)."""

from __future__ import annotations

from collections.abc import Iterator

from patchkit.engine.foldednames import folded_by_stack
from patchkit.lint.applying import stacks_to_apply
from patchkit.lint.patches import ReadPatches
from patchkit.lint.rules import NAMES_FOLDED
from patchkit.lint.scene import Scene
from patchkit.model.lint import Finding
from patchkit.model.shown import shown_path
from patchkit.model.tree import Path
from patchkit.model.treepaths import folded


def folded_names(scene: Scene, read: ReadPatches) -> Iterator[Finding]:
    """Files of the repository with such names, and files that a patch makes in its upstream."""
    first: dict[str, Path] = {}
    for path in scene.paths:
        other = first.setdefault(folded(path), path)
        if other != path:
            yield Finding(NAMES_FOLDED, path, None, f"beside {shown_path(other)}.", (other,))
    for stack, places, tree in stacks_to_apply(scene, read):
        for one in folded_by_stack(stack, tree, scene.strip):
            told = f"makes {shown_path(one.path)} beside {shown_path(one.other)}."
            yield Finding(NAMES_FOLDED, places[one.patch], None, told)
