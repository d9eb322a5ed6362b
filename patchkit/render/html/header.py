"""What the head of a patch file says of the patch: a mail header, DEP-3 fields, free text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from patchkit.diffing.unified import parse_patch
from patchkit.errors import PatchkitError
from patchkit.model.shown import shown_text

_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,30}):[ \t]*(.*)")
_FIELDS = {
    "from": "From", "author": "From", "date": "Date", "subject": "Subject",
    "description": "Subject", "origin": "Origin", "bug": "Bug", "forwarded": "Forwarded",
    "last-update": "Last update", "applied-upstream": "Applied upstream",
}  # fmt: skip
_TAG = re.compile(r"^\s*(\[[^\]]*\]\s*)+")
_MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class PatchHeader:
    """The subject without its `[PATCH]`, the other fields that matter, and the message."""

    subject: str
    fields: Mapping[str, str]
    message: str


NO_HEADER = PatchHeader("", {}, "")


def patch_header(content: bytes | None) -> PatchHeader:
    """The header of a patch file; one without anything where there is none."""
    try:
        return header_of(parse_patch("", content or b"").prologue)
    except PatchkitError:
        return NO_HEADER


def header_of(prologue: bytes) -> PatchHeader:
    """The header in what stands before the first diff of a patch file."""
    lines = prologue.decode("utf-8", "surrogateescape").splitlines()
    if lines and re.match(r"From [0-9a-f]{7,} ", lines[0]):
        del lines[0]
    fields, message = _parted(lines)
    shown = {name: shown_text(_decoded(text)) for name, text in fields.items()}
    subject = _TAG.sub("", shown.pop("Subject", ""))
    return PatchHeader(subject, shown, "\n".join(map(shown_text, _trimmed(message))))


def _parted(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The fields that are known, and the lines of the message; a text without fields is one."""
    fields: dict[str, str] = {}
    message: list[str] = []
    name = ""
    for at, line in enumerate(lines):
        found = _FIELD.fullmatch(line)
        if found:
            name = _FIELDS.get(found[1].lower(), "")
            if name and name not in fields:
                fields[name] = found[2]
            else:
                name = ""
        elif line[:1] in (" ", "\t") and at:
            if name == "Subject" and lines[at - 1].lower().startswith("description:"):
                name = ""
            if name:
                fields[name] += f" {line.strip()}"
            else:
                message.append(line)
        else:
            return fields, message + lines[at:]
    return fields, message


def _trimmed(lines: list[str]) -> list[str]:
    """The message without the diffstat behind `---`, and not longer than a screen or two."""
    text = lines[: lines.index("---")] if "---" in lines else lines
    while text and not text[0].strip():
        text = text[1:]
    while text and not text[-1].strip():
        text = text[:-1]
    if len(text) <= _MOST_LINES:
        return text
    return [*text[:_MOST_LINES], f"… ({len(text) - _MOST_LINES} more lines in the patch file)"]


def _decoded(text: str) -> str:
    """The text of a field, its encoded words decoded where they can be."""
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text
