"""The little that the theme cannot say: room, the contrast of small text, and narrow screens.

Text in charts takes the colour of the page's text, so that it is as readable in the dark as in the
light. On a narrow screen the shared bar stands in two columns, and charts leave out the labels
that they mark as being for wide screens (`charts.style.WIDE_ONLY`).
"""

import streamlit as st

from charts.style import WIDE_ONLY

ICON = "pages/shared/icon.svg"
NARROW = "640px"
BAR = "bar"
CARDS = "cards"
HEADS = "importer-heads"
LEDGER = "ledger"
QUESTION = "question"  # what the keys of a question's container begin with

RULES = f"""
[data-testid='stMainBlockContainer'] {{padding-top: 3.5rem; padding-bottom: 3rem;}}
[data-testid='stHeading'] h1 {{padding: 0.25rem 0 0.5rem 0;}}
[data-testid='stHeading'] h2 {{padding: 0 0 0.75rem 0; font-weight: 400;}}
[data-testid='stHeading'] h3 {{padding: 0.5rem 0 0.25rem 0;}}
[data-testid='stCaptionContainer'] {{opacity: 0.84;}}
.js-plotly-plot .cartesianlayer text, .js-plotly-plot .infolayer text {{fill: currentColor !important;}}
.st-key-{BAR} [data-testid='stButtonGroup'] > div button {{min-height: 2.5rem;}}
.st-key-{BAR} [data-testid='stMarkdown'] {{margin-bottom: 0.5rem;}}
.st-key-{CARDS} [data-testid='stVerticalBlock'] {{gap: 0;}}
[data-testid='stMainBlockContainer']:has(.st-key-{LEDGER}) {{padding-bottom: 0.25rem;}}
[data-testid='stMainBlockContainer']:has(.st-key-{LEDGER}) > [data-testid='stVerticalBlock'] {{gap: 0.5rem;}}
.st-key-{LEDGER} [data-testid='stVerticalBlock'] {{gap: 0.5rem;}}
[class*='st-key-{QUESTION}-'] {{padding: 0.5rem 1rem;}}
[class*='st-key-{QUESTION}-'] [data-testid='stVerticalBlock'] {{gap: 0.15rem;}}
[class*='st-key-{QUESTION}-'] [data-testid='stPopoverButton'] {{min-height: 1.5rem; padding: 0 0.25rem;}}
.st-key-{CARDS} [data-testid='stPopoverButton'] {{min-height: 1.5rem;}}
@media (max-width: {NARROW}) {{
  .js-plotly-plot [style*='{WIDE_ONLY}'] {{display: none;}}
  .st-key-{HEADS} {{display: none;}}
  .st-key-{BAR} {{display: grid; grid-template-columns: repeat(6, 1fr); gap: 0.5rem;}}
  .st-key-{BAR} > * {{width: auto !important; min-width: 0; max-width: 100%; grid-column: span 3;}}
  .st-key-{BAR} > .st-key-blend {{grid-column: span 2;}}
  .st-key-{BAR} > .st-key-data {{grid-column: span 4;}}
  .st-key-{BAR} > *:last-child {{grid-column: 1 / -1;}}
}}
"""


def tighten() -> None:
    """Applies the rules to the page."""
    st.html(f"<style>{RULES}</style>")
