{# A relation by schema and name, without the database's: a view whose text names the database no longer works once the
   file is renamed, copied or attached under another name. #}
{% macro within_file(relation) -%} {{ relation.include(database=false) }} {%- endmacro %}
