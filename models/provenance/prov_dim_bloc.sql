{# Which documents say what the table says of a bloc. Its name, level, instrument, standing and parent are the seed's. #}
with

    blocs as (select * from {{ within_file(ref("dim_bloc")) }}),

    claims as (select * from {{ within_file(ref("stg_articles__bloc_claims")) }}),

    memberships as (select * from {{ within_file(ref("prov_fct_bloc_membership")) }}),

    -- An official membership dates a bloc as well: it began with its first member.
    begun as (

        select distinct blocs.bloc, 'start' as cell_role, {{ cell_columns("memberships") }}
        from blocs
        inner join
            memberships
            on blocs.bloc = memberships.bloc
            and blocs.document = memberships.cell_document
            and blocs.start_date = memberships.valid_from
        where memberships.cell_role in ('membership', 'decision', 'accession')

    ),

    {%- for role, same in {
        "named": ["document", "locator"],
        "start": ["start_date", "start_precision"],
        "members_stated": ["n_members_stated"],
        "type": ["bloc_type"],
        "aim": ["aim_en"],
    }.items() %}

        says_{{ role }} as (

            select
                blocs.bloc,
                '{{ role }}' as cell_role,
                {{ cell_of_document("claims.document", "claims.locator", "claims.text_line", "claims.printed") }}
            from blocs
            inner join
                claims on blocs.bloc = claims.bloc
                {%- for column in same %} and blocs.{{ column }} = claims.{{ column }} {%- endfor %}

        ),
    {%- endfor %}

    final as (

        select *
        from begun
        {%- for role in ["named", "start", "members_stated", "type", "aim"] %}
            union all
            select *
            from says_{{ role }}
        {%- endfor %}

    )

select *
from final
