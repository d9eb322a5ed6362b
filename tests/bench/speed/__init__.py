"""How long patchkit takes, side by side with the tools that a maintainer would use instead.

Workloads, synthetic (`synthetic`) and real (`workloads`), are laid out once; each tool (`tools`) runs
on each of them as a process (`measuring`, `running`), and `tables` and `documents` write what was
found. What is measured, and the figures: `docs/explanation/performance.md`.
"""
