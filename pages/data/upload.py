"""Upload: can I add mine?"""

import streamlit as st

from etl.upload import importer
from exports.files import FORMATS, encoded
from metrics import uploads
from pages.importer import batches, checking, columns, desk
from pages.shared import cite
from pages.shared.markdown import plain
from pages.shared.view import BOUND, Figures, View, of_run

FORMS = ["csv", "tsv", "txt", "xlsx", "parquet"]


def show(view: View) -> None:
    figures = view.figures
    st.title("Can I add mine?", anchor=False)
    answer(figures)
    st.subheader("1. The table and your file", anchor=False)
    table_column, file_column = st.columns(2)
    with table_column:
        table = pick_table()
        offer_template(table)
    with file_column:
        take_file(table)
    under_way = desk.of_reader()
    if under_way and desk.DONE in st.session_state:
        checking.confirm(st.session_state[desk.DONE])
    elif under_way:
        go_on(under_way)
    batches.history(figures)


def answer(figures: Figures) -> None:
    history = importer.history(figures.folders, figures.generation)
    active = [batch for batch in history if not batch.undone]
    newest = max((batch.uploaded_at for batch in active), default=None)
    limit_mb = importer.size_limit() // importer.MEGABYTE
    cite.answer(uploads.held(figures.folders.store.own_counts(figures.generation), len(active), newest, limit_mb))


def pick_table() -> str:
    table = st.selectbox(
        "What the file holds",
        list(batches.TABLES),
        format_func=batches.TABLES.__getitem__,
        key="into",
        **BOUND,
        help="Each table takes one kind of figure; the template shows rows of it.",
    )
    desk.turn_to(table)
    return table


def offer_template(table: str) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Template",
            data=lambda: importer.template(table),
            file_name=f"template-{table}.csv",
            mime=FORMATS["csv"].mime,
            key="template",
            on_click="ignore",
            icon=":material/download:",
            help="A header and rows that are valid.",
        )
        st.download_button(
            "Data dictionary",
            data=lambda: encoded(importer.dictionary(table), "csv"),
            file_name=f"dictionary-{table}.csv",
            mime=FORMATS["csv"].mime,
            key="dictionary",
            on_click="ignore",
            icon=":material/download:",
            help="Every column with its unit, its meaning and the names it is known by.",
        )


def take_file(table: str) -> None:
    given = st.file_uploader(
        "Your file",
        FORMS,
        key="file",
        on_change=desk.clear,
        help="CSV with any delimiter and decimal mark, Excel or Parquet. It stays on this computer.",
    )
    if given and not desk.of_reader() and desk.REFUSED not in st.session_state:
        desk.lay(given, given.name, table)
    if desk.REFUSED in st.session_state:
        st.error(plain(f"{st.session_state[desk.REFUSED]} Nothing was stored."), icon=":material/block:")


def describe_file(under_way: desk.Desk) -> None:
    sheet = under_way.sheet
    notes = [f"{sheet.name}: {sheet.form}, {len(sheet.header):,} columns.", *sheet.notes]
    cite.note(" ".join(notes))
    if len(sheet.tabs) > 1:
        tab = st.selectbox(
            "Sheet of the workbook", sheet.tabs, index=sheet.tabs.index(sheet.tab), key=f"tab {sheet.sha256[:12]}"
        )
        if tab != sheet.tab:
            desk.lay(sheet.path, sheet.name, under_way.table, tab=tab)
            st.rerun()


def go_on(under_way: desk.Desk) -> None:
    """From the file as read to its rows in the store, as far as the reader's answers carry."""
    try:
        describe_file(under_way)
        mapping = columns.mapped(under_way)
        if mapping.questions:
            columns.ask(under_way, mapping)
        else:
            checking.check_and_commit(under_way, mapping)
    except importer.Unreadable as refused:
        desk.refuse(str(refused))
        st.rerun()
    except importer.WrongChoice as problem:
        st.error(plain(f"{problem} Nothing was stored."), icon=":material/block:")


show(of_run())
