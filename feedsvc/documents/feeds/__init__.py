"""The feeds of a channel: neutral records, which RSS 2.0, Atom 1.0 and JSON Feed 1.1 each render.

The only home of feedgen.
"""
