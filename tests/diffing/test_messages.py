"""Headers of patches as messages of commits: every form, and back without touching the rest."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.diffing.messages import (
    Message,
    is_same_text,
    message_of,
    new_header,
    says_nothing_new,
    with_message,
    with_note,
)

MAIL = (
    b"From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n"
    b"From: =?UTF-8?q?J=C3=B6rg?= <j@example.invalid>\n"
    b"Date: Mon, 23 Nov 2026 10:01:00 +0100\n"
    b"Subject: [PATCH 03/18] a subject that\n goes on\n"
    b"Bug: 17\n"
    b"\n"
    b"Why.\n\nSigned-off-by: J <j@example.invalid>\n"
    b"---\n a.c | 1 +\n\n"
)
DEP3 = (
    b"Description: short\n long one\n .\n two\n"
    b"Author: J <j@example.invalid>\nForwarded: no\nLast-Update: 2020-01-01\n\n"
)
PLAIN = b"## 01_fix.dpatch by J\n## DP: what it does\n\n@DPATCH@\n"


@pytest.mark.parametrize(
    ("header", "author", "text"),
    [
        (
            MAIL,
            "J\u00f6rg <j@example.invalid>".encode(),
            b"a subject that goes on\n\nWhy.\n\nSigned-off-by: J <j@example.invalid>\n",
        ),
        (DEP3, b"J <j@example.invalid>", b"short\n\nlong one\n\ntwo\n"),
        (PLAIN, b"", b"## 01_fix.dpatch by J\n\n## DP: what it does\n\n@DPATCH@\n"),
        (b"", b"", b"name\n"),
        (b"Subject: caf\xe9\n\n", b"", "caf\u00e9\n".encode()),
        (b"From: A <a@b>\n\nonly a body\n", b"A <a@b>", b"name\n\nonly a body\n"),
        (b"From: A <a@b>\nSubject: s\n\nFrom: B <b@c>\n\nbody\n", b"B <b@c>", b"s\n\nbody\n"),
        (b"note: this is prose: with colons\n", b"", b"note: this is prose: with colons\n"),
    ],
)
def test_what_a_header_says(header: bytes, author: bytes, text: bytes) -> None:
    """Mails, DEP-3 fields, plain text, nothing at all: subject, text, author."""
    found = message_of(header, "folder/name.patch")
    assert (author, text) == (found.author, found.text)


def test_a_mail_says_what_git_am_says(tmp_path: Path) -> None:
    """git mailinfo, which reads a mail for git am, finds the same author, subject and text."""
    done = subprocess.run(
        ["git", "mailinfo", tmp_path / "body", tmp_path / "diff"],
        input=MAIL + b"--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+x\n",
        capture_output=True,
        check=True,
    )
    told = dict(line.split(": ", 1) for line in done.stdout.decode().splitlines() if ": " in line)
    found = message_of(MAIL, "x")
    assert told["Subject"].encode() == found.subject
    assert f"{told['Author']} <{told['Email']}>".encode() == found.author
    assert is_same_text((tmp_path / "body").read_bytes(), found.body)
    assert (1795424460, "+0100") == found.seconds_and_zone


@given(st.sampled_from((MAIL, DEP3, PLAIN, b"", b"\n", MAIL.replace(b"\n", b"\r\n"))))
def test_the_same_message_changes_nothing(header: bytes) -> None:
    """A header gets its own message back: it stays byte for byte."""
    assert header == with_message(header, "n.patch", message_of(header, "n.patch"))


_words = st.text("abc #-", min_size=1, max_size=12).map(lambda text: "x" + text.strip(" #"))
_texts = st.lists(_words, min_size=1, max_size=4).map(lambda lines: "\n\n".join(lines) + "\n")


@given(st.sampled_from((MAIL, DEP3, PLAIN, b"")), _texts)
def test_a_new_message_is_read_back(header: bytes, text: str) -> None:
    """Whatever text is put into a header of any form, the header says it then."""
    old = message_of(header, "n.patch")
    new = Message(old.author, old.date, text.encode())
    made = with_message(header, "n.patch", new)
    assert is_same_text(new.text, message_of(made, "n.patch").text), made
    assert old.author == message_of(made, "n.patch").author


def test_only_what_changed_is_written() -> None:
    """A new subject keeps tag, other fields, text and diffstat; a new text keeps the subject."""
    old = message_of(MAIL, "x")
    subject = with_message(
        MAIL, "x", Message(old.author, old.date, b"other\n\n" + old.body + b"\n")
    )
    assert MAIL.replace(b"a subject that\n goes on", b"other") == subject
    body = with_message(MAIL, "x", Message(old.author, old.date, old.subject + b"\n\nBecause.\n"))
    expected = MAIL.replace(b"Why.\n\nSigned-off-by: J <j@example.invalid>", b"Because.")
    assert expected == body
    author = with_message(MAIL, "x", Message(b"K <k@l>", old.date, old.text))
    assert MAIL.replace(b"=?UTF-8?q?J=C3=B6rg?= <j@example.invalid>", b"K <k@l>") == author
    date = with_message(MAIL, "x", Message(b"", b"Tue, 24 Nov 2026 10:01:00 +0100", old.text))
    assert MAIL.replace(b"Mon, 23", b"Tue, 24") == date
    assert (
        b"Description: new\n one\nAuthor: J <j@example.invalid>\nForwarded: no\n"
        b"Last-Update: 2020-01-01\n\n"
    ) == with_message(DEP3, "x", Message(b"", b"", b"new\n\none\n"))


def test_what_an_editor_does_is_no_edit() -> None:
    """Comments that git strips, blank lines and blanks at line ends do not count."""
    assert is_same_text(b"a\n\n#c\n\n\nb  \n", b"a\n\nb\n")
    assert not is_same_text(b"a\n", b"b\n")


def test_another_programs_message() -> None:
    """A message with the lines of the header in another form says nothing new; more lines do."""
    told = b"short\n\nForwarded: no\nLast-Update: 2020-01-01\n\nlong one\n\ntwo\n"
    author = b"J <j@example.invalid>"
    assert says_nothing_new(DEP3, "x", Message(author, b"", told))
    assert not says_nothing_new(DEP3, "x", Message(author, b"", told + b"three\n"))
    assert not says_nothing_new(DEP3, "x", Message(b"K <k@l>", b"", told))


def test_a_note_is_put_behind_the_text() -> None:
    """Before the diffstat, behind the last line; all else stays."""
    noted = with_note(MAIL, b"[folded in: x]")
    assert MAIL == noted.replace(b"\n[folded in: x]\n", b"")
    assert b"invalid>\n\n[folded in: x]\n---\n" in noted
    assert b"[x]\n\n" == with_note(b"", b"[x]")


def test_a_text_that_looks_like_a_diff_is_made_safe() -> None:
    """Lines of a message at which patch would begin to read get a blank before them."""
    header = new_header(Message(b"", b"", b"s\n\ndiff --git a/x b/x\n--- a/x\n"), b"[PATCH] ")
    assert b"Subject: [PATCH] s\n\n diff --git a/x b/x\n --- a/x\n\n" == header
