"""The documents station: from channels to the finished bytes of every feed and page.

:func:`.compose.compose` is its door. It lists a recipe for everything the site serves; a recipe that is asked
makes its document. The station knows formats and templates. It knows no clock and no disk (an article's body
comes in through a function), and nothing of HTTP beyond the status, the location and the links a document has.
feedgen is used here and nowhere else.
"""
