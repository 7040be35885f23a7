"""Findings as they are kept beside a decision, and back again.

What is kept explains itself later: the sentence of its day, not today's. It is
never queried (DESIGN 2); rows that are asked for stand in columns.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from clinic.rules.findings import Finding, Scope, Verdict, View


def keep(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as plain values for a JSON column, in their order."""
    return [
        {
            "code": finding.code,
            "verdict": finding.verdict.value,
            "title": finding.title,
            "sentence": finding.sentence,
            "sources": list(finding.sources),
            "status": finding.status,
            "until": finding.until.isoformat() if finding.until else None,
            "absolute": finding.absolute,
            "scope": finding.scope.value,
            "zones": sorted(finding.zones),
            "views": [
                {"sentence": view.sentence, "sources": list(view.sources)}
                for view in finding.views
            ],
            "info": finding.info,
        }
        for finding in findings
    ]


def kept(rows: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """The findings that were kept, in their order."""
    return tuple(_finding(row) for row in rows)


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(
        code=row["code"],
        verdict=Verdict(row["verdict"]),
        title=row["title"],
        sentence=row["sentence"],
        sources=tuple(row["sources"]),
        status=row["status"],
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        absolute=row["absolute"],
        scope=Scope(row["scope"]),
        zones=frozenset(row["zones"]),
        views=tuple(
            View(sentence=view["sentence"], sources=tuple(view["sources"]))
            for view in row["views"]
        ),
        info=row["info"],
    )
