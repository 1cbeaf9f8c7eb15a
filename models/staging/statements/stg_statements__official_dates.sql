with

    printed as (
        {{
            stack_seeds(
                "official_dates",
                ["occurrence", "role", "event_date", "date_precision", "document", "locator", "note"],
            )
        }}
    ),

    final as (

        select occurrence, role, {{ as_date("event_date") }} as event_date, date_precision, document, locator, note
        from printed

    )

select *
from final
