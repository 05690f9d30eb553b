"""Push: an edition reaches its subscribers, webhooks and caches without being polled.

The hub takes subscriptions in the web workers; the sender, a process of its own, verifies them and delivers.
"""
