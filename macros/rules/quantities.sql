{# Whether a measure, with mineral, party, bloc and year, says which quantity is meant. Funding, counts and ranks of a kind do
   not: two sums of one government for one mineral and year may be two programmes. #}
{% macro is_keyed_measure(measure) -%}
    {{ measure }} in (
        'production',
        'reserves',
        'resources',
        'production_share',
        'reserves_share',
        'resources_share',
        'processing_share',
        'consumption_share',
        'production_rank',
        'consumption_rank',
        'import_reliance'
    )
{%- endmacro %}

{# Whether a row says whose figure it is. An amount of no one is that of the world; a share of no one is not said whose. #}
{% macro is_owned(measure, party, bloc) -%}
    (coalesce({{ party }}, {{ bloc }}) is not null or {{ measure }} in ('production', 'reserves', 'resources'))
{%- endmacro %}
