"""The memory of feedsvc, in SQLite or PostgreSQL: the ledger, the editions, the lease, publish requests, reports.

All SQL stands here. Other packages use :func:`.store.open_store`.
"""
