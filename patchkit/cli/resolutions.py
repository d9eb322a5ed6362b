"""`patchkit resolutions`: list, forget, import-rerere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from patchkit.cli.command import Group
from patchkit.cli.completing import decisions, folders
from patchkit.cli.deciding import (
    Meant,
    counted,
    files_of,
    kind_of,
    port_options,
    provenance,
    provenance_options,
    resolutions_option,
)
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import PLACE, at_option, output_options, stack_option
from patchkit.cli.printing import page, patch_table, print_json, sentences
from patchkit.jobs.importing import Imported, import_rerere
from patchkit.jobs.project import find_project, stack_version
from patchkit.jobs.resolving import forget_decisions
from patchkit.model.resolutions import Record, Resolutions
from patchkit.model.shown import shown_name, shown_path
from patchkit.render.jsontext import json_name, json_text
from patchkit.workspace.beside import resolutions_place
from patchkit.workspace.resolutions import load_resolutions

LIST_SCHEMA = "patchkit-decisions/1"
FORGET_SCHEMA = "patchkit-forget/1"
IMPORT_SCHEMA = "patchkit-import/1"
_MOST_WORDS = 8


@click.group(
    "resolutions",
    cls=Group,
    examples=("patchkit resolutions list",),
)
def command() -> None:
    """List, forget or import what was decided about a stack."""


@command.command("list", examples=("patchkit resolutions list",))
@stack_option
@at_option
@resolutions_option
@output_options
def list_command(
    stack: Path | None, at: str | None, resolutions: Path | None, as_json: bool, quiet: bool
) -> int:
    """List the recorded decisions: resolutions of held regions, and amendments."""
    place = _place(stack, at, resolutions)
    found = load_resolutions(place)
    if as_json:
        print_json(
            {"schema": LIST_SCHEMA, "decisions": [_record_document(one) for one in found.records]}
        )
    elif not quiet:
        _print_list(found, place)
    return 0


@command.command("forget", examples=("patchkit resolutions forget 1f0c2ab94d7e",))
@click.argument("identities", nargs=-1, required=True, metavar="ID...", shell_complete=decisions)
@stack_option
@at_option
@resolutions_option
@output_options
def forget_command(
    identities: tuple[str, ...], stack: Path | None, at: str | None, resolutions: Path | None,
    as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Take decisions out of the record, by their identities or the beginnings of these."""
    place = _place(stack, at, resolutions)
    with interrupts_waiting():
        found = forget_decisions(place, identities)
    if as_json:
        print_json({"schema": FORGET_SCHEMA, "forgotten": list(found)})
    elif not quiet:
        with page() as console:
            sentences(console, f"Forgotten in {place}: {', '.join(found)}.")
    return 0


@command.command("import-rerere", examples=("patchkit resolutions import-rerere ../upstream",))
@click.argument("place", type=PLACE, metavar="DIR", shell_complete=folders)
@provenance_options
@port_options
@output_options
def import_command(
    place: Path, why: str, by: str | None, as_json: bool, quiet: bool, **meant: Any
) -> int:
    """Record the answers that git rerere knows, in the repository DIR, to what the last port holds.

    A held region and a conflict of git's are the same where their two sides are.
    """
    _, port = Meant(**meant).port()
    decided = provenance(why, by, port.resolutions_place.parent)
    with interrupts_waiting():
        found = import_rerere(place, port, by=decided.by, on=decided.on, why=why)
    if as_json:
        print_json(_import_document(found))
    elif not quiet:
        with page() as console:
            names = zip(found.identities, found.matched, strict=True)
            sentences(console, *(f"{identity}: {one.name}" for identity, one in names))
            sentences(console, *_import_told(found, port.resolutions_place))
    return 0


def _place(stack: Path | None, at: str | None, resolutions: Path | None) -> Path:
    if resolutions is not None:
        return resolutions
    project = find_project(stack)
    settings = project.settings
    if settings.path is not None:  # one file for the stacks of all versions
        return resolutions_place(settings, settings.path.parent)
    return resolutions_place(settings, project.stack_folder(stack_version(project, at)))


def _print_list(found: Resolutions, place: Path) -> None:
    table = patch_table("identity", "kind", "patch", "file", "versions", "by", "on", "why")
    for record in found.records:
        decision = record.decision
        provenance = decision.provenance
        words = provenance.why.split()
        table.add_row(
            record.identity,
            kind_of(decision),
            shown_name(provenance.patch),
            ", ".join(map(shown_path, files_of(decision))),
            shown_name(", ".join(f"{old} -> {new}" for old, new in provenance.ports)),
            shown_name(provenance.by),
            shown_name(provenance.on),
            shown_name(" ".join(words[:_MOST_WORDS]) + (" …" if words[_MOST_WORDS:] else "")),
        )
    with page() as console:
        if found.records:
            console.print(table)
        sentences(console, f"{counted(len(found.records), 'decision')} in {place}.")


def _record_document(record: Record) -> Mapping[str, Any]:
    provenance = record.decision.provenance
    return {
        "identity": record.identity,
        "kind": kind_of(record.decision),
        "patch": json_name(provenance.patch),
        "files": list(map(json_text, files_of(record.decision))),
        "versions": [[json_name(old), json_name(new)] for old, new in provenance.ports],
        "by": json_name(provenance.by),
        "on": json_name(provenance.on),
        "used": json_name(provenance.used),
        "why": json_name(provenance.why),
    }


def _import_told(found: Imported, place: Path) -> list[str]:
    texts = [
        f"Held regions that git has an answer to: {len(found.matched)}, of "
        f"{counted(found.conflicts, 'answer')} in its cache."
    ]
    if found.unclear:
        texts.append(f"Conflicts in the cache without a clear answer: {found.unclear}.")
    texts += [f"{one.name}: git has several answers; none was taken." for one in found.doubtful]
    texts.append(f"Recorded in {place}." if found.matched else "Nothing was recorded.")
    return texts


def _import_document(found: Imported) -> Mapping[str, Any]:
    return {
        "schema": IMPORT_SCHEMA,
        "recorded": [
            {"name": json_name(one.name), "identity": identity}
            for one, identity in zip(found.matched, found.identities, strict=True)
        ],
        "conflicts": found.conflicts,
        "unclear": found.unclear,
        "doubtful": [json_name(one.name) for one in found.doubtful],
    }
