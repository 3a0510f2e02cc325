"""Microsoft's charts by their JSON: panels on one axis of time, peers, guidance, tornado, heat map, break-even."""

import json
from datetime import date

import pytest

from charts import companies as draw
from charts import exposure as draw_scenario
from charts.style import YOURS
from metrics import companies, exposure
from metrics.exposure import BASE, CAPITAL, MIGRATION, OUTPUTS, PRICE_CUT, REVENUE
from metrics.findings import microsoft as findings
from tests.azure import DECEMBER_2025, JUNE_2026, MARCH_2026, ROWS, figures, grown, stated, world

ARTICLE = date(2026, 2, 3)
NAMES = companies.panel_names(companies.WITH_LEASES, "reported")
GUIDED = (
    stated(None, date(2026, 9, 30), kind="guidance", value_low=50.0),
    stated(None, date(2025, 9, 30), kind="guidance", value_low=30.0),
)
MARGINS = tuple(
    stated(value, day, companies.CLOUD_MARGIN, unit="%")
    for day, value in ((date(2025, 3, 31), 69.0), (DECEMBER_2025, 67.0), (JUNE_2026, 65.0))
)
DECLARED = exposure.inputs(figures(), world())
BOUGHT = exposure.purchases(figures())
VALUES = exposure.preset(DECLARED, BASE)


def spec(chart) -> dict:
    return json.loads(chart.figure.to_json())


def panels(*rows: dict) -> dict:
    shown = companies.panels(figures(*(rows or (*ROWS, *GUIDED, *MARGINS))), companies.WITH_LEASES, "reported")
    return spec(draw.panels(shown, ARTICLE, NAMES, companies.two_years(shown), "Basis."))


def texts(drawn: dict) -> list[str]:
    return [note["text"] for note in drawn["layout"]["annotations"]]


def test_three_panels_share_one_axis_of_time_and_none_has_two_scales():
    layout = panels()["layout"]
    assert [layout[axis].get("matches") for axis in ("xaxis", "xaxis2")] == ["x3", "x3"]
    assert {name for name in layout if name.startswith("yaxis")} == {"yaxis", "yaxis2", "yaxis3"}
    assert not any("overlaying" in layout[axis] for axis in ("yaxis", "yaxis2", "yaxis3"))
    assert layout["yaxis"]["range"][0] == 0


def test_the_day_of_the_article_runs_through_every_panel_and_is_named_once():
    drawn = panels()
    lines = [shape for shape in drawn["layout"]["shapes"] if shape.get("x0") == "2026-02-03"]
    assert len(lines) == 3
    assert [text for text in texts(drawn) if "article" in text] == ["article, 3 February 2026 "]


def test_every_panel_names_quantity_basis_and_unit():
    told = " ".join(texts(panels()))
    assert "Capex with finance leases, bn USD" in told
    assert "Azure growth, reported, %" in told
    assert "Microsoft Cloud gross margin, %" in told


def test_bars_stand_at_the_end_of_their_quarter():
    [bars] = [trace for trace in panels()["data"] if trace["type"] == "bar"]
    assert bars["x"][-1] == "2026-06-30"
    assert bars["y"][-1] == 41.0
    assert len(bars["x"]) == 12


def test_a_lower_bound_is_an_open_band_while_it_stands_and_a_line_once_the_quarter_is_known():
    drawn = panels()
    bands = [shape for shape in drawn["layout"]["shapes"] if shape["type"] == "rect"]
    assert [(band["y0"], band["y1"]) for band in bands] == [(50.0, drawn["layout"]["yaxis"]["range"][1])]
    assert "over 50" in texts(drawn)
    assert "over 30" not in texts(drawn)
    hovers = [trace["hovertext"] for trace in drawn["data"] if isinstance(trace.get("hovertext"), str)]
    assert any("over 30 bn USD" in hover for hover in hovers)


def test_a_guided_range_is_a_band_from_end_to_end():
    drawn = panels(
        stated(41.0, JUNE_2026),
        grown(39.0, MARCH_2026),
        grown(None, JUNE_2026, kind="guidance", value_low=39.0, value_high=40.0),
        *MARGINS,
    )
    [band] = [shape for shape in drawn["layout"]["shapes"] if shape["type"] == "rect"]
    assert (band["y0"], band["y1"], band["yref"]) == (39.0, 40.0, "y2")
    assert "39–40" in texts(drawn)


def test_a_quarter_that_nobody_published_is_a_gap_in_the_line():
    [margins] = [trace for trace in panels()["data"] if trace.get("yaxis") == "y3"]
    assert margins["y"] == [69.0, None, None, 67.0, None, 65.0]
    assert "connectgaps" not in margins


def test_peers_on_another_basis_are_dashed_and_quarters_stand_at_their_own_ends():
    rows = companies.peers(
        figures(
            *(
                stated(value, day, company=company, basis=basis)
                for company, basis, day, value in (
                    ("Amazon", "cash", JUNE_2026, 54.208),
                    ("Oracle", "cash", date(2026, 5, 31), 16.493),
                    ("Meta", "cash with finance-lease principal", JUNE_2026, 31.078),
                )
            )
        )
    )
    drawn = spec(draw.peers(rows, companies.CASH, ARTICLE, "Title", "Subtitle"))
    dashes = {trace["name"]: trace["line"]["dash"] for trace in drawn["data"]}
    assert dashes == {"Amazon": "solid", "Oracle": "solid", "Meta": "dash"}
    assert {trace["name"]: trace["x"][-1] for trace in drawn["data"]}["Oracle"] == "2026-05-31"
    assert any(text.startswith("Amazon") for text in texts(drawn))


def test_markup_in_a_publishers_name_is_text_in_every_hover():
    [bars] = [
        trace
        for trace in panels(stated(41.0, JUNE_2026, publisher="<b>A & B</b>"), *MARGINS)["data"]
        if trace["type"] == "bar"
    ]
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in bars["hovertext"][0]


def test_a_readers_own_quarter_is_a_square_and_no_bar():
    drawn = panels(*ROWS, *MARGINS, stated(60.0, date(2026, 9, 30), evidence="upload"))
    [bars] = [trace for trace in drawn["data"] if trace["type"] == "bar"]
    assert 60.0 not in bars["y"]
    [square] = [trace for trace in drawn["data"] if trace.get("name") == YOURS]
    assert (square["x"], square["y"], square["marker"]["symbol"]) == (["2026-09-30"], [60.0], "square-open")


def tornado(output, values=VALUES) -> dict:
    frame = exposure.tornado(output, values, DECLARED, BOUGHT)
    return spec(draw_scenario.tornado(frame, findings.widest(frame, output), findings.tornado_basis(frame, output)))


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.name)
def test_a_tornado_is_sorted_from_below_and_says_unit_and_scenario(output):
    drawn = tornado(output, VALUES | {MIGRATION: 40.0})
    worse, better = drawn["data"]
    widths = [up - down for up, down in zip(worse["x"], better["x"], strict=True)]
    assert widths == sorted(widths)
    assert len(widths) == len(output.needs)
    assert drawn["layout"]["xaxis"]["title"]["text"] == f"{output.unit} (scenario)"


def test_the_line_of_the_tornado_stands_at_the_output():
    drawn = tornado(REVENUE)
    found = exposure.value(REVENUE, VALUES, BOUGHT)
    assert [shape["x0"] for shape in drawn["layout"]["shapes"]] == [found]
    assert {trace["base"] for trace in drawn["data"]} == {found}


def test_a_tornado_of_nothing_at_risk_starts_at_zero():
    assert tornado(CAPITAL)["layout"]["xaxis"]["range"][0] == pytest.approx(0, abs=0.01)


def heat(threshold=10.0) -> dict:
    grid = exposure.grid(VALUES, BOUGHT)
    line = exposure.threshold_line(VALUES, threshold, grid["migration_percent"].max())
    chosen = VALUES[MIGRATION], VALUES[PRICE_CUT]
    return spec(
        draw_scenario.heat(
            grid, line, chosen, REVENUE.name, findings.grid_title(VALUES, threshold), findings.grid_basis(threshold)
        )
    )


def test_the_heat_map_has_every_pair_once_with_at_most_three_digits():
    cells = heat()["data"][0]
    assert cells["z"][2][3] == pytest.approx(
        exposure.value(REVENUE, VALUES | {MIGRATION: 30.0, PRICE_CUT: 20.0}, BOUGHT)
    )
    assert cells["z"][0][0] == 0
    shown = [text for row in cells["text"] for text in row]
    assert len(shown) == 49
    assert all(len(text.replace(".", "").lstrip("0")) <= 3 for text in shown)


def test_the_heat_map_marks_the_choice_and_the_threshold():
    _, line, choice = heat()["data"]
    assert (choice["x"], choice["y"]) == ([15.0], [20.0])
    assert line["x"]
    assert heat(threshold=400.0)["data"][1]["x"] == []


def test_azures_growth_before_and_after_it_was_counted_anew_is_two_lines():
    before, after = [
        [value for value in trace["y"] if value is not None] for trace in panels()["data"] if trace.get("yaxis") == "y2"
    ]
    assert (before, after) == ([26.0, 29.0], [39.0, 43.0])
    dotted = [shape for shape in panels()["layout"]["shapes"] if shape["line"].get("dash") == "dot"]
    assert "2024-08-21" in [shape["x0"] for shape in dotted if shape["xref"] == "x2"]


def test_left_over_marks_where_each_line_meets_today():
    even = {
        "cut_usd_bn_per_year": exposure.leaves_before_revenue_falls(VALUES),
        "uncut_usd_bn_per_year": exposure.leaves_before_revenue_falls(VALUES | {PRICE_CUT: 0.0}),
    }
    drawn = spec(draw_scenario.left_over(exposure.left_over(VALUES), even, findings.left_title(VALUES), "Basis."))
    marks = {trace["text"][0] for trace in drawn["data"] if trace["mode"] == "markers+text"}
    assert marks == {"43.9 %", "55.2 %"}


def test_without_a_price_cut_there_is_one_line():
    values = VALUES | {PRICE_CUT: 0.0}
    drawn = spec(draw_scenario.left_over(exposure.left_over(values), {}, findings.left_title(values), "Basis."))
    assert len([trace for trace in drawn["data"] if trace["mode"] == "lines"]) == 1
