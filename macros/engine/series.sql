{# One row per whole number from `first` to `last`, as column `n`. #}
{% macro number_series(first, last) -%}
    {{ return(adapter.dispatch("number_series", "orebloc")(first, last)) }}
{%- endmacro %}
{% macro default__number_series(first, last) -%}
    select cast(unnest(range({{ first }}, {{ last }} + 1)) as integer) as n
{%- endmacro %}
{% macro spark__number_series(first, last) -%}
    select cast(explode(sequence({{ first }}, {{ last }})) as int) as n
{%- endmacro %}
