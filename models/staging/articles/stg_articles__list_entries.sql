with

    printed as (
        {{
            stack_seeds(
                "list_entries",
                ["document", "locator", "text_line", "printed", "list_key", "mineral", "change", "note"],
            )
        }}
    ),

    final as (

        select document, locator, {{ as_integer("text_line") }} as text_line, printed, list_key, mineral, change, note
        from printed

    )

select *
from final
