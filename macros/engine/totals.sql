{# A sum that does not depend on the order in which its rows are met: floating-point numbers come to another last digit in
   another order, and a build that takes over what has not changed meets them in another one than a build from nothing.
   Each number is parted into six decimals and what is left of it, both of which add up exactly. #}
{% macro total(amount) -%}
    (
        cast(sum(cast({{ amount }} as decimal(38, 6))) as double) + cast(
            sum(cast({{ amount }} - cast(cast({{ amount }} as decimal(38, 6)) as double) as decimal(38, 24))) as double
        )
    )
{%- endmacro %}
