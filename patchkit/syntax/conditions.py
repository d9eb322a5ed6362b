"""What of a source file is there for a variant (pure)."""

from __future__ import annotations

from patchkit.model.variants import Axis
from patchkit.syntax.ifdefs import names_variants, without_other_ifdefs
from patchkit.syntax.parsing import Language
from patchkit.syntax.rustcfg import names_targets, without_other_cfgs
from patchkit.syntax.targets import Target


def seen_by(language: Language, content: bytes, target: Target) -> bytes:
    """The file with what is for other variants only blanked out; its lines keep their numbers."""
    if language is Language.C:
        return without_other_ifdefs(content, target)
    if language is Language.RUST:
        return without_other_cfgs(content, target)
    return content


def is_divided(language: Language, content: bytes, axis: Axis) -> bool:
    """Whether variants can see different parts of the file; if not, `seen_by` is the same for
    all."""
    if language is Language.C:
        return names_variants(content, axis)
    return language is Language.RUST and names_targets(content)
