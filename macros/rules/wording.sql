{# A number for a sentence: whole numbers without decimals, others to so many places, then to the first that shows
   something. #}
{% macro number_text(value, places=2) -%}
    case
        when round({{ value }}, {{ places }}) = round({{ value }})
        then cast(cast(round({{ value }}) as bigint) as {{ dbt.type_string() }})
        else cast(round({{ value }}, {{ places }}) as {{ dbt.type_string() }})
    end
{%- endmacro %}
