"""The importer's second step: which column of theirs is which of ours, and in which unit."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from etl.upload import importer
from metrics import uploads, words
from pages.importer import desk
from pages.shared import cite, look
from pages.shared.badges import Colour
from pages.shared.markdown import plain

NOT_USED = "Not used"
HOW: Mapping[str, tuple[str, str, Colour]] = {
    "exact": ("Exact", ":material/check:", "green"),
    "alias": ("Known alias", ":material/done_all:", "green"),
    "guess": ("Guess", ":material/help:", "orange"),
    "chosen": ("Your choice", ":material/person:", "blue"),
    "none": ("Not used", ":material/remove:", "gray"),
}
REMEMBERED: tuple[str, str, Colour] = ("As last time", ":material/history:", "blue")
# More unused columns than these are shown in one list instead of a row each.
MOST_UNUSED_ROWS = 12
WIDTHS = (3, 4, 3, 2)
LONGEST_EXAMPLE = 60


def mapped(under_way: desk.Desk) -> importer.FileMapping:
    """Draws each column of the file with its place; the mapping as the reader has it now."""
    mapping = under_way.mapping
    used = [column for column in mapping.columns if column.ours]
    st.subheader("2. Your columns and ours", anchor=False)
    cite.note(_summary(under_way, mapping, len(used)))
    offered = importer.targets_of(under_way.table)
    _heads()
    unused = [column for column in mapping.columns if not column.ours]
    listed = unused if len(unused) <= MOST_UNUSED_ROWS else []
    place_of = {column.theirs: place for place, column in enumerate(mapping.columns)}
    for column in (*used, *listed):
        _row(under_way, column, offered, place_of[column.theirs])
    if unused and not listed:
        _pick_unused(under_way, unused, offered, place_of)
    _fill(under_way, mapping, offered)
    return mapping


def ask(under_way: desk.Desk, mapping: importer.FileMapping) -> None:
    """What only the reader can say, before anything is checked."""
    st.subheader("Before it is checked", anchor=False)
    for place, question in enumerate(mapping.questions):
        key = f"question {place} {under_way.name}"
        labels = dict(question.options)
        st.radio(
            plain(f"{question.text} For example: {question.example}"),
            list(labels),
            index=None,
            format_func=partial(_label, labels),
            key=key,
            on_change=desk.choose,
            args=("dates", question.theirs, key),
        )


def _label(labels: Mapping[str, str], value: str) -> str:
    return plain(labels[value])


def _summary(under_way: desk.Desk, mapping: importer.FileMapping, used: int) -> str:
    guessed = sum(column.how == "guess" for column in mapping.columns)
    parts = [f"{used} of {words.plural(len(mapping.columns), 'column')} used."]
    if guessed:
        parts.append(f"{words.plural(guessed, 'place is a guess', 'places are guesses')} by likeness of names: check.")
    if under_way.is_remembered:
        parts.append("Set as the last time that a file with this header came.")
    return " ".join(parts)


def _heads() -> None:
    with st.container(key=look.HEADS):
        for part, head in zip(
            st.columns(WIDTHS), ("Your column", "Example, as written and as stored", "Our column", "Unit"), strict=True
        ):
            part.caption(f"**{head}**")


def _row(under_way: desk.Desk, column: importer.ColumnMap, offered: Sequence[importer.Target], place: int) -> None:
    theirs, example, ours, unit = st.columns(WIDTHS, vertical_alignment="center")
    with theirs.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.markdown(f"**{plain(_short(column.theirs))}**", width="content")
        _badge(under_way, column)
    with example.container(gap=None):
        st.markdown(_example(under_way, column))
        if column.ours and column.rule:
            cite.note(column.rule)
    with ours:
        _pick_ours(under_way, column, offered, place)
    with unit:
        _pick_unit(under_way, column, place)


def _badge(under_way: desk.Desk, column: importer.ColumnMap) -> None:
    label, icon, colour = REMEMBERED if column.how == "chosen" and under_way.is_remembered else HOW[column.how]
    st.badge(label, icon=icon, color=colour)


def _example(under_way: desk.Desk, column: importer.ColumnMap) -> str:
    written: Sequence[str] = under_way.sheet.head()[column.theirs].drop_nulls().head(1).to_list()
    before = column.example_before or next(iter(written), None)
    if before is None:
        return "*no value in the first rows*"
    if not column.ours:
        return plain(_short(before))
    if column.example_after is None:
        return f"{plain(_short(before))} → *cannot be read as written*"
    return f"{plain(_short(before))} → {plain(_short(column.example_after))}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_EXAMPLE else f"{text[:LONGEST_EXAMPLE]}…"


def _pick_ours(
    under_way: desk.Desk, column: importer.ColumnMap, offered: Sequence[importer.Target], place: int
) -> None:
    key = f"ours {place} {under_way.name}"
    meanings = {target.name: target for target in offered}
    st.session_state[key] = column.ours or NOT_USED
    st.selectbox(
        plain(f"Our column for {column.theirs}"),
        [NOT_USED, *meanings],
        format_func=lambda name: cite.heading(name) if name in meanings else name,
        key=key,
        on_change=desk.choose,
        args=("columns", column.theirs, key, NOT_USED),
        label_visibility="collapsed",
        help=meanings[column.ours].column.meaning if column.ours else None,
    )


def _pick_unit(under_way: desk.Desk, column: importer.ColumnMap, place: int) -> None:
    if not column.ours or not column.units:
        return
    key = f"unit {place} {under_way.name}"
    st.session_state[key] = column.unit
    st.selectbox(
        plain(f"Unit of {column.theirs}"),
        column.units,
        key=key,
        on_change=desk.choose,
        args=("units", column.theirs, key),
        label_visibility="collapsed",
    )


def _pick_unused(
    under_way: desk.Desk,
    unused: Sequence[importer.ColumnMap],
    offered: Sequence[importer.Target],
    places: dict[str, int],
) -> None:
    """One row for a column out of the many that are not used."""
    theirs = st.selectbox(
        f"{len(unused)} columns are not used; place one of them",
        [column.theirs for column in unused],
        index=None,
        placeholder="Choose one of your columns",
        key=f"unused {len(unused)} {under_way.name}",
    )
    for column in unused:
        if column.theirs == theirs:
            _row(under_way, column, offered, places[theirs])


def _fill(under_way: desk.Desk, mapping: importer.FileMapping, offered: Sequence[importer.Target]) -> None:
    """One value for every row, where the file has no column: required ones in sight, defaults under More."""
    if mapping.missing:
        names = words.listed([cite.heading(name) for name in mapping.missing])
        st.warning(
            plain(
                f"No column fills {names}, and no row can do without. Place a column above, "
                "or write one value that holds for every row."
            ),
            icon=":material/warning:",
        )
    meanings = {target.name: target for target in offered}
    written = [name for name in under_way.choices.constants if name not in mapping.defaults]
    for place, part in zip((*mapping.missing, *written), _thirds(len(mapping.missing) + len(written)), strict=True):
        with part:
            _constant(under_way, meanings[place], "")
    cite.note(uploads.unstated(mapping.table, [*mapping.pairs.values(), *mapping.constants]))
    with st.expander("More: defaults where your file says nothing, and how numbers and days are written"):
        for name, part in zip(mapping.defaults, _thirds(len(mapping.defaults)), strict=True):
            with part:
                _constant(under_way, meanings[name], mapping.defaults[name])
        _say_once(under_way, mapping, meanings)
        _marks(under_way, mapping)


def _say_once(under_way: desk.Desk, mapping: importer.FileMapping, meanings: dict[str, importer.Target]) -> None:
    """One value for every row of any column that nothing fills."""
    filled = {*mapping.pairs.values(), *mapping.constants, *mapping.defaults, *mapping.missing}
    chooser, value = st.columns(2)
    name = chooser.selectbox(
        "Say one thing more of every row",
        [name for name in meanings if name not in filled],
        index=None,
        format_func=cite.heading,
        placeholder="Choose one of our columns",
        key=f"say once {len(filled)} {under_way.name}",
    )
    if name:
        with value:
            _constant(under_way, meanings[name], "")


def _marks(under_way: desk.Desk, mapping: importer.FileMapping) -> None:
    """How the numbers and the days of each column are written, where that is a question."""
    asked = [
        (place, column, part, label, options, getattr(column, value))
        for place, column in enumerate(mapping.columns)
        for part, label, options, value, is_asked in (
            ("decimals", "Decimal mark", ("point", "comma"), "decimal", bool(column.ours and column.units)),
            ("dates", "Order of days", ("day-first", "month-first"), "dates", bool(column.dates)),
        )
        if is_asked
    ]
    for (place, column, part, label, options, value), third in zip(asked, _thirds(len(asked)), strict=True):
        key = f"{part} {place} {under_way.name}"
        st.session_state[key] = value
        third.selectbox(
            plain(f"{label} of {column.theirs}"),
            options,
            key=key,
            on_change=desk.choose,
            args=(part, column.theirs, key),
        )


def _constant(under_way: desk.Desk, target: importer.Target, default: str) -> None:
    key = f"constant {target.name} {under_way.name}"
    st.session_state.setdefault(key, under_way.choices.constants.get(target.name, ""))
    st.text_input(
        cite.heading(target.name),
        key=key,
        placeholder=default or "one value for every row",
        on_change=desk.choose,
        args=("constants", target.name, key),
        help=target.column.meaning,
    )


def _thirds(amount: int) -> list[DeltaGenerator]:
    """Places in rows of three."""
    return [part for _ in range(0, amount, 3) for part in st.columns(3)][:amount]
