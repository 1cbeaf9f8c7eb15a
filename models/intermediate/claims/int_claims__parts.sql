{# Printed parts beside the printed whole: counts of projects by category and their total, amounts of parties and the world
   total of the same table or text, and shares of parties, whose whole is 100 %. #}
with

    projects as (select * from {{ ref("stg_articles__msp_projects") }}),

    claims as (select * from {{ ref("int_claims__intervals") }}),

    -- A category that ends in "total" is a whole; that of the dimension "total" is the whole of every dimension that
    -- has
    -- none of its own.
    wholes as (

        select document, dimension, text_line, printed, locator, n_projects from projects where category like '%total'

    ),

    counted as (

        select
            document,
            dimension,
            min(text_line) as text_line,
            min(locator) as locator,
            count(*) as n_parts,
            sum(n_projects) as parts_sum,
            max(n_projects) as largest_part,
            {{ joined_text("category || ' ' || cast(n_projects as " ~ dbt.type_string() ~ ")") }} as parts
        from projects
        where category not like '%total' and dimension <> 'total'
        group by document, dimension

    ),

    projects_compared as (

        select
            counted.document,
            'project_count, ' || counted.dimension as what,
            'projects by ' || replace(counted.dimension, '_', ' ') as subject,
            cast(null as {{ dbt.type_string() }}) as mineral,
            counted.n_parts,
            counted.parts,
            counted.locator as parts_locator,
            counted.text_line as parts_line,
            counted.parts_sum as parts_low,
            counted.parts_sum as parts_high,
            coalesce(own.printed, common.printed) as whole_printed,
            coalesce(own.locator, common.locator) as whole_locator,
            coalesce(own.text_line, common.text_line) as whole_line,
            coalesce(own.n_projects, common.n_projects) as whole,
            -- A project lies in one region and belongs to one batch; it may hold several minerals and span several
            -- stages, so that these add up to more than the whole.
            counted.largest_part > coalesce(own.n_projects, common.n_projects) as is_part_beyond_whole,
            counted.dimension not in ('mineral', 'stage') as is_partition
        from counted
        left join wholes as own on counted.document = own.document and counted.dimension = own.dimension
        left join wholes as common on counted.document = common.document and common.dimension = 'total'

    ),

    -- One figure per party, the lowest reading where a document prints several. The states of the EU are parts of
    -- what is
    -- printed for the EU.
    per_party as (

        select
            document,
            place,
            measure,
            mineral,
            year,
            as_of,
            basis,
            base_unit,
            party,
            min(locator) as locator,
            min(text_line) as text_line,
            min(low) as low,
            max(high) as high
        from claims
        where
            bloc is null
            and party <> 'EUU'
            and measure in (
                'production',
                'reserves',
                'resources',
                'production_share',
                'reserves_share',
                'resources_share',
                'consumption_share'
            )
        group by document, place, measure, mineral, year, as_of, basis, base_unit, party

    ),

    of_parties as (

        select
            document,
            place,
            measure,
            mineral,
            year,
            as_of,
            basis,
            base_unit,
            count(*) as n_parts,
            {{ joined_text("party") }} as parts,
            min(locator) as locator,
            min(text_line) as text_line,
            {{ total("low") }} as parts_low,
            {{ total("high") }} as parts_high
        from per_party
        group by document, place, measure, mineral, year, as_of, basis, base_unit
        having count(*) > 1

    ),

    amounts_compared as (

        select
            of_parties.document,
            of_parties.measure
            || coalesce(', ' || of_parties.mineral, '')
            || coalesce(', ' || cast(of_parties.year as {{ dbt.type_string() }}), '') as what,
            replace(of_parties.measure, '_', ' ')
            || coalesce(' of ' || replace(of_parties.mineral, '_', ' '), '')
            || ' by party' as subject,
            of_parties.mineral,
            of_parties.n_parts,
            of_parties.parts,
            of_parties.locator as parts_locator,
            of_parties.text_line as parts_line,
            of_parties.parts_low,
            of_parties.parts_high,
            worlds.printed as whole_printed,
            worlds.locator as whole_locator,
            worlds.text_line as whole_line,
            coalesce(worlds.high, 100.0) as whole,
            of_parties.parts_low > coalesce(worlds.high, 100.0) as is_part_beyond_whole,
            -- Who is not named makes up the rest.
            false as is_partition
        from of_parties
        left join
            claims as worlds
            on of_parties.document = worlds.document
            and of_parties.place = worlds.place
            and of_parties.measure = worlds.measure
            and of_parties.base_unit = worlds.base_unit
            and {{ same_text("of_parties.mineral", "worlds.mineral") }}
            and {{ same_text("of_parties.basis", "worlds.basis") }}
            and {{ years_agree("of_parties.year", "worlds.year") }}
            and worlds.party is null
            and worlds.bloc is null
            and of_parties.base_unit <> 'percent'
        where of_parties.base_unit = 'percent' or worlds.claim_id is not null

    ),

    stacked as (

        select *
        from projects_compared
        union all
        select *
        from amounts_compared

    ),

    final as (

        select
            *,
            coalesce(is_part_beyond_whole, false)
            or (is_partition and (parts_low > whole or parts_high < whole)) as is_contradiction
        from stacked
        where whole is not null

    )

select *
from final
