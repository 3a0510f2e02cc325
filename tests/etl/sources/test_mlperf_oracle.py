"""Our training score beside that of MLCommons' own summariser, on a short excerpt of logs that needs no payload.

The events are those of tinycorp's bert in v5.0, without the evaluations before the last: the ten runs of the one
result whose logs are whole that the compliance checker rejects a run of.
"""

import pytest
from mlperf_logging.result_summarizer import result_summarizer

from etl.sources.mlperf_training import read
from tests.etl.sources.test_mlperf_training import TINYBOX_SYSTEM, Published, line, only_row

BERT = "tinycorp/results/tinybox_green/bert"
# Of each run init_start, init_stop, run_start and run_stop in milliseconds, and its accuracy at the end.
RUNS = (
    (1745542296499, 1745543895182, 1745543905464, 1745557574552, 0.720384947458903),
    (1745557594941, 1745559214897, 1745559225413, 1745572920793, 0.7201146880785624),
    (1745572942291, 1745574879961, 1745574890440, 1745588008979, 0.7200902217910403),  # took 32.3 minutes to start
    (1745588029622, 1745589719583, 1745589729896, 1745601003675, 0.7200033778236026),
    (1745601025341, 1745602641535, 1745602651782, 1745615119234, 0.7204833462124779),
    (1745615139199, 1745616751147, 1745616761345, 1745628047896, 0.7202766804468064),
    (1745628067966, 1745629666209, 1745629677049, 1745642255026, 0.7203016593342736),
    (1745642275592, 1745643905216, 1745643915672, 1745658789977, 0.7200545878637404),
    (1745658810273, 1745660394086, 1745660404397, 1745671810732, 0.7204012291772025),
    (1745671829889, 1745673412514, 1745673423084, 1745685976055, 0.7200535161154611),
)
FILED = {
    "submission_org": "tinycorp",
    "submission_platform": "tinybox_green",
    "submission_division": "closed",
    "submission_status": "onprem",
    "submission_benchmark": "bert",
    "cache_clear": True,
}
SETTINGS = {
    "seed": 6986,
    "global_batch_size": 96,
    "opt_base_learning_rate": 0.000175,
    "opt_lamb_weight_decay_rate": 0.01,
    "opt_lamb_beta_1": 0.9,
    "opt_lamb_beta_2": 0.999,
    "opt_lamb_epsilon": 1e-06,
    "opt_learning_rate_warmup_steps": 1,
    "num_warmup_steps": 1,
    "start_warmup_step": 0,
    "opt_learning_rate_training_steps": 37500,
    "gradient_accumulation_steps": 1,
    "eval_samples": 10080,
    "train_samples": 3600000,
}
SAMPLES = 3148992


def log(init_start, init_stop, run_start, run_stop, accuracy, status="success"):
    """One run: what was filed, how it started, its settings, its last evaluation and its end."""
    return "".join(
        (
            *(line(key, value, init_start) for key, value in FILED.items()),
            line("init_start", time_ms=init_start),
            line("init_stop", time_ms=init_stop),
            line("run_start", time_ms=run_start),
            *(line(key, value, run_start) for key, value in SETTINGS.items()),
            line("epoch_start", 0, run_start, epoch_num=0),
            line("eval_start", None, run_stop, epoch_num=SAMPLES),
            line("eval_stop", SAMPLES, run_stop, epoch_num=SAMPLES),
            line("eval_accuracy", accuracy, run_stop, epoch_num=SAMPLES),
            line("epoch_stop", SAMPLES, run_stop, epoch_num=SAMPLES),
            line("run_stop", time_ms=run_stop, status=status),
        )
    )


@pytest.fixture
def both(tmp_path, monkeypatch):
    """The score of the summariser and ours, of the same logs; theirs is null where it gives none."""
    folder = tmp_path / "published" / BERT
    folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)  # the checker writes its own log where it stands

    def scores(logs):
        for number, text in enumerate(logs):
            (folder / f"result_{number}.txt").write_text(text, encoding="utf-8")
        theirs, _, _ = result_summarizer._compute_strong_score_standalone(
            "bert", "tinybox_green", False, str(folder), "training", "5.0.0"
        )
        published = Published(tmp_path / "held")
        published.folder.mkdir()
        published.add(BERT, logs, TINYBOX_SYSTEM)
        return theirs, only_row(read(published.held()))["minutes"]

    return scores


def within(run, minutes):
    """The run as if it had taken so many minutes to start."""
    return (run[0], run[0] + round(60_000 * minutes), *run[2:])


def test_a_run_that_the_compliance_checker_rejects_counts_as_not_converged(both):
    theirs, ours = both([log(*run) for run in RUNS])
    assert ours == pytest.approx(theirs)
    assert ours == pytest.approx(213.60428958333333)


def test_the_same_runs_started_in_time_would_score_what_was_said_before(both):
    theirs, ours = both([log(*within(run, 27)) for run in RUNS])
    assert ours == pytest.approx(theirs)
    assert ours == pytest.approx(209.95, abs=0.005)


def test_thirty_minutes_to_the_millisecond_are_too_many(both):
    just_in_time = both([log(*within(run, 30 - 1 / 60_000)) for run in RUNS])
    assert just_in_time[1] == pytest.approx(just_in_time[0])


@pytest.mark.parametrize("late", [(2,), (2, 5)])
def test_one_late_run_is_dropped_and_two_make_a_result_invalid(both, late):
    theirs, ours = both([log(*within(run, 30 if at in late else 27)) for at, run in enumerate(RUNS)])
    assert (ours is None) == (theirs is None) == (len(late) > 1)
    assert len(late) > 1 or ours == pytest.approx(theirs)


def test_a_late_run_and_one_that_was_aborted_below_its_target_are_two_that_did_not_converge(both):
    aborted = log(*RUNS[5][:4], 0.7196645231474014, status="aborted")
    theirs, ours = both([aborted if at == 5 else log(*run) for at, run in enumerate(RUNS)])
    assert theirs is ours is None
