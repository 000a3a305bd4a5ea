"""A deal read back in words, Chinese and English: what a lawyer compares with the contract.

numbers.py      amounts, rates, dates and lists as people write them
formulas.py     caps, targets and transfers
steps.py        the priority of payments as a numbered list
cash.py         notes, fees, accounts, support
triggers.py     triggers and the clean-up call
conventions.py  the choices on which systems differ
pool.py         eligibility, purchase, limits
arrangement.py  what the report says of the continued purchase
deal.py         all of it, section by section
"""

from deals.words.deal import describe_deal
from deals.words.numbers import Language

__all__ = ["Language", "describe_deal"]
