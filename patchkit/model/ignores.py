"""Findings about siblings that a person left on purpose, as a file beside the stack (ground floor).

    Ignores > Ignore

The file is text that can be read in a review, and is kept byte for byte when an entry is added. The
format, `patchkit-siblings/1`, is defined in `docs/reference/siblings.md`."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from patchkit.errors import IgnoreFormatError
from patchkit.model.generated import GeneratedPattern
from patchkit.model.shown import shown_line, single_blanks
from patchkit.model.siblings import Finding, FindingKind, UnusedIgnore
from patchkit.model.tree import split_lines

IGNORES_FORMAT = "patchkit-siblings/1"

_FIELD = re.compile(rb"(ignore|kind|symbol|why):(?: +(.*?))?\s*")
_WIDTH = 90


@dataclass(frozen=True, slots=True)
class Ignore:
    """Which findings are left, and why. `pattern` is for the path, as in .gitignore; `kind` and
    `symbol`, where they are given, must be those of the finding. `line` is where the entry begins
    in the file, 0 where it is in none yet."""

    pattern: str
    why: str
    kind: FindingKind | None = None
    symbol: str = ""
    line: int = 0

    def matches(self, finding: Finding) -> bool:
        """Whether the finding is one of those."""
        if self.kind not in (None, finding.kind) or self.symbol not in ("", finding.symbol):
            return False
        pattern = GeneratedPattern(self.pattern)
        parts = finding.path.split(b"/")
        above = (b"/".join(parts[:count]) for count in range(1, len(parts) + 1))
        return any(map(pattern.matches, above))

    @property
    def raw(self) -> bytes:
        """The entry as it stands in a file."""
        lines = [f"ignore: {self.pattern}"]
        if self.kind is not None:
            lines.append(f"kind: {self.kind.value}")
        if self.symbol:
            lines.append(f"symbol: {self.symbol}")
        # Read back, the lines are joined by blanks, so a word stays on one line.
        told = textwrap.wrap(
            single_blanks(self.why), _WIDTH, break_long_words=False, break_on_hyphens=False
        )
        lines += [f"why: {line}" for line in told]
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class Ignores:
    """All entries of a file; `raw` are its bytes."""

    entries: tuple[Ignore, ...] = ()
    raw: bytes = b""

    def added(self, entry: Ignore) -> Ignores:
        """With one more entry at the end."""
        before = self.raw or f"{IGNORES_FORMAT}\n".encode()
        line = before.count(b"\n") + 2
        return Ignores((*self.entries, replace(entry, line=line)), before + b"\n" + entry.raw)

    def applied_to(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings, those that are left on purpose with the reason of the first entry."""
        return tuple(self._applied(one) for one in findings)

    def _applied(self, finding: Finding) -> Finding:
        found = next((entry for entry in self.entries if entry.matches(finding)), None)
        return finding if found is None else replace(finding, ignored=found.why)

    def unused(self, findings: Sequence[Finding]) -> Iterator[UnusedIgnore]:
        """The entries that match none of the findings."""
        for entry in self.entries:
            if not any(map(entry.matches, findings)):
                yield UnusedIgnore(entry.line, entry.pattern, entry.why)


def parse_ignores(raw: bytes, source: str = "patchkit.siblings") -> Ignores:
    """Read the file; `source` names it in messages.

    Raises `IgnoreFormatError` where the format is not kept, with the line.
    """
    if not raw:
        return Ignores()
    lines = split_lines(raw)
    if lines[0].rstrip() != IGNORES_FORMAT.encode():
        raise IgnoreFormatError(
            source, 1, f"expected {IGNORES_FORMAT}, found {shown_line(lines[0])}.",
            "Use the patchkit that wrote it, or restore the file.",
        )  # fmt: skip
    if not raw.endswith(b"\n"):
        raise IgnoreFormatError(source, len(lines), "the last line has no newline.", "Add it.")
    entries: list[Ignore] = []
    for number, line in enumerate(lines[1:], 2):
        if line.strip() and not line.startswith(b"#"):
            _read_line(entries, line, number, source)
    for entry in entries:
        if not entry.why:
            raise IgnoreFormatError(
                source, entry.line, f"{entry.pattern}: no reason is given.",
                "Add a line `why: …` below it.",
            )  # fmt: skip
    return Ignores(tuple(entries), raw)


def _read_line(entries: list[Ignore], line: bytes, number: int, source: str) -> None:
    found = _FIELD.fullmatch(line)
    if found is None or not found[2]:
        raise IgnoreFormatError(
            source, number, f"expected ignore:, kind:, symbol: or why:, found {shown_line(line)}.",
            "An entry is `ignore: PATTERN` and `why: REASON`, each with a text.",
        )  # fmt: skip
    name, text = found[1].decode(), found[2].decode("utf-8", "surrogateescape")
    if name == "ignore":
        entries.append(Ignore(text, "", line=number))
        return
    if not entries:
        raise IgnoreFormatError(
            source, number, f"{name}: before any ignore:.", "An entry begins with `ignore:`."
        )
    entries[-1] = _with_field(entries[-1], name, text, number, source)


def _with_field(entry: Ignore, name: str, text: str, number: int, source: str) -> Ignore:
    match name:
        case "why":
            return replace(entry, why=single_blanks(f"{entry.why} {text}"))
        case "symbol":
            return replace(entry, symbol=text)
    known = {kind.value: kind for kind in FindingKind}
    if text not in known:
        raise IgnoreFormatError(
            source, number, f"kind: {text} is not known.", f"Known are {', '.join(known)}."
        )
    return replace(entry, kind=known[text])
