"""The reference page of lint says what the rules find: each example is what is printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from patchkit.lint.checking import lint_scene
from patchkit.lint.rules import LINT_RULES, meant_rules
from patchkit.model.lint import LintChoices, LintRule
from patchkit.render.lint import lint_text
from tests.lint.cases import CASES
from tests.lint.making import clean, found_in

PAGE = Path(__file__, "../../../docs/reference/lint.md").resolve().read_text("utf-8")
RULE = pytest.mark.parametrize("rule", [pytest.param(one, id=one.code) for one in LINT_RULES])


def section_of(rule: LintRule) -> str:
    """What the page says of a rule."""
    (text,) = re.findall(
        rf"^### {rule.code} {rule.name}\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL
    )
    return str(text)


def test_codes_and_names_are_unique() -> None:
    """A code and a name mean one rule, and the codes rise."""
    codes = [rule.code for rule in LINT_RULES]
    assert sorted(set(codes)) == codes
    assert len(codes) == len({rule.name for rule in LINT_RULES})
    assert all([rule] == meant_rules(rule.name) == meant_rules(rule.code) for rule in LINT_RULES)
    assert len(LINT_RULES) == len(meant_rules("pk"))
    assert [] == meant_rules("") == meant_rules("changelog")


def test_the_page_has_the_rules_in_their_order() -> None:
    """A section for each, and a line in the table with its severity."""
    told = [(rule.code, rule.name) for rule in LINT_RULES]
    assert told == re.findall(r"^### (PK\d+) ([a-z0-9-]+)$", PAGE, re.MULTILINE)
    rows = re.findall(
        r"^\| \[(PK\d+)\]\(#\S+\) \| `(\S+)` \| (\w+) \| (.*?) \|$", PAGE, re.MULTILINE
    )
    assert [
        (rule.code, rule.name, rule.severity.value, "`--fix`" if rule.is_mended else "")
        for rule in LINT_RULES
    ] == rows


def test_nothing_is_wrong_in_a_clean_repository() -> None:
    """No rule finds anything there."""
    assert [] == found_in(clean())


@RULE
def test_the_rule_finds_its_case_and_nothing_else(rule: LintRule) -> None:
    """In its repository the rule finds one thing, and the others nothing but what is said."""
    case = CASES[rule.code]
    codes = [one.rule.code for one in lint_scene(case.scene, LintChoices())]
    assert 1 == codes.count(rule.code)
    assert case.also == set(codes) - {rule.code}


@RULE
def test_the_example_is_what_is_printed(rule: LintRule) -> None:
    """The section has what the rule is about, and the line that lint prints for its case."""
    findings = lint_scene(CASES[rule.code].scene, LintChoices((rule.code,)))
    line = lint_text(findings).splitlines()[0]
    assert f"```text\n{line}\n" in section_of(rule)


@RULE
def test_only_what_is_said_is_mended(rule: LintRule) -> None:
    """A rule has edits only where the page says that it is mended."""
    findings = lint_scene(CASES[rule.code].scene, LintChoices((rule.code,)))
    assert rule.is_mended or not any(one.is_mendable for one in findings)
