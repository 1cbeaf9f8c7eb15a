{# Seeds arrive as text; staging types them. A text that does not fit stops the build. #}
{% macro as_integer(column) -%} cast({{ column }} as integer) {%- endmacro %}
{% macro as_number(column) -%} cast({{ column }} as double) {%- endmacro %}
{% macro as_date(column) -%} cast({{ column }} as date) {%- endmacro %}
{% macro as_flag(column) -%} cast({{ column }} as boolean) {%- endmacro %}
