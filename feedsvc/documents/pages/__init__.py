"""The HTML pages: channels and their archives, articles, previews of feeds, and the two that answer in vain.

They need no JavaScript and ask for nothing from outside. A page is told as views (:mod:`.views`), which are plain
values, and these are written down by templates (:mod:`.printer`), which see nothing else.
"""
