{# The columns that say where a cell stands and what it holds: the same in every view of the layer `provenance`. #}
{% macro cell_columns(cells) -%}
    {%- for column in [
        "cell_document",
        "cell_source",
        "cell_edition",
        "cell_file",
        "cell_locator",
        "cell_text_line",
        "cell_printed",
        "cell_party",
        "cell_value_tonnes",
    ] %}
        {{ cells }}.{{ column }} {{- "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# The same columns for a cell of a paper, a statement, or a decision of ours (which stands in a seed, `file`). #}
{% macro cell_of_document(
    document, locator, text_line="null", printed="null", party="null", value_tonnes="null", file="null"
) -%}
    {{ document }} as cell_document,
    cast(null as {{ dbt.type_string() }}) as cell_source,
    cast(null as {{ dbt.type_string() }}) as cell_edition,
    cast({{ file }} as {{ dbt.type_string() }}) as cell_file,
    {{ locator }} as cell_locator,
    cast({{ text_line }} as integer) as cell_text_line,
    cast({{ printed }} as {{ dbt.type_string() }}) as cell_printed,
    cast({{ party }} as {{ dbt.type_string() }}) as cell_party,
    cast({{ value_tonnes }} as double) as cell_value_tonnes
{%- endmacro %}
