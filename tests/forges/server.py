"""A small forge: a real HTTP server on this machine that takes comments as GitHub, GitLab and Gitee
do, each by its own paths, header and words."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "a-token-that-nobody-may-see"  # noqa: S105 (of this server)
REPOSITORY = "some/where"
NUMBER = 7
COMMIT = "0123456789abcdef0123456789abcdef01234567"
_MOST_CHARACTERS = 65_536
"""GitHub refuses more: `body is too long (maximum is 65536 characters)`."""
_PAGE = 30
"""What a page has where nobody asks for another number."""


@dataclass(frozen=True)
class _Words:
    comments: str
    comment: str
    change: str
    author: tuple[str, str]
    authorization: tuple[str, str]
    pulls: str


_OF = {
    "github": _Words(
        f"/repos/{REPOSITORY}/issues/{NUMBER}/comments",
        f"/repos/{REPOSITORY}/issues/comments/", "PATCH", ("user", "login"),
        ("Authorization", f"Bearer {TOKEN}"), f"/repos/{REPOSITORY}/pulls",
    ),
    "gitlab": _Words(
        f"/projects/{REPOSITORY}/merge_requests/{NUMBER}/notes",
        f"/projects/{REPOSITORY}/merge_requests/{NUMBER}/notes/", "PUT", ("author", "username"),
        ("PRIVATE-TOKEN", TOKEN), f"/projects/{REPOSITORY}/merge_requests",
    ),
    "gitee": _Words(
        f"/repos/{REPOSITORY}/pulls/{NUMBER}/comments",
        f"/repos/{REPOSITORY}/pulls/comments/", "PATCH", ("user", "login"),
        ("Authorization", f"Bearer {TOKEN}"), f"/repos/{REPOSITORY}/pulls",
    ),
}  # fmt: skip


@dataclass
class FakeForge:
    """What the forge has: comments as pairs of author and text, open pull requests by their newest
    commits. `owner` is whose the token is; None: an app's, which may not ask for its name."""

    kind: str
    owner: str | None = "robot"
    comments: list[tuple[str, str]] = field(default_factory=list)
    pulls: dict[int, str] = field(default_factory=lambda: {NUMBER: COMMIT, 8: "f" * 40})
    says_no: tuple[int, str] | None = None
    leads_to: str | None = None
    written: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def author(self) -> str:
        """Who a new comment is of."""
        return self.owner or "github-actions[bot]"

    def answer(self, verb: str, path: str, query: dict[str, list[str]], body: Any) -> Any:
        """The status and the document for a request that is allowed."""
        words = _OF[self.kind]
        if (verb, path) == ("GET", "/user"):
            if self.owner is None:
                return 403, {"message": "Resource not accessible by integration"}
            return 200, {words.author[1]: self.owner}
        if (verb, path) == ("GET", words.comments):
            return 200, _page([self._shown(n) for n in range(len(self.comments))], query)
        if (verb, path) == ("GET", words.pulls):
            assert query["state"] == ["opened" if self.kind == "gitlab" else "open"]
            return 200, _page([self._pull(n) for n in self.pulls], query)
        if verb == "POST" and path == words.comments:
            return self._written("created", len(self.comments), body)
        found = re.fullmatch(re.escape(words.comment) + r"(\d+)", path)
        if verb == words.change and found and int(found[1]) < len(self.comments):
            return self._written("changed", int(found[1]), body)
        return 404, {"message": "Not Found"}

    def _written(self, what: str, number: int, body: Any) -> Any:
        text = body["body"]
        if self.kind == "github" and len(text) > _MOST_CHARACTERS:
            return 422, {"message": "Validation Failed: body is too long"}
        author = self.comments[number][0] if what == "changed" else self.author
        self.comments[number : number + 1] = [(author, text)]
        self.written.append(what)
        return 201 if what == "created" else 200, self._shown(number)

    def _shown(self, number: int) -> dict[str, Any]:
        who, name = _OF[self.kind].author
        author, text = self.comments[number]
        # As forges do: line ends of the web, none at the end.
        return {"id": number, who: {name: author}, "body": text.rstrip().replace("\n", "\r\n")}

    def _pull(self, number: int) -> dict[str, Any]:
        if self.kind == "gitlab":
            return {"iid": number, "sha": self.pulls[number]}
        return {"number": number, "head": {"sha": self.pulls[number]}}


def _page(everything: list[Any], query: dict[str, list[str]]) -> list[Any]:
    size = min(100, int(query.get("per_page", [str(_PAGE)])[0]))
    start = (int(query.get("page", ["1"])[0]) - 1) * size
    return everything[start : start + size]


@contextmanager
def serving(forge: FakeForge) -> Iterator[FakeForge]:
    """Let the forge answer, until the end; its `url` is where."""

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urlsplit(self.path)
            name, value = _OF[forge.kind].authorization
            if forge.leads_to is not None:
                self.send_response(307)
                self.send_header("Location", forge.leads_to + self.path)
                self.end_headers()
                return
            if forge.says_no is not None:
                status, document = forge.says_no[0], {"message": forge.says_no[1]}
            elif self.headers.get(name) != value:
                status, document = 401, {"message": "Bad credentials"}
            else:
                status, document = forge.answer(
                    self.command,
                    unquote(parts.path),
                    parse_qs(parts.query),
                    json.loads(body) if body else None,
                )
            raw = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PATCH = do_PUT = _handle  # noqa: N815 (http.server's names)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    forge.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
