"""A saved report as a comment on a pull request: one comment, which is kept up to date (jobs
floor).

`docs/howto/use-in-ci.md` shows it at work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from patchkit.errors import ForgeError
from patchkit.jobs.report import SavedReport
from patchkit.render.markdown import report_markdown
from patchkit.sources.forges import Comment, Forge, ForgeKind, PullRequest

TOKEN_VARIABLE = "PATCHKIT_TOKEN"  # noqa: S105 (the name of a variable)
_LIMIT = 65_000
"""Bytes. GitHub takes 65,536 characters, GitLab more; Gitee does not say."""
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9._+-]+")
_PULL_REF = re.compile(r"refs/pull/(\d+)/(?:merge|head)")
_GITEE = "https://gitee.com/api/v5"


class Posted(Enum):
    """What became of the comment; the value is the word in JSON."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class CommentPlan:
    """A comment that is not written yet: its text, and the one that it takes the place of (None:
    there is none)."""

    forge: Forge
    pull: PullRequest
    text: str
    earlier: Comment | None

    def write(self) -> Posted:
        """Post it, or bring the earlier one up to date. Raises `ForgeError`."""
        if self.earlier is None:
            self.forge.post(self.pull, self.text)
            return Posted.CREATED
        if _same(self.earlier.text, self.text):
            return Posted.UNCHANGED
        self.forge.change(self.pull, self.earlier, self.text)
        return Posted.CHANGED


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a CI tells of itself: forge, API, repository and number of a pull request, as far as it
    does (None: it does not)."""

    kind: ForgeKind | None = None
    api: str | None = None
    repository: str | None = None
    number: int | None = None


def surroundings(variables: Mapping[str, str]) -> Surroundings:
    """What the variables of GitHub Actions or GitLab CI say."""
    if variables.get("GITHUB_ACTIONS") == "true":
        found = _PULL_REF.fullmatch(variables.get("GITHUB_REF", ""))
        return Surroundings(
            ForgeKind.GITHUB,
            variables.get("GITHUB_API_URL"),
            variables.get("GITHUB_REPOSITORY"),
            int(found[1]) if found else None,
        )
    if variables.get("GITLAB_CI") == "true":
        number = variables.get("CI_MERGE_REQUEST_IID", "")
        project = variables.get("CI_MERGE_REQUEST_PROJECT_ID") or variables.get("CI_PROJECT_ID")
        return Surroundings(
            ForgeKind.GITLAB,
            variables.get("CI_API_V4_URL"),
            project,
            int(number) if number.isdecimal() else None,
        )
    return Surroundings()


def forge_of(kind: ForgeKind, api: str | None, token: str | None) -> Forge:
    """The forge; without an `api` that of its home. Raises `ForgeError` without a token."""
    if not token:
        raise ForgeError(
            "No token, without which no forge takes a comment.",
            f"Put one that may comment into the variable {TOKEN_VARIABLE}.",
        )
    homes = {
        ForgeKind.GITHUB: "https://api.github.com",
        ForgeKind.GITLAB: "https://gitlab.com/api/v4",
        ForgeKind.GITEE: _GITEE,
    }
    return Forge(kind, (api or homes[kind]).rstrip("/"), token)


def pull_request_at(forge: Forge, repository: str, commit: str) -> PullRequest:
    """The open pull request whose newest commit this is. Raises `ForgeError` unless it is one."""
    numbers = forge.pull_requests_at(repository, commit)
    if len(numbers) == 1:
        return PullRequest(repository, numbers[0])
    told = f"that of {', '.join(map(str, numbers))}" if numbers else "that of none"
    raise ForgeError(
        f"{repository}: which pull request? The commit {commit} is {told}.",
        "Say which with --number." if numbers else "Newer commits may have come meanwhile.",
    )


def plan_comment(
    saved: SavedReport, forge: Forge, pull: PullRequest, *, name: str | None = None
) -> CommentPlan:
    """The report as a comment on a pull request. One that the owner of the token wrote before, of
    the same `name` (None: that of the package), is to be brought up to date.

    Reads from the forge, and writes nothing. Raises `ForgeError`.
    """
    text = comment_text(saved, name)
    mark = text.partition("\n")[0]
    marked = [one for one in forge.comments(pull) if _begins(one.text, mark)]
    earlier = None
    if marked:
        owner = forge.own_name()
        earlier = next((one for one in marked if forge.is_ours(one, owner)), None)
    return CommentPlan(forge, pull, text, earlier)


def comment_text(saved: SavedReport, name: str | None = None) -> str:
    """The report in Markdown below a line that no forge shows, by which it is found again."""
    meant = _NOT_IN_NAME.sub("-", name or saved.report.package)[:100]
    mark = f"<!-- patchkit comment on {meant} -->\n\n"
    return mark + report_markdown(saved.report, _LIMIT - len(mark))


def _begins(text: str, mark: str) -> bool:
    return text.lstrip().partition("\n")[0].rstrip() == mark


def _same(one: str, other: str) -> bool:
    """Whether a forge would show the same; it may have changed line ends, or cut off the last."""
    return one.replace("\r\n", "\n").strip() == other.strip()
