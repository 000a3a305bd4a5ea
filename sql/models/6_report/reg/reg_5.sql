-- One row per eligibility criterion that sets a limit, and how many of the loans on offer at the initial
-- cut-off met it, stated once (REG-5).
with bounded as (
    select
        criterion.*,
        string_split(criterion.limit_text, ' and ') as bounds
    from {{ ref('criterion') }} as criterion
    where criterion.is_tested
)

select
    bounded.line_number,
    bounded.words_zh as criterion_zh,
    bounded.words_en as criterion_en,
    bounded.operator_code,
    case
        when bounded.value_name != 'annual_rate' then array_to_string(bounded.bounds, ' – ')
        when bounded.operator_code = 'between'
            then
                {{ percent_text('bounded.bounds[1]') }} || ' – '
                || {{ percent_text('bounded.bounds[-1]') }}
        else {{ percent_text('bounded.bounds[1]') }}
    end as limit_text,
    result.offered_count,
    result.passed_count,
    result.failed_count,
    result.undecidable_count
from bounded
inner join {{ ref('criterion_result') }} as result
    on bounded.criterion_code = result.criterion_code
cross join {{ source('deal', 'period') }} as period
where period.is_first
