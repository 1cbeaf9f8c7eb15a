{# Distinct values of a group in order, joined by ", ". #}
{% macro joined_text(value) -%} {{ return(adapter.dispatch("joined_text", "orebloc")(value)) }} {%- endmacro %}
{% macro default__joined_text(value) -%} string_agg(distinct {{ value }}, ', ' order by {{ value }}) {%- endmacro %}
{% macro spark__joined_text(value) -%} array_join(array_sort(collect_set({{ value }})), ', ') {%- endmacro %}

{# One row per part of a text that is joined by ";": for use in a select list. #}
{% macro split_rows(value) -%} {{ return(adapter.dispatch("split_rows", "orebloc")(value)) }} {%- endmacro %}
{% macro default__split_rows(value) -%} unnest(string_split({{ value }}, ';')) {%- endmacro %}
{% macro spark__split_rows(value) -%} explode(split({{ value }}, ';')) {%- endmacro %}

{# A stable id: a prefix and the first ten hexadecimal digits of the MD5 of what is identified. #}
{% macro stable_id(prefix, parts) -%}
    {{ prefix }}
    || '-'
    || substr(
        md5(
            {%- for part in parts %}
                coalesce(cast({{ part }} as {{ dbt.type_string() }}), '') {%- if not loop.last %} || '|' || {% endif %}
            {%- endfor %}
        ),
        1,
        10
    )
{%- endmacro %}

{# One SHA-256 over the rows of a group, in the order of `name`. #}
{% macro combined_hash(name, value) -%}
    {{ return(adapter.dispatch("combined_hash", "orebloc")(name, value)) }}
{%- endmacro %}
{% macro default__combined_hash(name, value) -%}
    sha256(string_agg({{ value }}, ',' order by {{ name }}))
{%- endmacro %}
{% macro spark__combined_hash(name, value) -%}
    sha2(array_join(transform(array_sort(collect_list(struct({{ name }}, {{ value }}))), x -> x.{{ value }}), ','), 256)
{%- endmacro %}
