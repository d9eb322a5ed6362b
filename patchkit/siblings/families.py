"""Finds files that differ in the variant's word of their paths (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from patchkit.model.tree import Path
from patchkit.model.variants import PLACEHOLDER, Axis
from patchkit.siblings.place_words import words_of

Members: TypeAlias = Mapping[str, tuple[Path, ...]]
"""The files of each variant in a family, by the variant's name."""


@dataclass(frozen=True, slots=True)
class Template:
    """A path with `PLACEHOLDER` for the word of a variant, and the variants that the word names."""

    path: bytes
    variants: tuple[str, ...]


@lru_cache(maxsize=10_000)
def templates_of(path: Path, axis: Axis) -> tuple[Template, ...]:
    """The families that a file can belong to: one for each sort of variant that its path names.

    >>> from patchkit.model.variants import ARCHITECTURES
    >>> templates_of(b"arch/arm64/gic_arm64.c", ARCHITECTURES)
    (Template(path=b'arch/{}/gic_{}.c', variants=('arm64',)),)
    """
    mentions = list(axis.mentions(path))
    found = {}
    for variants in dict.fromkeys(one.variants for one in mentions):
        text, at = b"", 0
        for one in mentions:
            if set(one.variants) & set(variants):
                text += path[at : one.start] + PLACEHOLDER
                at = one.stop
        found[text + path[at:]] = variants
    return tuple(Template(text, variants) for text, variants in found.items())


def families_of(paths: Iterable[Path], axis: Axis) -> dict[bytes, dict[str, tuple[Path, ...]]]:
    """All files whose paths name a variant, by template and variant; also families of one."""
    found: dict[bytes, dict[str, tuple[Path, ...]]] = {}
    for path in words_of(axis).naming(paths):
        for template in templates_of(path, axis):
            members = found.setdefault(template.path, {})
            for variant in template.variants:
                members[variant] = (*members.get(variant, ()), path)
    return found
