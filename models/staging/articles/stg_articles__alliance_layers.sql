with

    printed as (
        {{ stack_seeds("alliance_layers", ["document", "locator", "text_line", "printed", "layer", "party"]) }}
    ),

    final as (select document, locator, {{ as_integer("text_line") }} as text_line, printed, layer, party from printed)

select *
from final
