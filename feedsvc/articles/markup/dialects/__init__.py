"""Notations that site generators add to Markdown, made into plain Markdown or HTML."""
