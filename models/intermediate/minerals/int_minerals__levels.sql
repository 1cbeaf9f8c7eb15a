{# What a mineral counts as on each level of comparison: one row per mineral, level and target. #}
with

minerals as (
    select * from {{ ref("stg_reference__minerals") }}
),

-- The tree is three levels deep (rare earths, heavy rare earths, dysprosium).
lineage as (

    select mineral, mineral as ancestor, 0 as depth from minerals
    union all
    select mineral, parent_mineral as ancestor, 1 as depth from minerals where parent_mineral is not null
    union all
    select children.mineral, parents.parent_mineral as ancestor, 2 as depth
    from minerals as children
    inner join minerals as parents on children.parent_mineral = parents.mineral
    where parents.parent_mineral is not null

),

-- As lists print them: an element of a printed group counts as the group, all else as itself.
tops as (

    select
        lineage.mineral,
        lineage.ancestor,
        row_number() over (partition by lineage.mineral order by lineage.depth desc) as standing
    from lineage
    inner join minerals on lineage.ancestor = minerals.mineral
    where minerals.level = 'group'

),

groups as (

    select minerals.mineral, coalesce(tops.ancestor, minerals.mineral) as target
    from minerals
    left join tops on minerals.mineral = tops.mineral and tops.standing = 1

),

-- Element by element: a group counts as all its elements, an ore or product as the element that it bears.
elements_below as (

    select lineage.ancestor as mineral, lineage.mineral as target
    from lineage
    inner join minerals on lineage.mineral = minerals.mineral
    where minerals.level = 'element'

),

elements_above as (

    select lineage.mineral, lineage.ancestor as target
    from lineage
    inner join minerals on lineage.ancestor = minerals.mineral
    inner join minerals as self on lineage.mineral = self.mineral
    where minerals.level = 'element' and self.level in ('ore', 'product', 'compound')

),

with_element as (

    select mineral, target from elements_below
    union
    select mineral, target from elements_above

),

without_element as (

    select minerals.mineral, minerals.mineral as target
    from minerals
    left join with_element on minerals.mineral = with_element.mineral
    where with_element.mineral is null

),

final as (

    select mineral, 'group' as level, target from groups
    union all
    select mineral, 'element' as level, target from with_element
    union all
    select mineral, 'element' as level, target from without_element

)

select * from final
