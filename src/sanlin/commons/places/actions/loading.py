from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import Max

from sanlin.commons.places.models import District, Edition, FormerName, Neighbourhood, Street
from sanlin.commons.places.queries import territory as source
from sanlin.commons.places.queries.territory import Line, Territory
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record

A_BATCH = 5_000  # rows written together
Tell = Callable[[str, int], None]


@deed("places.load")
def load_territory(
    territory: Territory | None = None,
    within: str = "",
    *,
    tell: Tell = lambda _level, _done: None,
    by: Any,
    now: datetime,
) -> Edition:
    """Bring districts, streets and committees whose code begins with `within` to what a source says.

    What is missing is added; a changed name is a renaming of this day, and the old one is kept as a
    former name. A name that a place bore formerly is not given back to it: whoever renamed it here
    knew better than the source. Nothing is taken away. Without a territory it is the one that comes
    with the software. `tell(level, rows done)` hears of progress. Returns the Edition with the
    counts; it is written, with a line in the journal, only where something changed.
    """
    territory = territory or source.shipped()
    edition = Edition(source=territory.title, loaded=now)
    load = _Load(edition, local_day(now), tell)

    def district(line: Line) -> District:
        place = {"province": territory.province(line.code), "city": territory.city(line.code)}
        return District(code=line.code, name=line.name, **place)

    def above(level: int) -> Iterator[Line]:
        """The places of a level within, and those that hold `within` itself."""
        yield from territory.of_level(level, within[:level])

    load.level(District, above(source.DISTRICT), district)
    districts = dict(District.objects.values_list("code", "pk"))
    load.level(
        Street,
        above(source.STREET),
        lambda line: Street(
            code=line.code, name=line.name, district_id=districts[source.parent(line.code)]
        ),
    )
    streets = dict(
        Street.objects.filter(code__startswith=within[: source.STREET]).values_list("code", "pk")
    )
    load.level(
        Neighbourhood,
        (line for line in territory.committees() if line.code.startswith(within)),
        lambda line: Neighbourhood(
            code=line.code, name=line.name, street_id=streets[source.parent(line.code)]
        ),
    )
    if edition.added or edition.renamed:
        edition.save()
        counts = {"added": edition.added, "renamed": edition.renamed}
        record(edition, by=by, now=now, within=within, **counts)
    return edition


class _Load:
    """One reading under way: what it counts, on which day, and who hears of it."""

    def __init__(self, edition: Edition, day: date, tell: Tell) -> None:
        self.edition, self.day, self.tell = edition, day, tell

    def level(
        self,
        model: type[District] | type[Street] | type[Neighbourhood],
        lines: Iterable[Line],
        make: Callable[[Line], Any],
    ) -> None:
        """Bring one table to what the lines say, batch by batch, so that memory stays small."""
        lines, done = iter(lines), 0
        rows: Any = model._default_manager
        while batch := list(islice(lines, A_BATCH)):
            known = {
                code: (pk, name)
                for part in range(0, len(batch), 900)  # an old SQLite takes 999 parameters
                for code, pk, name in rows.filter(
                    code__in=[line.code for line in batch[part : part + 900]]
                ).values_list("code", "pk", "name")
            }
            new = [make(line) for line in batch if line.code not in known]
            rows.bulk_create(new, batch_size=A_BATCH)
            changed = [
                (known[line.code], line.name)
                for line in batch
                if line.code in known and known[line.code][1] != line.name
            ]
            renamed = self._rename(model, changed)
            self.edition.added += len(new)
            self.edition.renamed += renamed
            self.edition.unchanged += len(batch) - len(new) - renamed
            done += len(batch)
            self.tell(str(model._meta.verbose_name), done)

    def _rename(self, model: Any, changed: list[tuple[tuple[int, str], str]]) -> int:
        """Give places new names; returns how many got one."""
        renamed = 0
        field = model._meta.model_name
        for (pk, old), new in changed:
            borne = FormerName.objects.filter(**{field: pk})
            if borne.filter(name=new).exists():
                continue
            since = borne.aggregate(last=Max("valid_to"))["last"]
            place = model._default_manager.get(pk=pk)
            FormerName.objects.create(
                **{field: place},
                name=old,
                valid_from=since or place.valid_from,
                valid_to=self.day,
            )
            place.name = new
            place.save(update_fields=["name"])
            renamed += 1
        return renamed
