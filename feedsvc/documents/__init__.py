"""Channels become documents: each feed, page, redirect and file of the site, before HTTP.

:func:`.manifest.document_specs` lists all of them without making any.
"""
