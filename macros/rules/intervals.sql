{# Whether two intervals have no point in common; a missing end is open. A difference in the ninth digit is none. #}
{% macro disjoint(low_a, high_a, low_b, high_b) -%}
    (
        coalesce({{ high_a }} < {{ low_b }} - 1e-9 * abs({{ low_b }}), false)
        or coalesce({{ high_b }} < {{ low_a }} - 1e-9 * abs({{ low_a }}), false)
    )
{%- endmacro %}

{# How far apart two intervals are; zero where they meet. #}
{% macro distance_between(low_a, high_a, low_b, high_b) -%}
    greatest(coalesce({{ low_b }} - {{ high_a }}, 0), coalesce({{ low_a }} - {{ high_b }}, 0), 0)
{%- endmacro %}

{# Whether two keys agree, a blank being a value of its own. #}
{% macro same_text(a, b) -%} coalesce({{ a }}, '') = coalesce({{ b }}, '') {%- endmacro %}

{# Whether two years can be the same: a document that prints none may mean any. #}
{% macro years_agree(a, b) -%} coalesce({{ a }}, {{ b }}, 0) = coalesce({{ b }}, {{ a }}, 0) {%- endmacro %}
