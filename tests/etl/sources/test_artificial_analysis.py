from datetime import date

import polars as pl
from polars.testing import assert_frame_equal

from etl import faults
from etl.sources import artificial_analysis as aa
from tests.payloads import past, payload

BOARD = f"{aa.BOARDS}/2026-07-10/llms.json"

GPT_OSS = {
    "name": "gpt-oss-20b (high)",
    "slug": "gpt-oss-20b",
    "pricing": {
        "price_1m_blended_3_to_1": 0.095,
        "price_1m_input_tokens": 0.06,
        "price_1m_output_tokens": 0.2,
    },
    "median_output_tokens_per_second": 242.199,
    "median_time_to_first_token_seconds": 0.413,
    "median_time_to_first_answer_token": 8.67,
}
UNMEASURED = {
    "name": "Grok 2",
    "pricing": {"price_1m_blended_3_to_1": 0, "price_1m_input_tokens": 0, "price_1m_output_tokens": 0},
    "median_output_tokens_per_second": 0,
    "median_time_to_first_token_seconds": 0,
    "median_time_to_first_answer_token": 0,
}
GLM = {
    "name": "GLM-4.5V (Non-reasoning)",
    "pricing": {"price_1m_blended_3_to_1": None, "price_1m_input_tokens": 0.6, "price_1m_output_tokens": 1.8},
    "speed": {
        "output_tokens_per_second": 85.4478511581569,
        "time_to_first_token_seconds": 13.9056639514999,
        "time_to_first_answer_token_seconds": 13.9056639514999,
        "percentile_05_output_tokens_per_second": 20.0708976470976,
        "quartile_25_output_tokens_per_second": 68.0772240101876,
        "quartile_75_output_tokens_per_second": 103.477612174394,
        "percentile_95_output_tokens_per_second": 118.070321980885,
        "quartile_75_time_to_first_token_seconds": 20.4951365735,
    },
}
NULLS = {
    "name": "Llama 2 Chat 7B",
    "pricing": {"price_1m_input_tokens": 0, "price_1m_output_tokens": None},
    "speed": {"output_tokens_per_second": None, "time_to_first_token_seconds": None},
}


def response(*models, length=1000):
    return {
        "status": 200,
        "prompt_options": {"parallel_queries": 1, "prompt_length": length},
        "data": list(models),
    }


def read_api(folder, content, as_of=date(2026, 7, 23)):
    return aa.API_SOURCE.read([payload(folder, aa.API, content, as_of)])


def test_the_api_gives_medians_over_all_hosts_and_zeros_are_not_measured(tmp_path):
    reading = read_api(tmp_path, response(GPT_OSS, UNMEASURED))
    assert_frame_equal(
        reading.frames["provider_speed"].select(
            "capture",
            "provider_as_published",
            "model_as_published",
            "output_tokens_per_second",
            "ttft_seconds",
            "first_answer_seconds",
            "prompt_tokens",
            "concurrency",
            "is_aggregate",
        ),
        pl.DataFrame(
            {
                "capture": ["aa-api_2026-07-23"],
                "provider_as_published": ["Median of all hosts"],
                "model_as_published": ["gpt-oss-20b (high)"],
                "output_tokens_per_second": [242.199],
                "ttft_seconds": [0.413],
                "first_answer_seconds": [8.67],
                "prompt_tokens": [1000],
                "concurrency": [1],
                "is_aggregate": [True],
            }
        ),
    )
    prices = reading.frames["token_price"]
    assert prices.select("input_usd_per_mtok", "output_usd_per_mtok", "valid_from").rows() == [
        (0.06, 0.2, date(2026, 7, 23))
    ]
    assert [(line.row, line.rows) for line in reading.set_aside] == [("Grok 2", 1)]


def test_a_prompt_length_in_words_is_unknown(tmp_path):
    speeds = read_api(tmp_path, response(GPT_OSS, length="medium")).frames["provider_speed"]
    assert speeds["prompt_tokens"].to_list() == [None]


def test_the_last_look_of_a_day_stands(tmp_path):
    held = [
        payload(tmp_path, aa.API, response({**GPT_OSS, "median_output_tokens_per_second": speed}))
        for speed in (200.0, 242.0)
    ]
    reading = aa.API_SOURCE.read(held)
    assert reading.frames["provider_speed"]["output_tokens_per_second"].to_list() == [242.0]
    assert len(reading.set_aside) == 1


def test_the_leaderboard_adds_percentiles_and_leaves_blends_alone(tmp_path):
    reading = aa.read_boards([payload(tmp_path, BOARD, {"meta": {}, "models": [GLM, NULLS]})])
    row = reading.frames["provider_speed"].row(0, named=True)
    assert (row["capture"], row["measured_on"]) == ("aa-models_2026-07-10", date(2026, 7, 10))
    assert [row[f"output_tokens_per_second_p{p}"] for p in ("05", "25", "75", "95")] == [
        20.0708976470976,
        68.0772240101876,
        103.477612174394,
        118.070321980885,
    ]
    assert (row["ttft_seconds_p75"], row["ttft_seconds_p25"]) == (20.4951365735, None)
    assert reading.frames["token_price"].select("input_usd_per_mtok", "output_usd_per_mtok").rows() == [(0.6, 1.8)]
    assert [(line.reason, line.rows) for line in reading.set_aside] == [(faults.NO_SPEED.sentence, 1)]


def test_the_pointer_leads_to_the_newest_day_and_days_once_named_stay(tmp_path):
    held = [payload(tmp_path, aa.POINTER, {"date": day, "path": f"data/{day}"}) for day in ("2026-08-01", "2026-08-02")]
    wanted = {want.url: want.as_of for want in aa.board_wants(held)}
    assert wanted[f"{aa.BOARDS}/2026-08-01/llms.json"] == date(2026, 8, 1)
    assert wanted[f"{aa.BOARDS}/2026-08-02/llms.json"] == date(2026, 8, 2)
    assert len(wanted) == 1 + 2


def test_a_pointer_that_names_no_day_is_refused_and_leads_nowhere(tmp_path):
    held = [payload(tmp_path, aa.POINTER, {"newest": "2026-08-01"})]
    assert len(aa.board_wants(held)) == 1
    assert aa.read_boards(held).refused[aa.POINTER] == f"{aa.POINTER}: missing date; found newest."


def test_faulty_models_stop_no_other(tmp_path):
    reading = read_api(tmp_path, response(GPT_OSS, {"slug": "x"}, None, GPT_OSS))
    assert len(reading.frames["provider_speed"]) == 1
    assert [line.reason for line in reading.set_aside] == [
        "Another value for the same thing; the one listed first is kept.",
        "It does not name what it is about: model.",
        "It does not name what it is about: model.",
    ]


def test_a_changed_layout_is_refused_with_the_missing_keys(tmp_path):
    renamed = {"name": "x", "pricing": {}, "tokens_per_second": 3}
    sentence = read_api(tmp_path, response(renamed)).refused[aa.API]
    assert sentence.startswith(f"{aa.API}, a model: missing median_output_tokens_per_second,")
    assert "missing data; found error" in read_api(tmp_path, {"error": "key"}).refused[aa.API]
    nothing = aa.read_boards([payload(tmp_path, BOARD, {"models": [NULLS]})]).refused[BOARD]
    assert nothing == f"{BOARD}: 1 models, none with a speed. Are they renamed?"


PAGED = {
    "name": "gpt-oss-120b",
    "performance": {
        "median_output_tokens_per_second": 342.5,
        "median_time_to_first_token_seconds": 0.61,
        "median_time_to_first_answer_token_seconds": 6.4,
    },
    "pricing": {"price_1m_input_tokens": 0.15, "price_1m_output_tokens": 0.6, "price_1m_cache_hit_tokens": 0.075},
}


def page(number, total, *models):
    pagination = {"page": number, "page_size": 1, "total_pages": total, "has_more": number < total}
    return {"tier": "free", "pagination": pagination, "data": list(models)}


def test_the_paged_form_is_read_page_by_page_with_the_speeds_inside_performance(tmp_path):
    first = payload(tmp_path, aa.PAGED_API, page(1, 2, PAGED))
    second = f"{aa.PAGED_API}?page=2"
    assert [want.url for want in aa.api_wants([first])] == [aa.API, aa.PAGED_API, second]
    held = [first, payload(tmp_path, second, page(2, 2, PAGED | {"name": "gpt-oss-20b"}))]
    reading = aa.API_SOURCE.read(held)
    assert reading.frames["provider_speed"].select(
        "model_as_published", "output_tokens_per_second", "ttft_seconds", "first_answer_seconds"
    ).rows() == [("gpt-oss-120b", 342.5, 0.61, 6.4), ("gpt-oss-20b", 342.5, 0.61, 6.4)]
    assert reading.frames["token_price"]["cached_input_usd_per_mtok"].to_list() == [0.075, 0.075]


def test_of_a_day_on_which_both_forms_answered_the_pages_are_read(tmp_path):
    held = [payload(tmp_path, aa.API, response(GPT_OSS)), payload(tmp_path, aa.PAGED_API, page(1, 1, PAGED))]
    assert set(aa.API_SOURCE.read(held).frames["provider_speed"]["source_url"]) == {aa.PAGED_API}


def test_the_api_asks_with_its_key_and_the_older_responses_without():
    assert [want.key for want in aa.api_wants([])] == [aa.KEY, aa.KEY]
    assert [(want.key, want.is_final, want.as_of) for want in past(aa.API_SOURCE)] == [
        (None, True, date(2026, 7, 13)),
        (None, True, date(2026, 7, 23)),
    ]
