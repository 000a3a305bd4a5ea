-- One row per scope, dimension and bucket or code that has loans, and their total: how many borrowers they
-- are of, of the pool after the purchase and of the last report's (`previous`), and of the initial pool,
-- which each later month keeps as it was. None of a deal that states groups of any size.
select
    part.scope_code,
    part.dimension_code,
    part.bucket_code,
    part.borrower_count
from {{ ref('distribution_line') }} as part
where part.borrower_count is not null
union all
select
    feature.scope_code,
    code.dimension_code,
    'total' as bucket_code,
    feature.feature_value::bigint as borrower_count
from {{ ref('pool_feature') }} as feature
cross join unnest({{ code_list(bucketed_dimensions() + coded_dimensions()) }}) as code (dimension_code)
cross join {{ source('deal', 'term') }} as term
cross join {{ source('deal', 'period') }} as period
where
    term.suppress_below_count is not null
    and feature.feature_code = 'borrower_count'
    and feature.feature_value is not null
    and (feature.scope_code != 'initial' or period.is_first)
union all
select
    case earlier.scope_code when 'pool' then 'previous' else 'initial' end as scope_code,
    earlier.dimension_code,
    earlier.bucket_code,
    earlier.borrower_count
from {{ source('closed', 'group_borrower') }} as earlier
cross join {{ source('deal', 'term') }} as term
where earlier.scope_code in ('pool', 'initial') and term.suppress_below_count is not null
