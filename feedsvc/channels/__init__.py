"""The channels station: from the public articles to the selections that are told together.

:func:`.select.select` is its door. It decides which articles stand in which channel and under which path, and
nothing else: it does not decide what is public (:mod:`feedsvc.articles`), nor how a channel is written down
(:mod:`feedsvc.documents`).
"""
