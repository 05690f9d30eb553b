"""The errors that end a command or refuse a round.

The message of each is one line, which says what is wrong and what to do about it, because operators want to go on
and not to read a traceback. A fault of one *article* is not an exception but a
:class:`feedsvc.articles.model.Problem`: it never stops the other articles.
"""

from collections.abc import Sequence
from typing import Self


class FeedsvcError(Exception):
    """An error that the operator can mend.

    ``what`` names the thing and its fault; ``remedy`` says what to do about it.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what}: {self.remedy}"

    @property
    def lines(self) -> tuple[str, ...]:
        """The message for the operator, in lines."""
        return (str(self),)


class SettingsError(FeedsvcError):
    """A setting is unknown or has a value that cannot be used."""

    further: tuple[FeedsvcError, ...] = ()
    """The errors of other settings, so that all can be mended at once."""

    @classmethod
    def of_all(cls, errors: Sequence[FeedsvcError]) -> Self:
        """Combine several errors, at least one, into one that names them all."""
        first = cls(errors[0].what, errors[0].remedy)
        first.further = tuple(errors[1:])
        return first

    @property
    def lines(self) -> tuple[str, ...]:
        """Each error on a line."""
        return (str(self), *map(str, self.further))


class DirectoryError(FeedsvcError):
    """The articles directory is missing, is no directory, or cannot be read."""


class InvalidFeedError(FeedsvcError):
    """A feed that was just rendered does not contain what it should, and must not be published."""


class ReadingError(FeedsvcError):
    """The process that reads articles cannot be started."""


class FeedError(FeedsvcError):
    """A feed of another platform cannot be fetched or read."""


class ListenError(FeedsvcError):
    """The address to serve on cannot be bound."""


class StoreError(FeedsvcError):
    """The store cannot be opened, read or written."""


class StoreTooNewError(StoreError):
    """The store was written by a newer version of feedsvc, whose tables this version does not know."""


class EditionConflictError(StoreError):
    """Another publisher committed an edition since this round began."""


class LeaseLostError(StoreError):
    """Another process took the right to publish after this round began; the round must not be committed."""


class PrivacyError(FeedsvcError):
    """A store of a private site would be published, served or exported as a public one, or the other way round."""


class ReaderError(FeedsvcError):
    """An access token of a private site cannot be given to a reader, or cannot be revoked."""


class PushError(FeedsvcError):
    """A destination cannot be told."""


class LedgerError(FeedsvcError):
    """A ledger file cannot be read or written."""


class ExportError(FeedsvcError):
    """The folder of an export cannot be written, or there is nothing to export."""
