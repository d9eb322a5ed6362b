"""Without mutmut there is nothing to collect here."""

from __future__ import annotations

import importlib.util

collect_ignore = (
    []
    if importlib.util.find_spec("mutmut")
    else ["command.py", "equivalent.py", "mutants.py", "plugin.py"]
)
