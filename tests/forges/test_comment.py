"""`patchkit comment`: one comment on a pull request, kept up to date, as a forge gets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from patchkit import Forge, ForgeKind, PatchkitError, PullRequest, plan_comment
from patchkit.cli.main import cli
from patchkit.errors import ForgeError
from patchkit.jobs.report import SavedReport
from patchkit.render.json import report_json
from patchkit.sources.jsonhttp import check_url
from tests.cli.running import assert_done, assert_refused, run
from tests.forges.server import COMMIT, NUMBER, REPOSITORY, TOKEN, FakeForge, serving
from tests.render.hostile import many
from tests.render.reports import REPORT

_KINDS = [kind.value for kind in ForgeKind]
_MARK = "<!-- patchkit comment on kata-containers -->"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A saved report."""
    place = tmp_path / "report.json"
    place.write_bytes(report_json(REPORT, {}))
    return place


@pytest.fixture(params=_KINDS)
def forge(request: pytest.FixtureRequest) -> Iterator[FakeForge]:
    """Each of the forges, with a person's comment."""
    with serving(FakeForge(request.param, comments=[("ann", "Looks good.")])) as served:
        yield served


@pytest.fixture
def github() -> Iterator[FakeForge]:
    """GitHub without a comment."""
    with serving(FakeForge("github")) as served:
        yield served


def _comment(*words: str | Path, variables: Mapping[str, str] | None = None) -> str:
    """What the command says in this process; raises the error that it ends with."""
    arguments = ["comment", *map(str, words)]
    said = CliRunner().invoke(cli, arguments, env=variables, standalone_mode=False)
    assert TOKEN not in f"{said.output}{said.exception}"
    if said.exception is not None:
        raise said.exception
    return said.output


def _post(forge: FakeForge, *words: str | Path, token: str = TOKEN) -> str:
    to = ("--forge", forge.kind, "--api", forge.url, "--repository", REPOSITORY)
    return _comment(*to, *words, variables={"PATCHKIT_TOKEN": token})


def _saved(*, report: object = REPORT) -> SavedReport:
    return SavedReport(Path("report.json"), report, {})  # type: ignore[arg-type]  # whatever stands in for one


def test_one_comment_that_is_kept_up_to_date(forge: FakeForge, report: Path) -> None:
    """The first run posts, the same again does nothing, another report changes the comment."""
    number = ("--number", str(NUMBER))
    to = ("--forge", forge.kind, "--api", forge.url, "--repository", REPOSITORY)
    first = run("comment", report, *to, *number, changes={"PATCHKIT_TOKEN": TOKEN})
    assert_done(first)
    assert f"Commented on number 7 of {REPOSITORY}.\n" == first.stdout
    assert "says the same already" in _post(forge, report, *number)
    assert ["created"] == forge.written
    report.write_bytes(report_json(REPORT.of_patches(REPORT.patches[:1]), {}))
    assert "up to date" in _post(forge, report, *number)
    assert ["created", "changed"] == forge.written
    (other, (author, text)) = forge.comments
    assert ("ann", "Looks good.") == other
    assert forge.owner == author
    assert text.startswith(f"{_MARK}\n\n### Patch stack of `kata-containers`: `2.5.1` to `3.2.0`")


def test_the_comment_of_somebody_else_stays(forge: FakeForge, report: Path) -> None:
    """Who quotes our mark, on purpose or not, has their comment left alone."""
    forge.comments[:] = [("mallory", f"{_MARK}\nmine"), ("robot", f"Not ours: {_MARK}")]
    before = list(forge.comments)
    _post(forge, report, "--number", "7")
    assert ["created"] == forge.written
    assert before == forge.comments[:2]


def test_the_token_of_an_app(github: FakeForge, report: Path) -> None:
    """GitHub does not tell Actions its name: the comment of a bot with our mark is ours, that of a
    person is not."""
    github.owner = None
    github.comments[:] = [("mallory", _MARK)]
    for _ in range(2):
        _post(github, report, "--number", "7")
    assert ["created"] == github.written
    assert [("mallory", _MARK), ("github-actions[bot]", github.comments[1][1])] == github.comments


def test_ours_is_found_behind_many(forge: FakeForge, report: Path) -> None:
    """On the second page, too."""
    forge.comments[:0] = [("ann", str(number)) for number in range(150)]
    for _ in range(2):
        _post(forge, report, "--number", "7")
    assert ["created"] == forge.written


def test_two_packages_have_a_comment_each(github: FakeForge, report: Path) -> None:
    """`--name` tells them apart, and cannot end the line that it stands in."""
    for name in ("one", "two", "one", "x --> <b>"):
        _post(github, report, "--number", "7", "--name", name)
    begins = [text.partition("\n")[0] for _, text in github.comments]
    assert [
        "<!-- patchkit comment on one -->",
        "<!-- patchkit comment on two -->",
        "<!-- patchkit comment on x----b- -->",
    ] == begins


def test_a_long_report_fits(github: FakeForge) -> None:
    """GitHub takes 65,536 characters; the server refuses more, as it does."""
    plan = plan_comment(
        _saved(report=many(400)),
        Forge(ForgeKind.GITHUB, github.url, TOKEN),
        PullRequest(REPOSITORY, NUMBER),
    )
    plan.write()
    ((_, text),) = github.comments
    assert 60_000 < len(text.encode()) <= 65_000
    assert "Cut for its length" in text


def test_by_the_newest_commit(forge: FakeForge, report: Path) -> None:
    """What a workflow that comments on forks has is a commit, which a stranger cannot choose."""
    forge.pulls = {number: f"{number:040}" for number in range(100, 230)} | {NUMBER: COMMIT}
    _post(forge, report, "--commit", COMMIT)
    assert ["created"] == forge.written
    with pytest.raises(ForgeError, match="that of none"):
        _post(forge, report, "--commit", "e" * 40)
    forge.pulls[9] = COMMIT
    with pytest.raises(ForgeError, match=r"that of 7, 9\. .*--number"):
        _post(forge, report, "--commit", COMMIT)


def test_as_ci_tells(report: Path) -> None:
    """In GitHub Actions and GitLab CI nothing but the token is to be said."""
    for kind, variables in (
        (
            "github",
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_REPOSITORY": REPOSITORY,
                "GITHUB_REF": "refs/pull/7/merge",
            },
        ),
        (
            "gitlab",
            {
                "GITLAB_CI": "true",
                "CI_MERGE_REQUEST_PROJECT_ID": REPOSITORY,
                "CI_PROJECT_ID": "1",
                "CI_MERGE_REQUEST_IID": "7",
            },
        ),
    ):
        with serving(FakeForge(kind)) as forge:
            api = {"GITHUB_API_URL": forge.url, "CI_API_V4_URL": f"{forge.url}/"}
            said = _comment(
                report, "--json", variables={**variables, **api, "PATCHKIT_TOKEN": TOKEN}
            )
            assert '"comment": "created"' in said
            assert ["created"] == forge.written


def test_nothing_is_asked_in_a_dry_run(report: Path) -> None:
    """The text is printed, without a forge and without a token."""
    assert _comment(report, "--dry-run").startswith(f"{_MARK}\n\n### Patch stack of")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--forge", "github", "--repository", "a/b", "--number", "1"), ("PATCHKIT_TOKEN",)),
        (("--number", "1"), ("Which forge?", "--forge")),
        (("--forge", "gitee"), ("Which repository?", "--repository")),
        (("--number", "1", "--commit", "x"), ("Only one of --number and --commit",)),
    ],
)
def test_what_is_not_said(report: Path, words: tuple[str, ...], said: tuple[str, ...]) -> None:
    """Each is one line, with what to do."""
    with pytest.raises((PatchkitError, click.UsageError)) as caught:
        _comment(report, *words)
    for word in said:
        assert word in str(caught.value)


def test_what_a_forge_refuses(github: FakeForge, report: Path) -> None:
    """The forge's own words, on one line, without what could act on a terminal."""
    with pytest.raises(ForgeError, match="401: Bad credentials"):
        _post(github, report, "--number", "7", token=TOKEN[:5])
    with pytest.raises(ForgeError, match="404: Not Found"):
        _post(github, report, "--number", "9")
    github.says_no = (403, "No.\n\x1b[31mReally")
    to = ("--forge", "github", "--api", github.url, "--repository", REPOSITORY, "--number", "7")
    refused = run("comment", report, *to, changes={"PATCHKIT_TOKEN": TOKEN})
    assert_refused(refused, "403", r"No. \x1b[31mReally")
    assert TOKEN not in refused.stderr
    assert [] == github.written


def test_the_token_goes_to_nobody_else(github: FakeForge, report: Path) -> None:
    """A redirection is not followed, and only https, or this machine, is a place for a token."""
    with serving(FakeForge("github")) as other:
        github.leads_to = other.url
        with pytest.raises(ForgeError, match="307"):
            _post(github, report, "--number", "7")
        assert [] == other.comments
    for url in ("http://forge.invalid/api", "ftp://x.invalid", "file:///etc/passwd", "x", "//["):
        with pytest.raises(ForgeError, match="not a URL that a token may be sent to"):
            check_url(url)
    check_url("https://forge.invalid/api")


def test_no_answer(github: FakeForge) -> None:
    """A server that is gone, and one that does not speak JSON, are errors of patchkit's own."""
    forge = Forge(ForgeKind.GITHUB, github.url, TOKEN)
    gone = Forge(ForgeKind.GITHUB, "http://127.0.0.1:9", TOKEN)
    with pytest.raises(PatchkitError, match="no answer"):
        plan_comment(_saved(), gone, PullRequest(REPOSITORY, NUMBER))
    github.comments.append(("ann", "x"))
    wrong = Forge(ForgeKind.GITLAB, github.url, TOKEN)
    with pytest.raises(PatchkitError, match="401"):
        plan_comment(_saved(), wrong, PullRequest(REPOSITORY, NUMBER))
    assert TOKEN not in repr(forge)
