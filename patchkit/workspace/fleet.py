"""Which packages a fleet has: read from FLEET.yaml, or found in a folder (workspace floor).

`docs/reference/fleet.md` documents the file.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from patchkit.errors import SettingsError
from patchkit.model.fleet import NO_LIMITS, Fleet, FleetPackage, Limits
from patchkit.model.shown import shown_name
from patchkit.workspace.layout import series_files_in
from patchkit.workspace.lists import lists_in
from patchkit.workspace.settings import SETTINGS_FILE
from patchkit.workspace.settingsreading import is_url, package_name, place_or_url
from patchkit.workspace.yamlvalues import Value, entries, items, number, read_yaml

FLEET_FORMAT = 1
_NAME = "{name}"
_EXAMPLE = "[{name: busybox, from: 1.35.0, to: 1.37.0}]"
_TIME = re.compile(r"([1-9][0-9]*)(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_MEMORY = re.compile(r"([1-9][0-9]*)(M|G)(?:iB)?")
_BYTES = {"M": 1 << 20, "G": 1 << 30}
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9._+-]")
_MOST_NAMED = 5


def load_fleet(place: Path) -> Fleet:
    """The fleet that a file describes, or that the packaging repositories in a folder are.

    Raises `SettingsError` for a file that is not understood, and where there is no package.
    """
    return _fleet_in(place) if place.is_dir() else _fleet_of(place)


def seconds_of(text: str) -> int:
    """A time such as `90s`, `15m` or `2h`. Raises `SettingsError`."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise SettingsError(f"{shown_name(text)}: no time.", "Write it as 90s, 15m or 2h.")
    return int(found[1]) * _SECONDS[found[2]]


def bytes_of(text: str) -> int:
    """An amount of memory such as `512M` or `2G`. Raises `SettingsError`."""
    found = _MEMORY.fullmatch(text)
    if found is None:
        raise SettingsError(
            f"{shown_name(text)}: no amount of memory.", "Write it as 512M or 2G (of 1024 each)."
        )
    return int(found[1]) * _BYTES[found[2]]


def _fleet_in(root: Path) -> Fleet:
    """Every folder just below `root` that has a stack or a `patchkit.yaml` is a package."""
    packages: dict[str, FleetPackage] = {}
    others = []
    try:
        folders = sorted(one for one in root.iterdir() if one.is_dir())
    except OSError as error:
        raise SettingsError(f"{root}: cannot be read: {error.strerror}.") from error
    for folder in folders:
        if folder.name.startswith("."):
            continue
        if not _is_package(folder) or not _NOT_IN_NAME.sub("", folder.name).strip("._+-"):
            others.append(folder.name)
            continue
        name = _NOT_IN_NAME.sub(".", folder.name).lstrip("._+-")
        if name in packages:
            raise SettingsError(
                f"{root}: two folders would be the package {name}.", "Rename one of them."
            )
        packages[name] = FleetPackage(name, str(folder.resolve()))
    if not packages:
        raise SettingsError(
            f"{root}: no folder below it has a stack or a {SETTINGS_FILE}.",
            "Name the folder whose folders are packaging repositories, or a FLEET.yaml.",
        )
    notes = (f"Without a stack, left out: {_listed(others)}.",) if others else ()
    return Fleet(shown_name(root.resolve().name), tuple(packages.values()), notes)


def _is_package(folder: Path) -> bool:
    has_settings = os.path.lexists(folder / SETTINGS_FILE)
    return has_settings or bool(series_files_in(folder) or lists_in(folder))


def _listed(names: list[str]) -> str:
    shown = ", ".join(map(shown_name, names[:_MOST_NAMED]))
    more = len(names) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _fleet_of(path: Path) -> Fleet:
    root = read_yaml(path)
    if root is None:
        raise SettingsError(f"{path}: is empty.", f"It needs `fleet: {FLEET_FORMAT}` and packages.")
    given = _known(root, {"fleet": number, "packages": _package_nodes, **_PACKAGE_KEYS}, ("name",))
    if given.get("fleet") != FLEET_FORMAT:
        raise root.error(
            f"needs the line `fleet: {FLEET_FORMAT}`, the version of its format.",
            "Another number is for another patchkit.",
        )
    defaults = {"stack": str(path.parent.resolve() / _NAME), **given}
    packages: dict[str, FleetPackage] = {}
    for node in given.get("packages", ()):
        package = _package(node, defaults)
        if package.name in packages:
            raise node.error(f"the package {package.name} is given twice.", "Rename one of them.")
        packages[package.name] = package
    if not packages:
        raise root.error("has no packages.", f"As in `packages: {_EXAMPLE}`.")
    return Fleet(shown_name(path.resolve().stem), tuple(packages.values()))


def _package(node: Value, defaults: Mapping[str, Any]) -> FleetPackage:
    given = _known(node, _PACKAGE_KEYS)
    if "name" not in given:
        raise node.error("a package needs a name.", f"As in `packages: {_EXAMPLE}`.")
    name = given["name"]
    found: dict[str, Any] = {
        key: value.replace(_NAME, name) if isinstance(value, str) else value
        for key, value in {**defaults, **given}.items()
    }
    return FleetPackage(
        name,
        found["stack"],
        found.get("upstream"),
        found.get("from"),
        found.get("to"),
        Limits(found.get("limit-time"), found.get("limit-memory")),
    )


def _known(
    value: Value, readers: Mapping[str, Callable[[Value], Any]], without: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What a mapping says, each key read by its reader. Raises `SettingsError`."""
    known = [key for key in readers if key not in without]
    given = {}
    for one in entries(value):
        if one.key not in known:
            near = difflib.get_close_matches(one.key, known, n=1)
            hints = [f"Did you mean {near[0]}?"] if near else []
            raise one.error("is not known here.", *hints, f"Known are {', '.join(known)}.")
        given[one.key] = readers[one.key](one)
    return given


def _package_nodes(value: Value) -> list[Value]:
    return items(value, _EXAMPLE)


def _place(value: Value) -> str:
    return str((value.path.parent / value.text()).resolve())


def _limit(read: Callable[[str], int]) -> Callable[[Value], int]:
    def limit(value: Value) -> int:
        try:
            return read(value.text())
        except SettingsError as error:
            if error.message.startswith(str(value.path)):
                raise
            raise value.error(error.message, *error.hints) from error

    return limit


_PACKAGE_KEYS: Mapping[str, Callable[[Value], Any]] = {
    "name": package_name,
    "stack": _place,
    "upstream": place_or_url,
    "from": Value.text,
    "to": Value.text,
    "limit-time": _limit(seconds_of),
    "limit-memory": _limit(bytes_of),
}


def chosen(
    fleet: Fleet,
    *,
    only: tuple[str, ...] = (),
    upstream: str | None = None,
    old: str | None = None,
    new: str | None = None,
    limits: Limits = NO_LIMITS,
) -> Fleet:
    """The fleet with the packages `only` names (without any: all), and with these values where a
    package has none of its own; `{name}` in `upstream` is its name, a path is made absolute.

    Raises `SettingsError` for a name that is not in the fleet.
    """
    given = upstream or ""
    if given and not is_url(given):
        given = str(Path(given).resolve())
    names = [one.name for one in fleet.packages]
    for name in only:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hints = [f"Did you mean {near[0]}?"] if near else []
            raise SettingsError(f"{shown_name(name)}: no package of this fleet.", *hints)
    return replace(
        fleet,
        packages=tuple(
            replace(
                one,
                upstream=one.upstream or given.replace(_NAME, one.name) or None,
                old=one.old or old,
                new=one.new or new,
                limits=Limits(
                    one.limits.seconds or limits.seconds, one.limits.memory or limits.memory
                ),
            )
            for one in fleet.packages
            if not only or one.name in only
        ),
    )
