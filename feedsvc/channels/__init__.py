"""Articles become channels: selections with a title and a URL, each with its archive.

A channel is the whole site, a section (folder), a tag, an author, or a query of the operator's.
"""
