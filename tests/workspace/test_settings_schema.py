"""The JSON Schema of patchkit.yaml says what the reader says, as far as a schema can.

What it cannot is in docs/reference/patchkit-yaml.md, and named here where a test leaves it out.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from patchkit.errors import SettingsError
from patchkit.lint.rules import LINT_RULES, meant_rules
from patchkit.render.schemas import Schema
from patchkit.workspace.settings import load_settings
from tests.cli.running import REPOSITORY, assert_done, run
from tests.strategies.configurations import settings_values, yaml_file
from tests.workspace.test_settings import FULL

_DOCUMENT = json.loads(Schema.SETTINGS.document())
_SCHEMA = Draft7Validator(_DOCUMENT)
_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}
"""What `str.isprintable` refuses, but for the blank; the schema names the usual ones of them."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A patchkit.yaml that is written anew for each example."""
    return tmp_path_factory.mktemp("settings") / "patchkit.yaml"


def _is_read(place: Path, raw: bytes) -> bool:
    place.write_bytes(raw)
    try:
        load_settings(place)
    except SettingsError:
        return False
    return True


def test_it_is_a_schema_and_says_its_version() -> None:
    """Every key of the reader has a description, in the reader's order, and there is no other."""
    Draft7Validator.check_schema(_DOCUMENT)
    assert "urn:patchkit:patchkit-yaml:1" == _DOCUMENT["$id"]
    reference = (REPOSITORY / "docs/reference/patchkit-yaml.md").read_text("utf-8")
    keys = re.findall(r"^\| `([a-z-]+)` \|", reference, re.MULTILINE)
    assert keys == list(_DOCUMENT["properties"])
    for key, value in _DOCUMENT["properties"].items():
        assert value["description"].endswith("."), key
    for name in ("select", "ignore"):
        assert _DOCUMENT["properties"]["lint"]["properties"][name]["description"]


def _parts(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, dict):
        yield document
    for one in document.values() if isinstance(document, dict) else document:
        if isinstance(one, dict | list):
            yield from _parts(one)


def test_an_editor_says_it_in_words() -> None:
    """Beside a pattern stands what editors show instead of it, or the words that it takes, or it
    is one that must not match."""
    bare = [one for one in _parts(_DOCUMENT) if "pattern" in one and "properties" not in one]
    told = [one["patternErrorMessage"] for one in bare if "patternErrorMessage" in one]
    assert all(one.endswith(".") for one in told)
    assert len(told) > 5
    rest = [one["pattern"] for one in bare if "patternErrorMessage" not in one]
    assert 2 == len([one for one in rest if isinstance(one, str) and one[0] == "^"]), rest


def test_the_defaults_and_examples_are_true(place: Path) -> None:
    """Each example is read; a file with nothing but the defaults changes nothing."""
    defaults = {}
    for key, value in _DOCUMENT["properties"].items():
        for example in value.get("examples", ()):
            assert _is_read(place, yaml_file({key: example})), (key, example)
        if "default" in value:
            defaults[key] = value["default"]
    assert set(defaults) == {"strip", "stack", "output", "resolutions", "absorbed-from"}
    place.write_text("{}")
    plain = load_settings(place)
    place.write_bytes(yaml_file(defaults))
    given_ = load_settings(place)
    assert (plain.strip, plain.stack, plain.output) == (given_.strip, given_.stack, given_.output)


def test_how_it_is_printed() -> None:
    """`patchkit schema patchkit-yaml` gives the file, and the list has it with all others."""
    done = run("schema", "patchkit-yaml")
    assert_done(done)
    assert Schema.SETTINGS.document().decode() == done.stdout
    listed = run("schema")
    assert_done(listed)
    for schema in Schema:
        title = json.loads(schema.document())["title"]
        assert re.search(rf"^{schema.value} +{re.escape(title)} ", listed.stdout, re.MULTILINE)
    document = json.loads(run("schema", "--json").stdout)
    assert [one["name"] for one in document["schemas"]] == [schema.value for schema in Schema]


def _documented() -> list[tuple[str, str]]:
    found = []
    fence = re.compile(r"^```yaml\n# patchkit\.yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    for page in (REPOSITORY / "docs").rglob("*.md"):
        found += [(page.name, text) for text in fence.findall(page.read_text("utf-8"))]
    return found


def test_files_that_are_there_follow_it() -> None:
    """Those that ship, those of the documents, and the one that the reader's own test reads."""
    files = (REPOSITORY / "series").rglob("patchkit.yaml")
    shipped = [(str(one), one.read_text("utf-8")) for one in files]
    assert shipped
    for name, text in (*shipped, *_documented(), ("FULL", FULL), ("empty", "")):
        assert [] == [*_SCHEMA.iter_errors(yaml.safe_load(text))], name


@given(settings_values)
def test_what_people_write_follows_it(values: dict[str, Any]) -> None:
    """Every key in every form that the tests of the reader draw."""
    _SCHEMA.validate(values)


def test_the_rules_of_lint_are_those_that_there_are() -> None:
    """Codes, their beginnings in any case, names, and nothing else."""
    words = {rule.code[:length] for rule in LINT_RULES for length in range(1, 6)}
    words |= {rule.name for rule in LINT_RULES} | {f"PK{number:03}" for number in range(1000)}
    words |= {f"PK{number:02}" for number in range(100)} | {f"PK{number}" for number in range(10)}
    words |= {"pk101", "pK5", "QK1", "PK1010", "names", "Names-folded", "K1", "PK 1"}
    for word in words:
        expected = bool(meant_rules(word))
        assert expected == _SCHEMA.is_valid({"lint": {"select": [word]}}), word
        if " " not in word:
            assert expected == _SCHEMA.is_valid({"lint": {"ignore": [f"{word} *.yaml"]}}), word


_characters = st.sampled_from(
    "abZ09 {}!/+-._:#'\"@,*\t\n\x01\x7f\u00a0\u00ad\u200b\u2028\ufeff\u00e9"
)
_odd_texts = st.text(_characters, max_size=8) | st.sampled_from(
    ("{version}", "v{version}", "{name}", "{{version}}", " html ", "!", "!/", "/", "PK502 x", "a b")
)
_scalars = st.none() | st.booleans() | st.integers(-2, 1200) | st.floats(0.5, 9.5) | _odd_texts
_keys = st.sampled_from(("pattern", "command", "select", "ignore", "architecture", "riscv64", ""))
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=2),
    max_leaves=6,
)


@st.composite
def _nearly(draw: st.DrawFn) -> dict[str, Any]:
    """Settings of which some values are not what the key wants."""
    values = draw(settings_values)
    for key in draw(st.lists(st.sampled_from([*_DOCUMENT["properties"], "unknown"]), max_size=2)):
        values[key] = draw(_values)
    return values


def _is_sayable(value: object) -> bool:
    """Whether a schema can tell it as the reader does: it takes 2.0 for 2."""
    if isinstance(value, dict):
        return all(map(_is_sayable, value.values()))
    if isinstance(value, list):
        return all(map(_is_sayable, value))
    return not (isinstance(value, float) and value.is_integer())


@given(_nearly())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_reader_and_schema_agree(place: Path, values: dict[str, Any]) -> None:
    """What one refuses the other refuses, and the other way round."""
    assume(_is_sayable(values))
    raw = yaml_file(values)
    assert yaml.safe_load(raw) == values
    errors = [error.message for error in _SCHEMA.iter_errors(values)]
    assert _is_read(place, raw) == (not errors), errors


@given(st.text(max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_texts_in_any_script(place: Path, text: str) -> None:
    """The schema refuses no text that the reader takes; and takes one that the reader refuses only
    for characters that do not show, of which it names the usual ones."""
    raw = yaml_file({"upstream-note": text})
    assume(yaml.safe_load(raw) == {"upstream-note": text})  # PyYAML writes U+0085 as a line end
    is_valid = _SCHEMA.is_valid({"upstream-note": text})
    if _is_read(place, raw):
        assert is_valid
    elif is_valid:
        inner = text.strip()
        assert any(unicodedata.category(one) in _UNSEEN for one in inner)
