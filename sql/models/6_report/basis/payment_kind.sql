-- One row per kind of payment: what it goes to, and its words, with `{name}` for the name of that.
with kind as (
    select
        known.kind_code,
        known.target_kind,
        known.kind_code as item_code
    from (
        values
        ('fee', 'fee'),
        ('interest', 'note'),
        ('principal', 'note'),
        ('residual', 'note'),
        ('write_off', 'note'),
        ('deficiency', 'note'),
        ('reserve', 'account'),
        ('release', 'account'),
        ('transfer', 'account'),
        ('cover', 'account'),
        ('support_repayment', 'deal')
    ) as known (kind_code, target_kind)
    union all
    select
        'purchase' as kind_code,
        'deal' as target_kind,
        case when phase.phase_code = 'revolving' then 'purchase' else 'initial_purchase' end as item_code
    from {{ ref('phase') }} as phase
)

select
    kind.kind_code,
    kind.target_kind,
    item.item_zh,
    item.item_en
from kind
left join {{ source('words', 'item') }} as item
    on item.table_name = 'tr_8' and kind.item_code = item.item_code
