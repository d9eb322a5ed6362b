"""The manual pages, made of what `--help` shows: `python -m patchkit.cli.manual FOLDER`.

They are the same bytes on every machine and day, whichever version of click there is: no date is in
them, and lines are folded by whoever shows them. `docs/man` has them, a test holds those to the
commands, and a wheel carries them to `share/man/man1`. Format: man(7).
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

import patchkit
from patchkit.cli.command import Command, Group
from patchkit.cli.main import cli

_PROGRAM = "patchkit"
_EXIT_CODES = (
    ("0", "Done."),
    ("1", "Something is left to a person: regions are held, or patches do not apply."),
    ("2", "Wrong usage or bad input. Nothing was written."),
    ("3", "The proof failed. Nothing was written."),
    ("70", "A defect of patchkit itself."),
    ("129, 130, 143", "Interrupted by SIGHUP, SIGINT, SIGTERM."),
)
_ENVIRONMENT = (
    ("GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, DEBFULLNAME, DEBEMAIL", "Who decides, for the record."),
    ("GIT_EDITOR, VISUAL, EDITOR", "The editor of patchkit resolve."),
    ("NO_COLOR, FORCE_COLOR", "No colour, or colour in any case."),
    ("PATCHKIT_LIMITS", "Raises what is refused for its size, as in hunks=50000."),
    ("PATCHKIT_TRACEBACK", "With 1, a defect of patchkit shows its traceback."),
    ("PATCHKIT_TRUST_SPEC", "With 1, a spec that runs programs is handed to rpm."),
    ("SOURCE_DATE_EPOCH", "The day of changelog entries and recorded decisions."),
    ("XDG_CACHE_HOME", "Where clones and remembered ports are kept (default: ~/.cache)."),
)
_FILES = (
    ("patchkit.yaml", "What belongs to a package whatever its version; patchkit init writes it."),
    ("patchkit.resolutions", "What persons decided about conflicts, beside the stack."),
    ("report.json, report.txt", "What became of each patch, beside a ported stack."),
)
_SENTENCE = re.compile(r"(?<=[.:])\s")
_KEPT = "\b"
"""The mark of click for a paragraph whose lines are kept."""


def manual_pages() -> Mapping[str, bytes]:
    """Every page by its file name: `patchkit.1`, `patchkit-rebase.1`, `patchkit-series-add.1` …"""
    context = click.Context(cli, info_name=_PROGRAM)
    return {f"{_name(one)}.1": _page(one) for one in _commands(context)}


def _commands(context: click.Context) -> Iterator[click.Context]:
    """The program and all its commands, each as a context."""
    yield context
    command = context.command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None  # it is in the list
            yield from _commands(click.Context(found, parent=context, info_name=name))


def _name(context: click.Context) -> str:
    return context.command_path.replace(" ", "-")


def _page(context: click.Context) -> bytes:
    command = context.command
    paragraphs = _paragraphs(command)
    name = _escaped(_name(context))
    lines = [
        f'.TH "{name.upper()}" 1 "" "patchkit {patchkit.__version__}" "patchkit manual"',
        ".SH NAME",
        f"{name} \\- {_escaped(_summary(paragraphs))}",
        ".SH SYNOPSIS",
        *_synopsis(context),
        ".SH DESCRIPTION",
        *_text(paragraphs),
        *_options(command),
    ]
    if isinstance(command, click.Group):
        lines += _subcommands(context)
    if isinstance(command, Command | Group) and command.examples:
        lines += [".SH EXAMPLES", ".nf", *map(_line, command.examples), ".fi"]
    lines += _listed("EXIT STATUS", _EXIT_CODES)
    if context.parent is None:
        lines += _listed("ENVIRONMENT", _ENVIRONMENT)
        lines += _listed("FILES", _FILES)
    lines += [".SH SEE ALSO", *_see_also(context)]
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def _paragraphs(command: click.Command) -> list[str]:
    text = inspect.cleandoc(command.help or "").partition("\f")[0]
    return [part for part in re.split(r"\n\s*\n", text) if part.strip()]


def _summary(paragraphs: list[str]) -> str:
    first = _SENTENCE.split(" ".join(paragraphs[0].split()))[0].rstrip(".:")
    return f"{first[0].lower()}{first[1:]}"


def _synopsis(context: click.Context) -> Iterator[str]:
    command = context.command
    yield f".B {_escaped(context.command_path)}"
    yield "[\\fIOPTION\\fR]..."
    for one in command.params:
        if isinstance(one, click.Argument):
            shown = one.metavar or (one.name or "").upper()
            is_bracketed = one.required or shown.startswith("[")
            yield _escaped(shown if is_bracketed else f"[{shown}]")
    if isinstance(command, click.Group):
        yield "\\fICOMMAND\\fR [\\fIARGUMENT\\fR]..."


def _text(paragraphs: list[str]) -> Iterator[str]:
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".PP"
        if paragraph.startswith(_KEPT):
            yield from (".nf", *map(_line, paragraph.split("\n")[1:]), ".fi")
        else:
            yield _line(" ".join(paragraph.split()))


def _options(command: click.Command) -> Iterator[str]:
    yield ".SH OPTIONS"
    for one in command.params:
        if isinstance(one, click.Option) and not one.hidden:
            yield ".TP"
            yield _names_of(one)
            yield _line(one.help or "")
    yield ".TP"
    yield "\\fB\\-h\\fR, \\fB\\-\\-help\\fR"
    yield "Show the help and exit."


def _names_of(option: click.Option) -> str:
    names = ", ".join(f"\\fB{_escaped(name)}\\fR" for name in sorted(option.opts, key=len))
    if option.is_flag:
        return names
    metavar = option.metavar
    if metavar is None and isinstance(option.type, click.Choice):
        metavar = "|".join(map(str, option.type.choices))
    return f"{names} \\fI{_escaped(metavar or option.type.name.upper())}\\fR"


def _subcommands(context: click.Context) -> Iterator[str]:
    yield ".SH COMMANDS"
    for one in list(_commands(context))[1:]:
        if one.parent is context:
            yield ".TP"
            yield f".BR {_escaped(_name(one))} (1)"
            yield _line(f"{_sentence(_summary(_paragraphs(one.command)))}.")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def _listed(heading: str, entries: tuple[tuple[str, str], ...]) -> Iterator[str]:
    yield f".SH {heading}"
    for term, told in entries:
        yield from (".TP", f".B {_escaped(term)}", _line(told))


def _see_also(context: click.Context) -> Iterator[str]:
    others = [] if context.parent is None else [_name(context.parent)]
    if context.parent is None:
        others = ["git", "patch", "quilt"]
    last = others[-1:]
    yield from (f".BR {_escaped(one)} (1){'' if [one] == last else ','}" for one in others)


def _line(text: str) -> str:
    """A line of text that roff takes for no request."""
    shown = _escaped(text)
    return f"\\&{shown}" if shown.startswith((".", "'")) else shown


def _escaped(text: str) -> str:
    """Text as roff shows it: a hyphen that can be copied, and ASCII only."""
    shown = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga")
    return "".join(one if one.isascii() else f"\\[u{ord(one):04X}]" for one in shown)


def main(folder: Path) -> None:
    """Write the pages into a folder, and remove those of commands that there are no more."""
    pages = manual_pages()
    folder.mkdir(parents=True, exist_ok=True)
    for place in folder.glob("patchkit*.1"):
        if place.name not in pages:
            place.unlink()
    for name, page in pages.items():
        (folder / name).write_bytes(page)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
