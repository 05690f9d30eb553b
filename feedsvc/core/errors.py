"""The errors that end a command or refuse a round.

Each says in one line what is wrong and what to do about it, because the person who reads it wants to
go on, not to read a traceback. What is wrong with one *article* is no exception but a
:class:`feedsvc.articles.model.Problem`: it never stops the others.
"""


class FeedsvcError(Exception):
    """Something the operator can mend.

    ``what`` names the thing and its fault; ``remedy`` says what to do next.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what}: {self.remedy}"


class SettingsError(FeedsvcError):
    """A setting is unknown or has a value that cannot be used."""


class DirectoryError(FeedsvcError):
    """The articles directory is missing, is no directory, or cannot be read."""


class InvalidFeedError(FeedsvcError):
    """A feed that was just made does not hold what it should; it must not reach anybody."""


class ReadingError(FeedsvcError):
    """The process that reads articles cannot be started."""


class FeedError(FeedsvcError):
    """A feed of another platform cannot be fetched or read."""


class ListenError(FeedsvcError):
    """The address to serve on cannot be bound."""


class StoreError(FeedsvcError):
    """The store cannot be opened, read or written."""


class StoreTooNewError(StoreError):
    """The store was written by a newer feedsvc, whose tables this one does not know."""


class EditionConflictError(StoreError):
    """Another publisher committed an edition since this round began."""


class LeaseLostError(StoreError):
    """Another process has the right to publish, or had it since; what was begun before must not be committed."""


class PrivacyError(FeedsvcError):
    """A store would be published, served or exported for others than it is for."""


class ReaderError(FeedsvcError):
    """A reader of a private site cannot be given a token, or have it taken back."""


class LedgerError(FeedsvcError):
    """A file that should hold a ledger cannot be read or written."""


class ExportError(FeedsvcError):
    """The folder of an export cannot be written, or there is nothing to export."""
