"""The action for GitHub, the jobs for GitLab, the hooks of pre-commit and what the page shows: they
are valid and safe, and their commands do what they are there for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.demo import HELD, PORTED, Demo, make_demo
from tests.cli.running import REPOSITORY, run
from tests.forges.ci import (
    ACTION,
    GITLAB,
    HOOKS,
    Action,
    fences,
    git,
    gitlab_jobs,
    gitlab_script,
    read_yaml,
    shell,
    with_patchkit,
    yaml_of,
)
from tests.forges.server import COMMIT, TOKEN, FakeForge, serving
from tests.forges.server import REPOSITORY as SOME_REPOSITORY

_PULL_REQUEST = {
    "event_name": "pull_request",
    "repository": SOME_REPOSITORY,
    "event.pull_request.head.repo.full_name": SOME_REPOSITORY,
    "token": TOKEN,
}
_PINNED = re.compile(r"(?:actions|github)/[a-z/-]+@[0-9a-f]{40}")
_OUR_ACTION = "OWNER/patchkit/.github/actions/patchkit@TAG"


@pytest.fixture(params=["github", "gitlab"])
def forge(request: pytest.FixtureRequest) -> Iterator[FakeForge]:
    """A forge whose CI comments by the token of a robot; GitHub's does not tell its name."""
    owner = None if request.param == "github" else "robot"
    with serving(FakeForge(request.param, owner)) as served:
        yield served


def _schema(name: str) -> jsonschema.Draft7Validator:
    pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")
    vendored = resources.files("check_jsonschema").joinpath("builtin_schemas", "vendor")
    return jsonschema.Draft7Validator(json.loads(vendored.joinpath(name).read_bytes()))


# --- what is written down ---------------------------------------------------------------


def test_the_files_follow_the_published_schemas() -> None:
    """Those that the forges publish for editors: actions, workflows, jobs of GitLab."""
    _schema("github-actions.json").validate(read_yaml(ACTION))
    _schema("gitlab-ci.json").validate(read_yaml(GITLAB))
    shown = fences()
    workflows = [name for name in shown if name.startswith(".github/workflows/")]
    assert len(workflows) >= 2
    for name in workflows:
        _schema("github-workflows.json").validate(yaml_of(shown[name]))
    _schema("gitlab-ci.json").validate(yaml_of(shown[".gitlab-ci.yml"]))


def _steps() -> Iterator[dict[str, Any]]:
    yield from read_yaml(ACTION)["runs"]["steps"]
    for name, text in fences().items():
        if name.startswith(".github/workflows/"):
            for job in yaml_of(text)["jobs"].values():
                yield from job["steps"]


def test_nobody_elses_code_runs_on_github() -> None:
    """Only the forge's own actions are used, each by its commit, and ours."""
    used = [step["uses"] for step in _steps() if "uses" in step]
    assert used
    for one in used:
        assert one == _OUR_ACTION or _PINNED.fullmatch(one), one


def test_no_text_of_a_stranger_gets_into_a_script() -> None:
    """What GitHub fills in stands in variables, never in the text of a script."""
    scripts = [step["run"] for step in _steps() if "run" in step]
    assert len(scripts) > 4
    for script in scripts:
        assert "${{" not in script
        # In a stranger's folder `python -m patchkit` would take the stranger's modules.
        assert "-m patchkit" not in script


def test_what_strangers_start_may_only_read() -> None:
    """A workflow that runs on what a pull request has gets no token that writes to code, and none
    runs with the rights of the repository on the text of a pull request."""
    for name, text in fences().items():
        if not name.startswith(".github/workflows/"):
            continue
        workflow = yaml_of(text)
        assert "pull_request_target" not in workflow["on"], name
        assert {} == workflow["permissions"], name
        for job in workflow["jobs"].values():
            writable = [what for what, how in job["permissions"].items() if how != "read"]
            assert ["pull-requests"] == writable, name
        if "workflow_run" in workflow["on"]:
            assert "actions/checkout" not in text, name
    assert "persist-credentials: false" in fences()[".github/workflows/patchkit.yml"]


# --- GitHub -----------------------------------------------------------------------------


def _action(
    tmp_path: Path, demo: Demo, variables: dict[str, str], github: dict[str, str], **inputs: str
) -> Action:
    upstream = str(demo.upstream)
    given = {"upstream": upstream, "at": "1.0", "from": "1.0", "to": "2.0", **inputs}
    path = with_patchkit(tmp_path / "bin")
    action = Action(demo.stack, tmp_path / "temp", given, github, {**path, **variables})
    action.run()
    return action


def _actions_variables(url: str) -> dict[str, str]:
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": url,
        "GITHUB_REPOSITORY": SOME_REPOSITORY,
        "GITHUB_REF": "refs/pull/7/merge",
    }


def test_the_action_reports_on_a_pull_request(tmp_path: Path) -> None:
    """It checks, ports, keeps what it made, shows the report and posts it; then it fails, because a
    region is held."""
    demo = make_demo(tmp_path / "in", HELD)
    with serving(FakeForge("github", None)) as forge:
        action = _action(tmp_path, demo, _actions_variables(forge.url), _PULL_REQUEST, lint="false")
    assert {"check": "0", "rebase": "1"} == {
        name: action.outputs[name]["code"] for name in ("check", "rebase")
    }
    assert "1 region held" in action.summary
    ((author, text),) = forge.comments
    assert "github-actions[bot]" == author
    assert text.endswith(action.summary)
    made = {place.name for place in (tmp_path / "temp/patchkit/port").iterdir()}
    assert {"report.html", "report.md", "report.xml", "report.sarif", "series.conf"} <= made
    assert ["actions/setup-python", "actions/upload-artifact"] == action.used
    assert 1 == action.failed
    assert TOKEN not in "".join(action.log)


def test_the_action_on_a_fork_writes_nothing_to_the_forge(tmp_path: Path) -> None:
    """Its token may only read; the summary has the report all the same, and held regions pass where
    that is asked for."""
    demo = make_demo(tmp_path / "in", HELD)
    github = {**_PULL_REQUEST, "event.pull_request.head.repo.full_name": "stranger/where"}
    with serving(FakeForge("github", None)) as forge:
        variables = _actions_variables(forge.url)
        action = _action(
            tmp_path, demo, variables, github, lint="false", check="false", held="pass"
        )
    assert [] == forge.comments
    assert "1 region held" in action.summary
    assert 0 == action.failed


def test_the_action_lints_and_takes_names_for_names(tmp_path: Path) -> None:
    """An error of lint is told, is in the SARIF, and fails. A version that looks like shell is an
    argument."""
    demo = make_demo(tmp_path / "in", PORTED)
    demo.patch("0001-util.patch").unlink()
    odd = f'"; touch {tmp_path}/hacked; $(touch {tmp_path}/hacked) #'
    action = _action(tmp_path, demo, {}, _PULL_REQUEST, to=odd, check="false")
    assert "PK302" in action.log[0]
    sarif = json.loads((tmp_path / "temp/patchkit/lint.sarif").read_bytes())
    assert "PK302" in {one["ruleId"] for one in sarif["runs"][0]["results"]}
    assert {"lint": "1", "rebase": "2"} == {
        name: action.outputs[name]["code"] for name in ("lint", "rebase")
    }
    assert 1 == action.failed
    assert not (tmp_path / "hacked").exists()


def test_comments_on_forks_are_made_by_a_second_workflow(tmp_path: Path) -> None:
    """It finds the pull request by the commit that GitHub names, and posts what the first one has
    kept."""
    workflow = yaml_of(fences()[".github/workflows/patchkit-comment.yml"])
    (job,) = workflow["jobs"].values()
    (step,) = [step for step in job["steps"] if "patchkit comment" in step.get("run", "")]
    demo = make_demo(tmp_path / "in", HELD)
    (tmp_path / "patchkit").mkdir()
    assert 1 == demo.rebase("--out", tmp_path / "patchkit" / "port").exit_code
    with serving(FakeForge("github", None)) as forge:
        variables = {
            **with_patchkit(tmp_path / "bin"),
            **_actions_variables(forge.url),
            "GITHUB_REF": "refs/heads/main",
            "PATCHKIT_TOKEN": TOKEN,
            "COMMIT": COMMIT,
        }
        assert set(step["env"]) == {"PATCHKIT_TOKEN", "COMMIT"}
        done = shell(step["run"], tmp_path, variables)
    assert (0, "") == (done.exit_code, done.stderr)
    assert 1 == len(forge.comments)


# --- GitLab -----------------------------------------------------------------------------


def test_the_jobs_of_gitlab(tmp_path: Path) -> None:
    """All of them, in the shell of its images, with the comment as the last."""
    demo = make_demo(tmp_path / "in", HELD)
    known = {"patchkit-lint", "patchkit-check", "patchkit-rebase", "patchkit-comment"}
    assert known == {name for name, _ in gitlab_jobs()}
    with serving(FakeForge("gitlab")) as forge:
        variables = {
            **with_patchkit(tmp_path / "bin"),
            "GITLAB_CI": "true",
            "CI_API_V4_URL": forge.url,
            "CI_MERGE_REQUEST_PROJECT_ID": SOME_REPOSITORY,
            "CI_MERGE_REQUEST_IID": "7",
            "PATCHKIT_STACK": str(demo.stack),
            "PATCHKIT_AT": "1.0",
            "PATCHKIT_FROM": "1.0",
            "PATCHKIT_TO": "2.0",
            "PATCHKIT_UPSTREAM": str(demo.upstream),
        }
        codes = {}
        for name in ("patchkit-check", "patchkit-rebase", "patchkit-comment"):
            token = {"PATCHKIT_TOKEN": TOKEN} if name == "patchkit-comment" else {}
            job = shell(gitlab_script(name), tmp_path, {**variables, **token}, "sh", "-ec")
            codes[name] = job.exit_code
            assert "" == job.stderr
        assert {"patchkit-check": 0, "patchkit-rebase": 1, "patchkit-comment": 0} == codes
        assert 1 == len(forge.comments)
        without = shell(gitlab_script("patchkit-comment"), tmp_path, variables, "sh", "-ec")
        assert 0 == without.exit_code
        assert 1 == len(forge.written)
    jobs = read_yaml(GITLAB)
    assert 1 == jobs["patchkit-rebase"]["allow_failure"]["exit_codes"]
    report = tmp_path / jobs["patchkit-rebase"]["artifacts"]["reports"]["junit"]
    assert b"<testsuite" in report.read_bytes()
    lint = shell(gitlab_script("patchkit-lint"), tmp_path, variables, "sh", "-ec")
    assert lint.exit_code in (0, 1)
    assert "PK" in lint.stdout


def test_the_script_for_gitee(tmp_path: Path) -> None:
    """It ports, and comments by Gitee's interface."""
    script = fences()["patchkit-gitee.sh"]
    demo = make_demo(tmp_path / "in", HELD)
    with serving(FakeForge("gitee")) as forge:
        assert "--api" not in script
        script = script.replace("patchkit comment", f"patchkit comment --api {forge.url}")
        variables = {
            **with_patchkit(tmp_path / "bin"),
            "FROM": "1.0",
            "TO": "2.0",
            "UPSTREAM": str(demo.upstream),
            "REPOSITORY": SOME_REPOSITORY,
            "NUMBER": "7",
            "PATCHKIT_TOKEN": TOKEN,
        }
        assert 1 == shell(script, demo.stack, variables, "sh", "-c").exit_code
        assert ["created"] == forge.written
        assert "Patch stack of" in forge.comments[0][1]


# --- pre-commit -------------------------------------------------------------------------


def _hook(name: str) -> dict[str, Any]:
    (hook,) = [one for one in read_yaml(HOOKS) if one["id"] == name]
    return dict(hook)


def test_the_hooks(tmp_path: Path) -> None:
    """They are run as pre-commit does: in the repository, with the index that is to be committed,
    without names of files."""
    demo = make_demo(tmp_path / "in", PORTED)
    (demo.stack / "patchkit.yaml").write_text(f"upstream: {demo.upstream}\n")
    git("init", "-q", cwd=demo.stack)
    git("add", "-A", cwd=demo.stack)
    git("commit", "-qm", "all", cwd=demo.stack)
    lint, check = (_hook(name)["entry"].split() for name in ("patchkit-lint", "patchkit-check"))
    assert {"patchkit"} == {lint[0], check[0]}
    git("rm", "-q", "patches/0001-util.patch", cwd=demo.stack)
    refused = run(*lint[1:], cwd=demo.stack)
    assert 1 == refused.exit_code
    assert "PK302" in refused.stdout
    refused = run(*check[1:], "--at=1.0", cwd=demo.stack)
    assert 2 == refused.exit_code
    assert "0001-util.patch" in refused.stderr


def test_what_the_hooks_are_for(tmp_path: Path) -> None:
    """One is always asked, since pre-commit counts no deleted files; the other for what a stack is
    made of."""
    assert _hook("patchkit-lint")["always_run"] is True
    files = re.compile(_hook("patchkit-check")["files"])
    for name in (
        "series.conf", "debian/patches/series", "patches/100-x", "patches/x.patch", "kata.spec",
        "patches.suse/x", "a/foo_1.0.bb", "patchkit.yaml", "0001-x.diff",
    ):  # fmt: skip
        assert files.search(name), name
    for name in ("README.md", "debian/control", "my-series", "src/main.c"):
        assert not files.search(name), name


def test_the_page_and_the_files_agree() -> None:
    """Every hook and every input that the page shows is there, and the other way round."""
    page = (REPOSITORY / "docs/howto/use-in-ci.md").read_text("utf-8")
    for hook in read_yaml(HOOKS):
        assert f"id: {hook['id']}" in page
    action = read_yaml(ACTION)
    for name in (*action["inputs"], *action["outputs"]):
        assert f"| `{name}` |" in page, name
    for name in re.findall(r"#   (PATCHKIT\w*)", GITLAB.read_text("utf-8")):
        assert f"`{name}`" in page, name
