"""Adoption: the ids and dates of a feed that people subscribe to are given to the articles it holds."""
