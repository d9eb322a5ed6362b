"""How long patchkit takes, side by side with the tools that a maintainer would use instead.

Workloads, made from a seed (`synthetic`) or real (`workloads`), are laid out once. Each tool
(`tools`) runs on each of them as a process (`measuring`, `running`); `tables` has what was found.
What is measured, and the figures: `docs/explanation/performance.md`.
"""
