"""Every page of `docs/` and the README say what happens: their blocks are run.

- A fence `console` holds commands that are run: a line that begins with `$ ` is a command, lines
  after it that begin with `> ` continue it, and the lines up to the next `$ ` are its output, of
  both streams, as it is. A line that is only `...` stands for any number of lines, and `[...]`
  within a line for any text. Blanks at the ends of lines do not count.
- All commands of a page run in one bash session, in order, in a fresh folder with a copy of
  `series/`, which pages show as `/home/you/patchkit`. `patchkit` is on PATH, the home folder is
  empty, nothing is coloured, COLUMNS is 100.
- `<!-- setup: COMMANDS -->` is run at its place in the same session, and has to end well.
- A fence `sh` is not run. The line before it is `<!-- not run: REASON -->`.
- A fence `python` is run in the session's folder, all of a page in one namespace, unless the line
  before it is `<!-- not run: REASON -->`. What it prints is the fence `text` right after it.
- A fence `yaml` whose first line is `# patchkit.yaml` or `# FLEET.yaml` is read as that file.
- Every other fence is data, and names its language. Nothing is indented as code.
- Wherever a page writes a command of patchkit, subcommand and options have to exist. Where it tells
  of one that does not, it says so in a comment: `<!-- there is no patchkit push -->`.

`python -m tests.docs.rewrite PAGE…` writes the outputs of a run into pages.
"""
