"""What the page Cost says of rented GPUs, from the figures that ship."""

import pytest
from streamlit.testing.v1 import AppTest

from etl.folders import PROJECT


@pytest.fixture
def opened(monkeypatch, built_data):
    monkeypatch.setenv("DIVIDE_DATA", str(built_data))
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    at.query_params["model"] = "gpt-oss-120b"
    return at.run().switch_page("pages/compare/cost.py").run()


def said(at: AppTest) -> str:
    kinds = (at.subheader, at.caption, at.info)
    return "\n".join(element.value.replace("\\", "") for kind in kinds for element in kind)


def test_what_speed_costs_on_rented_gpus_says_the_rent_and_its_day(opened):
    assert not opened.exception
    told = said(opened)
    assert "At 50 tokens/s for each user a million output tokens cost $" in told
    assert "Middle on-demand rent an hour: B200 $" in told
    assert "The prompt is in the cost; a list price charges it apart." in told


def test_another_workload_is_another_cost(opened):
    before = said(opened)
    opened.selectbox(key="workload-gpt-oss-120b").select("FP4, 8,192 tokens in and 1,024 out").run()
    assert not opened.exception
    assert said(opened) != before
    assert "FP4, 8,192 tokens in and 1,024 out, machines never idle" in said(opened)


def test_the_throughput_that_stands_for_a_chip_is_of_one_workload(opened):
    assert "per accelerator (FP4, 1,024 tokens in and 1,024 out" in said(opened)
