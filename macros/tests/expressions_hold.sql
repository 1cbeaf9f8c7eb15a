{# Several named expressions in one query: every row fulfils each of them. One that comes out null is not fulfilled: say
   what null may mean in it. Rows are the offending ones, with the name of the expression in front. #}
{% test expressions_hold(model, expressions) %}
    {%- for name, expression in expressions.items() %}
        select '{{ name }}' as fails, facts.*
        from {{ model }} as facts
        where not coalesce(({{ expression }}), false) {{ "union all" if not loop.last }}
    {%- endfor %}
{% endtest %}
