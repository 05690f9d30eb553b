"""Adopting: a feed that subscribers have today gives its ids and dates to the articles it tells.

``collect`` reads the feed with the older pages it links to, ``match`` finds the article of each entry, ``adopt``
says what becomes of the ledger. So a move from another platform shows no subscriber anything twice. The store is
not known here, nor the clock.
"""

from feedsvc.adopt.fetch import collect
from feedsvc.adopt.ledger import Adopted, State, adopt
from feedsvc.adopt.match import Match, Matches, match
from feedsvc.adopt.past import Page, Past

__all__ = ["Adopted", "Match", "Matches", "Page", "Past", "State", "adopt", "collect", "match"]
