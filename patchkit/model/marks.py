"""Marks in the message of a commit that say which patch it is (ground floor, no I/O).

    Patchkit-Patch: 0003-fix.patch          its name in the series
    Patchkit-Series: 0003-fix.patch -p0     its line, where that says more than the name
    Patchkit-Upstream: 2.5.1                the commit is not a patch, but an imported upstream

The note on a commit has the first of these, an empty line, and the patch as it was. Those of
git-buildpackage are read as well (gbp-pq(1), "PATCH FILE TAGS"): `Gbp-Pq: Name NAME` and
`Gbp-Pq: Topic FOLDER`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from patchkit.model.series import Entry, decode_name, encode_name, parse_series

_OWN = re.compile(rb"Patchkit-(Patch|Series|Upstream):[ \t]*(.*)")
_GBP = re.compile(rb"Gbp(?:-Pq)?:[ \t]*(Name|Topic|Ignore)\b[ \t]*(.*)", re.IGNORECASE)
_TRAILER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*: ")


@dataclass(frozen=True, slots=True)
class Marks:
    """What the marks in a message say, "" where none does, and the message without them. `is_own`:
    the name is from a mark of patchkit's, so the message was made by it."""

    name: str
    is_own: bool
    line: bytes
    upstream: str
    text: bytes


def marks_of(message: bytes) -> Marks:
    """Read the marks of a message; of several of a kind the first counts."""
    found: dict[bytes, bytes] = {}
    gbp: dict[bytes, bytes] = {}
    kept = []
    for line in message.split(b"\n"):
        if own := _OWN.fullmatch(line.rstrip()):
            found.setdefault(own[1], own[2].strip())
        elif theirs := _GBP.fullmatch(line.rstrip()):
            gbp.setdefault(theirs[1].lower(), theirs[2].strip())
        else:
            kept.append(line)
    name = decode_name(found.get(b"Patch", b""))
    if not name and gbp.get(b"name"):
        topic = decode_name(gbp.get(b"topic", b"")).strip("/")
        own_name = decode_name(gbp[b"name"])
        name = f"{topic}/{own_name}" if topic else own_name
    upstream = decode_name(found.get(b"Upstream", b""))
    text = b"\n".join(kept).strip(b"\n") + b"\n"
    return Marks(name, b"Patch" in found, found.get(b"Series", b""), upstream, text)


def with_marks(text: bytes, entry: Entry, line: bytes) -> bytes:
    """A message with the marks of the patch `entry`, whose line in the series is `line`."""
    marks = [b"Patchkit-Patch: " + encode_name(entry.name)]
    said = b" ".join(line.split())
    if said != encode_name(entry.name):
        marks.append(b"Patchkit-Series: " + said)
    return _with_trailers(text, marks)


def upstream_message(package: str, version: str) -> bytes:
    """The message of the commit that an imported upstream is."""
    subject = encode_name(" ".join(f"{package} {version}".split()))
    return _with_trailers(subject + b"\n", [b"Patchkit-Upstream: " + encode_name(version)])


def entry_in(marks: Marks) -> Entry | None:
    """The entry that the mark for the line of the series says; None where there is none."""
    if not marks.line:
        return None
    entries = parse_series(marks.line, "Patchkit-Series").entries
    return entries[0] if entries else None


def patch_note(name: str, raw: bytes) -> bytes:
    """What is noted of a commit: the name of the patch that it was made of, and the patch, byte
    for byte."""
    return b"Patchkit-Patch: " + encode_name(name) + b"\n\n" + raw


def read_note(note: bytes) -> tuple[str, bytes]:
    """Name and bytes of the patch in a note; the name is "" for a note of somebody else."""
    head, _, raw = note.partition(b"\n\n")
    found = _OWN.fullmatch(head)
    is_ours = found is not None and found[1] == b"Patch"
    return (decode_name(found[2]), raw) if found is not None and is_ours else ("", b"")


def _with_trailers(text: bytes, trailers: list[bytes]) -> bytes:
    kept = text.rstrip(b"\n")
    last = kept.rpartition(b"\n\n")[2] if b"\n\n" in kept else b""
    is_trailer_block = bool(last) and all(_TRAILER.match(line) for line in last.split(b"\n"))
    return kept + (b"\n" if is_trailer_block else b"\n\n") + b"\n".join(trailers) + b"\n"
