{# All seeds of one kind, one below the other: `<document>__<kind>` for every document that has the kind. #}
{% macro stack_seeds(kind, columns) -%}
    {%- for document in var("seeds_by_kind")[kind] %}
        select {{ columns | join(", ") }}
        from {{ ref(document ~ "__" ~ kind) }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
{%- endmacro %}
