"""What a link of the audit chain is made of: the facts of an event, and its digest.

The facts are written by PostgreSQL as one JSON array, which is the same text on every
server and quick enough to read a million of them. Changing FACTS changes every digest:
a new way of writing needs a new chain.
"""

import hashlib

BEGINNING = bytes(32)
FACTS = """jsonb_build_array(
    e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor_id,
    e.action, e.patient_id, e.object_kind, e.object_id, e.details, host(e.address),
    e.request_id, e.source)::text"""


def digest(*, previous: bytes, facts: str) -> bytes:
    """The 32 bytes that chain an event to all before it."""
    return hashlib.sha256(previous + facts.encode()).digest()
