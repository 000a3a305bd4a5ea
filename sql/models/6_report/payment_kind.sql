-- One row per kind of payment: what it goes to, and the words around the name of that.
select
    words.kind_code,
    words.target_kind,
    words.before_zh,
    words.after_zh,
    words.before_en,
    words.after_en
from (
    values
    ('fee', 'fee', '', '', '', ''),
    ('interest', 'note', '', '利息', '', ', interest'),
    ('principal', 'note', '', '本金', '', ', principal'),
    ('residual', 'note', '', '剩余收益', '', ', residual'),
    ('write_off', 'note', '', '本金核销', '', ', write-off'),
    ('deficiency', 'note', '补足', '本金缺口', 'Deficiency made good: ', ''),
    ('reserve', 'account', '补足', '', 'Top-up: ', ''),
    ('release', 'account', '储备释放至', '', 'Release to: ', ''),
    ('transfer', 'account', '转入', '', 'Transfer to: ', ''),
    ('cover', 'account', '弥补', '', 'Cover of: ', ''),
    ('support_repayment', 'deal', '偿还差额支付', '', 'Repayment of support', '')
) as words (kind_code, target_kind, before_zh, after_zh, before_en, after_en)
union all
select
    'purchase' as kind_code,
    'deal' as target_kind,
    case when phase.phase_code = 'revolving' then '持续购买支出' else '初始资产池购买价款' end
        as before_zh,
    '' as after_zh,
    case
        when phase.phase_code = 'revolving' then 'Continued purchase of loans'
        else 'Purchase of the initial pool'
    end as before_en,
    '' as after_en
from {{ ref('phase') }} as phase
