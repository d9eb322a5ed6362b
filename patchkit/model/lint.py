"""What is wrong with a packaging repository, as values (ground floor, no I/O).

    Finding > Edit

What each rule is about: `docs/reference/lint.md`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from patchkit.model.generated import GeneratedPattern
from patchkit.model.tree import Path


class Severity(Enum):
    """How bad it is; the value is the word used in files and on the terminal."""

    ERROR = "error"
    """The package does not build, or not with the patches that it lists."""
    WARNING = "warning"
    """Something is not what it says, or works by luck."""
    NOTE = "note"
    """Good to know; nothing has to be done."""


@dataclass(frozen=True, slots=True)
class LintRule:
    """A rule by which a packaging repository is checked.

    `code` never changes; `name` is the same for a person. `what` says what is wrong, `advice` what
    to do. `is_mended`: what it finds has one right answer, at times at least.
    """

    code: str
    name: str
    severity: Severity
    what: str
    advice: str
    is_mended: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines `start` up to before `stop` of a file, counted from 0, become `lines`."""

    path: Path
    start: int
    stop: int
    lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a rule has found, at a line of a file, counted from 1; None: in all of it.

    `concerns` are the other files that it depends on. `edits` mend it; none: a person must.
    """

    rule: LintRule
    path: Path
    line: int | None
    message: str
    concerns: tuple[Path, ...] = ()
    edits: tuple[Edit, ...] = ()

    @property
    def is_mendable(self) -> bool:
        """Whether it has one right answer."""
        return bool(self.edits)

    @property
    def needs_person(self) -> bool:
        """Whether the repository should not stay like this."""
        return self.rule.severity is not Severity.NOTE

    def touches(self, paths: Collection[Path]) -> bool:
        """Whether it is in one of these files, or depends on one."""
        return any(path in paths for path in (self.path, *self.concerns))


@dataclass(frozen=True, slots=True)
class LintIgnore:
    """Findings that are left on purpose: of the rules that `selector` means, in the files that
    `pattern` is for, as in .gitignore; None: in all."""

    selector: str
    pattern: str | None = None

    def matches(self, finding: Finding) -> bool:
        """Whether the finding is one of those."""
        if not selects(self.selector, finding.rule):
            return False
        return self.pattern is None or GeneratedPattern(self.pattern).matches(finding.path)


@dataclass(frozen=True, slots=True)
class LintChoices:
    """Which rules are asked, by selectors, and which of their findings are left.

    `select` empty: all rules."""

    select: tuple[str, ...] = ()
    ignore: tuple[LintIgnore, ...] = ()

    def wants(self, finding: Finding) -> bool:
        """Whether the finding is to be told."""
        is_selected = not self.select or any(selects(one, finding.rule) for one in self.select)
        return is_selected and not any(one.matches(finding) for one in self.ignore)


def selects(selector: str, rule: LintRule) -> bool:
    """Whether a selector means a rule: by its name, its code, or the beginning of its code."""
    return selector == rule.name or rule.code.startswith(selector.upper())
