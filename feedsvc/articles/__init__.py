"""Files become articles: read, cleaned, recognised by their ids, and released when they are due.

:func:`.collector.collect` reads a directory, :func:`.identity.resolver.identify` finds the record of each article,
and :func:`.record.release` says which are public.
"""
