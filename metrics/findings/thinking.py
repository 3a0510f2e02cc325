"""What is said of a model's thinking, so that a reader knows which answer a response time is of."""

from etl.schema import NEVER, OPTIONAL
from metrics import words
from metrics.thinking import ASSUMED, MEASURED, Thinking


def length(answer_tokens: int, thinking_tokens: int, basis: str) -> str:
    """How long a whole answer is, thinking included: "2,500 tokens (2,000 of thinking, assumed)"."""
    told = words.plural(answer_tokens, "token")
    if thinking_tokens:
        return f"{told} ({words.number(thinking_tokens)} of thinking, {basis})"
    return told if basis == NEVER else f"{told} (thinking {basis})"


def counted(usual: Thinking) -> str:
    """What is counted of a model's thinking, and by whose word."""
    tokens = words.number(usual.tokens)
    if usual.basis == NEVER:
        return f"{usual.model} does not think before it answers."
    if usual.basis == MEASURED:
        return f"{usual.model} thinks first: {tokens} tokens, as {usual.said_by} measured."
    if usual.basis == ASSUMED:
        return (
            f"{usual.model} always thinks first. How long is not published, so {tokens} tokens are assumed, as "
            "Artificial Analysis does."
        )
    why = (
        f"{usual.model} may think first, as the request decides"
        if usual.thinks == OPTIONAL
        else f"nobody is cited for whether {usual.model} thinks first, so it may"
    )
    return f"The figure is for an answer without thinking; {why}."


def chosen(usual: Thinking, tokens: float) -> str:
    """The same; where a reader chose another number of thinking tokens, what would be counted without that choice."""
    if tokens == usual.tokens:
        return counted(usual)
    without = f"{words.number(usual.tokens)} ({usual.basis})" if usual.tokens else "none"
    return f"{words.plural(round(tokens), 'token')} of thinking, as you chose; otherwise {without} would be counted."
