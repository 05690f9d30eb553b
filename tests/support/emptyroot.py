"""A Dockerfile carried out without Docker: each instruction in a root of its own, and the image then run as one.

A root holds the programs of this machine, read-only, as a base image would, with its Python in ``/usr/local``; all
else in it is what the instructions make. This writes one shell script, for a mount namespace of its own.
"""

import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from dockerfile import Instruction

BASE = """
base() {
  mkdir -p "$1"/usr "$1"/etc/ssl "$1"/proc "$1"/dev "$1"/tmp "$1"/root "$1"/opt "$1"/var/log "$1$PYTHON"
  chmod 1777 "$1"/tmp
  mount --rbind /usr "$1"/usr && mount -o remount,bind,ro "$1"/usr
  mount --bind "$PYTHON" "$1"/usr/local && mount -o remount,bind,ro "$1"/usr/local
  mount --bind "$PYTHON" "$1$PYTHON" && mount -o remount,bind,ro "$1$PYTHON"
  mount --rbind /dev "$1"/dev && mount --rbind /proc "$1"/proc && mount --bind /etc/ssl "$1"/etc/ssl
  for name in bin lib lib64 sbin; do ln -s "usr/$name" "$1/$name"; done
  for name in resolv.conf hosts nsswitch.conf login.defs ld.so.cache pam.d; do
    [ ! -e "/etc/$name" ] || cp -rL "/etc/$name" "$1"/etc/
  done
  echo root:x:0:0::/root:/bin/sh > "$1"/etc/passwd
  echo root:x:0: > "$1"/etc/group
  touch "$1"/etc/shadow "$1"/etc/gshadow
}
"""
NETWORK = (
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "PIP_CERT",
    "PIP_INDEX_URL",
)
"""How packages are reached from here, for the instructions that fetch some."""


class Script:
    """The script, instruction by instruction."""

    def __init__(self, context: Path, home: Path) -> None:
        """Sources come from ``context``; the roots, one for each stage, go into ``home``."""
        self._context = context
        self._home = home
        self._stages: dict[str, Path] = {}
        self._workdir = "/"
        self.root = home
        self.user = "0:0"
        self.environment: list[str] = []
        self.volumes: list[str] = []

    def lines(self, instructions: list[Instruction]) -> Iterator[str]:
        """The whole script, up to the finished image."""
        yield f"set -eu\nPYTHON={shlex.quote(sys.base_prefix)}\nmount --make-rprivate /\n{BASE}"
        for each in instructions:
            yield f"echo {shlex.quote(f'{each.word} {each.rest}'[:100])}"
            yield from self._carried_out(each)

    def chrooted(self, words: str, user: str, environment: list[str]) -> str:
        """A command inside the root, with nothing of this machine's environment."""
        variables = " ".join(map(shlex.quote, ["PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", *environment]))
        inside = f"cd {self._workdir} && {words}"
        return f"chroot --userspec={user} {self.root} env -i {variables} sh -euc {shlex.quote(inside)}"

    def _carried_out(self, each: Instruction) -> Iterator[str]:
        known = {"FROM": self._from, "WORKDIR": self._folder, "COPY": self._copy, "RUN": self._run}
        if each.word in known:
            yield from known[each.word](each)
        elif each.word == "USER":
            self.user = each.rest
        elif each.word == "ENV":
            self.environment += each.rest.split()
        elif each.word == "VOLUME":
            self.volumes += each.listed
        else:
            assert each.word in {"EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD", "LABEL"}, each.word

    def _from(self, each: Instruction) -> Iterator[str]:
        self.root = self._home / f"stage{len(self._stages)}"
        self._stages[each.rest.partition(" AS ")[2] or str(len(self._stages))] = self.root
        self._workdir, self.user = "/", "0:0"
        yield f"base {self.root}"

    def _folder(self, each: Instruction) -> Iterator[str]:
        self._workdir = each.rest
        yield f"mkdir -p {self.root}{each.rest}"

    def _copy(self, each: Instruction) -> Iterator[str]:
        *names, target = each.rest.split()
        where = Path(self._workdir) / target
        for name in names:
            into = f"{self.root}{where}" + ("/" if len(names) > 1 else "")
            yield f"cp -r {self._context / name} {into}"

    def _run(self, each: Instruction) -> Iterator[str]:
        if mount := each.flags.get("mount"):
            given = dict(part.split("=", 1) for part in mount.split(","))
            target = f"{self.root}{given['target']}"
            yield f"mkdir {target} && mount --bind {self._stages[given['from']]}{given['source']} {target}"
        network = [f"{name}={os.environ[name]}" for name in NETWORK if name in os.environ]
        yield self.chrooted(each.rest, self.user, ["HOME=/root", *network, *self.environment])
        if mount:
            yield f"umount {target} && rmdir {target}"
