"""The report as SARIF 2.1.0, for code scanning and editors: `report.sarif` (face floor).

Every held region is a result at its file and line in the new tree; what follows from another one is
a note. What was settled, absorbed or followed is a note, too, for the review. Nothing depends on
the time or the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import quote_from_bytes

from patchkit.engine.deciding import question_of
from patchkit.engine.rules import RULES
from patchkit.model.report import (
    AMENDMENT,
    RESOLUTION,
    PortedFile,
    PortedPatch,
    Region,
    RegionRef,
    Report,
    Settled,
    Status,
)
from patchkit.model.resolutions import Provenance, Resolution, Side, identity_of
from patchkit.model.shown import shown_line, shown_name, shown_text
from patchkit.render.causes import CAUSE_HELP
from patchkit.render.sariftext import sarif_document, sarif_message, sarif_rule
from patchkit.render.text import (
    STATUS_SENTENCES,
    followed_evidence,
    told_hunks,
    told_reference,
    verdict,
)

_Places: TypeAlias = Mapping[RegionRef, Mapping[str, Any]]
_FINGERPRINT = "patchkitRegion/v1"
_ROOT = "SRCROOT"
_OLD_ROOT = "OLDROOT"
_ROOTS = {
    _ROOT: "The source tree of the new upstream with the ported patches applied.",
    _OLD_ROOT: "The source tree of the old upstream, for files that the new one has not.",
}
_SNIPPET_LINES = 60


def report_sarif(report: Report) -> bytes:
    """The bytes of `report.sarif`: UTF-8, indented by two, with a final newline."""
    places = _places(report)
    results = [result for patch in report.patches for result in _results(patch, places)]
    rules = _rules(result.rule for result in results)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    name = "/".join(map(shown_name, ("patchkit", report.package)))
    versions = f"{shown_name(report.old_version)}..{shown_name(report.new_version)}"
    return sarif_document(
        f"{name}/{versions}", rules, _ROOTS, [one.document(numbers[one.rule]) for one in results]
    )


@dataclass(frozen=True, slots=True)
class _Result:
    rule: str
    level: str
    message: str
    patch: PortedPatch
    location: Mapping[str, Any] | None = None
    related: tuple[Mapping[str, Any], ...] = ()
    identity: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)

    def document(self, number: int) -> dict[str, Any]:
        named = {"name": shown_name(self.patch.name), "kind": "resource"}
        place = {**(self.location or {}), "logicalLocations": [named]}
        document: dict[str, Any] = {
            "ruleId": self.rule,
            "ruleIndex": number,
            "level": self.level,
            "message": {"text": sarif_message(self.message)},
            "locations": [place],
        }
        if self.related:
            document["relatedLocations"] = list(self.related)
        if self.identity is not None:
            document["partialFingerprints"] = {_FINGERPRINT: self.identity}
        status = self.patch.status.value
        properties = {"patch": shown_name(self.patch.name), "status": status, **self.properties}
        return {**document, "properties": properties}


def _results(patch: PortedPatch, held: _Places) -> Iterator[_Result]:
    for file in patch.files:
        for region in file.regions:
            yield _of_region(region, file, patch, held)
        if file.followed is not None:
            yield _followed(file, patch)
    if patch.status is Status.ABSORBED:
        yield from _absorbed(patch)
    if patch.status.needs_person and not patch.held:
        # Nothing else in the document would say that it is left to a person.
        places = [_place(file) for file in patch.files[:1]]
        message = _sentences(f"{patch.name}:", STATUS_SENTENCES[patch.status], *patch.notes)
        rule = f"status/{patch.status.value}"
        yield _Result(rule, "error", message, patch, places[0] if places else None)


def _of_region(region: Region, file: PortedFile, patch: PortedPatch, held: _Places) -> _Result:
    settlement = region.settlement
    about = f"{patch.name}: region {region.number}, {told_hunks(region.hunks)},"
    told = [about, f"{verdict(settlement)}.", settlement.note]
    properties = {"region": region.number, "hunks": list(region.hunks)}
    place = _place(file, region)
    if isinstance(settlement, Settled):
        rule = f"settled/{shown_name(settlement.rule)}"
        return _Result(rule, "note", _sentences(*told), patch, place, properties=properties)
    related: tuple[Mapping[str, Any], ...] = ()
    level = "error"
    if settlement.consequence_of is not None:
        level = "note"
        cause = settlement.consequence_of
        told.append(f"It is a consequence of {told_reference(cause)}.")
        if cause in held:
            said = {"message": {"text": sarif_message(told_reference(cause))}}
            related = ({"id": 1, **held[cause], **said},)
    if settlement.made_by is not None:
        commit = settlement.made_by
        told.append(f'Made by upstream: {commit.identity[:12]} "{commit.subject}".')
    if settlement.suggestion is not None:
        told.append(f"The rule {settlement.suggestion.rule} has a suggestion.")
    return _Result(
        f"held/{settlement.cause.value}", level, _sentences(*told), patch, place, related,
        _identity(region, file), properties,
    )  # fmt: skip


def _followed(file: PortedFile, patch: PortedPatch) -> _Result:
    assert file.followed is not None
    old = "(no file)" if file.old_path is None else _shown_path(file.old_path)
    message = _sentences(f"{patch.name}: followed from {old}:", followed_evidence(file.followed))
    return _Result("followed", "note", f"{message}.", patch, _place(file))


def _absorbed(patch: PortedPatch) -> Iterator[_Result]:
    message = _sentences(f"{patch.name}:", STATUS_SENTENCES[patch.status], *patch.notes)
    places = [_place(file) for file in patch.files if None not in (file.old_path, file.new_path)]
    for place in places or [None]:
        yield _Result("absorbed", "note", message, patch, place)


def _identity(region: Region, file: PortedFile) -> str | None:
    """What a recorded resolution of the region is called: it stays while the question does."""
    question = question_of(region, file)
    if question is None:
        return None
    return identity_of(Resolution(question, Side.OURS, Provenance("", ())))


def _places(report: Report) -> _Places:
    """Where every held region is, by each of its names."""
    return {
        RegionRef(patch.name, path, region.number): place
        for patch, file, region in report.held_regions()
        for path in (file.old_path, file.new_path)
        if path is not None and (place := _place(file, region)) is not None
    }


def _place(file: PortedFile, region: Region | None = None) -> Mapping[str, Any] | None:
    """Where it is in the new tree, or in the old one where the new one has no such file."""
    path, root = file.new_path, _ROOT
    span = None if region is None else region.ours
    if path is None:
        path, root = file.old_path, _OLD_ROOT
        span = None if region is None else region.base
    if path is None:
        return None
    physical: dict[str, Any] = {
        "artifactLocation": {"uri": quote_from_bytes(path, safe="/"), "uriBaseId": root}
    }
    if span is not None:
        start = max(1, span.start)
        physical["region"] = {"startLine": start, "endLine": start + max(0, len(span.lines) - 1)}
        if 0 < len(span.lines) <= _SNIPPET_LINES:
            text = "\n".join(map(shown_line, span.lines))
            physical["region"]["snippet"] = {"text": text}
    return {"physicalLocation": physical}


def _rules(used: Iterable[str]) -> list[dict[str, Any]]:
    """All causes and rules, used or not, so that their numbers stay; then what else was used."""
    rules = {
        f"held/{cause.value}": sarif_rule(f"held/{cause.value}", told.what, told.advice, "error")
        for cause, told in CAUSE_HELP.items()
    }
    review = "Review the result; decide otherwise with `patchkit resolve` or `patchkit learn`."
    notes = {f"settled/{rule.name}": rule.note for rule in RULES}
    notes[f"settled/{RESOLUTION}"] = "A recorded resolution answered the region."
    notes[f"settled/{AMENDMENT}"] = "A recorded amendment changed what the patch brings."
    notes["followed"] = STATUS_SENTENCES[Status.FOLLOWED]
    notes["absorbed"] = "Upstream has this in another form; the patch is dropped."
    for name, note in notes.items():
        rules[name] = sarif_rule(name, note, review, "note")
    for name in used:
        if name.startswith("status/"):
            sentence = STATUS_SENTENCES[Status(name.removeprefix("status/"))]
            rules[name] = sarif_rule(name, sentence, "Port what is left by hand.", "error")
        elif name not in rules:
            rules[name] = sarif_rule(
                name, "A rule that this patchkit does not know.", review, "note"
            )
    return list(rules.values())


def _shown_path(path: bytes) -> str:
    return shown_name(path.decode("utf-8", "surrogateescape"))


def _sentences(*parts: str) -> str:
    return " ".join(shown_text(part) for part in parts if part)
