"""Numbers and dates in words: three significant digits, units, and what is not published is said."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import words

NOTHING = [None, float("nan"), float("inf")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (54.3, "54.3"),
        (0.453, "0.453"),
        (0.4531, "0.453"),
        (2023, "2,023"),
        (1855.9, "1,856"),
        (100, "100"),
        (99.97, "100"),
        (999.7, "1,000"),
        (0.9996, "1"),
        (12, "12"),
        (1.5, "1.5"),
        (0.0375, "0.0375"),
        (0.000001, "0.000001"),
        (0, "0"),
        (-8.123, "-8.12"),
        (1_234_567, "1,234,567"),
    ],
)
def test_numbers_have_three_significant_digits_and_thousands(value, text):
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8.5016, "8.5x"),
        (37.256, "37.3x"),
        (13.843, "13.8x"),
        (1, "1x"),
        (9.96, "10x"),
        (0.2649, "0.26x"),
        (75, "75x"),
        (1234, "1,230x"),
        (0, "0x"),
    ],
)
def test_ratios_have_two_digits_below_ten_and_three_above(value, text):
    assert words.times(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1855.9, "tokens/s", "1,856 tokens/s"),
        (0.45, "USD per 1M tokens", "$0.45 per 1M tokens"),
        (0.74, "s", "0.74 s"),
        (55, "%", "55 %"),
        (8.5, "×", "8.5x"),
    ],
)
def test_quantities_have_their_unit(value, unit, text):
    assert words.quantity(value, unit) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.45, "$0.45"),
        (0.1, "$0.10"),
        (1.5, "$1.50"),
        (12, "$12"),
        (12.34, "$12.3"),
        (0.0375, "$0.0375"),
        (9.5, "$9.50"),
        (10.5, "$10.5"),
        (0.05749, "$0.0575"),
        (0.999, "$0.999"),
        (99.99, "$100"),
        (1234, "$1,230"),
        (0, "$0"),
    ],
)
def test_money_below_ten_dollars_has_cents(value, text):
    assert words.dollars(value) == text


@pytest.mark.parametrize("tell", [words.number, words.times, words.dollars, words.faster, words.priced])
@pytest.mark.parametrize("value", NOTHING)
def test_what_is_missing_is_not_published(tell, value):
    assert tell(value) == words.NOT_PUBLISHED


@pytest.mark.parametrize("unit", ["tokens/s", "×", "%", "USD per 1M tokens"])
@pytest.mark.parametrize("value", NOTHING)
def test_a_missing_quantity_has_no_unit(value, unit):
    assert words.quantity(value, unit) == words.NOT_PUBLISHED
    assert words.span(value, 2.0, unit) == words.span(1.0, value, unit) == words.NOT_PUBLISHED


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (4.1, 9.2, "×", "4.1–9.2x"),
        (969, 2023, "tokens/s", "969–2,023 tokens/s"),
        (50, 55, "%", "50–55 %"),
        (50, 55, "", "50–55"),
        (8.501, 8.502, "×", "8.5x"),
        (55, 55, "%", "55 %"),
        (55, 55, "", "55"),
    ],
)
def test_ranges_have_an_en_dash_unless_both_ends_read_alike(low, high, unit, text):
    assert words.span(low, high, unit) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8.5016, "8.5 times as fast"),
        (37.256, "37.3 times as fast"),
        (1.0, "as fast"),
        (1.045, "as fast"),
        (0.97, "as fast"),
        (1.06, "1.1 times as fast"),
        (0.5, "half as fast"),
        (0.333, "a third as fast"),
        (0.2, "a fifth as fast"),
        (0.9, "90 % as fast"),
    ],
)
def test_speed_ratios_in_words(value, text):
    assert words.faster(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.7143, "1.7 times the price"),
        (1.0, "the same price"),
        (0.1523, "15 % of the price"),
        (0.2649, "26 % of the price"),
        (0.25, "a quarter of the price"),
        (0.1, "a tenth of the price"),
        (0.05, "a twentieth of the price"),
        (0.0042, "0.42 % of the price"),
    ],
)
def test_price_ratios_in_words(value, text):
    assert words.priced(value) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [(date(2026, 5, 8), "8 May 2026"), (date(2024, 10, 13), "13 October 2024"), (None, "date not published")],
)
def test_dates_are_written_out(day, text):
    assert words.day(day) == text


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (words.plural(1, "measurement"), "1 measurement"),
        (words.plural(23, "measurement"), "23 measurements"),
        (words.plural(0, "pair"), "0 pairs"),
        (words.plural(2, "country", "countries"), "2 countries"),
        (words.plural(1234, "row"), "1,234 rows"),
    ],
)
def test_plurals(told, text):
    assert told == text


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["Azure"], "Azure"),
        (["Azure", "AWS Bedrock"], "Azure and AWS Bedrock"),
        (["Azure", "AWS Bedrock", "Google Vertex"], "Azure, AWS Bedrock and Google Vertex"),
    ],
)
def test_lists_end_with_and(names, text):
    assert words.listed(names) == text


def significant(text: str) -> str:
    """The digits of a number that carry meaning, by its own spelling."""
    digits = re.sub(r"[^\d.]", "", text)
    whole, _, rest = digits.partition(".")
    return (whole + rest).lstrip("0") if rest else whole.strip("0")


amounts = st.floats(min_value=1e-6, max_value=1e7)


@given(amounts)
def test_a_number_has_at_most_three_significant_digits_unless_it_is_whole(value):
    text = words.number(value)
    assert len(significant(text)) <= 3 or (value >= 999 and "." not in text)
    assert float(text.replace(",", "")) == pytest.approx(value, rel=0.006)


@given(amounts)
def test_ratios_and_money_have_at_most_three_significant_digits(value):
    assert len(significant(words.times(value))) <= 3
    assert len(significant(words.dollars(value))) <= 3


@given(st.floats(min_value=0.001, max_value=1000))
def test_nothing_is_once_as_fast_or_all_of_the_price(value):
    for told in (words.faster(value), words.priced(value)):
        assert not re.match(r"1 times|100 %", told)
