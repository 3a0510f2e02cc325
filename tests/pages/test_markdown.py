import pytest

from pages.shared.markdown import link, linked, plain


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Cerebras writes gpt-oss-120b 8.5 times as fast", "Cerebras writes gpt-oss-120b 8.5 times as fast"),
        ("3:1 blend, 0.19–8.5x", "3:1 blend, 0.19–8.5x"),
        ("<img src=x onerror=alert(1)>", r"\<img src=x onerror=alert(1)\>"),
        ("[x](javascript:1)", r"\[x\](javascript:1)"),
        ("**a** _b_ `c` ~d~", r"\*\*a\*\* \_b\_ \`c\` \~d\~"),
        ("$0.45 against $0.26", r"\$0.45 against \$0.26"),
        (":red[x] and :smile:", r"\:red\[x\] and \:smile:"),
        ("see https://example.org", r"see https://example.org"),
        ("one\n\n# two", r"one \# two"),
        ("- a list", r"\- a list"),
        ("1. a list", r"1\. a list"),
        ("A&lt;B", r"A\&lt;B"),
        (r"C:\Program", r"C:\\Program"),
    ],
)
def test_what_markdown_would_read_is_escaped(written, shown):
    assert plain(written) == shown


def test_a_link_has_the_published_words_as_text_and_an_address_that_cannot_end_early():
    assert link("A [b]", "https://example.org/a_(b) c>d") == r"[A \[b\]](<https://example.org/a_(b)%20c%3Ed>)"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "JAVASCRIPT://x", "", "//example.org"])
def test_what_is_not_of_the_web_becomes_no_link(address):
    assert link("Azure", address) == "Azure"


def test_addresses_in_a_text_are_links_and_the_rest_is_as_it_was_written():
    assert linked("From https://github.com/mlcommons/training_results_v5.0, *as of* https://mlcommons.org/a/.") == (
        r"From [https://github.com/mlcommons/training\_results\_v5.0]"
        r"(<https://github.com/mlcommons/training_results_v5.0>), \*as of\* "
        r"[https://mlcommons.org/a/](<https://mlcommons.org/a/>)."
    )
    assert linked("javascript:alert(1) <img>") == plain("javascript:alert(1) <img>")
