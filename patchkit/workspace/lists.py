"""Finds the patch lists that are no series files: in a spec, in a recipe, in the names of a folder.

Workspace floor. Where they are looked for is documented in `docs/reference/dialects.md`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from patchkit.errors import StackError
from patchkit.model.numbered import NumberedFolder, is_plain_name, sorted_names
from patchkit.model.patchlist import PatchList
from patchkit.model.stack import HELD, Dialect, Layout

_SPECS, _SOURCES, _PATCHES, _FILES = "SPECS", "SOURCES", "patches", "files"
_RECIPES = (".bb", ".bbappend", ".inc")
_PATCH_TAG = re.compile(rb"^(?:[ \t]*Patch\d*[ \t]*:|%patchlist\b)", re.IGNORECASE | re.MULTILINE)
_PATCH_WORD = re.compile(rb"file://[^\s\"']+?(?:\.(?:patch|diff)\b|;apply=)")
_NUMBERED = re.compile(r"\d+[-_].*|\d.*\.(?:patch|diff)")
_NAMES_OF_PATCHES = (".patch", ".diff")
_EXTRA_PATH = re.compile(r"\$\{THISDIR\}/([^:\"'\s$]*(?:\$\{\w+\}[^:\"'\s$]*)*)")


def lists_in(root: Path) -> tuple[str, ...]:
    """Every list of patches in the folder `root` that is no series file, the one that counts first.

    Each by its path relative to `root`; a numbered folder by its own.
    """
    found = [*_specs(root), *_recipes(root)]
    if _is_numbered(root / _PATCHES) or _is_package_of_openwrt(root):
        found.append(_PATCHES)
    return tuple(found)


def read_list(root: Path, place: str) -> tuple[Layout, PatchList]:
    """The layout and the list at `place`, one of `lists_in`.

    Raises `StackError` when the folder has two files of this kind, or when it cannot be read, and
    `SeriesFormatError` for what is not understood in it.
    """
    if place == _PATCHES:
        names = sorted_names(_files_in(root / place))
        held = sorted_names(_files_in(root / f"{place}{HELD}"))
        return Layout(Dialect.OPENWRT, place, place), NumberedFolder(names, held)
    _check_alone(root, place)
    raw, source = _read(root / place), str(root / place)
    # Few stacks have a spec or a recipe for a list, and their readers know many forms.
    if place.endswith(".spec"):
        from patchkit.model.specpatches import parse_spec

        spec = parse_spec(raw, source)
        folders = [_SOURCES, _SPECS] if place.startswith(f"{_SPECS}/") else ["", _PATCHES, _SOURCES]
        return _laid_out(root, Dialect.RPM, place, spec, folders), spec
    from patchkit.model.recipe import names_from, parse_recipe

    known = names_from(place)
    recipe = parse_recipe(raw, source, known)
    folders = list(dict.fromkeys([*_folders_of(raw, known), *_subfolders(root)]))
    return _laid_out(root, Dialect.YOCTO, place, recipe, folders), recipe


def _check_alone(root: Path, place: str) -> None:
    others = _specs(root) if place.endswith(".spec") else _recipes(root)
    if len(others) > 1:
        raise StackError(
            f"{root}: several files name patches: {', '.join(others)}.",
            "Put the patches into one of them.",
        )


def _laid_out(
    root: Path, dialect: Dialect, place: str, patches: PatchList, folders: Sequence[str]
) -> Layout:
    """The layout with the folder that has most of the patches, and the others by name."""
    homes: dict[str, str] = {}
    for entry in patches.entries:
        there = [one for one in folders if os.path.lexists(root / one / entry.name)]
        if there and not entry.name.startswith("/"):
            homes[entry.name] = there[0]
    counted = [list(homes.values()).count(folder) for folder in folders]
    main = folders[counted.index(max(counted))]
    elsewhere = tuple((name, folder) for name, folder in homes.items() if folder != main)
    return Layout(dialect, place, main, elsewhere)


def _folders_of(raw: bytes, known: dict[str, str]) -> list[str]:
    """Where BitBake looks for the files of a recipe: FILESEXTRAPATHS, then `base.bbclass`'s."""
    text = raw.decode("utf-8", "surrogateescape")
    extra = []
    for found in _EXTRA_PATH.finditer(text):
        path = found[1]
        for name, value in known.items():
            path = path.replace(f"${{{name}}}", value)
        if "$" not in path and ".." not in path.split("/"):
            extra.append(path.strip("/"))
    own = [known.get("BP"), known.get("BPN"), _FILES, ""]
    return list(dict.fromkeys([*extra, *(one for one in own if one is not None)]))


def _specs(root: Path) -> list[str]:
    places = [*_named(root, "", (".spec",)), *_named(root, _SPECS, (".spec",))]
    return [place for place in places if _PATCH_TAG.search(_read(root / place))]


def _recipes(root: Path) -> list[str]:
    places = _named(root, "", _RECIPES)
    return [place for place in places if _PATCH_WORD.search(_read(root / place))]


def _named(root: Path, folder: str, suffixes: tuple[str, ...]) -> Iterator[str]:
    for name in sorted(_files_in(root / folder)):
        if name.endswith(suffixes):
            yield f"{folder}/{name}" if folder else name


def _is_numbered(folder: Path) -> bool:
    names = _files_in(folder)
    named = [name for name in names if name.endswith(_NAMES_OF_PATCHES)] or names
    return bool(named) and all(map(_NUMBERED.fullmatch, named))


def _is_package_of_openwrt(root: Path) -> bool:
    """Whether a Makefile says so; then the names in `patches/` count, numbered or not."""
    makefile = root / "Makefile"
    is_there = makefile.is_file() and _files_in(root / _PATCHES)
    return bool(is_there) and b"$(TOPDIR)/rules.mk" in _read(makefile)


def _files_in(folder: Path) -> list[str]:
    """The names of the files in a folder that are not hidden; none where it cannot be looked at."""
    try:
        with os.scandir(folder) as found:
            return [one.name for one in found if one.is_file() and is_plain_name(one.name)]
    except OSError:
        return []


def _subfolders(root: Path) -> list[str]:
    """The folders in the one of a recipe: a file that others include does not know their names."""
    with os.scandir(root) as found:
        return sorted(one.name for one in found if one.is_dir() and is_plain_name(one.name))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StackError(
            f"{path}: cannot be read: {error.strerror}.", "Check its permissions."
        ) from error
