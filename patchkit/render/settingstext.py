"""Writes a `patchkit.yaml` in which every key is explained (face floor).

What was found is set; all else stands as a comment with an example, so that a line is put to use by
taking its `# ` off. The keys are those of `docs/reference/patchkit-yaml.md`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patchkit.model.shown import shown_name

_PLAIN = re.compile(r"(?:[A-Za-z/]|\.\.?(?=/|$))[A-Za-z0-9._+/:@~-]*")
_NOT_TEXT = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null|\.|\.inf|\.nan")
_HEAD = """\
# What patchkit needs to know of this package, whatever its version. Written by `patchkit init`;
# edit it as you like. A line that begins with `# ` and a key is an example: take the `# ` off to
# use it. Reference: docs/reference/patchkit-yaml.md.
"""


@dataclass(frozen=True, slots=True)
class SetKey:
    """A key that is set: its value, and where that is from, for the comment above it."""

    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class _Key:
    """A key with its explanation, and an example of a value as YAML has it."""

    name: str
    told: str
    example: str


_KEYS = (
    _Key("name", "The name of the package, as tarballs and reports have it.", "name: my-package"),
    _Key(
        "upstream",
        "Where upstream's versions are: a git repository (URL or path), or a folder with a folder\n"
        "or tarball for each version. Paths are relative to this file.",
        "upstream: https://example.org/my-package.git",
    ),
    _Key(
        "upstream-note",
        "What a person must know about this upstream; shown with every result from it.",
        "upstream-note: The tarballs have generated files that git has not.",
    ),
    _Key(
        "tag",
        "How upstream tags a version, where the usual ways (2.0, v2.0, my-package-2.0 and the\n"
        "like) do not find it.",
        'tag: "rel_{version}"',
    ),
    _Key(
        "stack",
        "The folder with the stack for a version, where each version has one of its own.",
        'stack: "{version}"',
    ),
    _Key(
        "output",
        "The folder that a ported stack is written to. By default it is named for the version,\n"
        "beside the stack.",
        'output: "../ported-{version}"',
    ),
    _Key(
        "fuzz",
        "How many context lines of a hunk may differ when a patch is applied to its own version.\n"
        "By default as an apply-patches script here has it, else 2; 0 is strict.",
        "fuzz: 0",
    ),
    _Key(
        "strip",
        "Leading folders to take off file names (patch -p) where the list does not say.",
        "strip: 1",
    ),
    _Key(
        "flags",
        "The flags that are set for the guards of the series (+flag, -flag before a name).",
        "flags: [virt, debug]",
    ),
    _Key(
        "resolutions",
        "The file with the decisions that persons recorded, to be committed with the patches.",
        "resolutions: patchkit.resolutions",
    ),
    _Key(
        "rules",
        "The certain rules that settle a conflict: names, -name for all but this one, or none.\n"
        "`patchkit rules` lists them.",
        "rules: [-spacing]",
    ),
    _Key(
        "accept",
        "Suggested rules that are taken like certain ones.",
        "accept: [renamed]",
    ),
    _Key(
        "keep",
        "Patches that are never dropped for what upstream has of them.",
        "keep: [0001-ours-in-any-case.patch]",
    ),
    _Key(
        "absorbed-from",
        "The share of a patch, in percent, from which on upstream is taken to have it; above 100:\n"
        "never.",
        "absorbed-from: 70",
    ),
    _Key(
        "generated",
        "Files that are generated: they are not merged but made anew, by the command if there is\n"
        "one.",
        'generated: ["*.pb.go", "!handwritten.pb.go"]',
    ),
    _Key(
        "reports",
        "Further formats that a rebase writes its report in: html, markdown, junit, sarif.",
        "reports: [html]",
    ),
    _Key(
        "variant",
        "The variant that the stack adds, such as an architecture; by default what the files that\n"
        "it adds name.",
        "variant: riscv64",
    ),
    _Key(
        "variants",
        "Axes of variants of your own, each with the words that name a variant.",
        "variants: {hypervisor: {stratovirt: [], qemu: [qemu-kvm]}}",
    ),
    _Key(
        "lint",
        "The rules of `patchkit lint` that are asked, and those that are left, with a pattern for\n"
        "files if need be.",
        "lint: {ignore: [PK502, PK113 *.yaml]}",
    ),
)

KEYS = tuple(key.name for key in _KEYS)
"""Every key of the file, in the order in which they are written."""


def settings_text(
    found: Mapping[str, SetKey], others: Mapping[str, Sequence[SetKey]], notes: Sequence[str] = ()
) -> str:
    """The text of a `patchkit.yaml`: `found` are the keys that are set, `others` further values of
    a key that were found and not taken, `notes` sentences for its head."""
    parts = [_HEAD + "".join(f"#\n{_comment(note)}" for note in notes)]
    for key in _KEYS:
        taken = found.get(key.name)
        lines = [_comment(key.told)]
        if taken is not None:
            lines.append(_comment(f"From {taken.origin}."))
            lines.append(f"{key.name}: {yaml_text(taken.value)}\n")
        lines += [
            f"# {key.name}: {yaml_text(one.value)}  # {_on_one_line(one.origin)}\n"
            for one in others.get(key.name, ())
        ]
        if taken is None and not others.get(key.name):
            lines.append(f"# {key.example}\n")
        parts.append("".join(lines))
    return "\n".join(parts)


def examples() -> Mapping[str, str]:
    """The example of each key, as it would stand in the file."""
    return {key.name: key.example for key in _KEYS}


def yaml_text(value: str) -> str:
    r"""A text as YAML reads it back: plain where no reader could take it for anything else.

    >>> print(yaml_text("ppp"), yaml_text(".."), yaml_text("2048"), yaml_text("no"))
    ppp .. "2048" "no"
    """
    is_plain = _PLAIN.fullmatch(value) and not _NOT_TEXT.fullmatch(value)
    if is_plain and ": " not in value and not value.endswith(":"):
        return value
    return json.dumps(value, ensure_ascii=False)


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" if line else "#\n" for line in text.split("\n"))


def _on_one_line(text: str) -> str:
    return shown_name(" ".join(text.split()))
