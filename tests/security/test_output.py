"""What strangers wrote is shown as text: on a terminal, in each report, by the script."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from tests.cli.demo import CONFLICTED, PORTED, make_demo
from tests.security.test_paths import made

_ESCAPE = "\x1b]0;owned\x07\x1b[2J"
_TURNED = "\u202e\u2066"
_MARKUP = "<img src=x onerror=alert(1)> **b** [x](javascript:1) | `t` @everyone ]]>"
_EVIL = f"{_ESCAPE}{_TURNED}{_MARKUP}"


def test_reports(tmp_path: Path) -> None:
    """No escape sequence, no mark that turns text, no element and no link comes out of a name, a
    line or a subject."""
    name = f"0009-{_EVIL.replace('/', '')}.patch"
    path = "docs/x\\033[2J\\342\\200\\256<img src=x>"
    text = f"Subject: {_EVIL}\n\n".encode() + made(path, _EVIL)
    patches = {**PORTED, "0008-main.patch": f"Subject: {_EVIL}\n\n".encode() + CONFLICTED}
    demo = make_demo(tmp_path, {**patches, name: text})
    formats = ("html", "markdown", "junit", "sarif")
    done = demo.rebase(*(word for form in formats for word in ("--report", form)))
    assert 1 == done.exit_code, done
    for raw in (done.stdout, done.stderr, (demo.out / "report.txt").read_text()):
        assert not set("\x1b\x07\u202e\u2066") & set(raw)
    page = (demo.out / "report.html").read_text()
    markdown = (demo.out / "report.md").read_text()
    for raw in (page, markdown):
        assert "<img src=x" not in raw
        assert not set("\x1b\x07\u202e\u2066") & set(raw)
    json.loads((demo.out / "report.sarif").read_bytes())
    json.loads((demo.out / "report.json").read_bytes())
    ElementTree.fromstring((demo.out / "report.xml").read_bytes())  # noqa: S314 (our own output)
