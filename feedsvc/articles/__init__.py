"""The first station: files become articles.

It scans a directory, reads each file in its own format, cleans it, and keeps the ids and dates by which
subscribers know it. Its doors are :func:`.gather.gather`, which reads what has changed,
:func:`.identity.identify`, which says which article each file is, and :func:`.publication.release`, which says
what is public at a moment.

It knows no feed and no channel, does not store anything, and does not read the clock.
"""
