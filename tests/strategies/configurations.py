"""`patchkit.yaml` and `FLEET.yaml`: as people write them, every key, in several styles."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import strategies as st

_words = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,8}", fullmatch=True)
_patterns = st.sampled_from(("{version}", "stacks/{version}", "../out/{version}-ported"))
_styles = st.sampled_from((False, None, True))

settings_values = st.fixed_dictionaries(
    {},
    optional={
        "name": _words,
        "upstream": st.sampled_from(("https://example.invalid/x.git", "../up", "git@x:y")),
        "upstream-note": st.sampled_from(("reduced", "two words", "caf\u00e9: yes")),
        "tag": st.sampled_from(("v{version}", "{version}")),
        "fuzz": st.integers(0, 9),
        "strip": st.integers(0, 3),
        "flags": st.lists(_words, max_size=3, unique=True),
        "stack": _patterns,
        "output": _patterns,
        "resolutions": st.just("patchkit.resolutions"),
        "generated": st.lists(
            st.sampled_from(("*.pb.go", "!own.pb.go"))
            | st.fixed_dictionaries({"pattern": st.just("api/*.rs")}, optional={"command": _words}),
            max_size=3,
        ),
        "rules": st.lists(_words, max_size=2),
        "accept": st.lists(_words, max_size=2),
        "keep": st.lists(_words, max_size=2),
        "absorbed-from": st.integers(0, 100),
        "reports": st.lists(st.sampled_from(("html", "markdown", "junit", "sarif")), max_size=4),
        "variant": _words | st.lists(_words, max_size=2),
        "variants": st.dictionaries(
            _words, st.dictionaries(_words, st.none() | _words | st.lists(_words), max_size=2),
            max_size=2,
        ),
        "lint": st.fixed_dictionaries(
            {}, optional={
                "select": st.lists(st.sampled_from(("PK1", "PK502"))),
                "ignore": st.lists(st.sampled_from(("PK113 *.yaml", "PK502"))),
            },
        ),
    },
)  # fmt: skip
"""What a `patchkit.yaml` may say, by key."""

_packages = st.fixed_dictionaries(
    {"name": _words},
    optional={
        "stack": st.sampled_from(("repos/{name}", "x")),
        "upstream": st.just("https://example.invalid/{name}.git"),
        "from": st.just("1.0.0"),
        "to": st.just("v2"),
        "limit-time": st.sampled_from(("90s", "15m", "2h")),
        "limit-memory": st.sampled_from(("512M", "2G")),
    },
)
fleet_values = st.fixed_dictionaries(
    {
        "fleet": st.just(1),
        "packages": st.lists(_packages, min_size=1, max_size=4, unique_by=lambda one: one["name"]),
    },
    optional={
        "upstream": st.just("up/{name}"),
        "from": st.just("1.0.0"),
        "limit-time": st.just("5m"),
    },
)
"""What a `FLEET.yaml` may say, by key."""


@st.composite
def _files(draw: st.DrawFn, values: st.SearchStrategy[dict[str, Any]]) -> bytes:
    return yaml_file(draw(values), draw(_styles))


def yaml_file(values: dict[str, Any], style: bool | None = False) -> bytes:
    """The values as YAML: in lines (False), in braces (True), or mixed (None)."""
    text = yaml.safe_dump(values, default_flow_style=style, allow_unicode=True)
    return bytes(text, "utf-8")


settings_files = _files(settings_values)
fleet_files = _files(fleet_values)
