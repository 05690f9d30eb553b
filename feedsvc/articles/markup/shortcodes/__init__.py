"""Shortcodes and template tags of other publishing programs, replaced by plain HTML.

No template is ever run. A shortcode that carries content keeps it; any other is left out, with a warning that
names it.
"""
