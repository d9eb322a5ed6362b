"""The files that a commit added, among which one that it took away is looked for (sources floor;
pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice

from patchkit.model.history import Stored


class Additions:
    """Files by content and by name; an import of another project brings thousands."""

    def __init__(self, files: Iterable[Stored]) -> None:
        """Of these files."""
        self._files = sorted(files, key=lambda one: one.path)

    def of_content(self, identity: str) -> Sequence[Stored]:
        """Those with the content that has this id, in the order of their paths."""
        return self._by_content.get(identity, ())

    def named_like(self, name: bytes, most: int) -> Sequence[Stored]:
        """At most so many that end as `name` does, behind its last dot; those of the same name
        first."""
        same = self._by_name.get(name, ())
        ending = name.rpartition(b".")[2]
        taken = set(same)
        others = (one for one in self._files if one.path.endswith(ending) and one not in taken)
        return [*same, *islice(others, most)][:most]

    @cached_property
    def _by_content(self) -> Mapping[str, Sequence[Stored]]:
        found: dict[str, list[Stored]] = defaultdict(list)
        for one in self._files:
            found[one.identity].append(one)
        return found

    @cached_property
    def _by_name(self) -> Mapping[bytes, Sequence[Stored]]:
        """Those that are in a folder."""
        found: dict[bytes, list[Stored]] = defaultdict(list)
        for one in self._files:
            folder, _, name = one.path.rpartition(b"/")
            if folder:
                found[name].append(one)
        return found
