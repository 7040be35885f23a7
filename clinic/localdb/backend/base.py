"""Django's own PostgreSQL backend, which also starts the private server.

The server starts at the first connection; a command that needs no database starts
nothing. While a database does not answer, a request need not wait for it when another
has just waited in vain.
"""

import threading
import time
from pathlib import Path
from typing import Any, ClassVar

from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from clinic.localdb import server
from clinic.localdb.place import LocalDatabaseError

LONG_WAIT_SECONDS = 0.9
AWAY_SECONDS = 2.0
REVIVE_SECONDS = 1.0


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects as settings say; with `LOCAL_VAR` once the private server runs."""

    away_until: ClassVar[float] = 0.0  # of this process, by the steady clock
    reviving: ClassVar[threading.Lock] = threading.Lock()

    @property
    def private_server(self) -> server.Server | None:
        """The private server; None when DATABASE_URL names another."""
        var = self.settings_dict.get("LOCAL_VAR")
        return server.shared(Path(var)) if var else None

    def get_connection_params(self) -> dict[str, Any]:
        """As settings say; of the private server its address and password."""
        if self.private_server is not None:
            name = self.settings_dict["NAME"]
            try:
                endpoint = self.private_server.ensure(
                    database=name if name in server.DATABASES else None
                )
            except LocalDatabaseError as error:
                raise OperationalError(str(error)) from error
            role = self.settings_dict["USER"]
            self.settings_dict["HOST"] = endpoint.host
            self.settings_dict["PASSWORD"] = endpoint.passwords[role]
        params: dict[str, Any] = super().get_connection_params()
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; when the private server was killed, start it once more."""
        self._refuse_while_away()
        began = time.monotonic()
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            if self.private_server is None:
                self._remember_wait(since=began)
                raise
        with self.reviving:  # one thread tries, the others learn from it
            self._refuse_while_away()
            try:
                self.private_server.revive(within_seconds=REVIVE_SECONDS)
            except LocalDatabaseError as error:
                self._remember_wait(since=began)
                raise OperationalError(str(error)) from error
        return super().get_new_connection(conn_params)

    def _refuse_while_away(self) -> None:
        if time.monotonic() < self.away_until:
            raise OperationalError("The database did not answer a moment ago.")

    @staticmethod
    def _remember_wait(*, since: float) -> None:
        """Spare others the wait, when there was one."""
        now = time.monotonic()
        if now - since >= LONG_WAIT_SECONDS:
            DatabaseWrapper.away_until = now + AWAY_SECONDS
