"""The first station: files become articles.

It scans a directory, reads each file in its own format, cleans it, and keeps the ids and dates by which
subscribers know it. :func:`gather` reads what has changed, :func:`identify` says which article each file is,
:func:`release` says what is public at a moment.

It knows no feed and no channel, does not store anything, and does not read the clock.
"""

from feedsvc.articles.article import (
    Article,
    Author,
    Enclosure,
    Episode,
    Links,
    MediaFile,
    Picture,
    Problem,
    Reading,
    Severity,
)
from feedsvc.articles.consent import NO_CONSENT, Consent
from feedsvc.articles.gather import Gathering, Survey, Taken, gather, glance, survey
from feedsvc.articles.identity import Identities, identify
from feedsvc.articles.known import Known
from feedsvc.articles.publication import Release, release
from feedsvc.articles.rails import DEFAULT_LIMITS, Limits, Refusal, RefusedError, refusals
from feedsvc.articles.record import Passage, PlaceKind, Record
from feedsvc.articles.relevance import is_relevant
from feedsvc.articles.rules import Rules
from feedsvc.articles.scan import Listing, Stat, scan

__all__ = [
    "DEFAULT_LIMITS",
    "NO_CONSENT",
    "Article",
    "Author",
    "Consent",
    "Enclosure",
    "Episode",
    "Gathering",
    "Identities",
    "Known",
    "Limits",
    "Links",
    "Listing",
    "MediaFile",
    "Passage",
    "Picture",
    "PlaceKind",
    "Problem",
    "Reading",
    "Record",
    "Refusal",
    "RefusedError",
    "Release",
    "Rules",
    "Severity",
    "Stat",
    "Survey",
    "Taken",
    "gather",
    "glance",
    "identify",
    "is_relevant",
    "refusals",
    "release",
    "scan",
    "survey",
]
