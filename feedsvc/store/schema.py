"""The tables. Times are whole seconds since 1970, UTC; what stands here is what the migrations make."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

metadata = MetaData()

editions = Table(
    "editions",
    metadata,
    # The key keeps two hosts from publishing the same edition.
    Column("number", Integer, primary_key=True, autoincrement=False),
    # When the edition's round began.
    Column("time", BigInteger, nullable=False),
    # When an article appears or expires next.
    Column("next_moment", BigInteger),
    # Random: tells this edition from one with the same number in another store.
    Column("identity", Text, nullable=False),
)

bodies = Table(
    "bodies",
    metadata,
    # SHA-256 of the content, hex.
    Column("digest", Text, primary_key=True),
    # Clean HTML, the Markdown that a body was made of, or a picture of the article's own text as a data: URL.
    Column("content", Text, nullable=False),
)

records = Table(
    "records",
    metadata,
    # The article's id, by which subscribers know it.
    Column("id", Text, primary_key=True),
    # The URL path of the article's page.
    Column("page", Text, nullable=False),
    # The article's file, below the articles directory.
    Column("path", Text, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    # Whether the article was public once: then its id, page and date of publication stay.
    Column("settled", Boolean, nullable=False),
    # Whether the article's file is there.
    Column("present", Boolean, nullable=False),
    # When the article left the public.
    Column("withdrawn", BigInteger),
    # Whether the article stands in the feeds.
    Column("listed", Boolean, nullable=False),
    # When the feeds last showed a change of the article.
    Column("changed", BigInteger),
    # JSON: the URL paths of the pages that the article had before.
    Column("former_pages", Text, nullable=False),
    # JSON: [[kind, key, label, when], …], when the article entered or left a channel.
    Column("membership_changes", Text, nullable=False),
    # Sizes and modification times, by which the article's files are seen to be unchanged.
    Column("file_stamps", Text, nullable=False),
    # SHA-256 of the file's bytes and the rules by which they were read, hex.
    Column("source_digest", Text, nullable=False),
    # The digest of the article's HTML among the bodies.
    Column("body", Text, ForeignKey("bodies.digest", name="records_body"), nullable=False, index=True),
    # JSON: the other fields of the last good reading.
    Column("article", Text, nullable=False),
    # The digest of the article's Markdown among the bodies, where feeds show it.
    Column("markdown", Text, index=True),
    # What all translations of the article have in common: the path of the original without its suffix.
    Column("original", Text, nullable=False, index=True),
    # The pattern by which the page was given; null where section and slug gave it.
    Column("address_pattern", Text),
    Index("ix_records_page", "page"),
    Index("ix_records_path", "path"),
    Index("records_listed", "listed", "published"),
)

former_addresses = Table(
    "former_addresses",
    metadata,
    # A URL path that leads to the article, or did: of a page that it had, or an alias.
    Column("path", Text, primary_key=True),
    # The article's id.
    Column("record_id", Text, primary_key=True, index=True),
)

media_files = Table(
    "media_files",
    metadata,
    # The URL path of a media file.
    Column("path", Text, primary_key=True),
    # The id of an article that uses the file.
    Column("record_id", Text, primary_key=True, index=True),
)

inline_media = Table(
    "inline_media",
    metadata,
    # The article's id.
    Column("record_id", Text, primary_key=True),
    # The digest, among the bodies, of a picture that stands in the article's own text.
    Column("digest", Text, primary_key=True, index=True),
)

archive_positions = Table(
    "archive_positions",
    metadata,
    # The channel's path.
    Column("channel", Text, primary_key=True),
    # The article's id.
    Column("record_id", Text, primary_key=True),
    # The article's position in the channel's archive, from 0; no other article ever takes it.
    Column("position", Integer, nullable=False),
    # Whether the channel holds the article now.
    Column("held", Boolean, nullable=False),
    # When the article last left the channel, or came back into it.
    Column("moved", BigInteger),
    # That of the article.
    Column("published", BigInteger, nullable=False),
    Index("archive_positions_position", "channel", "position"),
    Index("archive_positions_newest", "channel", "held", "published"),
)

channels = Table(
    "channels",
    metadata,
    # The URL path of the channel's page.
    Column("path", Text, primary_key=True),
    # feedsvc.channels.channel.ChannelSummary has the meaning of the rest.
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("updated", BigInteger),
    Column("extent", Text, nullable=False),
    Column("header", Text, nullable=False),
    Column("footer", Text, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("positions", Integer, nullable=False),
    Column("dropped", Boolean, nullable=False),
)

rendering_options = Table(
    "rendering_options",
    metadata,
    # Always 1. There is no row until the first round.
    Column("id", Integer, primary_key=True, autoincrement=False),
    # JSON: what documents are rendered by (feedsvc.documents.snapshot.RenderingOptions).
    Column("options", Text, nullable=False),
)

responses = Table(
    "responses",
    metadata,
    # The URL path.
    Column("path", Text, primary_key=True),
    # The edition that wrote or dropped the response.
    Column("edition", Integer, nullable=False, index=True),
    # Whether the path is gone since that edition; the row stays, so that web workers learn of it.
    Column("dropped", Boolean, nullable=False),
    # What the document is and how it is served: feedsvc.documents.model.Traits.
    Column("kind", Text, nullable=False),
    Column("prepared", Boolean, nullable=False),
    Column("caching", Text, nullable=False),
    Column("preview", Text),
    Column("pinned", Boolean, nullable=False),
    # JSON: [[name, value], …].
    Column("headers", Text, nullable=False),
    Column("last_modified", BigInteger, nullable=False),
    # For media: the file below the articles directory.
    Column("file", Text),
    # The fingerprint of what the document was made of; while it is the same, the document is not made again.
    Column("key", Text, nullable=False),
    # SHA-256 over status, headers and bytes, hex.
    Column("digest", Text, nullable=False),
    # JSON: [[coding, etag, length, how many bytes of "content"], …], smallest first; null for what gzip holds.
    Column("codings", Text, nullable=False),
    # The bytes of all codings, one after another: a response is read and replaced as a whole.
    Column("content", LargeBinary, nullable=False),
)

site = Table(
    "site",
    metadata,
    # Always 1. There is no row until a first publisher or command has said whom the site is for.
    Column("id", Integer, primary_key=True, autoincrement=False),
    # "public", "private", or "channels" after an upgrade (feedsvc.responses.site_readers.Access).
    Column("access", Text, nullable=False),
)

readers = Table(
    "readers",
    metadata,
    # SHA-256 of the access token, hex; the token itself is stored nowhere.
    Column("digest", Text, primary_key=True),
    # The first characters of the token.
    Column("token_prefix", Text, nullable=False),
    # The reader's name.
    Column("name", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    # When the token was revoked; the row stays, so that an older ledger cannot undo it.
    Column("revoked", BigInteger),
)

set_aside = Table(
    "set_aside",
    metadata,
    # The file, below the articles directory.
    Column("path", Text, primary_key=True),
    # The file's format, and SHA-256 over its bytes and the rules by which it was read.
    Column("source_digest", Text, nullable=False),
    # Sizes and modification times, by which the file is seen to be unchanged.
    Column("file_stamps", Text, nullable=False),
    # How the file ended the process that read it, and what to do.
    Column("problem", Text, nullable=False),
    Column("remedy", Text, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    # Which right: 1 to publish, 2 to push (feedsvc.store.lease).
    Column("id", Integer, primary_key=True, autoincrement=False),
    # host:pid:token of the process that has the right; null once it gave the lease back.
    Column("owner", Text),
    # Rises whenever the lease passes on.
    Column("term", BigInteger, nullable=False),
    # When its owner acquired it, and when it lapses, in milliseconds since 1970, by the database's clock.
    Column("acquired", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
)

publisher_status = Table(
    "publisher_status",
    metadata,
    # Always 1: there is one row.
    Column("id", Integer, primary_key=True, autoincrement=False),
    # JSON: what the last round did and found; null before the first.
    Column("report", Text),
    # The number of the newest publish request.
    Column("last_request", Integer, nullable=False),
    # JSON: the safeguards that the next round may pass, by name.
    Column("overrides", Text, nullable=False),
    # The number of the newest publish request that a round has served.
    Column("last_served", Integer, nullable=False),
)

destinations = Table(
    "destinations",
    metadata,
    # Of a subscriber: SHA-256 over callback and topic, hex. Of any other: its kind and name.
    Column("id", Text, primary_key=True),
    # "subscriber", "hub", "webhook" or "cache".
    Column("kind", Text, nullable=False, index=True),
    # Of a subscriber its callback, of an outside hub its URL, of any other its name in the settings.
    Column("address", Text, nullable=False),
    # Of a subscriber: the path of the feed, and the URL by which the subscriber asked for it.
    Column("topic", Text, nullable=False, index=True),
    Column("topic_url", Text, nullable=False),
    # What a subscriber's deliveries are signed with.
    Column("secret", Text),
    # The edition up to which the destination was told.
    Column("told", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    # When a subscription ends by itself.
    Column("expires", BigInteger),
    # Nothing is sent before, in milliseconds since 1970.
    Column("due", BigInteger, nullable=False),
    # How many attempts in a row have failed, and why the last one did.
    Column("failures", Integer, nullable=False),
    Column("error", Text),
    # When the last attempt succeeded.
    Column("delivered", BigInteger),
)

subscription_requests = Table(
    "subscription_requests",
    metadata,
    # The id that the subscription has, or will have: a newer request replaces an older one.
    Column("id", Text, primary_key=True),
    # Random: tells this request from the one that replaces it.
    Column("number", Text, nullable=False),
    # "subscribe" or "unsubscribe".
    Column("mode", Text, nullable=False),
    Column("callback", Text, nullable=False),
    # The host of the callback, and the client that asked: each may have so many.
    Column("host", Text, nullable=False, index=True),
    Column("source", Text, nullable=False, index=True),
    Column("topic", Text, nullable=False),
    Column("topic_url", Text, nullable=False),
    Column("lease_seconds", Integer, nullable=False),
    Column("secret", Text),
    Column("verify_token", Text),
    # The newest edition when the request came.
    Column("edition", Integer, nullable=False),
    # When to verify the intent of the subscriber, in milliseconds since 1970, and how often that has failed.
    Column("due", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
)

watched_hubs = Table(
    "watched_hubs",
    metadata,
    # The URL of an outside hub.
    Column("hub", Text, primary_key=True),
    # The last segment of the callback by which this service subscribes to it: random, known to the hub alone.
    Column("token", Text, nullable=False),
    # When the subscription ends; 0 while the hub has not confirmed it. All times are whole seconds.
    Column("expires", BigInteger, nullable=False),
    # When a subscription was last asked for.
    Column("asked", BigInteger, nullable=False),
    # Since when the hub owes an answer: a confirmation or a push; null while it owes none.
    Column("owing", BigInteger),
    # When it last pushed.
    Column("received", BigInteger),
    # Whether the feeds do not name the hub, because it does not push.
    Column("silent", Boolean, nullable=False),
)

article_changes = Table(
    "article_changes",
    metadata,
    # The id of an article that was listed in the feeds since this table was made.
    Column("record_id", Text, primary_key=True),
    # The editions that last listed the article anew, changed it, and removed it; 0 for none.
    Column("listed", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    # The newest of the three.
    Column("edition", Integer, nullable=False, index=True),
)

FIRST_ROWS: tuple[tuple[Table, list[dict[str, object]]], ...] = (
    (lease, [{"id": right, "owner": None, "term": 0, "acquired": 0, "expires": 0} for right in (1, 2)]),
    (publisher_status, [{"id": 1, "report": None, "last_request": 0, "overrides": "{}", "last_served": 0}]),
)
"""The rows of a new store."""
