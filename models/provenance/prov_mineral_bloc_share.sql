{# Every cell of the table that a share is taken from, once, by what it does for the share; and for every member the claim
   that makes it one. #}
with

    shares as (select * from {{ within_file(ref("mineral_bloc_share")) }}),

    members as (select * from {{ within_file(ref("int_shares__members")) }}),

    cells as (select * from {{ within_file(ref("prov_int_observations__by_party")) }}),

    claims as (select * from {{ within_file(ref("prov_int_shares__members")) }}),

    figures as (

        select
            shares.bloc,
            shares.party_scope,
            shares.mineral,
            shares.basis,
            shares.stage,
            shares.measure,
            shares.year,
            shares.source,
            shares.edition,
            shares.membership_rule,
            shares.eu_treatment,
            case
                cells.cell_role
                when 'world'
                then 'denominator'
                when 'residual'
                then 'residual'
                else case when members.party is null then 'other_row' else 'numerator' end
            end as cell_role,
            {{ cell_columns("cells") }},
            members.party as member,
            members.weight
        from shares
        inner join
            cells
            on shares.source = cells.source
            and shares.edition = cells.edition
            and shares.mineral = cells.mineral
            and shares.basis = cells.basis
            and shares.stage = cells.stage
            and shares.measure = cells.measure
            and shares.year = cells.year
        left join
            members
            on shares.bloc = members.bloc
            and shares.party_scope = members.party_scope
            and shares.eu_treatment = members.eu_treatment
            and shares.membership_rule = members.membership_rule
            and shares.year = members.year
            and cells.party = members.party

    ),

    memberships as (

        select
            shares.bloc,
            shares.party_scope,
            shares.mineral,
            shares.basis,
            shares.stage,
            shares.measure,
            shares.year,
            shares.source,
            shares.edition,
            shares.membership_rule,
            shares.eu_treatment,
            claims.cell_role,
            {{ cell_columns("claims") }},
            claims.party as member,
            cast(null as double) as weight
        from shares
        inner join
            claims
            on shares.bloc = claims.bloc
            and shares.party_scope = claims.party_scope
            and shares.eu_treatment = claims.eu_treatment
            and shares.membership_rule = claims.membership_rule
            and shares.year = claims.year

    ),

    final as (

        select *
        from figures
        union all
        select *
        from memberships

    )

select *
from final
