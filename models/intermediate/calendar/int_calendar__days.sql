{# The days that dbt's metrics are counted over: its semantic layer asks for such a table, and no model reads it. #}
with

    numbers as (

        {{
            number_series(
                0,
                days_between(make_day(var("calendar_first_year"), 1, 1), make_day(var("calendar_last_year"), 12, 31)),
            )
        }}

    ),

    final as (

        select cast({{ dbt.dateadd("day", "n", make_day(var("calendar_first_year"), 1, 1)) }} as date) as day
        from numbers

    )

select *
from final
