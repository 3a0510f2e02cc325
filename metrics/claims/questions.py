"""Every question in its order: the article's own fifteen, then ours."""

from metrics.claims.article_questions import ARTICLE_QUESTIONS
from metrics.claims.claim import Tables
from metrics.claims.more_questions import MORE_QUESTIONS
from metrics.claims.question import Answer, CannotAnswer, Question, answered, numbered

QUESTIONS: tuple[Question, ...] = numbered([*ARTICLE_QUESTIONS, *MORE_QUESTIONS])


def answers(tables: Tables) -> list[Answer | CannotAnswer]:
    """What these tables answer to each, in their order."""
    return [answered(one, tables) for one in QUESTIONS]
