with

    blocs as (select * from {{ ref("stg_reference__blocs") }}),

    aliases as (select * from {{ ref("stg_reference__bloc_aliases") }}),

    bloc_claims as (select * from {{ ref("stg_articles__bloc_claims") }}),

    documents as (select * from {{ ref("stg_reference__documents") }}),

    starts as (select * from {{ ref("int_blocs__starts") }}),

    joined_aliases as (select bloc, {{ joined_text("alias") }} as aliases from aliases group by bloc),

    claims as (

        select bloc_claims.*, documents.published_on
        from bloc_claims
        inner join documents on bloc_claims.document = documents.document

    ),

    -- Class and aim come from the first paper that prints them, the number of members from the latest.
    types as (

        select
            bloc,
            bloc_type,
            row_number() over (partition by bloc order by published_on, document, text_line) as standing
        from claims
        where bloc_type is not null

    ),

    aims as (

        select
            bloc,
            aim_en,
            document,
            locator,
            row_number() over (
                partition by bloc order by case when aim_en is null then 2 else 1 end, published_on, document, text_line
            ) as standing
        from claims

    ),

    stated as (

        select
            bloc,
            n_members_stated,
            row_number() over (partition by bloc order by published_on desc, document, text_line desc) as standing
        from claims
        where n_members_stated is not null

    ),

    final as (

        select
            blocs.bloc,
            blocs.name_en,
            blocs.name_zh,
            joined_aliases.aliases,
            blocs.level,
            types.bloc_type,
            blocs.instrument,
            starts.start_date,
            starts.start_precision,
            blocs.status,
            stated.n_members_stated,
            blocs.parent_bloc,
            coalesce(starts.document, aims.document) as document,
            coalesce(starts.locator, aims.locator) as locator,
            aims.aim_en
        from blocs
        left join joined_aliases on blocs.bloc = joined_aliases.bloc
        left join types on blocs.bloc = types.bloc and types.standing = 1
        left join starts on blocs.bloc = starts.bloc
        left join stated on blocs.bloc = stated.bloc and stated.standing = 1
        left join aims on blocs.bloc = aims.bloc and aims.standing = 1

    )

select *
from final
