"""Finds in a shell script what breaks elsewhere or goes wrong unseen (pure).

What only bash knows is what POSIX ("Shell Command Language") does not have and dash refuses or
reads otherwise; `local` is let pass, since every shell that is called `sh` has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from patchkit.syntax.parsing import Language, parse

if TYPE_CHECKING:
    from tree_sitter import Node

_SET_E = re.compile(rb"(?m)^[ \t]*set[ \t]+(?:-[a-z]*e[a-z]*|-o[ \t]+errexit)\b|^#!\S+[ \t]+-\w*e")
_TESTS_STATUS = re.compile(rb"\$\?")
_COMMANDS = (
    "source",
    "pushd",
    "popd",
    "let",
    "declare",
    "typeset",
    "shopt",
    "mapfile",
    "readarray",
)
_NODES = {
    "process_substitution": "<(…)",
    "herestring_redirect": "<<<",
    "array": "an array",
    "subscript": "an array",
    "ansi_c_string": "$'…'",
    "translated_string": '$"…"',
    "brace_expression": "{a..b}",
    "c_style_for_statement": "for ((…))",
}
_EXPANSION = rb"^\$\{!?\w+(?:\[[^\]]*\])?(?:/|:[ \d]|\^|,|@\w)|^\$\{!\w"
_BY_TEXT = {
    "test_command": (
        (re.compile(rb"^\[\["), "[[ … ]]"),
        (re.compile(rb"^\(\("), "((…))"),
        (re.compile(rb"\s==\s"), "== in [ … ]"),
    ),
    "compound_statement": ((re.compile(rb"^\(\("), "((…))"),),
    "function_definition": ((re.compile(rb"^function\b"), "the word function"),),
    "declaration_command": (
        (re.compile(rb"^declare\b"), "declare"),
        (re.compile(rb"^typeset\b"), "typeset"),
        (re.compile(rb"^local\s+-"), "local with an option"),
    ),
    "file_redirect": ((re.compile(rb"^(?:&>|>&\s*[^\s\d-])"), "&>"),),
    "expansion": ((re.compile(_EXPANSION), "${…} as only bash has it"),),
    "simple_expansion": (
        (re.compile(rb"^\$(?:RANDOM|BASH_\w+|FUNCNAME|PIPESTATUS|SECONDS)$"), "a variable of bash"),
    ),
}


@dataclass(frozen=True, slots=True)
class Bashism:
    """Something that only bash knows, at a line from 1."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class ReadLoop:
    """A loop over the lines of a file, at a line from 1. `keeps_last`: a last line without an end
    is read, too."""

    line: int
    keeps_last: bool


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """A command at a line from 1: its words as they are written. `is_checked`: its failure decides
    something, or ends the script."""

    line: int
    words: tuple[str, ...]
    is_checked: bool


@dataclass(frozen=True, slots=True)
class ShellScript:
    """What was found in a script."""

    bashisms: tuple[Bashism, ...]
    loops: tuple[ReadLoop, ...]
    commands: tuple[ShellCommand, ...]


def read_script(content: bytes) -> ShellScript | None:
    """Look through a script; None where the grammar of the shell is not installed."""
    tree = parse(Language.SHELL, content)
    if tree is None:
        return None
    ends_at_failure = _SET_E.search(content) is not None
    tests_status = _TESTS_STATUS.search(content) is not None
    bashisms: dict[tuple[int, str], Bashism] = {}
    loops: list[ReadLoop] = []
    commands: list[ShellCommand] = []
    for node in _nodes(tree.root_node):
        line = node.start_point[0] + 1
        if (what := _bashism(node)) is not None:
            bashisms.setdefault((line, what), Bashism(line, what))
        if node.type == "while_statement" and (loop := _read_loop(node)) is not None:
            loops.append(loop)
        elif node.type == "command":
            is_checked = ends_at_failure or tests_status or _decides(node)
            commands.append(ShellCommand(line, _words(node), is_checked))
    return ShellScript(tuple(bashisms.values()), tuple(loops), tuple(commands))


def _nodes(node: Node) -> Iterator[Node]:
    todo = [node]
    while todo:
        at = todo.pop()
        yield at
        todo.extend(reversed(at.children))


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "surrogateescape")


def _words(command: Node) -> tuple[str, ...]:
    return tuple(
        _text(child)
        for child in command.named_children
        if "redirect" not in child.type and child.type != "variable_assignment"
    )


def _bashism(node: Node) -> str | None:
    text = node.text or b""
    if node.type in _NODES:
        return _NODES[node.type]
    told = _BY_TEXT.get(node.type)
    if told is not None:
        return next((what for pattern, what in told if pattern.search(text)), None)
    if node.type == "command":
        return _bash_command(_words(node))
    if node.type == "pipeline" and any(child.type == "|&" for child in node.children):
        return "|&"
    if node.type == "variable_assignment" and any(child.type == "+=" for child in node.children):
        return "+="
    return None


def _bash_command(words: tuple[str, ...]) -> str | None:
    if words == ("read",):
        return "read without a name"
    return words[0] if words and words[0] in _COMMANDS else None


def _read_loop(loop: Node) -> ReadLoop | None:
    asked = [one for node in loop.children_by_field_name("condition") for one in _nodes(node)]
    if not any(one.type == "command" and _words(one)[:1] == ("read",) for one in asked):
        return None
    return ReadLoop(loop.start_point[0] + 1, any(one.type == "||" for one in asked))


def _decides(command: Node) -> bool:
    """Whether something is done when the command fails."""
    at: Node = command
    while (above := at.parent) is not None:
        if above.type == "list":
            operators = [child.type for child in above.children if child.start_byte >= at.end_byte]
            if "||" in operators:
                return True
        elif above.type in ("if_statement", "elif_clause", "while_statement"):
            conditions = above.children_by_field_name("condition")
            if any(one.start_byte <= at.start_byte < one.end_byte for one in conditions):
                return True
            if above.type == "if_statement" and above.named_children[0] == at:
                return True
        elif above.type in ("function_definition", "program"):
            return False
        at = above
    return False
