"""The page as a whole: templates, style and script put together into one file."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from patchkit.model.report import Report
from patchkit.render.html.views import page_view

_ASSETS = files("patchkit.render.html") / "templates"


def report_html(report: Report) -> bytes:
    """The report as one HTML file in UTF-8 that asks for nothing outside itself.

    The same report gives the same bytes (with the same Pygments). All text of the report is
    escaped; a policy in the page lets no other script or style run than its own.
    """
    return rendered_page("report.html.j2", "report.css", "report.js", page_view(report))


def rendered_page(template: str, styles: str, scripts: str, view: object) -> bytes:
    """A page with the style sheets and scripts put in (names, with blanks between), which knows
    `view` as `page`."""
    style, script = ("".join(map(_asset, names.split())) for names in (styles, scripts))
    text = (
        _templates()
        .get_template(template)
        .render(
            page=view,
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=_policy(style, script),
        )
    )
    return text.encode("utf-8", "backslashreplace")


def _policy(style: str, script: str) -> str:
    return "; ".join((
        "default-src 'none'",
        f"style-src '{_digest(style)}'",
        f"script-src '{_digest(script)}'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
    ))  # fmt: skip


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("patchkit.render.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
