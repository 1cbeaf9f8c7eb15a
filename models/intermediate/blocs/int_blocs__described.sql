with

blocs as (
    select * from {{ ref("stg_reference__blocs") }}
),

aliases as (
    select * from {{ ref("stg_reference__bloc_aliases") }}
),

bloc_claims as (
    select * from {{ ref("stg_articles__bloc_claims") }}
),

documents as (
    select * from {{ ref("stg_reference__documents") }}
),

resolved as (
    select * from {{ ref("int_membership__resolved") }}
),

joined_aliases as (

    select bloc, {{ joined_text("alias") }} as aliases from aliases group by bloc

),

-- A bloc begins when a document says so. An official membership dates it as well: it began with its first member.
dated as (

    select
        bloc_claims.bloc,
        bloc_claims.start_date,
        bloc_claims.start_precision,
        bloc_claims.document,
        bloc_claims.locator,
        documents.kind as document_kind,
        documents.published_on
    from bloc_claims
    inner join documents on bloc_claims.document = documents.document
    where bloc_claims.start_date is not null
    union all
    select
        resolved.bloc,
        resolved.valid_from as start_date,
        resolved.valid_from_precision as start_precision,
        resolved.document,
        resolved.locator,
        documents.kind as document_kind,
        documents.published_on
    from resolved
    inner join documents on resolved.document = documents.document
    where documents.kind = 'official_statement'

),

starts as (

    select
        *,
        row_number() over (
            partition by bloc
            order by
                case document_kind when 'official_statement' then 1 else 2 end,
                {{ precision_rank("start_precision") }},
                start_date,
                published_on,
                document,
                locator
        ) as standing
    from dated

),

-- Class, aim and stated number come from the first paper that prints them.
types as (

    select
        bloc_claims.bloc,
        bloc_claims.bloc_type,
        row_number() over (
            partition by bloc_claims.bloc
            order by documents.published_on, bloc_claims.document, bloc_claims.text_line
        ) as standing
    from bloc_claims
    inner join documents on bloc_claims.document = documents.document
    where bloc_claims.bloc_type is not null

),

aims as (

    select
        bloc,
        aim_en,
        document,
        locator,
        row_number() over (
            partition by bloc order by case when aim_en is null then 2 else 1 end, document, text_line
        ) as standing
    from bloc_claims

),

stated as (

    select
        bloc_claims.bloc,
        bloc_claims.n_members_stated,
        row_number() over (
            partition by bloc_claims.bloc
            order by documents.published_on desc, bloc_claims.document, bloc_claims.text_line desc
        ) as standing
    from bloc_claims
    inner join documents on bloc_claims.document = documents.document
    where bloc_claims.n_members_stated is not null

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
    left join starts on blocs.bloc = starts.bloc and starts.standing = 1
    left join stated on blocs.bloc = stated.bloc and stated.standing = 1
    left join aims on blocs.bloc = aims.bloc and aims.standing = 1

)

select * from final
