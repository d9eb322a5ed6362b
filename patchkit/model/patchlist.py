"""What every ordered list of patches can do, in whatever file it stands (ground floor).

A series file is a list and nothing else (`model.series`). In a recipe of BitBake (`model.recipe`)
and in a spec of RPM (`model.specpatches`) it is part of a larger text, which is kept byte for byte;
OpenWrt (`model.numbered`) has names in a folder only. Each of them is a value whose edits give a
new one that differs where it must.
"""

from __future__ import annotations

from typing import Protocol, Self

from patchkit.model.entry import Entry


class PatchList(Protocol):
    """An ordered list of patches with all that stands around it."""

    @property
    def raw(self) -> bytes:
        """The file that it stands in, byte for byte; b"" where there is none."""
        ...

    @property
    def numbered(self) -> tuple[tuple[int, Entry], ...]:
        """The patches in the order in which they are applied, each with the number of its line."""
        ...

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The patches, in order, those that are not applied included."""
        ...

    @property
    def notes(self) -> tuple[bytes, ...]:
        """The comments on lines that name no patch, from their `#` on."""
        ...

    @property
    def remarks(self) -> tuple[tuple[int, str], ...]:
        """What a person should know of how the file was read, each with the number of a line."""
        ...

    def mentions(self, name: str) -> bool:
        """Whether this file is named, be it as a patch or somewhere in a comment."""
        ...

    def commented_out(self, name: str, reason: str) -> Self:
        """The list without the patch `name`, with a comment that says why where one can stand.

        Raises `StackError` when no entry has that name, or when it cannot be taken out.
        """
        ...

    def removed(self, name: str) -> Self:
        """The list without the patch `name`. Raises `StackError` as `commented_out` does."""
        ...

    def renamed(self, name: str, new_name: str) -> Self:
        """The list in which `name` is called `new_name`; its options stay.

        Raises `StackError` when no entry has that name, or when `new_name` cannot stand there.
        """
        ...

    def inserted_after(self, name: str | None, entry: Entry) -> Self:
        """The list with `entry` after `name` (None: at the end).

        Raises `StackError` when no entry has that name, or when `entry` cannot be said there.
        """
        ...
