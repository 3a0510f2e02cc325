from datetime import date

from metrics.findings import evidence
from tests.frames import catalogued, prices

SEPTEMBER = date(2026, 9, 28)
ROWS = (
    catalogued("Crusoe", 0.8, 0.8, finding="doubtful", neighbour="models_dev: 0.05 / 0.2", last_seen_on=SEPTEMBER),
    catalogued("Groq", 0.15, 0.6, finding="agrees", neighbour="models_dev: 0.15 / 0.6"),
    catalogued("Azure", 0.25, 1.0, source="azure_token_meters", finding="seller's own"),
)


def test_list_prices_are_counted_by_what_their_neighbours_say():
    assert evidence.believed(prices(*ROWS)) == (
        "Of 3 list prices, 1 are the seller's own, 1 agree with a second source and 1 are more than three times from "
        "every other source."
    )
    assert evidence.believed(prices()) == "No list price is held."


def test_what_is_in_doubt_is_listed_with_its_nearest_neighbour():
    found = evidence.doubted(prices(*ROWS))
    assert found.select("provider", "finding", "neighbour").rows() == [("Crusoe", "doubtful", "models_dev: 0.05 / 0.2")]
