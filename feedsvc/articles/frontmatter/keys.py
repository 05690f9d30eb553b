"""The keys of headers: which spellings mean which field, and by which values a field hides the article.

A key that hides articles is known here and nowhere else: a new spelling of a field is a word in ``SPELLINGS``, a
new value a word in ``HIDING`` or ``UNLISTING``. All headers and data files are read by these tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType

SPELLINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "title": ("title",),
        # The date that governs when an article appears stands first: a later one must not be overtaken.
        "published": (
            *("publishdate", "pubdate", "published", "publisheddate", "datepublished"),
            *("publicationdate", "publishat", "publishon", "publishedat", "publishedon", "postdate"),
            *("date", "created", "createdat", "datecreated", "createddate"),
        ),
        "updated": (
            *("updated", "updatedat", "updateddate", "dateupdated", "lastmod", "lastupdate", "lastupdated"),
            *("modified", "modifiedat", "modifieddate", "datemodified", "lastmodified", "lastmodifiedat"),
        ),
        "expires": ("expires", "expirydate", "expirationdate", "expiry", "expireson", "unpublishdate"),
        "draft": ("draft", "isdraft", "unpublished"),
        "private": ("private", "isprivate"),
        "public": ("published", "publish", "ispublished", "dgpublish"),
        "visible": ("public", "ispublic", "visible"),
        "status": ("status", "poststatus", "publishstatus"),
        "visibility": ("visibility",),
        "state": ("state",),
        "password": ("password", "postpassword"),
        "unlisted": (
            *("unlisted", "hidden", "eleventyexcludefromcollections", "excludefromfeed", "excludefromrss"),
            *("hiddenfromfeed", "hiddenfromrss"),
        ),
        "listed": ("listed", "infeed", "feed", "rss"),
        "build": ("build",),
        "headless": ("headless",),
        "slug": ("slug", "permalink", "url", "path"),
        "rendered": ("render", "permalink"),
        "aliases": ("aliases", "alias", "redirectfrom"),
        "redirect": ("redirectto", "redirecturl", "redirectlink"),
        "tags": ("tags", "tag", "keywords", "categories", "category"),
        "authors": ("authors", "author", "by"),
        "summary": ("description", "summary", "excerpt", "abstract"),
        "image": (
            *("image", "images", "cover", "coverimage", "heroimage", "featuredimage", "featureimage", "thumbnail"),
            *("thumb", "banner", "hero", "ogimage", "socialimage", "previewimage"),
        ),
        "enclosures": (
            *("audio", "video", "enclosure", "enclosures", "podcastfile", "podcastaudio", "podcasturl"),
            *("audiofile", "audiourl", "mp3", "mp3url"),
        ),
        "length": (
            *("length", "podcastbytes", "podcastlength", "podcastsize", "audiolength", "audiosize", "audiobytes"),
            *("enclosurelength", "mp3length", "filesize", "bytes"),
        ),
        "duration": ("duration", "podcastduration", "itunesduration", "audioduration", "mp3duration"),
        "episode": ("episode", "episodenumber", "itunesepisode"),
        "season": ("season", "seasonnumber", "itunesseason"),
        "episodetype": ("episodetype", "itunesepisodetype"),
        "explicit": ("explicit", "itunesexplicit"),
        "transcripts": ("transcript", "transcripts"),
        "chapters": ("chapters",),
        "extent": ("feedcontent",),
        "external": ("externalurl", "externallink", "linkurl", "linkposturl", "linkpost", "link"),
        "via": ("via", "viaurl", "sourceurl"),
        "related": ("related", "relatedurl", "relatedurls", "relatedlinks"),
        "canonical": ("canonical", "canonicalurl"),
        "language": ("lang", "language", "locale"),
        "id": ("id", "guid"),
    }
)
"""Field to keys, in the order in which they count. Keys are compared as :func:`.header.spelling` writes them."""

YES = frozenset({"true", "yes", "on", "1", "y", "t"})
NO = frozenset({"false", "no", "off", "0", "n", "f"})
_NOTHING = frozenset({"", "null", "~"})
_NEVER = frozenset({"never", "local", *NO})
_HIDDEN_STATUS = frozenset(
    {
        *("draft", "private", "pending", "unpublished", "skip", "trash", "auto-draft", "wip", "in progress"),
        *("in-progress", "review", "in review", "pending review", "idea", "not started", "to do"),
    }
)
_PUBLIC_STATUS = frozenset({"published", "publish", "public", "live", "final", "done", "featured", "sticky"})
_UNLISTED_STATUS = frozenset({"hidden", "unlisted"})
"""The words of Pelican and Nikola for a page that stands in no list."""
_FOR_MEMBERS = frozenset({"members", "paid", "tiers", "subscribers", "internal", "password"})
"""The words of Ghost and others for an article that only some people may read."""


@dataclass(frozen=True, slots=True)
class HidingValues:
    """The values of one field that keep an article from its readers. All are compared in lower case."""

    hide: frozenset[str]
    hide_undated: frozenset[str] = frozenset()
    """Values that hide an article without a date; one with a date waits for it."""
    others: frozenset[str] | None = None
    """The other values that are understood, if a further one sets the file aside; None where it says nothing."""
    remedy: str = "write true or false"
    """The remedy: what to write in place of a value that is not understood."""
    part: str | None = None
    """The key at which the value stands, where the field is a table."""
    of_lists: str | None = None
    """The dialect (:data:`.header.Dialect`) in which the value is a list of words, each of which counts. In any
    other dialect the field hides nothing."""
    whole_section: bool = False
    """Whether the page of a section (``_index.md``) that says so hides all articles below it (Zola)."""
    common: bool = False
    """Whether the keys are everyday words of programs. In a data file that cannot be read they count only where
    they get a value that is no text."""


HIDING: Mapping[str, HidingValues] = MappingProxyType(
    {
        "draft": HidingValues(YES, others=NO, whole_section=True),
        "private": HidingValues(YES, others=NO | _NOTHING, whole_section=True, common=True),
        "public": HidingValues(NO, whole_section=True),
        "visible": HidingValues(NO, whole_section=True, common=True),
        "status": HidingValues(
            _HIDDEN_STATUS,
            hide_undated=frozenset({"future", "scheduled"}),  # WordPress
            others=_PUBLIC_STATUS | _UNLISTED_STATUS,
            remedy="write draft or published",
            whole_section=True,
        ),
        "visibility": HidingValues(_HIDDEN_STATUS | _FOR_MEMBERS | NO, whole_section=True, common=True),
        "state": HidingValues(_HIDDEN_STATUS, whole_section=True, common=True),
        "password": HidingValues(
            frozenset(),
            others=NO | _NOTHING,
            remedy="take it out to publish the text, or write draft: true; feeds keep no secrets",
            common=True,
        ),
        "rendered": HidingValues(NO, common=True),  # Eleventy, Zola
        "headless": HidingValues(YES, common=True),  # Hugo
        "build": HidingValues(_NEVER, part="render", common=True),  # Hugo
        "tags": HidingValues(frozenset({"draft", "private"}), of_lists="comment"),  # Nikola
    }
)
"""Field to the values by which nobody may see the article."""

UNLISTING: Mapping[str, HidingValues] = MappingProxyType(
    {
        "unlisted": HidingValues(YES, others=NO),
        "listed": HidingValues(NO, common=True),
        "status": HidingValues(_UNLISTED_STATUS),
        "visibility": HidingValues(_UNLISTED_STATUS, common=True),
        "build": HidingValues(_NEVER, part="list", common=True),  # Hugo
    }
)
"""Field to the values by which the article has a page, and stands in no feed and no list."""

AMBIGUOUS = frozenset({"private", "visible", "visibility", "state", "listed"})
"""Fields whose keys are the first word of many a title: in plain text, such a line alone is no header."""

VISIBILITY_FIELDS = frozenset(
    name for name, values in chain(HIDING.items(), UNLISTING.items()) if values.of_lists is None
)
"""The fields that may hide an article in every dialect."""
