with

    pairs as (select * from {{ within_file(ref("bloc_overlap")) }}),

    -- The parties that signed, at the end of the year: those whom the overlap counts.
    members as (

        select *
        from {{ within_file(ref("alliance_membership_by_year")) }}
        where via = 'direct' and member_year_end and role <> 'institution'

    ),

    cells as (select * from {{ within_file(ref("prov_alliance_membership_by_year")) }}),

    counted as (

        select members.bloc, members.year, cells.cell_role, {{ cell_columns("cells") }}, members.party as member
        from members
        inner join
            cells
            on members.bloc = cells.bloc
            and members.year = cells.year
            and members.party = cells.party
            and members.via = cells.via
            and members.valid_from = cells.valid_from

    ),

    {%- for side in ["a", "b"] %}

        of_{{ side }} as (

            select
                pairs.bloc_a,
                pairs.bloc_b,
                pairs.year,
                counted.cell_role,
                {{ cell_columns("counted") }},
                counted.member,
                counted.bloc as member_of
            from pairs
            inner join counted on pairs.bloc_{{ side }} = counted.bloc and pairs.year = counted.year

        ),
    {%- endfor %}

    final as (

        select *
        from of_a
        union all
        select *
        from of_b

    )

select *
from final
