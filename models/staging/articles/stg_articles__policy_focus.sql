with

    printed as (
        {{
            stack_seeds(
                "policy_focus",
                ["document", "locator", "text_line", "printed", "theme", "side", "focus_en", "focus_zh"],
            )
        }}
    ),

    final as (

        select document, locator, {{ as_integer("text_line") }} as text_line, printed, theme, side, focus_en, focus_zh
        from printed

    )

select *
from final
