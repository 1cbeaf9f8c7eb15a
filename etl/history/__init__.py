"""What was published before, and whether it is still what was published: the commands around releases."""
