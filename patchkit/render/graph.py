"""Dependencies between patches as text, as a document, and as graphs in DOT and Mermaid (face
floor).

In the graphs an arrow leads from a patch to one that it needs; a dashed one where only their order
matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from patchkit.model.dependencies import Bond, Dependencies
from patchkit.model.shown import shown_name, shown_path
from patchkit.render.jsontext import json_name
from patchkit.render.stackjson import reasons_document
from patchkit.render.summary import counted

DEPENDENCIES_SCHEMA = "patchkit-deps/1"
_MOST_FILES = 3
_MOST_NAMED = 5


def dependencies_text(found: Dependencies, asked: Sequence[str]) -> str:
    """The patches that were asked about, each with what it is bound to and what follows."""
    parts = [_patch(found, name) for name in asked]
    parts.append([_figures(found)])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def dependencies_document(
    found: Dependencies, asked: Sequence[str], warnings: Sequence[str] = ()
) -> Mapping[str, Any]:
    """The same as plain data: `deps.schema.json` beside this module describes it."""
    return {
        "schema": DEPENDENCIES_SCHEMA,
        "warnings": [json_name(warning) for warning in warnings],
        "patches": [_patch_document(found, name) for name in asked],
    }


def dependencies_dot(found: Dependencies) -> str:
    """A graph for Graphviz."""
    lines = ["digraph patches {", "  rankdir=BT;", "  node [shape=box];"]
    lines += [f"  {_dot_name(name)};" for name in found.patches]
    for one in found.bonds:
        style = "" if one.is_need else ", style=dashed"
        label = ", ".join(kind.value for kind in one.kinds)
        lines.append(f'  {_dot_name(one.patch)} -> {_dot_name(one.to)} [label="{label}"{style}];')
    return "\n".join([*lines, "}"]) + "\n"


def dependencies_mermaid(found: Dependencies) -> str:
    """A graph for Mermaid, as Markdown of GitHub and GitLab draws it."""
    nodes = {name: f"p{number}" for number, name in enumerate(found.patches, 1)}
    lines = ["graph BT"]
    lines += [f'  {node}["{_mermaid_name(name)}"]' for name, node in nodes.items()]
    for one in found.bonds:
        label = ", ".join(kind.value for kind in one.kinds)
        arrow = "-->" if one.is_need else "-.->"
        lines.append(f"  {nodes[one.patch]} {arrow}|{label}| {nodes[one.to]}")
    return "\n".join(lines) + "\n"


def _patch(found: Dependencies, name: str) -> list[str]:
    lines = [shown_name(name)]
    if name in found.unplaced:
        lines.append("  does not apply to its own version: what follows is not all")
    lines += [f"  needs {_other(one.to, one)}" for one in found.needs(name)]
    lines += [f"  needed by {_other(one.patch, one)}" for one in found.needed_by(name)]
    lines += [f"  stays behind {_other(one.to, one)}" for one in found.stays_behind(name)]
    return [*lines, *(f"  {text}" for text in _what_follows(found, name))]


def told_bonds(found: Dependencies, name: str) -> Iterator[str]:
    """A line for what the patch needs, and one for what needs it, as far as there is any."""
    for what, names in (
        ("Needs", [one.to for one in found.needs(name)]),
        ("Needed by", [one.patch for one in found.needed_by(name)]),
    ):
        more = len(names) - _MOST_NAMED
        others = f" and {counted(more, 'other', 'others')}" if more > 0 else ""
        if names:
            yield f"{what}: {', '.join(map(shown_name, names[:_MOST_NAMED]))}{others}."


def _other(name: str, one: Bond) -> str:
    return f"{shown_name(name)} ({why_bound(one)})"


def why_bound(one: Bond) -> str:
    """The kinds of a bond and its files."""
    files = [shown_path(file) for file in one.files[:_MOST_FILES]]
    more = len(one.files) - _MOST_FILES
    told = ", ".join(files) + (f" and {counted(more, 'more', 'more')}" if more > 0 else "")
    return f"{', '.join(kind.value for kind in one.kinds)}: {told}"


def _what_follows(found: Dependencies, name: str) -> Iterator[str]:
    others = len(found.with_dependents([name])) - 1
    if others:
        yield f"dropped, it takes {counted(others, 'patch', 'patches')} with it"
    else:
        yield "can be dropped alone"
    needed = len(found.with_needs([name])) - 1
    if needed:
        yield f"ported alone, it takes {counted(needed, 'patch', 'patches')} with it"
    else:
        yield "can be ported alone"
    yield f"can be moved {_where(found, name)}"


def _where(found: Dependencies, name: str) -> str:
    last, first = found.last_before(name), found.first_behind(name)
    match last, first:
        case None, None:
            return "anywhere"
        case str(), None:
            return f"anywhere behind {shown_name(last)}"
        case None, str():
            return f"anywhere before {shown_name(first)}"
        case _:
            return f"anywhere between {shown_name(last or '')} and {shown_name(first or '')}"


def _figures(found: Dependencies) -> str:
    needs = sum(one.is_need for one in found.bonds)
    free = sum(not found.needs(name) and not found.needed_by(name) for name in found.patches)
    told = f"{counted(len(found.patches), 'patch', 'patches')}, {counted(needs, 'need', 'needs')}"
    return f"{told}; {free} neither need one nor are needed."


def _patch_document(found: Dependencies, name: str) -> Mapping[str, Any]:
    return {
        "name": json_name(name),
        "is_known_whole": name not in found.unplaced,
        "needs": _bonds(found.needs(name), [one.to for one in found.needs(name)]),
        "needed_by": _bonds(found.needed_by(name), [one.patch for one in found.needed_by(name)]),
        "stays_behind": _bonds(
            found.stays_behind(name), [one.to for one in found.stays_behind(name)]
        ),
        "ported_with": _names(one for one in found.with_needs([name]) if one != name),
        "dropped_with": _names(one for one in found.with_dependents([name]) if one != name),
        "last_before": _name(found.last_before(name)),
        "first_behind": _name(found.first_behind(name)),
    }


def _bonds(bonds: Sequence[Bond], names: Sequence[str]) -> list[Mapping[str, Any]]:
    return [
        {
            "patch": json_name(name),
            "reasons": reasons_document(one.reasons),
        }
        for one, name in zip(bonds, names, strict=True)
    ]


def _names(names: Iterable[str]) -> list[Any]:
    return [json_name(name) for name in names]


def _name(name: str | None) -> Any:
    return None if name is None else json_name(name)


def _dot_name(name: str) -> str:
    quoted = shown_name(name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


def _mermaid_name(name: str) -> str:
    """The name with the entity codes that Mermaid reads for what would end or shape the text."""
    return "".join(
        char if char.isalnum() or char in " ._-+/," else f"#{ord(char)};"
        for char in shown_name(name)
    )
