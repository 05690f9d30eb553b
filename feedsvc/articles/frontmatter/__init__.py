"""The header of an article: the languages it is written in, and what its fields mean."""
