"""The two gates: what has landed may be built, what has been built may be published."""
