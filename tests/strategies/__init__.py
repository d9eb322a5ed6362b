"""Hypothesis strategies for what patchkit meets, a module for each kind of thing.

| module | what it draws |
|---|---|
| `text` | lines, files of lines, other versions of them, edits |
| `trees` | source trees with odd names, modes and links, and other versions of them |
| `patches` | patches as git, GNU diff and people write them, and files that they nearly fit |
| `lists` | lists of patches in every dialect |
| `reports`, `siblings`, `fleets` | what the reports are made of |
| `decisions` | recorded decisions, and findings that are left on purpose |
| `configurations` | `patchkit.yaml` and `FLEET.yaml` |
"""
