"""The command line: parses arguments, calls `patchkit.jobs`, prints. Nothing else."""
