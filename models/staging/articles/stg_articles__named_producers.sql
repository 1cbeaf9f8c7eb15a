with

    printed as (
        {{
            stack_seeds(
                "named_producers",
                ["document", "locator", "text_line", "printed", "table_no", "mineral", "measure", "scope", "party"],
            )
        }}
    ),

    final as (

        select
            document,
            locator,
            {{ as_integer("text_line") }} as text_line,
            printed,
            {{ as_integer("table_no") }} as table_no,
            mineral,
            measure,
            scope,
            party
        from printed

    )

select *
from final
