"""Published spellings get our names; what no list knows keeps its spelling and is counted."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl import names
from etl.schema import ACCELERATOR, EVENT, INFERENCE_RESULT, PROVIDER_SPEED, UNKNOWN_NAME

OURS = names.load(Path(__file__).parents[2] / "data/names")
LIST = "spelling,name,scope,reason\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "models.csv").write_text(
        LIST
        + "Llama-X,Llama X,,ours\nllama,Llama X,catalogue,says so\nllama,Llama Y,board,says so\nLlama X,Llama X,,ours\n"
    )
    (tmp_path / "silicon.csv").write_text(
        "provider,family,is_specialised,is_hyperscaler,source_url,publisher,published_on\n"
        "Groq,LPU,true,false,https://example.org,Groq,2024-11-15\n"
    )
    (tmp_path / "kinds.csv").write_text("provider,kind,reason\nNanoGPT,reseller,sells what others run\n")
    return tmp_path


def speeds(*models: str | None) -> pl.DataFrame:
    return PROVIDER_SPEED.conform(
        pl.DataFrame({"model_as_published": models, "provider_as_published": ["Groq"] * len(models)})
    )


@pytest.mark.parametrize(
    ("source", "spelling", "name"),
    [
        ("any", "Llama-X", "Llama X"),
        ("any", "  llama-x\t", "Llama X"),
        ("any", "llama", None),
        ("catalogue", "LLAMA", "Llama X"),
        ("board", "llama", "Llama Y"),
        ("board", "llama-x", "Llama X"),
        ("any", "llama-x-mini", None),
        ("any", "", None),
    ],
)
def test_a_spelling_means_what_its_list_says_in_its_source(folder, source, spelling, name):
    assert names.load(folder).of("model", source, spelling) == name


def test_lists_that_are_not_there_know_nothing(tmp_path):
    nothing = names.load(tmp_path)
    assert nothing.of("provider", "any", "Groq") is None
    assert names.providers(nothing, pl.Series(["Groq"])).select("provider", "family").rows() == [
        ("Groq", "undisclosed")
    ]


def test_unknown_spellings_stand_for_themselves(folder):
    named = names.add_ours(speeds("LLAMA-X", " Mystery 7B ", None), PROVIDER_SPEED, names.load(folder), "any")
    assert named["model"].to_list() == ["Llama X", "Mystery 7B", None]
    assert named["model_as_published"].to_list() == ["LLAMA-X", " Mystery 7B ", None]
    assert named["provider"].to_list() == ["Groq"] * 3


def test_unknown_spellings_are_counted(folder):
    found = names.unknown(speeds("b", "a", "b", "llama-x", None), PROVIDER_SPEED, names.load(folder), "any")
    assert found.rows() == [("any", "model", "a", 1), ("any", "model", "b", 2), ("any", "provider", "Groq", 5)]


def test_a_table_without_published_spellings_stays_as_it_is(folder):
    rows = EVENT.conform(pl.DataFrame({"headline": ["x"]}))
    assert names.add_ours(rows, EVENT, names.load(folder), "any").equals(rows)
    assert names.unknown(rows, EVENT, names.load(folder), "any").is_empty()


def test_the_frame_given_stays_as_it_came(folder):
    rows = speeds("llama-x")
    names.add_ours(rows, PROVIDER_SPEED, names.load(folder), "any")
    assert rows["model"].to_list() == [None]


def test_a_system_whose_chips_cannot_be_counted_belongs_to_no_chip():
    rows = INFERENCE_RESULT.conform(
        pl.DataFrame(
            {
                "accelerator_as_published": ["NVIDIA A10 PCIe", "NVIDIA A10 PCIe", None, "NVIDIA A10 PCIe"],
                "accelerator_count": [8, 0, 8, None],
                "submitter_as_published": ["Dell"] * 4,
            }
        )
    )
    assert names.add_ours(rows, INFERENCE_RESULT, OURS, "any")["accelerator"].to_list() == ["A10", None, None, None]
    chip = ACCELERATOR.conform(pl.DataFrame({"accelerator_as_published": ["NVIDIA A10 PCIe"]}))
    assert names.add_ours(chip, ACCELERATOR, OURS, "any")["accelerator"].to_list() == ["A10"]


@pytest.mark.parametrize("spelling", ["AMD Instinct MI355X 288GB HBM3e (x87)", "AMD Instinct MI355X 288GB HBM3e (x8)"])
def test_a_count_behind_a_chip_is_no_part_of_its_name(spelling):
    assert OURS.of("accelerator", "mlperf_inference", spelling) == "MI355X"


def test_a_mix_of_chips_is_no_unknown_chip_and_one_chip_is():
    rows = INFERENCE_RESULT.conform(
        pl.DataFrame(
            {
                "accelerator_as_published": ["MI300X (x32), MI325X (x16)", "Furiosa RNGD"],
                "accelerator_count": [None, 8],
                "submitter_as_published": ["Dell", "Dell"],
            }
        )
    )
    found = names.unknown(rows, INFERENCE_RESULT, OURS, "mlperf_inference")
    assert found.select("kind", "spelling", "rows").rows() == [("accelerator", "Furiosa RNGD", 1)]


def test_a_provider_s_silicon_is_what_a_citation_names_else_undisclosed(folder):
    table = names.providers(names.load(folder), pl.Series(["Nobody", "Nobody"]))
    assert table.select("provider", "family", "is_specialised", "is_hyperscaler", "source_url").rows() == [
        ("Groq", "LPU", True, False, "https://example.org"),
        ("Nobody", "undisclosed", False, False, None),
    ]


def test_a_provider_s_kind_is_what_the_list_says_else_nobody_knows(folder):
    table = names.providers(names.load(folder), pl.Series(["NanoGPT", "Nobody"]))
    assert table.select("provider", "kind").rows() == [("Groq", None), ("NanoGPT", "reseller"), ("Nobody", None)]


def test_what_is_unknown_is_told_by_weight_over_all_sources_with_its_sellers():
    unknown = UNKNOWN_NAME.conform(
        pl.DataFrame(
            [
                {"source": "litellm", "kind": "model", "spelling": "kyma/qwen3-coder", "rows": 2},
                {"source": "models_dev", "kind": "model", "spelling": "qwen-plus", "rows": 3},
                {"source": "genai_prices", "kind": "model", "spelling": "qwen-plus", "rows": 2},
                {"source": "models_dev", "kind": "provider", "spelling": "CrossModel", "rows": 4},
            ]
        )
    )
    offered = pl.DataFrame(
        {
            "provider_as_published": ["Alibaba", "CrossModel", "CrossModel", "kyma"],
            "model_as_published": ["qwen-plus", "qwen-plus", "qwen-plus", "kyma/qwen3-coder"],
        }
    )
    assert names.by_weight(unknown, offered).rows() == [
        ("model", "qwen-plus", 5, 2, "genai_prices, models_dev"),
        ("provider", "CrossModel", 4, None, "models_dev"),
        ("model", "kyma/qwen3-coder", 2, 1, "litellm"),
    ]


@pytest.mark.parametrize(
    ("thing", "spelling", "name"),
    [
        ("model", "someone/GPT-OSS-120B", "gpt-oss-120b"),
        ("model", "someone/deepseek-prover-v3-671b", "DeepSeek Prover V2 671B"),
        ("model", "klokker", None),
        ("provider", "Fireworks-AI ", "Fireworks"),
    ],
)
def test_the_nearest_known_name_is_a_hint_where_one_is_near(thing, spelling, name):
    assert OURS.nearest(thing, spelling) == name


@pytest.mark.parametrize("thing", names.LISTS)
@given(spelling=st.text(max_size=30))
def test_whatever_the_spelling_nothing_is_guessed(thing, spelling):
    found = OURS.of(thing, "any", spelling)
    assert found is None or ("", names.fold(spelling)) in OURS.known[thing]


def test_the_share_of_known_names_counts_rows_of_which_every_name_is_known():
    rows = [("groq", "gpt-oss-120b"), ("groq", "mystery"), ("nobody", "gpt-oss-120b"), ("nobody", "mystery")]
    frame = pl.DataFrame(rows, schema=["provider_as_published", "model_as_published"], orient="row")
    unknown = UNKNOWN_NAME.conform(
        pl.DataFrame(
            {
                "source": ["litellm"] * 2,
                "kind": ["model", "provider"],
                "spelling": ["mystery", "nobody"],
                "rows": [2, 2],
            }
        )
    )
    assert names.known_percent({"token_price": frame}, unknown) == 25.0
    assert names.known_percent({"event": pl.DataFrame({"headline": ["x"]})}, unknown) is None
