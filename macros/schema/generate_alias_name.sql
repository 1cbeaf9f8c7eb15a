{# A model is named in the file as in the project, but for the layer `provenance`: there `prov_<model>` becomes
   `provenance.<model>`, so that a table and what it rests on have one name in two schemas. #}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- set name = custom_alias_name or node.name -%} {{ name[5:] if name.startswith("prov_") else name }}
{%- endmacro %}
