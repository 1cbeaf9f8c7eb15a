{# The key that the model's own YAML names in `config.meta.primary_key` is unique, and nothing in it is null but what
   `nullable` names; neither is anything in `required`. Rows say what is wrong, in which columns and with which key. #}
{% test primary_key(model, nullable=[], required=[]) %}
    {%- set described = namespace(key=[]) %}
    {%- if execute %}
        {%- for node in graph.nodes.values() if node.resource_type == "model" and node.relation_name == model | string %}
            {%- set described.key = node.config.meta.get("primary_key", []) %}
        {%- endfor %}
        {%- if not described.key %}
            {{ exceptions.raise_compiler_error(model ~ " names no primary_key in its meta") }}
        {%- endif %}
    {%- endif %}
    {%- set key = described.key or ["1"] %}
    {%- set never_null = (described.key | reject("in", nullable) | list) + required %}
    select {{ key | join(", ") }}, 'repeated key' as problem, '{{ key | join(", ") }}' as in_columns, count(*) as n_rows
    from {{ model }}
    group by {{ key | join(", ") }}
    having count(*) > 1
    {%- for column in never_null %}
        union all
        select {{ key | join(", ") }}, 'null' as problem, '{{ column }}' as in_columns, 1 as n_rows
        from {{ model }}
        where {{ column }} is null
    {%- endfor %}
{% endtest %}
