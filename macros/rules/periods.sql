{# A date with its precision stands for a period: 2023 for a year, 2023-10 for a month, 2023-10-26 for a day. `first` is the
   first day of the period, as every date is stored here. #}
{% macro period_text(first, precision) -%}
    substr(
        cast({{ first }} as {{ dbt.type_string() }}),
        1,
        case {{ precision }} when 'year' then 4 when 'month' then 7 else 10 end
    )
{%- endmacro %}

{% macro in_period(first, precision) -%}
    case {{ precision }} when 'day' then 'on ' else 'in ' end || {{ period_text(first, precision) }}
{%- endmacro %}

{# Two dates can be of one day: the coarser period contains the finer. Both last days are those of `known_by`. #}
{% macro periods_meet(first_a, last_a, first_b, last_b) -%}
    {{ first_a }} <= {{ last_b }} and {{ first_b }} <= {{ last_a }}
{%- endmacro %}

{# How much hangs on two dates that cannot both be right: another year changes who is a member in which year, another month
   an order of events, another day little. #}
{% macro period_severity(first_a, last_a, first_b, last_b) -%}
    case
        when {{ year_of(first_a) }} <> {{ year_of(first_b) }}
        then 'high'
        when last_day({{ first_a }}) < {{ first_b }} or last_day({{ first_b }}) < {{ first_a }}
        then 'medium'
        else 'low'
    end
{%- endmacro %}

{# Where a claim stands, for a key: the document, and the line of its text where it has one. #}
{% macro place_of(document, text_line) -%}
    {{ document }} || coalesce(':' || cast({{ text_line }} as {{ dbt.type_string() }}), '')
{%- endmacro %}

{# Two claims about the beginning of one bloc, rows `a` and `b` with start_date, start_last and stage, can both be right: they
   meet, or what comes first by nature (1 proposed, 2 begun, 3 in force) comes first. #}
{% macro starts_agree(a, b) -%}
    (
        {{ periods_meet(a ~ ".start_date", a ~ ".start_last", b ~ ".start_date", b ~ ".start_last") }}
        or ({{ a }}.stage < {{ b }}.stage and {{ a }}.start_date <= {{ b }}.start_last)
        or ({{ b }}.stage < {{ a }}.stage and {{ b }}.start_date <= {{ a }}.start_last)
    )
{%- endmacro %}
