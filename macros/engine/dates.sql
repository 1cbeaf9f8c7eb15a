{# Date arithmetic, behind dispatch so that other engines can bring their own. #}
{% macro days_between(first, last) -%}
    {{ return(adapter.dispatch("days_between", "orebloc")(first, last)) }}
{%- endmacro %}
{% macro default__days_between(first, last) -%} date_diff('day', {{ first }}, {{ last }}) {%- endmacro %}
{% macro spark__days_between(first, last) -%} datediff({{ last }}, {{ first }}) {%- endmacro %}

{% macro year_of(day) -%} cast(extract(year from {{ day }}) as integer) {%- endmacro %}

{% macro make_day(year, month, day) -%} make_date({{ year }}, {{ month }}, {{ day }}) {%- endmacro %}
