{# The day by which a publication could be known: its own day, or the last of the month or year that is all we know. #}
{% macro known_by(published_on, precision) -%}
    case
        {{ precision }}
        when 'year'
        then {{ make_day(year_of(published_on), 12, 31) }}
        when 'month'
        then last_day({{ published_on }})
        else {{ published_on }}
    end
{%- endmacro %}
