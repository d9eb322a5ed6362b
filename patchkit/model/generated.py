"""Files that a tool makes from others, as values (ground floor, no I/O).

Such a file is not ported by merging: what it is made from is, and then the tool runs again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

from patchkit.model.tree import Path


class GeneratedKind(Enum):
    """What sort of file it is."""

    CONFIGURED = "generated file"
    """patchkit.yaml says so."""
    VENDORED = "vendored code"
    """A copy of another project's code, as a list beside it says."""
    LOCK = "lock file"
    """The exact versions of what a project depends on."""
    CODE = "generated code"
    MANUAL = "generated manual"
    AUTOTOOLS = "autotools output"


@dataclass(frozen=True, slots=True)
class Generated:
    """How a file was recognised: the evidence as part of a sentence, and the command that makes it,
    None where it is not known. Nobody runs it but a person."""

    kind: GeneratedKind
    evidence: str
    command: str | None = None


@dataclass(frozen=True, slots=True)
class GeneratedPattern:
    """A pattern of patchkit.yaml for paths of generated files, with the command that makes them.

    `pattern` is as in .gitignore: without a slash it is for the last part of a path, `**` is for
    any number of folders. `is_negated`: these files are not generated.
    """

    pattern: str
    command: str | None = None
    is_negated: bool = False

    def matches(self, path: Path) -> bool:
        """Whether the pattern is for this path.

        >>> GeneratedPattern("*.pb.go").matches(b"api/v1/api.pb.go")
        True
        >>> GeneratedPattern("api/**/*.go").matches(b"api/v1/deep/x.go")
        True
        >>> GeneratedPattern("/*.go").matches(b"api/x.go")
        False
        """
        return (
            path_pattern(self.pattern.encode("utf-8", "surrogateescape")).fullmatch(path)
            is not None
        )


_SPECIAL_IN_SET = re.compile(rb"[\\\[&~|]")
_TOKEN = re.compile(rb"\*+|\?|\[[!^]?\]?[^\]]*\]|\\.|.", re.DOTALL)


@cache
def path_pattern(pattern: bytes) -> re.Pattern[bytes]:
    """The pattern of a .gitignore or .gitattributes line as a regular expression for whole
    paths."""
    if b"/" not in pattern:
        expression = b"(?:.*/)?" + _part(pattern)
    else:
        *folders, name = pattern.lstrip(b"/").split(b"/")
        expression = b"".join(
            b"(?:.*/)?" if folder == b"**" else _part(folder) + b"/" for folder in folders
        ) + (b".+" if name == b"**" else _part(name))
    try:
        return re.compile(expression, re.DOTALL)
    except re.error:  # such as [z-a]
        return re.compile(re.escape(pattern))


def _part(part: bytes) -> bytes:
    """What stands for one part of a path."""
    return b"".join(map(_expression, _TOKEN.findall(part)))


def _expression(token: bytes) -> bytes:
    if token.startswith(b"*"):
        return b"[^/]*"
    if token == b"?":
        return b"[^/]"
    if token.startswith(b"[") and len(token) > 2:
        inner = _SPECIAL_IN_SET.sub(rb"\\\g<0>", token[1:-1])
        return b"(?!/)[" + (b"^" + inner[1:] if inner[:1] in (b"!", b"^") else inner) + b"]"
    return re.escape(token.removeprefix(b"\\") or b"\\")
