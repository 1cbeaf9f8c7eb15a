{# All models of a list, one below the other; they have the same columns in the same order. #}
{% macro stack_models(names) -%}
    {%- for name in names %}
        select *
        from {{ ref(name) }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
{%- endmacro %}
