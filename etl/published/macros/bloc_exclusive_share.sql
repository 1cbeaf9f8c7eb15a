{% import "_two_blocs.sql" as sets with context %}
{{ sets.two_blocs("exclusive") }}
