"""One look: colour and shape by silicon family, axes, and published text that stays text."""

import tomllib
from pathlib import Path

import polars as pl
import pytest

from charts import style
from etl.schema import FAMILIES
from metrics.claims.claim import SCENARIO, VERDICTS

LOOKS = {
    "wafer-scale": ("#D55E00", "diamond"),
    "LPU": ("#CC79A7", "square"),
    "RDU": ("#0072B2", "triangle-up"),
    "GPU": ("#009E73", "circle"),
    "TPU": ("#56B4E9", "pentagon"),
    "cloud ASIC": ("#E69F00", "hexagon"),
    "undisclosed": ("#8A8F98", "circle-open"),
}


@pytest.mark.parametrize(("family", "colour_and_symbol"), LOOKS.items())
def test_a_family_has_its_colour_and_its_shape(family, colour_and_symbol):
    look = style.look(family)
    assert (look.colour, look.symbol) == colour_and_symbol


def test_every_family_of_the_schema_has_a_look_of_its_own():
    assert set(style.FAMILY_LOOKS) == set(FAMILIES)
    for told_apart_by in ("colour", "symbol", "label"):
        assert len({getattr(look, told_apart_by) for look in style.FAMILY_LOOKS.values()}) == len(FAMILIES)


@pytest.mark.parametrize("family", [None, "", "photonic"])
def test_a_family_that_nobody_knows_is_drawn_as_undisclosed(family):
    assert style.look(family) == style.FAMILY_LOOKS["undisclosed"]


def test_every_verdict_has_a_word_and_a_shape_never_colour_alone():
    assert set(style.VERDICT_LOOKS) == {*VERDICTS, SCENARIO}
    looks = style.VERDICT_LOOKS.values()
    assert len({look.symbol for look in looks}) == len({look.label for look in looks}) == len(VERDICTS) + 1


def test_no_colour_means_two_things_and_no_shape_of_silicon_means_another():
    families, verdicts, companies = (
        list(looks.values()) for looks in (style.FAMILY_LOOKS, style.VERDICT_LOOKS, style.COMPANY_LOOKS)
    )
    colours = [look.colour for look in (*families, *verdicts, *companies)]
    colours += [style.GUIDANCE, style.WORSE, style.BETTER, style.TRAINING, style.INFERENCE, style.ACCENT]
    assert len(set(colours)) == len(colours)
    assert not {look.symbol for look in families} & {look.symbol for look in (*verdicts, *companies)}
    assert len({look.symbol for look in companies}) == len(companies)


def luminance(colour: str) -> float:
    """As WCAG 2.2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_no_silicon_reads_on_the_ground_of_both_themes(theme):
    settings = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text(encoding="utf-8"))
    ground = luminance(settings["theme"][theme]["backgroundColor"])
    looks = (*style.VERDICT_LOOKS.values(), *style.COMPANY_LOOKS.values())
    for colour in (
        *(look.colour for look in looks),
        style.GUIDANCE,
        style.WORSE,
        style.BETTER,
        style.TRAINING,
        style.INFERENCE,
        style.ACCENT,
    ):
        low, high = sorted((luminance(colour), ground))
        assert (high + 0.05) / (low + 0.05) >= 3, colour


def test_a_faint_colour_is_the_same_colour_seen_through():
    assert style.faint("#D55E00", 0.35) == "rgba(213, 94, 0, 0.35)"


@pytest.mark.parametrize(("low", "high"), [(8.5, 37.3), (0.15, 0.26), (0.95, 1.05), (0.01, 500), (1, 1)])
def test_a_ratio_axis_is_logarithmic_and_always_shows_one(low, high):
    axis = style.ratio_axis(low, high, "Speed ratio (log scale)")
    bottom, top = (10**end for end in axis["range"])
    assert axis["type"] == "log"
    assert bottom < min(low, 1)
    assert max(high, 1) < top
    assert dict(zip(axis["tickvals"], axis["ticktext"], strict=True))[1] == "1x"


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.2, 10, ["0.2", "0.5", "1", "2", "5", "10"]),
        (45.1, 1855.9, ["50", "100", "200", "500", "1,000", "2,000"]),
    ],
)
def test_an_axis_of_amounts_is_labelled_at_1_2_5(low, high, labels):
    axis = style.log_axis(low, high, "Output speed, tokens/s (log scale)")
    assert axis["ticktext"] == labels


def test_a_long_axis_is_labelled_at_powers_of_ten_only():
    axis = style.log_axis(0.04, 900, "Price, USD per 1M tokens", "$")
    assert axis["ticktext"] == ["$0.1", "$1", "$10", "$100", "$1,000"]


def test_the_strong_line_stands_over_the_whole_chart():
    line = style.strong_line(1)
    assert (line["x0"], line["x1"], line["y0"], line["y1"], line["yref"]) == (1, 1, 0, 1, "paper")
    line = style.strong_line(1, "y")
    assert (line["y0"], line["y1"], line["x0"], line["x1"], line["xref"]) == (1, 1, 0, 1, "paper")


def test_a_chart_grows_with_its_rows():
    assert style.rows_height(30) - style.rows_height(10) == 20 * style.ROW_PIXELS
    assert style.rows_height(0) == style.rows_height(2)


def test_the_mode_bar_shows_on_hover_without_logo_and_share_buttons():
    assert style.CONFIG["displaylogo"] is False
    assert style.CONFIG["displayModeBar"] == "hover"
    assert {"sendDataToCloud", "share"} <= set(style.CONFIG["modeBarButtonsToRemove"])


def test_published_text_is_no_markup_in_a_chart():
    frame = pl.DataFrame({"host": ["<b>Groq</b>", "Weights & Biases", None], "value": [1.0, 2.0, None]})
    assert style.plain(frame).to_dict(as_series=False) == {
        "host": ["&lt;b&gt;Groq&lt;/b&gt;", "Weights &amp; Biases", None],
        "value": [1.0, 2.0, None],
    }


def test_a_name_is_as_long_as_a_chart_has_room_for_and_no_sign_of_it_is_cut():
    assert style.short("Cerebras") == "Cerebras"
    assert style.short("&lt;b&gt;" * 25) == "&lt;b&gt;" * 20 + "…"
    assert style.named(["x" * 300])["ticktext"] == ["x" * 60 + "…"]
    assert style.named(["x" * 300])["categoryarray"] == ["x" * 300]
