"""Asks all rules (lint floor; pure)."""

from __future__ import annotations

from collections.abc import Iterator

from patchkit.lint.applying import applying_findings
from patchkit.lint.changelog import changelog_findings, encoding_findings
from patchkit.lint.files import file_findings
from patchkit.lint.foldednames import folded_names
from patchkit.lint.patches import patch_findings, read_patches
from patchkit.lint.scene import Scene
from patchkit.lint.scripts import script_findings
from patchkit.lint.series import series_findings
from patchkit.lint.services import service_findings
from patchkit.lint.versions import version_findings
from patchkit.model.lint import Finding, LintChoices


def lint_scene(scene: Scene, choices: LintChoices) -> tuple[Finding, ...]:
    """What the chosen rules find in a repository, in the order of files and lines."""
    found = dict.fromkeys(one for one in _all(scene) if choices.wants(one))
    return tuple(sorted(found, key=_order))


def _order(finding: Finding) -> tuple[bytes, int, str, str]:
    return finding.path, finding.line or 0, finding.rule.code, finding.message


def _all(scene: Scene) -> Iterator[Finding]:
    for spec in scene.specs:
        yield from changelog_findings(spec)
        yield from encoding_findings(spec)
    yield from file_findings(scene)
    yield from version_findings(scene)
    yield from service_findings(scene)
    yield from series_findings(scene)
    yield from script_findings(scene)
    read = read_patches(scene)
    yield from patch_findings(scene, read)
    yield from folded_names(scene, read)
    yield from applying_findings(scene, read)
