"""Push: an edition reaches whoever wants to hear of it, without waiting to be polled.

The hub takes subscriptions in the web workers; the sender, a process of its own, verifies them and delivers.
"""
