"""Inference Divide: the router. The pages in menu order and the bar that they share.

`streamlit run app.py` imports this module once, as the server starts, and then runs it for every
visit. Why both: until a process has called `st.navigation`, Streamlit takes the folder `pages/` for
its menu, and tells the first visitor who comes by a link that there is no such page.
"""

import logging

import streamlit as st

from pages.shared import opening


def route() -> None:
    # Here, not above: what these modules cache belongs to a server that runs.
    from pages.shared import bar, look, tables

    st.set_page_config(page_title="Inference Divide", page_icon=look.ICON, layout="wide")
    page = st.navigation(menu(), position="top")
    st.logo(look.ICON, size="small")
    look.tighten()
    tables.freeze_imports()
    tables.ensure_store()
    st.session_state["choice"] = bar.show()
    page.run()


def menu() -> dict[str, list]:
    return {
        "Answer": [
            st.Page("pages/answer/verdict.py", title="Verdict", icon=":material/gavel:", default=True),
            st.Page("pages/answer/claims.py", title="Claims", icon=":material/rule:", url_path="claims"),
            st.Page("pages/answer/questions.py", title="Questions", icon=":material/quiz:", url_path="questions"),
        ],
        "Compare": [
            st.Page("pages/compare/speed.py", title="Speed", icon=":material/speed:", url_path="speed"),
            st.Page("pages/compare/cost.py", title="Cost", icon=":material/payments:", url_path="cost"),
            st.Page("pages/compare/workload.py", title="Workload", icon=":material/calculate:", url_path="workload"),
            st.Page("pages/compare/physics.py", title="Physics", icon=":material/memory:", url_path="physics"),
        ],
        "Divide": [
            st.Page(
                "pages/divide/training_inference.py",
                title="Training vs inference",
                icon=":material/call_split:",
                url_path="training-inference",
            ),
            st.Page("pages/divide/microsoft.py", title="Microsoft", icon=":material/domain:", url_path="microsoft"),
        ],
        "Data": [
            st.Page("pages/data/upload.py", title="Upload", icon=":material/upload_file:", url_path="upload"),
            st.Page("pages/data/evidence.py", title="Evidence", icon=":material/fact_check:", url_path="evidence"),
        ],
    }


if __name__ == "__main__":
    route()
else:
    logging.disable(logging.WARNING)  # that nobody is visiting yet is the point
    st.navigation([st.Page(route, title="Inference Divide")])
    logging.disable(logging.NOTSET)
    app = st.App(__file__, lifespan=opening.in_browser)
