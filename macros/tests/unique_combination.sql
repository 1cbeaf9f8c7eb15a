{# No two rows agree in all these columns. A null counts as a value like any other: `group by` keeps nulls together. #}
{% test unique_combination(model, columns) %}
    select {{ columns | join(", ") }}, count(*) as n_rows
    from {{ model }}
    group by {{ columns | join(", ") }}
    having count(*) > 1
{% endtest %}
