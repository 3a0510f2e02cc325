"""Inference Divide: the router. The pages in menu order and the bar that they share."""

import streamlit as st

from pages.shared import bar, cite, look, tables

st.set_page_config(page_title="Inference Divide", page_icon=look.ICON, layout="wide")

MENU = {
    "Answer": [
        st.Page("pages/answer/verdict.py", title="Verdict", icon=":material/gavel:", default=True),
    ],
    "Compare": [
        st.Page("pages/compare/speed.py", title="Speed", icon=":material/speed:", url_path="speed"),
        st.Page("pages/compare/cost.py", title="Cost", icon=":material/payments:", url_path="cost"),
        st.Page("pages/compare/physics.py", title="Physics", icon=":material/memory:", url_path="physics"),
    ],
    "Data": [
        st.Page("pages/data/evidence.py", title="Evidence", icon=":material/fact_check:", url_path="evidence"),
    ],
}

page = st.navigation(MENU, position="top")
look.tighten()
tables.freeze_imports()
tables.ensure_store()
cite.freshness()
st.session_state["choice"] = bar.show()
page.run()
