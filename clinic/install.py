"""Makes `.venv` and installs the pinned lists into it, when they have changed.

Run by the Makefile as `python3 -m clinic.install run` or `... develop`, with the
standard library only. Everything installed is named with its hash in the lists. uv,
itself from the list, is much quicker than pip; where it will not work, pip does.
"""

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

LEAST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("VENV", ROOT / ".venv"))
PYTHON = VENV / "bin" / "python"
RUN_LIST = ROOT / "requirements.txt"
DEVELOP_LIST = ROOT / "requirements-dev.txt"
LISTS = {"run": [RUN_LIST], "develop": [RUN_LIST, DEVELOP_LIST]}


def main(purpose: str) -> int:
    """Install for a purpose; 0 when everything is in place."""
    if sys.version_info < LEAST_PYTHON:
        return fail("Needlepoint needs Python 3.11 or newer: set PYTHON=python3.11.")
    lists = LISTS[purpose]
    stamp = VENV / f".installed-{purpose}"
    digest = digest_of(lists)
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == digest:
        return 0
    if importlib.util.find_spec("ensurepip") is None:
        return fail("Python's venv is not complete: apt-get install python3-venv.")
    try:
        if not (VENV / "bin" / "pip").exists():
            say(f"Making {VENV.name} with Python {sys.version.split()[0]}")
            venv.create(VENV, with_pip=True)
        install(lists)
    except (OSError, subprocess.CalledProcessError) as error:
        return fail(f"The packages could not be installed: {error}.")
    stamp.write_text(digest)
    return 0


def digest_of(lists: list[Path]) -> str:
    """What the lists hold, and the Python they are installed for."""
    content = b"".join(path.read_bytes() for path in lists)
    return hashlib.sha256(content + sys.version.encode()).hexdigest()


def install(lists: list[Path]) -> None:
    """Install by uv, or by pip where uv will not work."""
    arguments = ["--require-hashes", *(f"--requirement={path}" for path in lists)]
    if has_uv():
        say(f"Installing {', '.join(path.name for path in lists)}")
        command = [str(VENV / "bin" / "uv"), "pip", "install", "--python", str(PYTHON)]
        if subprocess.run([*command, *arguments], check=False).returncode == 0:
            return
        say("uv could not, so pip does")
    say(f"Installing {', '.join(path.name for path in lists)} (about a minute)")
    subprocess.run([*pip(), "--progress-bar=on", *arguments], check=True)


def has_uv() -> bool:
    """Whether uv is there, after trying to install the one of the list."""
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        say("Fetching uv, which installs the rest")
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
            only_uv.write(entry_of("uv"))
            only_uv.flush()
            subprocess.run(
                [*pip(), "--quiet", "--require-hashes", f"-r{only_uv.name}"],
                check=False,
            )
    return uv.exists()


def pip() -> list[str]:
    """The command that installs with pip."""
    return [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
    ]


def entry_of(package: str) -> str:
    """One package's lines in the list for people who change the code."""
    entry = re.search(
        rf"^{re.escape(package)}==.*(?:\n    --hash=.*)+",
        DEVELOP_LIST.read_text(),
        re.MULTILINE,
    )
    return entry.group() + "\n" if entry else ""


def say(line: str) -> None:
    """One line of progress."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def fail(sentence: str) -> int:
    """One sentence on standard error, and the exit status."""
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
