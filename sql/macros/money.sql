{# A sum of money back in its own type: sums of DECIMAL(18,2) widen to 38 digits. #}
{% macro money(expression) %}coalesce({{ expression }}, 0)::decimal(18, 2){% endmacro %}

{# `numerator / denominator` rounded once, half away from zero, to `places` decimals and exact: DuckDB's own
   division of decimals goes through DOUBLE. Null when the denominator is zero. #}
{% macro divide(numerator, denominator, places=6) -%}
    (
        case
            when ({{ denominator }}) > 0
                then
                    sign({{ numerator }})::int * (
                        (
                            abs({{ scaled(numerator) }}) * {{ 2 * 10 ** places }}
                            + {{ scaled(denominator) }}
                        )
                        // (2 * {{ scaled(denominator) }})
                    )::decimal(28, 0) * 0.{{ "0" * (places - 1) }}1::decimal({{ places }}, {{ places }})
        end::decimal(18, {{ places }})
    )
{%- endmacro %}

{# A decimal of up to 8 places as a whole number of hundred-millionths. #}
{% macro scaled(expression) -%}
    ((({{ expression }})::decimal(28, 8) * 100000000::decimal(9, 0))::hugeint)
{%- endmacro %}

{# Of `amount` what falls to `part` of `whole`, in fen, every part of a fen dropped. #}
{% macro part_in_fen(amount, part, whole) -%}
    ({{ fen_of(part) }} * {{ fen_of(amount) }} // {{ fen_of(whole) }})
{%- endmacro %}

{# Money as a whole number of fen. #}
{% macro fen_of(expression) -%}
    ((({{ expression }})::decimal(18, 2) * 100::decimal(3, 0))::hugeint)
{%- endmacro %}

{# Each row's share of the total to 4 decimals, so that the shares of all rows, or of those that are alike in the
   columns `whole`, sum to exactly 1: what rounding down leaves over goes to the largest remainders. Null when the
   total is zero. #}
{% macro largest_remainder_share(part, total, tie_break, whole='') -%}
    {%- set partition = 'partition by ' ~ whole ~ ' ' if whole else '' -%}
    (
        case
            when {{ total }} > 0
                then
                    {{ scaled(part) }} * 10000 // {{ scaled(total) }}
                    + case
                        when
                            row_number() over (
                                {{ partition }}order by
                                    {{ scaled(part) }} * 10000 % {{ scaled(total) }} desc,
                                    {{ tie_break }}
                            )
                            <= 10000 - sum({{ scaled(part) }} * 10000 // {{ scaled(total) }}) over ({{ partition }})
                            then 1
                        else 0
                    end
        end::decimal(6, 0) * 0.0001::decimal(4, 4)
    )
{%- endmacro %}

{# Of a month's rate what it comes to in a year: 1 - (1 - rate)^12, to 6 decimals. `rate` has 12 decimals and every
   product is rounded to 12; null of a rate above 1, of which a year's says nothing. #}
{% macro annual_of_monthly(rate) -%}
    {%- set square = rounded_product('(1 - ' ~ rate ~ ')', '(1 - ' ~ rate ~ ')') -%}
    {%- set fourth = rounded_product(square, square) -%}
    case
        when {{ rate }} <= 1
            then (1 - {{ rounded_product(rounded_product(fourth, fourth), fourth) }})::decimal(18, 6)
    end
{%- endmacro %}

{# The product of two numbers of 12 decimals, rounded to 12. #}
{% macro rounded_product(one, other) -%}
    ({{ one }}::decimal(19, 12) * {{ other }}::decimal(19, 12))::decimal(19, 12)
{%- endmacro %}
