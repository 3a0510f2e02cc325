"""Every page of the menu, opened, changed and opened again, from the figures that ship."""

import csv
import json
import re
import shutil
from datetime import date
from io import StringIO
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from charts.style import VERDICT_LOOKS
from etl.folders import PROJECT, Folders
from etl.schema import TABLES
from etl.sources import SOURCES
from metrics import cost, speed
from metrics.claims import question, questions, verdicts
from metrics.findings import answer as findings
from pages.shared import places, view

APP = PROJECT / "app.py"
PAGES = [place.path for place in places.PLACES]
ADDRESSES = {place.path: place.address for place in places.PLACES}
UPLOAD = places.of("upload").path  # which takes figures in and draws none; it has tests of its own
SHOWING = [page for page in PAGES if page != UPLOAD]
CHARTED = [page for page in SHOWING if "evidence" not in page]
CHANGES = {
    "model": lambda at: at.selectbox(key="model").select("Llama 3.1 8B"),
    "baseline": lambda at: at.selectbox(key="baseline").select("Median"),
    "blend": lambda at: at.selectbox(key="blend").select("7:2:1"),
    "figures": lambda at: at.button_group(key="data").set_value("With uploads"),
}
CHANGED = {"model": "Llama 3.1 8B", "baseline": "Median", "blend": "7:2:1", "data": "With uploads"}
UNREADABLE = ("abc", "0:0", "3:", "1:2:3:4", "-1:2", "1e999:1", "nan:1", "[x](javascript:1)")
SIDEWAYS = "<img src=x onerror=alert(1)>"
LINKED = "[x](javascript:1)"
DECORATED = "**bold** $x^2$ :red[y] `z` # |"


@pytest.fixture
def app(monkeypatch, built_data):
    """The app on the shipped figures, at the page and with the address given."""
    return opener(monkeypatch, built_data)


def opener(monkeypatch, data):
    monkeypatch.setenv("DIVIDE_DATA", str(data))

    def opened(place: str = PAGES[0], **address: str) -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in address.items():
            at.query_params[name] = value
        return at.run() if place == PAGES[0] else turned(at, place)

    return opened


def turned(at: AppTest, place: str) -> AppTest:
    """The app at this page, as a link to it opens it: until a first run, AppTest knows a page by its file alone."""
    at.switch_page(place)
    at._page_hash = calc_hash(ADDRESSES[place])
    return at.run()


def figures(at: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


def has_marks(figure: dict) -> bool:
    return any(len(trace.get("x") or []) for trace in figure["data"])


def texts(at: AppTest) -> list[str]:
    """Everything that Streamlit reads as Markdown."""
    kinds = (at.title, at.header, at.subheader, at.markdown, at.caption, at.info, at.warning, at.error, at.success)
    labels = [element.label for element in (*at.metric, *at.expander)]
    return [*(str(element.value) for kind in kinds for element in kind), *labels]


def choice(at: AppTest) -> dict[str, str]:
    bar = {name: at.selectbox(key=name).value for name in ("model", "baseline", "blend")}
    return {**bar, "data": at.button_group(key="data").value}


def test_no_page_lies_where_streamlit_would_run_it_without_the_router():
    assert [path.name for path in (PROJECT / "pages").glob("*.py")] == []


@pytest.fixture
def asked(monkeypatch) -> set[str]:
    """What a page reads of the reader's choice as it runs."""
    names = set()

    def noting(chosen: view.View, name: str):
        names.add(name)
        return object.__getattribute__(chosen, name)

    monkeypatch.setattr(view.View, "__getattribute__", noting)
    return names


@pytest.mark.parametrize("place", SHOWING)
def test_a_page_opens_whole_and_again_after_each_choice_changed(app, asked, place):
    """One visit for all of them: to open a page anew is dear."""
    at = app(place)
    whole(at, place)
    for name, change in CHANGES.items():
        before, seen = choice(at), shown(at)
        change(at).run()
        assert not at.exception, name
        assert choice(at) != before, name
        assert figures(at), name
        assert all(map(has_marks, figures(at))), name
        if name == "model":  # a page follows it where it reads it, and nowhere else
            assert (shown(at) != seen) == ("model" in asked)


def whole(at: AppTest, place: str) -> None:
    """What every page that shows figures has: a question, an answer with a figure, charts, sources, downloads."""
    assert not at.exception
    assert at.title[0].value.endswith("?")
    assert f'st.title("{at.title[0].value}"' in (PROJECT / place).read_text(encoding="utf-8")
    assert re.search(r"\d", at.header[0].value)
    assert at.header[0].value.endswith(".")
    drawn = figures(at)
    assert drawn
    assert all(map(has_marks, drawn))
    assert len(at.subheader) >= len(drawn)
    assert any(re.match(r"Source: \[.+\]\(<https?://", caption.value) for caption in at.caption)
    assert {button.label for button in at.get("download_button")} >= {"CSV", "Excel", "Parquet"}
    assert not re.search(r"\bnan\b|\bNone\b|inf%|\b1 (pairs|models|sources|measurements|rows)\b", " ".join(texts(at)))


def shown(at: AppTest) -> tuple[list, list, list]:
    """All that a page draws, says and lists."""
    return figures(at), texts(at), [frame.value.to_csv() for frame in at.dataframe]


@pytest.mark.soak(short=4, long=1_000)
@pytest.mark.parametrize("place", CHARTED)
def test_every_model_shows_charts_or_says_why_not(app, asked, some, built_data, place):
    store = Folders(data=built_data).store
    models = speed.coverage(speed.ratios(store.rows("provider_speed"), store.rows("provider")))["model"].to_list()
    at = app(place)
    # To a page that reads no model all models are one; the test above holds that it is so.
    for model in some(models) if "model" in asked else models[-1:]:
        at.selectbox(key="model").select(model).run()
        assert not at.exception, model
        drawn = figures(at)
        assert all(map(has_marks, drawn)), model
        assert drawn or at.info, model


@pytest.mark.parametrize("place", PAGES)
def test_a_link_opens_the_same_view_again(app, place):
    at = app(place, **CHANGED)
    assert choice(at) == CHANGED
    assert not at.exception
    assert not any("the baseline is" in info.value for info in at.info)


def test_the_bar_keeps_its_choice_from_page_to_page(app):
    at = app()
    for change in CHANGES.values():
        change(at)
    chosen = choice(at.run())
    assert chosen == CHANGED
    for place in [*PAGES[1:], PAGES[0]]:
        at.switch_page(place).run()
        assert not at.exception
        assert choice(at) == chosen
        assert at.session_state[view.OF_RUN].model == "Llama 3.1 8B"


def test_a_view_without_choices_compares_the_model_with_most_like_for_like_pairs(app, built_data):
    store = Folders(data=built_data).store
    covered = speed.coverage(speed.ratios(store.rows("provider_speed"), store.rows("provider")))
    assert choice(app())["model"] == covered["model"][0]
    assert choice(app())["baseline"] == "Azure"


def test_a_baseline_that_nobody_measured_beside_the_model_is_said(app, built_data):
    store = Folders(data=built_data).store
    paired = speed.ratios(store.rows("provider_speed"), store.rows("provider"))
    listed = cost.ranked(store.rows("token_price"), store.rows("source_state"), store.rows("provider"))
    priced = cost.ratios(listed, store.rows("provider"))
    with_azure = {
        model for pairs in (paired, priced) for model in pairs.filter(pl.col("baseline_provider") == "Azure")["model"]
    }
    without = next(model for model in speed.coverage(paired)["model"] if model not in with_azure)
    at = app("pages/compare/speed.py", model=without, baseline="Azure")
    assert not at.exception
    assert at.info[0].value.replace("\\", "") == (
        f"Neither a speed nor a price of Azure stands beside a specialised provider on {without}; the baseline is Best."
    )
    assert all(map(has_marks, figures(at)))
    at.selectbox(key="model").select("gpt-oss-120b").run()
    assert not any("the baseline is" in info.value for info in at.info)


@pytest.mark.parametrize(
    ("place", "blend"),
    [*((SHOWING[0], blend) for blend in UNREADABLE), *((place, UNREADABLE[0]) for place in SHOWING[1:])],
)
def test_a_blend_that_cannot_be_read_gets_a_sentence_and_the_page_shows(app, place, blend):
    """The bar of all pages reads it, so one page shows every way to go wrong and the others one."""
    at = app(place, blend=blend)
    assert not at.exception
    assert at.warning[0].value.endswith("Shown: 3:1.")
    assert "](" not in at.warning[0].value.replace("\\[", "").replace("\\]", "")
    assert figures(at)


def test_a_blend_of_ones_own_is_used(app):
    at = app("pages/compare/cost.py", blend="10:1")
    assert not at.exception
    assert not at.warning
    assert any("10:1" in caption.value for caption in at.caption)


def test_an_unknown_address_falls_back_to_the_first_view(app):
    at = app(model="No such model", baseline="<b>nobody</b>", data="everything")
    assert not at.exception
    assert choice(at) == choice(app())


def test_the_verdict_page_shows_four_cards_and_counts_all_claims(app):
    at = app("pages/answer/verdict.py")
    assert [metric.label.split(":")[0].split("\\")[0] for metric in at.metric][:3] == ["Speed", "End to end", "Price"]
    assert at.metric[3].label.startswith("Inference in AI compute, ")
    assert len(at.metric) == 4
    counted = [
        int(number) for text in at.markdown for number in re.findall(r"badge\[:material/\w+: (\d+) ", text.value)
    ]
    assert sum(counted) == len(verdicts.CLAIMS)


def test_the_claims_page_tells_every_claim_its_verdicts_and_what_would_flip_them(app):
    at = app("pages/answer/claims.py")
    told = " ".join(texts(at)).replace("\\", "")
    for claim in verdicts.CLAIMS:
        assert f"**{claim.short}**" in told
        assert claim.flips in told
    assert "your files" not in told


def test_every_claim_and_question_names_a_page_and_links_to_it(app):
    for named in (*verdicts.CLAIMS, *questions.QUESTIONS):
        assert places.of(named.page).path in PAGES
    at = app("pages/answer/claims.py")
    assert len(at.get("page_link")) == len(verdicts.CLAIMS) > 10


def test_every_question_is_answered_by_a_figure_or_by_what_is_missing(app):
    at = app("pages/answer/questions.py")
    told = " ".join(texts(at)).replace("\\", "")
    assert told.count(question.CANNOT) == told.count("**Not published**") == 2
    for asked in questions.QUESTIONS:
        assert f"**{asked.number}. {asked.text}**" in told
        assert not asked.not_published or f"Nobody publishes: {asked.not_published}" in told


def test_the_readers_own_rows_are_told_apart_and_change_no_verdict(monkeypatch, built_data, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(built_data, data)
    store = Folders(data=data).store
    official = verdicts.verdicts({name: store.rows(name) for name in verdicts.TABLES})
    speeds = store.rows("provider_speed")
    day = speeds["measured_on"].max()
    slow = [
        speeds.filter(pl.col("provider") == name)
        .head(1)
        .with_columns(
            evidence=pl.lit("upload"),
            capture=pl.lit("mine"),
            model=pl.lit(f"Mine {place}"),
            measured_on=pl.lit(day),
            output_tokens_per_second=pl.lit(speed),
            measurer_kind=pl.lit("independent"),
            source=pl.lit("upload"),
            measured_by=pl.lit("me"),
            ttft_seconds=None,
            output_tokens=None,
            bound_as_published=None,
            is_aggregate=pl.lit(False),
        )
        for place in range(20)
        for name, speed in (("Cerebras", 10.0), ("Azure", 100.0))
    ]
    store.write(lambda writer: writer.add("provider_speed", pl.concat(slow, how="diagonal_relaxed")))
    opened = opener(monkeypatch, data)
    told = " ".join(texts(opened("pages/answer/verdict.py")))
    assert re.search(r"Your files would change \d verdicts?; the published ones stand", told)
    assert findings.judgement(official, date.today()) in told.replace("\\", "")
    told = " ".join(texts(opened("pages/answer/claims.py"))).replace("\\", "")
    assert "“Specialised chips outperform the clusters behind Azure” would become partly" in told
    assert "2 builds of the figures are kept" in told
    badges = [
        text.value for text in opened("pages/answer/claims.py").markdown if "With your files: Partly" in text.value
    ]
    assert len(badges) >= 1


@pytest.mark.parametrize("address", ["", "claims", "questions"])
def test_the_pages_that_judge_the_article_name_it_and_lead_to_it(app, address):
    told = [caption.value for caption in app(places.of(address or "verdict").path).caption]
    [named] = [caption for caption in told if caption.startswith("The article: ")]
    assert re.match(r"The article: \[NextFin, 3 February 2026\]\(<https://www\.nextfin\.ai/en/news/", named)


def test_every_verdict_is_a_word_and_a_shape_beside_its_colour(app):
    at = app("pages/answer/claims.py")
    badges = [text.value for text in at.markdown if "-badge[" in text.value and "Newest" not in text.value]
    assert len(badges) == 3 * len(verdicts.CLAIMS)
    names = {look.label for look in VERDICT_LOOKS.values()}
    for badge in badges:
        assert re.search(r":material/\w+:", badge)
        assert any(name in badge for name in names), badge
    assert len({look.symbol for look in VERDICT_LOOKS.values()}) == len(VERDICT_LOOKS)


def test_evidence_carries_the_credits_that_licences_ask_for(app):
    told = " ".join(texts(app("pages/data/evidence.py")))
    assert "MLPerf name and logo" in told
    assert all(source.credit in told for source in SOURCES if source.credit)


def test_evidence_lists_every_source(app):
    at = app("pages/data/evidence.py")
    listed = next(frame.value for frame in at.dataframe if "State" in frame.value.columns)
    assert sorted(listed["Source"]) == sorted(source.title for source in SOURCES)
    known = listed.set_index("Source")["Known"]
    assert known["LiteLLM price map"] == 100  # what ships is of known names alone
    assert listed["Missing"].isna().all()


def test_evidence_says_what_is_believed_and_lists_what_is_in_doubt(app):
    at = app("pages/data/evidence.py")
    assert any(text.startswith("Of ") and "list prices" in text for text in texts(at))
    doubted = next(frame.value for frame in at.dataframe if "neighbour" in frame.value.columns)
    assert set(doubted["finding"]) <= {"doubtful", "slipped"}
    assert doubted["neighbour"].notna().all()


def test_evidence_lists_what_providers_stopped_selling(app):
    at = app("pages/data/evidence.py")
    ended = next(frame.value for frame in at.dataframe if {"said_by", "ended_on"} <= set(frame.value.columns))
    cerebras = ended[(ended["provider"] == "Cerebras") & (ended["model"] == "Llama 3.1 8B")]
    assert [str(day)[:10] for day in cerebras["ended_on"]] == ["2026-05-27"]


def test_evidence_lists_every_correction(app):
    lines = [path.read_text(encoding="utf-8") for path in (PROJECT / "data/corrections").glob("*.csv")]
    names = [row["correction"] for line in lines for row in csv.DictReader(StringIO(line))]
    at = app("pages/data/evidence.py")
    listed = next(frame.value for frame in at.dataframe if "citation_url" in frame.value.columns)
    assert sorted(listed["correction"]) == sorted(names) != []
    assert set(listed["status"]) == {"applied"}
    assert any(f"Corrections of published figures: {len(names)}" in told for told in texts(at))


def test_the_first_start_builds_the_store_in_sight_and_then_shows_the_page(monkeypatch, tmp_path):
    labels, status = [], st.status

    def seen(label, **options):
        labels.append(label)
        return status(label, **options)

    monkeypatch.setattr(st, "status", seen)
    at = opener(monkeypatch, tmp_path / "data")()
    assert labels == ["Building the store from the published figures that ship with it"]
    assert not at.exception
    assert at.title[0].value == "Is the article right, today?"
    assert (tmp_path / "data" / "store" / "CURRENT").exists()


def test_a_count_is_sent_as_a_whole_number_though_some_are_missing(app):
    sent = pa.ipc.open_stream(app("pages/compare/speed.py").dataframe[0].proto.arrow_data.data).read_all()
    counts = sent.column("prompt_tokens")
    assert counts.null_count > 0
    assert pa.types.is_integer(counts.type)


@pytest.fixture(scope="module")
def hostile(built_data, tmp_path_factory) -> Path:
    """A store whose published words are full of markup; read it."""
    data = tmp_path_factory.mktemp("hostile") / "data"
    shutil.copytree(built_data, data)
    store = Folders(data=data).store
    renamed = {"Azure": SIDEWAYS, "Cerebras": LINKED, "Nebius": "1. first"}
    cited = {"publisher": pl.lit(f"{LINKED} {SIDEWAYS} {DECORATED}"), "source_url": pl.lit("javascript:alert(1)")}

    def change(writer) -> None:
        for table in ("provider_speed", "token_price", "provider"):
            rows = store.rows(table).with_columns(pl.col("provider").replace(renamed))
            if "model" in rows.columns:
                rows = rows.with_columns(
                    pl.col("model").replace({"gpt-oss-120b": f"gpt {DECORATED}"}),
                    pl.col("provider_as_published").replace(renamed),
                    **cited,
                )
            writer.replace_all(table, rows)
        for table in ("training_result", "inference_result"):
            chips = pl.col("accelerator").replace({"GB200": SIDEWAYS, "B200": LINKED, "MI325X": DECORATED})
            writer.replace_all(table, store.rows(table).with_columns(chips, **cited))
        for table in ("accelerator", "compute_share", "event"):
            writer.replace_all(table, store.rows(table).with_columns(**cited))
        figures = store.rows("company_quarter").with_columns(**cited)
        writer.replace_all("company_quarter", figures.unique(TABLES["company_quarter"].key, maintain_order=True))
        writer.replace_all("set_aside", store.rows("set_aside").with_columns(source_url=pl.lit("javascript:alert(1)")))

    store.write(change)
    return data


@pytest.mark.parametrize("place", PAGES)
def test_markup_in_published_words_is_shown_and_never_read_nor_linked(monkeypatch, hostile, place):
    at = opener(monkeypatch, hostile)(place, model=f"gpt {DECORATED}", baseline=SIDEWAYS)
    assert not at.exception
    assert choice(at)["baseline"] == SIDEWAYS
    told = texts(at)
    assert place == UPLOAD or any("onerror" in text for text in told)
    for text in told:
        for unescaped in (r"(?<!\\)<img", r"(?<!\\)\[x(?<!\\)\]\(", r"(?<!\\)\*bold", r"(?<!\\)\$x", r"(?<!\\):red\["):
            assert not re.search(unescaped, text), text
    assert not any(getattr(element.proto, "allow_html", False) for element in (*at.markdown, *at.caption))
    # An address that is not of the web is no link, in a text as in a table.
    assert not any("](<javascript" in text or "](javascript" in re.sub(r"\\.", "", text) for text in told)
    for frame in at.dataframe:
        for name, setting in json.loads(frame.proto.columns or "{}").items():
            if (setting.get("type_config") or {}).get("type") == "link" and name in frame.value.columns:
                assert frame.value[name].dropna().str.match(r"https?://").all(), name


def test_a_throughput_filled_in_for_one_model_does_not_pass_for_an_assumption_at_another(app):
    at = app("pages/compare/cost.py", model="Llama 4 Maverick")
    assert any("B200 within 60 days of the throughput (23 May 2025)" in told.value for told in at.info)
    at.selectbox(key="model").select("Llama 3.1 8B").run()
    assert not at.exception
    assert at.number_input(key="throughput").value is None
    assert any("not published. Nothing is computed" in caption.value for caption in at.caption)
