"""`patchkit doctor`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from patchkit.cli.command import Command
from patchkit.cli.options import output_options
from patchkit.cli.printing import print_json, print_text
from patchkit.jobs.doctor import Diagnosis, Kind, Part, State, diagnose
from patchkit.jobs.seenproject import SeenProject
from patchkit.model.shown import shown_text
from patchkit.render.jsontext import json_name

DOCTOR_SCHEMA = "patchkit-doctor/1"
_HEADINGS = {
    Kind.PYTHON: "Python",
    Kind.PROGRAM: "Programs",
    Kind.LIBRARY: "Libraries",
    Kind.FOLDER: "Folders",
}
_STATE_WIDTH, _NAME_WIDTH = 9, 30


@click.command("doctor", cls=Command, examples=("patchkit doctor", "patchkit doctor --json"))
@output_options
def command(as_json: bool, quiet: bool) -> int:
    """Say what patchkit runs with here, what is missing for which feature, and how to get it.

    Looks for the programs and libraries, asks them for their versions, and says what it sees of
    the project in the current folder. Ends with 0 when a port can be made, 2 when something that
    every port needs is missing; what only some features need does not count.
    """
    found = diagnose()
    if as_json:
        print_json(_document(found))
    elif not quiet:
        print_text("".join(f"{shown_text(line)}\n" for line in _lines(found)))
    return found.exit_code


def _lines(found: Diagnosis) -> Iterator[str]:
    """Made without rich: it must be readable where rich is what is missing."""
    yield f"patchkit {found.version}"
    for kind, heading in _HEADINGS.items():
        yield ""
        yield heading
        for part in _together([part for part in found.parts if part.kind is kind]):
            yield from _part_lines(part)
    yield ""
    yield "Project"
    yield from (f"  {line}" for line in _project_lines(found.project))
    yield ""
    yield from _verdict(found.lacking)


def _together(parts: Sequence[Part]) -> Iterator[Part]:
    """The parts, those in one that are as they should be, for the same, and say no version."""
    fine = [one for one in parts if one.state is State.OK and one.is_needed]
    plain = [one for one in fine if one.version is None]
    alike = [one for one in plain if one.features == plain[0].features]
    for part in parts:
        if part not in alike or len(alike) == 1:
            yield part
        elif part is alike[0]:
            yield replace(part, name=", ".join(one.name for one in alike))


def _part_lines(part: Part) -> Iterator[str]:
    version = "" if part.version is None else f" {part.version}"
    name = f"{part.name}{version}"
    margin = " " * (_STATE_WIDTH + 3)
    state = f"  {part.state.value:<{_STATE_WIDTH}}"
    if len(name) > _NAME_WIDTH:
        yield f"{state} {name}"
        yield f"{margin}{'':<{_NAME_WIDTH}} {_told(part)}"
    else:
        yield f"{state} {name:<{_NAME_WIDTH}} {_told(part)}"
    if part.state is not State.OK:
        if part.note:
            yield f"{margin}{part.note}"
        yield f"{margin}{part.remedy}"


def _told(part: Part) -> str:
    if part.kind in (Kind.PYTHON, Kind.FOLDER):
        return part.place or part.features
    is_old = part.state is State.OLD
    return f"{f'{part.least} is needed; ' if is_old else ''}{part.features}"


def _project_lines(seen: SeenProject | None) -> Iterator[str]:
    if seen is None:
        yield "none here: run patchkit in a packaging repository, where patchkit init sets it up"
        return
    yield f"settings  {seen.settings or 'none: patchkit init writes a patchkit.yaml'}"
    if seen.stack is not None:
        yield f"stack     {seen.stack}"
    if seen.series is not None:
        yield f"          {seen.patches} patches in {seen.series} ({seen.dialect})"
    if seen.version is not None:
        yield f"version   {seen.version.version} ({seen.version.place})"
    elif seen.versions:
        yield f"versions  {', '.join(seen.versions)} (the names of folders)"
    if seen.upstream is None:
        yield "upstream  not set: name it in patchkit.yaml, or give --upstream"
    else:
        yield f"upstream  {seen.upstream} ({seen.upstream_state.value})"
    if seen.problem:
        yield from f"problem   {seen.problem}".split("\n")


def _verdict(lacking: Iterable[Part]) -> Iterator[str]:
    needed = [part.name for part in lacking if part.is_needed]
    others = [part.name for part in lacking if not part.is_needed]
    if needed:
        yield f"No port can be made: {', '.join(needed)}."
    else:
        yield "A port has all that it needs."
    if others:
        yield f"Only for what is said above: {', '.join(others)}."


def _document(found: Diagnosis) -> Mapping[str, Any]:
    return {
        "schema": DOCTOR_SCHEMA,
        "patchkit": found.version,
        "works": found.exit_code == 0,
        "parts": [
            {
                "kind": part.kind.value,
                "name": json_name(part.name),
                "state": part.state.value,
                "needed": part.is_needed,
                "features": part.features,
                "version": part.version,
                "least": part.least,
                "place": None if part.place is None else json_name(part.place),
                "note": json_name(part.note),
                "remedy": json_name(part.remedy),
            }
            for part in found.parts
        ],
        "project": None if found.project is None else _project_document(found.project),
    }


def _project_document(seen: SeenProject) -> Mapping[str, Any]:
    return {
        "settings": None if seen.settings is None else json_name(str(seen.settings)),
        "stack": None if seen.stack is None else json_name(str(seen.stack)),
        "dialect": seen.dialect,
        "series": None if seen.series is None else json_name(seen.series),
        "patches": seen.patches,
        "versions": [json_name(one) for one in seen.versions],
        "version": None if seen.version is None else json_name(seen.version.version),
        "version_from": None if seen.version is None else json_name(seen.version.place),
        "upstream": None if seen.upstream is None else json_name(seen.upstream),
        "upstream_state": seen.upstream_state.value,
        "problem": json_name(seen.problem),
    }
