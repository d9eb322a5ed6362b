"""What is lost when the file system fails, the disk is full, or a run is killed: nothing."""
