"""What feedsvc says in a site's own language: its words, its dates, the direction of its script.

Pages and feeds are for readers of the site, so its language decides, never that of the process or of who asks.
:func:`.tongue.tongue` is the door. The messages stand in English where they are used; ``catalogues/`` holds a
gettext catalogue for each other language. They ship as the text that translators edit and are read once, when a
language is first used: there is nothing to compile, and nothing that can be stale in a package that was built.
babel is used here and nowhere else.
"""
