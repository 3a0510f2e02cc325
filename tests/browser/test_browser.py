"""The dashboard in Chromium: what a reader sees, on a computer and on a telephone, by day and by night."""

import re
from io import BytesIO
from itertools import combinations, pairwise
from pathlib import Path

import polars as pl
import pytest

from metrics.claims import questions, verdicts
from pages.shared import places

ADDRESSES = tuple(place.address for place in places.PLACES)
CHART, FILE = ".js-plotly-plot .main-svg", "[data-testid=stFileUploader]"
CHARTLESS = ("upload",)
SWEPT = ("computer by day", "telephone by night")  # each width and each ground once
READERS = {
    "computer by day": {"width": 1440, "height": 900, "scheme": "light"},
    "computer by night": {"width": 1440, "height": 900, "scheme": "dark"},
    "telephone by day": {"width": 420, "height": 900, "scheme": "light"},
    "telephone by night": {"width": 420, "height": 900, "scheme": "dark"},
}
AA = 4.5

CHARTS = """() => [...document.querySelectorAll('.js-plotly-plot')].map(plot => {
    const svg = plot.querySelector('.main-svg').getBoundingClientRect();
    return {width: svg.width, height: svg.height,
            marks: plot.querySelectorAll('.scatterlayer .point, .barlayer .point, .scatterlayer path.js-line').length};
})"""

LABELS = """() => [...document.querySelectorAll('.js-plotly-plot')].map((plot, chart) => {
    const svg = plot.querySelector('.main-svg').getBoundingClientRect();
    return [...plot.querySelectorAll('.cartesianlayer text, .infolayer text')]
        .map(text => ({text: text.textContent, kind: text.closest('.textpoint') ? 'name' : text.closest('.ytick') ? 'y'
                       : text.closest('.xtick') ? 'x' : 'title', box: text.getBoundingClientRect(),
                       blank: text.textContent.length - text.textContent.trimStart().length, element: text}))
        .filter(label => label.box.width > 0)
        .map(({text, kind, box, blank, element}) => ({chart, text, kind,
              left: box.left - svg.left + (blank ? element.getSubStringLength(0, blank) : 0),
              right: box.right - svg.left, top: box.top - svg.top, bottom: box.bottom - svg.top,
              width: svg.width, height: svg.height}));
}).flat()"""

CONTRASTS = """() => {
    const parse = colour => {
        const canvas = window.probe ??= Object.assign(document.createElement('canvas'), {width: 1, height: 1});
        const context = canvas.getContext('2d', {willReadFrequently: true});
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = (top, under) => [0, 1, 2].map(at => top[at] * top[3] + under[at] * (1 - top[3]));
    const light = ([r, g, b]) => [r, g, b].map(value => value / 255)
        .map(value => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
    const behind = element => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) layers.unshift(parse(getComputedStyle(at).backgroundColor));
        return layers.reduce((under, layer) => over(layer, under), [255, 255, 255]);
    };
    const opacity = element => {
        let seen = 1;
        for (let at = element; at; at = at.parentElement) seen *= +getComputedStyle(at).opacity;
        return seen;
    };
    const inkOf = element => getComputedStyle(element)[element.namespaceURI.endsWith('svg') ? 'fill' : 'color'];
    const own = element => [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    return [...document.querySelectorAll('[data-testid=stMain] *, [data-testid=stHeader] *')]
        .filter(element => (own(element) || element.tagName === 'text') && element.getClientRects().length
                && !element.closest(`canvas, style, .hoverlayer, .modebar, [data-testid=stIconMaterial],
                                     [data-testid=stDataFrame], [data-testid=stSliderThumbValue]`)
                && opacity(element) > 0)
        .map(element => {
            const ink = parse(inkOf(element));
            const ground = behind(element.closest('svg')?.parentElement ?? element);
            const [one, two] = [light(over([...ink.slice(0, 3), ink[3] * opacity(element)], ground)), light(ground)];
            return {text: element.textContent.trim().slice(0, 40),
                    ratio: (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05)};
        });
}"""


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_whole_and_readable(visit, address):
    seen = visit().go(address)
    seen.page.wait_for_selector(FILE if address in CHARTLESS else CHART)
    for reader in SWEPT:
        whole_and_readable(seen.turned(**READERS[reader]), address, reader)


def whole_and_readable(seen, address: str, reader: str) -> None:
    """What this reader of an open page must find; one visit serves all, as loading it anew is dear."""
    assert seen.page.locator("[data-testid=stException]").count() == 0
    assert seen.errors == []
    assert seen.strangers == []
    for chart in seen.read(CHARTS):
        assert chart["marks"] > 0
        assert chart["width"] > 0.8 * min(READERS[reader]["width"] - 60, 1280)
        assert chart["height"] > 150
    assert [found for found in seen.read(CONTRASTS) if found["ratio"] < AA] == []
    assert seen.read("document.documentElement.scrollWidth") <= READERS[reader]["width"]
    assert seen.read("document.querySelector('[data-testid=stMain]').scrollWidth") <= READERS[reader]["width"]
    labels = seen.read(LABELS)
    assert labels or address in CHARTLESS
    assert [label for label in labels if is_cut(label)] == []
    assert [pair for pair in combinations(labels, 2) if cover_each_other(*pair)] == []


def is_cut(label: dict, slack: float = 1.5) -> bool:
    return (
        label["left"] < -slack
        or label["right"] > label["width"] + slack
        or label["top"] < -slack
        or label["bottom"] > label["height"] + slack
    )


def cover_each_other(one: dict, other: dict, slack: float = 2) -> bool:
    """Whether two labels of one chart share ground, beyond the air that letters have around them."""
    return one["chart"] == other["chart"] and all(
        one[low] + slack < other[high] and other[low] + slack < one[high]
        for low, high in (("left", "right"), ("top", "bottom"))
    )


SCROLL = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    return {needed: main.scrollHeight, there: main.clientHeight};
}"""


def test_the_verdict_is_one_screen_of_a_computer_and_on_a_telephone_its_cards_stand_below_each_other(visit):
    seen = visit().open()
    assert seen.page.locator("h1").bounding_box()["y"] < 200
    assert all(card.bounding_box()["y"] < 400 for card in seen.page.locator("[data-testid=stMetric]").all())
    ledger = seen.page.locator(".js-plotly-plot").first.bounding_box()
    assert ledger["y"] < 580
    assert ledger["y"] + ledger["height"] <= 900
    for reader in ("computer by day", "computer by night"):
        height = seen.turned(**READERS[reader]).read(SCROLL)
        assert height["needed"] <= height["there"] <= 900, reader
    seen.turned(**READERS["telephone by day"])
    cards = [card.bounding_box() for card in seen.page.locator("[data-testid=stMetric]").all()]
    assert len(cards) == 4
    assert all(above["y"] + above["height"] <= below["y"] for above, below in pairwise(cards))
    assert seen.page.locator(".st-key-bar").bounding_box()["height"] < 240


def test_the_verdict_leads_to_all_claims_and_to_the_questions(visit):
    seen = visit()
    for name, title in (
        (f"All {len(verdicts.CLAIMS)} claims", "What does the article claim"),
        (f"{len(questions.QUESTIONS)} questions", "leave open"),
    ):
        seen.go()
        seen.page.get_by_test_id("stPageLink").filter(has_text=name).click()
        seen.page.get_by_role("heading", name=re.compile(title)).wait_for()
        seen.page.wait_for_selector(".js-plotly-plot .main-svg")
        assert seen.errors == []


def test_another_model_changes_the_chart_and_the_address_and_a_reload_keeps_it(visit):
    seen = visit().open("speed")
    before = seen.titles()
    choose(seen, "model", "Llama 3.1 8B")
    seen.page.wait_for_function("before => document.querySelector('h3').innerText !== before", arg=before[0])
    after = seen.settle().titles()
    assert "Llama 3.1 8B" in after[0]
    assert re.search(r"model=Llama(\+|%20)3\.1(\+|%20)8B", seen.page.url)
    seen.page.reload()
    seen.page.wait_for_selector(".js-plotly-plot .main-svg")
    assert seen.settle().titles() == after
    assert seen.errors == []


def choose(seen, name: str, value: str) -> None:
    box = seen.page.locator(f".st-key-{name} input")
    box.click()
    box.fill(value)
    box.press("Enter")


def test_the_bar_keeps_its_choice_from_page_to_page_of_the_menu(visit):
    """That the menu leads to every page is how each page above was reached."""
    seen = visit().open("speed?model=Llama%203.1%208B&baseline=Median")
    for address in ("cost", "", "evidence"):
        seen.by_menu(address)
        assert seen.page.locator(".st-key-model input").input_value() == "Llama 3.1 8B"
        assert "model=Llama" in seen.page.url
        assert "baseline=Median" in seen.page.url
    assert seen.errors == []


def test_the_rows_behind_a_chart_open_and_arrive_as_files(visit):
    seen = visit().go("speed")
    rows = seen.page.get_by_test_id("stExpander").first
    count = int(re.search(r"\(([\d,]+)\)", rows.inner_text()).group(1).replace(",", ""))
    rows.locator("summary").click()
    rows.get_by_test_id("stDataFrame").wait_for()
    frames = {}
    for label, read in (
        ("CSV", lambda content: pl.read_csv(content, infer_schema_length=None)),
        ("Excel", pl.read_excel),
        ("Parquet", pl.read_parquet),
    ):
        with seen.page.expect_download() as waiting:
            rows.get_by_role("button", name=label, exact=True).click()
        content = Path(waiting.value.path()).read_bytes()
        assert waiting.value.suggested_filename.startswith("inference-divide-speed-hosts-store-")
        frames[label] = read(BytesIO(content))
    assert {frame.height for frame in frames.values()} == {count}
    assert frames["CSV"].columns == frames["Excel"].columns == frames["Parquet"].columns
    assert (
        frames["Parquet"]["output_tokens_per_second"].to_list() == frames["CSV"]["output_tokens_per_second"].to_list()
    )


def test_a_card_opens_its_rows(visit):
    seen = visit().go()
    seen.page.get_by_test_id("stPopoverButton").first.click()
    body = seen.page.get_by_test_id("stPopoverBody")
    body.get_by_test_id("stDataFrame").wait_for()
    assert body.get_by_role("link").count() >= 1
    assert seen.errors == []
