-- One row per month to come: what the pool after the purchase is expected to pay if nothing is prepaid and
-- nothing defaults (TR-6). opening - principal due = closing. Then the total, and what the months leave out:
-- balances that stand defaulted, and such of which status or terms are not known.
{{ expected_cash_flows(ref('expected_line')) }}
