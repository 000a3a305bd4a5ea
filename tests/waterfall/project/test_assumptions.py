from decimal import Decimal

import pytest

from waterfall.money import ONE
from waterfall.project.assumptions import AssumptionError, Assumptions, parse_assumptions
from waterfall.project.rates import lay_out, period_share, rates_of_month


def decimals(*texts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, texts))


def test_one_value_or_a_list_by_month_is_read():
    (scenario,) = parse_assumptions(
        {"cpr": ["0.20"], "cdr": ["0.01, 0.02,0.03"], "recovery_lag": ["5"], "roll": []}
    )

    assert scenario == Assumptions(
        cpr=decimals("0.20"), cdr=decimals("0.01", "0.02", "0.03"), recovery_lag=5
    )


def test_several_values_of_several_options_are_every_combination():
    scenarios = parse_assumptions({"cpr": ["0.1", "0.2"], "cdr": ["0", "0.01", "0.02,0.03"]})

    assert len(scenarios) == 6
    assert [one.cpr for one in scenarios] == 3 * [decimals("0.1")] + 3 * [decimals("0.2")]
    assert [one.cdr for one in scenarios[:3]] == [
        decimals("0"),
        decimals("0.01"),
        decimals("0.02", "0.03"),
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"cpr": ["abc"]}, "cpr abc: month 1 is 'abc'; expected a number"),
        ({"cdr": ["0.01,,0.02"]}, "cdr 0.01,,0.02: month 2 is ''; expected a number"),
        ({"cdr": ["0.01,1.01"]}, "cdr of month 2 is 1.01; expected a fraction from 0 to 1"),
        ({"cpr": ["20"]}, "cpr of month 1 is 20; expected a fraction from 0 to 1"),
        ({"cpr": ["-0.1"]}, "cpr of month 1 is -0.1; expected a fraction"),
        ({"roll": ["nan"]}, "roll of month 1 is NaN; expected a fraction"),
        ({"recovery": ["0.1234567890123"]}, "recovery of month 1 is 0.1234567890123; expected"),
        ({"recovery_lag": ["-1"]}, "recovery-lag is '-1'; expected a whole number of months"),
        ({"recovery_lag": ["121"]}, "recovery-lag is 121; expected 0 to 120"),
        ({"delinquency_months": ["0"]}, "delinquency-months is 0; expected 1 to 120"),
        ({"price": ["0"]}, "price is 0; expected 0.01 to 2"),
        ({"price": ["0.009"]}, "price is 0.009; expected 0.01 to 2"),
        ({"price": ["2.01"]}, "price is 2.01; expected 0.01 to 2"),
        ({"prepayment": ["0.1"]}, "assumption 'prepayment' is unknown; expected one of cpr, cdr"),
    ],
)
def test_a_bad_assumption_is_refused_in_one_line_with_its_place(words, message):
    with pytest.raises(AssumptionError) as caught:
        parse_assumptions(words)

    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_the_bounds_of_assumptions_are_accepted():
    least = {"cpr": ["0"], "recovery_lag": ["0"], "delinquency_months": ["1"], "price": ["0.01"]}
    most = {"cpr": ["1"], "recovery_lag": ["120"], "delinquency_months": ["120"], "price": ["2"]}

    assert parse_assumptions(least) == (
        Assumptions(cpr=decimals("0"), recovery_lag=0, delinquency_months=1, price=Decimal("0.01")),
    )
    assert parse_assumptions(most) == (
        Assumptions(
            cpr=decimals("1"), recovery_lag=120, delinquency_months=120, price=Decimal("2")
        ),
    )


@pytest.mark.parametrize(("days", "share"), [(28, "0.001548596411"), (31, "0.001714375152")])
def test_a_yearly_rate_becomes_a_share_of_the_month_by_its_actual_days(days, share):
    # 1 - e^(days / 365 x ln 0.98): 0.0015485964109…, 0.0017143751521…
    assert period_share(Decimal("0.02"), days) == int(Decimal(share) * ONE)


def test_a_yearly_rate_of_nothing_or_of_all_is_so_in_every_month():
    assert period_share(Decimal(0), 28) == 0
    assert period_share(Decimal(1), 28) == ONE


def test_twelve_months_of_a_rate_compound_to_the_yearly_rate():
    survival = Decimal(1)
    for days in (31, 31, 30, 31, 30, 31, 31, 28, 31, 30, 31, 30):
        survival *= 1 - Decimal(period_share(Decimal("0.2"), days)) / ONE

    assert abs(survival - Decimal("0.8")) < Decimal("0.00000000001")


def test_the_last_value_of_a_list_goes_on():
    scenarios = parse_assumptions({"delinquency": ["0.01,0.02", "0.05"]})
    grid = lay_out(scenarios)

    months = [rates_of_month(grid, month, 30).delinquency.tolist() for month in (1, 2, 3, 99)]

    percent = ONE // 100
    assert months == [[percent, 5 * percent]] + 3 * [[2 * percent, 5 * percent]]


def test_a_grid_of_no_scenarios_is_refused():
    with pytest.raises(AssumptionError, match="there is no scenario"):
        lay_out([])
