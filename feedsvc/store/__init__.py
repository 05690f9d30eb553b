"""The store: the memory of feedsvc, at the edge.

It keeps what must outlast a process: the ledger (records and bodies of articles), the editions, and the
responses of the newest one. Publisher and web workers meet here and nowhere else. SQLite is the default;
a PostgreSQL URL chooses the same tables on a server that several hosts share.

It holds no rules. What an article's id is, what is public, what a response says: others decide, and the
store gives it back exactly. Only the roof of the house (``service``, ``cli``) imports it; the stations
know it by the small protocols they define themselves.
"""

from feedsvc.store.address import sqlite_file
from feedsvc.store.holder import Holder
from feedsvc.store.lease import Lease
from feedsvc.store.ledger import Ledger, Merge, Told, ledger_lines, merge, parse_ledger, placeholder, replacement
from feedsvc.store.reports import Wish
from feedsvc.store.rescue import rebuildable_file, remove_file, replace_file, sync_folder
from feedsvc.store.store import Store, open_store
from feedsvc.store.transaction import Transaction

__all__ = [
    "Holder",
    "Lease",
    "Ledger",
    "Merge",
    "Store",
    "Told",
    "Transaction",
    "Wish",
    "ledger_lines",
    "merge",
    "open_store",
    "parse_ledger",
    "placeholder",
    "rebuildable_file",
    "remove_file",
    "replace_file",
    "replacement",
    "sqlite_file",
    "sync_folder",
]
