"""Shortcodes and template tags of other publishing programs, replaced by plain HTML.

No template is ever run. What carries content keeps it; the rest is left out, with a warning that names it.
"""
