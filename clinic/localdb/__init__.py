"""The private PostgreSQL: it starts with the first user and stops with the last.

Used when no DATABASE_URL is set. `place` finds where it lives, `keeper` is the
process that watches over it, `server` is what the rest of the product calls, and
`backend` lets Django start it at the first connection.
"""

OWNER_ROLE = "needlepoint_owner"  # owns the tables and migrates
WEB_ROLE = "needlepoint_web"  # serves: rows, never tables
