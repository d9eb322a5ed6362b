"""A new list for a stack, where the dialect has it in a larger file (face floor).

A bbappend for a recipe that is there already, and a spec that says no more than what
`rpmbuild -bp` needs.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchkit.model.entry import Entry, encode_name
from patchkit.model.recipe import format_word

_SPEC = """\
# Made by `patchkit convert`: the tags that are not about patches are to be filled in.
Name:           {name}
Version:        {version}
Release:        1
Summary:        {name} with its patches
License:        unknown
Source0:        %{{name}}-%{{version}}.tar.gz
"""
_DESCRIPTION = """
%description
%{summary}.

%prep
"""


def recipe_with(entries: Sequence[Entry], folder: str) -> bytes:
    """A bbappend that adds these patches from `folder` beside it.

    Raises `StackError` for what `SRC_URI` cannot say.
    """
    head = f'FILESEXTRAPATHS:prepend := "${{THISDIR}}/{folder}:"\n\nSRC_URI += "\\\n'
    words = b"".join(b"    " + format_word(entry) + b" \\\n" for entry in entries)
    return head.encode() + words + b'"\n'


def spec_with(entries: Sequence[Entry], name: str, version: str) -> bytes:
    """A spec that declares these patches and applies those that are not switched off."""
    tags = [
        encode_name(f"{f'Patch{number}:':<15} {entry.name}\n")
        for number, entry in enumerate(entries, 1)
    ]
    head = _SPEC.format(name=name, version=version)
    return b"".join([encode_name(head), *tags, _DESCRIPTION.encode(), _prep(entries)])


def _prep(entries: Sequence[Entry]) -> bytes:
    ways = {(entry.strip, entry.is_reversed, entry.is_switched_off) for entry in entries}
    if len(ways) <= 1 and all(not turned and not off for _, turned, off in ways):
        level = next((strip for strip, _, _ in ways), None)
        return b"%%autosetup -p%d\n" % (1 if level is None else level)
    lines = [b"%setup -q\n"]
    for number, entry in enumerate(entries, 1):
        if not entry.is_switched_off:
            level = 1 if entry.strip is None else entry.strip
            reverse = b" -R" if entry.is_reversed else b""
            lines.append(b"%%patch -P %d -p%d" % (number, level) + reverse + b"\n")
    return b"".join(lines)
