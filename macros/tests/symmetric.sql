{# A table of pairs holds each pair in both directions, and both say the same. `columns` maps each column to the one that
   holds its content in the reverse row: {list_a: list_b, n_both: n_both}. #}
{% test symmetric(model, columns) %}
    select {{ columns.keys() | join(", ") }}
    from {{ model }}
    except
    select {{ columns.values() | join(", ") }}
    from {{ model }}
{% endtest %}
