"""The report as JSON, and back: `report.json`, schema `patchkit-report/1` (face floor).

Described in `docs/reference/report-json.md` and, for programs, in `report.schema.json` beside
this module. Nothing of it depends on the time or the machine: the same report gives the same
bytes. Text that is not UTF-8 stands as `{"base64": "..."}`, so that nothing is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from patchkit.model.patch import LineKind
from patchkit.model.report import (
    EvidenceLine,
    Followed,
    FollowKind,
    Held,
    HeldCause,
    PortedFile,
    PortedPatch,
    Region,
    RegionRef,
    Report,
    Settled,
    Settlement,
    Span,
    Status,
    Suggestion,
    UpstreamCommit,
)
from patchkit.render.jsonreading import Node
from patchkit.render.jsontext import json_name, json_text
from patchkit.render.jsonwriting import indented_json
from patchkit.render.recorded import REPORT_SCHEMA, report_node
from patchkit.render.siblingsjson import (
    read_sibling_report,
    sibling_report,
    siblings_document,
)
from patchkit.render.stackjson import (
    comparison_document,
    dependencies_document,
    read_comparison,
    read_dependencies,
)


class _EvidenceWord(Enum):
    ADDED = "added"
    REMOVED = "removed"


_EVIDENCE_OF = {_EvidenceWord.ADDED: LineKind.ADDED, _EvidenceWord.REMOVED: LineKind.REMOVED}
_EVIDENCE_KINDS = {kind: word.value for word, kind in _EVIDENCE_OF.items()}


def report_json(report: Report, outputs: Mapping[str, str]) -> bytes:
    """The bytes of `report.json`: UTF-8, indented by two, with a final newline.

    `outputs` are the other files that were written, by path relative to the folder of the report,
    with their SHA-256 in hexadecimal.
    """
    # One section, and one patch, at a time: a long report is not in memory three times over.
    parts = [b"{"]
    for key, value in _sections(report, outputs):
        parts += _member(key, value)
        parts.append(b",")
    parts[-1] = b"\n}\n"
    return b"".join(parts)


def _member(key: str, value: Any) -> Iterator[bytes]:
    """A member of the outermost object, as `json.dumps` indents it, in pieces."""
    yield b"\n  " + json.dumps(key).encode() + b": "
    if not isinstance(value, Iterator):
        yield indented_json(value, "  ").encode()
        return
    before = b"[\n    "
    for item in value:
        yield before
        yield indented_json(item, "    ").encode()
        before = b",\n    "
    yield b"[]" if before.startswith(b"[") else b"\n  ]"


def report_document(report: Report, outputs: Mapping[str, str]) -> dict[str, Any]:
    """The report as plain data, in the order in which it is written."""
    return {
        key: list(value) if isinstance(value, Iterator) else value
        for key, value in _sections(report, outputs)
    }


def _sections(report: Report, outputs: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The members of the report; of patches there may be many, so they come one by one."""
    yield from {
        "schema": REPORT_SCHEMA,
        "from": json_name(report.old_version),
        "to": json_name(report.new_version),
        "package": json_name(report.package),
        "upstream": {"source": json_name(report.upstream), "note": json_name(report.upstream_note)},
        "summary": {
            "patches": len(report.patches),
            "counts": {status.value: count for status, count in report.counts.items()},
            "causes": report.causes,
            "held_regions": report.held,
            "exit_code": report.exit_code,
        },
    }.items()
    yield "patches", map(_patch, report.patches)
    yield from {
        "guarded": [json_name(name) for name in report.guarded],
        "warnings": [json_name(warning) for warning in report.warnings],
        "dependencies": report.dependencies and dependencies_document(report.dependencies),
        "comparison": report.comparison and comparison_document(report.comparison),
        "siblings": [sibling_report(one, _commit) for one in report.siblings],
        "outputs": [
            {"path": json_name(path), "sha256": digest} for path, digest in sorted(outputs.items())
        ],
    }.items()


def siblings_json_document(report: Report) -> dict[str, Any]:
    """What the siblings did, as plain data of its own: `patchkit-siblings-report/1`."""
    return siblings_document(report, _commit)


def load_report(raw: bytes, source: str = "report.json") -> Report:
    """The report that was written to these bytes; `source` names them in messages.

    `load_report(report_json(r, o)) == r`. Keys that are not known are passed over. Raises
    `PatchkitError` for another schema, and for what does not have its shape.
    """
    document = report_node(raw, source)
    upstream = document.at("upstream")
    patches = tuple(map(_read_patch, document.at("patches").items()))
    names = tuple(patch.name for patch in patches)
    return Report(
        package=document.at("package").name(),
        old_version=document.at("from").name(),
        new_version=document.at("to").name(),
        upstream=upstream.at("source").name(),
        upstream_note=upstream.at("note").name(),
        patches=patches,
        guarded=tuple(name.name() for name in document.at("guarded").items()),
        warnings=tuple(warning.name() for warning in document.at("warnings").items()),
        dependencies=document.optional_at(
            "dependencies", lambda node: read_dependencies(node, names)
        ),
        comparison=document.optional_at("comparison", read_comparison),
        siblings=tuple(
            read_sibling_report(one, _read_commit) for one in document.items_at("siblings")
        ),
    )


# --- writing ----------------------------------------------------------------------------


def _path(path: bytes | None) -> Any:
    return None if path is None else json_text(path)


def _patch(patch: PortedPatch) -> dict[str, Any]:
    return {
        "name": json_name(patch.name),
        "status": patch.status.value,
        "notes": [json_name(note) for note in patch.notes],
        "files": [_file(file) for file in patch.files],
        "commits": [_commit(commit) for commit in patch.commits],
        "content": _path(patch.content),
        "head": json_text(patch.head) if patch.head else None,
    }


def _file(file: PortedFile) -> dict[str, Any]:
    followed = file.followed
    return {
        "old_path": _path(file.old_path),
        "new_path": _path(file.new_path),
        "status": file.status.value,
        "hunks": file.hunks,
        "carried": file.carried,
        "followed": followed and {"kind": followed.kind.value, "similarity": followed.similarity},
        "regions": [_region(region) for region in file.regions],
        "evidence": [
            {
                "kind": _EVIDENCE_KINDS[line.kind],
                "line": json_text(line.content),
                "is_there": line.is_there,
            }
            for line in file.evidence
        ],
    }


def _commit(commit: UpstreamCommit) -> dict[str, Any]:
    return {
        "identity": json_name(commit.identity),
        "author": json_name(commit.author),
        "date": json_name(commit.date),
        "subject": json_name(commit.subject),
        "diff": json_text(commit.diff),
    }


def _region(region: Region) -> dict[str, Any]:
    return {
        "number": region.number,
        "hunks": list(region.hunks),
        "base": _span(region.base),
        "theirs": _span(region.theirs),
        "ours": _span(region.ours),
        "settlement": _settlement(region.settlement),
    }


def _span(span: Span) -> dict[str, Any]:
    return {"start": span.start, "lines": [json_text(line) for line in span.lines]}


def _settlement(settlement: Settlement) -> dict[str, Any]:
    match settlement:
        case Settled(rule, note, result):
            lines = None if result is None else [json_text(line) for line in result]
            return {"settled": {"rule": json_name(rule), "note": json_name(note), "result": lines}}
        case Held(cause, note, consequence_of, suggestion, made_by):
            ref = consequence_of and {
                "patch": json_name(consequence_of.patch),
                "file": json_text(consequence_of.file),
                "region": consequence_of.region,
            }
            return {
                "held": {
                    "cause": cause.value,
                    "note": json_name(note),
                    "consequence_of": ref,
                    "suggestion": suggestion
                    and {
                        "rule": json_name(suggestion.rule),
                        "note": json_name(suggestion.note),
                        "result": [json_text(line) for line in suggestion.result],
                    },
                    "made_by": made_by and _commit(made_by),
                }
            }


# --- reading ----------------------------------------------------------------------------


def _read_patch(node: Node) -> PortedPatch:
    return PortedPatch(
        name=node.at("name").name(),
        status=node.at("status").word(Status),
        files=tuple(map(_read_file, node.at("files").items())),
        content=node.at("content").optional(Node.text),
        notes=tuple(note.name() for note in node.at("notes").items()),
        commits=tuple(map(_read_commit, node.items_at("commits"))),
        head=node.optional_at("head", Node.text) or b"",
    )


def _read_commit(node: Node) -> UpstreamCommit:
    return UpstreamCommit(
        identity=node.at("identity").name(),
        author=node.at("author").name(),
        date=node.at("date").name(),
        subject=node.at("subject").name(),
        diff=node.at("diff").text(),
    )


def _read_file(node: Node) -> PortedFile:
    return PortedFile(
        old_path=node.at("old_path").optional(Node.text),
        new_path=node.at("new_path").optional(Node.text),
        status=node.at("status").word(Status),
        hunks=node.at("hunks").number(),
        carried=node.at("carried").number(),
        regions=tuple(map(_read_region, node.at("regions").items())),
        followed=node.at("followed").optional(_read_followed),
        evidence=tuple(map(_read_evidence, node.items_at("evidence"))),
    )


def _read_evidence(node: Node) -> EvidenceLine:
    word = node.at("kind").word(_EvidenceWord)
    return EvidenceLine(_EVIDENCE_OF[word], node.at("line").text(), node.at("is_there").is_true())


def _read_followed(node: Node) -> Followed:
    return Followed(node.at("kind").word(FollowKind), node.at("similarity").number())


def _read_region(node: Node) -> Region:
    return Region(
        number=node.at("number").number(),
        hunks=tuple(hunk.number() for hunk in node.at("hunks").items()),
        base=_read_span(node.at("base")),
        theirs=_read_span(node.at("theirs")),
        ours=_read_span(node.at("ours")),
        settlement=_read_settlement(node.at("settlement")),
    )


def _read_span(node: Node) -> Span:
    return Span(node.at("start").number(), _read_lines(node.at("lines")))


def _read_lines(node: Node) -> tuple[bytes, ...]:
    return tuple(line.text() for line in node.items())


def _read_settlement(node: Node) -> Settlement:
    if node.has("settled"):
        settled = node.at("settled")
        return Settled(
            settled.at("rule").name(),
            settled.at("note").name(),
            settled.optional_at("result", _read_lines),
        )
    held = node.at("held")
    return Held(
        cause=held.at("cause").word(HeldCause),
        note=held.at("note").name(),
        consequence_of=held.at("consequence_of").optional(_read_reference),
        suggestion=held.optional_at("suggestion", _read_suggestion),
        made_by=held.optional_at("made_by", _read_commit),
    )


def _read_suggestion(node: Node) -> Suggestion:
    return Suggestion(
        node.at("rule").name(), node.at("note").name(), _read_lines(node.at("result"))
    )


def _read_reference(node: Node) -> RegionRef:
    return RegionRef(node.at("patch").name(), node.at("file").text(), node.at("region").number())
