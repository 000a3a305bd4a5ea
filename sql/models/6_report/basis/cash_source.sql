-- One row per line of TR-7 on cash, but what the last period had of it: amount, place and part of the
-- account.
with summed as (
    select
        part.*,
        other.*,
        collection.*,
        {{ money('collection.interest_paid + collection.recovery_amount + collection.fee_paid
            + coalesce(other.income_carried, 0) + coalesce(other.investment_amount, 0)') }}
            as income_total,
        {{ money('collection.principal_paid + collection.repurchase_price_amount
            + other.clean_up_amount + other.paid_in_amount + coalesce(other.principal_carried, 0)') }}
            as principal_total
    from {{ ref('collected_part') }} as part
    cross join {{ ref('other_source') }} as other
    cross join {{ ref('collection') }} as collection
)

select
    figure.line_number,
    figure.account_part_code,
    figure.line_code,
    figure.amount::decimal(18, 2) as amount
from summed
cross join
    lateral (
        values
        (1, 'income', 'interest_normal', summed.normal_interest),
        (2, 'income', 'interest_prepaid', summed.prepaid_interest),
        (3, 'income', 'interest_overdue', summed.overdue_interest),
        (4, 'income', 'interest_defaulted', summed.defaulted_interest),
        (5, 'income', 'interest_unknown', summed.unknown_interest),
        (6, 'income', 'interest_total', summed.interest_paid),
        (7, 'income', 'recovery', summed.recovery_amount),
        (8, 'income', 'fee_collected', summed.fee_paid),
        (9, 'income', 'income_carried', summed.income_carried),
        (10, 'income', 'investment_income', summed.investment_amount),
        (11, 'income', 'income_total', summed.income_total),
        (12, 'principal', 'principal_scheduled', summed.normal_principal),
        (13, 'principal', 'principal_prepaid', summed.prepaid_principal),
        (14, 'principal', 'principal_overdue', summed.overdue_principal),
        (15, 'principal', 'principal_defaulted', summed.defaulted_principal),
        (16, 'principal', 'principal_collected_total', summed.principal_paid),
        (17, 'principal', 'principal_repurchased', summed.repurchase_price_amount),
        (18, 'principal', 'clean_up', summed.clean_up_amount),
        (19, 'principal', 'paid_in', summed.paid_in_amount),
        (20, 'principal', 'principal_carried', summed.principal_carried),
        (21, 'principal', 'principal_total', summed.principal_total),
        (22, 'total', 'other_carried', summed.other_carried),
        (23, 'total', 'support', summed.support_amount),
        (
            24, 'total', 'available_total',
            summed.income_total + summed.principal_total + coalesce(summed.other_carried, 0)
            + summed.support_amount
        ),
        (25, 'total', 'collections_total', summed.collected_amount)
    ) as figure (line_number, account_part_code, line_code, amount)
