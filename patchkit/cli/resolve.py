"""`patchkit resolve`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from patchkit.cli.command import Command
from patchkit.cli.completing import patches
from patchkit.cli.deciding import (
    Meant,
    counted,
    port_options,
    provenance,
    provenance_options,
    shown_command,
)
from patchkit.cli.editing import edit, remove
from patchkit.cli.interrupts import interrupts_waiting
from patchkit.cli.options import PLACE, output_options
from patchkit.cli.printing import page, print_json, sentences
from patchkit.errors import PatchkitError, ResolveError
from patchkit.jobs.lastport import LastPort
from patchkit.jobs.project import Project
from patchkit.jobs.resolving import (
    HeldRegion,
    Take,
    cause_of,
    editable,
    held_regions,
    read_edited,
    record_answers,
    select,
    taken,
)
from patchkit.model.resolutions import Answer
from patchkit.model.shown import shown_name, shown_path
from patchkit.render.jsontext import json_name, json_text

RESOLVE_SCHEMA = "patchkit-resolve/1"
_SUGGESTION = Take.SUGGESTION.value
_WORDS = tuple(take.value for take in Take)


@click.command(
    "resolve",
    cls=Command,
    examples=(
        "patchkit resolve",
        'patchkit resolve 0004 --take ours --why "Upstream has its own now."',
        "patchkit resolve --all --take suggestion",
    ),
)
@click.argument("name", required=False, metavar="[PATCH[:FILE[:REGION]]]", shell_complete=patches)
@click.option(
    "--take", metavar="WHAT",
    help="Record this, without an editor: ours, theirs, suggestion, or a file with the answer "
    "(- is standard input).",
)  # fmt: skip
@click.option("--write", type=PLACE, metavar="FILE", help="Only write the region out for editing.")
@click.option(
    "--all", "is_all", is_flag=True, help="Answer all that is named, or all that is held."
)
@provenance_options
@port_options
@output_options
def command(
    name: str | None, take: str | None, write: Path | None, is_all: bool, why: str,
    by: str | None, as_json: bool, quiet: bool, **meant: Any,
) -> int:  # fmt: skip
    """List what the last port holds, or record the answer to it for the next one.

    Alone it lists the held regions, each with the command that settles it, and ends with 1 while
    some have no answer. With a PATCH (its name, or the beginning of it) it opens what is held of
    it in your editor. What is recorded stands beside the stack, and the next rebase goes by it.
    """
    options = Meant(**meant)
    project, port = options.port()
    held = held_regions(port)
    if name is None and not is_all:
        if take is not None or write is not None:
            raise click.UsageError("Name a patch, or say --all.", click.get_current_context())
        return _list(held, options, port, as_json=as_json, quiet=quiet)
    chosen = held if name is None else select(name, held, port.report.patches)
    if write is not None:
        _write_out(_only(chosen, "--write"), write, port)
        if not quiet:
            _say(f"Edit {write}, then: {_command(options, chosen[0], '--take', str(write))}")
        return 0
    decided = provenance(why, by, port.resolutions_place.parent)
    identities: list[str] = []
    answered: list[HeldRegion] = []
    for answers in _answers(chosen, take, port, options, is_all=is_all):
        with interrupts_waiting():
            identities += record_answers(
                port, answers, by=decided.by, on=decided.on, why=decided.why
            )
        answered += [one for one, _ in answers]
    if as_json:
        print_json(_recorded_document(answered, identities))
    elif not quiet:
        _print_recorded(answered, identities, project, port, options)
    return 0


def _answers(
    chosen: Sequence[HeldRegion], take: str | None, port: LastPort, options: Meant, *, is_all: bool
) -> Iterator[list[tuple[HeldRegion, Answer]]]:
    """The answers to record, in the portions in which they are given."""
    if take is None:
        several = len(chosen) > 1
        for one in chosen:
            if not (several and one.decided is not None):
                yield [(one, _edited(one, port, options))]
    elif take not in _WORDS:
        one = _only(chosen, "--take FILE")
        yield [(one, _answer_in(one, take, port))]
    else:
        if not is_all:
            _only(chosen, "--take without --all")
        word = Take(take)
        yield [(one, answer) for one in chosen for answer in _taken(one, word, port, is_all)]


def _taken(one: HeldRegion, take: Take, port: LastPort, is_all: bool) -> Iterator[Answer]:
    """One of the three; with `--all`, what has an answer or cannot have one is passed over."""
    is_passed = one.decided is not None or not one.is_answerable
    if is_all and (is_passed or (take is Take.SUGGESTION and one.held.suggestion is None)):
        return
    yield taken(one, take, port)


def _answer_in(one: HeldRegion, take: str, port: LastPort) -> Answer:
    if take == "-":
        return read_edited(one, sys.stdin.buffer.read(), port, "standard input")
    place = Path(take)
    if not place.is_file():
        raise ResolveError(
            f"{take}: no such file.", "Take ours, theirs, suggestion, or a file with the answer."
        )
    return read_edited(one, place.read_bytes(), port, take)


def _edited(one: HeldRegion, port: LastPort, options: Meant) -> Answer:
    place = edit(editable(one, port), os.fsdecode(one.path))
    try:
        answer = read_edited(one, place.read_bytes(), port, str(place))
    except PatchkitError as error:
        raise ResolveError(
            error.message,
            *error.hints,
            f"Your text is still there. Mend it, then: "
            f"{_command(options, one, '--take', str(place))}",
        ) from error
    remove(place)
    return answer


def _only(chosen: Sequence[HeldRegion], what: str) -> HeldRegion:
    if len(chosen) > 1:
        names = [one.name for one in chosen]
        raise ResolveError(
            f"{what} is for one region, but {len(chosen)} are named.",
            *(f"patchkit resolve {shown_name(name)}" for name in names[:5]),
            "Name one of them; --all takes ours, theirs or suggestion for all.",
        )
    return chosen[0]


def _write_out(one: HeldRegion, place: Path, port: LastPort) -> None:
    if place.exists():
        raise ResolveError(f"{place}: is there already.", "Choose another file.")
    place.write_bytes(editable(one, port))


def _command(options: Meant, one: HeldRegion, *words: str) -> str:
    return shown_command("resolve", one.name, *words, *options.words())


def _say(*texts: str) -> None:
    with page() as console:
        sentences(console, *texts)


def _list(
    held: Sequence[HeldRegion], options: Meant, port: LastPort, *, as_json: bool, quiet: bool
) -> int:
    open_ones = [one for one in held if one.decided is None]
    if as_json:
        print_json(_listing_document(held, port))
    elif not quiet:
        texts = [
            text for number, one in enumerate(held, 1) for text in _told(number, one, held, options)
        ]
        old, new = port.versions
        count = f"{counted(len(held), 'held region')}, {len(held) - len(open_ones)} with an answer"
        _say(*texts, f"{count}, in the port from {old} to {new}: {port.folder}.")
    return int(bool(open_ones))


def _told(
    number: int, one: HeldRegion, held: Sequence[HeldRegion], options: Meant
) -> Iterator[str]:
    where = f"{shown_path(one.path)}:{one.region.ours.start}"
    yield f"{number}. {shown_name(one.patch)}, {where}: {one.held.cause.value}"
    yield f"   {one.held.note}"
    cause = cause_of(one, held)
    if cause is not None:
        yield f"   Follows from {held.index(cause) + 1}: settle that first."
    if one.decided is not None:
        yield "   Has an answer: the next rebase goes by it."
        return
    if one.held.suggestion is not None:
        yield f"   The rule {one.held.suggestion.rule} suggests an answer."
    take = ("--take", _SUGGESTION) if one.held.suggestion is not None else ()
    if not one.is_answerable:
        yield "   No answer can help: mend the patch in the stack that is ported."
        return
    if not one.is_lines:
        take = ("--take", "ours")
    yield f"   {_command(options, one, *take)}"


def _print_recorded(
    answered: Sequence[HeldRegion], identities: Sequence[str], project: Project, port: LastPort,
    options: Meant,
) -> None:  # fmt: skip
    texts = [f"{identity}: {one.name}" for one, identity in zip(answered, identities, strict=True)]
    if not answered:
        _say("Nothing was recorded: nothing here is open to that answer.")
        return
    rest = [one for one in held_regions(port) if one.decided is None]
    _say(
        *texts,
        f"Recorded in {port.resolutions_place}.",
        f"Left without an answer: {counted(len(rest), 'region')} (patchkit resolve lists them)."
        if rest
        else "",
        f"Next: {shown_command('rebase', *options.options(project, port))}"
        f"{'' if project.settings.upstream else ' --upstream …'}",
    )


def _listing_document(held: Sequence[HeldRegion], port: LastPort) -> Mapping[str, Any]:
    return {
        "schema": RESOLVE_SCHEMA,
        "from": json_name(port.report.old_version),
        "to": json_name(port.report.new_version),
        "regions": [_region_document(one, held) for one in held],
    }


def _region_document(one: HeldRegion, held: Sequence[HeldRegion]) -> Mapping[str, Any]:
    cause = cause_of(one, held)
    suggested = one.held.suggestion
    return {
        "name": json_name(one.name),
        "patch": json_name(one.patch),
        "file": json_text(one.path),
        "region": one.region.number,
        "line": one.region.ours.start,
        "cause": one.held.cause.value,
        "note": json_name(one.held.note),
        "consequence_of": None if cause is None else json_name(cause.name),
        "suggestion": None if suggested is None else suggested.rule,
        "answered": one.decided is not None,
    }


def _recorded_document(
    answered: Sequence[HeldRegion], identities: Sequence[str]
) -> Mapping[str, Any]:
    return {
        "schema": RESOLVE_SCHEMA,
        "recorded": [
            {"name": json_name(one.name), "identity": identity}
            for one, identity in zip(answered, identities, strict=True)
        ],
    }
