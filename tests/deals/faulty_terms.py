"""Changes that make a deal's file faulty, each with the problem that follows."""

from collections.abc import Callable

ProblemsOf = Callable[..., list[str]]
"""Gives the problems of a deal's file with some of its text changed."""
Edit = tuple[str, str]
CUT_OFF = (
    "initial_cut_off_date = "
    '{ value = 2017-06-30, source = "paper: the book is described at this date" }'
)
SENIOR_RATE = "annual_rate = { value = 0.053,"
REVOLVING_MONTHS = "revolving_months = { value = 9,"
PURCHASE_STEP = '    { kind = "purchase", clause = "R.9" },\n'
RESIDUAL_STEP = '    { kind = "residual", target = "equity", clause = "A.12" },\n'
SENIOR_PRINCIPAL = '    { kind = "principal", target = "senior", clause = "A.9" },\n'
MEZZANINE_PRINCIPAL = '    { kind = "principal", target = "mezzanine", clause = "A.10" },\n'
SENIOR_COUPON = '    { kind = "interest", target = "senior", clause = "R.7" },\n'
MEZZANINE_COUPON = '    { kind = "interest", target = "mezzanine", clause = "R.8" },\n'
MALFORMED: dict[str, tuple[Edit, str]] = {
    "a missing text": (('currency = "CNY"\n', ""), "currency is missing, expected an ISO 4217"),
    "an empty name": (
        ('name_zh = "中金', 'name_zh = ""  # "中金'),
        "name_zh = '', expected a text",
    ),
    "a name of which nothing is seen": (
        ('name_zh = "中金', 'name_zh = " \u200b"  # "中金'),
        "name_zh = ' \\u200b', expected a text",
    ),
    "a missing date": ((CUT_OFF, ""), "dates.initial_cut_off_date is missing, expected a date"),
    "an unknown key": (
        ("draw_seed = ", "drawseed = "),
        "purchase.drawseed is an unknown key, expected one of price, funding, draw_seed, max_amount, "
        "dates, unspent; did you mean draw_seed?",
    ),
    "a key of the other payment rule": (
        ('kind = "nth_working_day"', 'kind = "nth_working_day"\nroll = "following"'),
        "payment.roll is an unknown key",
    ),
    "a key of another step": (
        ('clause = "R.9"', 'clause = "R.9", rank = 9'),
        "priority.revolving[9].rank is an unknown key, expected one of kind, target, clause",
    ),
    "a bare number": (
        (
            'draw_seed = { value = 20170701, source = "assumed: any number that stays the same" }',
            "draw_seed = 20170701",
        ),
        "purchase.draw_seed = 20170701 stands without a source, expected { value = …, source",
    ),
    "a bare date": (
        (CUT_OFF, "initial_cut_off_date = 2017-06-30"),
        "dates.initial_cut_off_date = 2017-06-30 stands without a source",
    ),
    "a figure without a source": (
        (
            '{ value = 20170701, source = "assumed: any number that stays the same" }',
            "{ value = 20170701 }",
        ),
        "purchase.draw_seed has the keys value, expected { value = …, source",
    ),
    "an unknown kind of source": (
        ('"paper: the eighth working day"', '"somewhere: the eighth working day"'),
        "payment.n has the source 'somewhere: the eighth working day', expected a source that",
    ),
    "a source that says nothing": (
        ('"paper: the eighth working day"', '"paper: "'),
        "payment.n has the source 'paper: '",
    ),
    "an amount without decimals": (
        ("max_balance = { value = 200_000.00,", "max_balance = { value = 200_000,"),
        "eligibility.max_balance = 200000, expected an amount from 0.00",
    ),
    "an amount with one decimal": (
        ("max_balance = { value = 200_000.00,", "max_balance = { value = 200_000.0,"),
        "eligibility.max_balance = 200000.0, expected an amount from 0.00",
    ),
    "a negative amount": (
        ("min_balance = { value = 1.00,", "min_balance = { value = -1.00,"),
        "eligibility.min_balance = -1.00, expected an amount from 0.00",
    ),
    "a coupon in per cent": (
        (SENIOR_RATE, "annual_rate = { value = 5.3,"),
        "notes[1].annual_rate = 5.3, expected a fraction from 0.0 to 1.0",
    ),
    "a rate of seven decimals": (
        (SENIOR_RATE, "annual_rate = { value = 0.0530001,"),
        "notes[1].annual_rate = 0.0530001, expected a fraction from 0.0 to 1.0",
    ),
    "a coupon that is a quotient over 1": (
        (SENIOR_RATE, 'annual_rate = { value = "104/103",'),
        "notes[1].annual_rate = '104/103', expected a fraction from 0.0 to 1.0",
    ),
    "a coupon that is a quotient of more parts than six decimals have": (
        (SENIOR_RATE, 'annual_rate = { value = "1/1000001",'),
        "notes[1].annual_rate = '1/1000001', expected a fraction from 0.0 to 1.0",
    ),
    "a coupon over nothing": (
        (SENIOR_RATE, 'annual_rate = { value = "1/0.0",'),
        "notes[1].annual_rate = '1/0.0', expected a fraction from 0.0 to 1.0",
    ),
    "a quotient where nothing is paid by it": (
        ("max_unreported_share = { value = 0.005,", 'max_unreported_share = { value = "1/20",'),
        "default.max_unreported_share = '1/20', expected a fraction from 0.0 to 1.0",
    ),
    "a rate that is no number": (
        (SENIOR_RATE, "annual_rate = { value = nan,"),
        "notes[1].annual_rate = NaN, expected a fraction",
    ),
    "a count that is text": (
        (REVOLVING_MONTHS, 'revolving_months = { value = "9",'),
        "structure.revolving_months = '9', expected a whole number from 0 to 600",
    ),
    "a count that is true": (
        (REVOLVING_MONTHS, "revolving_months = { value = true,"),
        "structure.revolving_months = true, expected a whole number from 0 to 600",
    ),
    "a negative count": (
        ("\ndays_past_due = { value = 90,", "\ndays_past_due = { value = -1,"),
        "default.days_past_due = -1, expected a whole number from 0",
    ),
    "a date that is text": (
        ("{ value = 2017-06-30,", '{ value = "2017-06-30",'),
        "dates.initial_cut_off_date = '2017-06-30', expected a date such as",
    ),
    "a date with a time": (
        ("{ value = 2017-06-30,", "{ value = 2017-06-30 00:00:00,"),
        "dates.initial_cut_off_date = 2017-06-30 00:00:00, expected a date such as",
    ),
    "a flag that is text": (
        ("allows_pledged = false", 'allows_pledged = "no"'),
        "eligibility.allows_pledged = 'no', expected true or false",
    ),
    "a warranty of what may come after the purchase": (
        ('    "is_not_pledged",\n', '    "is_not_disputed",\n'),
        "expected a list of some of is_currency_allowed, is_product_allowed",
    ),
    "a warranty of no known price": (
        ('price = { value = "balance_and_interest"', 'price = { value = "par"'),
        "warranty.price = 'par', expected one of 'balance', 'balance_and_interest'",
    ),
    "a price of a repurchase without a source": (
        (
            'price = { value = "balance_and_interest", source = "assumed: outstanding principal and '
            'the interest due on it" }',
            'price = "balance"',
        ),
        "warranty.price = 'balance' stands without a source",
    ),
    "a list of terms that has one twice": (
        ("term_months = { value = [1, 3, 6, 9, 12],", "term_months = { value = [1, 3, 3],"),
        "eligibility.term_months = [1, 3, 3], expected a list of whole numbers from 1 to 600",
    ),
    "a code outside its list": (
        ('unreported_loan = "hold"', 'unreported_loan = "drop"'),
        "default.unreported_loan = 'drop', expected one of 'hold', 'write_off'",
    ),
    "a status outside its list": (
        ('status_codes = ["current"]', 'status_codes = ["fine"]'),
        "eligibility.status_codes = ['fine'], expected a list of some of current, overdue",
    ),
    "an empty list of products": (
        ('product_codes = ["transaction_instalment", "bill_instalment"]', "product_codes = []"),
        "eligibility.product_codes = [], expected a list of at least one code",
    ),
    "a code twice in a list": (
        ('covers = ["senior", "mezzanine"]', 'covers = ["senior", "senior"]'),
        "support.covers = ['senior', 'senior'], expected a list of at least one code",
    ),
    "a cron expression of four fields": (
        ('cron = "0 9 1-15 * *"', 'cron = "0 9 1-15 *"'),
        "schedule.cron = '0 9 1-15 *', expected a cron expression of 5 fields",
    ),
    "a time zone nobody knows": (
        ('"Asia/Shanghai"', '"Asia/Hangzhou"'),
        "schedule.timezone = 'Asia/Hangzhou', expected an IANA time zone",
    ),
    "a purchase of something": (
        ('kind = "purchase", clause', 'kind = "purchase", target = "senior", clause'),
        "priority.revolving[9].target = 'senior', expected no target in a purchase step",
    ),
}
CONTRADICTORY: dict[str, tuple[Edit, str]] = {
    "another deal's id": (
        ('deal_id = "huabei_2017_1"', 'deal_id = "huabei_2017_2"'),
        "deal_id = 'huabei_2017_2', expected the file's name, 'huabei_2017_1'",
    ),
    "notes that miss the issue amount by a fen": (
        ("{ value = 6_000_000_000.00,", "{ value = 6_000_000_000.01,"),
        "structure.issue_amount = 6000000000.01, expected the sum of the notes' notionals, "
        "6000000000.00",
    ),
    "a share that is not the notional's": (
        ("share = { value = 0.03,", "share = { value = 0.031,"),
        "notes[2].share = 0.031, expected notional / structure.issue_amount, 0.030000",
    ),
    "a cut-off within a month": (
        ("{ value = 2017-06-30,", "{ value = 2017-06-29,"),
        "dates.initial_cut_off_date = 2017-06-29, expected the last day of a month",
    ),
    "a closing before the cut-off": (
        ("{ value = 2017-07-12,", "{ value = 2017-06-12,"),
        "dates.closing_date = 2017-06-12, expected a day of the month after the initial cut-off",
    ),
    "a legal final date in the month of the expected maturity": (
        ("{ value = 2020-07-10,", "{ value = 2018-07-31,"),
        "dates.legal_final_date = 2018-07-31, expected a month after the expected maturity's, "
        "2018-07",
    ),
    "revolving until the expected maturity": (
        (REVOLVING_MONTHS, "revolving_months = { value = 12,"),
        "structure.revolving_months = 12, expected less than structure.expected_term_months, 12",
    ),
    "no revolving month in a deal that buys": (
        (REVOLVING_MONTHS, "revolving_months = { value = 0,"),
        "structure.revolving_months = 0, expected 1 or more with continued purchase",
    ),
    "a note's code twice": (
        ('code = "mezzanine"\ntranche', 'code = "senior"\ntranche'),
        "notes[2].code = 'senior', expected a code that none of the notes before it has",
    ),
    "a fee's code twice": (
        ('\n\n[[fees]]\ncode = "custodian"', '\n\n[[fees]]\ncode = "trustee"'),
        "fees[3].code = 'trustee', expected a code that none of the fees before it has",
    ),
    "a note out of seniority": (
        ('tranche_class = "senior"', 'tranche_class = "equity"'),
        "notes[2].tranche_class = 'mezzanine' after 'equity', expected notes in order",
    ),
    "no equity": (
        ('tranche_class = "equity"', 'tranche_class = "mezzanine"'),
        "notes has 0 of class equity, expected exactly one",
    ),
    "support of an unknown note": (
        ('covers = ["senior", "mezzanine"]', 'covers = ["senior", "junior"]'),
        "support.covers names 'junior', expected senior or mezzanine notes of this deal",
    ),
    "support of the equity": (
        ('covers = ["senior", "mezzanine"]', 'covers = ["senior", "equity"]'),
        "support.covers names 'equity', expected senior or mezzanine notes of this deal",
    ),
    "a lower limit over the upper": (
        ("min_borrower_age = { value = 18,", "min_borrower_age = { value = 61,"),
        "eligibility.min_borrower_age is over max_borrower_age, expected not more than",
    ),
    "a youngest borrower who is too old when the loan matures": (
        ("max_age_at_maturity = { value = 60,", "max_age_at_maturity = { value = 17,"),
        "eligibility.min_borrower_age is over max_age_at_maturity, expected not more than",
    ),
    "less of a borrower than of a loan": (
        (
            "max_borrower_balance = { value = 300_000.00,",
            "max_borrower_balance = { value = 0.99,",
        ),
        "eligibility.min_balance is over max_borrower_balance, expected not more than",
    ),
    "regions that are admitted and regions that are excluded": (
        (
            "region_codes = []\nexcluded_region_codes = []",
            'region_codes = ["CN-ZJ"]\nexcluded_region_codes = ["CN-XZ"]',
        ),
        "eligibility.excluded_region_codes stands beside region_codes, expected one of the two",
    ),
    "a warranty of what is allowed": (
        ("allows_pledged = false", "allows_pledged = true"),
        "warranty.criteria[6] = 'is_not_pledged' is not asked of any loan, expected a limit of it, "
        "eligibility.allows_pledged",
    ),
    "more days past due than ever allowed": (
        ("max_days_past_due = { value = 0,", "max_days_past_due = { value = 31,"),
        "eligibility.max_days_past_due = 31, expected not more than the most ever allowed, 30",
    ),
    "a step that pays an unknown fee": (
        ('target = "custodian", clause = "R.3"', 'target = "keeper", clause = "R.3"'),
        "priority.revolving[3].target = 'keeper', expected a code of the fees, vat, trustee",
    ),
    "a step that pays an unknown note": (
        (SENIOR_COUPON, SENIOR_COUPON.replace("senior", "vat")),
        "priority.revolving[7].target = 'vat', expected a code of the notes, senior",
    ),
    "a step twice": (
        (PURCHASE_STEP, SENIOR_COUPON + PURCHASE_STEP),
        "priority.revolving[9] is interest senior once more, expected each step once",
    ),
    "mezzanine principal before senior": (
        (SENIOR_PRINCIPAL + MEZZANINE_PRINCIPAL, MEZZANINE_PRINCIPAL + SENIOR_PRINCIPAL),
        "priority.allocation[10] pays principal of senior after that of mezzanine",
    ),
    "mezzanine interest before senior": (
        (SENIOR_COUPON + MEZZANINE_COUPON, MEZZANINE_COUPON + SENIOR_COUPON),
        "priority.revolving[8] pays interest of senior after that of mezzanine",
    ),
    "revolving without a purchase": (
        (PURCHASE_STEP, ""),
        "priority.revolving has 0 purchase steps, expected one purchase as the last step",
    ),
    "a step after the purchase": (
        (
            SENIOR_COUPON + MEZZANINE_COUPON + PURCHASE_STEP,
            SENIOR_COUPON + PURCHASE_STEP + MEZZANINE_COUPON,
        ),
        "priority.revolving has 1 purchase steps, at [8], expected one purchase as the last step",
    ),
    "principal while revolving": (
        (PURCHASE_STEP, SENIOR_PRINCIPAL + PURCHASE_STEP),
        "priority.revolving[9].kind = 'principal', expected no principal step in the revolving",
    ),
    "a purchase in allocation": (
        (SENIOR_PRINCIPAL, PURCHASE_STEP + SENIOR_PRINCIPAL),
        "priority.allocation[9].kind = 'purchase', expected no purchase step in the allocation",
    ),
    "allocation without a residual": (
        (RESIDUAL_STEP, ""),
        "priority.allocation has 0 residual steps, expected one residual as the last step",
    ),
    "a residual to the senior note": (
        (RESIDUAL_STEP, RESIDUAL_STEP.replace("equity", "senior")),
        "priority.allocation[12].target = 'senior', which is senior, expected the equity note",
    ),
    "a coupon that a phase forgets": (
        (MEZZANINE_COUPON, ""),
        "notes[2].code has no interest step, expected one in priority.revolving",
    ),
    "a note that is never repaid": (
        (MEZZANINE_PRINCIPAL, ""),
        "notes[2].code has no principal step, expected one in priority.allocation",
    ),
}
