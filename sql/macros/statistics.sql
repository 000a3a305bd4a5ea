{# The values of loans that the statistics of a pool weigh by balance, and those that all of its loans have to have
   for a figure to be stated. #}
{% macro weighted_values() -%}
    {{ return([
        'term_months', 'remaining_months', 'seasoning_months', 'annual_rate', 'credit_score', 'borrower_age',
        'annual_income', 'income_to_debt_ratio',
    ]) }}
{%- endmacro %}

{% macro known_values() -%}
    {{ return(weighted_values() + ['borrower_id', 'contract_amount', 'five_class_code', 'past_due_count']) }}
{%- endmacro %}

{# Older than 30 and up to 40: the group that the guideline asks for by itself. #}
{% macro is_in_their_thirties(age) -%}
    ({{ age }} > 30 and {{ age }} <= 40)
{%- endmacro %}

{# Of the row `pool` of sums: the mean of a value weighed by balance, and a part of its balance. #}
{% macro weighted_mean(value, places=6) -%}
    {{ divide('pool.weighted_' ~ value, 'pool.outstanding_balance', places) }}
{%- endmacro %}

{% macro pool_share(part) -%}
    {{ divide('pool.' ~ part, 'pool.outstanding_balance') }}
{%- endmacro %}

{# The statistics of a pool in the order of the report. `value` is of the row `pool` of scope_statistic; a figure is
   stated where the value that it `needs` is known of every loan. #}
{% macro pool_features() -%}
    {{ return([
        {'block': 'amount', 'code': 'loan_count', 'unit': 'loans', 'value': 'pool.loan_count'},
        {'block': 'amount', 'code': 'borrower_count', 'unit': 'borrowers', 'needs': 'borrower_id',
            'value': 'pool.borrower_count'},
        {'block': 'amount', 'code': 'outstanding_balance', 'unit': 'money', 'value': 'pool.outstanding_balance'},
        {'block': 'amount', 'code': 'issued_amount', 'unit': 'money', 'value': 'issued.amount'},
        {'block': 'amount', 'code': 'contract_amount', 'unit': 'money', 'needs': 'contract_amount',
            'value': 'pool.contract_amount'},
        {'block': 'amount', 'code': 'max_balance', 'unit': 'money', 'value': 'pool.max_balance'},
        {'block': 'amount', 'code': 'mean_balance', 'unit': 'money',
            'value': divide('pool.outstanding_balance', 'pool.loan_count', 2)},
        {'block': 'amount', 'code': 'mean_borrower_balance', 'unit': 'money', 'needs': 'borrower_id',
            'value': divide('pool.outstanding_balance', 'pool.borrower_count', 2)},
        {'block': 'amount', 'code': 'max_contract_amount', 'unit': 'money', 'needs': 'contract_amount',
            'value': 'pool.max_contract_amount'},
        {'block': 'amount', 'code': 'mean_contract_amount', 'unit': 'money', 'needs': 'contract_amount',
            'value': divide('pool.contract_amount', 'pool.loan_count', 2)},
        {'block': 'term', 'code': 'wa_contract_months', 'unit': 'months', 'needs': 'term_months',
            'value': weighted_mean('term_months')},
        {'block': 'term', 'code': 'max_contract_months', 'unit': 'months', 'needs': 'term_months',
            'value': 'pool.max_term_months'},
        {'block': 'term', 'code': 'min_contract_months', 'unit': 'months', 'needs': 'term_months',
            'value': 'pool.min_term_months'},
        {'block': 'term', 'code': 'wa_remaining_months', 'unit': 'months', 'needs': 'remaining_months',
            'value': weighted_mean('remaining_months')},
        {'block': 'term', 'code': 'max_remaining_months', 'unit': 'months', 'needs': 'remaining_months',
            'value': 'pool.max_remaining_months'},
        {'block': 'term', 'code': 'min_remaining_months', 'unit': 'months', 'needs': 'remaining_months',
            'value': 'pool.min_remaining_months'},
        {'block': 'term', 'code': 'wa_age_months', 'unit': 'months', 'needs': 'seasoning_months',
            'value': weighted_mean('seasoning_months')},
        {'block': 'credit', 'code': 'normal_share', 'unit': 'share', 'needs': 'five_class_code',
            'value': pool_share('normal_balance')},
        {'block': 'credit', 'code': 'never_past_due_share', 'unit': 'share', 'needs': 'past_due_count',
            'value': pool_share('never_past_due_balance')},
        {'block': 'credit', 'code': 'wa_credit_score', 'unit': 'points', 'needs': 'credit_score',
            'value': weighted_mean('credit_score')},
        {'block': 'rate', 'code': 'wa_annual_rate', 'unit': 'rate', 'needs': 'annual_rate',
            'value': weighted_mean('annual_rate')},
        {'block': 'rate', 'code': 'max_annual_rate', 'unit': 'rate', 'needs': 'annual_rate',
            'value': 'pool.max_annual_rate'},
        {'block': 'rate', 'code': 'min_annual_rate', 'unit': 'rate', 'needs': 'annual_rate',
            'value': 'pool.min_annual_rate'},
        {'block': 'rate', 'code': 'floating_share', 'unit': 'share', 'value': 'null'},
        {'block': 'concentration', 'code': 'five_borrower_share', 'unit': 'share', 'needs': 'borrower_id',
            'value': pool_share('five_borrower_balance')},
        {'block': 'concentration', 'code': 'ten_borrower_share', 'unit': 'share', 'needs': 'borrower_id',
            'value': pool_share('ten_borrower_balance')},
        {'block': 'borrower', 'code': 'wa_borrower_age', 'unit': 'years', 'needs': 'borrower_age',
            'value': weighted_mean('borrower_age')},
        {'block': 'borrower', 'code': 'thirties_share', 'unit': 'share', 'needs': 'borrower_age',
            'value': pool_share('thirties_balance')},
        {'block': 'borrower', 'code': 'wa_annual_income', 'unit': 'money', 'needs': 'annual_income',
            'value': weighted_mean('annual_income', 2)},
        {'block': 'borrower', 'code': 'wa_income_to_debt_ratio', 'unit': 'times', 'needs': 'income_to_debt_ratio',
            'value': weighted_mean('income_to_debt_ratio')},
    ]) }}
{%- endmacro %}
