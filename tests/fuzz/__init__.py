"""Coverage-guided fuzzing of what reads the input of strangers: `python -m tests.fuzz --help`."""
