"""Hosts for a measurement: network namespaces with a cable each to one switch, which can be pulled."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.syntax import ROOT

# So that a second measurement and what else is on the machine are left alone.
TAG = f"bm{os.getpid() % 10_000}"
NETWORK = f"10.{77 + os.getpid() % 100}.0"
TICKS = os.sysconf("SC_CLK_TCK")


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


@dataclass(frozen=True, slots=True)
class Host:
    """A machine with an address of its own; without a namespace it is this one under another loopback address."""

    number: int
    is_apart: bool

    @property
    def name(self) -> str:
        return f"{TAG}h{self.number}"

    @property
    def cable(self) -> str:
        return f"{TAG}c{self.number}"

    @property
    def address(self) -> str:
        return f"{NETWORK}.{10 + self.number}" if self.is_apart else f"127.0.0.{10 + self.number}"

    def start(self, *arguments: str, environment: Mapping[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a Python process on this host."""
        inside = ["ip", "netns", "exec", self.name] if self.is_apart else []
        command = [*inside, sys.executable, *arguments]
        return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)

    def cut_off(self) -> None:
        """Pull the cable: nobody is told, and nothing arrives any more."""
        ip("link", "set", self.cable, "down")

    def plug_in(self) -> None:
        ip("link", "set", self.cable, "up")


@contextmanager
def hosts(count: int) -> Iterator[tuple[str, list[Host]]]:
    """Yield the address of what all share, and so many hosts; where the kernel refuses, those of the loopback."""
    try:
        _lay(count)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        _remove(count)
        detail = getattr(error, "stderr", "") or error
        print(
            f"no network namespaces here ({detail!s}): hosts are loopback addresses; none is cut off", file=sys.stderr
        )
        yield "127.0.0.9", [Host(number, is_apart=False) for number in range(count)]
        return
    try:
        yield f"{NETWORK}.1", [Host(number, is_apart=True) for number in range(count)]
    finally:
        _remove(count)


def _lay(count: int) -> None:
    ip("link", "add", f"{TAG}sw", "type", "bridge")
    ip("addr", "add", f"{NETWORK}.1/24", "dev", f"{TAG}sw")
    ip("link", "set", f"{TAG}sw", "up")
    for number in range(count):
        host = Host(number, is_apart=True)
        ip("netns", "add", host.name)
        ip("link", "add", host.cable, "type", "veth", "peer", "name", "eth0", "netns", host.name)
        ip("link", "set", host.cable, "master", f"{TAG}sw")
        ip("link", "set", host.cable, "up")
        for setting in (("addr", "add", f"{host.address}/24", "dev", "eth0"), ("link", "set", "eth0", "up")):
            ip("-n", host.name, *setting)
        ip("-n", host.name, "link", "set", "lo", "up")


def _remove(count: int) -> None:
    for number in range(count):
        subprocess.run(["ip", "netns", "del", Host(number, is_apart=True).name], check=False, capture_output=True)
    subprocess.run(["ip", "link", "del", f"{TAG}sw"], check=False, capture_output=True)


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process, of its children and of those that have ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return 0.0
    own = sum(map(int, stat[11:15])) / TICKS
    return own + sum(cpu_seconds(int(child)) for child in children)
