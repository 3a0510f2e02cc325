import polars as pl

from metrics import difference

BEFORE = pl.DataFrame(
    {
        "provider": ["Cerebras", "Groq", None],
        "speed": [1856.0, 476.0, 218.0],
        "note": [None, "median", None],
    }
)


def test_a_table_beside_itself_differs_in_nothing():
    assert difference.between("provider_speed", BEFORE, BEFORE.reverse(), ["provider"]).is_empty


def test_added_and_removed_rows_are_told_by_their_key():
    after = pl.DataFrame({"provider": ["Cerebras", "SambaNova", None], "speed": [1856.0, 690.0, 218.0]})
    found = difference.between("provider_speed", BEFORE.drop("note"), after, ["provider"])
    assert found.added["provider"].to_list() == ["SambaNova"]
    assert found.removed["provider"].to_list() == ["Groq"]
    assert found.changed.is_empty()


def test_the_largest_move_stands_first_whether_up_or_down():
    after = BEFORE.with_columns(speed=pl.Series([1856.0, 119.0, 436.0]))
    found = difference.between("provider_speed", BEFORE, after, ["provider"]).changed
    assert found["ratio"].to_list() == [0.25, 2.0]
    assert found["provider"].to_list() == ["Groq", None]


def test_a_value_that_appears_has_no_ratio():
    after = BEFORE.with_columns(note=pl.Series(["median", "median", None]))
    found = difference.between("provider_speed", BEFORE, after, ["provider"]).changed
    assert found.select("column", "before", "after", "ratio").rows() == [("note", None, "median", None)]


def test_rows_that_share_a_key_are_compared_in_their_order():
    twice = pl.DataFrame({"provider": ["Groq", "Groq"], "speed": [476.0, 690.0]})
    once = pl.DataFrame({"provider": ["Groq"], "speed": [476.0]})
    found = difference.between("provider_speed", twice, once, ["provider"])
    assert found.removed["speed"].to_list() == [690.0]
    assert found.changed.is_empty()


def test_a_new_column_is_named_and_not_compared():
    after = BEFORE.with_columns(precision=pl.lit("FP8")).drop("note")
    found = difference.between("provider_speed", BEFORE, after, ["provider"])
    assert (found.new_columns, found.lost_columns) == (("precision",), ("note",))
    assert found.changed.is_empty()
