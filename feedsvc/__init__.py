"""feedsvc publishes a directory of articles as RSS, Atom and JSON feeds."""

from importlib.metadata import version

__version__ = version("feedsvc")
