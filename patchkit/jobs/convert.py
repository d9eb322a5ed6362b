"""Turns a stack of one dialect into the same stack of another (jobs floor)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from patchkit.errors import OutputError, StackError
from patchkit.jobs.inputs import read_stack
from patchkit.jobs.outputnames import SCRIPT
from patchkit.jobs.outputs import script_for
from patchkit.jobs.project import Project
from patchkit.model.entry import Entry, format_entry
from patchkit.model.numbered import NumberedFolder
from patchkit.model.origin import ORIGIN, Origin, format_origin, parse_origin
from patchkit.model.patchlist import PatchList
from patchkit.model.recipe import names_from, parse_recipe
from patchkit.model.rewording import brought_up_to_date, reworded
from patchkit.model.saying import names_in, said_in
from patchkit.model.series import Series, parse_series
from patchkit.model.shown import shown_name
from patchkit.model.specpatches import parse_spec
from patchkit.model.stack import Dialect, Layout, Stack
from patchkit.render.skeletons import recipe_with, spec_with
from patchkit.workspace.writing import (
    Output,
    WriteResult,
    edited_outputs,
    recover,
    write_outputs,
)


class Target(Enum):
    """What a stack can be converted to; the value is the word for it on the command line."""

    OPENEULER = "openeuler"
    QUILT = "quilt"
    DEBIAN = "debian"
    SUSE = "suse"
    YOCTO = "yocto"
    OPENWRT = "openwrt"
    RPM = "rpm"

    @property
    def dialect(self) -> Dialect:
        """The dialect: Debian's is quilt's, in a folder of its own."""
        return _DIALECTS[self]


_DIALECTS = {
    Target.OPENEULER: Dialect.SERIES_CONF,
    Target.QUILT: Dialect.QUILT,
    Target.DEBIAN: Dialect.QUILT,
    Target.SUSE: Dialect.SUSE,
    Target.YOCTO: Dialect.YOCTO,
    Target.OPENWRT: Dialect.OPENWRT,
    Target.RPM: Dialect.RPM,
}
_LAYOUTS = {
    Target.OPENEULER: Layout(Dialect.SERIES_CONF, "series.conf", "patches"),
    Target.QUILT: Layout(Dialect.QUILT, "patches/series", "patches"),
    Target.DEBIAN: Layout(Dialect.QUILT, "debian/patches/series", "debian/patches"),
    Target.SUSE: Layout(Dialect.SUSE, "series.conf", ""),
    Target.YOCTO: Layout(Dialect.YOCTO, "", "files"),
    Target.OPENWRT: Layout(Dialect.OPENWRT, "patches", "patches"),
    Target.RPM: Layout(Dialect.RPM, "", ""),
}


@dataclass(frozen=True, slots=True)
class Converted:
    """A patch of the new stack: its name now and before; whether its list names it."""

    name: str
    old_name: str
    is_listed: bool


@dataclass(frozen=True)
class ConvertPlan:
    """A converted stack that is not written yet; `notes` are sentences on what only
    `patchkit.origin` keeps."""

    before: Dialect
    layout: Layout
    folder: Path
    patches: tuple[Converted, ...]
    outputs: tuple[Output, ...]
    notes: tuple[str, ...]

    def write(self) -> WriteResult:
        """Write all of it or nothing.

        Raises `OutputError` when the folder cannot be written, or has other files of these names.
        """
        recover(self.folder)
        edited = edited_outputs(self.folder, self.outputs, {})
        if edited:
            raise OutputError(
                f"{self.folder}: there are other files already: "
                f"{', '.join(map(shown_name, edited))}.",
                "Choose another folder with --out.",
            )
        return write_outputs(self.folder, self.outputs)


@dataclass(frozen=True)
class _New:
    """A new list: where it stands, the names of the patches in it by the old ones, and what it
    leaves out."""

    layout: Layout
    series: PatchList
    names: Mapping[str, str]
    left_out: frozenset[str]
    origin: Origin | None


def target_of(project: Project, version: str, given: str | None) -> Target:
    """What to convert to: as given, else what the stack was converted from.

    Raises `StackError` where neither says.
    """
    if given is not None:
        return Target(given)
    folder = project.stack_folder(version)
    origin = _origin_of(folder)
    if origin is None:
        raise StackError(
            f"{folder}: no {ORIGIN} says what this stack was before.",
            f"Say with --to what it is to be: {', '.join(one.value for one in Target)}.",
        )
    if origin.layout.series.startswith("debian/"):
        return Target.DEBIAN
    return next(one for one in Target if one.dialect is origin.layout.dialect)


def plan_convert(project: Project, version: str, target: Target, out: Path) -> ConvertPlan:
    """Convert the project's stack for `version` into another dialect, for the folder `out`.

    A stack that was converted before goes back to the list that it came from, as
    `patchkit.origin` has it, with what was changed since. Raises `StackError` with the file and
    the line for what the other dialect cannot say, `SeriesFormatError` and `PatchFormatError` for
    bad input, `OutputError` where `out` is the stack itself.
    """
    folder = project.stack_folder(version)
    recover(folder)
    folder, stack = read_stack(project, version)
    if out.resolve() == folder.resolve():
        raise OutputError(f"{out}: is the stack itself.", "Choose another folder with --out.")
    origin = _origin_of(folder)
    files = _files_of(folder, stack, origin)
    if target.dialect is stack.layout.dialect:
        new = _moved(stack, target, origin)
    elif origin is not None and origin.layout.dialect is target.dialect:
        new = _restored(stack, origin, target, project, files)
    else:
        new = _made(stack, target, project, version)
    outputs = _outputs(project, new, files)
    return ConvertPlan(
        before=stack.layout.dialect,
        layout=new.layout,
        folder=out,
        patches=tuple(Converted(new.names[name], name, name not in new.left_out) for name in files),
        outputs=outputs,
        notes=(*stack.warnings, *_notes(stack, new)),
    )


def _origin_of(folder: Path) -> Origin | None:
    place = folder / ORIGIN
    if not place.is_file():
        return None
    return parse_origin(place.read_bytes(), str(place))


def _files_of(folder: Path, stack: Stack, origin: Origin | None) -> dict[str, bytes]:
    """Every patch file by name, in the order of the list; then those that it cannot list."""
    there = {**{one.name: one.patch.raw for one in stack.patches}, **dict(stack.guarded)}
    files = {entry.name: there[entry.name] for entry in stack.series.entries if entry.name in there}
    for name, _ in origin.left_out if origin else ():
        place = folder / stack.layout.held_place_of(name)
        if name not in files and place.is_file():
            files[name] = place.read_bytes()
    return files


def _moved(stack: Stack, target: Target, origin: Origin | None) -> _New:
    """The same list in the same dialect, byte for byte."""
    is_debian = stack.layout.series.startswith("debian/")
    keeps = target not in (Target.QUILT, Target.DEBIAN) or is_debian is (target is Target.DEBIAN)
    layout = stack.layout if keeps else _LAYOUTS[target]
    left_out = frozenset(name for name, _ in origin.left_out) if origin else frozenset[str]()
    names = {entry.name: entry.name for entry in stack.series.entries}
    names |= {name: name for name in left_out}
    return _New(layout, stack.series, names, left_out, origin)


def _restored(
    stack: Stack, origin: Origin, target: Target, project: Project, files: Mapping[str, bytes]
) -> _New:
    """The list that the stack was converted from, with what was changed since."""
    old_names = dict((*origin.names, *origin.left_out))
    entries = [replace(entry, strip=_level(entry, project)) for entry in stack.series.entries]
    unknown = [entry.name for entry in entries if entry.name not in old_names]
    old_names |= names_in(target.dialect, unknown) if target is not Target.OPENWRT else {}
    now = [replace(entry, name=old_names.get(entry.name, entry.name)) for entry in entries]
    kept = [old for new, old in origin.left_out if new in files]
    series = brought_up_to_date(
        origin.listed(), now, kept=kept, through=stack.layout.dialect,
        flags=project.settings.flags, strip=project.settings.strip,
    )  # fmt: skip
    names = {name: old_names.get(name, name) for name in files}
    return _New(origin.layout, series, names, frozenset(), None)


def _made(stack: Stack, target: Target, project: Project, version: str) -> _New:
    """A new list in another dialect."""
    dialect, flags = target.dialect, project.settings.flags
    places = {entry.name: number for number, entry in stack.series.numbered}
    said: dict[str, Entry | None] = {}
    for entry in stack.series.entries:
        try:
            said[entry.name] = said_in(dialect, replace(entry, strip=_level(entry, project)), flags)
        except StackError as error:
            place = f"{stack.layout.series}:{places[entry.name]}"
            raise StackError(f"{place}: {error.message}", *error.hints) from error
    listed = [name for name, one in said.items() if one is not None]
    names = {**{name: name for name in said}, **names_in(dialect, listed)}
    entries = [replace(one, name=names[old]) for old, one in said.items() if one is not None]
    left_out = frozenset(said) - frozenset(listed)
    layout, series = _listed(stack, target, entries, said, names, project, version)
    origin = Origin(
        stack.layout, stack.series.raw,
        tuple((names[name], name) for name in said if name not in left_out),
        tuple((names[name], name) for name in said if name in left_out),
    )  # fmt: skip
    return _New(layout, series, names, left_out, origin)


def _listed(
    stack: Stack, target: Target, entries: list[Entry], said: Mapping[str, Entry | None],
    names: Mapping[str, str], project: Project, version: str,
) -> tuple[Layout, PatchList]:  # fmt: skip
    layout = _LAYOUTS[target]
    match target.dialect:
        case Dialect.OPENWRT:
            return layout, NumberedFolder(tuple(entry.name for entry in entries))
        case Dialect.YOCTO:
            place = f"{project.package}_%.bbappend"
            raw = recipe_with(entries, layout.patches)
            return replace(layout, series=place), parse_recipe(raw, place, names_from(place))
        case Dialect.RPM:
            place = f"{project.package}.spec"
            known = (version, *project.versions(), "0")
            raw = spec_with(entries, project.package, next(filter(None, known)))
            return replace(layout, series=place), parse_spec(raw, place)
    if isinstance(stack.series, Series):
        renamed = {
            old: None if one is None else replace(one, name=names[old]) for old, one in said.items()
        }
        return layout, reworded(stack.series, target.dialect, renamed, stack.layout.series)
    raw = b"".join(map(format_entry, entries))
    series = parse_series(raw, layout.series)
    if series.entries != tuple(entries):
        raise StackError("A name of a patch cannot stand in a series file.", "Rename the patch.")
    return layout, series


def _level(entry: Entry, project: Project) -> int | None:
    """The strip level of a patch; None where it is 1."""
    level = project.settings.strip if entry.strip is None else entry.strip
    return None if level == 1 else level


def _outputs(project: Project, new: _New, files: Mapping[str, bytes]) -> tuple[Output, ...]:
    layout = new.layout
    outputs = [Output(layout.series, new.series.raw)] if layout.has_file else []
    for name, raw in files.items():
        place = layout.held_place_of if name in new.left_out else layout.place_of
        outputs.append(Output(place(new.names[name]), raw))
    if layout.has_script:
        outputs.append(Output(SCRIPT, script_for(project, layout), 0o755))
    if new.origin is not None:
        outputs.append(Output(ORIGIN, format_origin(new.origin)))
    return tuple(outputs)


def _notes(stack: Stack, new: _New) -> list[str]:
    """What the new list does not say."""
    if new.origin is None or stack.layout.dialect is new.layout.dialect:
        return []
    notes = [
        f"{shown_name(name)}: not applied, so it is not in the new list."
        for name in sorted(new.left_out)
    ]
    has_guards = [one.name for one in stack.series.entries if one.guards]
    if has_guards and not any(one.guards for one in new.series.entries):
        notes.append(f"The guards of {len(has_guards)} patches are in {ORIGIN} only.")
    if not isinstance(stack.series, Series) and stack.layout.has_file:
        notes.append(f"The text of {stack.layout.series} is in {ORIGIN} only.")
    elif stack.series.notes and not isinstance(new.series, Series):
        notes.append(f"The comments of {stack.layout.series} are in {ORIGIN} only.")
    return notes
