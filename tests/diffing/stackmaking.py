"""Stacks made of patch texts, for comparing them."""

from __future__ import annotations

from collections.abc import Mapping

from patchkit.diffing.stackdiffing import compare_stacks
from patchkit.diffing.unified import parse_patch
from patchkit.model.series import parse_series
from patchkit.model.stack import Dialect, Layout, Stack, StackedPatch
from patchkit.model.stackdiff import PatchComparison, StackComparison

_LAYOUT = Layout(Dialect.SERIES_CONF, "series.conf", "patches")


def stack(patches: Mapping[str, bytes], series: bytes | None = None) -> Stack:
    """A stack of these patches; without a series they stand in it in their order."""
    raw = "".join(f"{name}\n" for name in patches).encode() if series is None else series
    parsed = parse_series(raw)
    return Stack(
        _LAYOUT,
        parsed,
        tuple(
            StackedPatch(entry, parse_patch(entry.name, patches[entry.name]))
            for entry in parsed.entries
        ),
    )


def compared(old: Stack, new: Stack) -> StackComparison:
    """The two side by side."""
    return compare_stacks(old, new, labels=("old", "new"))


def words(found: StackComparison) -> dict[str, list[str]]:
    """What became of each patch, by its name."""
    return {patch.name: [one.value for one in patch.standings] for patch in found.patches}


def patch_named(found: StackComparison, name: str) -> PatchComparison:
    """The patch of this name."""
    (one,) = [patch for patch in found.patches if patch.name == name]
    return one


def text_patch(word: str, *, message: str = "", at: int = 1, path: str = "") -> bytes:
    """A patch that replaces a line of a file between two lines of context."""
    path = path or f"{word}.c"
    return (
        f"From: A <a@example.invalid>\nSubject: [PATCH] {word}\n\n{message or word}\n---\n"
        f"diff --git a/{path} b/{path}\nindex 1111111..2222222 100644\n"
        f"--- a/{path}\n+++ b/{path}\n@@ -{at},3 +{at},3 @@\n"
        f" {word} before\n-{word} old\n+{word} new\n {word} behind\n"
    ).encode()
