"""The things that every other room of the package needs: errors, the clock, logs, settings and translations.

It imports nothing else of feedsvc.
"""
