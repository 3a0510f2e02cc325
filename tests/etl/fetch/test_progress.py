import io

from etl.fetch.download import Progress
from etl.fetch.outcomes import FAILED, FETCHED, AddressOutcome, size, summarise
from etl.fetch.progress import TerminalReporter


class Terminal(io.StringIO):
    def isatty(self):
        return True


OUTCOME = summarise("models_dev", [AddressOutcome("https://models.dev/api.json", FETCHED, bytes=784_000)])


def report(stream):
    reporter = TerminalReporter(stream)
    reporter(Progress("models_dev", 0, 1, 0))
    reporter(Progress("mlperf_training_v5_0", 500, 2000, 12_300_000))
    reporter(Progress("models_dev", 1, 1, 784_000, outcome=OUTCOME))
    return stream.getvalue()


def test_a_log_gets_one_plain_line_a_source():
    assert report(io.StringIO()) == "models_dev               ok         1 fetched (784 kB).\n"


def test_a_terminal_gets_a_bar_that_the_lines_push_down():
    shown = report(Terminal())
    assert "0 of 1" in shown
    assert "\r\x1b[2Kmodels_dev               ok         1 fetched (784 kB).\n" in shown


def test_a_bar_counts_all_sources_under_way(monkeypatch):
    monkeypatch.setattr("etl.fetch.progress.REDRAW_EVERY_SECONDS", 0)
    shown = report(Terminal())
    assert "█████░░░░░░░░░░░░░░░░░░░ 500 of 2,001  12.3 MB  models_dev, mlperf_training_v5_0" in shown


def test_sizes_have_at_most_three_digits():
    sizes = [size(count) for count in (0, 999, 1000, 61_440, 999_499, 999_600, 67_000_000, 2_345_000_000)]
    assert sizes == [
        "0 bytes",
        "999 bytes",
        "1 kB",
        "61.4 kB",
        "999 kB",
        "1 MB",
        "67 MB",
        "2.35 GB",
    ]


def test_the_first_failure_is_told_in_the_sentence():
    outcome = summarise("toy", [AddressOutcome("u", FAILED, "It broke.")], is_held=True)
    assert (outcome.status, outcome.message) == ("partial", "1 failed. It broke. What was held stands.")
    assert not outcome.is_well
