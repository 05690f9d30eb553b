"""Documents become responses: every content coding, header field and entity tag decided ahead.

:func:`.answer.answer` picks what one request gets (RFC 9110).
"""
