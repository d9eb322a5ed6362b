"""The yardstick: how much of real patch stacks is right without a person.

Debian source packages at two versions are laid out (`debian`, `cases`), their older patch series is
ported by several tools (`stock`, `own`), and what comes out is compared with what the maintainers
made by hand (`scoring`, `tables`). How it measures: `docs/reference/port-quality.md`.
"""
