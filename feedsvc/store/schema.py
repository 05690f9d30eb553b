"""The tables. Times are whole seconds since 1970, UTC; the migrations make what stands here."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
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
    # When its round began.
    Column("time", BigInteger, nullable=False),
    # When something appears or expires next.
    Column("next_moment", BigInteger),
    # Random: tells it from an edition with this number in another store.
    Column("identity", Text, nullable=False),
)

bodies = Table(
    "bodies",
    metadata,
    # SHA-256 of the body, hex.
    Column("digest", Text, primary_key=True),
    # Clean HTML, the Markdown that a body was made of, or a picture of the article's own text as a data: URL.
    Column("html", Text, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("id", Text, primary_key=True),
    # The URL path of the article's page.
    Column("page", Text, nullable=False),
    # The file, below the articles directory.
    Column("path", Text, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    # It was public once: id, page and published stay.
    Column("settled", Boolean, nullable=False),
    # Its file is there.
    Column("present", Boolean, nullable=False),
    # When it left the public.
    Column("withdrawn", BigInteger),
    # It stands in the feeds.
    Column("listed", Boolean, nullable=False),
    # The newest change of it that the feeds have shown.
    Column("changed", BigInteger),
    # JSON: the pages it had before.
    Column("former", Text, nullable=False),
    # JSON: [[kind, key, label, when], …], its passages through channels.
    Column("passages", Text, nullable=False),
    # By which a file is seen to be unchanged: size and time, then bytes and rules.
    Column("stamp", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("body", Text, ForeignKey("bodies.digest", name="records_body"), nullable=False, index=True),
    # The rest of the last good reading, JSON.
    Column("article", Text, nullable=False),
    # The digest of the article's Markdown among the bodies, where feeds are to tell it.
    Column("markdown", Text, index=True),
)

inline_media = Table(
    "inline_media",
    metadata,
    # The article's id.
    Column("record", Text, primary_key=True),
    # Of a picture that stands in the article's own text, among the bodies.
    Column("digest", Text, primary_key=True, index=True),
)

seats = Table(
    "seats",
    metadata,
    # The channel's path.
    Column("channel", Text, primary_key=True),
    # The article's id.
    Column("record", Text, primary_key=True),
    # Its place in the channel's archive, from 0; never another's.
    Column("seat", Integer, nullable=False),
)

responses = Table(
    "responses",
    metadata,
    # The URL path.
    Column("path", Text, primary_key=True),
    # The edition that wrote or dropped it.
    Column("edition", Integer, nullable=False, index=True),
    # Gone since that edition; the row stays to tell web workers.
    Column("dropped", Boolean, nullable=False),
    Column("status", Integer, nullable=False),
    # JSON: [[name, value], …].
    Column("headers", Text, nullable=False),
    Column("last_modified", BigInteger, nullable=False),
    # For media: the file below the articles directory.
    Column("file", Text),
    # Web workers keep it in memory.
    Column("hot", Boolean, nullable=False),
    # The recipe's key.
    Column("key", Text, nullable=False),
    # SHA-256 over status, headers and bytes.
    Column("digest", Text, nullable=False),
    # JSON: [[coding, etag, length, how many bytes of "content"], …], smallest first; null for what gzip holds.
    Column("codings", Text, nullable=False),
    # The bytes of all codings, one after another: a response is read and replaced as a whole.
    Column("content", LargeBinary, nullable=False),
)

site = Table(
    "site",
    metadata,
    # There is one row, or none before anybody has said whom the store is for.
    Column("place", Integer, primary_key=True, autoincrement=False),
    # "public", "private", or "channels" after an upgrade (feedsvc.responses.access.Access).
    Column("access", Text, nullable=False),
)

readers = Table(
    "readers",
    metadata,
    # SHA-256 of the token, hex; the token itself is nowhere.
    Column("digest", Text, primary_key=True),
    # How the token begins.
    Column("hint", Text, nullable=False),
    # By which the reader is called.
    Column("name", Text, nullable=False),
    Column("made", BigInteger, nullable=False),
    # Since when it opens nothing; the row stays, so that an older ledger cannot undo it.
    Column("revoked", BigInteger),
)

set_aside = Table(
    "set_aside",
    metadata,
    # The file, below the articles directory.
    Column("path", Text, primary_key=True),
    # Its format, and SHA-256 over its bytes and the rules by which it was read.
    Column("fatal", Text, nullable=False),
    # By which it is seen to be unchanged.
    Column("stamp", Text, nullable=False),
    # What a reader died of, and what to do.
    Column("what", Text, nullable=False),
    Column("remedy", Text, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    # There is one row.
    Column("place", Integer, primary_key=True, autoincrement=False),
    # host:pid:token of who may publish; null once it was handed back.
    Column("holder", Text),
    # Rises whenever the right to publish passes on.
    Column("term", BigInteger, nullable=False),
    # When it lapses, in milliseconds since 1970, by the database's clock.
    Column("expires", BigInteger, nullable=False),
)

desk = Table(
    "desk",
    metadata,
    # There is one row.
    Column("place", Integer, primary_key=True, autoincrement=False),
    # JSON: what the last round did and found; null before the first.
    Column("report", Text),
    # The number of the newest wish for a round.
    Column("wish", Integer, nullable=False),
    # JSON: the consents that the next round has, by name.
    Column("consent", Text, nullable=False),
    # The number of the newest wish that a round served.
    Column("served", Integer, nullable=False),
)
