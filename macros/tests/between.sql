{# A number lies between two bounds, both included; null passes. Without `minimum` or `maximum` that side is open. #}
{% test between(model, column_name, minimum=none, maximum=none) %}
    select {{ column_name }}, count(*) as n_rows
    from {{ model }}
    where
        {% if minimum is not none %} {{ column_name }} < {{ minimum }}
        {% else %} 1 = 0
        {% endif %}
        {% if maximum is not none %} or {{ column_name }} > {{ maximum }}{% endif %}
    group by {{ column_name }}
{% endtest %}
