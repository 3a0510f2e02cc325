"""What MLCommons asks of those who show its results; shared by the readers of its two suites."""

PUBLISHER = "MLCommons"
LICENCE = "Apache-2.0 (repository); MLCommons results terms of use"

# The trademark legend, in the words that MLCommons' guidelines require beside its results.
CREDIT = (
    "The MLPerf name and logo are registered and unregistered trademarks of MLCommons Association "
    "in the United States and other countries. All rights reserved. Unauthorized use strictly prohibited. "
    "See www.mlcommons.org for more information."
)
