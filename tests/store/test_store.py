"""The contract of the store, the same on SQLite and on PostgreSQL."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from serving import PATIENCE
from sqlalchemy import select, text, update

from feedsvc.articles.record import Record
from feedsvc.channels.site import Site
from feedsvc.core.errors import EditionConflictError, StoreError, StoreTooNewError
from feedsvc.documents.model import FEED, PAGE
from feedsvc.documents.pages.theme import BUILT_IN
from feedsvc.documents.snapshot import RenderingOptions
from feedsvc.responses.edition import NO_EDITION, Changes, Edition, Fingerprint, PublisherState, new_identity
from feedsvc.responses.response import Representation, Response
from feedsvc.store.schema import bodies, rendering_options
from feedsvc.store.store import Store, open_store

Opened = Callable[[], Store]
MakeRecord = Callable[..., Record]
MakeResponse = Callable[..., Response]
Publish = Callable[..., Edition]

HALF_A_ROUND = """
import sys
from feedsvc.store.store import open_store
store = open_store(sys.argv[1])
with store.publisher.round(store.editions.newest()) as transaction:
    transaction.keep_body("b2", "half")
    transaction.body("b2")
    transaction.drop("/a")
    print("in the middle", flush=True)
    sys.stdin.read()
"""
OPEN_AT_A_SIGN = """
import sys
from feedsvc.store.store import open_store
print("ready", flush=True)
sys.stdin.readline()
print(open_store(sys.argv[1]).editions.newest().number)
"""


def python(code: str, url: str) -> subprocess.Popen[str]:
    """Run ``code`` in a process of its own, up to the first line it prints."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    return process


def kept_bodies(store: Store) -> set[str]:
    """The digests of the bodies that the store holds."""
    with store._database.reading() as connection:
        return set(connection.execute(select(bodies.c.digest)).scalars())


def save(store: Store, *records: Record) -> None:
    """Save records, and their bodies, in a round that is no edition."""
    with store.publisher.round(store.editions.newest()) as transaction:
        for each in records:
            transaction.keep_body(each.article.body, f"<p>{each.article.body}</p>")
            transaction.save(each)


class TestEmptyStore:
    def test_an_empty_store_stands_at_edition_0(self, store: Store) -> None:
        """Edition 0 stands for none yet."""
        assert store.editions.newest().number == 0

    def test_an_empty_store_remembers_nothing(self, store: Store) -> None:
        """The first round begins with an empty memory."""
        assert store.publisher.state() == PublisherState()

    def test_an_empty_store_has_no_changes(self, store: Store) -> None:
        """A worker that starts before the first round gets an empty edition 0."""
        assert store.editions.changes() == Changes(Edition(0, 0), (), (), ())

    def test_an_empty_store_answers_no_path(self, store: Store) -> None:
        """An unknown path is None, not an error."""
        assert store.editions.fetch("/") is None


class TestRoundTrip:
    def test_a_record_comes_back_equal(self, store: Store, record: MakeRecord) -> None:
        """The ledger gives back exactly what it was given, by id."""
        first, second = record("a"), record("b", withdrawn=None, settled=False, present=True)
        save(store, second, first)
        assert list(store.publisher.state().records.items()) == [(first.id, first), (second.id, second)]

    def test_saving_again_replaces_the_record(self, store: Store, record: MakeRecord) -> None:
        """There is one record for an id, the last one saved."""
        save(store, record("a"))
        save(store, record("a", page="/elsewhere"))
        assert [each.page for each in store.publisher.state().records.values()] == ["/elsewhere"]

    def test_options_that_were_stored_in_another_form_have_not_changed(self, store: Store) -> None:
        """An upgrade of a site with a title in another script makes no edition."""
        options = RenderingOptions(Site("https://x.example", "Zürich", "", "de"), BUILT_IN)
        with store.publisher.round(NO_EDITION) as transaction:
            assert transaction.keep_rendering_options(options)
        with store.push._database.writing() as connection:
            written = json.loads(connection.execute(select(rendering_options.c.options)).scalar_one())
            with pytest.raises(ValueError, match="there is no time zone"):
                RenderingOptions.from_json(json.dumps(written | {"site": written["site"] | {"zone": "No/Where"}}))
            connection.execute(update(rendering_options).values(options=json.dumps(written)))
        with store.publisher.round(NO_EDITION) as transaction:
            assert not transaction.keep_rendering_options(options)
            assert transaction.keep_rendering_options(replace(options, site=replace(options.site, title="Bern")))

    def test_a_position_is_kept_for_ever(self, store: Store) -> None:
        """Where an article stands in an archive is remembered by channel, with or without an edition."""
        for channel, record, place in (("/", "a", 0), ("/news/", "a", 3), ("/", "b", 1)):
            with store.publisher.round(NO_EDITION) as transaction:
                transaction.keep_position(channel, record, place)
        assert store.publisher.state().archive_positions == {"/": {"a": 0, "b": 1}, "/news/": {"a": 3}}

    def test_a_forgotten_record_is_gone(self, store: Store, record: MakeRecord) -> None:
        """What is forgotten, also in the round that saved it, is not remembered."""
        with store.publisher.round(NO_EDITION) as transaction:
            transaction.keep_body("b1", "")
            transaction.save(record("a"))
            transaction.forget(record("a").id)
        assert store.publisher.state().records == {}

    def test_a_response_comes_back_equal(self, store: Store, publish: Publish, response: MakeResponse) -> None:
        """Every coding, header and byte is what was put, under the edition that wrote it."""
        publish(response("/other"))
        publish(response("/a", b"\x00\xff words"))
        assert store.editions.fetch("/a") == (2, response("/a", b"\x00\xff words"))

    def test_a_file_keeps_its_length_without_bytes(
        self, store: Store, publish: Publish, response: MakeResponse
    ) -> None:
        """A media file's bytes stay on disk; only how many there are is kept."""
        media = response(
            "/media/a", file="news/a.mp3", representations=(Representation("identity", '"f"', b"", 9),)
        )
        publish(media)
        assert store.editions.fetch("/media/a") == (1, media)

    def test_what_the_next_round_needs_of_a_response_is_kept(
        self, store: Store, publish: Publish, response: MakeResponse
    ) -> None:
        """The memory holds key, digest and date of each response, and the head of the edition."""
        edition = publish(response("/b"), response("/a", key="other"))
        remembered = store.publisher.state()
        assert remembered.edition == edition
        assert list(remembered.responses.items()) == [
            ("/a", Fingerprint("other", "d" * 64, 1_777_000_000)),
            ("/b", Fingerprint("k" * 64, "d" * 64, 1_777_000_000)),
        ]

    def test_everything_is_there_after_reopening(
        self, store: Store, opened: Opened, publish: Publish, record: MakeRecord, response: MakeResponse
    ) -> None:
        """A store that is closed loses nothing."""
        save(store, record("a"))
        publish(response("/a"))
        before = (store.publisher.state(), store.editions.changes())
        store.close()
        again = opened()
        assert (again.publisher.state(), again.editions.changes()) == before

    def test_a_round_larger_than_a_batch_is_kept_whole(
        self, store: Store, publish: Publish, record: MakeRecord, response: MakeResponse
    ) -> None:
        """What is sent in portions arrives as one."""
        save(store, *(record(f"{number}", body=f"b{number}") for number in range(450)))
        publish(*(response(f"/{number}", b"x" * 10_000) for number in range(450)))
        assert (
            len(store.publisher.state().records)
            == len(store.editions.changes().pinned)
            == len(kept_bodies(store))
            == 450
        )


class TestBodies:
    @pytest.mark.slow
    def test_a_round_may_keep_more_than_a_statement_can_name(self, store: Store) -> None:
        """Few articles, with thousands of pictures in their own text."""
        with store.publisher.round(NO_EDITION) as transaction:
            for number in range(70_000):
                transaction.keep_body(f"{number}", "data:")
        assert kept_bodies(store) == set()

    def test_a_body_can_be_read_in_the_round_that_keeps_it(self, store: Store) -> None:
        """Keeping a body again changes nothing."""
        with store.publisher.round(NO_EDITION) as transaction:
            transaction.keep_body("b1", "<p>«one»</p>")
            transaction.keep_body("b1", "<p>«one»</p>")
            assert transaction.body("b1") == "<p>«one»</p>"

    def test_a_body_can_be_read_in_a_later_round(self, store: Store, record: MakeRecord) -> None:
        """An article that was not read anew still has its body."""
        save(store, record("a"))
        with store.publisher.round(NO_EDITION) as transaction:
            assert transaction.body("b1") == "<p>b1</p>"

    def test_bodies_without_a_record_are_deleted(self, store: Store, record: MakeRecord) -> None:
        """The store does not grow with every edit."""
        save(store, record("a", body="old"), record("b", body="shared"), record("c", body="shared"))
        with store.publisher.round(NO_EDITION) as transaction:
            transaction.keep_body("new", "")
            transaction.save(record("a", body="new"))
            transaction.forget(record("b").id)
        assert kept_bodies(store) == {"new", "shared"}

    def test_the_markdown_of_a_record_is_kept_with_it(self, store: Store, record: MakeRecord) -> None:
        """As long as a record refers to it, like a body."""
        told = record("a")
        with store.publisher.round(NO_EDITION) as transaction:
            transaction.keep_body("words", "*Words*")
            transaction.keep_body("b1", "<em>Words</em>")
            transaction.save(replace(told, article=replace(told.article, markdown="words")))
        assert kept_bodies(store) == {"words", "b1"}
        save(store, told)
        assert kept_bodies(store) == {"b1"}

    def test_a_lost_body_is_an_error(self, store: Store) -> None:
        """A body that is not there is never taken for an empty one."""
        with (
            store.publisher.round(NO_EDITION) as transaction,
            pytest.raises(StoreError, match=r"lacks the body b9: restore"),
        ):
            transaction.body("b9")

    def test_a_record_without_its_body_is_refused(self, store: Store, record: MakeRecord) -> None:
        """No record may refer to a body that was never kept."""
        with pytest.raises(StoreError, match="failed"), store.publisher.round(NO_EDITION) as transaction:
            transaction.save(record("a", body="never kept"))
        assert store.publisher.state() == PublisherState()


class TestKeys:
    def test_a_moved_key_is_kept_and_no_edition(
        self, store: Store, publish: Publish, response: MakeResponse
    ) -> None:
        """The next process knows the document by it; no web worker hears of a change."""
        publish(response("/a"), response("/b"))
        changes = store.editions.changes()
        with store.publisher.round(store.editions.newest()) as transaction:
            transaction.rekey("/a", "other")
        kept = store.publisher.state()
        assert {path: one.key for path, one in kept.responses.items()} == {"/a": "other", "/b": response("/b").key}
        assert (kept.edition.number, store.editions.changes().edition) == (1, changes.edition)
        assert [each.path for each in store.editions.changes().pinned] == [each.path for each in changes.pinned]
        assert store.editions.changes(changes.edition) == replace(changes, pinned=())


class TestOneTransaction:
    def test_a_round_that_raises_leaves_nothing(
        self, store: Store, publish: Publish, record: MakeRecord, response: MakeResponse
    ) -> None:
        """Whatever ends a round early undoes all of it."""
        publish(response("/a"))
        before = (store.publisher.state(), store.editions.changes())

        def fail() -> None:
            with store.publisher.round(store.editions.newest()) as transaction:
                transaction.keep_body("b1", "")
                transaction.save(record("a"))
                transaction.drop("/a")
                transaction.publish(Edition(2, 5))
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            fail()
        assert (store.publisher.state(), store.editions.changes(), kept_bodies(store)) == (*before, set())

    def test_others_see_the_old_edition_until_the_end(
        self, store: Store, opened: Opened, publish: Publish, response: MakeResponse
    ) -> None:
        """While a round runs, readers are neither kept waiting nor shown a part of it."""
        publish(response("/a"))
        reader = opened()
        before = reader.editions.changes()
        with store.publisher.round(store.editions.newest()) as transaction:
            transaction.put(response("/b"))
            transaction.drop("/a")
            transaction.publish(Edition(2, 5))
            assert (reader.editions.newest().number, reader.editions.changes(), reader.editions.fetch("/b")) == (
                1,
                before,
                None,
            )
        assert (reader.editions.newest().number, reader.editions.fetch("/b")) == (2, (2, response("/b")))

    def test_a_killed_process_leaves_the_old_edition(
        self, url: str, publish: Publish, store: Store, response: MakeResponse
    ) -> None:
        """A process that dies in the middle of a round leaves no trace, and no lock."""
        publish(response("/a"))
        before = (store.publisher.state(), store.editions.changes())
        with python(HALF_A_ROUND, url) as process:
            process.kill()
        assert (store.publisher.state(), store.editions.changes(), kept_bodies(store)) == (*before, set())
        patient = open_store(url)
        with patient.publisher.round(patient.editions.newest()) as transaction:
            transaction.publish(Edition(2, 5))
        patient.close()
        assert store.editions.newest().number == 2

    def test_readers_never_see_two_editions_mixed(
        self, opened: Opened, publish: Publish, response: MakeResponse
    ) -> None:
        """Readers in other threads get one edition, whole, at every moment."""
        reader, over = opened(), threading.Event()
        seen: list[tuple[int, set[bytes]]] = []

        def read() -> None:
            while not over.is_set():
                changes = reader.editions.changes()
                found = {each.representations[-1].body for each in changes.pinned}
                seen.append((changes.edition.number, found))

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(1, 31):
            publish(*(response(f"/{name}", b"%d" % number) for name in "abc"))
        over.set()
        for thread in threads:
            thread.join()
        assert len({number for number, _ in seen}) > 1
        assert all(found == ({b"%d" % number} if number else set()) for number, found in seen)

    def test_a_fault_that_is_swallowed_still_undoes_the_round(self, store: Store, response: MakeResponse) -> None:
        """After a failed statement nothing of the round may count, whatever its caller makes of the error."""

        def swallow() -> None:
            with store.publisher.round(NO_EDITION) as transaction:
                transaction.publish(Edition(1, 5))
                transaction.put(response("/a", key=None))
                with pytest.raises(StoreError, match="failed"):
                    transaction.put(response("/large", b"x" * 3_000_000))
                with pytest.raises(StoreError, match="failed earlier"):
                    transaction.forget("r1")

        with pytest.raises(StoreError, match="failed earlier in this round: try the round again"):
            swallow()
        assert (store.editions.newest().number, store.editions.fetch("/a")) == (0, None)

    def test_responses_without_an_edition_are_refused(self, store: Store, response: MakeResponse) -> None:
        """Rows that no edition announces would never reach a worker's memory."""
        with (
            pytest.raises(RuntimeError, match="no edition was published"),
            store.publisher.round(NO_EDITION) as transaction,
        ):
            transaction.put(response("/a"))
        assert store.editions.fetch("/a") is None


class TestEditions:
    def test_a_round_that_touches_the_ledger_alone_is_no_edition(
        self, store: Store, publish: Publish, record: MakeRecord, response: MakeResponse
    ) -> None:
        """A new stamp is kept, but followers have nothing to do."""
        first = publish(response("/a"))
        save(store, record("a", stamp="touched"))
        assert store.editions.newest().number == 1
        assert [each.stamp for each in store.publisher.state().records.values()] == ["touched"]
        assert store.editions.changes(first) == replace(store.editions.changes(), pinned=())

    def test_only_what_moved_since_is_told(self, store: Store, publish: Publish, response: MakeResponse) -> None:
        """A follower gets pinned responses whole, and the paths of other and dropped ones, in order."""
        first = publish(
            *(response(f"/{name}") for name in ("same", "pinned", "chilled", "gone")), response("/c", traits=FEED)
        )
        second = publish(
            response("/pinned", b"new"),
            response("/also", b"new"),
            response("/chilled", traits=FEED),
            response("/c2", traits=FEED),
            drop=("/gone", "/c"),
        )
        assert store.editions.changes(first) == Changes(
            edition=second,
            pinned=(response("/also", b"new"), response("/pinned", b"new")),
            stored=("/c2", "/chilled"),
            dropped=("/c", "/gone"),
        )

    def test_from_the_beginning_everything_there_is_told(
        self, store: Store, publish: Publish, response: MakeResponse
    ) -> None:
        """A worker that starts is not told of what is no more."""
        publish(response("/pinned"), response("/stored", traits=FEED), response("/gone"))
        second = publish(drop=("/gone",))
        assert store.editions.changes() == Changes(second, (response("/pinned"),), ("/stored",), ())

    def test_a_follower_may_skip_editions(self, store: Store, publish: Publish, response: MakeResponse) -> None:
        """Several editions make one step."""
        first = publish(response("/a"), response("/b"))
        publish(response("/a", b"second"))
        third = publish(response("/a", b"third"), drop=("/b",))
        assert store.editions.changes(first) == Changes(third, (response("/a", b"third"),), (), ("/b",))

    def test_a_dropped_path_is_not_answered(self, store: Store, publish: Publish, response: MakeResponse) -> None:
        """It is neither fetched nor remembered; to drop it again, or an unknown one, changes nothing."""
        publish(response("/a"))
        second = publish(drop=("/a",))
        publish(drop=("/a", "/unknown"))
        assert (store.editions.fetch("/a"), store.publisher.state().responses) == (None, {})
        assert store.editions.changes(second).dropped == ()

    def test_a_dropped_path_may_come_back(self, store: Store, publish: Publish, response: MakeResponse) -> None:
        """A path that is put again is there again."""
        first = publish(response("/a"))
        publish(drop=("/a",))
        third = publish(response("/a"))
        assert store.editions.changes(first) == Changes(third, (response("/a"),), (), ())

    def test_a_path_dropped_and_put_in_one_round_stays(self, store: Store, response: MakeResponse) -> None:
        """The last word on a path counts."""
        with store.publisher.round(NO_EDITION) as transaction:
            for path in ("/a", "/b"):
                transaction.put(response(path))
            transaction.drop("/a")
            transaction.drop("/b")
            transaction.put(response("/b"))
            transaction.publish(Edition(1, 5))
        assert store.editions.changes() == Changes(Edition(1, 5), (response("/b"),), (), ())

    @pytest.mark.parametrize("follows", [0, 2], ids=["an older edition", "one never published"])
    def test_a_round_that_follows_another_edition_is_refused(
        self, store: Store, publish: Publish, response: MakeResponse, follows: int
    ) -> None:
        """A publisher whose memory is not that of the newest edition must not write."""
        publish(response("/a"))
        with (
            pytest.raises(EditionConflictError, match=rf"holds edition 1, .* follows edition {follows}"),
            store.publisher.round(Edition(follows, 5)),
        ):
            pytest.fail("the round began")

    def test_another_edition_of_the_same_number_is_not_taken_for_that_one(
        self, store: Store, publish: Publish, response: MakeResponse
    ) -> None:
        """Another store was put in the place of this one: it is told whole, and no round follows blindly."""
        there = publish(response("/a"), response("/c", traits=PAGE))
        other = replace(there, identity=new_identity())
        assert store.editions.newest() != other
        assert store.editions.changes(other) == replace(store.editions.changes(), replaced=True)
        assert store.editions.fetch("/c", there) == (1, response("/c", traits=PAGE))
        assert store.editions.fetch("/c", other) is None
        with (
            pytest.raises(EditionConflictError, match="holds another edition 1 than"),
            store.publisher.round(other),
        ):
            pytest.fail("the round began")

    def test_a_newer_edition_of_another_store_does_not_follow(
        self, store: Store, publish: Publish, response: MakeResponse
    ) -> None:
        """Its number is higher, but it holds another edition by the number that the worker knows, or none."""
        first = publish(response("/a"), response("/gone"))
        publish(response("/b"), drop=("/gone",))
        for known in (replace(first, identity=new_identity()), Edition(7, 5, None, new_identity())):
            assert store.editions.changes(known) == replace(store.editions.changes(), replaced=True)
        assert store.editions.changes(first).dropped == ("/gone",)
        assert not store.editions.changes(first).replaced

    @pytest.mark.parametrize("number", [1, 3], ids=["a number that is taken", "a number left out"])
    def test_an_edition_that_does_not_follow_is_refused(
        self, store: Store, publish: Publish, response: MakeResponse, number: int
    ) -> None:
        """Editions are numbered without a gap."""
        publish(response("/a"))
        with (
            pytest.raises(EditionConflictError, match="cannot follow edition 1"),
            store.publisher.round(store.editions.newest()) as transaction,
        ):
            transaction.publish(Edition(number, 5))
        assert store.editions.newest().number == 1

    def test_one_of_two_publishers_with_the_same_memory_is_refused(
        self, opened: Opened, publish: Publish, response: MakeResponse
    ) -> None:
        """Of two hosts that would publish the same number, the second one's round does not begin."""
        other = opened()
        publish(response("/a"))
        with pytest.raises(EditionConflictError), other.publisher.round(NO_EDITION):
            pytest.fail("the round began")


class TestSeveralProcesses:
    @pytest.mark.slow
    def test_several_processes_may_open_a_new_store_at_once(self, url: str) -> None:
        """One makes the tables; the others wait for it, and all of them work."""
        processes = [python(OPEN_AT_A_SIGN, url) for _ in range(4)]
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [process.communicate(timeout=PATIENCE)[0] for process in processes] == ["0\n"] * 4

    def test_a_round_locks_nobody_out(self, opened: Opened, publish: Publish) -> None:
        """While files are read and documents composed, others may write; the later commit is refused."""

        def overtaken() -> None:
            with opened().publisher.round(NO_EDITION) as transaction:
                publish()
                transaction.publish(Edition(1, 5))

        with pytest.raises(EditionConflictError, match="holds edition 1"):
            overtaken()

    def test_a_commit_that_cannot_begin_is_told_to_wait(
        self, store: Store, opened: Opened, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who loses patience with another writer says why, and has written nothing."""
        monkeypatch.setattr(
            "feedsvc.store.postgres._IDLE", 600.0
        )  # this writer is idle for long on a busy machine

        def commit() -> None:
            with opened().publisher.round(NO_EDITION) as transaction:
                transaction.publish(Edition(1, 5))

        with (
            store._database.writing(),
            pytest.raises(StoreError, match="is locked by another process: wait until its round is over"),
        ):
            commit()
        assert store.editions.newest().number == 0

    def test_the_next_writer_finds_the_store_free(self, store: Store, opened: Opened) -> None:
        """The lock goes with the round, also with one that failed."""
        with pytest.raises(KeyError), store.publisher.round(NO_EDITION):
            raise KeyError
        with opened().publisher.round(NO_EDITION) as transaction:
            transaction.publish(Edition(1, 5))
        assert store.editions.newest().number == 1


class TestFaults:
    @pytest.mark.parametrize(
        ("revision", "error", "words"),
        [
            ("9999", StoreTooNewError, "was written by a newer feedsvc: upgrade feedsvc"),
            ("0008", StoreError, "is older than the first feedsvc that was released: restore its ledger"),
        ],
    )
    def test_a_store_of_another_time_is_left_alone(
        self, store: Store, url: str, revision: str, error: type[StoreError], words: str
    ) -> None:
        """Tables that this version does not know are not touched."""
        with store._database.writing() as connection:
            connection.execute(text(f"UPDATE feedsvc_revision SET version_num = '{revision}'"))  # noqa: S608 - ours
        with pytest.raises(error, match=words):
            open_store(url)

    def test_tables_of_another_program_are_left_alone(self, store: Store, url: str) -> None:
        """A database in which someone else has such a table is not taken over."""
        with store._database.writing() as connection:
            connection.execute(text("DROP TABLE feedsvc_revision"))
            connection.execute(text("DROP TABLE records"))
        with pytest.raises(
            StoreError, match=r"tables \(archive_positions, article_changes, bodies, [a-z_, ]*\): name another"
        ):
            open_store(url)

    def test_a_fault_while_running_is_a_store_error(self, store: Store) -> None:
        """No error of the libraries below gets out, and nothing of the statement does."""
        with store._database.writing() as connection:
            connection.execute(text("DROP TABLE responses"))
        for ask in (store.publisher.state, store.editions.changes, lambda: store.editions.fetch("/")):
            with pytest.raises(StoreError, match=r"responses.*\): try again") as caught:
                ask()
            assert "\n" not in str(caught.value)

    def test_a_store_tells_its_url(self, store: Store, url: str) -> None:
        """A store in a log or a debugger says which it is."""
        assert url.split(":", maxsplit=1)[0] in repr(store)
