"""A fleet and what became of it as JSON, and back: `fleet.json`, schema `patchkit-fleet/1` (face
floor).

Described in `docs/reference/fleet.md` and, for programs, in `fleet.schema.json` beside this module.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from patchkit.model.fleet import Ending, FleetPackage, FleetReport, Limits, PackageOutcome
from patchkit.model.report import HeldCause, Status
from patchkit.render.jsonreading import Node, parse_json

FLEET_SCHEMA = "patchkit-fleet/1"
OUTCOME_SCHEMA = "patchkit-fleet-package/1"


def fleet_document(report: FleetReport) -> dict[str, Any]:
    """The whole report for programs."""
    return {
        "schema": FLEET_SCHEMA,
        "fleet": report.name,
        "notes": list(report.notes),
        "summary": {
            "packages": len(report.outcomes),
            "kept": len(report.kept),
            "endings": {ending.value: count for ending, count in report.counts.items()},
            "patches": {status.value: count for status, count in report.patches.items()},
            "causes": [
                {
                    "cause": one.cause.value,
                    "packages": one.packages,
                    "alone": one.alone,
                    "regions": one.regions,
                }
                for one in report.causes
            ],
        },
        "packages": [
            {**outcome_document(one), "kept": one.name in report.kept} for one in report.outcomes
        ],
    }


def fleet_json(report: FleetReport) -> bytes:
    """`fleet.json`: the report with a line for each package."""
    document = fleet_document(report)
    packages = document.pop("packages")
    head = json.dumps(document, indent=1).removesuffix("\n}")
    lines = ",\n".join(f"  {json.dumps(one)}" for one in packages)
    return f'{head},\n "packages": [\n{lines}\n ]\n}}\n'.encode()


def outcome_document(outcome: PackageOutcome) -> dict[str, Any]:
    """What became of one package."""
    return {
        "name": outcome.name,
        "ending": outcome.ending.value,
        "from": outcome.old,
        "to": outcome.new,
        "message": outcome.message,
        "identity": outcome.identity,
        "limit_seconds": outcome.limits.seconds,
        "limit_memory": outcome.limits.memory,
        "seconds": outcome.seconds,
        "memory": outcome.memory,
        "patches": {status.value: count for status, count in outcome.patches.items()},
        "held_regions": outcome.held,
        "causes": {cause.value: count for cause, count in outcome.causes.items()},
    }


def outcome_json(outcome: PackageOutcome) -> bytes:
    """The record by which a later run knows that a package is finished."""
    document = {"schema": OUTCOME_SCHEMA, **outcome_document(outcome)}
    return json.dumps(document, indent=1).encode() + b"\n"


def load_outcome(raw: bytes, source: str) -> PackageOutcome:
    """The outcome in such a record. Raises `PatchkitError` when it is not understood."""
    node = parse_json(raw, source)
    if node.at("schema").value != OUTCOME_SCHEMA:
        raise node.at("schema").unlike(OUTCOME_SCHEMA)
    return _outcome(node)


def read_outcome(document: Mapping[str, Any]) -> PackageOutcome:
    """What `outcome_document` made a document of."""
    return _outcome(Node(document, "outcome"))


def _outcome(node: Node) -> PackageOutcome:
    return PackageOutcome(
        name=node.at("name").name(),
        ending=node.at("ending").word(Ending),
        old=node.at("from").name(),
        new=node.at("to").name(),
        message=node.at("message").name(),
        identity=node.at("identity").name(),
        limits=Limits(
            node.at("limit_seconds").optional(Node.number),
            node.at("limit_memory").optional(Node.number),
        ),
        seconds=node.at("seconds").decimal(),
        memory=node.at("memory").number(),
        patches=dict(_counts(node.at("patches"), Status)),
        held=node.at("held_regions").number(),
        causes=dict(_counts(node.at("causes"), HeldCause)),
    )


def _counts(node: Node, words: type[Any]) -> list[tuple[Any, int]]:
    if not isinstance(node.value, dict):
        raise node.unlike("an object")
    return [
        (Node(key, node.source, node.where).word(words), node.at(key).number())
        for key in node.value
    ]


def package_document(package: FleetPackage) -> dict[str, Any]:
    """What is asked for, to hand it to another process."""
    return asdict(package)


def read_package(document: Mapping[str, Any]) -> FleetPackage:
    """What `package_document` made a document of."""
    return FleetPackage(**{**document, "limits": Limits(**document["limits"])})
