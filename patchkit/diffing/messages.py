"""The header of a patch as the message of a commit, and back (pure).

Three forms are understood: a mail, as git-format-patch(1) writes it and git-am(1) reads it; fields
as DEP-3 has them (https://dep-team.pages.debian.net/deps/dep3/); and plain text, as quilt keeps it.
The message is only a view: to write one back changes of the header what the message changed, and
nothing where it did not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from email.header import decode_header
from email.utils import parsedate_to_datetime
from posixpath import basename

from patchkit.model.series import encode_name
from patchkit.model.tree import split_lines

_FIELD = re.compile(rb"([A-Za-z][A-Za-z0-9-]*)[ \t]*:(?:[ \t]|\r?$)")
_MAILBOX = re.compile(rb"From [0-9a-f]{7,64} ")
_TAGS = re.compile(rb"\s*(?:(?:re|aw)\s*:\s*|\[[^\]\n]*\]\s*)+", re.IGNORECASE)
_SEPARATOR = b"---"
_LATEST = 1 << 35
"""In seconds: git and the calendar end somewhere behind it."""
_ADDRESS = re.compile(rb"\s*\"?(?P<name>[^<\"]*?)\"?\s*<(?P<mail>[^<>]*)>")
_DIFF_STARTS = (b"diff ", b"--- ", b"Index: ", b"---", b"*** ")
_SUBJECTS, _AUTHORS = (b"subject", b"description"), (b"from", b"author")


@dataclass(frozen=True, slots=True)
class Message:
    """What a header says: `author` as `Name <mail>`, `date` as it is written, both b"" where the
    header does not say; `text` is the subject, an empty line and the rest, ended by a newline."""

    author: bytes
    date: bytes
    text: bytes

    @property
    def subject(self) -> bytes:
        """The first line."""
        return self.text.partition(b"\n")[0]

    @property
    def body(self) -> bytes:
        """All below the subject."""
        return self.text.partition(b"\n")[2].strip(b"\n")

    @property
    def seconds_and_zone(self) -> tuple[int, str] | None:
        """The date as git keeps it; None where there is none that can be read."""
        try:
            when = parsedate_to_datetime(self.date.decode("ascii"))
            # A zone of -0000 says that none is known.
            known = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
            seconds, zone = int(known.timestamp()), known.strftime("%z")[:5]
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
        return (seconds, zone) if 0 <= seconds < _LATEST else None


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of the header: lines [start, stop), its name in lower case, what stands behind the
    colon, the lines that continue it included."""

    name: bytes
    start: int
    stop: int
    value: bytes


@dataclass(frozen=True, slots=True)
class _Header:
    """A header in its parts: the fields at its top, if it has any, and the lines of its text."""

    lines: Sequence[bytes]
    fields: tuple[_Field, ...]
    text: slice

    def field(self, names: Sequence[bytes]) -> _Field | None:
        return next((one for name in names for one in self.fields if one.name == name), None)


def message_of(prologue: bytes, name: str) -> Message:
    """What the header of the patch called `name` says; the name stands for a missing subject."""
    header = _read(prologue)
    subject, author, date = (header.field(names) for names in (_SUBJECTS, _AUTHORS, (b"date",)))
    charset = header.field((b"content-type",))
    body = list(header.lines[header.text])
    written_by = b"" if author is None else _decoded(author.value, charset)
    if subject is None:
        body = _stripped(body)
        title = body.pop(0).strip() if body and not header.fields else _name_as_subject(name)
    elif subject.name == b"description":
        first, *more = split_lines(subject.value)
        title = first.strip()
        body = [*map(_continued, more), *([b"\n"] if more and body else []), *body]
    else:
        title = _TAGS.sub(b"", _decoded(subject.value, charset), count=1).strip()
        body, written_by = _with_in_body_author(body, written_by)
    title = _to_utf8(title, None) or _name_as_subject(name)
    rest = b"".join(_to_utf8(line, charset) for line in _stripped(body))
    text = title + b"\n" + (b"\n" + rest.rstrip(b"\n") + b"\n" if rest else b"")
    return Message(_address(written_by), b"" if date is None else date.value.strip(), text)


def with_message(prologue: bytes, name: str, new: Message) -> bytes:
    """The header with another message; what the two messages have in common stays as it is.

    An author or a date that `new` does not name is kept.
    """
    old = message_of(prologue, name)
    is_same_author = not new.author or new.author == old.author
    if is_same_author and is_same_text(old.text, new.text):
        return _with_date(prologue, old, new)
    header = _read(prologue)
    if not header.fields:
        if is_same_author:
            return _plain(new.text) + b"".join(header.lines[header.text.stop :])
        rest = b"".join(header.lines[header.text.stop :])
        return new_header(replace(new, date=b""), b"") + rest
    lines: list[bytes | None] = list(header.lines)
    if not is_same_text(old.text, new.text):
        _put_text(header, lines, old, new)
    if not is_same_author:
        _put_field(header, lines, _AUTHORS, b"From: " + new.author + b"\n")
    made = b"".join(line for line in lines if line is not None)
    return _with_date(made, old, new)


def says_nothing_new(prologue: bytes, name: str, new: Message) -> bool:
    """Whether each line of a message stands in the header, in whatever form, and the author too, if
    the header has one: so it is with messages that another program made of the header."""
    old = message_of(prologue, name)
    if old.author and _folded(new.author) != _folded(old.author):
        return False
    known = {_folded(line) for line in old.text.split(b"\n")}
    for line in _read(prologue).lines:
        text = _to_utf8(line, None)
        known |= {_folded(text), _folded(_FIELD.sub(b"", text, count=1))}
    told = [_TAGS.sub(b"", new.subject, count=1), *new.body.split(b"\n")]
    return all(_folded(line) in known for line in told if line.strip())


def _folded(text: bytes) -> bytes:
    return b" ".join(_to_utf8(text, None).split()).lower()


def new_header(message: Message, tag: bytes) -> bytes:
    """A header in the form of a mail; `tag` is what stands before its subject, as `[PATCH] `."""
    fields = []
    if message.author:
        fields.append(b"From: " + message.author + b"\n")
    if message.date:
        fields.append(b"Date: " + message.date + b"\n")
    fields.append(b"Subject: " + tag + message.subject + b"\n")
    body = _guarded(message.body)
    return b"".join((*fields, b"\n", body, b"\n\n" if body else b""))


def with_note(prologue: bytes, note: bytes) -> bytes:
    """The header with a line at the end of its text; all else stays byte for byte."""
    header = _read(prologue)
    at = header.text.stop
    while at > 0 and not header.lines[at - 1].strip():
        at -= 1
    before, after = b"".join(header.lines[:at]), b"".join(header.lines[at:])
    return before + (b"\n" if before else b"") + note + b"\n" + (after or b"\n")


def is_same_text(one: bytes, two: bytes) -> bool:
    """Whether two messages say the same, for all that git does to white space and comments when a
    message goes through an editor."""
    return _cleaned(one) == _cleaned(two)


def _cleaned(text: bytes) -> list[bytes]:
    lines = [line.rstrip() for line in text.split(b"\n") if not line.startswith(b"#")]
    return [line.removeprefix(b" ") for line in lines if line]


def _read(prologue: bytes) -> _Header:
    lines = split_lines(prologue)
    at = 0
    while at < len(lines) and not lines[at].strip():
        at += 1
    if at < len(lines) and _MAILBOX.match(lines[at]):
        at += 1
    fields: list[_Field] = []
    first = at
    while at < len(lines) and lines[at].strip():
        found = _FIELD.match(lines[at])
        start = at
        at += 1
        while at < len(lines) and lines[at].startswith((b" ", b"\t")) and lines[at].strip():
            at += 1
        if found is None:
            fields, at = [], first
            break
        value = b"".join(lines[start:at])[found.end() :]
        fields.append(_Field(found[1].lower(), start, at, value))
    if not any(field.name in (*_SUBJECTS, *_AUTHORS) for field in fields):
        fields, at = [], first
    ends = (index for index in range(at, len(lines)) if lines[index].rstrip() == _SEPARATOR)
    return _Header(lines, tuple(fields), slice(at, next(ends, len(lines))))


def _stripped(lines: Sequence[bytes]) -> list[bytes]:
    """The lines without the blank ones at both ends."""
    kept = list(lines)
    while kept and not kept[0].strip():
        del kept[0]
    while kept and not kept[-1].strip():
        del kept[-1]
    return kept


def _continued(line: bytes) -> bytes:
    """A line of a field that goes on, as DEP-3 has it: a blank before it, a dot if empty."""
    text = line[1:]
    return b"\n" if text.strip() == b"." else text


def _with_in_body_author(body: list[bytes], author: bytes) -> tuple[list[bytes], bytes]:
    """As git-am(1): a `From:` line that begins the text names the real author."""
    kept = _stripped(body)
    if kept and kept[0].startswith(b"From: ") and _ADDRESS.match(kept[0][6:]):
        return kept[1:], kept[0][6:].strip()
    return body, author


def _decoded(value: bytes, charset: _Field | None) -> bytes:
    """The value of a field on one line, without the encoding of RFC 2047."""
    joined = re.sub(rb"\r?\n[ \t]+", b" ", value).strip()
    if b"=?" not in joined:
        return _to_utf8(joined, charset)
    try:
        parts = decode_header(joined.decode("utf-8", "surrogateescape"))
        text = "".join(
            part if isinstance(part, str) else part.decode(known or "ascii", "replace")
            for part, known in parts
        )
    except (LookupError, ValueError):
        return joined
    return " ".join(text.split()).encode("utf-8", "surrogateescape")


def _to_utf8(text: bytes, charset: _Field | None) -> bytes:
    """The text in UTF-8. As git-commit(1) does it, what is no UTF-8 and says nothing else is read
    as Latin-1."""
    found = None if charset is None else re.search(rb"charset=\"?([\w.:-]+)", charset.value)
    try:
        known = "utf-8" if found is None else found[1].decode("ascii")
        return text.decode(known).encode()
    except (LookupError, UnicodeError):
        return text.decode("latin-1").encode()


def _address(text: bytes) -> bytes:
    found = _ADDRESS.match(text)
    if found is not None:
        return found["name"].strip() + b" <" + found["mail"].strip() + b">"
    text = text.strip()
    if not text:
        return b""
    return text + b" <>" if b"@" not in text else b"<" + text.strip(b"<>") + b">"


def _name_as_subject(name: str) -> bytes:
    """A subject for a patch that has none: its file name, without what only a file has."""
    stem = re.sub(r"\.(?:patch|diff)$", "", basename(name))
    return encode_name(stem or name)


def _plain(text: bytes) -> bytes:
    return _guarded(text.strip(b"\n")) + b"\n\n"


def _guarded(text: bytes) -> bytes:
    """The text with a blank before each line that a patch program would take for a diff."""
    return b"\n".join(
        b" " + line if line.startswith(_DIFF_STARTS) else line for line in text.split(b"\n")
    )


def _put_text(header: _Header, lines: list[bytes | None], old: Message, new: Message) -> None:
    subject = header.field(_SUBJECTS)
    if subject is not None and subject.name == b"description":
        told = (line.rstrip() or b"." for line in new.body.split(b"\n") if new.body)
        text = b"Description: " + new.subject + b"\n" + b"".join(b" " + one + b"\n" for one in told)
        _replace(lines, subject.start, subject.stop, text)
        _replace(lines, header.text.start, header.text.stop, b"\n")
        return
    if not is_same_text(old.subject, new.subject):
        tag = b"" if subject is None else _TAGS.match(subject.value.lstrip())
        kept = tag[0] if isinstance(tag, re.Match) else b""
        _put_field(header, lines, (b"subject",), b"Subject: " + kept + new.subject + b"\n")
    if not is_same_text(old.body, new.body):
        _, author = _with_in_body_author(list(header.lines[header.text]), b"")
        text = b"\nFrom: " + author + b"\n\n" if author else b"\n"
        text += _guarded(new.body) + b"\n" if new.body else b""
        is_ended = header.text.stop < len(header.lines)
        _replace(lines, header.text.start, header.text.stop, text + (b"" if is_ended else b"\n"))


def _put_field(
    header: _Header, lines: list[bytes | None], names: Sequence[bytes], line: bytes
) -> None:
    field = header.field(names)
    if field is not None:
        _replace(lines, field.start, field.stop, line)
    else:
        start = header.fields[0].start
        lines[start] = line + (lines[start] or b"")


def _replace(lines: list[bytes | None], start: int, stop: int, text: bytes) -> None:
    if start == stop:
        lines.insert(start, text)
        return
    lines[start:stop] = [text, *[None] * (stop - start - 1)]


def _with_date(prologue: bytes, old: Message, new: Message) -> bytes:
    if not new.date or not old.date or new.seconds_and_zone == old.seconds_and_zone:
        return prologue
    header = _read(prologue)
    lines: list[bytes | None] = list(header.lines)
    _put_field(header, lines, (b"date",), b"Date: " + new.date + b"\n")
    return b"".join(line for line in lines if line is not None)
