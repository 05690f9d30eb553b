"""The store: the memory of feedsvc, at the edge.

It keeps what must outlast a process: the ledger (records and bodies of articles), the editions, and the
responses of the newest one. Publisher and web workers meet here and nowhere else. SQLite is the default;
a PostgreSQL URL chooses the same tables on a server that several hosts share.

It holds no rules. What an article's id is, what is public, what a response says: others decide, and the
store gives it back exactly. Only the roof of the house imports it; the stations know it by the small
protocols they define themselves.
"""
