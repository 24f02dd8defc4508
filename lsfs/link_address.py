"""Where the links of a root are served, who reaches them there, and how they are written.

Threading: safe from many threads.
"""

from __future__ import annotations

import os
import re
from urllib.parse import quote

from lsfs.addresses import Address, bound, outer_host, parse_address
from lsfs.catalog import Catalog
from lsfs.config import ShareConfig
from lsfs.errors import ConfigurationError
from lsfs.paths import name

PREFIX = "/s"
"""What the path of every link begins with."""
PORT = "share port"
"""The setting that keeps the port of links, where the configuration leaves it open."""


class LinkAddress:
    """By the configuration, and by what the catalog keeps of it."""

    def __init__(self, settings: ShareConfig, catalog: Catalog) -> None:
        self._settings = settings
        self._catalog = catalog

    def address(self) -> Address:
        """Where links are served; a port that is chosen once stays.

        Raises:
            ConfigurationError: nowhere.
        """
        if not self._settings.http:
            raise ConfigurationError(
                "sharing is off (the setting share.http is empty)",
                hint='share.http = "127.0.0.1:0" serves links to this machine',
            )
        address = parse_address(self._settings.http)
        if address.port:
            return address
        kept = self._catalog.setting(PORT)
        return Address(address.host, int(kept)) if kept else self.other_port(address)

    def other_port(self, address: Address) -> Address:
        """The same host with a free port, which is kept from now on.

        Raises:
            ConfigurationError: the machine has no such address.
        """
        try:
            with bound(Address(address.host, 0)) as free:
                port = int(free.getsockname()[1])
        except OSError as error:
            raise ConfigurationError(
                f"links cannot be served at {address.host}: {error.strerror or error}",
                hint="the setting share.http names an address of this machine",
            ) from error
        self._catalog.set_setting(PORT, str(port))
        return Address(address.host, port)

    @property
    def is_local(self) -> bool:
        """Whether this machine alone reaches links."""
        return not self._settings.url and self.address().is_loopback

    @property
    def may_change_port(self) -> bool:
        """Whether the configuration leaves the port open."""
        return self._settings.http.endswith(":0")

    def base_url(self) -> str:
        """What every link begins with."""
        if self._settings.url:
            return self._settings.url.rstrip("/")
        address = self.address()
        if address.is_all:
            address = Address(outer_host(address), address.port)
        return f"http://{address}"

    def url(self, token: str, path: str) -> str:
        """The link to a file; it ends with the file's name, for people. "" while there are none."""
        if not (self._settings.http or self._settings.url):
            return ""
        called = re.sub(r"[\x00-\x1f\x7f]", "_", name(path))
        return f"{self.base_url()}{PREFIX}/{token}/{quote(os.fsencode(called), safe='')}"

    def who(self) -> str:
        """Who can follow a link."""
        if self._settings.url:
            return f"anyone who has the link and reaches {self._settings.url}"
        address = self.address()
        if address.is_loopback:
            return "anyone on this machine who has the link"
        return f"anyone who has the link and reaches {address} of this machine"
