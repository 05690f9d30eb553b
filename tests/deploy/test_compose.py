"""``docker-compose.yml``: against the compose specification, and with its services run, without Docker."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx2
import pytest
from commands import run_command
from compose import Composed, env_file, plain_environment, services, settings_of
from dockerfile import environment, health_check, instructions
from http_caches import nginx
from postgres import Postgres
from repository import DEPLOY, ROOT
from serving import PATIENCE, Service, command, wait_for, write

from feedsvc.store.store import open_store

pytestmark = pytest.mark.slow

DOCKERFILE = DEPLOY / "Dockerfile"
WITH_POSTGRES = env_file(DEPLOY / "postgres.env")
STORIES = {"2026-03-01-harbour.txt": "The harbour opens again\n\nAfter three winters the boats are back.\n"}


class Process:
    """A container's command, run here."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    def address(self) -> str:
        """``host:port`` of a web worker, once it has said it."""
        _, _, rest = self.log.read_text("utf-8").partition("event=serving at=http://")
        return rest.partition(" ")[0]


@contextmanager
def running(name: str, service: Mapping[str, object], home: Path, store: str) -> Iterator[Process]:
    """What a service's container runs, as itself but for its paths, its port and the store's address."""
    image = environment(DOCKERFILE)
    assert image.pop("FEEDSVC_HOST") == "0.0.0.0"
    own = {"FEEDSVC_HOST": "127.0.0.1", "FEEDSVC_PORT": "0", "FEEDSVC_STORE__URL": store}
    settings = image | settings_of(service) | own | {"FEEDSVC_LOG__FORMAT": "logfmt"}
    words = [word.replace("/site/", f"{home}/") for word in cast("list[str]", service["command"])]
    with (home / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command(*words), cwd=home, env=plain_environment() | settings, stderr=log)
        try:
            yield Process(process, home / f"{name}.log")
        finally:
            process.terminate()
            assert process.wait(PATIENCE) == 0, (home / f"{name}.log").read_text("utf-8")


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def variables(request: pytest.FixtureRequest) -> dict[str, str]:
    """The variables of ``.env``: none, or those for PostgreSQL."""
    return {"sqlite": {}, "postgres": WITH_POSTGRES}[str(request.param)]


@pytest.fixture(scope="module")
def composed(variables: dict[str, str]) -> Composed:
    """The services."""
    return services(variables)


@pytest.fixture(scope="module")
def up(
    variables: dict[str, str],
    composed: Composed,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SimpleNamespace]:
    """All of them at work: one publisher, each replica, nginx before them."""
    home = tmp_path_factory.mktemp("site")
    write(home / "articles", STORIES)
    (home / "store").mkdir()
    store = f"sqlite:///{home}/store/feedsvc.db"
    if variables:
        server: Postgres = request.getfixturevalue("postgres")
        store = server.new_database()
    # Docker starts again whoever gives up because another makes the tables; here nobody does.
    open_store(store).close()
    replicas = int(cast("dict[str, str]", composed["web"]["deploy"])["replicas"])
    with ExitStack() as stack:
        publisher = stack.enter_context(running("publisher", composed["publisher"], home, store))
        webs = [
            stack.enter_context(running(f"web{number}", composed["web"], home, store))
            for number in range(replicas)
        ]
        for web in webs:
            wait_for(web.address, "a web worker")
        behind = [web.address() for web in webs]
        (home / "nginx").mkdir()
        unused = Service(home)
        front = nginx(unused, home / "nginx", "nginx-upstream-compose.conf", behind=behind)
        url = stack.enter_context(front)
        wait_for(lambda: httpx2.get(f"{url}/readyz", timeout=PATIENCE).status_code == 200, "the first edition")
        yield SimpleNamespace(url=url, behind=behind, store=store, publisher=publisher, home=home)


def test_it_is_what_the_compose_specification_asks_for() -> None:
    """By the specification's own JSON schema."""
    schema = ("--builtin-schema", "vendor.compose-spec")
    check = [sys.executable, "-m", "check_jsonschema", *schema, str(ROOT / "docker-compose.yml")]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_postgresql_and_replicas_are_a_matter_of_the_env_file() -> None:
    """Without it: no PostgreSQL, one web worker, a file as the store."""
    plain, many = services({}), services(WITH_POSTGRES)
    assert set(many) - set(plain) == {"postgres"}
    assert (plain["web"]["deploy"], many["web"]["deploy"]) == ({"replicas": 1}, {"replicas": 3})
    assert settings_of(plain["web"])["FEEDSVC_STORE__URL"] == environment(DOCKERFILE)["FEEDSVC_STORE__URL"]


def test_the_store_is_the_database_that_runs_beside_it() -> None:
    """Its host is the service's name, and user and password are those that it makes."""
    found = services(WITH_POSTGRES)
    database, web = settings_of(found["postgres"]), settings_of(found["web"])
    user = database["POSTGRES_USER"]
    assert web["FEEDSVC_STORE__URL"] == f"postgresql://{user}@postgres/{user}"
    assert web["PGPASSWORD"] == database["POSTGRES_PASSWORD"]


def test_the_ports_agree() -> None:
    """Nginx asks the port that the image opens, which is that of the settings."""
    (exposed,) = [each.rest for each in instructions(DOCKERFILE) if each.word == "EXPOSE"]
    upstream = (DEPLOY / "nginx-upstream-compose.conf").read_text("utf-8")
    assert f"server web:{exposed};" in upstream
    assert f"127.0.0.1:{exposed}/readyz" in " ".join(health_check(DOCKERFILE))
    published = cast("list[str]", services({})["nginx"]["ports"])
    assert published == [f"127.0.0.1:{exposed}:80"]
    assert settings_of(services({})["web"])["FEEDSVC_BASE_URL"] == f"http://127.0.0.1:{exposed}"


@pytest.mark.parametrize("name", ["publisher", "web", "nginx"])
def test_a_container_can_write_only_where_it_has_to(name: str) -> None:
    """A read-only file system, no capability that it does not need, and no way to gain one."""
    service = services({})[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    writable = [volume for volume in cast("list[str]", service["volumes"]) if not volume.endswith(":ro")]
    assert writable == {"nginx": ["cache:/var/cache/nginx"]}.get(name, ["store:/site/store"])


def test_every_file_that_is_mounted_is_there() -> None:
    """Docker would make an empty folder of one that is missing."""
    volumes = [each for it in services({}).values() for each in cast("list[str]", it["volumes"])]
    files = [volume.split(":")[0] for volume in volumes if volume.startswith(".")]
    assert {file for file in files if not (ROOT / file).exists()} == set()


def test_the_feed_comes_through_nginx(up: SimpleNamespace) -> None:
    """With the public address in it, and from the cache the second time."""
    wait_for(lambda: httpx2.get(f"{up.url}/atom.xml", timeout=PATIENCE).headers["x-cache"] == "HIT", "a hit")
    assert "http://127.0.0.1:8000/atom.xml" in httpx2.get(f"{up.url}/atom.xml", timeout=PATIENCE).text


def _is_ready(address: str) -> bool:
    return httpx2.get(f"http://{address}/readyz", timeout=PATIENCE).status_code == 200


def test_every_replica_serves_the_same(up: SimpleNamespace) -> None:
    """The same edition, the same tags, whoever answers."""
    for address in up.behind:
        wait_for(partial(_is_ready, address), address)
    answers = [httpx2.get(f"http://{address}/rss.xml", timeout=PATIENCE) for address in up.behind]
    assert len({(answer.headers["etag"], answer.content) for answer in answers}) == 1


@pytest.mark.parametrize("fault", ["", "no web worker", "no store"])
def test_the_image_knows_whether_it_is_well(up: SimpleNamespace, tmp_path: Path, fault: str) -> None:
    """The health check of the Dockerfile, run as it stands but for programs and port."""
    port = "1" if fault == "no web worker" else up.behind[0].rpartition(":")[2]
    store = f"sqlite:///{tmp_path}/none.db" if fault == "no store" else up.store
    wait_for(partial(_is_ready, up.behind[0]), "the edition")
    assert checked(health_check(DOCKERFILE), store, tmp_path, port) == (1 if fault else 0)


def test_the_publisher_knows_whether_it_is_well(up: SimpleNamespace, composed: Composed, tmp_path: Path) -> None:
    """Its own health check: by the state of the store."""
    assert checked(check_of(composed, "publisher"), up.store, tmp_path) == 0


@pytest.mark.parametrize("fault", ["no store", "nobody publishes"])
def test_a_publisher_that_needs_a_person_is_not_well(tmp_path: Path, fault: str) -> None:
    """Docker knows the exit status 1, and 2 is reserved."""
    write(tmp_path / "articles", STORIES)
    if fault == "nobody publishes":
        run_command(tmp_path, "publish", store__url=f"sqlite:///{tmp_path}/feedsvc.db")
    store = f"sqlite:///{tmp_path}/feedsvc.db"
    assert checked(check_of(services({}), "publisher"), store, tmp_path) == 1


def test_a_web_worker_is_well_whatever_the_publisher_does(up: SimpleNamespace, tmp_path: Path) -> None:
    """It goes on serving the last edition, and must not be taken out of service."""
    port = up.behind[0].rpartition(":")[2]
    words = check_of(services({}), "web")
    assert not any("status" in word for word in words)
    assert checked(words, f"sqlite:///{tmp_path}/none.db", tmp_path, port) == 0


def check_of(found: Composed, name: str) -> list[str]:
    """The health check of a service, as the words of a command."""
    kind, *words = cast("dict[str, list[str]]", found[name]["healthcheck"])["test"]
    return {"CMD": words, "CMD-SHELL": ["/bin/sh", "-c", *words]}[kind]


def checked(words: list[str], store: str, home: Path, port: str = "8000") -> int:
    """How a health check ends here, with this store and a web worker at this port."""
    here = {"/opt/feedsvc/bin/feedsvc": f"{sys.executable} -m feedsvc", "/opt/feedsvc/bin/python": sys.executable}
    for there, program in {**here, ":8000/": f":{port}/"}.items():
        words = [word.replace(there, program) for word in words]
    variables = {**plain_environment(), "FEEDSVC_STORE__URL": store}
    return subprocess.run(words, cwd=home, env=variables, capture_output=True, check=False).returncode


def test_a_private_site_is_a_matter_of_a_profile(tmp_path: Path) -> None:
    """It shares neither articles nor a store with the public one, and lets nobody in without a token."""
    found = services({"COMPOSE_PROFILES": "private"})
    assert set(found) - set(services({})) == {"private"}
    mounts = [set(cast("list[str]", found[name]["volumes"])) for name in ("private", "publisher")]
    assert {mount.partition(":")[0] for mount in mounts[0] & mounts[1]} <= {"/dev/null"}
    write(tmp_path / "articles", STORIES)
    (tmp_path / "store").mkdir()
    store = f"sqlite:///{tmp_path}/store/feedsvc.db"
    with running("private", found["private"], tmp_path, store) as process:
        wait_for(process.address, "the service")
        url = f"http://{process.address()}"
        wait_for(lambda: httpx2.get(f"{url}/readyz", timeout=PATIENCE).status_code == 200, "the first edition")
        assert httpx2.get(f"{url}/rss.xml", timeout=PATIENCE).status_code == 401
