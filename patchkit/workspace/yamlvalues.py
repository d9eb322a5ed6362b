"""Reads YAML files; the only module that knows yaml (workspace floor).

A file is read as a tree of nodes and never turned into objects, so that every complaint can name
line and column, and no tag makes anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from patchkit.errors import SettingsError
from patchkit.model.shown import shown_name

_STRING = "tag:yaml.org,2002:str"
_NULL = "tag:yaml.org,2002:null"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Value:
    """A key or a value of a YAML file, with what a message about it needs."""

    path: Path
    key: str
    node: yaml.Node

    @property
    def line(self) -> int:
        """The line on which it begins, from 1."""
        return int(self.node.start_mark.line) + 1

    @property
    def is_mapping(self) -> bool:
        """Whether it is keys with values."""
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is given."""
        return bool(self.node.tag == _NULL)

    def error(self, problem: str, *hints: str) -> SettingsError:
        """What is to be raised about it, with file, line and column."""
        mark = self.node.start_mark
        place = f"{self.path}:{mark.line + 1}:{mark.column + 1}"
        return SettingsError(f"{place}: {shown_name(self.key)}: {problem}", *hints)

    def text(self) -> str:
        """A text on one line that is not empty."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error(
                "must be a text, not a list or a mapping.", "Quote a text that begins with { or [."
            )
        if self.is_empty:
            raise self.error("has no value.", "Give it one, or delete the line.")
        if self.node.tag != _STRING:
            raise self.error(
                f"must be a text, but YAML reads {shown_name(self.node.value)} as something else.",
                f'Write it as "{shown_name(self.node.value)}".',
            )
        text = str(self.node.value).strip()
        if not text or not text.isprintable():
            raise self.error("must be a text on one line.")
        return text


def read_yaml(path: Path) -> Value | None:
    """The whole of a YAML file; None where it is empty. Raises `SettingsError` when it cannot be
    read, is not UTF-8 or not YAML."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}.") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{path}:{line}: not UTF-8.", "Save the file as UTF-8.") from error
    root = _compose(path, text)
    return None if root is None or root.tag == _NULL else Value(path, "the file", root)


def _compose(path: Path, text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else f"{path}"
        raise SettingsError(
            f"{place}: not YAML: {error.problem or error.context}.",
            "Quote a text that holds one of : # { [ and indent by spaces.",
        ) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise SettingsError(
            f"{path}:{line}: not YAML: a control character.", "Delete it."
        ) from error
    except RecursionError as error:
        raise SettingsError(f"{path}: nested too deeply to be settings.") from error


def number(value: Value) -> int:
    """A whole number of at most three digits."""
    node = value.node
    if isinstance(node, yaml.ScalarNode) and node.style is None and _NUMBER.fullmatch(node.value):
        return int(node.value)
    raise value.error("must be a whole number, 0 or more.")


def pairs(value: Value) -> Iterator[tuple[Value, Value]]:
    """The keys of a mapping with their values, both under the key; also those given twice."""
    for key_node, value_node in value.node.value:
        is_text = isinstance(key_node, yaml.ScalarNode)
        key = str(key_node.value) if is_text else "a list or mapping"
        yield Value(value.path, key, key_node), Value(value.path, key, value_node)


def entries(value: Value) -> Iterator[Value]:
    """The values of a mapping, each under its own key."""
    if not value.is_mapping:
        raise value.error("must be keys with values.", "As in `architecture: {riscv64: [rv64]}`.")
    seen = set()
    for key_node, value_node in value.node.value:
        key = Value(value.path, value.key, key_node).text()
        if key in seen:
            raise Value(value.path, value.key, key_node).error(f"{key} is given twice.")
        seen.add(key)
        yield Value(value.path, key, value_node)


def items(value: Value | None, example: str = "[PK502, PK113 *.yaml]") -> list[Value]:
    """The values of a list; none where there is no list."""
    if value is None:
        return []
    if not value.is_list:
        raise value.error(f"must be a list, as in `{example}`.")
    return [Value(value.path, value.key, node) for node in value.node.value]
