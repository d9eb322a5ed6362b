"""Whether the commands of patchkit that a text writes exist, with their options."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from patchkit.cli.main import cli

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_OPTION = re.compile(r"--[a-z][a-z-]*|-[a-zA-Z]")
_FORMAT = re.compile(r"(?:\d|N)[,.:]?")
_COMMAND = re.compile(r"(?<!from )(?<![\w.-])patchkit (?=[a-z-])([^\n|;&>#`)]*)")


def unknown_words(text: str) -> Iterator[str]:
    """Subcommands and options that there are none of: `patchkit rebase --form`.

    A command ends with the line (or goes on in the next one behind a backslash), or where the shell
    would end it.
    """
    for found in _COMMAND.finditer(text.replace("\\\n", " ")):
        yield from _unknown(found[1].split())


def _unknown(words: list[str]) -> Iterator[str]:
    command: click.Command = cli
    context = click.Context(cli, info_name="patchkit", help_option_names=["-h", "--help"])
    said = "patchkit"
    while isinstance(command, click.Group) and words and _WORD.fullmatch(words[0]):
        said = f"{said} {words[0]}"
        below = command.get_command(context, words.pop(0))
        if below is None:
            # `patchkit origin 1` is the name of a format.
            if not (words and _FORMAT.fullmatch(words[0])):
                yield said
            return
        command = below
    options = {
        name for one in command.get_params(context) for name in (*one.opts, *one.secondary_opts)
    }
    for word in words:
        if word == "--":
            return
        name = word.strip("'\"[]().,:").partition("=")[0]
        if _OPTION.fullmatch(name) and name not in options:
            yield f"{said} {name}"
