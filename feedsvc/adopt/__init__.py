"""Adopting: a feed that subscribers have today gives its ids and dates to the articles it tells.

:func:`.fetch.collect` reads the feed with the older pages it links to, :func:`.match.match` finds the article of
each entry, :func:`.ledger.adopt` says what becomes of the ledger. So a move from another platform shows no
subscriber anything twice. The store is not known here, nor the clock.
"""
