{# A value as text, as long as a message can bear. #}
{% macro shown(value) -%}
coalesce(
    case when length(cast({{ value }} as varchar)) > 60 then left(cast({{ value }} as varchar), 60) || '…' end,
    cast({{ value }} as varchar),
    'null'
)
{%- endmacro %}

{# How alike two texts are, 0 to 1: edits over the longer one's length; a part of the other counts four fifths at least. #}
{% macro likeness(value, other) -%}
greatest(
    1 - damerau_levenshtein(lower({{ other }}), lower({{ shown(value) }}))
    / greatest(length({{ other }}), length({{ shown(value) }}), 1),
    case when length({{ shown(value) }}) > 2 and contains(lower({{ other }}), lower({{ shown(value) }})) then 0.8 else 0 end
)
{%- endmacro %}

{# The code itself if the table knows it; else an error that names it and the nearest ones that it knows. #}
{% macro known(value, table, column, what, name="name_en") -%}
case
    when exists (select 1 from {{ table }} as known_codes where known_codes.{{ column }} = cast({{ value }} as varchar))
    then cast({{ value }} as varchar)
    else error(
        'Unknown {{ what }} ''' || {{ shown(value) }} || '''. Nearest: ' || (
            select string_agg(near.code || near.called, ', ')
            from (
                select
                    known_codes.{{ column }} as code,
                    coalesce(' (' || {% if name %}any_value(known_codes.{{ name }}){% else %}null{% endif %} || ')', '') as called
                from {{ table }} as known_codes
                where known_codes.{{ column }} is not null
                group by known_codes.{{ column }}
                order by
                    {% if name -%}
                    greatest({{ likeness(value, "known_codes." ~ column) }}, max({{ likeness(value, "known_codes." ~ name) }}))
                    {%- else %}{{ likeness(value, "known_codes." ~ column) }}{% endif %} desc,
                    known_codes.{{ column }}
                limit 3
            ) as near
        )
    )
end
{%- endmacro %}

{# The same for a closed list of words. #}
{% macro one_of(value, words, what) -%}
case
    when cast({{ value }} as varchar) in ({% for word in words %}'{{ word }}'{% if not loop.last %}, {% endif %}{% endfor %})
    then cast({{ value }} as varchar)
    else error('Unknown {{ what }} ''' || {{ shown(value) }} || '''. Known: {{ words | join(", ") }}')
end
{%- endmacro %}

{# A day; none given is an error, not an empty answer. #}
{% macro a_day(value) -%}
coalesce(cast({{ value }} as date), cast(error('No day is given: write it as ''2024-03-01''') as date))
{%- endmacro %}

{% set rules = ["year_end", "any_day", "year_start", "day_weighted", "fixed"] %}
{% set treatments = ["as_signed", "expanded"] %}

{% macro known_bloc(value) -%}{{ known(value, "marts.dim_bloc", "bloc", "bloc") }}{%- endmacro %}
{% macro known_mineral(value) -%}{{ known(value, "marts.dim_mineral", "mineral", "mineral") }}{%- endmacro %}
{% macro known_measure(value) -%}
{{ known(value, "intermediate.int_shares__series", "measure", "measure", name=none) }}
{%- endmacro %}
{% macro known_party(value) -%}{{ known(value, "marts.dim_party", "party", "party") }}{%- endmacro %}

{# The tables of one mineral and one measure, in the place of all tables. `asked` stands before. #}
{% macro asked_tables() -%}
int_shares__series as (
    select series.*
    from intermediate.int_shares__series as series, asked
    where series.mineral = asked.of_mineral and series.measure = asked.of_measure
),
int_observations__by_party as (
    select observations.*
    from intermediate.int_observations__by_party as observations, asked
    where observations.mineral = asked.of_mineral and observations.measure = asked.of_measure
)
{%- endmacro %}
