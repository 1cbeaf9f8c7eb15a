{# Every printed entry of both lists, and the mineral as which it counts at the level of comparison. #}
with

    pairs as (select * from {{ within_file(ref("mineral_list_overlap")) }}),

    -- What a list no longer holds is not compared.
    entries as (select * from {{ within_file(ref("fct_mineral_list_entry")) }} where change <> 'removed'),

    levels as (select * from {{ within_file(ref("int_minerals__levels")) }}),

    {%- for side in ["a", "b"] %}

        listed_{{ side }} as (

            select
                pairs.list_a,
                pairs.list_b,
                pairs.level,
                'listed_{{ side }}' as cell_role,
                {{
                    cell_of_document(
                        "entries.document", "entries.locator", "entries.text_line", "entries.mineral_printed"
                    )
                }},
                levels.target as counted_as
            from pairs
            inner join entries on pairs.list_{{ side }} = entries.list_key
            inner join levels on pairs.level = levels.level and entries.mineral = levels.mineral

        ),
    {%- endfor %}

    final as (

        select *
        from listed_a
        union all
        select *
        from listed_b

    )

select *
from final
