"""`manage.py import_patients PATH`: people of another system, from CSV files."""

import itertools
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from clinic.audit import context
from clinic.places import regions
from clinic.places.models import Site
from patients.importing import actions, days, layouts, leftovers, report, sources
from patients.importing.bar import Bar
from patients.importing.inspecting import Inspected, inspect
from patients.importing.models import ImportRun
from patients.importing.reader import FileRefusedError

SUFFIXES = frozenset({".csv", ".txt", ".tsv"})


class Command(BaseCommand):
    """Imports a CSV file, or a folder of CSV files such as Synthea writes."""

    help = "Import patients of another system; running it twice adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file or folder, and how to read it."""
        keys = {layout.key for layout in layouts.table().layouts} | {
            layouts.GENERIC.key
        }
        parser.add_argument("path", type=Path, help="a CSV file, or a folder of them")
        parser.add_argument(
            "--format",
            default="auto",
            choices=["auto", *sorted(keys)],
            help="refuse files of any other system (default: whichever is found)",
        )
        parser.add_argument(
            "--dates",
            default="auto",
            choices=["auto", *(order.value for order in days.Order)],
            help="whether 3/2/1991 is 3 February (dmy) or 2 March (mdy)",
        )
        parser.add_argument(
            "--add-look-alikes",
            action="store_true",
            help="also add people who look like somebody who is here",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen, keep nothing"
        )
        parser.add_argument(
            "--refused",
            type=Path,
            metavar="FILE",
            help="write the rows that were not taken over to this new CSV file",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, or only try; the report goes to standard output."""
        try:
            _refuse_a_bad_place(options["refused"])
            files = self._sources(options["path"])
            with context.acting_from(context.Origin(source="command")):
                if options["dry_run"]:
                    with transaction.atomic():
                        self._import(files, options)
                        transaction.set_rollback(True)
                    self.stdout.write("Nothing was kept: this was a dry run.")
                else:
                    self._import(files, options)
        except (FileRefusedError, OSError) as error:
            raise CommandError(str(error)) from None

    def _sources(self, path: Path) -> list[sources.Source]:
        """The file, or the files of the folder that are known."""
        if path.is_file():
            return [sources.on_disk(path)]
        if not path.is_dir():
            raise FileRefusedError(f"{path} is neither a file nor a folder.")
        inside = sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES)
        known = []
        for one in inside:
            source = sources.on_disk(one)
            try:
                inspect(source)
            except FileRefusedError as error:
                self.stderr.write(f"Left out: {error}")
            else:
                known.append(source)
        if not known:
            raise FileRefusedError(f"{path} holds no CSV file that is known.")
        return known

    def _import(self, files: list[sources.Source], options: dict[str, Any]) -> None:
        """Prepare, read everything, report."""
        trial_ids = itertools.count(-1, -1) if options["dry_run"] else None
        run, opened = actions.prepare(
            files=files,
            order=None if options["dates"] == "auto" else days.Order(options["dates"]),
            add_look_alikes=options["add_look_alikes"],
            keep=False,
            setting=_setting(trial_ids),
        )
        wanted = options["format"]
        if wanted not in {"auto", run.source}:
            actions.cancel(run_id=run.pk, by=None, now=timezone.now())
            raise FileRefusedError(f"This is {run.label}, not {wanted}.")
        if not run.order_is_sure:
            words = "Days can be read either way; read as {}, see --dates."
            self.stderr.write(words.format(run.date_order))
        without_meaning = self._read(run, opened, trial_ids)
        run.refresh_from_db()
        for line in report.text(run, without_meaning=without_meaning):
            self.stdout.write(line)
        if options["refused"] is not None:
            _write_leftovers(run, options["refused"])

    def _read(
        self, run: ImportRun, opened: dict[int, Inspected], trial_ids: Any
    ) -> Counter[tuple[str, str]]:
        """Every batch, with a bar; the codes that were not taken over."""
        rows = {pk: file.rows() for pk, file in opened.items()}
        total = sum(file.rows for file in run.files.all())
        bar = Bar(total=total, label="Import", stream=sys.stderr)
        without_meaning: Counter[tuple[str, str]] = Counter()
        while True:
            step = actions.advance(
                run_id=run.pk,
                rows_of=lambda file: rows[file.pk],
                setting=_setting(trial_ids),
            )
            bar.add(step.rows)
            without_meaning += step.without_meaning
            if step.is_last:
                bar.end()
                return without_meaning


def _setting(trial_ids: Any) -> actions.Setting:
    """Nobody signed in, now; phones as people near the first site dial them."""
    now = timezone.now()
    site = Site.objects.filter(is_active=True).order_by("id").first()
    return actions.Setting(
        by=None,
        now=now,
        today=timezone.localdate(now, site.zone if site else None),
        region=regions.region_of(time_zone=site.time_zone) if site else None,
        trial_ids=trial_ids,
    )


def _refuse_a_bad_place(path: Path | None) -> None:
    """Before anything is read: the file of refused rows must be new, in a folder."""
    if path is None:
        return
    if path.exists():
        raise FileRefusedError(f"{path} is there already. Name a new file.")
    if not path.parent.is_dir():
        raise FileRefusedError(f"There is no folder {path.parent}.")


def _write_leftovers(run: ImportRun, path: Path) -> None:
    """All columns: who runs the command sees the file anyway."""
    with path.open("x", encoding="utf-8", newline="") as file:
        for kind in ("refused", "held"):
            file.writelines(leftovers.lines(run, kind=kind, is_clinical=True))
