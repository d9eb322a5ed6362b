"""The page of the library's front door, made from the code: `python -m tests.release.api`.

`docs/reference/api.md` is what this prints, so that no name and no signature changes unnoticed.
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import functools
import inspect
import itertools
import re
import sys
import textwrap
import typing
from collections.abc import Callable, Iterator

import patchkit

_WIDTH = 78
_HEAD = """\
# The library's front door

Each name is imported as in `from patchkit import plan_rebase`. What may change about them, and
when, is in [stability](stability.md). Parameters after `*` are given by name. This page is made by
`python -m tests.release.api > docs/reference/api.md`; a test holds it to the code.
"""


def api_page() -> str:
    """The whole page."""
    names = sorted(patchkit.__all__)
    named = [(name, getattr(patchkit, name)) for name in names]
    functions = [(name, one) for name, one in named if inspect.isfunction(one)]
    classes = [one for _, one in named if inspect.isclass(one)]
    given = sorted(_given_by([one for _, one in functions], classes), key=lambda one: one.__name__)
    parts = [_HEAD, "## Functions\n"]
    parts += [_section(name, _call(name, one), one) for name, one in functions]
    parts.append("## Classes\n")
    parts += [_section(one.__name__, _members(one), one) for one in classes]
    parts.append("## What the functions give\n")
    parts += [_section(one.__name__, _members(one), one) for one in given]
    return "\n".join(parts)


def _section(name: str, lines: list[str], documented: object) -> str:
    parts = [f"### {name}\n", f"{_told(documented)}\n"]
    if lines:
        parts.append("\n".join(("```text", *lines, "```", "")))
    members = _documented_members(documented) if inspect.isclass(documented) else []
    if members:
        parts.append("\n".join((*members, "")))
    return "\n".join(parts)


def _told(documented: object) -> str:
    """The docstring; what is indented in it becomes a fence."""
    paragraphs = (inspect.getdoc(documented) or "").split("\n\n")
    return "\n\n".join(
        f"```text\n{textwrap.dedent(one)}\n```" if one.startswith("    ") else one
        for one in paragraphs
    )


def _documented_members(one: type) -> list[str]:
    """A line for each public member that has words of its own."""
    lines = []
    for name, words in _words_of_attributes(one).items():
        lines.append(f"- `{name}`: {words}")
    for name, member in vars(one).items():
        is_value = isinstance(member, property | functools.cached_property)
        given = _getter(member) if is_value else getattr(member, "__func__", member)
        if not name.startswith("_") and inspect.isfunction(given) and given.__doc__:
            call = "" if is_value else "()"
            lines.append(f"- `{name}{call}`: {_in_a_line(inspect.getdoc(given))}")
    return lines


def _getter(member: property | functools.cached_property[object]) -> Callable[..., object]:
    found = member.func if isinstance(member, functools.cached_property) else member.fget
    assert found is not None
    return found


def _words_of_attributes(one: type) -> dict[str, str]:
    """What stands as a string below an attribute in the class's source."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(one))).body
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for before, after in itertools.pairwise(tree.body):
        target: ast.expr | None = None
        if isinstance(before, ast.AnnAssign):
            target = before.target
        elif isinstance(before, ast.Assign):
            target = before.targets[0]
        if isinstance(target, ast.Name) and not target.id.startswith("_") and _is_text(after):
            found[target.id] = _in_a_line(ast.literal_eval(ast.unparse(after)))
    return found


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _in_a_line(words: str | None) -> str:
    return " ".join((words or "").partition("\n\n")[0].split())


def _call(name: str, function: object) -> list[str]:
    """The signature, a parameter a line where it is long."""
    line = f"{name}{_signature(function)}"
    if len(line) <= _WIDTH:
        return [line]
    inside, _, back = line.removeprefix(f"{name}(").rpartition(")")
    parameters = re.split(r", (?=\w+:|\*)", inside)
    return [f"{name}(", *(f"    {one}," for one in parameters), f"){back}"]


def _signature(function: object) -> str:
    """Parameters, kinds, defaults and annotations, as they are written."""
    told = inspect.signature(function)  # type: ignore[arg-type]  # functions only
    parts = []
    star = False
    for one in told.parameters.values():
        if one.kind is one.KEYWORD_ONLY and not star:
            star = True
            parts.append("*")
        default = "" if one.default is one.empty else f" = {_default(one.default)}"
        mark = "*" if one.kind is one.VAR_POSITIONAL else ""
        star = star or bool(mark)
        parts.append(f"{mark}{one.name}: {one.annotation}{default}")
    back = "" if told.return_annotation is told.empty else f" -> {told.return_annotation}"
    return f"({', '.join(part for part in parts if not part.startswith('self:'))}){back}"


def _default(value: object) -> str:
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if value is None or isinstance(value, bool | int | str | tuple):
        return repr(value)
    return "…"


def _members(one: type) -> list[str]:
    """The public attributes and methods that a class has of its own."""
    if issubclass(one, enum.Enum):
        return [f"{member.name} = {member.value!r}" for member in one]
    fields = dataclasses.fields(one) if dataclasses.is_dataclass(one) else ()
    lines = [f"{field.name}: {field.type}" for field in fields if not field.name.startswith("_")]
    for name, member in vars(one).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property | functools.cached_property):
            lines.append(f"{name}: {inspect.signature(_getter(member)).return_annotation}")
        elif isinstance(member, classmethod | staticmethod):
            lines.append(f"{name}{_signature(member.__func__)}")
        elif inspect.isfunction(member):
            lines.append(f"{name}{_signature(member)}")
    return lines


def _given_by(functions: list[object], known: list[type]) -> set[type]:
    """The classes of patchkit that the functions return, that have no public name."""
    found: set[type] = set()
    for function in functions:
        names = vars(sys.modules[function.__module__])
        hint = str(inspect.signature(function).return_annotation)  # type: ignore[arg-type]  # functions only
        for one in _classes_in(eval(hint, dict(names))):  # noqa: S307  # an annotation of ours
            if one.__module__.startswith("patchkit.") and one not in known:
                found.add(one)
    return found


def _classes_in(hint: object) -> Iterator[type]:
    if inspect.isclass(hint) and not typing.get_args(hint):
        yield hint
    for argument in typing.get_args(hint):
        yield from _classes_in(argument)


if __name__ == "__main__":
    sys.stdout.write(api_page())
