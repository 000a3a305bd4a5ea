-- One row per scope of loans, dimension and bucket or code that has loans: how many, and their balance.
-- One pass over the loans divides them by every dimension; `bucket_number` 0 and the code `unknown` are
-- of unknown values.
with cut as (
    select {{ cuts_of(bucketed_dimensions()) }}
    from {{ source('deal', 'bucket') }} as bucket
    where bucket.bucket_order is not null
),

divided as (
    select
        scope_loan.scope_code,
        {% for dimension in bucketed_dimensions() -%}
        {{ bucket_number('scope_loan.' ~ dimension, 'cut.' ~ dimension) }} as {{ dimension }},
        {% endfor -%}
        {% for dimension in coded_dimensions() -%}
        {{ known_code('scope_loan.' ~ dimension) }} as {{ dimension }},
        {% endfor -%}
        scope_loan.outstanding_balance as balance
    from {{ ref('scope_loan') }} as scope_loan
    cross join cut
)

select
    divided.scope_code,
    case
        {%- for dimension in bucketed_dimensions() + coded_dimensions() %}
        when grouping(divided.{{ dimension }}) = 0 then '{{ dimension }}'
        {%- endfor %}
    end as dimension_code,
    coalesce({{ columns_of('divided', bucketed_dimensions()) }}) as bucket_number,
    coalesce({{ columns_of('divided', coded_dimensions()) }}) as value_code,
    count(*) as loan_count,
    {{ money('sum(divided.balance)') }} as outstanding_balance
from divided
group by grouping sets (
    {%- for dimension in bucketed_dimensions() + coded_dimensions() %}
    (divided.scope_code, divided.{{ dimension }}){% if not loop.last %},{% endif %}
    {%- endfor %}
)
