"""A claim that is declared by halves says what it lacks."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from metrics.claims import claim, verdicts
from metrics.claims.claim import Period, Record

FIGURES = pl.DataFrame({"value": [8.5], "subject": ["Cerebras"], "measured_on": [date(2026, 5, 8)]})


def declared(claim_id: str, **changed):
    found = next(one for one in verdicts.CLAIMS if one.claim_id == claim_id)
    return replace(found, figures=lambda record: FIGURES, **changed)


def test_a_scored_claim_without_a_claimed_value_says_what_it_lacks():
    with pytest.raises(ValueError, match="C05 is scored: give it the claimed value `threshold`"):
        claim.judged(declared("C05", threshold=None), Record({}, Period()))


def test_a_routed_claim_without_a_sentence_says_what_it_lacks():
    with pytest.raises(ValueError, match="C14 is not scored: give it the sentence `so_far`"):
        claim.judged(declared("C14", so_far=None), Record({}, Period()))
