"""What the other variants of a project did, and what that asks of the stack (pure)."""
