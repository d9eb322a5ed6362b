"""What stands on disk: stack folders, their settings, and how output gets there (faces' floor)."""
