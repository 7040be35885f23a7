"""Settings from the environment, read strictly: a wrong value stops the start.

Each setting may come from NAME or from a file named by NAME_FILE, so that a secret
need not stand in the environment. An empty value is no value. What stops the start is
one sentence with the setting's name, on standard error, and exit status 2.
"""

import contextlib
import ipaddress
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, NoReturn, TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

Value = TypeVar("Value")

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})
HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
)
DATABASE_SCHEMES = frozenset({"postgres", "postgresql"})
DATABASE_OPTIONS = frozenset({"host", "sslmode", "sslrootcert", "sslcert", "sslkey"})
LEAST_SECRET_LENGTH = 50


def stop(sentence: str) -> NoReturn:
    """Say one sentence on standard error and end with status 2."""
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(2)


def boolean(text: str) -> bool:
    """Yes or no; raises ValueError for anything between."""
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise ValueError(f"must be true or false, not {text!r}")


def integer(text: str, *, least: int, most: int) -> int:
    """A whole number within limits; raises ValueError outside them."""
    number = int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None
    if number is None or not least <= number <= most:
        raise ValueError(f"must be a whole number from {least} to {most}, not {text!r}")
    return number


def hosts(text: str) -> list[str]:
    """Host names between commas, as they stand in an address; no wildcard."""
    names = [name.strip().lower() for name in text.split(",")]
    for name in names:
        if len(name) > 253 or not HOST.fullmatch(name):
            raise ValueError(f"must be host names between commas, not {text!r}")
    return names


def words(text: str) -> list[str]:
    """Values between commas, none of them empty."""
    found = [word.strip() for word in text.split(",")]
    if not all(found):
        raise ValueError("must be values between commas, none of them empty")
    return found


def path(text: str) -> Path:
    """An absolute path."""
    if not text.startswith("/") or "\0" in text:
        raise ValueError(f"must be an absolute path, not {text!r}")
    return Path(text)


def secret(text: str) -> str:
    """A secret long enough to be one; it is never repeated in a message."""
    if len(text) < LEAST_SECRET_LENGTH or len(set(text)) < 5:
        raise ValueError(
            f"must be a random text of at least {LEAST_SECRET_LENGTH} characters"
        )
    return text


def secrets(text: str) -> list[str]:
    """Secrets between commas."""
    return [secret(part) for part in words(text)]


def address(text: str) -> str:
    """An address of this machine to listen at."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError(f"must be an IP address, not {text!r}") from None


def one_of(*choices: str) -> Callable[[str], str]:
    """A parser that takes one of a few words."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be {' or '.join(choices)}, not {text!r}")
        return text

    return parse


def split_url(text: str) -> SplitResult:
    """The parts of a URL; raises ValueError without repeating its password."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("is not an address (URL)") from None
    return parts


def database(text: str) -> dict[str, Any]:
    """Django's connection settings from postgresql://user:password@host:port/name.

    A server on another machine is reached over TLS unless `?sslmode=` says otherwise.
    """
    parts = split_url(text)
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in DATABASE_SCHEMES or not name or "/" in name:
        raise ValueError("must look like postgresql://user:password@host:5432/name")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(options.keys() - DATABASE_OPTIONS)
    if unknown:
        raise ValueError(f"has an option that is not known: {unknown[0]}")
    host = options.pop("host", "") or unquote(parts.hostname or "")
    if not is_on_this_machine(host):
        options.setdefault("sslmode", "require")
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def mail_server(text: str) -> dict[str, Any]:
    """Django's e-mail settings from smtp(s)://user:password@host:port."""
    parts = split_url(text)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("must look like smtps://user:password@host:465")
    is_tls = parts.scheme == "smtps"
    return {
        "HOST": parts.hostname,
        "PORT": parts.port or (465 if is_tls else 587),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "USE_SSL": is_tls,
        "USE_TLS": not is_tls and not is_on_this_machine(parts.hostname),
    }


def mail_address(text: str) -> str:
    """One e-mail address."""
    if not re.fullmatch(r"[^@\s,<>]+@[^@\s,<>]+", text):
        raise ValueError(f"must be an e-mail address, not {text!r}")
    return text


def is_on_this_machine(host: str) -> bool:
    """Whether a host is a socket folder, the loopback, or nothing at all."""
    if host in {"", "localhost"} or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_in_demo(*, names: list[str], database: str | None, bind: str) -> None:
    """Stop a demo that stands beside anything of a real clinic.

    `names` are the clinic's settings that are set; `database` is the name of the one
    that DATABASE_URL leads to.
    """
    if names:
        stop(
            f"The demo does not start beside {names[0]}: unset it or NEEDLEPOINT_DEMO."
        )
    if database is not None and not database.endswith("_demo"):
        stop("The demo writes only into a DATABASE_URL whose name ends in _demo.")
    if not ipaddress.ip_address(bind).is_loopback:
        stop("The demo serves this machine only: unset NEEDLEPOINT_BIND.")


def kept_secret(file: Path) -> str:
    """A random secret, made at the first start and kept in a 0600 file."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as handle:
                handle.write(token_urlsafe(64))
        return secret(file.read_text().strip())
    except OSError as error:
        stop(f"NEEDLEPOINT_VAR: {file} cannot be written or read: {error.strerror}.")
    except ValueError as error:
        stop(f"The secret in {file} {error}: remove the file and start again.")


class Environment:
    """The variables that settings are read from."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        """The process's own unless others are given."""
        self.variables = os.environ if variables is None else variables

    def text(self, name: str) -> str | None:
        """The value of NAME or the content of NAME_FILE; None when neither is set."""
        value = self.variables.get(name, "").strip()
        file = self.variables.get(f"{name}_FILE", "").strip()
        if value and file:
            stop(f"Set {name} or {name}_FILE, not both.")
        if not file:
            return value or None
        try:
            content = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            stop(f"{name}_FILE cannot be read: {reason} ({file}).")
        return content or stop(f"{name}_FILE is empty: {file}.")

    def read(
        self, name: str, parse: Callable[[str], Value], *, default: Value
    ) -> Value:
        """The parsed setting, or the default; a wrong value stops the start."""
        text = self.text(name)
        if text is None:
            return default
        try:
            return parse(text)
        except ValueError as error:
            stop(f"{name} {error}.")
