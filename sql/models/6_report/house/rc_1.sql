-- One row per account and figure of it: servicer, custodian and trustee beside each other (RC-1). Of what
-- came in the servicer's part is compared together with what came from elsewhere. What nobody states is
-- unknown, and neither agrees nor differs.
with line as (
    select
        held.line_number as account_number,
        figure.figure_number,
        held.account_code,
        held.account_name_zh,
        held.account_name_en,
        figure.figure_code,
        case when figure.figure_code = 'inflow' then came.servicer_amount end as servicer_amount,
        case when figure.figure_code = 'inflow' then came.other_amount end as other_amount,
        figure.trustee_amount,
        figure.custodian_amount
    from {{ ref('tr_9') }} as held
    inner join {{ ref('account_source') }} as came on held.account_code = came.account_code
    inner join {{ ref('custodian_statement') }} as stated on held.account_code = stated.account_code
    cross join
        lateral (
            values
            (1, 'opening', held.opening_balance, stated.opening_balance),
            (2, 'inflow', held.inflow_amount, stated.inflow_amount),
            (3, 'outflow', held.outflow_amount, stated.outflow_amount),
            (4, 'closing', held.closing_balance, stated.closing_balance)
        ) as figure (figure_number, figure_code, trustee_amount, custodian_amount)
),

compared as (
    select
        line.*,
        line.servicer_amount + line.other_amount - line.trustee_amount as servicer_difference_amount,
        line.custodian_amount - line.trustee_amount as custodian_difference_amount
    from line
)

select
    (row_number() over (order by compared.account_number, compared.figure_number))::integer as line_number,
    compared.account_code,
    compared.account_name_zh,
    compared.account_name_en,
    compared.figure_code,
    compared.servicer_amount,
    compared.other_amount,
    compared.trustee_amount,
    compared.custodian_amount,
    compared.servicer_difference_amount::decimal(18, 2) as servicer_difference_amount,
    compared.custodian_difference_amount::decimal(18, 2) as custodian_difference_amount,
    case
        when
            coalesce(compared.servicer_difference_amount, 0) != 0
            or coalesce(compared.custodian_difference_amount, 0) != 0
            then 'differs'
        when compared.custodian_amount is null then 'unknown'
        else 'agrees'
    end as reconciliation_code
from compared
