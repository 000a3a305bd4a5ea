{# The eligibility criteria, in the order in which a loan's first failure is named. Each is declared here once;
   the booleans of a loan, its failed codes, the tables of criteria and results, and the listing of one loan
   all follow from it. A criterion compares `value`, a column of the loan, with limits of the deal, which are
   columns of deal.eligibility (`Eligibility` in deals/terms/eligibility.py):

     among, not_among  lists; an empty one admits every value
     least, most       bounds, both inclusive; null is no bound
     most_of_loan      a bound that is another column of the same loan
     unless            a flag that admits loans of which `value` is true

   `is_computed` values are columns of eligibility.loan_eligibility, the others of intake.loan_tape.
   A criterion `is_warrantable` is one that the originator may warrant of the loans it sells (`WARRANTABLE` in deals/terms/eligibility.py);
   one `is_renegotiable` rests on what a renegotiation after the purchase may change. #}
{% macro criteria() -%}
    {{ return([
        {
            'code': 'is_currency_allowed', 'is_warrantable': true, 'value': 'currency_code', 'among': 'currency_codes',
            'words_zh': '贷款币种为专项计划币种',
            'words_en': 'the loan is in the currency of the deal',
        },
        {
            'code': 'is_signed', 'value': 'origination_date', 'most': 'cut_off_date',
            'words_zh': '合同于封包日前已签署并放款',
            'words_en': 'signed and paid out by the cut-off',
        },
        {
            'code': 'is_drawn', 'value': 'closing_balance', 'most_of_loan': 'contract_amount',
            'words_zh': '未偿本金余额不超过合同金额',
            'words_en': 'no more is outstanding than the contract amount',
        },
        {
            'code': 'is_product_allowed', 'is_warrantable': true, 'value': 'product_code', 'among': 'product_codes',
            'not_among': 'excluded_product_codes',
            'words_zh': '产品在准入范围内',
            'words_en': 'the product is one that the deal buys',
        },
        {
            'code': 'is_class_allowed', 'value': 'five_class_code', 'among': 'five_class_codes',
            'words_zh': '五级分类符合要求',
            'words_en': 'the five-class rating is admitted',
        },
        {
            'code': 'is_status_allowed', 'value': 'status_code', 'among': 'status_codes',
            'words_zh': '贷款状态符合要求',
            'words_en': 'the payment status is admitted',
        },
        {
            'code': 'is_region_allowed', 'value': 'region_code', 'among': 'region_codes',
            'not_among': 'excluded_region_codes',
            'words_zh': '借款人地区在准入范围内',
            'words_en': 'the region is one that the deal buys in',
        },
        {
            'code': 'is_occupation_allowed', 'value': 'occupation_code',
            'not_among': 'excluded_occupation_codes',
            'words_zh': '借款人职业不在禁止范围内',
            'words_en': 'the occupation is not excluded',
        },
        {
            'code': 'is_repayment_method_allowed', 'is_warrantable': true, 'is_renegotiable': true,
            'value': 'repayment_method_code', 'among': 'repayment_method_codes',
            'words_zh': '还款方式符合要求',
            'words_en': 'the repayment method is admitted',
        },
        {
            'code': 'is_not_past_due', 'value': 'days_past_due', 'most': 'max_days_past_due',
            'words_zh': '封包日逾期天数不超过上限',
            'words_en': 'days past due at the cut-off are within the limit',
        },
        {
            'code': 'is_history_clean', 'value': 'max_days_past_due',
            'most': 'max_historical_days_past_due',
            'words_zh': '历史最长逾期天数不超过上限',
            'words_en': 'the worst days past due ever are within the limit',
        },
        {
            'code': 'is_past_due_count_allowed', 'value': 'past_due_count',
            'most': 'max_past_due_count',
            'words_zh': '历史逾期次数不超过上限',
            'words_en': 'past dues ever are within the limit',
        },
        {
            'code': 'is_balance_allowed', 'value': 'closing_balance',
            'least': 'min_balance', 'most': 'max_balance',
            'words_zh': '未偿本金余额在范围内',
            'words_en': 'the balance is within the limits',
        },
        {
            'code': 'is_rate_allowed', 'value': 'annual_rate',
            'least': 'min_annual_rate', 'most': 'max_annual_rate',
            'words_zh': '年利率在范围内',
            'words_en': 'the annual rate is within the limits',
        },
        {
            'code': 'is_term_allowed', 'is_warrantable': true, 'is_renegotiable': true,
            'value': 'term_months', 'among': 'term_months',
            'words_zh': '合同期限符合要求',
            'words_en': 'the contract term is one that the deal buys',
        },
        {
            'code': 'is_remaining_term_allowed', 'value': 'remaining_months',
            'least': 'min_remaining_months', 'most': 'max_remaining_months',
            'words_zh': '剩余期限在范围内',
            'words_en': 'the remaining term is within the limits',
        },
        {
            'code': 'matures_within_deal', 'value': 'maturity_date', 'most': 'latest_maturity_date',
            'words_zh': '到期日不晚于预期到期日',
            'words_en': 'matures by the expected maturity of the deal',
        },
        {
            'code': 'is_seasoned', 'is_warrantable': true, 'value': 'seasoning_months', 'is_computed': true,
            'least': 'min_seasoning_months', 'most': 'max_seasoning_months',
            'words_zh': '账龄在范围内',
            'words_en': 'the months since origination are within the limits',
        },
        {
            'code': 'is_age_allowed', 'value': 'borrower_age',
            'least': 'min_borrower_age', 'most': 'max_borrower_age',
            'words_zh': '借款人年龄在范围内',
            'words_en': "the borrower's age is within the limits",
        },
        {
            'code': 'is_age_at_maturity_allowed', 'value': 'maturity_age', 'is_computed': true,
            'most': 'max_age_at_maturity',
            'words_zh': '借款人到期时年龄不超过上限',
            'words_en': "the borrower's age at maturity is within the limit",
        },
        {
            'code': 'is_score_allowed', 'value': 'credit_score', 'least': 'min_credit_score',
            'words_zh': '信用评分不低于下限',
            'words_en': 'the credit score is high enough',
        },
        {
            'code': 'is_not_renegotiated', 'value': 'is_renegotiated',
            'unless': 'allows_renegotiated',
            'words_zh': '未经重组或展期',
            'words_en': 'not renegotiated',
        },
        {
            'code': 'is_not_disputed', 'value': 'is_disputed', 'unless': 'allows_disputed',
            'words_zh': '不存在争议',
            'words_en': 'not disputed',
        },
        {
            'code': 'is_not_pledged', 'is_warrantable': true, 'value': 'is_pledged',
            'unless': 'allows_pledged',
            'words_zh': '未设定担保负担',
            'words_en': 'not pledged',
        },
        {
            'code': 'is_not_repurchased', 'value': 'was_repurchased', 'is_computed': true,
            'unless': 'allows_repurchased',
            'words_zh': '未曾被原始权益人赎回',
            'words_en': 'never repurchased from a deal of the book',
        },
    ]) }}
{%- endmacro %}

{# Judged last, for it counts the loans that pass all the others. #}
{% macro borrower_criterion() -%}
    {{ return({
        'code': 'is_borrower_allowed', 'value': 'borrower_balance', 'is_computed': true,
        'most': 'max_borrower_balance',
        'words_zh': '同一借款人入池余额不超过上限',
        'words_en': "the borrower's balance in the pool is within the limit",
    }) }}
{%- endmacro %}
