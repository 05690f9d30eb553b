"""The memory of feedsvc: the ledger, the editions and what processes tell each other, in SQLite or PostgreSQL.

All SQL stands here. Other rooms see :class:`.store.Store`.
"""
