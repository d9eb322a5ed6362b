"""What our files use that the old version had and the new one has not (pure).

Go only, where every name of a package is known. A name that nothing ever defined is left alone:
it can come from a file that the build makes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from patchkit.model.siblings import Finding, FindingKind, Rank
from patchkit.model.tree import Path
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolnotes import at
from patchkit.siblings.symbolsources import Sources
from patchkit.siblings.symboluses import module_of
from patchkit.siblings.symbolviews import Read, UnitView
from patchkit.syntax.parsing import Language, language_of
from patchkit.syntax.symbols import MEMBER, Definition, DefinitionKind, Reference
from patchkit.syntax.words import has_word, words_in

_DOT_IMPORT = re.compile(rb"(?m)^(?:import)?\s*\.\s+\"")
_MODULE = re.compile(rb"(?m)^module\s+(\S+)")


@dataclass(frozen=True)
class Orphans:
    """Names of one unit that lost their definition; `before` is the unit in the old version."""

    scene: Scene
    view: UnitView
    before: UnitView

    def findings(self, reported: Collection[str]) -> Iterator[Finding]:
        """One for each name and file; `reported` are names that others tell of."""
        if self.view.unit.language is not Language.GO:
            return
        reads = [
            read
            for read in self.view.own(self.view.ours)
            if not read.symbols.is_textual
            and not _DOT_IMPORT.search(self.view.sources.content(read.piece.path))
        ]
        told: set[tuple[Path, str]] = set()
        for found in (*self._names(reads, reported), *self._members(reads), *self._imported(reads)):
            if (found.path, found.symbol) not in told:
                told.add((found.path, found.symbol))
                yield found

    def _names(self, reads: Collection[Read], reported: Collection[str]) -> Iterator[Finding]:
        """Names of the package itself."""
        uses = [
            (read, one)
            for read in reads
            for one in read.symbols.references
            if not one.qualifier and one.name not in reported
        ]
        have = {
            (read.symbols.package, one.name)
            for read in self.view.defining({one.name for _, one in uses})
            for one in read.symbols.definitions
            if one.kind is not DefinitionKind.METHOD
        }
        lost = [(read, one) for read, one in uses if (read.symbols.package, one.name) not in have]
        once = self._once({one.name for _, one in lost})
        for read, one in lost:
            if one.name in once:
                yield self._lost(read, one, *once[one.name])

    def _once(self, names: Collection[str]) -> Mapping[str, tuple[Path, Definition]]:
        """Where ours had the names in the old version."""
        return {
            one.name: (read.piece.path, one)
            for read in (self.before.defining(names) if names else ())
            for one in read.symbols.definitions
            if one.name in names and one.kind is not DefinitionKind.METHOD
        }

    def _lost(self, read: Read, one: Reference, path: Path, old: Definition) -> Finding:
        where = at(read.piece.path, one.line)
        is_ours = path not in self.view.sources.listing and self.scene.variant.name in (
            self.scene.axis.named_in(path)
        )
        note = (
            f"{where} uses {one.name}, which {at(path, old.line)} defined in the old version and "
            f"nothing that {self.scene.variant.name} builds defines in the new one."
        )
        return Finding(
            FindingKind.SYMBOL,
            Rank.BUILD,
            path if is_ours else read.piece.path,
            note,
            line=None if is_ours else one.line,
            symbol=one.name,
            is_new=True,
        )

    def _members(self, reads: Collection[Read]) -> Iterator[Finding]:
        """Methods that the package had and that nothing in it is called any more."""
        used = [(read, call) for read in reads for call in read.symbols.calls]
        used = [(read, call) for read, call in used if call.qualifier == MEMBER]
        if not used:
            return
        own = {read.piece.path for read in reads}
        mine = {one.name for read in reads for one in read.symbols.definitions}
        unsaid = {call.name.encode() for _, call in used if call.name not in mine}
        for piece in self.view.pieces if unsaid else ():
            if piece.path not in own:
                unsaid.difference_update(words_in(self.view.sources.content(piece.path)))
        lost = [(read, call) for read, call in used if call.name.encode() in unsaid]
        names = {call.name for _, call in lost}
        once = {
            one.name: (read.piece.path, one)
            for read in (self.before.defining(names) if names else ())
            for one in read.symbols.definitions
            if one.name in names and one.kind is DefinitionKind.METHOD
        }
        for read, call in lost:
            if call.name in once:
                yield self._lost(read, Reference(call.name, call.line), *once[call.name])

    def _imported(self, reads: Collection[Read]) -> Iterator[Finding]:
        """Names of other packages of the module that these packages do not have any more."""
        module = module_of(self.view)
        known = _MODULE.search(self.view.sources.content(_below(module, b"go.mod")))
        if known is None:
            return
        for read in reads:
            for one in read.symbols.references:
                start, _, below = one.qualifier.encode().partition(known[1] + b"/")
                if start or not below:
                    continue
                folder, name = _below(module, below), one.name.encode()
                now = _stands_in(self.view.sources, folder, name)
                if not now and _stands_in(self.before.sources, folder, name):
                    yield self._moved(read, one, folder)

    def _moved(self, read: Read, one: Reference, folder: Path) -> Finding:
        package = folder.rpartition(b"/")[2].decode("utf-8", "replace")
        note = (
            f"{at(read.piece.path, one.line)} uses {package}.{one.name}, which the old version had "
            "and the new one has not."
        )
        return Finding(
            FindingKind.SYMBOL,
            Rank.BUILD,
            read.piece.path,
            note,
            line=one.line,
            symbol=one.name,
            is_new=True,
        )


def _below(folder: Path, name: bytes) -> Path:
    return folder + b"/" + name if folder else name


def _stands_in(sources: Sources, folder: Path, name: bytes) -> bool:
    """Whether a word stands in a Go file of the folder."""
    return any(
        has_word(sources.content(path), frozenset((name,)))
        for path in sources.folders.get(folder, ())
        if language_of(path) is Language.GO
    )
