"""Checks `_service`, which tells the Open Build Service what to fetch (lint floor; pure).

Format: the build service's manual, "Using Source Services". A `_service` often fetches the very
repository that it stands in; only then can be said whether the files that it asks for are there.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.parsers import expat

from patchkit.lint.rules import (
    SERVICE_FOLDER,
    SERVICE_KEY,
    SERVICE_MISSING,
    SERVICE_UNREADABLE,
)
from patchkit.lint.scene import Scene
from patchkit.model.lint import Finding
from patchkit.model.shown import shown_name
from patchkit.model.tree import Path

_NAME = b"_service"
_EXTRACTED = {"extract", "files", "file"}
_SSH = re.compile(r"(?:ssh|git\+ssh)://|[\w.-]+@[\w.-]+:(?!//)")
_WITH_LOGIN = re.compile(r"\w+://[^/@\s]+@")


@dataclass(frozen=True, slots=True)
class _Param:
    """A `<param>`: the service that it belongs to (number and name), its line and text."""

    number: int
    service: str
    name: str
    text: str
    line: int


class _RefusedError(Exception):
    """The XML declares entities, which no `_service` needs."""


def service_findings(scene: Scene) -> Iterator[Finding]:
    """What is wrong with the `_service` files of a repository."""
    for path in scene.paths:
        if posixpath.basename(path) == _NAME and (raw := scene.content(path)) is not None:
            try:
                params = _params(raw)
            except (expat.ExpatError, _RefusedError, ValueError) as error:
                line = error.lineno if isinstance(error, expat.ExpatError) else 1
                yield Finding(SERVICE_UNREADABLE, path, line, f"{error}.")
                continue
            yield from _keys(path, params)
            yield from _extractions(scene, path, params)


def service_urls(raw: bytes) -> tuple[str, ...]:
    """What a `_service` fetches: its URLs, in their order; none where it is not understood."""
    try:
        return tuple(param.text for param in _params(raw) if param.name == "url")
    except (expat.ExpatError, _RefusedError, ValueError):
        return ()


def _params(raw: bytes) -> list[_Param]:
    found: list[_Param] = []
    services = [(0, "")]
    text: list[str] = []
    opened: list[tuple[str, int]] = []
    depth = 0
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 1 and tag != "services":
            raise ValueError(f"the root is <{shown_name(tag)}>, not <services>")
        if tag == "service":
            services.append((services[-1][0] + 1, attributes.get("name", "")))
        elif tag == "param":
            opened.append((attributes.get("name", ""), parser.CurrentLineNumber))
            text.clear()

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if tag == "param":
            name, line = opened.pop()
            found.append(_Param(*services[-1], name, "".join(text).strip(), line))

    def refuse(*_: object) -> None:
        raise _RefusedError("it declares entities")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.EntityDeclHandler = refuse
    parser.Parse(raw, True)  # noqa: FBT003 (expat's own parameter: this is all)
    return found


def _keys(path: Path, params: Sequence[_Param]) -> Iterator[Finding]:
    for param in params:
        if param.name != "url":
            continue
        if _SSH.match(param.text):
            message = f"{shown_name(param.text)} is fetched by ssh, which needs a key."
        elif _WITH_LOGIN.match(param.text):
            message = "the URL has a login in it, which everybody can read."
        else:
            continue
        yield Finding(SERVICE_KEY, path, param.line, message)


def _extractions(scene: Scene, path: Path, params: Sequence[_Param]) -> Iterator[Finding]:
    root = posixpath.dirname(path)
    files = [_inside(root, one) for one in scene.paths if _is_below(root, one)]
    folders = [_inside(root, one) for one in scene.folders if _is_below(root, one)]
    asked = [
        (param, word)
        for param in params
        if param.name in _EXTRACTED and ("scm" in param.service or "extract" in param.service)
        for word in param.text.split()
    ]
    # A service that asks for nothing that is here fetches another repository.
    about_this = {
        param.number
        for param, word in asked
        if _matches(param, word, files) or _is_folder(word, folders)
    }
    for param, word in asked:
        if _matches(param, word, files):
            continue
        if _is_folder(word, folders):
            yield Finding(
                SERVICE_FOLDER, path, param.line,
                f"the service {shown_name(param.service)} extracts {shown_name(word)}, "
                "which is a folder.",
            )  # fmt: skip
        elif param.number in about_this:
            yield Finding(
                SERVICE_MISSING, path, param.line,
                f"the service {shown_name(param.service)} extracts {shown_name(word)}, "
                "which is not here.",
            )  # fmt: skip


def _is_below(root: Path, path: Path) -> bool:
    return not root or path.startswith(root + b"/")


def _inside(root: Path, path: Path) -> str:
    return (path[len(root) + 1 :] if root else path).decode("utf-8", "surrogateescape")


def _matches(param: _Param, word: str, paths: Sequence[str]) -> bool:
    """Whether a pattern is for one of the files, as it is or behind the folder of an archive."""
    # A star of tar goes through folders, one of glob does not.
    goes_deep = "extract_file" in param.service
    return any(
        fnmatch.fnmatchcase(path, one) and (goes_deep or path.count("/") == one.count("/"))
        for one in _readings(word)
        for path in paths
    )


def _is_folder(word: str, folders: Sequence[str]) -> bool:
    return any(
        fnmatch.fnmatchcase(folder, one.rstrip("/"))
        and folder.count("/") == one.rstrip("/").count("/")
        for one in _readings(word)
        for folder in folders
    )


def _readings(word: str) -> tuple[str, ...]:
    plain = word.removeprefix("./")
    first, slash, rest = plain.partition("/")
    is_archive = slash and ("*" in first or re.search(r"\d", first))
    return (plain, rest) if is_archive and rest.strip("/") else (plain,)
