{# Each result is the value times the factor that dim_unit holds for the row's unit, and null where the unit has none. #}
{% test converted_by_unit(model, value, unit, results) %}
    {%- for result, factor in results.items() %}
        select
            '{{ result }}' as in_column,
            facts.{{ unit }} as unit,
            facts.{{ value }} as given,
            facts.{{ result }} as found,
            facts.{{ value }} * units.{{ factor }} as expected
        from {{ model }} as facts
        left join {{ ref("dim_unit") }} as units on facts.{{ unit }} = units.unit
        where
            (facts.{{ result }} is null) <> (facts.{{ value }} * units.{{ factor }} is null)
            or abs(facts.{{ result }} - facts.{{ value }} * units.{{ factor }}) > 1e-12 * abs(facts.{{ result }})
            {{ "union all" if not loop.last }}
    {%- endfor %}
{% endtest %}
