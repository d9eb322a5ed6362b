"""What every SARIF 2.1.0 document of patchkit shares (face floor)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from patchkit import __version__

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LINK = re.compile(r"\[(?=[^\]]*\]\()")
_PLACEHOLDER = re.compile(r"\{(\d+)\}")


def sarif_document(
    identity: str,
    rules: Sequence[Mapping[str, Any]],
    roots: Mapping[str, str],
    results: Sequence[Mapping[str, Any]],
) -> bytes:
    """The bytes of a document with one run: UTF-8, indented by two, with a final newline.

    `roots` says of each base of the URIs what it is.
    """
    run = {
        "tool": {"driver": {"name": "patchkit", "semanticVersion": __version__, "rules": rules}},
        "automationDetails": {"id": identity},
        "originalUriBaseIds": {
            root: {"description": {"text": text}} for root, text in roots.items()
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def sarif_rule(name: str, what: str, advice: str, level: str) -> dict[str, Any]:
    """A rule of the tool."""
    return {
        "id": name,
        "shortDescription": {"text": what},
        "fullDescription": {"text": f"{what} {advice}"},
        "help": {"text": advice},
        "defaultConfiguration": {"level": level},
    }


def sarif_message(text: str) -> str:
    """Text in which a viewer sees neither a link nor a placeholder."""
    return _PLACEHOLDER.sub(r"{{\1}}", _LINK.sub(r"\\[", text))
