"""Reads the keys of `patchkit.yaml`, each by its own reader (workspace floor)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from patchkit.lint.rules import meant_rules
from patchkit.model.generated import GeneratedPattern
from patchkit.model.lint import LintChoices, LintIgnore
from patchkit.model.shown import shown_name
from patchkit.workspace.yamlvalues import Value, entries, items, number, pairs, read_yaml

_VERSION = "{version}"
_REPORTS = ("html", "markdown", "junit", "sarif")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_FLAG = re.compile(r"[^\s+!-][^\s]*")
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[^/]+:")


def read_settings(path: Path) -> dict[str, Any]:
    """The fields of `Settings` that the file gives. Raises `SettingsError`."""
    root = read_yaml(path)
    if root is None:
        return {}
    if not root.is_mapping:
        raise root.error("must be keys with values, as in `name: kata`.")
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key, value in pairs(root):
        name = key.key
        if name not in _READERS:
            near = difflib.get_close_matches(name, _READERS, n=1)
            hints = [f"Did you mean {near[0]}?"] if near else []
            raise key.error("unknown key.", *hints, f"Known are {', '.join(_READERS)}.")
        if name in lines:
            raise key.error(f"given twice, first on line {lines[name]}.", "Delete one of them.")
        lines[name] = key.line
        values[name.replace("-", "_")] = _READERS[name](value)
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


def _generated(value: Value) -> tuple[GeneratedPattern, ...]:
    return tuple(map(_generated_pattern, items(value, '["*.pb.go", "!handwritten.pb.go"]')))


def _generated_pattern(item: Value) -> GeneratedPattern:
    given = {"pattern": item}
    if item.is_mapping:
        given = {}
        for key, value in pairs(item):
            if key.key not in ("pattern", "command") or key.key in given:
                raise replace(key, key=item.key).error(
                    f"{shown_name(key.key)} is not known here, or given twice.",
                    "Known are pattern and command.",
                )
            given[key.key] = replace(value, key=f"{item.key}: {key.key}")
        if "pattern" not in given:
            raise item.error("an entry needs a pattern.", "As in `pattern: api/*.rs`.")
    text = given["pattern"].text()
    pattern = text.removeprefix("!")
    if not pattern.strip("/"):
        raise given["pattern"].error(f"{text} is not a pattern for files.")
    command = given["command"].text() if "command" in given else None
    return GeneratedPattern(pattern, command, is_negated=pattern != text)


def _names(value: Value) -> tuple[str, ...]:
    return tuple(item.text() for item in items(value, "[one, two]"))


def _name_or_names(value: Value) -> tuple[str, ...]:
    if value.is_list:
        return _names(value)
    return (value.text(),)


def _variants(value: Value) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Axes, each with its variants, each with its words."""
    return {axis.key: {one.key: _words(one) for one in entries(axis)} for axis in entries(value)}


def _words(value: Value) -> tuple[str, ...]:
    names = () if value.is_empty else _name_or_names(value)
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


def _reports(value: Value) -> tuple[str, ...]:
    for name in (names := _names(value)):
        if name not in _REPORTS:
            raise value.error(f"{name}: no such report.", f"Known are {', '.join(_REPORTS)}.")
    return names


def _flags(value: Value) -> frozenset[str]:
    flags = set()
    for item in items(value, "[virt, debug]"):
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
