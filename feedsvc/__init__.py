"""feedsvc publishes a directory of articles as RSS, Atom and JSON feeds."""

__version__ = "0.2.0"
