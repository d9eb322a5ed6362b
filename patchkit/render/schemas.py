"""The JSON Schemas of what patchkit writes for programs, and of what people write for it (face
floor)."""

from __future__ import annotations

import json
from enum import Enum
from importlib import resources
from typing import Any

_PLACE = "patchkit.render"


class Schema(Enum):
    """A format that has a schema; the value begins the name of its file."""

    REPORT = "report"
    """patchkit-report/1: `report.json`."""
    DIFF = "diff"
    """patchkit-diff/1: `patchkit diff --json`."""
    DEPENDENCIES = "deps"
    """patchkit-deps/1: `patchkit deps --json`."""
    CONVERSION = "convert"
    """patchkit-convert/1: `patchkit convert --json`."""
    LINT = "lint"
    """patchkit-lint/1: `patchkit lint --json`."""
    FLEET = "fleet"
    """patchkit-fleet/1: `fleet.json`, and `patchkit fleet --json`."""
    SIBLINGS = "siblings"
    """patchkit-siblings-report/1: `patchkit siblings --json`, made from the report's."""

    SERIES = "series"
    """patchkit-series/1: `patchkit series … --json`."""
    BRANCH = "branch"
    """patchkit-branch/1: `patchkit branch --json`."""
    EXPORT = "export"
    """patchkit-export/1: `patchkit export --json`."""

    SETTINGS = "patchkit-yaml"
    """patchkit.yaml, format 1, for editors; in draft-07, the newest that all of them read."""

    def document(self) -> bytes:
        """The schema itself, as JSON."""
        if self is Schema.SIBLINGS:
            return json.dumps(_siblings(), ensure_ascii=False, indent=2).encode() + b"\n"
        return resources.files(_PLACE).joinpath(f"{self.value}.schema.json").read_bytes()


def _siblings() -> dict[str, Any]:
    """The part of the report's schema that is about siblings, as a document of its own."""
    report = json.loads(Schema.REPORT.document())
    name = "patchkit-siblings-report/1"
    kept = ("package", "from", "to", "siblings")
    properties = {
        "schema": {"description": "Name and version of this format.", "const": name},
        **{key: report["properties"][key] for key in kept},
    }
    return {
        "$schema": report["$schema"],
        "$id": "urn:patchkit:siblings-report:1",
        "title": name,
        "description": "What the siblings of a stack's variants did: patchkit siblings --json.",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        "$defs": _reached(properties, report["$defs"]),
    }


def _reached(part: object, definitions: dict[str, Any]) -> dict[str, Any]:
    """The definitions that a part of a schema refers to, directly or not, in their own order."""
    found: set[str] = set()
    todo = [part]
    while todo:
        at = todo.pop()
        if isinstance(at, dict):
            name = str(at.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                todo.append(definitions[name])
            todo.extend(at.values())
        elif isinstance(at, list):
            todo.extend(at)
    return {name: value for name, value in definitions.items() if name in found}
