"""What mkdocs is taught (its hook): pages outside of `docs/`, and which lines are commands."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygments.lexers.shell import BashSessionLexer

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

_TOP = Path(__file__).parents[2]
_PAGES = {
    "CHANGELOG.md": "changelog.md",
    "series/kata-containers/README.md": "kata-containers.md",
}
# In our pages only `$ ` begins a command; `# ` is output, and would be copied with the commands.
BashSessionLexer._ps1rgx = re.compile(r"^(\$ )(.*\n?)")
_LINK = re.compile(r"(\]\()([^)\s#:]+)((?:#[^)\s]*)?\))")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add them, each at the top of the site."""
    from mkdocs.structure.files import File

    for source, page in _PAGES.items():
        text = (_TOP / source).read_text("utf-8")
        files.append(File.generated(config, page, content=_relinked(text, source, page)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Let links that lead to one of them lead to its place in the site."""
    uri = page.file.src_uri
    return markdown if uri in _PAGES.values() else _relinked(markdown, f"docs/{uri}", uri)


def _relinked(text: str, source: str, page: str) -> str:
    """What `source` of the repository links to, as it is linked from `page` of the site."""

    def relinked(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), found[2]))
        inside = _PAGES.get(target, target.removeprefix("docs/"))
        if inside == target:  # neither a document nor one of these: mkdocs complains
            return found[0]
        return f"{found[1]}{posixpath.relpath(inside, posixpath.dirname(page) or '.')}{found[3]}"

    return _LINK.sub(relinked, text)
