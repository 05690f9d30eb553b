"""The articles directory: which files it holds, which have changed, and their text."""
