"""The Dockerfile's instructions, carried out one by one in an empty root, and the image run as Docker would."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from dockerfile import health_check, instructions
from emptyroot import Script
from repository import DEPLOY
from serving import write

pytestmark = pytest.mark.slow(first=True)

FILE = DEPLOY / "Dockerfile"
LONGEST = 900
"""Seconds after which a registry that does not answer fails the test."""
LIVE = """
echo THE IMAGE
mount --rbind {root} {root}
mount -t tmpfs tmpfs {root}/tmp
mount --bind {home}/articles {root}/site/articles && mount -o remount,bind,ro {root}/site/articles
mkdir {home}/store && chown {user} {home}/store && mount --bind {home}/store {root}/site/store
mount -o remount,bind,ro {root}
! touch {root}/site/written {root}/opt/feedsvc/written 2>/dev/null
{serve} &
server=$!
tries=0
until {check} 2>/dev/null; do
  tries=$((tries + 1)); [ $tries -lt 600 ]; kill -0 $server; sleep 0.2
done
{fetch}
kill -TERM $server
wait $server
! {check} 2>/dev/null
"""
FETCH = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8000/atom.xml').read().decode())"


def test_the_image_is_built_and_serves_from_a_read_only_root(tmp_path: Path) -> None:
    """Wheels alone, as user 10001, well by its own health check, and ended by SIGTERM with status 0."""
    missing = [program for program in ("unshare", "chroot", "useradd", "ip") if shutil.which(program) is None]
    probe = ["unshare", "--mount", "--net", "sh", "-c", "mount --make-rprivate / && ip link set lo up"]
    if missing or (done := subprocess.run(probe, capture_output=True, text=True, check=False)).returncode:
        pytest.skip(f"no root of its own can be made here: {missing or done.stderr.strip()}")
    write(tmp_path / "articles", {"2026-03-01-harbour.txt": "The harbour opens\n\nThe boats are back.\n"})
    found = list(instructions(FILE))
    script = Script(DEPLOY.parent, tmp_path)
    build = "\n".join(script.lines(found))
    words = {each.word: each.listed for each in found if each.word in {"ENTRYPOINT", "CMD"}}

    def run(command: list[str]) -> str:
        return script.chrooted("exec " + shlex.join(command), script.user, script.environment)

    serve = run(words["ENTRYPOINT"] + words["CMD"])
    python = "/opt/feedsvc/bin/python"
    names = {"root": script.root, "home": tmp_path, "user": script.user}
    parts = {"serve": serve, "check": run(health_check(FILE)), "fetch": run([python, "-c", FETCH])}
    live = LIVE.format(**names, **parts)
    (tmp_path / "live").write_text(f"set -eu\nip link set lo up\n{live}", "utf-8")
    whole = f"{build}\nunshare --net sh {tmp_path}/live\necho ENDED"
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", whole], capture_output=True, text=True, check=False, timeout=LONGEST
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "The harbour opens" in done.stdout
    assert done.stdout.rstrip().endswith("ENDED")
