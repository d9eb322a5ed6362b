"""Comments on pull requests, by the interfaces of GitHub, GitLab and Gitee (sources floor).

Rules: docs.github.com/rest, docs.gitlab.com/api, gitee.com/api/v5/swagger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import quote

from patchkit.errors import ForgeError
from patchkit.sources.jsonhttp import RefusedError, ask

_PAGE = 100
_MOST_PAGES = 50
_FORBIDDEN = 403
_BOT = "[bot]"
"""Ends the names of GitHub's apps; no person's name can have brackets."""


class ForgeKind(Enum):
    """Whose interface a forge has; the value is the word for it on the command line."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GITEE = "gitee"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request (GitLab: merge request) by its number in a repository, `OWNER/NAME`."""

    repository: str
    number: int


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that stands below a pull request."""

    identity: int
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class _Dialect:
    """Where a forge has what; paths begin behind the API and have names in braces."""

    pulls: str
    open_state: str
    commit: tuple[str, ...]
    number: str
    comments: str
    comment: str
    change: str
    author: tuple[str, ...]
    header: str
    scheme: str = ""


_DIALECTS = {
    ForgeKind.GITHUB: _Dialect(
        "repos/{repository}/pulls", "open", ("head", "sha"), "number",
        "repos/{repository}/issues/{number}/comments",
        "repos/{repository}/issues/comments/{identity}", "PATCH", ("user", "login"),
        "Authorization", "Bearer ",
    ),
    ForgeKind.GITLAB: _Dialect(
        "projects/{repository}/merge_requests", "opened", ("sha",), "iid",
        "projects/{repository}/merge_requests/{number}/notes",
        "projects/{repository}/merge_requests/{number}/notes/{identity}", "PUT",
        ("author", "username"), "PRIVATE-TOKEN",
    ),
    ForgeKind.GITEE: _Dialect(
        "repos/{repository}/pulls", "open", ("head", "sha"), "number",
        "repos/{repository}/pulls/{number}/comments",
        "repos/{repository}/pulls/comments/{identity}", "PATCH", ("user", "login"),
        "Authorization", "Bearer ",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Forge:
    """A forge: whose interface it has, the URL at which that begins, and the token of who asks.

    Every method raises `ForgeError` where the forge gives no answer, or says no.
    """

    kind: ForgeKind
    api: str
    token: str = field(repr=False)

    def pull_requests_at(self, repository: str, commit: str) -> tuple[int, ...]:
        """The open pull requests whose newest commit this is, by their numbers."""
        dialect = _DIALECTS[self.kind]
        path = self._path(dialect.pulls, repository)
        return tuple(
            sorted(
                int(_at(one, (dialect.number,)))
                for one in self._pages(path, f"state={dialect.open_state}&")
                if _at(one, dialect.commit) == commit
            )
        )

    def comments(self, pull: PullRequest) -> Iterator[Comment]:
        """All comments on a pull request that are no part of a review."""
        dialect = _DIALECTS[self.kind]
        path = self._path(dialect.comments, pull.repository, number=pull.number)
        for one in self._pages(path):
            yield self._comment(one)

    def is_ours(self, comment: Comment, name: str | None) -> bool:
        """Whether the token that wrote the comment is of the same person or app as this one, which
        is called `name`; None: it is that of an app, which may not ask."""
        return comment.author == name or (name is None and comment.author.endswith(_BOT))

    def own_name(self) -> str | None:
        """What the forge calls the owner of the token; None where it does not say, as GitHub does
        not to its apps, that of Actions among them."""
        key = _DIALECTS[self.kind].author[-1]
        try:
            return str(_at(self._ask("user"), (key,)))
        except RefusedError as error:
            if self.kind is ForgeKind.GITHUB and error.status == _FORBIDDEN:
                return None
            raise

    def post(self, pull: PullRequest, text: str) -> Comment:
        """Write a new comment."""
        dialect = _DIALECTS[self.kind]
        path = self._path(dialect.comments, pull.repository, number=pull.number)
        return self._comment(self._ask(path, verb="POST", document={"body": text}))

    def change(self, pull: PullRequest, comment: Comment, text: str) -> Comment:
        """Give a comment another text."""
        dialect = _DIALECTS[self.kind]
        path = self._path(
            dialect.comment, pull.repository, number=pull.number, identity=comment.identity
        )
        return self._comment(self._ask(path, verb=dialect.change, document={"body": text}))

    def _path(self, path: str, repository: str, **names: int) -> str:
        """GitLab takes OWNER/NAME as one part of a path, the others as two."""
        safe = "" if self.kind is ForgeKind.GITLAB else "/"
        return path.format(repository=quote(repository, safe=safe), **names)

    def _pages(self, path: str, query: str = "") -> Iterator[Mapping[str, Any]]:
        for number in range(1, _MOST_PAGES + 1):
            page = self._ask(f"{path}?{query}per_page={_PAGE}&page={number}")
            if not isinstance(page, list):
                raise ForgeError(f"{self.api}/{path}: the answer is no list.")
            yield from page
            if len(page) < _PAGE:
                return

    def _ask(self, path: str, *, verb: str = "GET", document: object = None) -> Any:
        dialect = _DIALECTS[self.kind]
        headers = {dialect.header: f"{dialect.scheme}{self.token}", "User-Agent": "patchkit"}
        return ask(f"{self.api}/{path}", headers, verb=verb, document=document)

    def _comment(self, document: object) -> Comment:
        author = _at(document, _DIALECTS[self.kind].author)
        text = str(_at(document, ("body",)) or "")
        return Comment(int(_at(document, ("id",))), str(author), text)


def _at(document: object, keys: tuple[str, ...]) -> Any:
    """What stands below these keys."""
    for key in keys:
        if not isinstance(document, dict) or key not in document:
            raise ForgeError(f"The forge's answer has no {'.'.join(keys)}.", "Is --forge right?")
        document = document[key]
    return document
