{# From the project itself: what the contracts say of every mart and of each of its columns, in both languages. What the
   table macros are is added by the step that creates them in the file. #}
with

    {%- set rows = [] %}
    {%- if execute %}
        {%- for node in graph.nodes.values() | selectattr("resource_type", "equalto", "model") | sort(
            attribute="name"
        ) %}
            {%- if node.config.schema == "marts" %}
                {%- set described = node.config.meta or {} %}
                {%- do rows.append(
                    [
                        node.name,
                        "*",
                        "table",
                        none,
                        node.description,
                        described.get("description_zh"),
                        false,
                        0,
                        "table",
                    ]
                ) %}
                {%- for column in node.columns.values() %}
                    {%- set meta = column.config.meta or column.meta or {} %}
                    {%- do rows.append(
                        [
                            node.name,
                            column.name,
                            column.data_type,
                            meta.get("unit"),
                            column.description,
                            meta.get("description_zh"),
                            column.name in described.get("primary_key", []),
                            loop.index,
                            "column",
                        ]
                    ) %}
                {%- endfor %}
            {%- endif %}
        {%- endfor %}
    {%- endif %}

    columns_described as (

        select *
        from
            (
                values
                    {%- for row in rows or [["", "", "", none, "", none, false, 0, ""]] %}
                        (
                            {%- for cell in row %}
                                {{- "null" if cell is none else cell if cell is sameas true or cell is sameas false or cell is number else "'" ~ cell | trim | replace("'", "''") ~ "'" }}
                                {{- ", " if not loop.last }}
                            {%- endfor -%}
                        )
                        {{- "," if not loop.last }}
                    {%- endfor %}
            ) as listed(
                table_name, column_name, data_type, unit, description_en, description_zh, is_key, position, entry
            )

    ),

    final as (

        select
            table_name,
            column_name,
            lower(data_type) as data_type,
            cast(unit as {{ dbt.type_string() }}) as unit,
            description_en,
            cast(description_zh as {{ dbt.type_string() }}) as description_zh,
            is_key,
            cast(position as integer) as position,
            entry
        from columns_described
        where table_name <> ''

    )

select *
from final
order by table_name, position
