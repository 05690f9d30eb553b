"""The export: an edition as files that any static host can serve.

:func:`.edition.export` is the door. ``files`` says which file holds which path, ``walk`` reads an edition,
``tree`` writes and deletes, and a module for each kind of host tells it what no file can say: header fields,
redirects, what is gone. It makes no document: what it writes is what a web worker would send.
"""
