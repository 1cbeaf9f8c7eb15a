{# Layers are schemas of their own (seeds, staging, intermediate, marts), not suffixes of the target's. #}
{% macro generate_schema_name(custom_schema_name, node) -%} {{ custom_schema_name or target.schema }} {%- endmacro %}
