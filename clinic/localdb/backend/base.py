"""Django's own PostgreSQL backend; the server starts at the first connection."""

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from clinic.localdb import server
from clinic.localdb.place import LocalDatabaseError


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects as settings say, once the private server runs."""

    def _server(self) -> server.Server:
        return server.shared(Path(self.settings_dict["LOCAL_VAR"]))

    def get_connection_params(self) -> dict[str, Any]:
        """Where the server is and what its role's password is."""
        name = self.settings_dict["NAME"]
        known = name if name in server.DATABASES else None
        try:
            endpoint = self._server().ensure(database=known)
        except LocalDatabaseError as error:
            raise OperationalError(str(error)) from error
        self.settings_dict["HOST"] = endpoint.host
        self.settings_dict["PASSWORD"] = endpoint.passwords[self.settings_dict["USER"]]
        params: dict[str, Any] = super().get_connection_params()
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; when server and keeper were both killed, start them once more."""
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            try:
                self._server().revive()
            except LocalDatabaseError as error:
                raise OperationalError(str(error)) from error
            return super().get_new_connection(conn_params)
