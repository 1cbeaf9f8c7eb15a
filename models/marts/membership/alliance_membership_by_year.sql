with

    years as (select * from {{ ref("int_membership__years") }}),

    unlinked as (

        select
            bloc,
            year,
            party,
            role,
            party_scope,
            via,
            member_year_end,
            member_any_day,
            member_year_start,
            cast({{ days_between("counted_from", "counted_to") }} as double) / days_in_year as member_day_share,
            valid_from,
            valid_to,
            valid_from_precision as date_precision,
            status
        from years

    ),

    final as (

        select unlinked.*, conflicts.conflict_ids
        from unlinked
        left join
            {{ ref("int_conflicts__by_member") }} as conflicts
            on unlinked.bloc = conflicts.bloc
            and unlinked.party = conflicts.party

    )

select *
from final
order by bloc, year, party, via, valid_from
