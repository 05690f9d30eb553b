"""From documents to responses: codings, validators, freshness, and the answer to a request.

Everything that can be decided before a request comes is decided here, and is plain values. What this is not:
it knows no clock, no disk and no web framework; those who do (:mod:`feedsvc.web`) hand in the time and send
the bytes.
"""
