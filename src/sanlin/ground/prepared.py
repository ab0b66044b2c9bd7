"""Questions to the database that are asked at every request: put into SQL once, then only filled in.

The ORM writes the SQL of a query anew each time, which costs ten times what SQLite needs to answer
it. What stands on the way of every page or every ballot is prepared instead, from the same ORM words:

    LINE = Read(lambda: Voter.objects.filter(roll=Given("roll"), account=Given("who")))
    voter = LINE.one(roll=roll.pk, who=account.pk)

The rows are model instances like any others, or tuples where the query says `values_list`. Elsewhere
the ORM is used as ever.

What is asked or changed for many at one moment (`each`) goes to PostgreSQL as one statement with arrays of
values: a question costs more to send than to answer. SQLite lies in this process and is asked one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, Generic, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.models import (
    BooleanField,
    CharField,
    Expression,
    ForeignKey,
    Model,
    QuerySet,
    TextField,
)
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery

AT_ONCE = 32  # rows that one statement inserts
LAST = 64  # rows that are kept for the next time, of each question
Row = TypeVar("Row")
Line = TypeVar("Line", bound=Model)


class Given(Expression):
    """The place of a value that is known when the question is asked: a number or a text."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [_Place(self.name)]


class _Place:
    def __init__(self, name: str) -> None:
        self.name = name


def _asked(db: Any, sql: str, params: Sequence[Any]) -> Any:
    """The driver's own cursor after this statement: the wrappers that Django puts round it are left
    out, unless somebody listens to them (tests that count statements do)."""
    if db.queries_logged or db.execute_wrappers:
        wrapped = db.cursor()
        wrapped.execute(sql, params)
        return wrapped
    db.ensure_connection()
    if db.needs_rollback:
        db.validate_no_broken_transaction()
    if db.vendor == "sqlite":
        sql = _question_marks(sql)
        with db.wrap_database_errors:
            return db.connection.execute(sql, params)
    try:
        return _told(db, sql, params)
    except (OperationalError, InterfaceError):
        # The first question of a request finds out that the server has ended an idle connection.
        if db.health_check_done or db.in_atomic_block or not db.connection.closed:
            raise
        db.close()
        db.connect()
        return _told(db, sql, params)


def _told(db: Any, sql: str, params: Sequence[Any]) -> Any:
    """PostgreSQL's answer: it keeps the plan of a statement that it has been told once."""
    with db.wrap_database_errors:
        cursor = psycopg.Cursor(db.connection).execute(sql, params, prepare=True)
    db.health_check_done = True  # whoever has answered need not be asked whether it is there
    return cursor


@lru_cache(maxsize=256)
def _question_marks(sql: str) -> str:
    """A statement as SQLite's driver reads it: ? where Django writes %s."""
    return sql.replace("%s", "?").replace("%%", "%")


@lru_cache(maxsize=64)
def _for_each(sql: str, params: tuple[Any, ...], types: tuple[str, ...]) -> tuple[str, str]:
    """A table `asked` of arrays of these types, whose last column `nth` counts its lines from 1; and the
    statement with columns of it wherever a value is given."""
    names = [f"a{n}" for n in range(len(types))]
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    table = f"unnest({arrays}) WITH ORDINALITY AS asked({', '.join([*names, 'nth'])})"
    given, (first, *rest) = iter(names), sql.split("%s")
    cells = (f"asked.{next(given)}" if isinstance(one, _Place) else "%s" for one in params)
    return table, first + "".join(chain.from_iterable(zip(cells, rest, strict=True)))


def _given(params: Sequence[Any]) -> list[str]:
    """The names of what is given, place by place; each stands in one place."""
    return [one.name for one in params if isinstance(one, _Place)]


def _fixed(params: Sequence[Any]) -> list[Any]:
    """The values that stand in the statement itself."""
    return [one for one in params if not isinstance(one, _Place)]


TYPES = {int: "bigint", str: "text"}  # of PostgreSQL, in which values are compared


def _filled(params: Sequence[Any], given: dict[str, Any]) -> list[Any]:
    return [given[one.name] if isinstance(one, _Place) else one for one in params]


class Read(Generic[Row]):
    """A query that is put into SQL when it is first asked. `make` builds it, with `Given` values."""

    def __init__(self, make: Callable[[], QuerySet[Any, Row]]) -> None:
        self.make = make

    @cached_property
    def _compiled(self) -> tuple[Any, str, tuple[Any, ...]]:
        query = self.make().query
        compiler = query.get_compiler("default")
        sql, params = compiler.as_sql()
        return compiler, sql, params

    @cached_property
    def _builder(self) -> tuple[Any, ...]:
        """How a row of the answer becomes an instance: as in django.db.models.query.ModelIterable."""
        compiler, _sql, _params = self._compiled
        info = compiler.klass_info
        converters = compiler.get_converters([column[0] for column in compiler.select])
        if self.make()._fields is not None:  # type: ignore[attr-defined]
            return None, 0, 0, [], [], converters
        start, end = info["select_fields"][0], info["select_fields"][-1] + 1
        names = [column[0].target.attname for column in compiler.select[start:end]]
        related = get_related_populators(info, compiler.select, "default")  # type: ignore[call-arg]
        return info["model"], start, end, names, related, converters

    def all(self, **given: Any) -> list[Row]:
        """The rows for these values."""
        _compiler, sql, params = self._compiled
        return self._made(
            _asked(connections[DEFAULT_DB_ALIAS], sql, _filled(params, given)).fetchall()
        )

    def _made(self, rows: Any) -> list[Row]:
        compiler = self._compiled[0]
        model, start, end, names, related, converters = self._builder
        if converters:
            rows = compiler.apply_converters(rows, converters)
        if model is None:
            return [tuple(row) for row in rows]  # type: ignore[misc]
        found = []
        for row in rows:
            one = model.from_db("default", names, row[start:end])
            for part in related:
                part.populate(row, one)
            found.append(one)
        return found

    def kept(self, **given: Any) -> Row | None:
        """As `one`; where the row still reads as it did the last time it is that very instance, with
        all that was made of it. For rows that many ask for and nobody changes in memory."""
        _compiler, sql, params = self._compiled
        filled = _filled(params, given)
        raw = _asked(connections[DEFAULT_DB_ALIAS], sql, filled).fetchone()
        if raw is None:
            return None
        last = self._last.get(tuple(filled))
        if last is None or last[0] != raw:
            if len(self._last) >= LAST:
                self._last.clear()
            last = self._last[tuple(filled)] = (raw, self._made([raw])[0])
        return last[1]

    @cached_property
    def _last(self) -> dict[tuple[Any, ...], tuple[Any, Row]]:
        return {}

    def one(self, **given: Any) -> Row | None:
        """The one row for these values; None where there is none. The query finds one at most."""
        rows = self.all(**given)
        return rows[0] if rows else None

    def each(self, given: Sequence[dict[str, Any]]) -> list[Row | None]:
        """As `one` for each of these."""
        db = connections[DEFAULT_DB_ALIAS]
        if db.vendor == "sqlite" or len(given) < 2:
            return [self.one(**one) for one in given]
        _compiler, sql, params = self._compiled
        columns = [[one[name] for one in given] for name in _given(params)]
        table, each = _for_each(sql, params, tuple(TYPES[type(one[0])] for one in columns))
        words = f"SELECT asked.nth, found.* FROM {table}, LATERAL ({each}) AS found"  # noqa: S608
        answer = _asked(db, words, [*columns, *_fixed(params)]).fetchall()
        rows = self._made([row[1:] for row in answer])
        found = {row[0]: one for row, one in zip(answer, rows, strict=True)}
        return [found.get(nth) for nth in range(1, len(given) + 1)]


# Fields whose values a driver takes as they are.
AS_IT_IS = (CharField, TextField, BooleanField, ForeignKey)


class _Cell:
    """One column that is written, and how a value gets into it."""

    def __init__(self, field: Any) -> None:
        self.field, self.name = field, field.attname
        self.plain = type(field) in AS_IT_IS

    def written(self, value: Any, db: Any) -> Any:
        return value if self.plain else self.field.get_db_prep_save(value, db)

    def kind(self, db: Any) -> str:
        """Its type in the database, without a length."""
        return str(self.field.db_type(db)).partition("(")[0]


class Change:
    """An update that is put into SQL when it is first made: `fields` are what it sets."""

    def __init__(self, make: Callable[[], QuerySet[Any]], *fields: str) -> None:
        self.make, self.fields = make, fields

    @cached_property
    def _compiled(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        query: Any = self.make().query.chain(UpdateQuery)
        query.add_update_values({name: Given(f"new {name}") for name in self.fields})
        sql, params = query.get_compiler("default").as_sql()
        options = self.make().model._meta
        return sql, params, {name: _Cell(options.get_field(name)) for name in self.fields}

    def run(self, new: dict[str, Any], **given: Any) -> int:
        """Set `new` where the query finds rows for these values; how many rows that changed."""
        sql, params, cells = self._compiled
        db = connections[DEFAULT_DB_ALIAS]
        for name, value in new.items():
            given[f"new {name}"] = cells[name].written(value, db)
        return int(_asked(db, sql, _filled(params, given)).rowcount)

    def each(self, changes: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> list[bool]:
        """As `run` for each (new, given) of these, of which no two find the same row; whether it changed
        one."""
        db = connections[DEFAULT_DB_ALIAS]
        if db.vendor == "sqlite" or len(changes) < 2:
            return [self.run(new, **given) > 0 for new, given in changes]
        sql, params, cells = self._compiled
        given = [
            found | {f"new {name}": cells[name].written(value, db) for name, value in new.items()}
            for new, found in changes
        ]
        kinds = {f"new {name}": cell.kind(db) for name, cell in cells.items()}
        columns = {name: [one[name] for one in given] for name in _given(params)}
        types = (kinds.get(name) or TYPES[type(one[0])] for name, one in columns.items())
        table, each = _for_each(sql, params, tuple(types))
        change, _where, where = each.partition(" WHERE ")
        words = f"{change} FROM {table} WHERE {where} RETURNING asked.nth"
        done = {nth for (nth,) in _asked(db, words, [*columns.values(), *_fixed(params)])}
        return [nth in done for nth in range(1, len(changes) + 1)]


def run(sql: str, params: Sequence[Any]) -> None:
    """A statement of one's own words (%s for values), as the driver takes it."""
    _asked(connections[DEFAULT_DB_ALIAS], sql, params)


class Add(Generic[Line]):
    """An insert of rows that bring their own key."""

    def __init__(self, model: type[Line]) -> None:
        self.model = model

    @cached_property
    def _compiled(self) -> tuple[str, str, list[Any]]:
        options = self.model._meta
        quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
        fields = [_Cell(field) for field in options.local_concrete_fields]
        columns = ", ".join(quote(str(cell.field.column)) for cell in fields)
        places = ", ".join(["%s"] * len(fields))
        return f"INSERT INTO {quote(options.db_table)} ({columns}) VALUES ", f"({places})", fields  # noqa: S608

    def rows(self, rows: Sequence[Line]) -> None:
        """Insert them. Raises IntegrityError where a key is taken."""
        sql, places, cells = self._compiled
        db = connections[DEFAULT_DB_ALIAS]
        lines = [[cell.written(getattr(row, cell.name), db) for cell in cells] for row in rows]
        if len(lines) <= AT_ONCE:
            _asked(db, sql + ", ".join([places] * len(lines)), [*chain.from_iterable(lines)])
            return
        with db.cursor() as cursor:
            cursor.executemany(sql + places, lines)
