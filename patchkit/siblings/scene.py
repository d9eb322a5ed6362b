"""The two versions with our variant in them, as all comparisons of siblings see them (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from patchkit.model.tree import Path, Tree
from patchkit.model.variants import Axis, Variant
from patchkit.siblings.families import families_of


@dataclass(frozen=True)
class Scene:
    """`old` is the old upstream with the stack as it was, `new` the new one with the ported stack.

    `added` are the files of `new` that the stack makes, each with the patch that makes it;
    `old_paths` says where a file of `new` stood in `old`, where it moved; `patched` are all files
    of `new` that the stack touches. Vendored and generated files are in neither.

    `is_upstreams` says that it is not the stack that brings the variant, as upstream has it itself:
    then only what concerns the stack's own files is told, and looked for.
    """

    axis: Axis
    variant: Variant
    old: Tree
    new: Tree
    added: Mapping[Path, str]
    old_paths: Mapping[Path, Path]
    patched: frozenset[Path] = frozenset()
    is_upstreams: bool = False

    def is_told(self, path: Path) -> bool:
        """Whether a finding about a file of `new` is told."""
        return not self.is_upstreams or path in self.added

    def old_path(self, path: Path) -> Path:
        """Where the file of `new` stood in `old`, or would have stood."""
        return self.old_paths.get(path, path)

    def is_changed(self, path: Path) -> bool:
        """Whether a file of `new` differs from what `old` has, or is not there."""
        return self.new_listing.get(path) != self.old_listing.get(self.old_path(path))

    @cached_property
    def new_listing(self) -> Mapping[Path, str]:
        """Every file of `new` with the identity of its content."""
        return self.new.listing()

    @cached_property
    def old_listing(self) -> Mapping[Path, str]:
        """Every file of `old` with the identity of its content."""
        return self.old.listing()

    @cached_property
    def new_families(self) -> Mapping[bytes, Mapping[str, tuple[Path, ...]]]:
        """The files of `new` that name variants, by template and variant."""
        return families_of(self.new_listing, self.axis)

    @cached_property
    def old_families(self) -> Mapping[bytes, Mapping[str, tuple[Path, ...]]]:
        """The files of `old` that name variants, by template and variant."""
        return families_of(self.old_listing, self.axis)
