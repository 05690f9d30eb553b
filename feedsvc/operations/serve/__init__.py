"""The processes of ``feedsvc serve``: a supervisor, the publisher and the web workers.

They meet only in the store. Each imports what it works with and no more.
"""
