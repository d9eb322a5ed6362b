"""Runs the templates for CI as far as a machine without a forge can: their scripts, by the shell
and with the variables that GitHub and GitLab give them."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.cli.programs import put_before
from tests.cli.running import PATCHKIT, REPOSITORY, Run, environment

ACTION = REPOSITORY / ".github" / "actions" / "patchkit" / "action.yml"
GITLAB = REPOSITORY / ".gitlab" / "patchkit.gitlab-ci.yml"
HOOKS = REPOSITORY / ".pre-commit-hooks.yaml"
PAGE = REPOSITORY / "docs" / "howto" / "use-in-ci.md"
_FENCE = re.compile(r"^```(\w+)\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def read_yaml(place: Path) -> Any:
    """A YAML file as plain data; `on` stays a word, as GitHub and GitLab read it."""
    return yaml.load(place.read_text("utf-8"), Loader=_Words)  # noqa: S506 (a safe loader)


def fences() -> Mapping[str, str]:
    """The files that the page shows, each by the name in its first line."""
    return {name: text for _, name, text in _FENCE.findall(PAGE.read_text("utf-8"))}


def yaml_of(text: str) -> Any:
    """The text as plain data, as `read_yaml` reads it."""
    return yaml.load(text, Loader=_Words)  # noqa: S506 (a safe loader)


class _Words(yaml.SafeLoader):
    """YAML in which only true and false are truth values, as in YAML 1.2."""


_Words.yaml_implicit_resolvers = {
    first: [one for one in known if one[0] != "tag:yaml.org,2002:bool"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Words.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])


def with_patchkit(folder: Path) -> dict[str, str]:
    """The variables with which `patchkit` is this one."""
    return put_before(folder, "patchkit", f'exec {" ".join(PATCHKIT)} "$@"\n')


def shell(script: str, cwd: Path, variables: Mapping[str, str], *words: str) -> Run:
    """Run a script as the forge's runner does."""
    done = subprocess.run(
        [*(words or ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")), script],
        cwd=cwd,
        env=environment(variables),
        capture_output=True,
        text=True,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


@dataclass
class Action:
    """A run of the composite action in the folder `cwd`: its steps one after the other, but for
    those that use another action, and the one that installs."""

    cwd: Path
    temp: Path
    inputs: Mapping[str, str]
    github: Mapping[str, str]
    variables: Mapping[str, str]
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    failed: int = 0

    @property
    def summary(self) -> str:
        """What stands on the page of the run."""
        return (self.temp / "summary").read_text("utf-8")

    def run(self) -> None:
        """Run every step whose condition holds."""
        action = read_yaml(ACTION)
        defaults = {name: one["default"] for name, one in action["inputs"].items()}
        self.inputs = {**defaults, **self.inputs}
        folder = self.temp / "patchkit"
        folder.mkdir(parents=True)
        (self.temp / "summary").touch()
        for step in action["runs"]["steps"]:
            if step.get("id") == "install":
                self.outputs["install"] = {"folder": str(folder)}
            elif self._holds(step.get("if", "success()")):
                self._step(step)

    def _step(self, step: Mapping[str, Any]) -> None:
        if "uses" in step:
            self.used.append(step["uses"].partition("@")[0])
            return
        output = self.temp / "output"
        output.write_text("")
        given = {name: self._filled(value) for name, value in step.get("env", {}).items()}
        files = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(self.temp / "summary")}
        assert step["shell"] == "bash"
        done = shell(step["run"], self.cwd, {**self.variables, **files, **given})
        self.log.append(done.stdout + done.stderr)
        self.failed = self.failed or done.exit_code
        lines = output.read_text().splitlines()
        self.outputs[step.get("id", step["name"])] = dict(line.split("=", 1) for line in lines)

    def _filled(self, text: str) -> str:
        return _EXPRESSION.sub(lambda found: self._value(found[1]), text)

    def _value(self, name: str) -> str:
        """What a name of a context stands for."""
        first, _, rest = name.partition(".")
        if first == "inputs":
            return self._filled(self.inputs[rest])
        if first == "steps":
            step, _, key = rest.partition(".outputs.")
            return self.outputs.get(step, {}).get(key, "")
        assert first == "github", name
        return self.github[rest]

    def _holds(self, condition: str) -> bool:
        """Whether a condition of names, texts, && and || without brackets in brackets holds."""
        words = re.sub(r"\s+", " ", condition)
        if not self.failed or "always()" in words:
            plain = re.sub(r"\b(?:inputs|steps|github)\.[\w.]+", self._quoted, words)
            plain = plain.replace("always()", "True").replace("success()", "True")
            plain = plain.replace("&&", " and ").replace("||", " or ")
            assert re.fullmatch(r"(?:'[^'\\]*'|True|and|or|[!=]=|[() ])*", plain), plain
            return bool(eval(plain, {}))  # noqa: S307 (texts and comparisons, as asserted)
        return False

    def _quoted(self, found: re.Match[str]) -> str:
        return repr(self._value(found[0]))


def gitlab_jobs() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The jobs of the template for GitLab that run, not those that others extend."""
    for name, job in read_yaml(GITLAB).items():
        if not name.startswith("."):
            yield name, job


def gitlab_script(name: str) -> str:
    """The script of a job as its runner puts it together."""
    return "\n".join(read_yaml(GITLAB)[name]["script"])


def git(*words: str, cwd: Path) -> None:
    """Run git as a person without settings."""
    person = dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "a@example.org")
    names = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "A")
    subprocess.run(
        ["git", *words], cwd=cwd, env={**os.environ, **person, **names}, check=True,
        capture_output=True,
    )  # fmt: skip
