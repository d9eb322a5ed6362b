"""Small trees in which riscv64 is ours, for the tests of symbols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from patchkit.model.siblings import Finding, FindingKind, Rank
from patchkit.model.tree import File, MemoryTree
from patchkit.model.variants import ARCHITECTURES
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolfindings import symbol_findings

Texts = Mapping[str, str]


def scene_of(new: Texts, old: Texts | None = None, moved: Mapping[str, str] | None = None) -> Scene:
    """A scene with these files; the old version is the new one where it is not given."""
    variant = ARCHITECTURES.variant("riscv64")
    assert variant is not None
    return Scene(
        ARCHITECTURES,
        variant,
        _tree(new if old is None else old),
        _tree(new),
        {},
        {path.encode(): before.encode() for path, before in (moved or {}).items()},
    )


def _tree(texts: Texts) -> MemoryTree:
    return MemoryTree({path.encode(): File(text.encode()) for path, text in texts.items()})


def findings(
    new: Texts, old: Texts | None = None, moved: Mapping[str, str] | None = None
) -> tuple[Finding, ...]:
    """What is found in these files."""
    return symbol_findings(scene_of(new, old, moved))


def told(found: Iterable[Finding]) -> set[tuple[str, str, str, str]]:
    """Kind, rank, file and symbol of each."""
    return {(one.kind.value, one.rank.value, one.path.decode(), one.symbol) for one in found}


def only(found: Iterable[Finding], kind: FindingKind, rank: Rank | None = None) -> list[Finding]:
    """Those of one kind and rank."""
    return [one for one in found if one.kind is kind and rank in (None, one.rank)]


def siblings(template: str, text: str, *names: str) -> dict[str, str]:
    """The same file for several variants: `{}` in the path is the name, `Arch` in the text is it
    with a capital."""
    return {
        template.replace("{}", name): text.replace("Arch", name.capitalize())
        for name in names or ("amd64", "arm64", "s390x")
    }
