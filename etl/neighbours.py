"""Whether a figure is believed: each price beside its neighbours.

Neighbours of a price are those of the same offer (provider, model, endpoint) in other sources over the same days.
Where there is none, they are its own source's prices just before and just after. Two prices are as far apart as the
farther of input and output, as a factor.

- Within `AGREE` of any other source: a second source confirms it.
- Beyond `DOUBT` of every other source: doubtful, and slipped where a slip explains it: a factor of a thousand or a
  million, or input and output exchanged.
- Between: it differs, and is believed.
- A jump against its own source alone has moved; one that a slip explains has slipped.
- Without a neighbour it stands alone. A standard offer that no other source lists, at less than a third of what the
  cheapest of `FEWEST_SELLERS` or more other hosts asks for the model over the same days, is doubtful: three tokens of
  input to one of output.
- What the seller itself lists is believed whatever catalogues say. A catalogue that says otherwise over the same days
  is in doubt, however little it differs.

Nothing rests on a price that is doubtful or slipped until a second source agrees or a correction is written.
"""

from collections.abc import Collection

import polars as pl

from etl.schema import AGREES, ALONE, DIFFERS, DOUBTFUL, MOVED, SELLERS, SLIPPED

AGREE, DOUBT = 1.5, 3.0
SLIPS = (1_000.0, 1_000_000.0)
FEWEST_SELLERS = 3  # others, below whose cheapest a price that one source alone lists is doubted
CLOSE = 1.02  # how near to a slip explains a distance

OFFER = ("provider", "model", "endpoint")
SIDES = ("input_usd_per_mtok", "output_usd_per_mtok")


def judged(prices: pl.DataFrame, sellers: Collection[str], hosts: Collection[str]) -> pl.DataFrame:
    """Prices of catalogues with their `finding`, and the nearest neighbour in words, null where there is none.

    `sellers` are the sources in which a seller lists its own prices, `hosts` the providers that run models themselves:
    only among them is one seller's price beside another's.
    """
    numbered = prices.with_row_index("row")
    others = _nearest(numbered, _sellers_first(_beside(numbered), sellers))
    own = _nearest(numbered, _before_and_after(numbered))
    sold = _cheapest_elsewhere(numbered.filter(pl.col("provider").is_in(list(hosts))))
    found = (
        numbered.join(others, on="row", how="left", validate="1:1", maintain_order="left")
        .join(own, on="row", how="left", validate="1:1", maintain_order="left", suffix="_own")
        .join(sold, on="row", how="left", validate="1:1", maintain_order="left")
    )
    is_too_cheap = (_blended() * DOUBT < pl.col("cheapest")).fill_null(value=False)
    is_by_seller = pl.col("beside").str.split(":").list.first().is_in(list(sellers))
    by_others = (
        pl.when(pl.col("distance") <= pl.when(is_by_seller).then(CLOSE).otherwise(AGREE))
        .then(pl.lit(AGREES))
        .when(~is_by_seller & (pl.col("distance") <= DOUBT))
        .then(pl.lit(DIFFERS))
        .when("is_slip")
        .then(pl.lit(SLIPPED))
        .otherwise(pl.lit(DOUBTFUL))
    )
    by_itself = (
        pl.when(pl.col("distance_own") <= DOUBT)
        .then(pl.lit(ALONE))
        .when("is_slip_own")
        .then(pl.lit(SLIPPED))
        .otherwise(pl.lit(MOVED))
    )
    finding = (
        pl.when(pl.col("source").is_in(list(sellers)))
        .then(pl.lit(SELLERS))
        .when(pl.col("distance").is_not_null())
        .then(by_others)
        .when(is_too_cheap)
        .then(pl.lit(DOUBTFUL))
        .when(pl.col("distance_own").is_not_null())
        .then(by_itself)
        .otherwise(pl.lit(ALONE))
    )
    neighbour = pl.coalesce("beside", pl.when(is_too_cheap).then("beside_sold").otherwise("beside_own"))
    return found.with_columns(finding=finding, neighbour=neighbour).select(
        *(name for name in prices.columns if name not in ("finding", "neighbour")), "finding", "neighbour"
    )


def _beside(prices: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a price and one of the same offer that another source saw over some of the same days."""
    right = _as_neighbour(prices)
    return prices.join(right, on=list(OFFER), how="inner", nulls_equal=True).filter(
        (pl.col("source") != pl.col("source_there")) & _are_seen_together()
    )


def _are_seen_together() -> pl.Expr:
    """True where there is a day on which both prices were seen."""
    return (pl.col("valid_from") <= pl.col("last_seen_on_there")) & (
        pl.col("valid_from_there") <= pl.col("last_seen_on")
    )


def _blended() -> pl.Expr:
    """USD per 1M tokens, three of input to one of output."""
    given, written = (pl.col(side) for side in SIDES)
    return (3 * given + written) / 4


def _cheapest_elsewhere(prices: pl.DataFrame) -> pl.DataFrame:
    """Of each standard offer the cheapest that other sellers ask for the model over some of the same days, where there
    are enough of them: row, `cheapest` in USD per 1M tokens, and it in words."""
    standard = prices.filter(pl.col("endpoint").is_null() & pl.col("model").is_not_null() & (_blended() > 0))
    there = standard.select(
        "model",
        seller_there="provider",
        valid_from_there="valid_from",
        last_seen_on_there="last_seen_on",
        cheapest=_blended(),
        beside_sold=pl.format("{} asks {} / {}", "provider", *SIDES),
    )
    return (
        standard.select("row", "model", "provider", "valid_from", "last_seen_on")
        .join(there, on="model", how="inner")
        .filter((pl.col("provider") != pl.col("seller_there")) & _are_seen_together())
        .sort("row", "cheapest", "beside_sold")
        .group_by("row", maintain_order=True)
        .agg(pl.col("cheapest", "beside_sold").first(), sellers=pl.col("seller_there").n_unique())
        .filter(pl.col("sellers") >= FEWEST_SELLERS)
        .drop("sellers")
    )


def _sellers_first(pairs: pl.DataFrame, sellers: Collection[str]) -> pl.DataFrame:
    """Where the seller itself is a neighbour no other one counts."""
    is_seller = pl.col("source_there").is_in(list(sellers))
    return pairs.filter(is_seller | ~is_seller.any().over("row"))


def _before_and_after(prices: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a price and its own source's price of the same spelling just before it, or just after."""
    thing = ["source", "provider_as_published", "model_as_published", "endpoint", "precision"]
    ordered = prices.sort(*thing, "valid_from", nulls_last=True)
    columns = ("source", "valid_from", *SIDES)
    parts = []
    for step in (1, -1):
        shifted = ordered.with_columns(
            source_there=pl.col("source").shift(step).over(thing),
            **{f"{side}_there": pl.col(side).shift(step).over(thing) for side in SIDES},
        )
        parts.append(shifted.filter(pl.col("source_there").is_not_null()))
    return pl.concat(parts).select("row", *columns, "source_there", *(f"{side}_there" for side in SIDES))


def _as_neighbour(prices: pl.DataFrame) -> pl.DataFrame:
    return prices.select(
        *OFFER,
        *(pl.col(side).alias(f"{side}_there") for side in SIDES),
        source_there="source",
        valid_from_there="valid_from",
        last_seen_on_there="last_seen_on",
    )


def _nearest(prices: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Of each row with a neighbour the nearest: how far, whether a slip explains it, and which it is."""
    far = pl.max_horizontal(_factor(side, f"{side}_there") for side in SIDES)
    exchanged = pl.max_horizontal(
        _factor(one, f"{other}_there") for one, other in zip(SIDES, reversed(SIDES), strict=True)
    )
    by_unit = pl.any_horizontal(
        pl.all_horizontal((_factor(side, f"{side}_there") / slip).is_between(1 / CLOSE, CLOSE) for side in SIDES)
        for slip in SLIPS
    )
    beside = pl.format("{}: {} / {}", "source_there", *(f"{side}_there" for side in SIDES))
    return (
        pairs.with_columns(distance=far, is_slip=by_unit | (exchanged <= CLOSE), beside=beside)
        .filter(pl.col("distance").is_not_null())
        .sort("row", "distance", "beside")
        .unique("row", keep="first", maintain_order=True)
        .select("row", "distance", "is_slip", "beside")
    )


def _factor(one: str, other: str) -> pl.Expr:
    """How many times the larger is the smaller."""
    ratio = pl.col(one) / pl.col(other)
    return pl.max_horizontal(ratio, 1 / ratio)
