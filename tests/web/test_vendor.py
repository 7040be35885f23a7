"""What others wrote: unchanged, licensed, and never asking for more files."""

import base64
import hashlib
import json
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "MANIFEST.json").read_text(encoding="utf-8"))
FILES = {
    name: digest
    for package in MANIFEST["packages"]
    for name, digest in package["files"].items()
}


def digest_of(name: str) -> str:
    digest = hashlib.sha384((VENDOR / name).read_bytes()).digest()
    return "sha384-" + base64.b64encode(digest).decode()


def test_every_vendored_file_has_the_hash_of_the_manifest() -> None:
    assert {name: digest_of(name) for name in FILES} == FILES


def test_the_manifest_lists_every_vendored_file() -> None:
    found = {p.relative_to(VENDOR).as_posix() for p in VENDOR.rglob("*") if p.is_file()}
    licences = {package["licence_file"] for package in MANIFEST["packages"]}
    assert found == set(FILES) | licences | {"MANIFEST.json"}


def test_every_package_has_its_licence_text() -> None:
    for package in MANIFEST["packages"]:
        assert (VENDOR / package["licence_file"]).stat().st_size > 500


def test_no_vendored_file_names_a_source_map() -> None:
    for name in FILES:
        if name.endswith((".css", ".js")):
            assert "sourceMappingURL" not in (VENDOR / name).read_text("utf-8")


def test_htmx_is_the_second_version() -> None:
    text = (VENDOR / "htmx" / "htmx.min.js").read_text(encoding="utf-8")
    assert 'version:"2.' in text
