"""How much of the open and working hours is used, and how much is lost."""

from dataclasses import dataclass
from decimal import Decimal

from sessions.reports.filters import Filters
from sessions.reports.queries.keeping import CONDITION_OF_VISIT, PART
from sessions.reports.queries.run import rows

DAYS = """
WITH day AS (
    SELECT d::date AS day, extract(isodow FROM d)::int - 1 AS weekday
      FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') d
),
open_day AS (
    SELECT day.day, site.id AS site_id,
           sum(extract(epoch FROM hours.ends - hours.begins)) / 60 AS minutes
      FROM day JOIN clinic_openinghours hours ON hours.weekday = day.weekday
      JOIN clinic_site site ON site.id = hours.site_id AND site.is_active
     WHERE NOT EXISTS (SELECT 1 FROM clinic_closure closure
            WHERE (closure.site_id = site.id OR closure.site_id IS NULL)
              AND day.day BETWEEN closure.first_day AND closure.last_day)
       AND (%(site)s::bigint IS NULL OR site.id = %(site)s)
     GROUP BY day.day, site.id
),
"""
SPENT = """
spent AS (
    SELECT {key} AS key, site_id,
           sum(extract(epoch FROM ends_at - starts_at) / 60)
               FILTER (WHERE status NOT IN ('missed', 'cancelled')) AS used,
           sum(extract(epoch FROM ends_at - starts_at) / 60)
               FILTER (WHERE status = 'missed') AS lost
      FROM treatments_visit visit WHERE day BETWEEN %(first)s AND %(last)s
{part}
     GROUP BY 1, 2
)
"""
PART_OF_VISITS = PART.format(table="visit") + CONDITION_OF_VISIT
ROOMS = (
    DAYS
    + SPENT.format(key="room_id", part=PART_OF_VISITS)
    + """
SELECT room.id AS key, site.name || ', ' || room.name AS name,
       COALESCE(spent.used, 0) AS used, COALESCE(spent.lost, 0) AS lost,
       (SELECT sum(minutes) FROM open_day WHERE site_id = room.site_id) AS open
  FROM clinic_room room JOIN clinic_site site ON site.id = room.site_id
  LEFT JOIN spent ON spent.key = room.id
 WHERE room.is_active AND (%(site)s::bigint IS NULL OR room.site_id = %(site)s)
 ORDER BY site.name, room.name
"""
)
PEOPLE = (
    DAYS
    + SPENT.format(key="practitioner_id", part=PART_OF_VISITS)
    + """,
works AS (
    SELECT hours.user_id, sum(extract(epoch FROM hours.ends - hours.begins)) / 60
           AS minutes
      FROM open_day JOIN clinic_workinghours hours
        ON hours.site_id = open_day.site_id
       AND hours.weekday = extract(isodow FROM open_day.day)::int - 1
     WHERE NOT EXISTS (SELECT 1 FROM clinic_absence absence
            WHERE absence.user_id = hours.user_id
              AND open_day.day BETWEEN absence.first_day AND absence.last_day)
     GROUP BY hours.user_id
)
SELECT person.id AS key, person.full_name AS name, COALESCE(sum(spent.used), 0) AS used,
       COALESCE(sum(spent.lost), 0) AS lost, max(works.minutes) AS open
  FROM works JOIN clinic_user person ON person.id = works.user_id
  LEFT JOIN spent ON spent.key = person.id
 WHERE (%(practitioner)s::bigint IS NULL OR person.id = %(practitioner)s)
 GROUP BY person.id, person.full_name ORDER BY person.full_name
"""
)
BY_PATIENT = (
    """
SELECT patient_id,
       count(*) FILTER (WHERE visit.status <> 'missed') AS visits,
       COALESCE(sum(extract(epoch FROM ends_at - starts_at) / 60)
           FILTER (WHERE visit.status <> 'missed'), 0) AS used,
       COALESCE(sum(extract(epoch FROM ends_at - starts_at) / 60)
           FILTER (WHERE visit.status = 'missed'), 0) AS lost
  FROM treatments_visit visit JOIN clinic_room room ON room.id = visit.room_id
 WHERE day BETWEEN %(first)s AND %(last)s AND visit.status <> 'cancelled'
   AND (%(room)s::bigint IS NULL OR room.id = %(room)s)
   AND (%(person)s::bigint IS NULL OR visit.practitioner_id = %(person)s)
   AND (%(person)s::bigint IS NOT NULL OR room.is_active)
"""
    + PART_OF_VISITS
    + " GROUP BY patient_id ORDER BY used DESC, patient_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Minutes of a room or a person in a period; `of` is the list behind them."""

    of: str
    name: str
    used_minutes: Decimal
    lost_minutes: Decimal
    open_minutes: Decimal

    @property
    def share(self) -> Decimal:
        """Percent of the open minutes in use; none open counts as none used."""
        return self._part(self.used_minutes)

    @property
    def lost_share(self) -> Decimal:
        """Percent of the open minutes lost to visits that were missed."""
        return self._part(self.lost_minutes)

    def _part(self, minutes: Decimal) -> Decimal:
        return 100 * minutes / self.open_minutes if self.open_minutes else Decimal(0)


def rooms(filters: Filters) -> tuple[Use, ...]:
    """Every room in use, against the open hours of its site."""
    return _read(ROOMS, filters, kind="room")


def people(filters: Filters) -> tuple[Use, ...]:
    """Every practitioner, against their working hours without closures."""
    return _read(PEOPLE, filters, kind="person")


def _read(sql: str, filters: Filters, *, kind: str) -> tuple[Use, ...]:
    return tuple(
        Use(
            of=f"{kind}:{row['key']}",
            name=row["name"],
            used_minutes=Decimal(row["used"]),
            lost_minutes=Decimal(row["lost"]),
            open_minutes=Decimal(row["open"] or 0),
        )
        for row in rows(sql, filters.arguments())
    )


def together(all_uses: tuple[Use, ...]) -> Use:
    """The sum of several."""
    return Use(
        of="",
        name="",
        used_minutes=sum((one.used_minutes for one in all_uses), Decimal(0)),
        lost_minutes=sum((one.lost_minutes for one in all_uses), Decimal(0)),
        open_minutes=sum((one.open_minutes for one in all_uses), Decimal(0)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one patient's visits took of a room or a person, in minutes."""

    patient_id: int
    visits: int
    used_minutes: Decimal
    lost_minutes: Decimal


def spent(
    filters: Filters, *, room_id: int | None = None, person_id: int | None = None
) -> tuple[Spent, ...]:
    """Whose visits filled a room, a person's time or all rooms; the longest first."""
    chosen = {"room": room_id, "person": person_id}
    return tuple(
        Spent(
            patient_id=row["patient_id"],
            visits=row["visits"],
            used_minutes=Decimal(row["used"]),
            lost_minutes=Decimal(row["lost"]),
        )
        for row in rows(BY_PATIENT, {**filters.arguments(), **chosen})
    )
