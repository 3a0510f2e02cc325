"""Every question in its order: the article's own fifteen, then ours."""

from metrics.claims.article_questions import ARTICLE_QUESTIONS
from metrics.claims.more_questions import MORE_QUESTIONS
from metrics.claims.question import Question, numbered

QUESTIONS: tuple[Question, ...] = numbered([*ARTICLE_QUESTIONS, *MORE_QUESTIONS])
