"""What is fuzzed: each target takes bytes, and fails by anything but a `PatchkitError`.

Besides, each has laws of its own: what was read is written back byte for byte, what an edit made is
read again as what was meant. atheris watches time and memory.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from patchkit.diffing.messages import message_of, with_message, with_note
from patchkit.diffing.unified import format_patch, parse_patch
from patchkit.errors import PatchkitError, StackError
from patchkit.model.entry import Entry
from patchkit.model.ignores import parse_ignores
from patchkit.model.numbered import NumberedFolder, is_plain_name, sorted_names
from patchkit.model.patchlist import PatchList
from patchkit.model.recipe import parse_recipe
from patchkit.model.resolutions import parse_resolutions
from patchkit.model.series import decode_name, parse_series
from patchkit.model.specpatches import parse_spec
from patchkit.render.fleetjson import load_outcome, outcome_json
from patchkit.render.json import load_report, report_json
from patchkit.render.junit import report_junit
from patchkit.render.markdown import report_markdown
from patchkit.render.recorded import recorded_outputs
from patchkit.render.text import report_text
from patchkit.workspace.fleet import load_fleet
from patchkit.workspace.settings import SETTINGS_FILE, load_settings
from tests.fuzz.applying import applies_and_ports
from tests.fuzz.packaging import linted

_BY_NUMBER = re.compile(rb"%\{?(?:patch\d*\b|PATCH\d|P:)")
_ALL = re.compile(rb"%\{?(?:auto(?:setup|patch)|patches)\b")

Target = Callable[[bytes], None]


def _patch(raw: bytes) -> None:
    patch = parse_patch("x.patch", raw)
    assert raw == patch.raw == format_patch(patch)
    for part in patch.files:
        for hunk in part.hunks:
            assert (hunk.old_count, hunk.new_count) == (len(hunk.old), len(hunk.new))
    message = message_of(patch.prologue, "x.patch")
    for prologue in (
        with_message(patch.prologue, "x.patch", message),
        with_note(patch.prologue, b"a note"),
    ):
        again = parse_patch("x.patch", prologue + raw[len(patch.prologue) :])
        assert [one.hunks for one in again.files] == [one.hunks for one in patch.files]


_NEW = Entry("zz-new.patch")


def _edits(parse: Callable[[bytes], PatchList], raw: bytes) -> None:
    """Every edit of a list gives what was asked for, or says that it cannot."""
    patches = parse(raw)
    assert raw == patches.raw
    _edit_everywhere(patches, parse)


def _edit_everywhere(patches: PatchList, parse: Callable[[bytes], PatchList] | None = None) -> None:
    names = [entry.name for entry in patches.entries]
    assert [entry for _, entry in patches.numbered] == list(patches.entries)
    is_plain = len({*names, _NEW.name}) > len(names)
    for at, entry in enumerate(patches.entries[:4]):
        before, behind = names[:at], names[at + 1 :]
        inserted = [*before, entry.name, _NEW.name, *behind]
        edits: Sequence[tuple[PatchList | None, list[str]]] = (
            (_edited(patches.removed, entry.name), [*before, *behind]),
            (_edited(patches.commented_out, entry.name, "why"), [*before, *behind]),
            (_edited(patches.renamed, entry.name, _NEW.name), [*before, _NEW.name, *behind]),
            (_edited(patches.inserted_after, entry.name, _NEW), inserted),
        )
        for edited, expected in edits:
            if edited is None or not is_plain:
                continue
            found = [one.name for one in edited.entries]
            # In a spec what is not applied stands behind what is, wherever it is declared. One that
            # applies some by number and then all can be built by nobody.
            is_free = (entry.is_switched_off or _applies_twice(patches)) and expected is inserted
            assert found == expected or (is_free and sorted(found) == sorted(expected))
            if parse is not None:
                assert parse(edited.raw).entries == edited.entries
    longer = _edited(patches.inserted_after, None, _NEW)
    assert longer is None or _NEW.name in [entry.name for entry in longer.entries]


def _applies_twice(patches: PatchList) -> bool:
    """Whether this is a spec in which some patches are applied by number, and all of them."""
    return bool(_BY_NUMBER.search(patches.raw) and _ALL.search(patches.raw))


def _edited(edit: Callable[..., PatchList], *values: object) -> PatchList | None:
    """What an edit gives; None where it is refused."""
    try:
        return edit(*values)
    except StackError:
        return None


def _series(raw: bytes) -> None:
    _edits(parse_series, raw)


def _recipe(raw: bytes) -> None:
    _edits(lambda one: parse_recipe(one, "x_1.0.bb", {"PN": "x", "PV": "1.0"}), raw)


def _spec(raw: bytes) -> None:
    numbers = [one.number for one in parse_spec(raw, "x.spec").reading.declared]
    # One number in two branches of a condition: the list has the patch of the last one.
    if len(set(numbers)) == len(numbers):
        _edits(lambda one: parse_spec(one, "x.spec"), raw)


def _numbered(raw: bytes) -> None:
    names = dict.fromkeys(map(decode_name, raw.split(b"\n")))
    plain = [name for name in names if name and is_plain_name(name) and "/" not in name]
    _edit_everywhere(NumberedFolder(sorted_names(plain)))


def _report(raw: bytes) -> None:
    report = load_report(raw)
    outputs = recorded_outputs(raw)
    written = report_json(report, outputs)
    assert report == load_report(written)
    assert outputs == recorded_outputs(written)
    report_text(report)
    report_markdown(report)
    report_junit(report)


def _outcome(raw: bytes) -> None:
    outcome = load_outcome(raw, "outcome.json")
    assert outcome == load_outcome(outcome_json(outcome), "outcome.json")


def _resolutions(raw: bytes) -> None:
    resolutions = parse_resolutions(raw)
    assert raw in (resolutions.raw, b"")
    for record in resolutions.records[:4]:
        again = parse_resolutions(resolutions.with_decision(record.decision).raw)
        assert record.decision in [one.decision for one in again.records]
        left = parse_resolutions(resolutions.without(record.identity).raw)
        assert record.identity not in [one.identity for one in left.records]


def _ignores(raw: bytes) -> None:
    ignores = parse_ignores(raw)
    for entry in ignores.entries[:4]:
        again = ignores.added(entry)
        assert again == parse_ignores(again.raw)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """In memory where there is such a place; it lives as long as the process."""
    shared = Path("/dev/shm")
    return tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None)


def _settings(raw: bytes) -> None:
    place = Path(_folder().name, SETTINGS_FILE)
    place.write_bytes(raw)
    load_settings(place)


def _fleet(raw: bytes) -> None:
    place = Path(_folder().name, "FLEET.yaml")
    place.write_bytes(raw)
    load_fleet(place)


TARGETS: Mapping[str, Target] = {
    "patch": _patch,
    "port": applies_and_ports,
    "series": _series,
    "recipe": _recipe,
    "spec": _spec,
    "numbered": _numbered,
    "report": _report,
    "outcome": _outcome,
    "resolutions": _resolutions,
    "ignores": _ignores,
    "settings": _settings,
    "fleet": _fleet,
    "lint": linted,
}
"""By name, as the command line knows them."""


def run_target(name: str, raw: bytes) -> None:
    """Give one input to a target. A `PatchkitError` is an answer, if its message is one line."""
    try:
        TARGETS[name](raw)
    except PatchkitError as error:
        message = error.message
    else:
        return
    assert "\n" not in message, message
