"""Random choices for `tests.engine.generating`, which makes whole stacks, shrunk by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

RANDOM = st.randoms(use_true_random=False)
