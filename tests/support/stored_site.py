"""What a store's newest edition serves, prepared or rendered on demand; and how the time of a lease passes."""

from every_document import rendered_paths
from sqlalchemy import update

from feedsvc.documents import on_demand
from feedsvc.responses.builder import prepare
from feedsvc.responses.response import Response
from feedsvc.store.schema import lease
from feedsvc.store.store import Store


def response_at(store: Store, path: str) -> tuple[int, Response] | None:
    """What a path answers, with the number of the edition that wrote it, or the newest one; None if nothing."""
    if (found := store.editions.fetch(path)) is not None:
        return found
    edition = store.editions.newest()
    if not edition.number:
        return None
    with store.editions.snapshot(edition) as snapshot:
        document = on_demand.render(snapshot, path)
    return None if document is None else (edition.number, prepare(document, "", edition.time))


def served_paths(store: Store) -> list[str]:
    """Every path that answers something, in their order; those of previews included."""
    edition = store.editions.newest()
    with store.editions.snapshot(edition) as snapshot:
        rendered = {*rendered_paths(snapshot)}
    changes = store.editions.changes()
    return sorted(rendered | {response.path for response in changes.pinned} | {*changes.stored})


def let_pass(store: Store, seconds: float) -> None:
    """Let so many seconds pass for the lease that is in force."""
    with store._database.writing() as connection:
        connection.execute(update(lease).values(expires=lease.c.expires - round(seconds * 1000)))
