{# What a mineral counts as on each level of comparison: one row per mineral, level and target. #}
with

    minerals as (select * from {{ ref("stg_reference__minerals") }}),

    -- The tree is three levels deep (rare earths, heavy rare earths, dysprosium).
    ancestors as (

        select mineral, mineral as ancestor, 0 as depth
        from minerals
        union all
        select mineral, parent_mineral as ancestor, 1 as depth
        from minerals
        where parent_mineral is not null
        union all
        select children.mineral, parents.parent_mineral as ancestor, 2 as depth
        from minerals as children
        inner join minerals as parents on children.parent_mineral = parents.mineral
        where parents.parent_mineral is not null

    ),

    lineage as (

        select
            ancestors.mineral,
            ancestors.ancestor,
            ancestors.depth,
            below.level as level,
            above.level as ancestor_level,
            row_number() over (partition by ancestors.mineral, above.level order by ancestors.depth desc) as standing
        from ancestors
        inner join minerals as below on ancestors.mineral = below.mineral
        inner join minerals as above on ancestors.ancestor = above.mineral

    ),

    -- As lists print them: an element of a printed group counts as the topmost group, all else as itself.
    tops as (select mineral, ancestor from lineage where ancestor_level = 'group' and standing = 1),

    groups as (

        select minerals.mineral, coalesce(tops.ancestor, minerals.mineral) as target
        from minerals
        left join tops on minerals.mineral = tops.mineral

    ),

    -- Element by element: a group counts as all its elements, an ore or product as the element that it bears.
    elements_below as (select ancestor as mineral, mineral as target from lineage where level = 'element'),

    elements_above as (

        select mineral, ancestor as target
        from lineage
        where ancestor_level = 'element' and level in ('ore', 'product', 'compound')

    ),

    with_element as (

        select mineral, target
        from elements_below
        union
        select mineral, target
        from elements_above

    ),

    without_element as (

        select minerals.mineral, minerals.mineral as target
        from minerals
        left join with_element on minerals.mineral = with_element.mineral
        where with_element.mineral is null

    ),

    final as (

        select mineral, 'group' as level, target
        from groups
        union all
        select mineral, 'element' as level, target
        from with_element
        union all
        select mineral, 'element' as level, target
        from without_element

    )

select *
from final
