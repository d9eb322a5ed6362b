"""Reads the symbols of files for the comparison of siblings, each file once (pure)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

from patchkit.model.tree import Path, Tree
from patchkit.model.variants import PLACEHOLDER, Axis
from patchkit.siblings.ahead import chunks_of
from patchkit.syntax.conditions import is_divided, seen_by
from patchkit.syntax.parsing import Language, language_of
from patchkit.syntax.reading import definable_text, read_symbols
from patchkit.syntax.symbols import Symbols
from patchkit.syntax.targets import Target
from patchkit.syntax.words import words_in

Focus: TypeAlias = "frozenset[bytes]"
"""The words in which a reader is interested, as of `read_symbols`."""

NOTHING: Focus = frozenset()
"""Only what a file defines is wanted."""


_WORD = re.compile(rb"\w+")


def focus_on(names: Collection[str], content: bytes, axis: Axis) -> Focus | None:
    """The words of a text that are one of the names, with `PLACEHOLDER` for the words of variants;
    None where one of the names is no word."""
    words = {name.encode() for name in names}
    open_words = {word for word in words if PLACEHOLDER in word}
    found = words - open_words
    if not all(map(_WORD.fullmatch, found)):
        return None
    if open_words:
        found.update(word for word in words_in(content) if axis.neutral(word) in open_words)
    return frozenset(found)


class SymbolCache:
    """What was read already, by content: most files are the same in both versions."""

    def __init__(self) -> None:
        self._divided: dict[bytes, bool] = {}
        self._seen: dict[tuple[bytes, str], bytes] = {}
        self._definable: dict[bytes, bytes] = {}
        self._read: dict[bytes, tuple[Focus | None, Symbols | None]] = {}

    def is_divided(self, path: Path, content: bytes, axis: Axis) -> bool:
        """Whether variants can see different parts of the file."""
        if content not in self._divided:
            language = language_of(path, content)
            self._divided[content] = language is not None and is_divided(language, content, axis)
        return self._divided[content]

    def content_for(self, path: Path, content: bytes, target: Target) -> bytes:
        """The file as it is for one variant."""
        is_divided = self.is_divided(path, content, target.axis)
        language = language_of(path, content)
        if language is None or (language is Language.C and not is_divided):
            return content
        key = (content, target.variant.name if is_divided else "")
        if key not in self._seen:
            self._seen[key] = seen_by(language, content, target)
        return self._seen[key]

    def definable(self, path: Path, content: bytes) -> bytes:
        """The part of a file in which the names stand that it defines."""
        if content not in self._definable:
            language = language_of(path, content)
            self._definable[content] = definable_text(language, content) if language else b""
        return self._definable[content]

    def symbols(self, path: Path, content: bytes, focus: Focus | None) -> Symbols | None:
        """The symbols of a file, with all that concerns the names in focus; None for all."""
        known, found = self._read.get(content, (NOTHING, None))
        if content in self._read:
            if known is None or (focus is not None and focus <= known):
                return found
            # What was asked for once is asked for again.
            focus = None if focus is None else focus | known
        found = read_symbols(path, content, focus)
        self._read[content] = (focus, found)
        return found


class Sources:
    """The files of one version."""

    def __init__(self, tree: Tree, listing: Mapping[Path, str], cache: SymbolCache) -> None:
        self.listing = listing
        self._tree = tree
        self._cache = cache
        self._contents: dict[Path, bytes] = {}
        self._expected: dict[Path, tuple[Sequence[Path], Sequence[Path]]] = {}
        self._fetched: set[Path] = set()

    @cached_property
    def folders(self) -> Mapping[bytes, tuple[Path, ...]]:
        """Every folder with the files that stand in it."""
        found: dict[bytes, list[Path]] = {}
        for path in self.listing:
            found.setdefault(path.rpartition(b"/")[0], []).append(path)
        return {folder: tuple(paths) for folder, paths in found.items()}

    @cached_property
    def by_language(self) -> Mapping[Language | None, Sequence[Path]]:
        """The files by the language that their names tell, in the order of the listing."""
        found: dict[Language | None, list[Path]] = {}
        for path in self.listing:
            found.setdefault(language_of(path), []).append(path)
        return found

    def prefetch(self, paths: Iterable[Path]) -> None:
        """Say which files will be read, if one of them is."""
        expected = tuple(path for path in paths if path in self.listing)
        for chunk in chunks_of(expected):
            self._expected.update((path, (expected, chunk)) for path in chunk)

    def _read_ahead(self, path: Path) -> None:
        """Make the files ready that are expected along with this one."""
        all_of_it, chunk = self._expected.get(path, ((), ()))
        if all_of_it and not self._fetched.issuperset(all_of_it):
            self._fetched.update(all_of_it)
            self._tree.prefetch(all_of_it)  # what has to be fetched is fetched in one go
        self._tree.prefetch(one for one in chunk if one not in self._contents)
        for one in chunk:
            self._expected.pop(one, None)

    def content(self, path: Path) -> bytes:
        """The bytes of a file; none where there is no such file."""
        if path not in self._contents:
            if path in self._expected:
                self._read_ahead(path)
            file = self._tree.get(path) if path in self.listing else None
            self._contents[path] = b"" if file is None else file.content
        return self._contents[path]

    def seen(self, path: Path, target: Target) -> bytes:
        """The file as it is for one variant."""
        return self._cache.content_for(path, self.content(path), target)

    def definable(self, path: Path, target: Target | None = None) -> bytes:
        """The part of a file in which the names stand that it defines, for one variant or for
        all."""
        content = self.content(path) if target is None else self.seen(path, target)
        return self._cache.definable(path, content)

    def is_divided(self, path: Path, axis: Axis) -> bool:
        """Whether variants can see different parts of a file."""
        return self._cache.is_divided(path, self.content(path), axis)

    def symbols(self, path: Path, target: Target, focus: Focus | None = None) -> Symbols | None:
        """The symbols of a file as it is for one variant."""
        return self._cache.symbols(path, self.seen(path, target), focus)
