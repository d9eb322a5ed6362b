"""Lints packaging repositories of any bytes."""

from __future__ import annotations

from collections.abc import Iterator

from patchkit.lint.checking import lint_scene
from patchkit.lint.scene import Scene
from patchkit.model.lint import LintChoices
from patchkit.model.tree import File, MemoryTree, Path

_MARK = b"==> "
_NAMES = (b"demo.spec", b"_service", b"series.conf", b"apply-patches", b"patches/1.patch")
_MOST_FILES = 8


def linted(raw: bytes) -> None:
    """All rules look at any repository; what they say has a line that the file has.

    The bytes are files one behind the other, each behind a line `==> NAME`.
    """
    files = {path: File(content) for path, content in _files_in(raw)}
    scene = Scene(MemoryTree(files), tuple(sorted(files)))
    for finding in lint_scene(scene, LintChoices()):
        file = files.get(finding.path)
        if finding.line is not None and file is not None:
            assert 1 <= finding.line <= file.content.count(b"\n") + 1, finding
        assert "\n" not in finding.message, finding


def _files_in(raw: bytes) -> Iterator[tuple[Path, bytes]]:
    pieces = (b"\n" + raw).split(b"\n" + _MARK)[1:]
    for piece in pieces[:_MOST_FILES]:
        name, _, content = piece.partition(b"\n")
        if name in _NAMES:
            yield name, content
