-- One row per scope and statistic: of the pool after the purchase, of this month's purchase, and of the
-- initial pool, which each later month keeps as it was. Weights are the outstanding balances; null is a
-- figure that rests on a value which is not known of every loan.
with issued as (
    select {{ money('sum(note.notional_amount)') }} as amount
    from {{ source('deal', 'note') }} as note
)

select
    pool.scope_code,
    (row_number() over (partition by pool.scope_code order by statistic.line_number))::integer as line_number,
    statistic.block_code,
    statistic.feature_code,
    statistic.unit_code,
    case when statistic.is_known then statistic.amount end::decimal(24, 6) as feature_value
from {{ ref('scope_statistic') }} as pool
cross join issued
cross join
    lateral (
        values
        {%- for feature in pool_features() %}
        (
            {{ loop.index }}, '{{ feature.block }}', '{{ feature.code }}', '{{ feature.unit }}',
            {% if feature.needs %}pool.is_{{ feature.needs }}_known{% else %}true{% endif %},
            ({{ feature.value }})::decimal(24, 6)
        ){% if not loop.last %},{% endif %}
        {%- endfor %}
    ) as statistic (line_number, block_code, feature_code, unit_code, is_known, amount)
where statistic.feature_code != 'issued_amount' or pool.scope_code = 'initial'
union all by name
select initial.* exclude (deal_id, as_of_date)
from {{ source('closed', 'pool_feature') }} as initial
where initial.scope_code = 'initial'
