"""A reader's many rows made as few as a chart can draw: which medians stand for them, as SQL for the store.

Where more rows are held than can be drawn while a reader waits, they come as medians: of each day, else
of each month, else of all time. The note of each says how many rows are behind it.
"""

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from etl.schema import COUNT, DAY, FLAG, NUMBER, Column, Table

MOST_OWN_ROWS, MOST_OWN_OF_ONE_MODEL = 20_000, 1_000  # what charts draw, and pair with each other, while a reader waits
OF_ONE_FILE = ("capture", "source_url", "publisher", "licence", "published_on", "result_id", "note")
OF_ONE_REQUEST = {"provider_speed": ("prompt_tokens", "concurrency")}
GRAINS = ("day", "request", "month", "all")  # ever coarser: see _groups


def own_rows(table: Table, columns: Sequence[Column], own: str, ask: Callable[[str], pl.DataFrame]) -> str:
    """The question for a reader's own rows: each of them, or the finest medians that are few enough.

    `own` selects them, with these columns; `ask` answers a question to the store.
    """
    grains = [_groups(table, columns, grain) for grain in GRAINS]
    one = "model" if any(column.name == "model" for column in columns) else "evidence"
    amounts = ", ".join(
        f"approx_count_distinct(({', '.join(grouped.values())})) AS of_{grain}"
        for grain, grouped in zip(GRAINS, grains, strict=True)
    )
    most = ", ".join(f"max({name}), sum({name})" for name in ("rows", *(f"of_{grain}" for grain in GRAINS)))
    found = ask(f"SELECT {most} FROM (SELECT count(*) AS rows, {amounts} FROM {own} GROUP BY {one})").row(0)
    limit = MOST_OWN_OF_ONE_MODEL if one == "model" else MOST_OWN_ROWS
    is_few = [
        (of_one or 0) <= limit and (of_all or 0) <= MOST_OWN_ROWS
        for of_one, of_all in zip(found[::2], found[1::2], strict=True)
    ]
    if is_few[0]:
        return f"SELECT * FROM {own}"
    grouped = next((by for by, few in zip(grains, is_few[1:], strict=True) if few), grains[-1])
    return _medians(table, columns, grouped, own)


def _groups(table: Table, columns: Sequence[Column], grain: str) -> dict[str, str]:
    """What rows of one median share, by column: the key but for what is of one file, and what names things.

    Of "day" on, the days they tell of; of "request" on, whatever the prompt and the load of each
    request; then in one month; then at any time.
    """
    shared = {}
    for column in columns:
        if column.name in OF_ONE_FILE or column.dtype == NUMBER:
            continue
        is_soft = column.name in OF_ONE_REQUEST.get(table.name, ())
        if not (column.name in table.key or column.required or column.dtype == FLAG) or (is_soft and grain != "day"):
            continue
        name = f'"{column.name}"'
        if column.dtype != DAY or grain in ("day", "request"):
            shared[column.name] = name
        elif grain == "month":
            shared[column.name] = f"date_trunc('month', {name})"
    return shared


def _medians(table: Table, columns: Sequence[Column], grouped: Mapping[str, str], own: str) -> str:
    """Medians of the numbers of each group; the few groups with the most rows where even they are many."""
    shown = ", ".join(f'{_of_group(column, grouped, table)} AS "{column.name}"' for column in columns)
    groups = ", ".join(grouped.values())
    return (
        f"SELECT * FROM (SELECT {shown} FROM {own} GROUP BY {groups} "
        f"ORDER BY count(*) DESC, {groups} LIMIT {MOST_OWN_ROWS})"
    )


def _of_group(column: Column, grouped: Mapping[str, str], table: Table) -> str:
    """One value for a group: what is the same in all its rows, the median of a number, else nothing."""
    name = f'"{column.name}"'
    same = f"CASE WHEN count({name}) = count(*) AND min({name}) = max({name}) THEN min({name}) END"
    if grouped.get(column.name) == name:
        return name
    if column.name == "note":
        return f"CASE WHEN count(*) = 1 THEN min({name}) ELSE format('Median of {{:,}} rows of yours.', count(*)) END"
    if column.dtype == NUMBER:
        return f"median({name})"
    if column.dtype == DAY:
        return f"max({name})"
    if column.name == "requests":
        return f"CAST(sum({name}) AS BIGINT)"
    if column.dtype == COUNT and column.name not in OF_ONE_REQUEST.get(table.name, ()):
        return f"CAST(round(median({name})) AS BIGINT)"
    return f"min({name})" if column.required else same
