"""A converted stack as plain data for programs (face floor)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from patchkit.model.stack import Dialect, Layout
from patchkit.render.jsontext import json_name

CONVERSION_SCHEMA = "patchkit-convert/1"


def conversion_document(
    *,
    before: Dialect,
    layout: Layout,
    patches: Iterable[tuple[str, str, bool]],
    files: Sequence[str],
    notes: Sequence[str],
) -> Mapping[str, Any]:
    """What was converted: `convert.schema.json` beside this module describes it.

    `patches` have the name now, the name before, and whether the new list names them.
    """
    return {
        "schema": CONVERSION_SCHEMA,
        "from": before.value,
        "to": layout.dialect.value,
        "list": json_name(layout.series) if layout.has_file else None,
        "notes": [json_name(note) for note in notes],
        "patches": [
            {"name": json_name(new), "was": json_name(old), "is_listed": is_listed}
            for new, old, is_listed in patches
        ],
        "files": [json_name(path) for path in files],
    }
