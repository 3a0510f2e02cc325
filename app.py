"""Inference Divide: the router. The menu and the bar that every page shares.

`streamlit run app.py` imports this module once, as the server starts, and then runs it for every
visit. Why both: until a process has called `st.navigation`, Streamlit takes the folder `pages/` for
its menu, and tells the first visitor who comes by a link that there is no such page.
"""

import logging

import streamlit as st

from pages.shared import opening


def route() -> None:
    # Here, not above: what these modules cache belongs to a server that runs.
    from pages.shared import bar, look, places, tables, view

    st.set_page_config(page_title="Inference Divide", page_icon=look.ICON, layout="wide")
    page = st.navigation(places.menu(), position="top")
    st.logo(look.ICON, size="small")
    look.tighten()
    tables.freeze_imports()
    figures = tables.current()
    with tables.run_anew_where_gone(figures):
        view.hold(bar.show(figures))
        page.run()


if __name__ == "__main__":
    route()
else:
    logging.disable(logging.WARNING)  # that nobody is visiting yet is the point
    st.navigation([st.Page(route, title="Inference Divide")])
    logging.disable(logging.NOTSET)
    app = st.App(__file__, lifespan=opening.in_browser)
