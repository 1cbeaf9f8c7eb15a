{# Every code of a table is a known one: several columns in one query. An entry of `columns` is either
     column: [values]            a list of its own, or
     column: model.column        a reference; "column: model" if it has the same name there, "a, b: model" if it takes two.
   `lists` refers in the same way, from texts that join codes by ";". `besides` names codes that may stand in a column
   although the other table has no such row. A null refers to nothing. Rows say which column and which value. #}
{% test closed_codes(model, columns={}, lists={}, besides={}) %}
    {%- for column, target in columns.items() %}
        {%- if target is string %}
            {%- set here = column.split(",") | map("trim") | list %}
            {%- set there = [target.split(".")[1]] if "." in target else here %}
            {%- set shown = "facts." ~ here | join(" || ', ' || facts.") %}
            select '{{ column }}' as in_column, {{ shown }} as unknown_code, count(*) as n_rows
            from {{ model }} as facts
            left join
                {{ ref(target.split(".")[0]) }} as referred
                on {% for name in here %}
                    facts.{{ name }} = referred.{{ there[loop.index0] }}{{ " and " if not loop.last }}
                {% endfor %}
            where
                {{ shown }} is not null and referred.{{ there[0] }} is null
                {%- if column in besides %}
                    and facts.{{ column }} not in ('{{ besides[column] | join("', '") }}')
                {%- endif %}
            group by {{ shown }}
        {%- else %}
            select '{{ column }}' as in_column, {{ column }} as unknown_code, count(*) as n_rows
            from {{ model }}
            where {{ column }} not in ('{{ target | join("', '") }}')
            group by {{ column }}
            {%- endif %} {{ "union all" if lists or not loop.last }}
    {%- endfor %}
    {%- for column, target in lists.items() %}
        select '{{ column }}' as in_column, parts.part as unknown_code, count(*) as n_rows
        from (select {{ split_rows(column) }} as part from {{ model }} where {{ column }} is not null) as parts
        left join {{ ref(target.split(".")[0]) }} as referred on parts.part = referred.{{ target.split(".")[1] }}
        where referred.{{ target.split(".")[1] }} is null
        group by parts.part {{ "union all" if not loop.last }}
    {%- endfor %}
{% endtest %}
