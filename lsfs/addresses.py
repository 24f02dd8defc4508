"""Addresses that lsfs listens at: HOST:PORT as text, a bound socket, and what others call it.

Standard library only.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

_ELSEWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""Addresses of nobody, by family (RFC 5737, RFC 3849)."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a socket listens; port 0 is any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether programs of this machine alone reach it."""
        return self.host == "localhost" or _is(self.host, "is_loopback")

    @property
    def is_all(self) -> bool:
        """Whether it is every address that the machine has."""
        return _is(self.host, "is_unspecified")

    @property
    def family(self) -> socket.AddressFamily:
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET


def parse_address(text: str) -> Address:
    """HOST:PORT, an IPv6 host in brackets.

    Raises:
        ValueError: it is not of that form.
    """
    host, separator, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    is_port = port.isascii() and port.isdigit() and int(port) < 65536
    if not separator or not bare or not is_port or set(bare) & set("[]/ "):
        raise ValueError(f"{text}: expected HOST:PORT")
    if ":" in bare and bare == host:
        raise ValueError(f"{text}: an IPv6 address stands in brackets, [::1]:8421")
    return Address(bare, int(port))


def bound(address: Address) -> socket.socket:
    """A bound socket, the caller's to close.

    Raises:
        OSError: somebody else listens there, or the machine has no such address.
    """
    made = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address.host, address.port))
    except OSError:
        made.close()
        raise
    return made


def outer_host(address: Address) -> str:
    """The host by which other machines reach an address that is all of this machine's: the one that
    it sends from. Nothing is sent."""
    with socket.socket(address.family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_ELSEWHERE[address.family], 9))
        except OSError:  # no network
            return socket.gethostname()
        return str(probe.getsockname()[0])


def _is(host: str, quality: str) -> bool:
    try:
        return bool(getattr(ipaddress.ip_address(host), quality))
    except ValueError:  # a name
        return False
