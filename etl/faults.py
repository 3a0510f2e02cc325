"""The vocabulary of faults: why a published row is not used, or a cell is refused, each said in one sentence.

Readers of publishers, the checks of every table and the corrections say what is wrong with a row by one of
these. The same fault has the same sentence wherever it is found.
"""

from dataclasses import dataclass, replace

# No list price of a text model has stood outside these; the catalogues that say so slipped units.
LOWEST_USD_PER_MTOK = 0.005
HIGHEST_USD_PER_MTOK = 1000


@dataclass(frozen=True)
class Fault:
    """One thing that can be wrong.

    `sentence` may hold places in braces, which `of` fills. `stands_alone`: somebody should look at each row
    that has it, so each gets a line of its own; rows with another fault are counted on one line.
    """

    name: str
    sentence: str
    stands_alone: bool = False

    def of(self, **words: object) -> "Fault":
        """The same fault with the places of its sentence filled. Raises KeyError where a word is missing."""
        return replace(self, sentence=self.sentence.format(**words))


# What any row can lack

NOT_NAMED = Fault("not_named", "It does not name what it is about: {missing}.", stands_alone=True)
NOT_AN_ENTRY = Fault("not_an_entry", "An entry that is not laid out as the others are.")
NO_DAY = Fault("no_day", "It has no day that can be read.", stands_alone=True)
DAY_TO_COME = Fault("day_to_come", "It is announced for a day after this copy.")
NOT_A_NUMBER = Fault("not_a_number", "Its {field} is not a number.", stands_alone=True)
NOT_ABOVE_ZERO = Fault("not_above_zero", "Its {field} is not a number above 0.", stands_alone=True)
NO_FIGURE = Fault("no_figure", "No figure stands beside the name.", stands_alone=True)
NOT_KNOWN = Fault("not_known", "Its {field} is not known here: {value}.", stands_alone=True)
PRICE_WITHOUT_DAY = Fault("price_without_day", "Its price has no day that can be read; its speed is used.")
NO_CITATION = Fault("no_citation", "Its address or its publisher is missing.", stands_alone=True)
NOT_SEEN = Fault("not_seen", "Nobody was seen to publish it.", stands_alone=True)
NOT_FETCHED = Fault("not_fetched", "A published file of it could not be fetched.", stands_alone=True)

DROPPED = Fault("dropped", "Dropped by the correction {correction}: {reason}.")

# What says the same as another row

REPEATED = Fault("repeated", "It repeats a row that is kept.")
READ_ELSEWHERE = Fault("read_elsewhere", "The same figures are read from another address.")
LATER_LOOK = Fault("later_look", "A later look of the same day is used.")
EARLIER_LOOK = Fault("earlier_look", "An earlier look of the same day is used.")
OLDER_COPY = Fault("older_copy", "An older copy; the newest file stands for all rows.")
RIVAL = Fault("rival", "Another value for the same thing; {kept} is kept.")
POSSIBLE_DUPLICATE = Fault("possible_duplicate", "The publisher marks it as a possible duplicate.")
ANONYMISED = Fault("anonymised", "An anonymised system: many share the name and cannot be told apart.")

# Token prices

CHANGING_MODEL = Fault("changing_model", "A name that stands for one model today and for another tomorrow.")
NOT_BY_TOKENS = Fault("not_by_tokens", "Charged by the hour, the page, the picture or another unit, not by tokens.")
FINE_TUNED = Fault("fine_tuned", "For a model that the customer tuned, or for tuning it.")
METER_NOT_UNDERSTOOD = Fault("meter_not_understood", "Its name does not say one model and one direction.")
ANOTHER_NAME = Fault("another_name", "Only another name of an entry that is read.")
AFTER_ITS_END = Fault("after_its_end", "The catalogue lists it only after the offer had ended.")
NOT_PRICED = Fault("not_priced", "No price per token is published.")
HALF_PRICED = Fault("half_priced", "Only one of the two token prices is published.")
PRICES_OF_ZERO = Fault(
    "prices_of_zero", "Both prices are 0: free or not priced, which the catalogue does not tell apart."
)
PRICE_OF_ZERO = Fault("price_of_zero", "One of the two prices is 0: not a model that is paid for by tokens in and out.")
NEGATIVE_PRICE = Fault("negative_price", "A price is negative: it varies with the model that a router picks.")
PRICE_TOO_HIGH = Fault(
    "price_too_high",
    f"A price above {HIGHEST_USD_PER_MTOK:,} USD per 1M tokens is not believed; the unit slipped.",
    stands_alone=True,
)
PRICE_TOO_LOW = Fault(
    "price_too_low",
    f"A price below {LOWEST_USD_PER_MTOK} USD per 1M tokens is not believed; the unit slipped.",
    stands_alone=True,
)
BLENDED = Fault("blended", "A blend of input and output price; blends are not stored.")
OTHER_CURRENCY = Fault("other_currency", "The price is not in USD.")
CONDITION_NOT_KNOWN = Fault("condition_not_known", "A price under a condition that this reader does not know.")
NOT_TEXT = Fault("not_text", "Not a text model: images, speech, embeddings, search and the like.")
PRICE_CLASS = Fault("price_class", "A price class of model sizes, not a model.")

# Speeds

NO_SPEED = Fault("no_speed", "Neither output speed nor time to first token is published.")
CLAMPED = Fault(
    "clamped",
    "The speed is published as 999, the clamp for replies that come in one piece; it is no speed.",
    stands_alone=True,
)
NOT_ANSWERED = Fault("not_answered", "No request was answered.", stands_alone=True)
SUMMARY_DIFFERS = Fault(
    "summary_differs", "The summary's mean speed is more than 1% from its requests' mean.", stands_alone=True
)
SPEED_CONTRADICTED = Fault(
    "speed_contradicted",
    "The summary's speed contradicts its own tokens and time; only the wait is used.",
    stands_alone=True,
)

# Machines and their rents

NO_ACCELERATOR = Fault("no_accelerator", "A machine without an accelerator.")
FRACTION = Fault("fraction", "A fraction of an accelerator, not comparable with a whole one.")
UNKNOWN_SLICE = Fault("unknown_slice", "A slice of a TPU generation for which we do not know what the size counts.")
BROKEN_SLICE = Fault("broken_slice", "A slice that is not a whole number of chips.", stands_alone=True)
SPOKEN_FOR = Fault("spoken_for", "It repeats the price of another zone, region or slice size, which stands for it.")
UNKNOWN_TERM = Fault("unknown_term", "A reservation whose term is not known here: its price is for the whole of it.")
DEV_TEST = Fault("dev_test", "A price for developing and testing only.")
SPOT = Fault("spot", "Spot or low priority.")
WINDOWS = Fault("windows", "Windows: the price includes the operating system's licence.")
NOT_A_MACHINE = Fault("not_a_machine", "Not a virtual machine by the hour.")
OFFERS_DIFFER = Fault(
    "offers_differ", "The record beside the offers counts {said} of them; {found} are there.", stands_alone=True
)
NO_RENT = Fault("no_rent", "A day without a price.")
MACHINE_OR_ACCELERATOR = Fault(
    "machine_or_accelerator",
    "Whether its price is of the machine or of one accelerator cannot be told from later prices of the offer.",
)
COPIED = Fault(
    "copied",
    "The same value stands in another column that day, and in its own column nowhere near it: it was copied.",
)
UNKNOWN_SIZE = Fault("unknown_size", "A machine size whose accelerators we have not looked up.")

# Benchmarks

EDGE = Fault("edge", "Edge suite: the dashboard compares datacenter systems.")
INFERRED = Fault("inferred", "Inferred: it repeats another scenario or accuracy level of the same submission.")
RUN_FAILED = Fault("run_failed", "A run that failed.")
OTHER_WORKLOAD = Fault("other_workload", "Another workload than fixed prompt and reply lengths.")
NOTHING_MEASURED = Fault(
    "nothing_measured", "Neither throughput nor interactivity is a number above 0.", stands_alone=True
)

NO_ENERGY = Fault("no_energy", "Its energy or its limit of requests is not a number above 0.", stands_alone=True)
ENERGY_CONTRADICTED = Fault(
    "energy_contradicted",
    "Power / throughput is more than 1% from the energy of a token: they are not of one deployment.",
    stands_alone=True,
)
ENERGY_UNVERSIONED = Fault(
    "energy_unversioned",
    "Its energy is not valid, or of a version that may mean one role or the whole deployment; its speed is used.",
)

NOT_RUN = Fault("not_run", "No figure stands there: not run yet, or the service that the others are held against.")

# Companies and shares

NOT_A_PERIOD = Fault("not_a_period", "Its start, end, day of filing or value is missing.", stands_alone=True)
ODD_LENGTH = Fault("odd_length", "A period that is not 3, 6, 9 or 12 months.", stands_alone=True)
TRAILING = Fault("trailing", "Twelve months that are not a fiscal year.")
NEGATIVE_QUARTER = Fault(
    "negative_quarter", "A quarter that comes out below 0 from the year-to-date values.", stands_alone=True
)
NOT_A_SHARE = Fault("not_a_share", "Not a share of inference or training in the whole.", stands_alone=True)

# What no cell of a table may be, whoever it comes from

EMPTY = Fault("empty", "`{column}` is empty; it is required.")
NOT_FINITE = Fault("not_finite", "`{column}` is not a finite number.")
ZERO = Fault("zero", "`{column}` is 0; leave it empty where it was not measured.")
BEYOND = Fault("beyond", "`{column}` is {side} {limit}.")
NOT_A_CHOICE = Fault("not_a_choice", "`{column}` must be one of: {choices}.")
SAME_KEY = Fault("same_key", "Row {row} already has the same {key}; one row may stand for them.")
