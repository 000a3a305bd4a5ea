import pytest

from tests.waterfall.project.small_pool import LEVEL_YEAR, performing, repayment
from waterfall.project.assumptions import AssumptionError
from waterfall.project.groups import PoolGroup
from waterfall.project.mixes import limit_term, own_mix, parse_mix
from waterfall.schedules import build_schedule


def test_a_mix_is_read_with_its_weights():
    mix = parse_mix("0.12/12/equal_instalment:3, 0.15/1/bullet:0.5,0/6/equal_principal")

    assert mix == (
        (LEVEL_YEAR, 3_000_000),
        (repayment("0.15", 1, "bullet"), 500_000),
        (repayment("0", 6, "equal_principal"), 1_000_000),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "mix '' cannot be read; expected RATE/MONTHS/METHOD:WEIGHT"),
        ("0.12/12", "mix '0.12/12' cannot be read"),
        ("x/12/bullet", "mix 'x/12/bullet' cannot be read"),
        ("0.12/1.5/bullet", "mix '0.12/1.5/bullet' cannot be read"),
        ("0.12/1/bullet:nan", "mix '0.12/1/bullet:nan' cannot be read"),
        ("0.12/0/bullet", "mix '0.12/0/bullet': remaining months are 0"),
        ("12/1/bullet", "mix '12/1/bullet': annual rate is 12"),
        ("0.12/1/annuity", "mix '0.12/1/annuity': repayment method is 'annuity'"),
        ("0.12/1/bullet:0", "mix '0.12/1/bullet:0': weight is 0; expected above 0"),
        ("0.12/1/bullet:0.0000001", "mix '0.12/1/bullet:0.0000001': weight is 1E-7"),
    ],
)
def test_a_bad_mix_is_refused_in_one_line(text, message):
    with pytest.raises(AssumptionError) as caught:
        parse_mix(text)

    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_the_pools_own_mix_is_its_performing_loans():
    groups = [
        performing(100_00),
        PoolGroup("overdue", repayment("0.18", 6), 50_00),
        PoolGroup("defaulted", None, 70_00),
    ]

    assert own_mix(groups) == ((LEVEL_YEAR, 10000),)


def test_a_mix_keeps_the_loans_that_run_off_in_time():
    short, long = repayment("0.12", 3), repayment("0.12", 4)

    assert limit_term(((short, 1), (long, 2)), months=3) == ((short, 1),)
    assert limit_term(((short, 1), (long, 2)), months=4) == ((short, 1), (long, 2))
    assert limit_term(((short, 1), (long, 2)), months=2) == ()


def test_only_the_proportions_of_a_mix_matter():
    one = build_schedule(parse_mix("0.12/12/equal_instalment:3,0.15/1/bullet:1"))
    other = build_schedule(parse_mix("0.12/12/equal_instalment:0.75,0.15/1/bullet:0.25"))

    assert one.principal_share.tolist() == other.principal_share.tolist()
