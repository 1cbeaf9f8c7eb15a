{# Finer dates first. #}
{% macro precision_rank(precision) -%}
    case {{ precision }} when 'day' then 1 when 'month' then 2 when 'year' then 3 else 4 end
{%- endmacro %}

{# The day from which an imprecisely dated membership is counted. A month counts from its first day (at most a month too
   early); a year counts from 1 July, its middle: from 1 January it would claim half a year that no source supports. #}
{% macro effective_from(valid_from, precision) -%}
    case when {{ precision }} = 'year' then {{ make_day(year_of(valid_from), 7, 1) }} else {{ valid_from }} end
{%- endmacro %}

{# The four rules of country-years over a half-open interval [first, last), for a calendar year [opens, closes). #}
{% macro is_member_year_end(first, last, closes) -%}
    {{ first }} < {{ closes }} and ({{ last }} is null or {{ last }} >= {{ closes }})
{%- endmacro %}

{% macro is_member_any_day(first, last, opens, closes) -%}
    {{ first }} < {{ closes }} and ({{ last }} is null or {{ last }} > {{ opens }})
{%- endmacro %}

{# A member on 1 January. One whose date is only a month or a year of this same year is not known to have been one. #}
{% macro is_member_year_start(first, last, precision, opens) -%}
    {{ first }} <= {{ opens }}
    and ({{ last }} is null or {{ last }} > {{ opens }})
    and not ({{ precision }} <> 'day' and {{ first }} = {{ opens }})
{%- endmacro %}

{# A party's role is the strongest that any claim gives it: an official list calls all signatories partners, while a paper
   says who founded. #}
{% macro role_rank(role) -%}
    case
        {{ role }} {%- for name in var("roles_strongest_first") %} when '{{ name }}' then {{ loop.index }}{% endfor %}
    end
{%- endmacro %}

{% macro role_of_rank(rank) -%}
    case
        {{ rank }} {%- for name in var("roles_strongest_first") %} when {{ loop.index }} then '{{ name }}'{% endfor %}
    end
{%- endmacro %}

{# Likewise its status: what one document only proposes, another may report as done. #}
{% macro status_rank(status) -%}
    case
        {{ status }}
        {%- for name in var("statuses_strongest_first") %} when '{{ name }}' then {{ loop.index }}{% endfor %}
    end
{%- endmacro %}

{% macro status_of_rank(rank) -%}
    case
        {{ rank }}
        {%- for name in var("statuses_strongest_first") %} when {{ loop.index }} then '{{ name }}'{% endfor %}
    end
{%- endmacro %}

{# Whether a stated number can be that of so many parties: all of them, or all but the initiators who brought the others in,
   or all but the EU where countries are counted, or without both. #}
{% macro counted_as(n_stated, n_parties, n_initiators, n_eu) -%}
    {{ n_stated }} in (
        {{ n_parties }},
        {{ n_parties }} - ({{ n_initiators }}),
        {{ n_parties }} - ({{ n_eu }}),
        {{ n_parties }} - ({{ n_initiators }}) - ({{ n_eu }})
    )
{%- endmacro %}

{# 1 where the note of an official membership says that its date is only that by which the party was a member. #}
{% macro is_latest_possible(note) -%} case when {{ note }} like 'By %' then 1 else 0 end {%- endmacro %}
