"""The commands, those together that are used together, each with what it does in a sentence.

The sentences stand here a second time, so that the list of all commands and a shell's completion
load none of them; a test holds them to the commands' own.
"""

from __future__ import annotations

GROUPS = {
    "Begin": {
        "doctor": "Say what patchkit runs with here, what is missing for which feature, and how "
        "to get it.",
        "init": "Write the first patchkit.yaml of a packaging repository, from what is found "
        "in it.",
        "completion": "Print the script by which a shell completes commands, options, versions and "
        "patches.",
    },
    "Port": {
        "rebase": "Port the whole stack from version A to version B, prove it, and write it.",
        "upgrade": "Bring a packaging repository to version B in place: patches, series, "
        "apply-patches, spec.",
        "fleet": "Port many packages, each from its version to a new one, with one report.",
        "siblings": "Say what the siblings of the stack's variant did between version A and "
        "version B.",
        "report": "Read a saved report again, as a table or in another format.",
        "comment": "Post a saved report on a pull request, or bring the comment that is there up "
        "to date.",
        "diff": "Compare a stack with another one, patch by patch, as git range-diff does.",
    },
    "Decide": {
        "resolve": "List what the last port holds, or record the answer to it for the next one.",
        "learn": "Turn what you edited in the ported patches into decisions for the next rebase.",
        "resolutions": "List, forget or import what was decided about a stack.",
        "rules": "List the rules that settle a conflict without a person, or suggest how.",
    },
    "Look": {
        "show": "List the patches of a stack: what they touch, how large they are, how they "
        "were ported.",
        "check": "Say whether the stack applies to its own version, and with which fuzz and "
        "offsets.",
        "lint": "Check a packaging repository: spec, _service, series, apply-patches and patches.",
        "deps": "Say which patch needs which, and so which can be reordered, dropped or ported "
        "alone.",
        "schema": "Print the JSON Schema of a format, or list them.",
    },
    "Change": {
        "apply": "Apply the whole stack to the source tree in FOLDER, all of it or nothing.",
        "refresh": "Rewrite the patches so that they apply with no fuzz and no offset.",
        "series": "Edit the stack: patches come, go, change places, are cut and put together.",
        "convert": "Turn a stack into the same stack of another dialect.",
        "branch": "Make a git branch with a commit for each patch, on the upstream version.",
        "export": "Write a branch of commits back into the stack, all of it or nothing.",
    },
}
SUMMARIES = {name: told for names in GROUPS.values() for name, told in names.items()}
