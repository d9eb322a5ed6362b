"""Reads `patchkit.yaml`, format version 1; the only module that knows yaml.

Workspace floor. The format is documented in `docs/reference/patchkit-yaml.md`. The file is read as
a tree of nodes and never turned into objects, so that every complaint can name line and column.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from patchkit.errors import SettingsError
from patchkit.lint.rules import meant_rules
from patchkit.model.generated import GeneratedPattern
from patchkit.model.lint import LintChoices, LintIgnore
from patchkit.workspace.folders import folders_below

SETTINGS_FILE = "patchkit.yaml"

_VERSION = "{version}"
_DEPTH_BELOW = 3
_REPORTS = ("html", "markdown", "junit", "sarif")
_STRING = "tag:yaml.org,2002:str"
_NULL = "tag:yaml.org,2002:null"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,2}")
_FLAG = re.compile(r"[^\s+!-][^\s]*")
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[^/]+:")


@dataclass(frozen=True, slots=True)
class Settings:
    """What `patchkit.yaml` says; without such a file (`path` None) every field has its default.

    `upstream` is a URL or an absolute path, `resolutions` an absolute path. `tag`, `stack` and
    `output` are patterns in which `{version}` stands for the version. `fuzz` None leaves the limit
    to the command.
    """

    path: Path | None = None
    name: str | None = None
    upstream: str | None = None
    upstream_note: str = ""
    tag: str | None = None
    fuzz: int | None = None
    strip: int = 1
    flags: frozenset[str] = frozenset()
    stack: str | None = None
    output: str | None = None
    resolutions: str | None = None
    generated: tuple[GeneratedPattern, ...] = ()
    rules: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    absorbed_from: int | None = None
    reports: tuple[str, ...] = ()
    variant: tuple[str, ...] = ()
    variants: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    lint: LintChoices = field(default_factory=LintChoices)

    def stack_folder(self, version: str) -> Path | None:
        """The folder of the stack for `version`; None when the settings do not say."""
        return self._folder(self.stack, version)

    def output_folder(self, version: str) -> Path | None:
        """The folder that the stack for `version` is written to; None when it is not said."""
        return self._folder(self.output, version)

    def _folder(self, pattern: str | None, version: str) -> Path | None:
        if pattern is None or self.path is None:
            return None
        return self.path.parent / pattern.replace(_VERSION, version)


def find_settings(start: Path) -> Path | None:
    """The `patchkit.yaml` that a command run in the folder `start` goes by; None if there is none.

    The nearest one in `start` or above it counts; failing that, the only one at most three levels
    below, hidden folders left out. Raises `SettingsError` when there are several below.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if os.path.lexists(folder / SETTINGS_FILE):
            return folder / SETTINGS_FILE
    below = [
        folder / SETTINGS_FILE
        for folder in folders_below(here, _DEPTH_BELOW)
        if os.path.lexists(folder / SETTINGS_FILE)
    ]
    if len(below) > 1:
        raise SettingsError(
            f"{start}: several {SETTINGS_FILE} below: {', '.join(map(str, below))}.",
            "Choose one by passing its stack with --stack.",
        )
    return below[0] if below else None


def settings_beside(stack_root: Path) -> Settings:
    """The settings of a stack that was named by its folder: from the file in that folder or the
    one above it. Defaults when there is no file. Raises what `load_settings` raises.
    """
    root = stack_root.resolve()
    for folder in (root, root.parent):
        if os.path.lexists(folder / SETTINGS_FILE):
            return load_settings(folder / SETTINGS_FILE)
    return Settings()


def load_settings(path: Path) -> Settings:
    """Read one `patchkit.yaml`.

    Raises `SettingsError` when it cannot be read, is not UTF-8 or not YAML, or has a key or a
    value that is not understood; the message has line and column.
    """
    values = _read_values(path, read_yaml(path))
    return Settings(path=path, **{"stack": _VERSION, "output": _VERSION, **values})


@dataclass(frozen=True, slots=True)
class Value:
    """A key or a value of a YAML file, with what a message about it needs."""

    path: Path
    key: str
    node: yaml.Node

    def error(self, problem: str, *hints: str) -> SettingsError:
        """What is to be raised about it, with file, line and column."""
        mark = self.node.start_mark
        place = f"{self.path}:{mark.line + 1}:{mark.column + 1}"
        return SettingsError(f"{place}: {self.key}: {problem}", *hints)

    def text(self) -> str:
        """A text on one line that is not empty."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error(
                "must be a text, not a list or a mapping.", "Quote a text that begins with { or [."
            )
        if self.node.tag == _NULL:
            raise self.error("has no value.", "Give it one, or delete the line.")
        if self.node.tag != _STRING:
            raise self.error(
                f"must be a text, but YAML reads {self.node.value} as something else.",
                f'Write it as "{self.node.value}".',
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


def _read_values(path: Path, root: Value | None) -> dict[str, Any]:
    if root is None:
        return {}
    if not isinstance(root.node, yaml.MappingNode):
        raise root.error("must be keys with values, as in `name: kata`.")
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in root.node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "a list or mapping"
        place = Value(path, key, key_node)
        if key not in _READERS:
            near = difflib.get_close_matches(key, _READERS, n=1)
            hints = [f"Did you mean {near[0]}?"] if near else []
            raise place.error("unknown key.", *hints, f"Known are {', '.join(_READERS)}.")
        if key in lines:
            raise place.error(f"given twice, first on line {lines[key]}.", "Delete one of them.")
        lines[key] = key_node.start_mark.line + 1
        values[key.replace("-", "_")] = _READERS[key](Value(path, key, value_node))
    return values


def package_name(value: Value) -> str:
    """The name of a package."""
    name = value.text()
    if not _NAME.fullmatch(name):
        raise value.error("a package name has letters, digits and . _ + - only.")
    return name


def is_url(upstream: str) -> bool:
    """Whether an upstream is not on this machine: a URL, or `host:path`."""
    return _REMOTE.match(upstream) is not None


def place_or_url(value: Value) -> str:
    """A URL, or a path relative to the file made absolute."""
    upstream = value.text()
    if is_url(upstream):
        return upstream
    return str((value.path.parent / upstream).resolve())


def _path(value: Value) -> str:
    return str((value.path.parent / value.text()).resolve())


def number(value: Value) -> int:
    """A whole number of at most three digits."""
    node = value.node
    if isinstance(node, yaml.ScalarNode) and node.style is None and _NUMBER.fullmatch(node.value):
        return int(node.value)
    raise value.error("must be a whole number, 0 or more.")


def _generated(value: Value) -> tuple[GeneratedPattern, ...]:
    if not isinstance(value.node, yaml.SequenceNode):
        raise value.error('must be a list, as in `["*.pb.go", "!handwritten.pb.go"]`.')
    return tuple(
        _generated_pattern(Value(value.path, value.key, node)) for node in value.node.value
    )


def _generated_pattern(item: Value) -> GeneratedPattern:
    given = {"pattern": item}
    if isinstance(item.node, yaml.MappingNode):
        given = {}
        for key_node, value_node in item.node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "a list"
            if key not in ("pattern", "command") or key in given:
                raise Value(item.path, item.key, key_node).error(
                    f"{key} is not known here, or given twice.", "Known are pattern and command."
                )
            given[key] = Value(item.path, f"{item.key}: {key}", value_node)
        if "pattern" not in given:
            raise item.error("an entry needs a pattern.", "As in `pattern: api/*.rs`.")
    text = given["pattern"].text()
    pattern = text.removeprefix("!")
    if not pattern.strip("/"):
        raise given["pattern"].error(f"{text} is not a pattern for files.")
    command = given["command"].text() if "command" in given else None
    return GeneratedPattern(pattern, command, is_negated=pattern != text)


def _names(value: Value) -> tuple[str, ...]:
    if not isinstance(value.node, yaml.SequenceNode):
        raise value.error("must be a list, as in `[one, two]`.")
    return tuple(Value(value.path, value.key, node).text() for node in value.node.value)


def _name_or_names(value: Value) -> tuple[str, ...]:
    if isinstance(value.node, yaml.SequenceNode):
        return _names(value)
    return (value.text(),)


def _variants(value: Value) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Axes, each with its variants, each with its words."""
    return {axis.key: {one.key: _words(one) for one in entries(axis)} for axis in entries(value)}


def entries(value: Value) -> Iterator[Value]:
    """The values of a mapping, each under its own key."""
    if not isinstance(value.node, yaml.MappingNode):
        raise value.error("must be keys with values.", "As in `architecture: {riscv64: [rv64]}`.")
    seen = set()
    for key_node, value_node in value.node.value:
        key = Value(value.path, value.key, key_node).text()
        if key in seen:
            raise Value(value.path, value.key, key_node).error(f"{key} is given twice.")
        seen.add(key)
        yield Value(value.path, key, value_node)


def _words(value: Value) -> tuple[str, ...]:
    names = () if value.node.tag == _NULL else _name_or_names(value)
    for word in (value.key, *names):
        if not _WORD.fullmatch(word):
            raise value.error(f"{word} is not a word.", "A word has letters, digits and . _ + -.")
    return names


def _lint(value: Value) -> LintChoices:
    """Which rules of lint are asked, and which findings are left: `PK502`, `PK113 *.yaml`."""
    given = {one.key: one for one in entries(value)}
    for key, one in given.items():
        if key not in ("select", "ignore"):
            raise one.error("is not known here.", "Known are select and ignore.")
    return LintChoices(
        tuple(map(_selector, items(given.get("select")))),
        tuple(map(_lint_ignore, items(given.get("ignore")))),
    )


def _selector(item: Value) -> str:
    _check_rule(item, item.text())
    return item.text()


def _lint_ignore(item: Value) -> LintIgnore:
    selector, _, pattern = item.text().partition(" ")
    _check_rule(item, selector)
    return LintIgnore(selector, pattern.strip() or None)


def _check_rule(item: Value, selector: str) -> None:
    if not meant_rules(selector):
        raise item.error(f"{selector}: no rule of lint.", "`patchkit lint --rules` lists them.")


def items(value: Value | None, example: str = "[PK502, PK113 *.yaml]") -> list[Value]:
    """The values of a list; none where there is no list."""
    if value is None:
        return []
    if not isinstance(value.node, yaml.SequenceNode):
        raise value.error(f"must be a list, as in `{example}`.")
    return [Value(value.path, value.key, node) for node in value.node.value]


def _reports(value: Value) -> tuple[str, ...]:
    for name in (names := _names(value)):
        if name not in _REPORTS:
            raise value.error(f"{name}: no such report.", f"Known are {', '.join(_REPORTS)}.")
    return names


def _flags(value: Value) -> frozenset[str]:
    if not isinstance(value.node, yaml.SequenceNode):
        raise value.error("must be a list, as in `[virt, debug]`.")
    flags = set()
    for node in value.node.value:
        item = Value(value.path, value.key, node)
        flag = item.text()
        if not _FLAG.fullmatch(flag):
            raise item.error(
                f"{flag} is not a flag.", "A flag is one word without + - ! before it."
            )
        flags.add(flag)
    return frozenset(flags)


def _pattern(value: Value) -> str:
    pattern = value.text()
    if set("{}") & set(pattern.replace(_VERSION, "")):
        raise value.error(f"only {_VERSION} may stand in braces.")
    return pattern


def _tag(value: Value) -> str:
    pattern = _pattern(value)
    if _VERSION not in pattern:
        raise value.error(f"must contain {_VERSION}.", f"For instance v{_VERSION}.")
    return pattern


_READERS: Mapping[str, Callable[[Value], Any]] = {
    "name": package_name,
    "upstream": place_or_url,
    "upstream-note": Value.text,
    "tag": _tag,
    "fuzz": number,
    "strip": number,
    "flags": _flags,
    "stack": _pattern,
    "output": _pattern,
    "resolutions": _path,
    "generated": _generated,
    "rules": _names,
    "accept": _names,
    "keep": _names,
    "absorbed-from": number,
    "reports": _reports,
    "variant": _name_or_names,
    "variants": _variants,
    "lint": _lint,
}
