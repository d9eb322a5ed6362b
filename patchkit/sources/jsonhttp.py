"""Asks a web interface that speaks JSON; the only module that knows urllib's requests (sources
floor).

What is sent goes to one host and no other: a redirection is an error, since it would take the token
along.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.parse import urlsplit

from patchkit.errors import ForgeError

_SECONDS = 30
_MOST_BYTES = 32 << 20
_MOST_TOLD = 300
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


class RefusedError(ForgeError):
    """The other side said no; `status` is HTTP's."""

    def __init__(self, status: int, message: str, *hints: str) -> None:
        super().__init__(message, *hints)
        self.status = status


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str,
        headers: HTTPMessage, newurl: str,
    ) -> None:  # fmt: skip
        """Follow none."""


def ask(url: str, headers: Mapping[str, str], *, verb: str = "GET", document: object = None) -> Any:
    """What the other side answers, decoded; `document` (None: nothing) is sent along as JSON.

    Raises `RefusedError` for an answer that is none of success, `ForgeError` where there is no
    answer, where it is no JSON, and for a URL over which a token could be read by others.
    """
    check_url(url)
    body = None if document is None else json.dumps(document).encode()
    given = {"Accept": "application/json", "Content-Type": "application/json", **headers}
    request = urllib.request.Request(url, body, given, method=verb)  # noqa: S310 (checked above)
    opener = urllib.request.build_opener(_NoRedirection)
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            raw = answer.read(_MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        with error:
            told = f"{_place(url)}: {error.code}: {_told(error)}."
        raise RefusedError(error.code, told) from error
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise ForgeError(f"{_place(url)}: no answer: {reason}.") from error
    if len(raw) > _MOST_BYTES:
        raise ForgeError(f"{_place(url)}: the answer is longer than {_MOST_BYTES} bytes.")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ForgeError(f"{_place(url)}: the answer is no JSON.") from error


def check_url(url: str) -> None:
    """Raise `ForgeError` unless it is one of https, or one of this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    if host and (parts.scheme == "https" or (parts.scheme == "http" and host in _THIS_MACHINE)):
        return
    raise ForgeError(
        f"{_place(url)}: not a URL that a token may be sent to.", "It has to begin with https://."
    )


def _place(url: str) -> str:
    """The URL without its query."""
    return url.partition("?")[0]


def _told(error: urllib.error.HTTPError) -> str:
    """What the other side says, on one line; else what HTTP calls it."""
    try:
        document = json.loads(error.read(1 << 16))
    except (OSError, HTTPException, ValueError, RecursionError):
        document = None
    said = document.get("message") or document.get("error") if isinstance(document, dict) else None
    return " ".join(str(said or error.reason).split())[:_MOST_TOLD].rstrip(".")
