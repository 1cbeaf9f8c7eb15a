with

    bloc_claims as (select * from {{ ref("stg_articles__bloc_claims") }}),

    documents as (select * from {{ ref("stg_reference__documents") }}),

    resolved as (select * from {{ ref("int_membership__resolved") }}),

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

    ranked as (

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

    final as (select bloc, start_date, start_precision, document, locator from ranked where standing = 1)

select *
from final
