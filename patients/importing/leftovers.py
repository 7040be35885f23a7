"""The rows that were not taken over, as a CSV to mend and import again."""

import csv
from collections.abc import Iterator

from django.utils.translation import gettext as _

from patients.importing import layouts
from patients.importing.models import ImportFile, ImportIssue, ImportRun

BOM = "\ufeff"
_RISKY = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """The line."""
        return text


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; the import takes the sign off."""
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def lines(run: ImportRun, *, kind: str, is_clinical: bool) -> Iterator[str]:
    """The rows of one kind with their line and reason, file after file.

    Without `is_clinical` only the columns that say who somebody is.
    """
    writer = csv.writer(_Echo())
    yield BOM
    for file in run.files.order_by("id"):
        issues = ImportIssue.objects.filter(run=run, file=file, kind=kind)
        if issues.exists():
            shown = _shown_columns(file, is_clinical=is_clinical)
            heads = [file.headers[place] for place in shown]
            yield writer.writerow([_("Line"), _("Reason"), *map(guarded, heads)])
            for issue in issues.order_by("id").iterator(chunk_size=500):
                cells = [c for p, c in enumerate(issue.cells) if p in shown]
                row = [issue.line, issue.reason, *cells]
                yield writer.writerow([guarded(str(cell)) for cell in row])


def _shown_columns(file: ImportFile, *, is_clinical: bool) -> list[int]:
    if is_clinical:
        return list(range(len(file.headers)))
    seen = layouts.recognise(file.headers)
    if seen is None or file.kind != layouts.Kind.PEOPLE:
        return []
    return sorted(seen.columns.values())
