{# The two shares of a change, each with all that it rests on. #}
with

    changes as (select * from {{ within_file(ref("bloc_share_change")) }}),

    -- The rule of int_shares__change_rules, written out: with it, whole walks stay fast.
    cells as (

        select *
        from {{ within_file(ref("prov_mineral_bloc_share")) }}
        where membership_rule = 'year_end' and eu_treatment = 'as_signed'

    ),

    {%- for point in ["from", "to"] %}

        {{ point }}_cells as (

            select
                changes.bloc,
                changes.party_scope,
                changes.mineral,
                changes.basis,
                changes.stage,
                changes.measure,
                changes.source,
                changes.year_from,
                changes.year_to,
                cells.cell_role,
                {{ cell_columns("cells") }},
                cells.member,
                cells.weight,
                '{{ "earlier" if point == "from" else "later" }}' as share_is
            from changes
            inner join
                cells
                on changes.bloc = cells.bloc
                and changes.party_scope = cells.party_scope
                and changes.mineral = cells.mineral
                and changes.basis = cells.basis
                and changes.stage = cells.stage
                and changes.measure = cells.measure
                and changes.source = cells.source
                and changes.year_{{ point }} = cells.year
                and changes.edition_{{ point }} = cells.edition
                and changes.membership_rule = cells.membership_rule
                and changes.eu_treatment = cells.eu_treatment

        ),
    {%- endfor %}

    final as (

        select *
        from from_cells
        union all
        select *
        from to_cells

    )

select *
from final
