"""What a port goes by: the limits of a stack, and the rules that were chosen (jobs floor)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from patchkit.engine.policy import Policy
from patchkit.engine.rules import RULES, Certainty, Rule
from patchkit.errors import PatchkitError
from patchkit.jobs.choices import Choices
from patchkit.jobs.project import Project
from patchkit.model.shown import shown_name
from patchkit.workspace.settings import Settings

NO_RULES = "none"
DEFAULT_FUZZ = 2
"""GNU patch's and quilt's limit, where neither a setting nor an apply-patches script says
another."""

_SCRIPT_FUZZ = re.compile(rb"\bpatch\b[^\n#|;]*?[ \t](?:-F[ \t]*|--fuzz[= ])(\d+)")


def policy_of(project: Project, folder: Path, fuzz: int | None = None) -> Policy:
    """The fuzz limit and strip level for a stack: as given, as set, as its script has it, or 2.

    No rules but the certain ones, and no resolutions.
    """
    if fuzz is None:
        fuzz = project.settings.fuzz
    if fuzz is None:
        fuzz = _fuzz_of_script(folder / "apply-patches")
    return Policy(max_fuzz=DEFAULT_FUZZ if fuzz is None else fuzz, strip=project.settings.strip)


def _fuzz_of_script(script: Path) -> int | None:
    """The fuzz limit that an apply-patches script gives to patch."""
    if not script.is_file():
        return None
    found = _SCRIPT_FUZZ.search(script.read_bytes())
    return None if found is None else int(found[1])


def policy_with(policy: Policy, choices: Choices, settings: Settings) -> Policy:
    """The policy as it was chosen. Raises `PatchkitError` for a rule that there is not."""
    wanted = _certain_rules(choices.rules or settings.rules)
    accepted = [_named(name) for name in dict.fromkeys((*settings.accept, *choices.accept))]
    for rule in accepted:
        if rule.certainty is Certainty.CERTAIN:
            raise PatchkitError(
                f"The rule {rule.name} is certain: there is nothing to accept.",
                "Name a suggested one; `patchkit rules` lists them.",
            )
    share = settings.absorbed_from if choices.absorbed_from is None else choices.absorbed_from
    return replace(
        policy,
        rules=(*wanted, *accepted),
        suggestions=tuple(rule for rule in policy.suggestions if rule not in accepted),
        kept=frozenset((*settings.keep, *choices.keep)),
        absorbed_from=policy.absorbed_from if share is None else share / 100,
    )


def _certain_rules(names: Sequence[str]) -> tuple[Rule, ...]:
    certain = tuple(rule for rule in RULES if rule.certainty is Certainty.CERTAIN)
    if not names:
        return certain
    if tuple(names) == (NO_RULES,):
        return ()
    without = {_named(name[1:]).name for name in names if name.startswith("-")}
    only = {_named(name).name for name in names if not name.startswith("-")}
    return tuple(
        rule for rule in certain if rule.name not in without and (not only or rule.name in only)
    )


def _named(name: str) -> Rule:
    found = next((rule for rule in RULES if rule.name == name), None)
    if found is not None:
        return found
    near = difflib.get_close_matches(name, [rule.name for rule in RULES], n=1)
    hints = [f"Did you mean {near[0]}?"] if near else []
    raise PatchkitError(
        f"There is no rule {shown_name(name)}.", *hints, "`patchkit rules` lists them."
    )
