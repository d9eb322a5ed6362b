r"""What a converted stack was before: the sidecar `patchkit.origin`, format 1 (ground floor).

    # patchkit origin 1
    # What this stack was converted from; `patchkit convert` back goes by it.
    dialect: suse
    list: series.conf
    folder:
    patch: 100-a.patch<TAB>patches.suse/a.patch
    left-out: b.patch<TAB>patches.suse/b.patch
    <an empty line>
    <the list file itself, byte for byte>

So nothing of it is lost that the new dialect cannot say: guards, comments, conditions, the text of
a recipe or a spec. See `docs/reference/convert.md`.
"""

from __future__ import annotations

from dataclasses import dataclass

from patchkit.errors import SeriesFormatError
from patchkit.model.entry import decode_name, encode_name
from patchkit.model.numbered import NumberedFolder
from patchkit.model.patchlist import PatchList
from patchkit.model.recipe import names_from, parse_recipe
from patchkit.model.series import parse_series
from patchkit.model.specpatches import parse_spec
from patchkit.model.stack import Dialect, Layout

ORIGIN = "patchkit.origin"
"""The name of the file, in the folder of the stack."""

_FORMAT = b"# patchkit origin 1"
_ABOUT = b"# What this stack was converted from; `patchkit convert` back goes by it."


@dataclass(frozen=True)
class Origin:
    """The list that a stack was converted from.

    `names` has for each patch its name now and the one it had; `left_out` those that the new list
    does not name, `homes` the folders of those that stood in another one than the rest.
    """

    layout: Layout
    raw: bytes
    names: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, str], ...] = ()

    def listed(self) -> PatchList:
        """The list itself. Raises `SeriesFormatError` when it is not understood."""
        layout = self.layout
        match layout.dialect:
            case Dialect.OPENWRT:
                return NumberedFolder(tuple(old for _, old in self.names))
            case Dialect.RPM:
                return parse_spec(self.raw, layout.series)
            case Dialect.YOCTO:
                name = layout.series.rpartition("/")[2]
                return parse_recipe(self.raw, layout.series, names_from(name))
            case _:
                return parse_series(self.raw, layout.series)


def format_origin(origin: Origin) -> bytes:
    """The file, byte for byte what `parse_origin` reads."""
    layout = origin.layout
    lines = [
        _FORMAT,
        _ABOUT,
        b"dialect: " + layout.dialect.value.encode(),
        b"list: " + encode_name(layout.series),
        b"folder: " + encode_name(layout.patches),
        *(b"home: " + _pair(*one) for one in layout.folders),
        *(b"patch: " + _pair(*one) for one in origin.names),
        *(b"left-out: " + _pair(*one) for one in origin.left_out),
    ]
    return b"\n".join(lines) + b"\n\n" + origin.raw


def parse_origin(raw: bytes, source: str) -> Origin:
    """Read a `patchkit.origin`. Raises `SeriesFormatError` with the line that is not understood."""
    head, gap, body = raw.partition(b"\n\n")
    if not gap or not head.startswith(_FORMAT + b"\n"):
        raise _error(source, 1, f"expected {_FORMAT.decode()!r}, and an empty line later on.")
    single: dict[bytes, str] = {}
    pairs: dict[bytes, list[tuple[str, str]]] = {b"home": [], b"patch": [], b"left-out": []}
    for number, line in enumerate(head.split(b"\n"), 1):
        if line.startswith(b"#"):
            continue
        key, _, value = line.partition(b": ")
        if key in pairs and value.count(b"\t") == 1:
            new, _, old = value.partition(b"\t")
            pairs[key].append((decode_name(new), decode_name(old)))
        elif key in (b"dialect", b"list", b"folder") and key not in single:
            single[key] = decode_name(value)
        else:
            raise _error(source, number, "not understood.")
    known = {one.value: one for one in Dialect}
    if single.keys() != {b"dialect", b"list", b"folder"} or single[b"dialect"] not in known:
        raise _error(source, 1, "dialect, list and folder must be there, each once and known.")
    layout = Layout(
        known[single[b"dialect"]], single[b"list"], single[b"folder"], tuple(pairs[b"home"])
    )
    return Origin(layout, body, tuple(pairs[b"patch"]), tuple(pairs[b"left-out"]))


def _pair(new: str, old: str) -> bytes:
    return encode_name(new) + b"\t" + encode_name(old)


def _error(source: str, number: int, problem: str) -> SeriesFormatError:
    return SeriesFormatError(source, number, problem, "Delete the file to convert without it.")
